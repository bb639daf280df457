//! What counts once counts once for all nodes, however many ask at the same moment (SR-148, SR-210).

use serde_json::json;

use super::{is_known, is_nobody, shows, with_key};
use crate::support::client_app::{ClientApp, Presents};
use crate::support::signer::Signer;
use crate::support::world::{World, on_each_database};

/// Contests; four want to win each.
const CONTESTS: usize = 12;

/// The client "shop", at that node.
fn at(world: &World, node: std::net::SocketAddr) -> ClientApp {
    let mut app = ClientApp::new(world, "shop", "", "https://shop.example/retour");
    (app.presents, app.node) = (Presents::Nothing, node);
    app
}

#[tokio::test]
async fn sr_148_an_assertion_that_one_node_took_is_refused_by_the_other() {
    on_each_database(async |world| {
        let shop = with_key(world, "shop", Signer::new("ES256", "one"), &[]).await;
        let second = world.another_node().await;
        let there = at(world, second.address);
        let assertion = shop.signer.signs(&shop.claims());
        is_known(&shows(&shop.app, &assertion).await);
        is_nobody(&shows(&there, &assertion).await);
        is_known(&shows(&there, &shop.signer.signs(&shop.claims())).await);
        second.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_210_of_four_that_bear_one_name_at_two_nodes_one_is_taken() {
    on_each_database(async |world| {
        let shop = with_key(world, "shop", Signer::new("ES256", "one"), &[]).await;
        let second = world.another_node().await;
        let there = at(world, second.address);
        for contest in 0..CONTESTS {
            let signed = || shop.signer.signs(&shop.claims_with(&json!({"jti": format!("contest {contest}")})));
            let [a, b, c, d] = [signed(), signed(), signed(), signed()];
            let (a, b, c, d) =
                tokio::join!(shows(&shop.app, &a), shows(&there, &b), shows(&shop.app, &c), shows(&there, &d));
            let answers = [a, b, c, d];
            let with = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
            // Failures are slowed after some: 429 is no success either.
            assert_eq!((with(400), with(401) + with(429)), (1, 3), "{answers:?}");
        }
        second.stop().await;
    })
    .await;
}
