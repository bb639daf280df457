//! The two mails as a person reads them, and what they open: nothing when it is too late, then the activation.

use std::time::Duration;

use serde_json::Value;

use super::administrator::EMAIL;
use super::visit::{Visit, stands};
use super::words::Mail;
use crate::support::chromium::plain;
use crate::support::demo::link;

/// What an account is issued.
pub(super) struct Credentials {
    identifier: String,
    password: String,
}

/// The newest mail with that subject.
fn newest<'a>(mails: &'a [Value], words: &Mail) -> &'a Value {
    let found = mails.iter().rev().find(|mail| mail["subject"] == words.subject);
    found.unwrap_or_else(|| panic!("no mail “{}” in {mails:?}", words.subject))
}

/// The mail's text.
fn text(mail: &Value) -> String {
    plain(mail["text"].as_str().unwrap())
}

/// What stands below that label in a mail.
fn below(mail: &Value, label: &str) -> String {
    let text = text(mail);
    let below = text.lines().skip_while(|line| *line != label).nth(1);
    below.unwrap_or_else(|| panic!("nothing is “{label}” in {text}")).trim().to_owned()
}

impl Visit {
    /// Opens a mail on the demonstration's mailbox page.
    async fn opens(&self, mail: &Value, words: &Mail, picture: &str) {
        self.page.goto(&format!("{}?lang={}", self.demo.mailbox(), self.words.tag)).await;
        self.page.shows(self.words.mailbox).await;
        self.page.follow(words.subject).await;
        self.arrives(words.subject, picture).await;
        self.page.says("ne-pas-repondre@certigna.example").await;
        self.page.says(&below(mail, words.label)).await;
        stands(&text(mail), &[&["Certigna", self.words.mails.greeting], &words.says[..]].concat());
    }

    /// Two letters and six digits in the one, ten characters in the other, and neither holds both.
    pub(super) async fn reads_both_mails(&self) -> Credentials {
        let words = &self.words.mails;
        let mails = self.demo.mails_to(EMAIL).await;
        let (identifier_mail, password_mail) = (newest(&mails, &words.identifier), newest(&mails, &words.password));
        self.opens(identifier_mail, &words.identifier, "mail-identifier").await;
        self.opens(password_mail, &words.password, "mail-password").await;
        let identifier = below(identifier_mail, words.identifier.label);
        let password = below(password_mail, words.password.label);
        let (letters, digits) = identifier.split_at(2);
        assert!(letters.bytes().all(|letter| letter.is_ascii_uppercase()), "{identifier}");
        assert!(digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit()), "{identifier}");
        assert_eq!(password.chars().count(), 10, "{password}");
        assert!(!text(identifier_mail).contains(&password) && !text(password_mail).contains(&identifier));
        Credentials { identifier, password }
    }

    /// The link of the mail, three days later: it leads to the site, and nobody in.
    pub(super) async fn comes_too_late(&self, issued: &Credentials) -> Credentials {
        let words = &self.words.lapsed;
        let mails = self.demo.mails_to(EMAIL).await;
        self.demo.advance(Duration::from_hours(73)).await;
        self.page.goto(&link(newest(&mails, &self.words.mails.password))).await;
        self.arrives(self.words.applications[0], "applications").await;
        self.page.says(self.words.applications[1]).await;
        self.page.follow(self.words.portal.name).await;
        self.comes_to_sign_in().await;
        self.signs_in(&issued.identifier, "Mauvaise-Pioche-3").await;
        assert_eq!(self.page.refused().await[1..], [self.words.sign_in.wrong]);
        self.signs_in(&issued.identifier, &issued.password).await;
        self.arrives(words.title, "lapsed").await;
        self.page.sends(words.submit).await;
        self.page.says(words.renewed).await;
        self.page.shows(self.words.sign_in.title).await;
        let renewed = self.demo.mail_to(EMAIL, mails.len()).await;
        let password = below(&renewed, self.words.mails.password.label);
        assert_ne!(password, issued.password);
        Credentials { password, identifier: issued.identifier.clone() }
    }

    /// From the portal, typed as people type what they read on paper.
    pub(super) async fn begins_the_activation(&self, issued: &Credentials) {
        self.comes_to_the_portal().await;
        self.comes_to_sign_in().await;
        let (letters, digits) = issued.identifier.split_at(2);
        let typed = format!(" {} {} {} ", letters.to_lowercase(), &digits[..3], &digits[3..]);
        self.signs_in(&typed, &issued.password).await;
        assert_eq!(self.page.current_step().await, self.words.password);
        assert_eq!(self.page.value_of("username").await, issued.identifier);
        assert!(self.page.address().await.contains("/required-actions/update-password"));
    }
}
