//! Keys that a client publishes at its `jwks_uri`: fetched, kept, fetched again when one of them is new.

use guichet::clock::Duration;
use serde_json::{Value, json};

use super::{Asserting, declared, is_known, is_nobody, shows};
use crate::support::peer::{Peer, Reply};
use crate::support::signer::Signer;
use crate::support::world::{World, on_each_database};

/// How long a document is not asked for again, whoever insists.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// A client that publishes its keys, and the server where it does.
pub(super) async fn publishing(world: &mut World, id: &str, signer: Signer) -> (Asserting, Peer) {
    let host = format!("keys.{id}.example");
    let peer = world.outside.peer(&host).await;
    publishes(&peer, &signer.jwks());
    let address = format!("\"https://{host}/keys\"");
    let lines = [("token_endpoint_auth_method", "\"private_key_jwt\""), ("jwks_uri", address.as_str())];
    let app = declared(world, id, &lines).await;
    (Asserting { app, signer }, peer)
}

/// The server publishes these keys from now on.
pub(super) fn publishes(peer: &Peer, keys: &Value) {
    peer.says(Reply::document("application/json", keys.to_string()));
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_for_a_new_one() {
    on_each_database(async |world| {
        let (mut shop, peer) = publishing(world, "shop", Signer::new("ES256", "one")).await;
        assert_eq!(peer.met(), 0, "nobody asked for them yet");
        is_known(&shop.says(&json!({})).await);
        is_known(&shop.says(&json!({})).await);
        assert_eq!(peer.heard().len(), 1);
        assert!(peer.heard()[0].starts_with("GET /keys HTTP/1.1\r\n"));
        let old = std::mem::replace(&mut shop.signer, Signer::new("EdDSA", "two"));
        publishes(&peer, &json!({"keys": [old.jwk(), shop.signer.jwk()]}));
        world.advance(COOL_DOWN);
        is_known(&shop.says(&json!({})).await);
        is_known(&shows(&shop.app, &old.signs(&shop.claims())).await);
        assert_eq!(peer.heard().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn sr_170_names_of_keys_that_are_made_up_achieve_one_request_in_the_cool_down() {
    on_each_database(async |world| {
        let (shop, peer) = publishing(world, "shop", Signer::new("ES256", "one")).await;
        is_known(&shop.says(&json!({})).await);
        world.advance(COOL_DOWN);
        for name in 0..4 {
            let forger = Signer::new("ES256", &name.to_string());
            is_nobody(&shows(&shop.app, &forger.signs(&shop.claims())).await);
        }
        assert_eq!(peer.heard().len(), 2);
        is_known(&shop.says(&json!({})).await);
    })
    .await;
}

#[tokio::test]
async fn a_client_whose_keys_cannot_be_had_is_nobody_until_they_can() {
    on_each_database(async |world| {
        let (shop, peer) = publishing(world, "shop", Signer::new("ES256", "one")).await;
        let mut private = shop.signer.jwks();
        private["keys"][0]["d"] = json!("AAAA");
        for reply in [
            Reply::status(503),
            Reply::document("text/html", "<!doctype html>"),
            Reply::document("application/json", "[]"),
            Reply::document("application/json", private.to_string()),
        ] {
            peer.says(reply);
            is_nobody(&shop.says(&json!({})).await);
            // What was fetched is kept for ten minutes, what failed for half a minute.
            world.advance(Duration::from_mins(10));
        }
        publishes(&peer, &shop.signer.jwks());
        is_known(&shop.says(&json!({})).await);
    })
    .await;
}
