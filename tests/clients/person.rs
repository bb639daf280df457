//! A person at the hosted pages: whatever page is shown, they do what it asks, until they are sent away from the house.

use url::Url;

use crate::nodes::browser::Browser;
use crate::nodes::client::Client;
use crate::nodes::journey::Person;
use crate::nodes::site::Site;

/// Somebody on their way.
pub(super) struct Walker<'a> {
    /// Who.
    pub(super) person: Person,
    site: &'a Site,
    browser: Browser,
}

impl<'a> Walker<'a> {
    /// Somebody that nobody knows yet.
    pub(super) fn new(site: &'a Site, browser: Browser) -> Self {
        Self { person: Person::new(), site, browser }
    }

    /// The same person in another browser.
    pub(super) fn in_browser(self, browser: Browser) -> Self {
        Self { browser, ..self }
    }

    /// The whole way to an account, for the order portal.
    pub(super) async fn registers(&mut self) {
        Client::of(self.site).asks(&mut self.browser, "code", "&prompt=create").await;
        let left_for = self.goes_on().await;
        assert!(left_for.as_str().starts_with(&self.site.portal), "{left_for}: {}", self.browser.page.words());
    }

    /// Opens an address and does what is asked. Where they land: an address outside, or a page that asks for nothing.
    pub(super) async fn visits(&mut self, address: &str) -> Url {
        self.browser.ask(address);
        self.goes_on().await
    }

    async fn goes_on(&mut self) -> Url {
        loop {
            while let Some(address) = self.browser.asks_for() {
                if !address.as_str().starts_with(&self.site.origin) {
                    return address.clone();
                }
                self.browser.hop().await.unwrap();
            }
            if !self.acts().await {
                return self.browser.page.address.clone();
            }
        }
    }

    /// Does what the page asks; `false` when it asks for nothing.
    async fn acts(&mut self) -> bool {
        let page = self.browser.page.name().to_owned();
        match page.as_str() {
            "verify-email" => {
                let mail = self.person.mailed(self.site).await;
                self.browser.ask(&mail.link());
            }
            "sign-in" => self.browser.send(&[("username", &self.person.email), ("password", self.person.password)]),
            _ if self.browser.page.offers(&[("do", "allow")]) => self.browser.send(&[("do", "allow")]),
            "device" => {
                let asked = self.browser.page.address.query_pairs().find(|(name, _)| name == "user_code");
                let (_, code) = asked.unwrap_or_else(|| panic!("{}", self.browser.page.words()));
                let code = code.into_owned();
                self.browser.send(&[("user_code", &code)]);
            }
            "register" | "link" | "done" | "update-password" | "set-secret-question" => {
                self.person.acts(&mut self.browser);
            }
            _ => return false,
        }
        true
    }
}
