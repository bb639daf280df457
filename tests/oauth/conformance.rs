//! What the OpenID Foundation's suite asks of a provider, a story for each module that the core path meets, named after it.
//!
//! Plans: basic, form post, config; those of logout are in `conformance_logout`. ID tokens are checked by the `openidconnect` crate. One long file
//! on purpose: it is read beside the list of modules, from top to bottom.

mod fapi2_message_signing;
mod fapi2_security;

use std::collections::BTreeSet;

use guichet::clock::Duration;
use http::Method;
use http::header::AUTHORIZATION;
use serde_json::Value;
use url::Url;

use super::{code, document, header, is_a_page, jwks, refused, signed_in, tokens, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{
    Asked, ClientApp, Presents, Tokens, claims, endpoint, issuer, parameter, tokens as read,
};
use crate::support::people::MARIE;
use crate::support::world::{REALM, World, on_each_database};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// What the suite checks in every module after the browser came back: state, iss, tokens, ID token, userinfo.
async fn completes(client: &ClientApp, asked: &Asked, answer: &Url) -> Tokens {
    let known = ["code", "state", "iss", "session_state"];
    assert!(answer.query_pairs().all(|(name, _)| known.contains(&&*name)), "{answer}");
    assert!(answer.fragment().is_none());
    let code = client.code(asked, answer);
    assert!(code.len() >= 16 && entropy(&code) > 96.0, "{code}");
    let given = read(&client.exchanges(&code, asked).await);
    assert!(given.answer["expires_in"].is_u64());
    assert!(given.answer["token_type"].as_str().unwrap().eq_ignore_ascii_case("bearer"));
    assert!(entropy(&given.access_token) > 96.0);
    let said = client.checked(&given.id_token, &asked.nonce).await;
    assert!(said.auth_time().is_some());
    let told = claims(&given.id_token);
    assert!(!told["acr"].as_str().unwrap().is_empty());
    let userinfo = client.userinfo(&given.access_token).await;
    assert_eq!(userinfo.status, 200);
    assert_eq!(userinfo.json()["sub"], told["sub"]);
    given
}

/// Shannon's, in bits, of the whole text.
#[expect(clippy::cast_precision_loss, reason = "counts of characters")]
fn entropy(text: &str) -> f64 {
    let all = text.chars().count() as f64;
    let distinct: BTreeSet<_> = text.chars().collect();
    let share = |c: &char| text.chars().filter(|other| other == c).count() as f64 / all;
    distinct.iter().map(|c| -share(c) * share(c).log2()).sum::<f64>() * all
}

/// The whole way for the request as `change` makes it, for somebody who is signed in.
async fn happy(world: &World, browser: &mut Browser, change: impl Fn(Asked) -> Asked) -> Tokens {
    let portal = world.portal();
    let asked = change(portal.asks());
    browser.opens(&asked.url()).await;
    completes(&portal, &asked, browser.left_for()).await
}

/// The error in the answer to a client.
fn error(browser: &Browser, asked: &Asked) -> String {
    let answer = browser.left_for();
    assert_eq!(parameter(answer, "state").as_ref(), Some(&asked.state));
    assert_eq!(parameter(answer, "code"), None);
    let description = parameter(answer, "error_description").unwrap();
    assert!(description.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\'));
    parameter(answer, "error").unwrap()
}

#[tokio::test]
async fn oidcc_server() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (portal, mut browser) = (world.portal(), world.browser());
        let asked = portal.asks();
        browser.opens(&asked.url()).await.submits(&MARIE.credentials()).await;
        let given = completes(&portal, &asked, browser.left_for()).await;
        for unasked in ["name", "email", "given_name"] {
            assert!(claims(&given.id_token).get(unasked).is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_response_type_missing() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().with("response_type", "").url()).await;
        is_a_page(&browser, 400, "La demande de l’application est incomplète ou mal formée.");
    })
    .await;
}

#[tokio::test]
async fn oidcc_idtoken_signature() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[("id_token_signed_response_alg", "")]).await;
        let (mut browser, _) = signed_in(world).await;
        let given = tokens(&mut browser, &shop).await;
        let header = header(&given.id_token);
        assert_eq!(header["alg"], "RS256");
        let keys = jwks(&shop).await;
        assert!(keys.iter().any(|key| key["kid"] == header["kid"] && key["alg"] == "RS256"));
    })
    .await;
}

