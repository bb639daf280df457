//! The cookies of hosted pages: all `__Host-`, Secure, HttpOnly, SameSite=Lax (SR-100). One is for scripts to read, and
//! says nothing: the state of the session, by which a client's page notices that it changed (`docs/adr/0024`).
//!
//! Lax and not Strict: a link opened through a webmail's redirect must find its journey. None holds personal data
//! (SR-203): random tokens, and the choice of a language.

use cookie::{Cookie, SameSite};
use http::HeaderMap;
use http::header::COOKIE;

use crate::clock::Duration;
use crate::ids::RealmName;

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name<'a> {
    /// Which browser this is: journeys are bound to it (SR-71).
    Browser,
    /// Its session with a realm (SR-98).
    Session(&'a RealmName),
    /// Whether that session is still the one that it was (OpenID Connect Session Management §3.2).
    State(&'a RealmName),
    /// A browser in which somebody signed in before (SR-13).
    Device,
    /// The token of a mailed link, between its address and its page (SR-48).
    Link,
    /// The language somebody chose.
    Language,
}

impl Name<'_> {
    fn text(self) -> String {
        match self {
            Self::Browser => "__Host-guichet-browser".to_owned(),
            Self::Session(realm) => format!("__Host-guichet-session-{realm}"),
            Self::State(realm) => format!("__Host-guichet-state-{realm}"),
            Self::Device => "__Host-guichet-device".to_owned(),
            Self::Link => "__Host-guichet-link".to_owned(),
            Self::Language => "__Host-guichet-language".to_owned(),
        }
    }
}

/// The value of a cookie in a request, when it has one.
pub(crate) fn read(headers: &HeaderMap, name: Name<'_>) -> Option<String> {
    let name = name.text();
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
        .filter(|value| !value.is_empty() && value.len() <= 256)
}

/// A `Set-Cookie` value; without `life` it ends with the browser.
pub(crate) fn set(name: Name<'_>, value: &str, life: Option<Duration>) -> String {
    let mut cookie = Cookie::build((name.text(), value.to_owned()))
        .path("/")
        .secure(true)
        .http_only(!matches!(name, Name::State(_)))
        .same_site(SameSite::Lax)
        .build();
    if let Some(life) = life {
        cookie.set_max_age(cookie::time::Duration::seconds(i64::try_from(life.as_secs()).unwrap_or(0)));
    }
    cookie.to_string()
}

/// A `Set-Cookie` value that makes the browser forget.
pub(crate) fn forget(name: Name<'_>) -> String {
    set(name, "", Some(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_100_every_cookie_is_bound_to_this_host() {
        let realm: RealmName = "certinomis".parse().unwrap();
        let state = Name::State(&realm);
        for name in [Name::Browser, Name::Session(&realm), state, Name::Device, Name::Link, Name::Language] {
            let header = set(name, "abc", None);
            assert!(header.starts_with("__Host-"), "{header}");
            for part in ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"] {
                let is_there = header.split("; ").any(|found| found == part);
                assert_eq!(is_there, part != "HttpOnly" || name != state, "{part} in {header}");
            }
            assert!(!header.contains("Domain") && header.len() < 4096);
        }
    }

    #[test]
    fn a_cookie_is_read_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "x=1; __Host-guichet-device=abc; __Host-guichet-device2=d".parse().unwrap());
        assert_eq!(read(&headers, Name::Device).as_deref(), Some("abc"));
        assert_eq!(read(&headers, Name::Link), None);
    }
}
