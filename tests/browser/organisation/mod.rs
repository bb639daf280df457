//! An organisation becomes a customer in the demonstration's realm `certigna`: each row and each error of DOMAIN.md §9.1 to
//! §9.3 up to the activation, in French and in English.
//!
//! Each story walks all of it, since browsers are slow to start: from the portal over both pages of the form to the two mails,
//! a temporary password that lapsed and the one after it; then a colleague, who finds the organisation there, asks its
//! administrators for access, and registers another one.

mod administrator;
mod colleague;
mod credentials;
mod entity;
mod has_siret;
mod visit;
mod words;

use self::visit::Visit;
use self::words::{ENGLISH, FRENCH, Words};

async fn whole_journey(words: &'static Words, scripts: bool) {
    let Some(visit) = Visit::begin(words, scripts).await else { return };
    visit.meets_the_sign_in_page().await;
    visit.leaves_the_first_question_open().await;
    visit.leaves_everything_empty_in_france().await;
    visit.mistypes_the_siret().await;
    visit.leaves_everything_empty_elsewhere().await;
    visit.asks_the_register().await;
    visit.describes_the_administrator().await;
    visit.waits_for_the_mails().await;
    let issued = visit.reads_both_mails().await;
    let renewed = visit.comes_too_late(&issued).await;
    visit.begins_the_activation(&renewed).await;
    visit.finds_the_organisation_there().await;
    visit.asks_for_access().await;
    visit.registers_another_one().await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certigna_an_organisation_registers_in_french_without_scripts() {
    whole_journey(&FRENCH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certigna_an_organisation_registers_in_english_without_scripts() {
    whole_journey(&ENGLISH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certigna_an_organisation_registers_with_scripts_looked_at() {
    whole_journey(&FRENCH, true).await;
}
