//! Requests that the client signs, and serves at an address that it registered.

use serde_json::json;

use super::begins;
use crate::oauth::conformance::code_flow::{none_is_not_announced, unsigned};
use crate::oauth::conformance::duties::refuses;
use crate::oauth::conformance::metadata;
use crate::oauth::conformance::registered::CALLBACK;
use crate::oauth::is_a_page;
use crate::oauth::par::MALFORMED;
use crate::oauth::request_object::{bare, object};
use crate::support::peer::Reply;
use crate::support::world::on_each_database;

/// The suite's fragment is not the hash of the content.
const REQUEST_URI: &str = "https://rp.example/requestobject/x7#0123456789abcdef";

#[tokio::test]
async fn oidcc_request_uri_signed_rs256() {
    on_each_database(async |world| {
        let changes = json!({"request_uris": [REQUEST_URI], "request_object_signing_alg": "RS256"});
        let mut run = begins(world, changes).await;
        let said = metadata::of(&run.rp.client.app).await;
        assert_eq!(said["request_uri_parameter_supported"], true);
        assert!(metadata::lists(&said, "request_object_signing_alg_values_supported", "RS256"));
        let peer = world.outside.peer("rp.example").await;
        for fetched in 1..=2 {
            let asked = run.asks();
            let claims = object(world, &asked, &json!({"iss": null, "aud": null, "exp": null, "nbf": null}));
            peer.says(Reply::document("application/jwt", run.rp.key.signs(&claims)));
            // Core §6.2: response_type and scope stand outside as well.
            let beside = bare(&run.rp.client.app, "request_uri", REQUEST_URI);
            run.goes(&beside.with("response_type", "code").with("scope", "openid")).await;
            run.redeems(&asked).await;
            assert_eq!(peer.heard().len(), fetched);
        }
        run.rp.ends(world).await;
    })
    .await;
}

/// Skipped, as `none` is not announced; it is fetched, judged and refused.
#[tokio::test]
async fn oidcc_request_uri_unsigned() {
    on_each_database(async |world| {
        let mut run = begins(world, json!({"request_uris": [REQUEST_URI]})).await;
        none_is_not_announced(&run.rp.client.app).await;
        let peer = world.outside.peer("rp.example").await;
        let asked = run.asks();
        peer.says(Reply::document("application/jwt", unsigned(&object(world, &asked, &json!({})))));
        run.goes(&asked.clone().with("request_uri", REQUEST_URI)).await;
        assert_eq!(peer.heard().len(), 1);
        let back = run.is_refused_on_a_page("oidcc Qq3vN5tPxk");
        assert_eq!(refuses(&run.rp.client.app, &asked, &back), "invalid_request_object");
        run.rp.ends(world).await;
    })
    .await;
}

/// Skipped as well; signed, the address inside is the one that counts.
#[tokio::test]
async fn oidcc_ensure_request_object_with_redirect_uri() {
    on_each_database(async |world| {
        let mut run = begins(world, json!({})).await;
        none_is_not_announced(&run.rp.client.app).await;
        let asked = run.asks();
        let claims = object(world, &asked, &json!({}));
        let outside = asked.clone().with("redirect_uri", "https://ailleurs.example/");
        run.goes(&outside.clone().with("request", &unsigned(&claims))).await;
        is_a_page(&run.browser, 400, MALFORMED);
        assert!(!run.leads_to("https://ailleurs.example/") && !run.leads_to(CALLBACK), "nor to a default");
        run.goes(&outside.with("request", &run.rp.key.signs(&claims))).await;
        run.redeems(&asked).await;
        run.rp.ends(world).await;
    })
    .await;
}
