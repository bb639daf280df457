//! Who is signed in already, and for how long that is enough.

use guichet::clock::Duration;
use serde_json::Value;

use crate::oauth::conformance::duties::refuses;
use crate::oauth::conformance::run::{Mode, Run};
use crate::support::client_app::{ClientApp, claims};
use crate::support::world::World;

/// A run whose first request, with that parameter, is behind it, and what its ID token said. People are asked about this
/// client once: what they said then has to be remembered.
async fn once(world: &mut World, mode: Mode, name: &str, value: &str) -> (Run<ClientApp>, Value, String) {
    let mut run = Run::declared(world, mode, &[("consent", "\"once\"")]).await;
    let asked = run.asks().with(name, value);
    assert!(run.goes(&asked).await, "somebody has to sign in");
    let first = run.redeems(&asked).await;
    (run, claims(&first.id_token), first.id_token)
}

/// Two seconds later a second request with that parameter shows the sign-in page again, and says so.
async fn signs_in_again(world: &mut World, mode: Mode, name: &str, value: &str) {
    let (mut run, first, _) = once(world, mode, "", "").await;
    world.advance(Duration::from_secs(2));
    let asked = run.asks().with(name, value);
    assert!(run.goes(&asked).await, "the sign-in page is shown again");
    let second = claims(&run.redeems(&asked).await.id_token);
    assert!(second["auth_time"].as_i64() > first["auth_time"].as_i64());
    assert_eq!(second["sub"], first["sub"]);
}

/// Some time later a second request with these parameters is answered at once, for the same person and sign-in.
async fn is_answered_at_once(
    world: &World,
    (mut run, first): (Run<ClientApp>, Value),
    later: u64,
    parameters: &[(&str, &str)],
) {
    world.advance(Duration::from_secs(later));
    let asked = parameters.iter().fold(run.asks(), |asked, (name, value)| asked.with(name, value));
    assert!(!run.goes(&asked).await, "nobody is asked again");
    let second = claims(&run.redeems(&asked).await.id_token);
    for same in ["sub", "auth_time"] {
        assert_eq!(second[same], first[same], "{same}");
    }
}

pub(in crate::oauth::conformance) async fn oidcc_prompt_login(world: &mut World, mode: Mode) {
    signs_in_again(world, mode, "prompt", "login").await;
}

pub(in crate::oauth::conformance) async fn oidcc_prompt_none_not_logged_in(world: &mut World, mode: Mode) {
    let mut run = Run::declared(world, mode, &[]).await;
    let asked = run.asks().with("prompt", "none");
    assert!(!run.goes(&asked).await, "no page is shown");
    assert_eq!(refuses(&run.rp, &asked, &run.answer()), "login_required");
}

pub(in crate::oauth::conformance) async fn oidcc_prompt_none_logged_in(world: &mut World, mode: Mode) {
    let (run, first, _) = once(world, mode, "", "").await;
    is_answered_at_once(world, (run, first), 10, &[("prompt", "none")]).await;
}

pub(in crate::oauth::conformance) async fn oidcc_max_age_1(world: &mut World, mode: Mode) {
    signs_in_again(world, mode, "max_age", "1").await;
}

pub(in crate::oauth::conformance) async fn oidcc_max_age_10000(world: &mut World, mode: Mode) {
    let (run, first, _) = once(world, mode, "max_age", "15000").await;
    is_answered_at_once(world, (run, first), 10, &[("max_age", "10000")]).await;
}

pub(in crate::oauth::conformance) async fn oidcc_id_token_hint(world: &mut World, mode: Mode) {
    let (run, first, id_token) = once(world, mode, "", "").await;
    is_answered_at_once(world, (run, first), 600, &[("prompt", "none"), ("id_token_hint", &id_token)]).await;
}
