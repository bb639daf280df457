//! No kind of token passes for another, wherever it is shown (SR-155).

use serde_json::json;

use crate::oauth::SECRET;
use crate::oauth::services::{ACCESS_TOKEN, EXCHANGE, JWT_BEARER, for_orders, jwks, vouching, with_issuer};
use crate::support::client_app::ClientApp;
use crate::support::people::MARIE;
use crate::support::signer::Signer;
use crate::support::world::on_each_database;

#[tokio::test]
async fn sr_155_each_kind_is_taken_in_its_own_place_and_in_no_other() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        MARIE.gets_an_account(world, &mut browser).await;
        let key = Signer::new("ES256", "hr-1");
        let desk = with_issuer(world, &jwks(&key)).await;
        let gateway = ClientApp::new(world, "gateway", SECRET, "");
        let portal = world.portal();
        let marie = for_orders(world, &mut browser).await;
        let kinds = [
            ("id_token", marie.id_token.clone()),
            ("access_token", marie.access_token.clone()),
            ("refresh_token", marie.refresh_token.clone().unwrap()),
            ("assertion", key.signs(&vouching(world, "1", MARIE.email, &json!({})))),
        ];
        for (kind, token) in &kinds {
            let good = portal.userinfo(token).await.status == 200;
            assert_eq!(good, *kind == "access_token", "userinfo, {kind}");
            let form =
                [("grant_type", EXCHANGE), ("subject_token", token.as_str()), ("subject_token_type", ACCESS_TOKEN)];
            let good = gateway.token(&form).await.status == 200;
            assert_eq!(good, *kind == "access_token", "subject_token, {kind}");
            let active = portal.introspects(token).await["active"] == true;
            assert_eq!(active, matches!(*kind, "access_token" | "refresh_token"), "introspection, {kind}");
            let good = desk.token(&[("grant_type", JWT_BEARER), ("assertion", token)]).await.status == 200;
            assert_eq!(good, *kind == "assertion", "assertion, {kind}");
            browser.opens(&portal.asks().with("id_token_hint", token).with("prompt", "none").url()).await;
            let answered = browser.has_left() && browser.left_for().as_str().contains("code=");
            assert_eq!(answered, *kind == "id_token", "id_token_hint, {kind}");
        }
        for (kind, token) in &kinds {
            let good = portal.refreshes(token).await.status == 200;
            assert_eq!(good, *kind == "refresh_token", "refresh_token, {kind}");
        }
    })
    .await;
}
