//! Response modes: in the query, in the fragment, as a form, and as a JWT in each of them (JARM).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::Url;

use super::{declares, header, is_a_page, jwks, signed_in, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, claims, endpoint, issuer, parameter, tokens};
use crate::support::world::{World, on_each_database};

/// The claims of an answer that is signed by a key of the realm, and that says nothing beside it.
async fn opened(client: &ClientApp, jwt: &str, algorithm: &str) -> Value {
    let said = header(jwt);
    assert_eq!(said["alg"], algorithm);
    let key = jwks(client).await.into_iter().find(|key| key["kid"] == said["kid"]).unwrap();
    let key: jsonwebtoken::jwk::Jwk = serde_json::from_value(key).unwrap();
    let mut rules = jsonwebtoken::Validation::new(algorithm.parse().unwrap());
    rules.set_audience(&[&client.id]);
    rules.set_issuer(&[issuer()]);
    // The story's clock is not the machine's; the times are compared below.
    rules.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_jwk(&key).unwrap();
    jsonwebtoken::decode::<Value>(jwt, &key, &rules).unwrap().claims
}

/// What an address carries besides its registered self.
fn carried(answer: &Url, mode: &str) -> Vec<(String, String)> {
    let text = if mode.starts_with("fragment") { answer.fragment() } else { answer.query() };
    let other = if mode.starts_with("fragment") { answer.query() } else { answer.fragment() };
    assert_eq!(other, None, "{answer}");
    url::form_urlencoded::parse(text.unwrap().as_bytes()).into_owned().collect()
}

fn form(browser: &Browser, client: &ClientApp) -> Vec<(String, String)> {
    let form = browser.form("Continuer");
    assert_eq!(form.action.as_deref(), Some(client.redirect_uri.as_str()));
    form.fields
}

/// The parameters of the answer in that mode, signed or not.
async fn answer(browser: &mut Browser, client: &ClientApp, asked: &Asked, mode: &str) -> Vec<(String, String)> {
    browser.opens(&asked.clone().with("response_mode", mode).url()).await;
    if mode.starts_with("form_post") { form(browser, client) } else { carried(browser.left_for(), mode) }
}

fn value(fields: &[(String, String)], name: &str) -> Option<String> {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

#[tokio::test]
async fn sr_131_each_plain_mode_carries_code_state_and_iss_in_its_own_place() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        for mode in ["query", "fragment", "form_post"] {
            let asked = portal.asks();
            let fields = answer(&mut browser, &portal, &asked, mode).await;
            let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["code", "session_state", "state", "iss"], "{mode}");
            assert_eq!((value(&fields, "state"), value(&fields, "iss")), (Some(asked.state.clone()), Some(issuer())));
            tokens(&portal.exchanges(&value(&fields, "code").unwrap(), &asked).await);
        }
    })
    .await;
}

async fn client_with(world: &mut World, algorithm: &str) -> ClientApp {
    let id = format!("jarm-{}", algorithm.to_lowercase());
    let client = with_client(world, &id, &[]).await;
    declares(world, &id, &format!("authorization_signed_response_alg = \"{algorithm}\"\n")).await;
    client
}

#[tokio::test]
async fn sr_131_a_signed_answer_says_whose_it_is_for_whom_and_until_when() {
    on_each_database(async |world| {
        let (mut browser, _) = signed_in(world).await;
        for (algorithm, mode) in
            [("RS256", "jwt"), ("ES256", "query.jwt"), ("EdDSA", "fragment.jwt"), ("PS256", "form_post.jwt")]
        {
            let client = client_with(world, algorithm).await;
            let asked = client.asks();
            let fields = answer(&mut browser, &client, &asked, mode).await;
            let [(name, jwt)] = fields.as_slice() else { panic!("{mode}: {fields:?}") };
            assert_eq!(name, "response");
            let said = opened(&client, jwt, algorithm).await;
            let members: BTreeSet<_> = said.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(members, ["aud", "code", "exp", "iss", "session_state", "state"].into());
            assert_eq!((&said["state"], &said["aud"]), (&json!(asked.state), &json!(client.id)));
            assert_eq!(said["exp"], world.now().seconds() + 600);
            tokens(&client.exchanges(said["code"].as_str().unwrap(), &asked).await);
        }
    })
    .await;
}

#[tokio::test]
async fn errors_are_signed_too() {
    on_each_database(async |world| {
        let portal = world.portal();
        let mut browser = world.browser();
        for (name, value, told) in [("scope", "openid", "login_required"), ("scope", "profile", "invalid_scope")] {
            let asked = portal.asks().with("prompt", "none").with(name, value).with("response_mode", "jwt");
            browser.opens(&asked.url()).await;
            let fields = carried(browser.left_for(), "jwt");
            assert_eq!(fields.len(), 1);
            let said = opened(&portal, &fields[0].1, "RS256").await;
            assert_eq!((said["error"].as_str(), said["state"].as_str()), (Some(told), Some(asked.state.as_str())));
        }
        // Where a person looks first, the link of the page carries it.
        let asked = portal.asks().with("scope", "profile").with("response_mode", "jwt");
        browser.opens(&asked.url()).await;
        is_a_page(&browser, 400, super::par::MALFORMED);
        let back: Url = browser.page().link("Revenir à Portail de commande").unwrap().parse().unwrap();
        assert_eq!(claims(&parameter(&back, "response").unwrap())["error"], "invalid_scope");
        // And who turns back.
        browser.opens(&portal.asks().with("response_mode", "query.jwt").url()).await;
        let flow = parameter(browser.at(), "flow").unwrap();
        browser.opens(&format!("{}/cancel?flow={flow}", endpoint("auth"))).await;
        assert_eq!(claims(&parameter(browser.left_for(), "response").unwrap())["error"], "access_denied");
    })
    .await;
}

#[tokio::test]
async fn who_wants_signed_answers_gets_no_others() {
    on_each_database(async |world| {
        let strict = with_client(world, "strict", &[]).await;
        declares(world, "strict", "require_signed_response = true\n").await;
        let (mut browser, _) = signed_in(world).await;
        let asked = strict.asks();
        browser.opens(&asked.url()).await;
        let said = claims(&parameter(browser.left_for(), "response").unwrap());
        tokens(&strict.exchanges(said["code"].as_str().unwrap(), &asked).await);
        for mode in ["query", "fragment", "form_post", "web_message"] {
            browser.opens(&strict.asks().with("prompt", "none").with("response_mode", mode).url()).await;
            let [(_, jwt)] = carried(browser.left_for(), "jwt").try_into().unwrap();
            assert_eq!(claims(&jwt)["error"], "invalid_request", "{mode}");
        }
    })
    .await;
}
