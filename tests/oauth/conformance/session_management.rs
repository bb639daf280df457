//! `oidcc-session-management-certification-test-plan`: a client's page may ask our frame. What the frame answers before and after
//! is told in a browser (`tests/browser/logout.rs`).

use super::rp_initiated_logout::{announces_where_a_session_ends, is_over};
use crate::oauth::{document, signed_in};
use crate::support::client_app::parameter;
use crate::support::world::on_each_database;

#[tokio::test]
async fn oidcc_session_management_discovery_endpoint_verification() {
    on_each_database(async |world| {
        let at = announces_where_a_session_ends(world).await["check_session_iframe"].clone();
        let answer = document(&world.portal(), at.as_str().unwrap()).await;
        assert_eq!(answer.status, 200);
        assert!(at.as_str().unwrap().starts_with("https://"));
    })
    .await;
}

#[tokio::test]
async fn oidcc_session_management_rp_initiated_logout() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        let before = parameter(browser.left_for(), "session_state").unwrap();
        assert!(!before.contains(' ') && before.split_once('.').is_some_and(|(_, salt)| !salt.is_empty()));
        let given = portal.redeems(&asked, browser.left_for()).await;
        let cookie = "__Host-guichet-state-certinomis";
        assert!(browser.cookies().value(cookie).is_some());
        browser.opens(&portal.logout_url(&[("id_token_hint", &given.id_token)])).await;
        assert_eq!(browser.cookies().value(cookie), None, "what the frame reads is gone");
        assert!(is_over(&mut browser, &portal).await);
    })
    .await;
}
