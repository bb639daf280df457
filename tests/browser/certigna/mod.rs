//! The Certigna journey after registration, as a person lives it: DOMAIN.md §9.1 to §9.3 from the two mails to the portal,
//! the code behind the questions (§8), a user who is invited, and both ways back in.
//!
//! One story a language, without scripts, and one with scripts in which each page on the way is looked at. A browser takes
//! longer to start than a page to come, so that a story goes the whole way.

mod activation;
mod invited;
mod portal;
mod recovery;
mod visit;
mod words;

use visit::{FIRST, SECOND, Visit};
use words::{ENGLISH, FRENCH, Words};

async fn whole_journey(words: &'static Words, scripts: bool) {
    let Some(visit) = Visit::begin(words, scripts).await else { return };
    let mails = visit.registers(FIRST).await;
    let mut issued = visit.credentials(mails).await;
    activation::first_sign_in(&visit, &issued).await;
    activation::chooses_a_password(&visit, &issued).await;
    let visit = visit.in_another_browser().await;
    activation::comes_back(&visit, &mut issued).await;
    activation::names_contacts(&visit, &issued).await;
    activation::invites(&visit).await;
    activation::sets_questions(&visit).await;
    portal::is_home(&visit).await;
    portal::withdraws_the_code(&visit).await;
    invited::accepts(&visit).await;
    let mails = visit.registers(SECOND).await;
    let second = recovery::second_account(&visit, mails).await;
    recovery::forgotten_identifier(&visit, [&issued, &second]).await;
    recovery::forgotten_password(&visit, [&issued, &second]).await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certigna_in_french_without_scripts() {
    whole_journey(&FRENCH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certigna_in_french_with_scripts_looked_at() {
    whole_journey(&FRENCH, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certigna_in_english_without_scripts() {
    whole_journey(&ENGLISH, false).await;
}
