//! What a request costs, by figures that do not depend on a clock: statements, lines and bytes of the log, rows (SR-208).
//!
//! It shows that what is asked of the database and what is written do not grow with what is sent, and that nesting ends in
//! an answer. It does not show instructions: for those there are bounds on every input (`docs/reference/limits.md`), no
//! pattern that goes back (`tests/supply.rs`) and an estimate of passwords that ends (`proofs::password`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::clock::minutes;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::registration::{address, opens};
use crate::support::client_app::endpoint;
use crate::support::log::Lines;
use crate::support::world::{World, on_each_database};

/// What one request cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    status: u16,
    statements: u64,
    lines: usize,
    rows: i64,
}

/// The tables that somebody can fill who is nobody yet.
const ROWS: &str =
    "SELECT (SELECT count(*) FROM flows) + (SELECT count(*) FROM events) + (SELECT count(*) FROM counters)
    + (SELECT count(*) FROM links) + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM submissions)
    + (SELECT count(*) FROM pushed_requests) + (SELECT count(*) FROM spent_names) + (SELECT count(*) FROM clients)
    + (SELECT count(*) FROM device_authorizations) + (SELECT count(*) FROM revoked_access_tokens)";

fn statements(world: &World) -> u64 {
    let (mut registry, mut text) = (Registry::default(), String::new());
    world.node.house.register(&mut registry);
    encode(&mut text, &registry).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("guichet_database_statements_total ")).unwrap();
    line.parse().unwrap()
}

/// A request of a client's server, or of a browser that nobody knows, and the most bytes that one may write to the log.
async fn cost(world: &World, (method, name): (&Method, &str), sent: &str) -> Cost {
    let portal = world.portal();
    let (lines, listening) = Lines::listening("info");
    let rows = world.database.count(ROWS).await;
    let before = statements(world);
    let basic = portal.basic();
    let json = [(CONTENT_TYPE, "application/json")];
    let answer = match name {
        "register" => portal.sends(&Method::POST, &address(), &json, sent.to_owned()).await,
        _ if method == Method::GET => {
            portal.sends(method, &format!("{}?{sent}", endpoint(name)), &[], String::new()).await
        }
        _ => portal.sends(method, &endpoint(name), &[(AUTHORIZATION, &basic)], sent.to_owned()).await,
    };
    let statements = statements(world) - before;
    drop(listening);
    let text = lines.text();
    assert!(text.len() < 4096, "{} bytes of log for {} bytes", text.len(), sent.len());
    let rows = world.database.count(ROWS).await - rows;
    // Throttles have an hour to forget, so that each request meets the same ones.
    world.advance(minutes(61));
    Cost { status: answer.status.as_u16(), statements, lines: text.lines().count(), rows }
}

/// The same request with a parameter of growing length.
fn growing(request: &str, parameter: &str, unit: &str, most: usize) -> Vec<String> {
    let times = [1, 8, 64, most / unit.len()];
    let values = times.iter().map(|times| unit.repeat((*times).min(most / unit.len())));
    values.map(|value| format!("{request}&{parameter}={}", value.trim_end_matches('+'))).collect()
}

