//! The protocol over HTTP, as relying parties speak it and as attackers try to; files as in `src/oauth`.

mod authorize;
mod bad_input;
mod certificate_bound;
mod certificates;
mod client_authentication;
mod conformance;
mod conformance_client_authentication;
mod conformance_dynamic;
mod conformance_sender;
mod discovery;
mod dpop;
mod end_session;
mod prompts;
mod registration;
mod resume;
mod token;
mod userinfo;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::realm::preset::portal_client;
use guichet::secret::Secret;
use http::Method;

use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, Presents, Tokens, endpoint};
use crate::support::http::Answer;
use crate::support::people::MARIE;
use crate::support::world::World;

/// The secret of every client but the portal.
const SECRET: &str = "Qm9vbS10YWxrLXRvLW1lLW5pY2VseS1wbGVhc2UtMDEyMzQ";

/// A further client: the portal's file, with another name, address, secret, and these lines instead of its own; an
/// empty value leaves a line out.
async fn with_client(world: &mut World, id: &str, lines: &[(&str, &str)]) -> ClientApp {
    let (callback, home) = (format!("https://{id}.example/retour"), format!("https://{id}.example/"));
    let file = portal_client(&callback, &home, &home, &Secret::new(SECRET.to_owned()).hash());
    let name = format!("\"{id}\"");
    let lines: Vec<_> = [("client_id", name.as_str())].into_iter().chain(lines.iter().copied()).collect();
    let rewritten = file.lines().filter_map(|line| {
        let own = line.split_once(" = ").and_then(|(key, _)| lines.iter().find(|(name, _)| *name == key));
        match own {
            Some((_, "")) => None,
            Some((name, value)) => Some(format!("{name} = {value}\n")),
            None => Some(format!("{line}\n")),
        }
    });
    let file = rewritten.collect();
    world.adds_client(id, file).await;
    ClientApp::new(world, id, SECRET, &callback)
}

/// A client that can keep no secret.
async fn with_public_client(world: &mut World, id: &str) -> ClientApp {
    let lines = [("token_endpoint_auth_method", "\"none\""), ("secrets", "")];
    let mut client = with_client(world, id, &lines).await;
    client.presents = Presents::Name;
    client
}

/// Marie, signed in at the portal, in a browser of hers.
async fn signed_in(world: &World) -> (Browser, Tokens) {
    let mut browser = world.browser();
    let tokens = MARIE.gets_an_account(world, &mut browser).await;
    (browser, tokens)
}

/// A code for that client out of an open session.
async fn code(browser: &mut Browser, client: &ClientApp) -> (Asked, String) {
    let asked = client.asks();
    browser.opens(&asked.url()).await;
    let code = client.code(&asked, browser.left_for());
    (asked, code)
}

/// Tokens for that client out of an open session.
async fn tokens(browser: &mut Browser, client: &ClientApp) -> Tokens {
    let asked = client.asks();
    browser.opens(&asked.url()).await;
    client.redeems(&asked, browser.left_for()).await
}

/// What the client is refused with at the token endpoint (RFC 6749 §5.2).
fn refused(answer: &Answer) -> String {
    assert!((400..500).contains(&answer.status.as_u16()), "{}: {}", answer.status, answer.body);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("content-type").unwrap().starts_with("application/json"));
    let told = answer.json();
    assert!(told["access_token"].is_null(), "{told}");
    told["error"].as_str().unwrap().to_owned()
}

/// The page that an answer led to says so, and nothing was sent to any client.
fn is_a_page(browser: &Browser, status: u16, words: &str) {
    assert!(!browser.has_left(), "sent to {}", browser.left_for());
    assert_eq!(browser.status(), status, "{}", browser.text());
    assert!(browser.says(words), "{}", browser.text());
}

/// A document of the realm that anybody may read.
async fn document(client: &ClientApp, url: &str) -> Answer {
    client.sends(&Method::GET, url, &[], String::new()).await
}

/// The realm's keys.
async fn jwks(client: &ClientApp) -> Vec<serde_json::Value> {
    document(client, &endpoint("certs")).await.json()["keys"].as_array().unwrap().clone()
}

/// What a token says of its signature.
fn header(token: &str) -> serde_json::Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}