#[tokio::test]
async fn oidcc_idtoken_rs256() {
    on_each_database(async |world| {
        let (mut browser, _) = signed_in(world).await;
        for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
            let id = algorithm.to_lowercase();
            let line = format!("\"{algorithm}\"");
            let client = with_client(world, &id, &[("id_token_signed_response_alg", &line)]).await;
            let asked = client.asks();
            browser.opens(&asked.url()).await;
            let given = completes(&client, &asked, browser.left_for()).await;
            assert_eq!(header(&given.id_token)["alg"], algorithm);
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_idtoken_unsigned() {
    on_each_database(async |world| {
        let metadata =
            document(&world.portal(), &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        let algorithms = metadata["id_token_signing_alg_values_supported"].as_array().unwrap();
        assert!(!algorithms.iter().any(|algorithm| algorithm == "none"));
    })
    .await;
}

#[tokio::test]
async fn oidcc_userinfo_get_post_header_and_post_body() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (_, given) = signed_in(world).await;
        let bearer = format!("Bearer {}", given.access_token);
        let form = format!("access_token={}", given.access_token);
        let header = [(AUTHORIZATION, bearer.as_str())];
        for (method, headers, body) in
            [(Method::GET, &header[..], ""), (Method::POST, &header[..], ""), (Method::POST, &[][..], form.as_str())]
        {
            let answer = portal.sends(&method, &endpoint("userinfo"), headers, body.to_owned()).await;
            assert_eq!(answer.status, 200);
            assert!(answer.header("content-type").unwrap().starts_with("application/json"));
            let told = answer.json();
            assert_eq!(told["sub"], claims(&given.id_token)["sub"]);
            assert!(told["updated_at"].is_number() && told["email_verified"].is_boolean());
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = portal.asks().with("nonce", "");
        browser.opens(&asked.url()).await;
        let given = read(&portal.exchanges(&portal.code(&asked, browser.left_for()), &asked).await);
        assert!(claims(&given.id_token).get("nonce").is_none());
    })
    .await;
}

#[tokio::test]
async fn oidcc_alternate_happy_flow() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let given = happy(world, &mut browser, |mut asked| {
            asked.parameters.reverse();
            asked.with("scope", "email openid")
        })
        .await;
        assert!(portal.userinfo(&given.access_token).await.json().get("name").is_none());
    })
    .await;
}

