//! Tokens that only the holder of a certificate's key can use (RFC 8705 §3).

use http::header::{CONTENT_TYPE, HOST};
use http::{Method, Request};
use rcgen::DnType;
use serde_json::{Value, json};

use super::{code, document, refused, signed_in, with_client, with_public_client};
use crate::support::card::{Card, TlsClient};
use crate::support::client_app::{ClientApp, Presents, claims as said, endpoint, issuer, tokens as read};
use crate::support::holder::{Holder, claims};
use crate::support::http::Answer;
use crate::support::world::{CERTIFICATE, PUBLIC, World, on_each_database};

/// That client, held to its certificate.
async fn held(world: &mut World, client: ClientApp) -> ClientApp {
    let line = "tls_client_certificate_bound_access_tokens";
    world.rewrites_client(&client.id, &[(&format!("# {line}"), line)]).await;
    client
}

fn card(name: &str) -> Card {
    Card::new(|params| params.distinguished_name.push(DnType::CommonName, name))
}

/// A request to the same endpoint, where certificates are shown.
async fn asks(tls: &TlsClient, method: Method, name: &str, headers: &[(&str, &str)], body: String) -> Answer {
    let path = endpoint(name).replace(PUBLIC, "");
    let mut request = Request::builder().method(method).uri(path);
    request = request.header(HOST, CERTIFICATE.trim_start_matches("https://"));
    request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    tls.asks(request.body(body).unwrap()).await.unwrap()
}

/// What the token endpoint says to that form, by that connection.
async fn token(tls: &TlsClient, client: &ClientApp, form: &[(&str, &str)], proof: Option<&str>) -> Answer {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(form);
    let basic = client.basic();
    let mut headers: Vec<_> = proof.map(|proof| ("dpop", proof)).into_iter().collect();
    if client.presents == Presents::Name {
        body.append_pair("client_id", &client.id);
    } else {
        headers.push(("authorization", &basic));
    }
    asks(tls, Method::POST, "token", &headers, body.finish()).await
}

async fn userinfo(tls: &TlsClient, scheme: &str, token: &str) -> Answer {
    let token = format!("{scheme} {token}");
    asks(tls, Method::GET, "userinfo", &[("authorization", &token)], String::new()).await
}

fn refresh(token: &Value) -> [(&str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())]
}

#[tokio::test]
async fn sr_96_a_token_is_bound_to_the_certificate_that_asked_for_it_and_no_other_can_use_it() {
    on_each_database(async |world| {
        let tls = world.asks_for_certificates().await;
        let shop = with_client(world, "shop", &[]).await;
        let shop = held(world, shop).await;
        let (mut browser, _) = signed_in(world).await;
        let (own, other) = (card("shop"), card("shop"));
        let (asked, code) = code(&mut browser, &shop).await;
        let form = shop.redemption(&code, &asked);
        // Without one, or with a proof of something else, nothing is looked at.
        assert_eq!(refused(&shop.exchanges(&code, &asked).await), "invalid_request");
        assert_eq!(refused(&token(&tls, &shop, &form, None).await), "invalid_request");
        let proof = Holder::new("ES256").at_token(world.now());
        assert_eq!(refused(&token(&tls.showing(&own), &shop, &form, Some(&proof)).await), "invalid_request");

        let given = read(&token(&tls.showing(&own), &shop, &form, None).await);
        assert_eq!(given.answer["token_type"], "Bearer");
        let access = given.access_token.as_str();
        assert_eq!(said(access)["cnf"], json!({"x5t#S256": own.thumbprint()}));
        assert_eq!(userinfo(&tls.showing(&own), "Bearer", access).await.status, 200);
        assert_eq!(userinfo(&tls.showing(&own), "bearer", access).await.status, 200);
        for answer in [
            userinfo(&tls.showing(&other), "Bearer", access).await,
            userinfo(&tls, "Bearer", access).await,
            userinfo(&tls.showing(&own), "DPoP", access).await,
            shop.userinfo(access).await,
        ] {
            assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (401, Some("invalid_token")));
        }
        // A client that proves who it is may have a new certificate, not none.
        let refresh_token = &given.answer["refresh_token"];
        assert_eq!(refused(&token(&tls, &shop, &refresh(refresh_token), None).await), "invalid_request");
        let renewed = read(&token(&tls.showing(&other), &shop, &refresh(refresh_token), None).await);
        assert_eq!(said(&renewed.access_token)["cnf"], json!({"x5t#S256": other.thumbprint()}));
    })
    .await;
}

#[tokio::test]
async fn sr_96_refresh_tokens_of_public_clients_demand_the_same_certificate() {
    on_each_database(async |world| {
        let tls = world.asks_for_certificates().await;
        let phone = with_public_client(world, "phone").await;
        let phone = held(world, phone).await;
        let (mut browser, _) = signed_in(world).await;
        let (own, other) = (card("phone"), card("phone"));
        let (asked, code) = code(&mut browser, &phone).await;
        let given = read(&token(&tls.showing(&own), &phone, &phone.redemption(&code, &asked), None).await);
        let first = &given.answer["refresh_token"];
        assert_eq!(refused(&token(&tls.showing(&other), &phone, &refresh(first), None).await), "invalid_grant");
        let next = read(&token(&tls.showing(&own), &phone, &refresh(first), None).await);
        let second = &next.answer["refresh_token"];
        assert_eq!(refused(&token(&tls.showing(&other), &phone, &refresh(second), None).await), "invalid_grant");
        assert_eq!(token(&tls.showing(&own), &phone, &refresh(second), None).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn where_certificates_are_asked_for_it_is_announced_and_proofs_may_name_either_address() {
    on_each_database(async |world| {
        let tls = world.asks_for_certificates().await;
        let portal = world.portal();
        let metadata = document(&portal, &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], true);
        let (mut browser, _) = signed_in(world).await;
        let holder = Holder::new("ES256");
        for url in [endpoint("token"), endpoint("token").replace(PUBLIC, CERTIFICATE)] {
            let (asked, code) = code(&mut browser, &portal).await;
            let proof = holder.signs(&json!({}), &claims("POST", &url, None, world.now()));
            let answer = token(&tls, &portal, &portal.redemption(&code, &asked), Some(&proof)).await;
            assert_eq!(read(&answer).answer["token_type"], "DPoP", "{url}");
        }
    })
    .await;
}
