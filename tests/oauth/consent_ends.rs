//! What people agreed to ends with the application that they agreed to: who takes its name later asks anew.

use guichet::clock::days;
use http::Method;

use super::registration::{Registered, least, opens, registers, tokens};
use super::signed_in;
use crate::support::browser::Browser;
use crate::support::world::{REALM, World, on_each_database};

const KEPT: &str = "SELECT count(*) FROM consents";

/// An application that registered itself, and that Marie agreed to.
async fn agreed(world: &World, browser: &mut Browser) -> Registered {
    let client = registers(world, &least()).await;
    tokens(browser, &client.app).await;
    client
}

#[tokio::test]
async fn sr_77_consent_ends_with_the_registration_however_that_ends() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let (mut browser, _) = signed_in(world).await;
        let [itself, by_operator, unused, stays] = [
            agreed(world, &mut browser).await,
            agreed(world, &mut browser).await,
            agreed(world, &mut browser).await,
            agreed(world, &mut browser).await,
        ];
        assert_eq!(world.database.count(KEPT).await, 4);
        let left = async |client: &Registered| {
            world.database.count(&format!("{KEPT} WHERE client_id = '{}'", client.app.id)).await
        };
        assert_eq!(itself.manages(world, &Method::DELETE, None).await.status, 204);
        assert_eq!((left(&itself).await, world.database.count(KEPT).await), (0, 3));

        let realm = REALM.parse().unwrap();
        assert!(world.node.house.switch_client(&realm, &by_operator.app.id, false).await.unwrap());
        assert_eq!(left(&by_operator).await, 1, "switched off is not gone");
        assert!(world.node.house.delete_client(&realm, &by_operator.app.id).await.unwrap());
        assert_eq!((left(&by_operator).await, world.database.count(KEPT).await), (0, 2));

        world.advance(days(29));
        // Proving itself keeps the one; the other is forgotten.
        stays.app.refreshes("a token").await;
        world.advance(days(2));
        assert_eq!(world.node.house.forget_clients().await.unwrap(), 1);
        assert_eq!((left(&unused).await, left(&stays).await), (0, 1));
    })
    .await;
}