#[tokio::test]
async fn sr_208_what_the_database_is_asked_and_the_log_is_told_does_not_grow_with_the_input() {
    on_each_database(async |world| {
        let asked = world.portal().asks();
        let query = asked.url().split_once('?').unwrap().1.to_owned();
        let begins = |without: &str| {
            let kept = query.split('&').filter(|pair| !pair.starts_with(&format!("{without}=")));
            kept.collect::<Vec<_>>().join("&")
        };
        let code = "grant_type=authorization_code&redirect_uri=https%3A%2F%2Fportail.example%2Fretour";
        let mut counted = 0;
        for (endpoint, request, parameter, unit, most) in [
            ((&Method::GET, "auth"), begins("scope"), "scope", "openid+", 2800),
            ((&Method::GET, "auth"), begins(""), "acr_values", "niveau+", 2800),
            ((&Method::GET, "auth"), begins(""), "ui_locales", "fr+en+de+", 2800),
            ((&Method::GET, "auth"), begins("state"), "state", "s", 2800),
            ((&Method::GET, "auth"), begins(""), "login_hint", "m", 2800),
            ((&Method::GET, "auth"), begins(""), "claims", "%7B%22a%22%3A", 4000),
            ((&Method::GET, "auth"), begins("redirect_uri"), "redirect_uri", "https://a/", 2800),
            ((&Method::GET, "auth"), begins(""), "id_token_hint", "e30.", 4000),
            ((&Method::POST, "token"), code.to_owned(), "code", "c", 4000),
            ((&Method::POST, "token"), "grant_type=refresh_token".to_owned(), "refresh_token", "r", 4000),
            ((&Method::POST, "token"), "grant_type=refresh_token&refresh_token=r".to_owned(), "scope", "openid+", 4000),
            ((&Method::POST, "token/introspect"), "a=1".to_owned(), "token", "e30.", 8000),
            ((&Method::POST, "revoke"), "a=1".to_owned(), "token", "e30.", 8000),
            ((&Method::POST, "ext/par/request"), begins("scope"), "scope", "openid+", 4000),
            ((&Method::POST, "ext/par/request"), "client_id=portal".to_owned(), "request", "e30.", 30_000),
        ] {
            let mut costs = Vec::new();
            for sent in growing(&request, parameter, unit, most) {
                costs.push(cost(world, endpoint, &sent).await);
            }
            // The shortest may be right where longer ones are refused, and is then the dearest.
            let (first, rest) = costs.split_first().unwrap();
            assert!(costs.iter().all(|cost| cost.status < 500), "{endpoint:?} {parameter}: {costs:?}");
            for cost in rest {
                assert!(cost.statements <= first.statements, "{endpoint:?} {parameter}: {costs:?}");
                assert!(cost.lines <= first.lines.max(2), "{endpoint:?} {parameter}: {costs:?}");
                assert!(cost.rows <= first.rows.max(4), "{endpoint:?} {parameter}: {costs:?}");
            }
            counted += costs.iter().map(|cost| cost.statements).sum::<u64>();
            assert!(first.statements <= 40, "{endpoint:?} {parameter}: {costs:?}");
        }
        assert!(counted > 100, "statements were counted");
    })
    .await;
}

#[tokio::test]
async fn sr_208_nesting_ends_in_an_answer_and_not_in_the_stack() {
    on_each_database(async |world| {
        opens(world, "open").await;
        let deep = |open: &str, close: &str, times: usize| format!("{}{}", open.repeat(times), close.repeat(times));
        let claims = deep("%7B%22a%22%3A", "%7D", 300);
        let query = world.portal().asks().url().split_once('?').unwrap().1.to_owned();
        let asked = cost(world, (&Method::GET, "auth"), &format!("{query}&claims={claims}")).await;
        assert!(asked.status < 500, "{asked:?}");
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"jwks\":", "}"), ("{\"keys\":[", "]}")] {
            let times = 60_000 / (open.len() + close.len());
            let registered = cost(world, (&Method::POST, "register"), &deep(open, close, times)).await;
            assert_eq!(registered.status, 400, "{open}: {registered:?}");
        }
        // A token whose header, or whose claims, are nested.
        let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let nested = encode(&deep("[", "]", 1400));
        for token in [format!("{nested}.e30.AA"), format!("e30.{nested}.AA"), format!("{nested}.{nested}.AA")] {
            for parameter in ["token", "request"] {
                let at = if parameter == "token" { "token/introspect" } else { "ext/par/request" };
                let told = cost(world, (&Method::POST, at), &format!("{parameter}={token}")).await;
                assert!(told.status < 500, "{at}: {told:?}");
            }
        }
    })
    .await;
}
