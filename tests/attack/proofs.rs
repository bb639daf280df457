//! Proofs that outlive what they proved, or are carried where they do not belong.

use guichet::clock::minutes;

use super::{asked_to_recover, begun, sent_to};
use crate::support::people::MARIE;
use crate::support::world::{World, code, link, on_each_database};

/// From the mailed code to the page for a new password.
async fn recovers(world: &World) -> crate::support::browser::Browser {
    let mut browser = asked_to_recover(world, &MARIE).await;
    let mailed = code(&world.mail_to(MARIE.email).await);
    browser.submits(&[("code", &mailed)]).await.submits(&[("answer", MARIE.answer)]).await;
    assert_eq!(browser.place(), "recover/password/new", "{}", browser.text());
    browser
}

const NEW: [(&str, &str); 2] =
    [("password-new", "Quatre-Vents-du-nord-9"), ("password-confirm", "Quatre-Vents-du-nord-9")];
const THEIRS: [(&str, &str); 2] =
    [("password-new", "Mains-dans-le-sac-3"), ("password-confirm", "Mains-dans-le-sac-3")];

#[tokio::test]
async fn sr_73_an_open_session_does_not_pass_by_what_has_become_owed() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        MARIE.gets_an_account(world, &mut browser).await;
        world.database.execute("DELETE FROM secret_questions").await;
        browser.opens(&world.portal().asks().url()).await;
        assert_eq!(browser.place(), "required-actions/set-secret-question");
        let around = sent_to(&browser, "Valider", "sign-in").with("do", "continue");
        browser.sends(&around).await;
        assert!(!browser.has_left(), "{}", browser.left_for());
        assert_eq!(browser.place(), "required-actions/set-secret-question", "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_53_a_reset_ends_recoveries_that_others_have_under_way() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut stranger = recovers(world).await;
        world.advance(minutes(1));
        recovers(world).await.submits(&NEW).await;
        stranger.submits(&THEIRS).await;
        assert_eq!(stranger.place(), "sign-in", "{}", stranger.text());
        stranger.submits(&[("username", MARIE.email), ("password", THEIRS[0].1)]).await;
        assert!(!stranger.has_left() && stranger.status() == 422, "{}", stranger.text());
        let mut owner = begun(world).await;
        owner.submits(&[("username", MARIE.email), ("password", NEW[0].1)]).await;
        assert!(owner.has_left(), "{}", owner.text());
    })
    .await;
}

#[tokio::test]
async fn sr_53_a_password_that_was_replaced_proves_nothing_in_a_journey_under_way() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut owner = recovers(world).await;
        world.database.execute("DELETE FROM secret_questions").await;
        let mut stranger = begun(world).await;
        stranger.submits(&MARIE.credentials()).await;
        assert_eq!(stranger.place(), "required-actions/set-secret-question");
        world.advance(minutes(1));
        owner.submits(&NEW).await;
        stranger.submits(&MARIE.secret_question()).await;
        assert!(!stranger.has_left() && stranger.place() == "sign-in", "{}", stranger.text());
        assert_eq!(world.database.count("SELECT count(*) FROM secret_questions").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_45_a_reset_mail_is_used_once_by_its_link_or_by_its_code() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut waiting = asked_to_recover(world, &MARIE).await;
        let mail = world.mail_to(MARIE.email).await;
        let mut other = world.browser();
        other.opens(&link(&mail)).await.submits(&[("do", "confirm")]).await;
        assert_eq!(other.place(), "recover/password/question", "{}", other.text());
        waiting.submits(&[("code", &code(&mail))]).await;
        assert_eq!((waiting.status(), waiting.place()), (422, "recover/password/sent"), "{}", waiting.text());
    })
    .await;
}

#[tokio::test]
async fn sr_99_a_device_token_that_the_house_did_not_give_is_not_taken_over() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        browser.cookies().put("__Host-guichet-device", "planted-by-somebody-else");
        MARIE.gets_an_account(world, &mut browser).await;
        let kept = browser.cookies().value("__Host-guichet-device");
        assert!(kept.is_some_and(|kept| kept.len() == 43), "the planted token stayed");
    })
    .await;
}
