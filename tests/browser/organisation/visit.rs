//! A person, their browser, and the demonstration; the portal and the sign-in page they come through.

use super::words::Words;
use crate::support::axe;
use crate::support::chromium::{Page, Settings, plain};
use crate::support::demo::Demo;

const REALM: &str = "certigna";

/// One person, one browser, one demonstration.
pub(super) struct Visit {
    pub(super) demo: Demo,
    pub(super) page: Page,
    pub(super) words: &'static Words,
    looks: bool,
}

impl Visit {
    /// With scripts on, each page on the way is looked at in all ways.
    pub(super) async fn begin(words: &'static Words, scripts: bool) -> Option<Self> {
        let page = Page::open(Settings { scripts, language: words.tag, ..Settings::default() }).await?;
        Some(Self { demo: Demo::start(), page, words, looks: scripts })
    }

    /// The page with this heading has come.
    pub(super) async fn arrives(&self, heading: &str, picture: &str) {
        self.page.shows(heading).await;
        assert_eq!(self.page.language().await, self.words.tag, "{heading}");
        if self.looks {
            let name = format!("organisation/{picture}-{}", self.words.tag);
            assert_eq!(axe::findings(&self.page, &name).await, "", "{heading}");
        }
    }

    /// All of this stands on the page, in this order.
    pub(super) async fn reads(&self, words: &[&str]) {
        stands(&self.page.reads().await, words);
    }

    /// The front page of the portal.
    pub(super) async fn comes_to_the_portal(&self) {
        self.page.goto(&format!("{}/", self.demo.portal(REALM))).await;
        self.page.shows(self.words.portal.front).await;
    }

    /// *Customer Area*, and *Connexion à votre espace client* as the procedures have it, with one text for whatever is wrong.
    pub(super) async fn meets_the_sign_in_page(&self) {
        let words = &self.words.sign_in;
        self.comes_to_the_portal().await;
        self.page.says(self.words.portal.name).await;
        self.page.follow(self.words.portal.sign_in).await;
        self.arrives(words.title, "sign-in").await;
        self.reads(&words.says).await;
        self.reads(&words.support).await;
        self.page.sends(words.submit).await;
        assert_eq!(self.page.refused().await, words.empty);
        self.signs_in("EK700962", "Mauvaise-Pioche-3").await;
        assert_eq!(self.page.refused().await[1..], [words.wrong]);
        self.page.follow(words.register).await;
    }

    /// From the portal to the sign-in page.
    pub(super) async fn comes_to_sign_in(&self) {
        self.page.shows(self.words.portal.front).await;
        self.page.follow(self.words.portal.sign_in).await;
        self.page.shows(self.words.sign_in.title).await;
    }

    pub(super) async fn signs_in(&self, identifier: &str, password: &str) {
        self.page.fill_named("username", identifier).await;
        self.page.fill_named("password", password).await;
        self.page.sends(self.words.sign_in.submit).await;
    }

    /// From the portal to the first page of the form.
    pub(super) async fn comes_to_register(&self) {
        self.comes_to_the_portal().await;
        self.page.follow(self.words.portal.register).await;
        self.page.shows(self.words.entity.title).await;
    }
}

/// All of that stands in the text, in that order.
pub(super) fn stands(text: &str, words: &[&str]) {
    let text = plain(text);
    let mut rest = text.as_str();
    for words in words {
        let (_, behind) = rest.split_once(words).unwrap_or_else(|| panic!("“{words}” does not stand in:\n{text}"));
        rest = behind;
    }
}
