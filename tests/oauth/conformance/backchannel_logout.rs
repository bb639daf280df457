//! `oidcc-backchannel-rp-initiated-logout-certification-test-plan`: a client's server hears that a session ended.

use super::rp_initiated_logout::{announces_where_a_session_ends, is_over};
use crate::oauth::logout::{listener, tells, told};
use crate::oauth::{signed_in, tokens, with_client};
use crate::support::client_app::claims;
use crate::support::world::on_each_database;

#[tokio::test]
async fn oidcc_backchannel_logout_discovery_endpoint_verification() {
    on_each_database(async |world| {
        let said = announces_where_a_session_ends(world).await;
        assert_eq!(said["backchannel_logout_supported"], true);
        assert_eq!(said["backchannel_logout_session_supported"], true);
    })
    .await;
}

#[tokio::test]
async fn oidcc_backchannel_rp_initiated_logout() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        let hears = listener(world, "shop").await;
        let (mut browser, _) = signed_in(world).await;
        let given = tokens(&mut browser, &shop).await;
        let asked = [
            ("id_token_hint", given.id_token.as_str()),
            ("post_logout_redirect_uri", "https://shop.example/"),
            ("state", "xyz"),
        ];
        browser.opens(&shop.logout_url(&asked)).await;
        assert_eq!(browser.left_for().as_str(), "https://shop.example/?state=xyz");
        tells(world).await;
        let [request] = hears.heard().try_into().unwrap();
        let (said, known) = (told(&shop, &request).await, claims(&given.id_token));
        for name in ["iss", "aud", "sub", "sid"] {
            assert!(known[name].is_string());
            assert_eq!(said[name], known[name], "{name}");
        }
        assert!(said["jti"].is_string() && said["iat"].is_i64() && said.get("nonce").is_none());
        let events = said["events"].as_object().unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(events["http://schemas.openid.net/event/backchannel-logout"], serde_json::json!({}));
        let (version, _) = hears.handshakes().remove(0);
        assert_eq!(version, Some(rustls::ProtocolVersion::TLSv1_3), "the suite warns of anything older");
        assert!(is_over(&mut browser, &shop).await);
    })
    .await;
}
