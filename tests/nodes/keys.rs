//! Keys moved on by a command while a node serves: taken up within a second, and withdrawn ones believed no more.

use std::time::Duration;

use serde_json::Value;

use super::browser::Browser;
use super::client::{Answer, Client, kid};
use super::journey::Person;
use super::node::Node;
use super::site::Site;

/// Waits until the node publishes that key, or no longer does.
async fn publishes(client: &Client, node: &Node, key: &str, wanted: bool) {
    let turned = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while client.published(node.port()).await.iter().any(|kid| kid == key) != wanted {
            ticks.tick().await;
        }
    };
    // Looked for every 800 ms, and loaded: the second second is for machines that do something else as well.
    let in_time = tokio::time::timeout(Duration::from_secs(2), turned).await;
    assert!(in_time.is_ok(), "{key} published: {wanted}?\n{}", node.said());
}

/// The key that signs access tokens, as the command lists it.
fn signing(site: &Site) -> String {
    let listed = site.guichet(&["keys", "list", "certinomis", "--json"]);
    assert!(listed.status.success(), "{listed:?}");
    let said: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(!String::from_utf8_lossy(&listed.stdout).contains("private"), "no private half is printed");
    let mut keys = said["keys"].as_array().unwrap().iter();
    let key = keys.find(|key| key["state"] == "active" && key["algorithm"] == "ES256").unwrap();
    key["id"].as_str().unwrap().to_owned()
}

fn rotate(site: &Site, more: &[&str]) {
    let words: Vec<&str> = ["keys", "rotate", "certinomis"].iter().chain(more).copied().collect();
    let rotated = site.guichet(&words);
    assert_eq!(rotated.status.code(), Some(0), "{rotated:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_158_keys_rotate_without_outage_and_are_withdrawn_by_one_command() {
    let site = Site::on_sqlite().await;
    let node = Node::start(&site).await;
    let (client, mut browser) = (Client::of(&site), Browser::new());
    Person::new().reaches("home", &mut browser, &site).await;
    let code = client.code(&mut browser).await;
    let first = Answer::to(client.redeems(&code, node.port())).await.token("access_token");
    assert_eq!(kid(&first), signing(&site));

    rotate(&site, &[]);
    let second_key = signing(&site);
    assert_ne!(kid(&first), second_key);
    publishes(&client, &node, &second_key, true).await;
    let code = client.code(&mut browser).await;
    let second = Answer::to(client.redeems(&code, node.port())).await.token("access_token");
    assert_eq!(kid(&second), second_key);
    assert!(client.published(node.port()).await.contains(&kid(&first)), "the old key is believed, so it is published");
    assert!(client.believes(&first, node.port()).await && client.believes(&second, node.port()).await);

    rotate(&site, &["--withdraw"]);
    publishes(&client, &node, &second_key, false).await;
    assert!(!client.believes(&second, node.port()).await, "what a withdrawn key signed is refused");
    assert!(client.believes(&first, node.port()).await, "and what others signed is not");
    let code = client.code(&mut browser).await;
    let third = Answer::to(client.redeems(&code, node.port())).await.token("access_token");
    assert_eq!(kid(&third), signing(&site));
    assert!(client.believes(&third, node.port()).await);
}
