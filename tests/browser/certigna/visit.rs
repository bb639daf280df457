//! A person on their way through the Certigna realm, and what they are mailed.

use serde_json::Value;

use super::words::Words;
use crate::support::axe;
use crate::support::chromium::{Page, Settings, plain};
use crate::support::demo::{Demo, link};

pub(super) const REALM: &str = "certigna";
pub(super) const NAME: &str = "Marie Durand";
pub(super) const EMAIL: &str = "marie.durand@exemple.fr";
pub(super) const PASSWORD: &str = "Tilleul-brouette-42";

/// A body of the demonstration's register.
#[derive(Debug, Clone, Copy)]
pub(super) struct Organisation {
    pub(super) siret: &'static str,
    pub(super) name: &'static str,
}

/// Marie's first organisation.
pub(super) const FIRST: Organisation = Organisation { siret: "00000101600013", name: "FILATURE DES DEUX MONTS" };
/// Another, with an account of its own for the same address.
pub(super) const SECOND: Organisation = Organisation { siret: "00000103200010", name: "LES AMIS DU CARILLON" };

/// What an account is issued, and what became of its password.
#[derive(Debug, Clone)]
pub(super) struct Credentials {
    pub(super) identifier: String,
    pub(super) password: String,
    /// Where the mail with the password leads.
    pub(super) link: String,
}

/// One person, one browser, one demonstration.
pub(super) struct Visit {
    pub(super) demo: Demo,
    pub(super) page: Page,
    pub(super) words: &'static Words,
    looks: bool,
}

impl Visit {
    /// With scripts on, each page is looked at in all ways.
    pub(super) async fn begin(words: &'static Words, scripts: bool) -> Option<Self> {
        let page = Page::open(Settings { scripts, language: words.tag, ..Settings::default() }).await?;
        Some(Self { demo: Demo::start(), page, words, looks: scripts })
    }

    /// Closes the browser, and opens one that remembers nothing.
    pub(super) async fn in_another_browser(self) -> Self {
        let Self { demo, page, words, looks } = self;
        page.close().await;
        let settings = Settings { scripts: looks, language: words.tag, ..Settings::default() };
        Self { demo, page: Page::open(settings).await.unwrap(), words, looks }
    }

    /// The page with this heading has come.
    pub(super) async fn arrives(&self, heading: &str, picture: &str) {
        self.page.shows(heading).await;
        assert_eq!(self.page.language().await, self.words.tag, "{heading}");
        if self.looks {
            let name = format!("certigna/{picture}-{}", self.words.tag);
            assert_eq!(axe::findings(&self.page, &name).await, "", "{heading}");
        }
    }

    /// All of these stand on the page.
    pub(super) async fn says(&self, all: &[&str]) {
        for words in all {
            self.page.says(words).await;
        }
    }

    pub(super) async fn fills(&self, fields: &[(&str, &str)]) {
        for (name, typed) in fields {
            self.page.fill_named(name, typed).await;
        }
    }

    pub(super) async fn portal(&self, path: &str) {
        self.page.goto(&format!("{}{path}", self.demo.portal(REALM))).await;
    }

    /// Nobody is signed in at the portal.
    pub(super) async fn is_nobody_at_the_portal(&self) {
        self.portal("/home").await;
        self.page.shows(self.words.front).await;
    }

    /// From the portal's front page to the sign-in page.
    pub(super) async fn enters(&self) {
        self.portal("/").await;
        self.page.follow(self.words.enter).await;
        self.page.shows(self.words.sign_in).await;
    }

    pub(super) async fn signs_in(&self, identifier: &str, password: &str) {
        self.fills(&[("username", identifier), ("password", password)]).await;
        self.page.press(self.words.submit).await;
    }

    /// From the portal's front page to the two mails, by the register; tells how many mails there were before.
    pub(super) async fn registers(&self, organisation: Organisation) -> usize {
        let (words, mails) = (self.words, self.demo.mails_to(EMAIL).await.len());
        self.portal("/").await;
        self.page.follow(words.create).await;
        self.page.choose("registered-in", "france").await;
        self.page.press(words.next).await;
        self.fills(&[("organisation-number", organisation.siret), ("organisation-phone", "03 20 20 20 20")]).await;
        self.page.press(words.look_up).await;
        self.page.press(words.mine).await;
        self.page.shows(words.administrator).await;
        let [first, last] = ["Marie", "Durand"];
        self.fills(&[("firstName", first), ("lastName", last), ("phoneNumber", "06 12 34 56 78")]).await;
        self.fills(&[("email", EMAIL), ("emailConfirm", EMAIL)]).await;
        self.page.press(words.validate).await;
        self.page.shows(words.sent).await;
        mails
    }

    /// What came by two mails, after so many others.
    pub(super) async fn credentials(&self, mails: usize) -> Credentials {
        let (mut newest, mut found) = (mails, None);
        while found.is_none() {
            // Others may come between.
            self.demo.mail_to(EMAIL, newest).await;
            newest += 1;
            let mails = self.demo.mails_to(EMAIL).await.split_off(mails);
            let find = |label| mails.iter().find_map(|mail| Some((mail.clone(), below(mail, label)?)));
            let [identifier, password] = self.words.issued.map(find);
            found = identifier.zip(password);
        }
        let ((one, identifier), (other, password)) = found.unwrap();
        // Apart from each other, and in the seed's shapes (DOMAIN.md §9.3).
        assert!(!text(&one).contains(&password) && !text(&other).contains(&identifier));
        let (letters, digits) = identifier.split_at(2);
        assert!(letters.bytes().all(|letter| letter.is_ascii_uppercase()), "{identifier}");
        assert!(digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit()), "{identifier}");
        assert_eq!(password.chars().count(), 10);
        Credentials { identifier, password, link: link(&other) }
    }

    /// Reads a mail on the demonstration's page, in this language.
    pub(super) async fn reads(&self, mail: &Value, picture: &str) {
        let id = mail["id"].as_str().unwrap();
        self.page.goto(&format!("{}/{id}?lang={}", self.demo.mailbox(), self.words.tag)).await;
        self.arrives(mail["subject"].as_str().unwrap(), picture).await;
    }
}

/// The words of a mail, with plain spaces.
pub(super) fn text(mail: &Value) -> String {
    plain(mail["text"].as_str().unwrap())
}

/// What stands in a mail below that label.
pub(super) fn below(mail: &Value, label: &str) -> Option<String> {
    let text = text(mail);
    let line = text.lines().skip_while(|line| !line.starts_with(label) || !line.ends_with(':')).nth(1)?;
    Some(line.trim().to_owned())
}
