//! `oidcc-3rdparty-init-login-certification-test-plan`: a client says where somebody else may begin a sign-in with it.

use http::Method;
use serde_json::json;

use super::registered::{Suite, key, opens, refusal};
use crate::support::world::on_each_database;

#[tokio::test]
async fn oidcc_3rd_party_init_login() {
    on_each_database(async |world| {
        opens(world).await;
        let login = json!("https://rp.example/test/a/guichet/login");
        let asked = json!({"initiate_login_uri": login});
        let suite = Suite::registers(world, "client_secret_basic", key(), &asked).await;
        assert_eq!(suite.client.told["initiate_login_uri"], login);
        let read = suite.client.manages(world, &Method::GET, None).await;
        assert_eq!((read.status.as_u16(), read.header("content-type")), (200, Some("application/json")));
        assert_eq!(read.json()["initiate_login_uri"], login);
        suite.ends(world).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_3rd_party_init_login_nohttps() {
    on_each_database(async |world| {
        opens(world).await;
        let asked = json!({"initiate_login_uri": "http://rp.example/test/a/guichet/login"});
        assert_eq!(refusal(world, &asked).await, "invalid_client_metadata");
    })
    .await;
}
