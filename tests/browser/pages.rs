//! Every page of `guichet theme preview`, in every state: axe, widths, schemes and weight, in both languages.

use std::collections::BTreeSet;

use guichet::clock::Timestamp;
use guichet::journeys::pages;
use guichet::themes::preview;

use crate::support::axe::{Sample, axe_samples};
use crate::support::preview::Preview;

async fn all_pages_in(language: &str) {
    let preview = Preview::start("certinomis");
    let mut pictured = BTreeSet::new();
    let samples: Vec<Sample> = preview::list(&pages::all(Timestamp::from_seconds(0)))
        .into_iter()
        .map(|(page, sample)| Sample {
            name: format!("pages/{page}-{sample}-{language}"),
            address: format!("{}pages/{page}/{sample}?lang={language}", preview.address),
            pictured: pictured.insert(page),
        })
        .collect();
    axe_samples(&samples).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_in_every_state_is_for_everyone_in_french() {
    all_pages_in("fr").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_in_every_state_is_for_everyone_in_english() {
    all_pages_in("en").await;
}