#[tokio::test]
async fn oidcc_requests_with_more_than_we_obey_succeed() {
    on_each_database(async |world| {
        let (mut browser, _) = signed_in(world).await;
        for (_module, name, value) in [
            ("oidcc-display-page", "display", "page"),
            ("oidcc-display-popup", "display", "popup"),
            ("oidcc-ensure-request-with-unknown-parameter-succeeds", "extra", "foobar"),
            ("oidcc-login-hint", "login_hint", "buffy@connexion.certinomis.example"),
            ("oidcc-ui-locales", "ui_locales", "se"),
            ("oidcc-claims-locales", "claims_locales", "se"),
            ("oidcc-claims-essential", "claims", "{\"userinfo\":{\"name\":{\"essential\":true}}}"),
        ] {
            let given = happy(world, &mut browser, |asked| asked.with(name, value)).await;
            assert!(claims(&given.id_token).get("name").is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_request_with_acr_values_succeeds() {
    on_each_database(async |world| {
        let (mut browser, _) = signed_in(world).await;
        let metadata =
            document(&world.portal(), &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        let known = metadata["acr_values_supported"].as_array().unwrap();
        let asked = known.iter().map(|value| value.as_str().unwrap()).collect::<Vec<_>>().join(" ");
        let given = happy(world, &mut browser, |request| request.with("acr_values", &asked)).await;
        assert!(known.contains(&claims(&given.id_token)["acr"]));
        happy(world, &mut browser, |request| request.with("acr_values", "1 2")).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_prompt_login() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, first) = signed_in(world).await;
        world.advance(seconds(2));
        let asked = portal.asks().with("prompt", "login");
        browser.opens(&asked.url()).await;
        assert_eq!(browser.place(), "sign-in");
        browser.submits(&[("password", MARIE.password)]).await;
        let second = completes(&portal, &asked, browser.left_for()).await;
        let time = |tokens: &Tokens| claims(&tokens.id_token)["auth_time"].as_i64().unwrap();
        assert!(time(&second) > time(&first));
        assert_eq!(claims(&second.id_token)["sub"], claims(&first.id_token)["sub"]);
    })
    .await;
}

#[tokio::test]
async fn oidcc_prompt_none_not_logged_in() {
    on_each_database(async |world| {
        let asked = world.portal().asks().with("prompt", "none");
        let mut browser = world.browser();
        browser.opens(&asked.url()).await;
        assert_eq!(error(&browser, &asked), "login_required");
    })
    .await;
}

#[tokio::test]
async fn oidcc_prompt_none_logged_in() {
    on_each_database(async |world| {
        let (mut browser, first) = signed_in(world).await;
        world.advance(seconds(10));
        let second = happy(world, &mut browser, |asked| asked.with("prompt", "none")).await;
        for same in ["sub", "auth_time"] {
            assert_eq!(claims(&second.id_token)[same], claims(&first.id_token)[same]);
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_max_age_1() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, first) = signed_in(world).await;
        world.advance(seconds(2));
        let asked = portal.asks().with("max_age", "1");
        browser.opens(&asked.url()).await;
        assert_eq!(browser.place(), "sign-in");
        browser.submits(&[("password", MARIE.password)]).await;
        let second = completes(&portal, &asked, browser.left_for()).await;
        assert!(claims(&second.id_token)["auth_time"].as_i64() > claims(&first.id_token)["auth_time"].as_i64());
    })
    .await;
}

#[tokio::test]
async fn oidcc_max_age_10000() {
    on_each_database(async |world| {
        let (mut browser, _) = signed_in(world).await;
        let first = happy(world, &mut browser, |asked| asked.with("max_age", "15000")).await;
        world.advance(seconds(10));
        let second = happy(world, &mut browser, |asked| asked.with("max_age", "10000")).await;
        for same in ["sub", "auth_time"] {
            assert_eq!(claims(&second.id_token)[same], claims(&first.id_token)[same]);
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_id_token_hint() {
    on_each_database(async |world| {
        let (mut browser, first) = signed_in(world).await;
        world.advance(seconds(600));
        let hinted = |asked: Asked| asked.with("prompt", "none").with("id_token_hint", &first.id_token);
        let second = happy(world, &mut browser, hinted).await;
        assert_eq!(claims(&second.id_token)["sub"], claims(&first.id_token)["sub"]);
    })
    .await;
}

#[tokio::test]
async fn oidcc_codereuse() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &portal).await;
        read(&portal.exchanges(&code, &asked).await);
        let again = portal.exchanges(&code, &asked).await;
        assert_eq!((again.status.as_u16(), refused(&again)), (400, "invalid_grant".into()));
    })
    .await;
}

#[tokio::test]
async fn oidcc_codereuse_30seconds() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &portal).await;
        let first = read(&portal.exchanges(&code, &asked).await);
        world.advance(seconds(30));
        let again = portal.exchanges(&code, &asked).await;
        assert_eq!((again.status.as_u16(), refused(&again)), (400, "invalid_grant".into()));
        assert_eq!(portal.userinfo(&first.access_token).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_registered_redirect_uri() {
    on_each_database(async |world| {
        let (mut browser, _) = signed_in(world).await;
        browser.opens(&world.portal().asks().with("redirect_uri", "https://portail.example/retour/a1b2c3").url()).await;
        is_a_page(&browser, 400, "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.");
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_redirect_uri_in_authorization_request() {
    on_each_database(async |world| {
        let two = "[\"https://shop.example/retour\", \"https://shop.example/autre\"]";
        let shop = with_client(world, "shop", &[("redirect_uris", two)]).await;
        let (mut browser, _) = signed_in(world).await;
        browser.opens(&shop.asks().with("redirect_uri", "").url()).await;
        is_a_page(&browser, 400, "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.");
    })
    .await;
}

#[tokio::test]
async fn oidcc_redirect_uri_query_ok_mismatch_and_added() {
    on_each_database(async |world| {
        let line = "[\"https://shop.example/retour?foo=bar\"]";
        let mut shop = with_client(world, "shop", &[("redirect_uris", line)]).await;
        shop.redirect_uri = "https://shop.example/retour?foo=bar".to_owned();
        let (mut browser, _) = signed_in(world).await;
        let asked = shop.asks();
        browser.opens(&asked.url()).await;
        assert_eq!(parameter(browser.left_for(), "foo").as_deref(), Some("bar"));
        shop.redeems(&asked, browser.left_for()).await;
        for other in ["?foo=baz", "?bar=foo", "", "?foo=bar&x=y", "?"] {
            browser
                .opens(&shop.asks().with("redirect_uri", &format!("https://shop.example/retour{other}")).url())
                .await;
            assert_eq!((browser.has_left(), browser.status()), (false, 400), "{other}");
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_post_request_succeeds() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = portal.asks();
        let body = asked.url().split_once('?').unwrap().1.to_owned();
        let answer = portal.sends(&Method::POST, &endpoint("auth"), &[], body).await;
        browser.opens(answer.location().unwrap()).await;
        completes(&portal, &asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_server_client_secret_post() {
    on_each_database(async |world| {
        let mut poster =
            with_client(world, "poster", &[("token_endpoint_auth_method", "\"client_secret_post\"")]).await;
        poster.presents = Presents::Post;
        let (mut browser, _) = signed_in(world).await;
        let asked = poster.asks();
        browser.opens(&asked.url()).await;
        completes(&poster, &asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_refresh_token() {
    on_each_database(async |world| {
        let portal = world.portal();
        let shop = with_client(world, "shop", &[]).await;
        let (_, first) = signed_in(world).await;
        world.advance(seconds(5));
        let answer = portal.refreshes(first.refresh_token.as_ref().unwrap()).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let second = read(&answer);
        assert_eq!(second.answer["token_type"], "Bearer");
        assert!(entropy(&second.access_token) > 96.0 && entropy(second.refresh_token.as_ref().unwrap()) > 96.0);
        let (then, now) = (claims(&first.id_token), claims(&second.id_token));
        for same in ["iss", "sub", "aud", "azp", "auth_time"] {
            assert_eq!(now[same], then[same], "{same}");
        }
        assert_ne!(now["iat"], then["iat"]);
        let refresh_token = second.refresh_token.as_deref().unwrap();
        let stolen = shop.refreshes(refresh_token).await;
        assert_eq!((stolen.status.as_u16(), refused(&stolen)), (400, "invalid_grant".into()));
        let form =
            [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("scope", "openid profile email")];
        assert_eq!(portal.token(&form).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_request_with_valid_pkce_succeeds() {
    on_each_database(async |world| {
        let (mut browser, _) = signed_in(world).await;
        happy(world, &mut browser, |asked| asked).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_server_form_post() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = portal.asks().with("response_mode", "form_post");
        browser.opens(&asked.url()).await;
        assert_eq!((browser.has_left(), browser.status()), (false, 200));
        let form = browser.form("Continuer");
        assert_eq!(form.action.as_ref(), Some(&portal.redirect_uri));
        // What the client would have got in a query, it gets as a form, by POST.
        let answer: Url = format!("{}?{}", portal.redirect_uri, form.encoded()).parse().unwrap();
        completes(&portal, &asked, &answer).await;
        let asked = asked.with("prompt", "none").with("max_age", "x");
        browser.opens(&asked.url()).await;
        assert!(browser.form("Continuer").fields.contains(&("state".to_owned(), asked.state)));
    })
    .await;
}

#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    on_each_database(async |world| {
        let said = document(&world.portal(), &format!("{}/.well-known/openid-configuration", issuer())).await;
        assert_eq!(said.status, 200);
        assert!(said.header("content-type").unwrap().starts_with("application/json"));
        // The library's own model of the document.
        serde_json::from_str::<openidconnect::core::CoreProviderMetadata>(&said.body).unwrap();
        let said = said.json();
        assert_eq!(said["issuer"], issuer());
        for (name, value) in said.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                assert!(value.as_str().unwrap().starts_with("https://"), "{name}");
            }
            assert_ne!(value.as_array().map(Vec::len), Some(0), "{name} is empty");
        }
        let lists = |name: &str, wanted: &str| said[name].as_array().unwrap().iter().any(|value| value == wanted);
        for (name, wanted) in [
            ("response_types_supported", "code"),
            ("grant_types_supported", "authorization_code"),
            ("subject_types_supported", "public"),
            ("id_token_signing_alg_values_supported", "RS256"),
            ("scopes_supported", "openid"),
            ("claims_supported", "sub"),
            ("token_endpoint_auth_methods_supported", "client_secret_basic"),
            ("token_endpoint_auth_methods_supported", "client_secret_post"),
        ] {
            assert!(lists(name, wanted), "{name}");
        }
        assert!(said["end_session_endpoint"].is_string(), "the logout plan's discovery");
    })
    .await;
}

#[tokio::test]
async fn oidcc_server_rotate_keys() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let names =
            |keys: &[Value]| keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
        let before = names(&jwks(&portal).await);
        world.node.house.rotate_keys(&REALM.parse().unwrap(), false).await.unwrap();
        let keys = jwks(&portal).await;
        assert!(names(&keys).is_superset(&before) && keys.len() > before.len());
        assert!(keys.iter().all(|key| ["RSA", "EC", "OKP"].iter().any(|kty| key["kty"] == *kty)));
        happy(world, &mut browser, |asked| asked).await;
    })
    .await;
}
