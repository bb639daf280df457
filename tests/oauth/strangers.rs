//! What whoever may ask, without rights over anybody, learns of accounts: nothing, not even that there is one (SR-7).
//!
//! There are no listings yet; this walks everything that answers without them: documents, endpoints, pages, other clients'
//! endpoints with other people's tokens. The answers of a house with nobody in it are those of one where somebody has
//! just signed in.

use http::Method;
use serde_json::{Value, json};

use super::registration::{asks, least, opens, registers};
use super::{SECRET, signed_in, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, endpoint, issuer, parameter};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{PUBLIC, World, on_each_database};

/// What a stranger sees of the house: documents to the letter, pages by their words.
async fn seen(world: &World) -> Vec<String> {
    let portal = world.portal();
    let mut seen = Vec::new();
    for url in [
        format!("{}/.well-known/openid-configuration", issuer()),
        format!("{PUBLIC}/.well-known/oauth-authorization-server/realms/certinomis"),
        issuer(),
        endpoint("certs"),
        endpoint("userinfo"),
        format!("{PUBLIC}/metrics"),
        format!("{PUBLIC}/health/ready"),
        format!("{}/users", issuer()),
        format!("{}/account", issuer()),
        format!("{PUBLIC}/admin/realms/certinomis/users?search=marie"),
        format!("{}/clients-registrations/openid-connect/portal", issuer()),
    ] {
        let answer = portal.sends(&Method::GET, &url, &[], String::new()).await;
        let alike = answer.headers.iter().filter(|(name, _)| !["date", "set-cookie"].contains(&name.as_str()));
        // Each journey has a number of its own.
        let headers: Vec<_> =
            alike.map(|(name, value)| (name, value.to_str().unwrap().split("flow=").next().unwrap())).collect();
        seen.push(format!("{url} {} {headers:?} {}", answer.status, without_reference(&answer.body)));
    }
    for page in ["sign-in", "register", "recover/password", "applications", "sign-out", "device"] {
        let mut browser = world.browser();
        browser.opens_page(page).await;
        seen.push(format!("{page} {} {}", browser.status(), without_reference(&browser.text())));
    }
    seen
}

/// Without the words that differ each time: references of errors and identifiers of journeys.
fn without_reference(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains("flow=") && !line.to_lowercase().contains("rence"));
    let kept = lines.filter(|line| !line.contains("name=\"_form\"") && !line.contains("reference"));
    kept.collect::<Vec<_>>().join("\n")
}

/// Where `prompt=none` leads in a browser that nobody signed in.
async fn silently(world: &World, hint: &str) -> (Option<String>, Option<String>) {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().with("prompt", "none").with("login_hint", hint).url()).await;
    (parameter(browser.left_for(), "error"), parameter(browser.left_for(), "error_description"))
}

#[tokio::test]
async fn sr_7_a_house_answers_strangers_alike_whoever_lives_in_it() {
    on_each_database(async |world| {
        let empty = seen(world).await;
        let silent = silently(world, MARIE.email).await;
        assert_eq!(silent.0.as_deref(), Some("login_required"));
        world.has(&MARIE).await;
        assert_eq!(seen(world).await, empty, "somebody has an account");
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        assert_eq!(seen(world).await, empty, "and has just signed in");
        assert_eq!(silently(world, MARIE.email).await, silent);
        assert_eq!(silently(world, "personne@exemple.fr").await, silent);
    })
    .await;
}

