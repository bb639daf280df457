//! Who is asking, as far as a request tells: language and cookies.
//!
//! The language is the one chosen on a page (`?lang=`, remembered in a cookie), else what the browser prefers
//! (RFC 9110 §12.5.4), else French.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use cookie::{Cookie, SameSite};

use super::Portal;
use crate::clock::Duration;
use crate::identity::language::Language;

/// One request's visitor.
pub(super) struct Visitor {
    pub(super) language: Language,
    /// Set when the language was chosen by this very request.
    pub(super) chosen: bool,
    cookies: Vec<(String, String)>,
    query: Vec<(String, String)>,
}

impl Visitor {
    /// The value of a cookie.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The names of all cookies that start alike.
    pub(super) fn cookies_named(&self, start: &str) -> Vec<&str> {
        self.cookies.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with(start)).collect()
    }

    /// A parameter that stands once in the address; said twice, it counts as absent (RFC 6749 §3.1).
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }
}

impl FromRequestParts<Arc<Portal>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Infallible> {
        let query =
            url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let mut visitor = Self { language: Language::French, chosen: false, cookies: cookies(&parts.headers), query };
        let chosen = visitor.parameter("lang").and_then(|tag| tag.parse().ok());
        let kept = visitor.cookie(&portal.cookie_name("language")).and_then(|tag| tag.parse().ok());
        visitor.chosen = chosen.is_some();
        visitor.language = chosen.or(kept).unwrap_or_else(|| {
            let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            preferred(accepted.unwrap_or_default())
        });
        Ok(visitor)
    }
}

fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(Cookie::split_parse).flatten().map(|c| (c.name().to_owned(), c.value().to_owned())).collect()
}

/// The first of our languages in the browser's order of preference.
pub(super) fn preferred(accept_language: &str) -> Language {
    let mut ranked: Vec<(f32, Language)> = accept_language
        .split(',')
        .filter_map(|range| {
            let (tag, quality) = range.split_once(";q=").unwrap_or((range, "1"));
            Some((quality.trim().parse().unwrap_or(0.0), tag.trim().parse().ok()?))
        })
        .filter(|(quality, _)| *quality > 0.0)
        .collect();
    ranked.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    ranked.first().map_or(Language::French, |(_, language)| *language)
}

/// A cookie of the portal: read by its server only, not sent along by other sites' forms.
pub(super) fn keep(portal: &Portal, name: String, value: String, lived: Option<Duration>) -> String {
    let mut cookie = Cookie::new(name, value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(portal.settings.base_url.starts_with("https:"));
    cookie.set_max_age(lived.and_then(|span| cookie::time::Duration::try_from(span).ok()));
    cookie.to_string()
}

/// Takes a cookie back.
pub(super) fn forget(portal: &Portal, name: String) -> String {
    keep(portal, name, String::new(), Some(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_s_first_choice_among_ours_is_spoken() {
        for (accepted, spoken) in [
            ("en-GB,en;q=0.9,fr;q=0.8", Language::English),
            ("de, fr;q=0.5, en;q=0.4", Language::French),
            ("fr;q=0.3,en;q=0.7", Language::English),
            ("en;q=0,fr;q=0.1", Language::French),
            ("de-CH", Language::French),
            ("", Language::French),
            ("en;q=x", Language::French),
        ] {
            assert_eq!(preferred(accepted), spoken, "{accepted}");
        }
    }
}
