//! `oidcc-frontchannel-rp-initiated-logout-certification-test-plan`: a client's page hears it in a frame of ours.

use super::rp_initiated_logout::{announces_where_a_session_ends, is_over};
use crate::oauth::logout::{frames, registers};
use crate::oauth::{signed_in, tokens, with_client};
use crate::support::client_app::{claims, issuer, parameter};
use crate::support::world::on_each_database;

#[tokio::test]
async fn oidcc_frontchannel_logout_discovery_endpoint_verification() {
    on_each_database(async |world| {
        let said = announces_where_a_session_ends(world).await;
        assert_eq!(said["frontchannel_logout_supported"], true);
        assert_eq!(said["frontchannel_logout_session_supported"], true);
    })
    .await;
}

#[tokio::test]
async fn oidcc_frontchannel_rp_initiated_logout() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        registers(world, "shop", "front", "https://shop.example/front").await;
        let (mut browser, _) = signed_in(world).await;
        let given = tokens(&mut browser, &shop).await;
        let asked = [
            ("id_token_hint", given.id_token.as_str()),
            ("post_logout_redirect_uri", "https://shop.example/"),
            ("state", "xyz"),
        ];
        browser.opens(&shop.logout_url(&asked)).await;
        let frame: url::Url = frames(&browser).remove(0).parse().unwrap();
        assert!(frame.as_str().starts_with("https://shop.example/front?"));
        assert_eq!(parameter(&frame, "iss"), Some(issuer()));
        assert_eq!(parameter(&frame, "sid").as_deref(), claims(&given.id_token)["sid"].as_str());
        assert_eq!(browser.page().link("Continuer").as_deref(), Some("https://shop.example/?state=xyz"));
        assert!(is_over(&mut browser, &shop).await);
    })
    .await;
}