#[tokio::test]
async fn sr_7_another_client_learns_from_somebodys_tokens_what_it_learns_from_none() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        let (_, tokens) = signed_in(world).await;
        let (portal, made_up) = (world.portal(), "v7mLq0dXwE3tYcRzKfJ2uGhNbSaPi5o9");
        let refresh = tokens.refresh_token.clone().unwrap();
        for token in [tokens.access_token.as_str(), &refresh, &tokens.id_token] {
            assert_eq!(shop.introspects(token).await, shop.introspects(made_up).await);
            let [one, none] = [shop.revokes(token).await, shop.revokes(made_up).await];
            assert_eq!((one.status, one.body), (none.status, none.body));
            let [one, none] = [shop.refreshes(token).await, shop.refreshes(made_up).await];
            assert_eq!((one.status, one.body), (none.status, none.body));
        }
        assert_eq!(portal.introspects(&tokens.access_token).await["active"], true, "and takes nothing away");
        // Somebody who is signed in, and knows how another's journey or client is called, is told nothing of it either.
        let mut paul = world.browser();
        PAUL.gets_an_account(world, &mut paul).await;
        let mut marie = world.browser();
        marie.opens(&portal.asks().url()).await;
        let at = |browser: &Browser| (browser.status(), browser.h1());
        let there = marie.at().clone();
        paul.opens(there.as_str()).await;
        let known = at(&paul);
        let id = there.query_pairs().find(|(name, _)| name == "flow").unwrap().1.into_owned();
        let last = if id.ends_with('0') { "1" } else { "0" };
        paul.opens(&there.as_str().replace(&id, &format!("{}{last}", &id[..id.len() - 1]))).await;
        assert_eq!(at(&paul), known);
        assert!(!paul.says("Marie"));
    })
    .await;
}

#[tokio::test]
async fn sr_7_registered_clients_and_devices_do_not_see_each_other() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let [one, other] = [registers(world, &least()).await, registers(world, &least()).await];
        let told = async |uri: &str| {
            let answer = asks(world, &Method::GET, uri, Some(&one.token), None).await;
            (answer.status, answer.body)
        };
        let nobodys = other.uri.replace(&other.app.id, "nobody");
        assert_eq!(told(&other.uri).await, told(&nobodys).await, "that there is another is not told");

        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        let lines = [("grant_types", format!("[\"{grant}\"]"))];
        let lines: Vec<_> = lines
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .chain([("redirect_uris", ""), ("post_logout_redirect_uris", "")])
            .collect();
        let tv = with_client(world, "tv", &lines).await;
        let radio = with_client(world, "radio", &lines).await;
        let waits = tv.posts("auth/device", &[("scope", "openid")], &[]).await.json();
        let polls = async |client: &ClientApp, code: &str| -> (u16, Value) {
            let answer = client.token(&[("grant_type", grant), ("device_code", code)]).await;
            (answer.status.as_u16(), answer.json()["error"].clone())
        };
        let code = waits["device_code"].as_str().unwrap();
        let made_up = &SECRET[..43];
        assert_eq!(polls(&radio, code).await, polls(&radio, made_up).await);
        assert_eq!(polls(&tv, code).await, (400, json!("authorization_pending")));
    })
    .await;
}

#[tokio::test]
async fn sr_7_identifiers_count_nothing() {
    on_each_database(async |world| {
        let subject = |token: &str| crate::support::client_app::claims(token)["sub"].as_str().unwrap().to_owned();
        let mut browsers = (world.browser(), world.browser());
        let marie = subject(&MARIE.gets_an_account(world, &mut browsers.0).await.id_token);
        let paul = subject(&PAUL.gets_an_account(world, &mut browsers.1).await.id_token);
        // Of the moment that both were made at, 48 bits may agree; what follows is chance, in each of four groups.
        let random = |sub: &str| sub.split('-').skip(2).map(str::to_owned).collect::<Vec<_>>();
        let (marie, paul) = (random(&marie), random(&paul));
        assert_eq!((marie.len(), paul.len()), (3, 3));
        let (last, next) = (&marie[2], &paul[2]);
        let [last, next] = [last, next].map(|group| u64::from_str_radix(group, 16).unwrap());
        assert!(last.abs_diff(next) > 1 << 24, "{last:x} and {next:x} are neighbours");
    })
    .await;
}
