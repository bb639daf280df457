//! *Identifiant oublié ?* and *Mot de passe oublié ?*, for somebody with two accounts on one address: each ends signed in at
//! the portal.

use std::time::Duration;

use serde_json::Value;

use super::activation::{ANSWERS, answers, types_questions};
use super::portal::{acts_for, signs_out};
use super::visit::{Credentials, EMAIL, FIRST, NAME, SECOND, Visit, below, text};
use crate::support::chromium::plain;

const OTHER: &str = "Verger-lanterne-73";
const NEXT: &str = "Brume-du-soir-11";

/// An account for the second organisation, from its mails to the portal. The first password has expired when it is typed,
/// so that another one comes.
pub(super) async fn second_account(visit: &Visit, mails: usize) -> Credentials {
    let words = visit.words;
    let issued = visit.credentials(mails).await;
    visit.demo.advance(Duration::from_hours(73)).await;
    let mails = visit.demo.mails_to(EMAIL).await.len();
    visit.enters().await;
    visit.signs_in(&issued.identifier, &issued.password).await;
    visit.arrives(words.lapsed, "password-lapsed").await;
    visit.page.press(words.another).await;
    visit.page.shows(words.sign_in).await;
    visit.page.says(words.another_sent).await;
    let renewed = below(&newest(visit, mails, words.temporary_subject).await, words.issued[1]).unwrap();
    visit.signs_in(&issued.identifier, &issued.password).await;
    visit.page.says(words.credentials_wrong).await;
    visit.signs_in(&issued.identifier, &renewed).await;
    visit.page.shows(words.password).await;
    for label in words.new_password {
        visit.page.fill(label, OTHER).await;
    }
    visit.page.press(words.next).await;
    visit.page.shows(words.contacts).await;
    visit.page.press(words.next).await;
    visit.page.shows(words.users).await;
    visit.page.press(words.finish).await;
    let [first, second, third] = words.asked;
    types_questions(visit, [first, "Talbot", second, "Douai", third, "Félix"]).await;
    acts_for(visit, NAME, SECOND).await;
    signs_out(visit).await;
    Credentials { password: OTHER.to_owned(), ..issued }
}

/// The mail of the address lists what each account signs in with.
pub(super) async fn forgotten_identifier(visit: &Visit, [first, second]: [&Credentials; 2]) {
    let words = visit.words;
    // The day's mails to one address are limited, and answers were wrong too often.
    visit.demo.advance(Duration::from_hours(25)).await;
    let mails = visit.demo.mails_to(EMAIL).await.len();
    visit.enters().await;
    visit.page.follow(words.forgotten_identifier[0]).await;
    visit.arrives(words.forgotten_identifier[1], "recover-identifier").await;
    visit.page.press(words.send).await;
    visit.page.says(words.address_empty).await;
    visit.page.fill_named("email", EMAIL).await;
    visit.page.press(words.send).await;
    visit.arrives(words.sent, "identifier-sent").await;
    visit.says(&[EMAIL, words.identifiers_sent]).await;
    let mail = newest(visit, mails, words.identifiers_subject).await;
    assert!([first, second].iter().all(|account| text(&mail).contains(&account.identifier)), "{}", text(&mail));
    assert!(!text(&mail).contains("token="), "{}", text(&mail));
    visit.page.follow(words.sent_sign_in).await;
    visit.signs_in(&second.identifier, &second.password).await;
    acts_for(visit, NAME, SECOND).await;
    signs_out(visit).await;
}

/// A link for each account; behind the first one's, its questions and a new password.
pub(super) async fn forgotten_password(visit: &Visit, [first, second]: [&Credentials; 2]) {
    let words = visit.words;
    let mails = visit.demo.mails_to(EMAIL).await.len();
    visit.enters().await;
    visit.page.follow(words.forgotten_password[0]).await;
    visit.arrives(words.forgotten_password[1], "recover-password").await;
    visit.page.fill_named("username", EMAIL).await;
    visit.page.press(words.send).await;
    visit.arrives(words.sent, "password-sent").await;
    visit.page.says(words.shared).await;
    let mail = newest(visit, mails, words.reset_subject).await;
    visit.page.goto(&link_for(&mail, first, second)).await;
    visit.arrives(words.new_password_title, "reset-link").await;
    visit.page.says(&first.identifier).await;
    visit.page.press(words.go_on).await;
    visit.arrives(words.challenge, "reset-questions").await;
    answers(visit, ["renault", "Lille", "Médor"]).await;
    visit.page.says(words.answers_wrong).await;
    answers(visit, ANSWERS).await;
    visit.arrives(words.new_password_title, "reset-password").await;
    assert_eq!(visit.page.value_of("username").await, first.identifier);
    for label in words.new_password {
        visit.page.fill(label, NEXT).await;
    }
    visit.page.press(words.save).await;
    visit.arrives(words.sign_in, "reset-done").await;
    visit.page.says(words.password_changed).await;
    visit.signs_in(&first.identifier, &first.password).await;
    visit.page.says(words.credentials_wrong).await;
    visit.signs_in(&first.identifier, NEXT).await;
    acts_for(visit, NAME, FIRST).await;
    signs_out(visit).await;
    // The other account is untouched.
    visit.enters().await;
    visit.signs_in(&second.identifier, &second.password).await;
    acts_for(visit, NAME, SECOND).await;
}

/// The newest mail with that subject, after so many.
async fn newest(visit: &Visit, mut mails: usize, subject: &str) -> Value {
    loop {
        let mail = visit.demo.mail_to(EMAIL, mails).await;
        if plain(mail["subject"].as_str().unwrap()) == subject {
            return mail;
        }
        mails += 1;
    }
}

/// The link of that account: each stands below its account's name, the newest account's first.
fn link_for(mail: &Value, first: &Credentials, second: &Credentials) -> String {
    let text = text(mail);
    let places = [second, first].map(|account| text.find(&account.identifier).unwrap_or_else(|| panic!("{text}")));
    assert!(places[0] < places[1], "{text}");
    mail["links"][1].as_str().unwrap_or_else(|| panic!("one link in {mail}")).to_owned()
}
