//! `oidcc-config-certification-test-plan`: the discovery document of a realm where clients do not register themselves.

use super::metadata;
use crate::support::world::on_each_database;

#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    on_each_database(async |world| {
        let said = metadata::verified(&world.portal()).await;
        assert!(said.get("registration_endpoint").is_none());
    })
    .await;
}
