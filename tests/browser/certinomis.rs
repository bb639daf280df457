//! The Certinomis journey as a person lives it, from the portal's front page to its home page and back.
//!
//! Each row of the seed (registration, proof of the address, password, secret question, arrival, forgotten password)
//! is walked in French and in English, with scripts off and on; then the ways in which it may go astray.

use std::time::Duration;

use super::visit::{EMAIL, ENGLISH, FRENCH, PASSWORD, REALM, Visit, Words};
use crate::support::axe;
use crate::support::chromium::{Page, Settings};
use crate::support::demo::{code, link};

const NEW_PASSWORD: &str = "verger-lanterne-73";

async fn whole_journey(words: &'static Words, scripts: bool) {
    let Some(visit) = Visit::begin(words, scripts).await else { return };
    let visit = if scripts { visit.looking() } else { visit };
    visit.joins().await;
    visit.signs_out().await;
    visit.page.follow(words.portal_sign_in).await;
    visit.arrives(words.sign_in, "sign-in").await;
    visit.signs_in(PASSWORD).await;
    visit.is_home().await;
    visit.signs_out().await;

    visit.forgets_the_password(1).await;
    visit.answers("Renault").await;
    visit.arrives(words.password, "new-password").await;
    visit.page.fill_named("password-new", NEW_PASSWORD).await;
    visit.page.fill_named("password-confirm", NEW_PASSWORD).await;
    visit.page.press(words.submit).await;
    visit.page.shows(words.sign_in).await;
    visit.signs_in(NEW_PASSWORD).await;
    visit.is_home().await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_journey_in_french_without_scripts() {
    whole_journey(&FRENCH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_journey_in_french_with_scripts() {
    whole_journey(&FRENCH, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_journey_in_english_without_scripts() {
    whole_journey(&ENGLISH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_journey_in_english_with_scripts() {
    whole_journey(&ENGLISH, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_that_opens_the_link_ten_times_changes_nothing() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    visit.registers().await;
    let address = link(&visit.demo.mail_to(EMAIL, 0).await);
    for _ in 0..10 {
        visit.demo.scans(&address).await;
    }
    visit.proves_the_address().await;
    visit.page.shows(FRENCH.password).await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opened_in_another_browser_confirms_there_and_goes_on_here_with_its_code() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    visit.registers().await;
    let mail = visit.demo.mail_to(EMAIL, 0).await;
    let Some(other) = Page::open(Settings { language: "fr", width: 360, ..Settings::default() }).await else { return };
    other.goto(&link(&mail)).await;
    other.shows(FRENCH.landing).await;
    other.press(FRENCH.confirm).await;
    other.shows(FRENCH.confirmed_elsewhere).await;
    other.says("entrez-y le code du courriel").await;
    // That browser is not signed in: its portal knows nobody.
    other.goto(&format!("{}/home", visit.demo.portal(REALM))).await;
    other.shows(FRENCH.portal_front).await;
    other.close().await;
    // Somebody else may have asked for the mail: this browser goes on with what only its reader knows (ADR 0004).
    visit.page.follow(FRENCH.already_verified).await;
    visit.page.says("vérifié depuis un autre navigateur").await;
    visit.page.fill_named("code", &code(&mail)).await;
    visit.page.press(FRENCH.confirm).await;
    visit.chooses_a_password().await;
    visit.page.shows(FRENCH.question).await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn renault_is_not_the_answer_renault() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    visit.joins().await;
    visit.signs_out().await;
    visit.forgets_the_password(1).await;
    visit.answers("renault").await;
    visit.page.says("Cette réponse ne correspond pas").await;
    visit.answers("Renault").await;
    visit.page.shows(FRENCH.password).await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_link_says_so_and_sends_another_without_retyping() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    visit.registers().await;
    let late = link(&visit.demo.mail_to(EMAIL, 0).await);
    visit.demo.advance(Duration::from_hours(25)).await;
    visit.page.goto(&late).await;
    visit.arrives(FRENCH.expired, "expired").await;
    visit.page.press(FRENCH.new_link).await;
    let fresh = link(&visit.demo.mail_to(EMAIL, 1).await);
    visit.page.goto(&fresh).await;
    visit.page.shows(FRENCH.landing).await;
    visit.page.close().await;
}

/// Back may bring a page from memory, as it was: with scripts it is asked for again, without them its form leads on.
async fn back_after_a_step(scripts: bool) {
    let Some(visit) = Visit::begin(&FRENCH, scripts).await else { return };
    visit.registers().await;
    visit.page.reload().await;
    visit.page.shows(FRENCH.verify).await;
    visit.proves_the_address().await;
    visit.chooses_a_password().await;
    visit.page.shows(FRENCH.question).await;
    visit.page.back().await;
    if scripts {
        visit.page.says("Cette étape est déjà faite").await;
        visit.page.follow(FRENCH.go_on).await;
    } else {
        visit.chooses_a_password().await;
    }
    visit.sets_the_question().await;
    visit.is_home().await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ux_1_2_back_and_reload_lose_nothing_without_scripts() {
    back_after_a_step(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ux_1_2_back_and_reload_lose_nothing_with_scripts() {
    back_after_a_step(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_keeps_what_was_typed_and_takes_the_focus() {
    let Some(visit) = Visit::begin(&FRENCH, true).await else { return };
    visit.portal("/register").await;
    visit.page.shows(FRENCH.register).await;
    visit.page.fill_named("firstName", "Marie").await;
    visit.page.fill_named("email", "marie.durand").await;
    visit.page.press(FRENCH.register).await;
    visit.page.says("Il y a un problème").await;
    assert_eq!(visit.page.value_of("firstName").await, "Marie");
    assert_eq!(visit.page.value_of("email").await, "marie.durand");
    assert_eq!(visit.page.evaluate("document.activeElement.getAttribute('role')").await, "alert");
    assert_eq!(axe::findings(&visit.page, "journey/register-refused-fr").await, "");
    visit.page.close().await;
}
