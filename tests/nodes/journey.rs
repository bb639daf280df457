//! The Certinomis journey as a person does it: whatever page is shown, they do what it asks.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mail_parser::MessageParser;

use super::browser::Browser;
use super::site::Site;

/// The pages of the journey, in order, from the portal's front page to its home.
pub(crate) const PAGES: [&str; 7] =
    ["register", "verify-email", "link", "done", "update-password", "set-secret-question", "home"];

/// Somebody who registers.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Their address.
    pub(crate) email: String,
    /// Their password.
    pub(crate) password: &'static str,
}

/// A mail, read.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    /// Its `Message-ID`.
    pub(crate) id: String,
    /// Its subject.
    pub(crate) subject: String,
    /// Its text.
    pub(crate) text: String,
}

impl Person {
    /// Somebody that nobody knows yet.
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        Self { email: format!("marie.durand.{number}@exemple.fr"), password: "Tilleul-brouette-42" }
    }

    /// Does what the page asks, when it asks for something that needs no mail.
    pub(crate) fn acts(&self, browser: &mut Browser) {
        match browser.page.name() {
            "register" => {
                browser.send(&[("firstName", "Marie"), ("lastName", "Durand"), ("email", &self.email)]);
            }
            "link" => browser.send(&[("do", "confirm")]),
            "done" => browser.follow("required-actions/update-password"),
            "update-password" => {
                browser.send(&[("password-new", self.password), ("password-confirm", self.password)]);
            }
            "set-secret-question" => browser.send(&[("question", "Ma première voiture ?"), ("answer", "Renault")]),
            page => panic!("the page {page} is not of the journey: {}", browser.page.words()),
        }
    }

    /// Goes from the portal to the page of that name, or to its home.
    pub(crate) async fn reaches(&self, page: &str, browser: &mut Browser, site: &Site) {
        browser.open(&site.registration()).await;
        while browser.page.name() != page {
            if browser.page.name() == "verify-email" {
                browser.ask(&self.mailed(site).await.link());
            } else {
                self.acts(browser);
            }
            browser.settle().await;
        }
        assert_eq!(browser.page.status, 200, "{}", browser.page.words());
    }

    /// The newest mail to them; waits for the first.
    pub(crate) async fn mailed(&self, site: &Site) -> Mail {
        self.mailed_times(1, site).await
    }

    /// The newest mail to them, once so many came.
    pub(crate) async fn mailed_times(&self, times: usize, site: &Site) -> Mail {
        // The courier is a task of another process: there is nothing to await but the relay.
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        for _ in 0..16_000 {
            ticks.tick().await;
            let mut mails = self.mails(site);
            if let Some(mail) = mails.pop().filter(|_| mails.len() + 1 >= times) {
                return mail;
            }
        }
        panic!("no mail came for {}", self.email)
    }

    /// All mails to them, as the relay took them.
    pub(crate) fn mails(&self, site: &Site) -> Vec<Mail> {
        let taken = site.mail.taken().into_iter().filter(|mail| mail.to == [self.email.as_str()]);
        taken.map(|mail| Mail::read(&mail.raw)).collect()
    }
}

impl Mail {
    /// Reads one as it was sent.
    pub(crate) fn read(raw: &[u8]) -> Self {
        let message = MessageParser::default().parse(raw).unwrap();
        Self {
            id: message.message_id().unwrap().to_owned(),
            subject: message.subject().unwrap().to_owned(),
            text: message.body_text(0).unwrap().into_owned(),
        }
    }

    /// The link in it.
    pub(crate) fn link(&self) -> String {
        let words = self.text.split_whitespace();
        words.into_iter().find(|word| word.contains("token=")).unwrap_or_else(|| panic!("{}", self.text)).to_owned()
    }

    /// The code beside it.
    pub(crate) fn code(&self) -> String {
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        self.text.lines().map(str::trim).find(is_code).unwrap_or_else(|| panic!("{}", self.text)).to_owned()
    }
}
