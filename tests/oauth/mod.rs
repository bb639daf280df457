//! The protocol over HTTP, as relying parties speak it and as attackers try to; files as in `src/oauth`.

mod authorize;
mod bad_input;
mod certificate_bound;
mod certificate_claim;
mod certificates;
mod challenge_step_up;
mod claims;
mod client_authentication;
mod conformance;
mod consent;
mod consent_ends;
mod cost;
mod device;
mod discovery;
mod dpop;
mod end_session;
mod introspection;
mod jarm;
mod kinds;
pub(crate) mod logout;
mod organisations;
mod par;
mod prompts;
pub(crate) mod registration;
mod request_object;
mod resource;
mod resume;
mod revocation;
pub(crate) mod services;
mod strangers;
mod token;
mod userinfo;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::realm::preset::Preset;
use guichet::secret::Secret;
use http::Method;

use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, Presents, Tokens, endpoint};
use crate::support::http::Answer;
use crate::support::people::MARIE;
use crate::support::signer::Signer;
use crate::support::world::World;

/// The secret of every client but the portal.
pub(crate) const SECRET: &str = "Qm9vbS10YWxrLXRvLW1lLW5pY2VseS1wbGVhc2UtMDEyMzQ";

/// A further client: the portal's file, with another name, address, secret, and these lines beside or instead of
/// its own; an empty value leaves a line out.
pub(crate) async fn with_client(world: &mut World, id: &str, lines: &[(&str, &str)]) -> ClientApp {
    let (callback, home) = (format!("https://{id}.example/retour"), format!("https://{id}.example/"));
    let file = Preset::Certinomis.portal_client(&callback, &home, &home, &Secret::new(SECRET.to_owned()).hash());
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
    let own = |name: &str| file.lines().any(|line| line.split_once(" = ").is_some_and(|(key, _)| key == name));
    let further = lines.iter().filter(|(name, value)| !value.is_empty() && !own(name));
    let further = further.map(|(name, value)| format!("{name} = {value}\n"));
    let file = further.chain(rewritten).collect();
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

/// A client's profile becomes the one for software written for Keycloak.
const COMPATIBLE: (&str, &str) = ("profile = \"standard\"", "profile = \"compatible\"");

/// Gives a client further lines.
async fn declares(world: &mut World, id: &str, lines: &str) {
    let last = "refresh_token_rotation = \"each-use\"";
    world.rewrites_client(id, &[(last, &format!("{last}\n{lines}"))]).await;
}

/// The line that declares the public half of a key.
fn jwks_line(key: &Signer) -> String {
    let members =
        key.jwk().as_object().unwrap().iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>();
    format!("jwks = {{ keys = [{{ {} }}] }}\n", members.join(", "))
}

/// The bare answer to a request that the client pushes.
async fn pushes(client: &ClientApp, asked: &Asked) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&asked.parameters).finish();
    let basic = client.basic();
    let headers = [(http::header::AUTHORIZATION, basic.as_str())];
    let headers = if client.presents == Presents::Basic { &headers[..] } else { &[] };
    client.sends(&Method::POST, &endpoint("ext/par/request"), headers, body).await
}

/// The reference to a request that the client pushed.
pub(crate) async fn pushed(client: &ClientApp, asked: &Asked) -> String {
    let answer = pushes(client, asked).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["request_uri"].as_str().unwrap().to_owned()
}

/// Where the browser is sent with a reference: to the client's name and the reference, and nothing else.
fn referring(client: &ClientApp, request_uri: &str) -> String {
    let mut url = url::Url::parse(&endpoint("auth")).unwrap();
    url.query_pairs_mut().append_pair("client_id", &client.id).append_pair("request_uri", request_uri);
    url.into()
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
pub(crate) async fn tokens(browser: &mut Browser, client: &ClientApp) -> Tokens {
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
