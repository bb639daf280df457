//! What surrounds every page: whose realm this is, the other language one link away, the application to go back to,
//! and who answers for it all.

use serde::Serialize;
use url::Url;

use super::steps::Steps;
use crate::identity::language::{Language, Localized};
use crate::realm::model::{AccessibilityStatus, Operator, Realm};

/// The parameter by which the language link says its choice; the answer keeps it in a cookie.
pub const LANGUAGE_PARAMETER: &str = "lang";

/// Everything around a page, in people's terms.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The language of the page.
    pub language: Language,
    /// What that language calls itself.
    pub language_name: &'static str,
    /// What people call the realm.
    pub realm: String,
    switch: Switch,
    application: Option<Application>,
    operator: Footer,
    demo: Option<String>,
    session: Option<SessionEnd>,
    steps: Option<Steps>,
}

/// The end of the session that a page was made in, for the script that tells of it in time (SR-101).
#[derive(Debug, Clone, Serialize)]
pub struct SessionEnd {
    /// Where it asks how the session stands, and where the form goes that stays.
    pub action: String,
    /// The form's hidden field.
    pub token: String,
    /// Seconds until the end.
    pub left: u64,
    /// How many seconds before it people are told.
    pub warns: u64,
}

/// The link to the same page in the other language.
#[derive(Debug, Clone, Serialize)]
struct Switch {
    language: Language,
    name: &'static str,
    href: String,
}

/// The application a person came from.
#[derive(Debug, Clone, Serialize)]
pub struct Application {
    /// What people call it.
    pub name: String,
    /// Its declared home, or the address that ends this request: never one that was not registered.
    pub href: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Footer {
    legal_name: String,
    support_email: String,
    support_phone: Option<String>,
    help: Option<String>,
    accessibility: Option<Accessibility>,
    terms: Option<String>,
    privacy: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Accessibility {
    href: String,
    status: &'static str,
}

impl Frame {
    /// The frame of a page of `realm` at the address `here` (path and query), in `language`.
    pub fn new(realm: &Realm, language: Language, here: &str) -> Self {
        Self::of(&realm.display_name, &realm.operator, language, here)
    }

    /// The frame of a page of an operator's realm.
    pub fn of(realm: &Localized, operator: &Operator, language: Language, here: &str) -> Self {
        let other = language.other();
        Self {
            language,
            language_name: language.own_name(),
            realm: realm.in_language(language).to_owned(),
            switch: Switch { language: other, name: other.own_name(), href: in_language(here, other) },
            application: None,
            operator: Footer::of(operator),
            demo: None,
            session: None,
            steps: None,
        }
    }

    /// The frame of a page of no realm.
    pub fn bare(language: Language, here: &str) -> Self {
        let operator = Operator {
            legal_name: "Guichet".to_owned(),
            support_email: String::new(),
            support_phone: None,
            help: None,
            accessibility: None,
            terms: None,
            privacy: None,
        };
        Self::of(&Localized::same("Guichet"), &operator, language, here)
    }

    /// Names the application that a person came from.
    pub fn for_application(mut self, application: Application) -> Self {
        self.application = Some(application);
        self
    }

    /// Says when the session ends that the page was made in.
    pub fn in_session(mut self, end: SessionEnd) -> Self {
        self.session = Some(end);
        self
    }

    /// Says which of several steps the page is.
    pub fn in_steps(mut self, steps: Steps) -> Self {
        self.steps = Some(steps);
        self
    }

    /// Says on the page that everything here is fictitious, with the way to the mailbox.
    pub fn in_demo(mut self, mailbox: impl Into<String>) -> Self {
        self.demo = Some(mailbox.into());
        self
    }
}

impl Footer {
    fn of(operator: &Operator) -> Self {
        Self {
            legal_name: operator.legal_name.clone(),
            support_email: operator.support_email.clone(),
            support_phone: operator.support_phone.clone(),
            help: operator.help.as_ref().and_then(web),
            accessibility: operator.accessibility.as_ref().and_then(|statement| {
                let status = match statement.status {
                    AccessibilityStatus::Full => "full",
                    AccessibilityStatus::Partial => "partial",
                    AccessibilityStatus::None => "none",
                };
                Some(Accessibility { href: web(&statement.page)?, status })
            }),
            terms: operator.terms.as_ref().and_then(web),
            privacy: operator.privacy.as_ref().and_then(web),
        }
    }
}

/// An address as a page may link it: nothing but http and https, here as at registration (SR-118).
fn web(url: &Url) -> Option<String> {
    matches!(url.scheme(), "https" | "http").then(|| url.as_str().to_owned())
}

/// `here` with its language parameter set, everything else kept. One slash in front: two would name a host (SR-120).
fn in_language(here: &str, language: Language) -> String {
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let path = format!("/{}", path.trim_start_matches(['/', '\\']));
    let prefix = format!("{LANGUAGE_PARAMETER}=");
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with(&prefix));
    let query: Vec<_> = kept.map(str::to_owned).chain([format!("{prefix}{language}")]).collect();
    format!("{path}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_link_keeps_the_flow() {
        for (here, there) in [
            ("/realms/a/sign-in", "/realms/a/sign-in?lang=en"),
            ("/realms/a/sign-in?flow=1", "/realms/a/sign-in?flow=1&lang=en"),
            ("/realms/a/sign-in?lang=fr&flow=1", "/realms/a/sign-in?flow=1&lang=en"),
            ("//evil.example/a", "/evil.example/a?lang=en"),
            ("/\\evil.example/a", "/evil.example/a?lang=en"),
        ] {
            assert_eq!(in_language(here, Language::English), there);
        }
    }

    #[test]
    fn sr_118_only_web_addresses_are_linked() {
        for (address, linked) in [
            ("https://a.example/aide", true),
            ("HTTP://a.example/aide", true),
            ("javascript:alert(1)", false),
            ("data:text/html,a", false),
        ] {
            assert_eq!(web(&address.parse().unwrap()).is_some(), linked, "{address}");
        }
    }
}
