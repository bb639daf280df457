//! What the OpenID Foundation's suite asks of request objects and of the `claims` parameter, a story for each module of the
//! basic and dynamic plans, named after it.

use http::Method;
use serde_json::{Value, json};

use super::par::MALFORMED;
use super::request_object::{bare, object, signing};
use super::{document, is_a_page, signed_in, tokens};
use crate::support::client_app::{claims, issuer, parameter};
use crate::support::peer::Reply;
use crate::support::signer::Signer;
use crate::support::world::{World, on_each_database};

async fn metadata(world: &World) -> Value {
    document(&world.portal(), &format!("{}/.well-known/openid-configuration", issuer())).await.json()
}

/// An object that nobody signed.
const UNSIGNED: &str = "eyJhbGciOiJub25lIn0.e30.";

#[tokio::test]
async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported() {
    on_each_database(async |world| {
        let known = &metadata(world).await["request_object_signing_alg_values_supported"];
        assert!(known.as_array().unwrap().iter().all(|algorithm| algorithm != "none"), "so the module is skipped");
        let (mut browser, _) = signed_in(world).await;
        let asked = world.portal().asks().with("request", UNSIGNED);
        browser.opens(&asked.url()).await;
        is_a_page(&browser, 400, MALFORMED);
        let back: url::Url = browser.page().link("Revenir à Portail de commande").unwrap().parse().unwrap();
        assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_request_object"));
        assert_eq!((parameter(&back, "state").as_ref(), parameter(&back, "code")), (Some(&asked.state), None));
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_request_object_with_redirect_uri() {
    on_each_database(async |world| {
        let key = Signer::new("RS256", "k-1").nameless();
        let shop = signing(world, "shop", &key, "").await;
        let (mut browser, _) = signed_in(world).await;
        let asked = shop.asks();
        let jwt = key.signs(&object(world, &asked, &json!({})));
        let outside = asked.clone().with("redirect_uri", "https://ailleurs.example/").with("request", &jwt);
        browser.opens(&outside.url()).await;
        shop.redeems(&asked, browser.left_for()).await;
        // An object that cannot be read leaves a bad address only: nobody is sent there, nor to a default.
        browser.opens(&outside.with("request", UNSIGNED).url()).await;
        is_a_page(&browser, 400, MALFORMED);
    })
    .await;
}

#[tokio::test]
async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported() {
    on_each_database(async |world| {
        let key = Signer::new("RS256", "k-1");
        let uri = "https://shop.example/requestobject#fragment";
        let shop = signing(world, "shop", &key, &format!("request_uris = [\"{uri}\"]\n")).await;
        let peer = world.outside.peer("shop.example").await;
        peer.says(Reply::document("application/jwt", UNSIGNED));
        let (mut browser, _) = signed_in(world).await;
        let asked = bare(&shop, "request_uri", uri).with("redirect_uri", &shop.redirect_uri);
        browser.opens(&asked.url()).await;
        is_a_page(&browser, 400, MALFORMED);
        assert_eq!(peer.heard().len(), 1, "it was fetched, and judged");
    })
    .await;
}

#[tokio::test]
async fn oidcc_request_uri_signed_rs256() {
    on_each_database(async |world| {
        let said = metadata(world).await;
        assert_eq!(said["request_uri_parameter_supported"], true);
        assert!(said["request_object_signing_alg_values_supported"].as_array().unwrap().contains(&json!("RS256")));
        // The suite's key has no name, and its fragment is not the hash of the content.
        let key = Signer::new("RS256", "unused").nameless();
        let uri = "https://shop.example/requestobject/x7#0123456789abcdef";
        let lines = format!("request_uris = [\"{uri}\"]\nrequest_object_signing_alg = \"RS256\"\n");
        let shop = signing(world, "shop", &key, &lines).await;
        let peer = world.outside.peer("shop.example").await;
        let (mut browser, _) = signed_in(world).await;
        for _ in 0..2 {
            let asked = shop.asks();
            let jwt = key.signs(&object(world, &asked, &json!({"iss": null, "aud": null, "exp": null, "nbf": null})));
            peer.says(Reply::document("application/jwt", jwt));
            // Core §6.2: response_type and scope stand outside as well.
            let beside = bare(&shop, "request_uri", uri).with("response_type", "code").with("scope", "openid");
            browser.opens(&beside.url()).await;
            shop.redeems(&asked, browser.left_for()).await;
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_claims_essential() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let wanted = "{\"userinfo\":{\"name\":{\"essential\":true}}}";
        let asked = portal.asks().with("scope", "openid").with("claims", wanted);
        browser.opens(&asked.url()).await;
        let given = portal.redeems(&asked, browser.left_for()).await;
        let userinfo = portal.userinfo(&given.access_token).await;
        assert_eq!((userinfo.status.as_u16(), userinfo.json()["name"].as_str()), (200, Some("Marie Durand")));
        assert_eq!(userinfo.json()["sub"], claims(&given.id_token)["sub"]);
        assert!(claims(&given.id_token).get("name").is_none(), "nor does it leak into the ID token");
        // Asked for nothing, nothing is told.
        let plain = tokens(&mut browser, &portal).await;
        assert!(claims(&plain.id_token).get("name").is_none());
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_post_request_succeeds() {
    on_each_database(async |world| {
        let key = Signer::new("ES256", "k-1");
        let shop = signing(world, "shop", &key, "").await;
        let (browser, _) = signed_in(world).await;
        // A long object by POST, as a form of another site sends it: no cookie comes, and it goes on as a GET.
        let asked = shop.asks();
        let jwt = key.signs(&object(world, &asked, &json!({"login_hint": "x".repeat(200)})));
        let form = bare(&shop, "request", &jwt);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.parameters).finish();
        let url = browser.absolute(&crate::support::client_app::endpoint("auth"));
        let answer = browser.asks(&Method::POST, &url, Some(body), &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let back: url::Url = answer.location().unwrap().parse().unwrap();
        shop.redeems(&asked, &back).await;
    })
    .await;
}
