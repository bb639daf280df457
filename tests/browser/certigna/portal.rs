//! The portal: the organisation and the roles that it is told, and the code that it shows after answers alone.

use std::time::Duration;

use super::activation::{ANSWERS, answers};
use super::visit::{EMAIL, FIRST, NAME, Organisation, PASSWORD, Visit};

/// At the end of the activation.
pub(super) async fn is_home(visit: &Visit) {
    acts_for(visit, NAME, FIRST).await;
    visit.arrives(&format!("{} {NAME}", visit.words.greeting), "home").await;
    assert_eq!(visit.page.text_of("person-email").await, EMAIL);
    roles_are(visit, &visit.words.my_roles).await;
}

/// The home page of that person, for that organisation.
pub(super) async fn acts_for(visit: &Visit, person: &str, organisation: Organisation) {
    visit.page.shows(&format!("{} {person}", visit.words.greeting)).await;
    assert_eq!(visit.page.text_of("organisation-name").await, organisation.name);
    assert_eq!(visit.page.text_of("organisation-number").await, format!("SIRET {}", organisation.siret));
}

/// The portal was told of these roles, and no others.
pub(super) async fn roles_are(visit: &Visit, roles: &[&str]) {
    let told = visit.page.text_of("roles").await;
    assert_eq!(told.lines().collect::<Vec<_>>(), roles);
}

pub(super) async fn signs_out(visit: &Visit) {
    visit.page.press(visit.words.leave).await;
    visit.page.shows(visit.words.front).await;
}

/// DOMAIN.md §8: the code shows after right answers within a fresh sign-in, once, and not after wrong ones.
pub(super) async fn withdraws_the_code(visit: &Visit) {
    let words = visit.words;
    visit.portal("/certificates").await;
    visit.arrives(words.certificates, "certificates").await;
    visit.page.follow(words.show_code).await;
    visit.arrives(words.code, "code-hidden").await;
    visit.page.follow(words.answer).await;
    visit.arrives(words.challenge, "challenge").await;
    visit.page.says(words.needs).await;
    answers(visit, ["renault", "Lille", "Médor"]).await;
    visit.page.says(words.answers_wrong).await;
    visit.arrives(words.challenge, "challenge-refused").await;
    answers(visit, ANSWERS).await;
    visit.arrives(words.code, "code").await;
    let code = visit.page.text_of("withdrawal-code").await;
    assert_eq!(code.chars().filter(char::is_ascii_digit).count(), 8, "{code}");
    visit.page.reload().await;
    visit.page.says(words.code_hidden).await;

    // Somewhat later the session alone is not enough.
    visit.demo.advance(Duration::from_mins(6)).await;
    visit.page.follow(words.answer).await;
    visit.arrives(words.confirm, "confirm").await;
    visit.page.fill_named("password", PASSWORD).await;
    visit.page.press(words.submit).await;
    visit.page.shows(words.challenge).await;
    answers(visit, ANSWERS).await;
    visit.page.shows(words.code).await;
    assert_eq!(visit.page.text_of("withdrawal-code").await, code);

    // Whoever misses too often is told nothing, for a day.
    visit.page.reload().await;
    visit.page.follow(words.answer).await;
    for _ in 0..5 {
        visit.page.shows(words.challenge).await;
        answers(visit, ["Peugeot", "Lille", "Médor"]).await;
    }
    visit.arrives(words.unanswered, "code-refused").await;
    visit.page.follow(words.retry).await;
    visit.page.says(words.code_hidden).await;
    // They signed in for an answer that the portal never had: what it knows is of an earlier session, so that they are asked.
    visit.page.press(words.leave).await;
    visit.arrives(words.leave_really, "sign-out").await;
    visit.page.press(words.leave).await;
    visit.page.shows(words.front).await;
}
