//! The listener where clients may show a certificate: what machines ask is served there, with its key proven, and what
//! browsers ask is not.

use http::header::{CONTENT_TYPE, HOST};
use http::{Method, Request};
use rcgen::DnType;

use crate::support::card::Card;
use crate::support::client_app::issuer;
use crate::support::world::{CERTIFICATE, PUBLIC, on_each_database};

/// A request for what stands at `path` of the house, sent to the listener for certificates.
fn request(method: Method, path: &str, body: &'static str) -> Request<&'static str> {
    let request = Request::builder().method(method).uri(path).header(HOST, CERTIFICATE.trim_start_matches("https://"));
    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body).unwrap()
}

#[tokio::test]
async fn sr_86_what_machines_ask_is_served_where_certificates_are_shown_and_what_browsers_ask_is_not() {
    on_each_database(async |world| {
        let client = world.asks_for_certificates().await;
        let card = Card::new(|params| params.distinguished_name.push(DnType::CommonName, "portal"));
        let realm = issuer().trim_start_matches(PUBLIC).to_owned();
        for client in [client.clone(), client.showing(&card)] {
            let ask = async |method, path: &str, body| client.asks(request(method, path, body)).await.unwrap();
            // A certificate is no way in for a client that did not register for it.
            let token = format!("{realm}/protocol/openid-connect/token");
            let refused = ask(Method::POST, &token, "grant_type=authorization_code&code=x&client_id=portal").await;
            assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (401, Some("invalid_client")));
            let userinfo = ask(Method::GET, &format!("{realm}/protocol/openid-connect/userinfo"), "").await;
            assert_eq!(userinfo.status, 401);
            for elsewhere in [
                "sign-in",
                "register",
                "recover/password",
                "sign-out",
                "protocol/openid-connect/auth",
                "protocol/openid-connect/logout",
                ".well-known/openid-configuration",
            ] {
                assert_eq!(ask(Method::GET, &format!("{realm}/{elsewhere}"), "").await.status, 404, "{elsewhere}");
            }
        }
        assert!(client.showing(&card.copied()).asks(request(Method::GET, &realm, "")).await.is_none());
    })
    .await;
}
