//! What applications hear when a session ends, by each of the three ways, and which of their pages may ask.

mod back_channel;
mod cors;
mod front_channel;
mod session_state;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scraper::{Html, Selector};
use serde_json::Value;

use super::{header, jwks, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, claims};
use crate::support::peer::{Peer, Reply};
use crate::support::world::World;

/// A client's server, which takes what it is told from now on.
pub(crate) async fn listener(world: &mut World, id: &str) -> Peer {
    let peer = world.outside.peer(&format!("{id}.example")).await;
    peer.says(Reply::status(200));
    registers(world, id, "back", &format!("https://{id}.example/adieu?de=nous")).await;
    peer
}

/// That client registers a logout address.
pub(super) async fn registers(world: &mut World, id: &str, channel: &str, uri: &str) {
    let commented = format!("# {channel}channel_logout_uri = \"https://portal.example/logout/{channel}\"");
    let written = format!("{channel}channel_logout_uri = \"{uri}\"");
    world.rewrites_client(id, &[(&commented, &written)]).await;
}

/// A client whose server listens.
pub(crate) async fn listening(world: &mut World, id: &str) -> (ClientApp, Peer) {
    let client = with_client(world, id, &[]).await;
    let peer = listener(world, id).await;
    (client, peer)
}

/// Everybody who is to be told now is told.
pub(crate) async fn tells(world: &World) {
    while world.node.house.tell_one().await.unwrap() {}
}

/// The token in a request that a client's server heard, once its form, its header and its signature are checked.
pub(super) async fn told(client: &ClientApp, request: &str) -> Value {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /adieu?de=nous HTTP/1.1\r\n"), "{head}");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("content-type: application/x-www-form-urlencoded") && !head.contains("cookie"), "{head}");
    let token = body.strip_prefix("logout_token=").unwrap();
    assert!(!token.contains('&'), "the only field");
    let said = header(token);
    assert_eq!((&said["typ"], &said["alg"]), (&"logout+jwt".into(), &"RS256".into()));
    let keys = jwks(client).await;
    let key = keys.iter().find(|key| key["kid"] == said["kid"]).unwrap();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (n, e) = (decode(key["n"].as_str().unwrap()), decode(key["e"].as_str().unwrap()));
    let public = RsaPublicKeyComponents { n: &n, e: &e };
    public.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &decode(signature)).unwrap();
    claims(token)
}

/// The addresses of the frames on the page that a browser shows.
pub(super) fn frames(browser: &Browser) -> Vec<String> {
    let html = Html::parse_document(&browser.answer().body);
    let frames = Selector::parse("iframe[hidden]").unwrap();
    html.select(&frames).map(|frame| frame.attr("src").unwrap().to_owned()).collect()
}
