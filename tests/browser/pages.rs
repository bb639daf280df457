//! Every page of `guichet theme preview`, in every state: axe, widths, schemes and weight, in both languages.

use std::collections::BTreeSet;
use std::fs;

use guichet::clock::Timestamp;
use guichet::journeys::pages;
use guichet::mail::message::{self as mail, Mail};
use guichet::themes::preview;
use scraper::{Html, Selector};
use tempfile::TempDir;

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

/// The gallery shows mails in a sandbox, where axe cannot run either: they are looked at as files, as mail programs do.
#[tokio::test(flavor = "multi_thread")]
async fn every_mail_is_for_everyone() {
    let (preview, folder) = (Preview::start("certinomis"), TempDir::new().unwrap());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    // Long names and hostile ones look alike in every mail: one kind shows them.
    let shown = |sample: &mail::Sample| sample.name == "usual" || sample.mail.kind() == "verify_address";
    let mut samples = Vec::new();
    for sample in Mail::samples(Timestamp::from_seconds(0)).iter().filter(|sample| shown(sample)) {
        for language in ["fr", "en"] {
            let (kind, state) = (sample.mail.kind(), sample.name);
            let address = format!("{}mails/{kind}/{state}/html?lang={language}", preview.address);
            let html = http.get(address).send().await.unwrap().error_for_status().unwrap().text().await.unwrap();
            let name = format!("mails/{kind}-{state}-{language}");
            let file = folder.path().join(format!("{kind}-{state}-{language}.html"));
            fs::write(&file, html).unwrap();
            samples.push(Sample { name, address: format!("file://{}", file.display()), pictured: state == "usual" });
        }
    }
    assert!(samples.len() >= 2 * 11);
    axe_samples(&samples).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_lists_every_page_and_mail_and_each_opens() {
    let preview = Preview::start("base");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let contents = http.get(&preview.address).send().await.unwrap().text().await.unwrap();
    let contents = Html::parse_document(&contents);
    let links = Selector::parse("li a[href]").unwrap();
    let links: Vec<&str> = contents.select(&links).filter_map(|link| link.attr("href")).collect();
    let now = Timestamp::from_seconds(0);
    let (pages, mails) = (pages::all(now).len(), Mail::samples(now).len());
    assert_eq!(links.len(), 2 * (pages + 2 * mails), "both languages; mails as text and as HTML");
    for link in links {
        let answer = http.get(format!("{}{}", preview.address, link.trim_start_matches('/'))).send().await.unwrap();
        assert!(answer.status().is_success(), "{link}: {}", answer.text().await.unwrap());
    }
}
