//! Which language a visitor reads: what they chose here, then what their application asked, then what their account
//! says, then what their browser prefers, then what the realm speaks.

use crate::identity::language::Language;

/// What is known about a visitor's language, strongest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes<'a> {
    /// The choice made on our pages, kept in a cookie.
    pub chosen: Option<&'a str>,
    /// `ui_locales` of the request (OIDC Core §3.1.2.1): tags in order of preference, between spaces.
    pub ui_locales: Option<&'a str>,
    /// The preference of the account, once it is known who this is.
    pub account: Option<Language>,
    /// `Accept-Language` (RFC 9110 §12.5.4).
    pub accept_language: Option<&'a str>,
}

impl Wishes<'_> {
    /// The language to speak.
    pub fn language(&self, realm: Language) -> Language {
        self.chosen
            .and_then(|tag| tag.parse().ok())
            .or_else(|| self.ui_locales.and_then(first_spoken))
            .or(self.account)
            .or_else(|| self.accept_language.and_then(preferred))
            .unwrap_or(realm)
    }
}

fn first_spoken(tags: &str) -> Option<Language> {
    tags.split_ascii_whitespace().find_map(|tag| tag.parse().ok())
}

/// The language of the highest weight; of equal ones the first, and none that is refused by `q=0`.
fn preferred(header: &str) -> Option<Language> {
    let mut best = None;
    for range in header.split(',').take(32) {
        let mut parts = range.split(';');
        let Ok(language) = parts.next().unwrap_or_default().trim().parse() else { continue };
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1000), thousandths).unwrap_or(0);
        if weight > best.map_or(0, |(_, most)| most) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// A weight such as `0.8` (RFC 9110 §12.4.2), in thousandths.
fn thousandths(weight: &str) -> Option<u16> {
    let weight: f32 = weight.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000 by the check")]
    (0.0..=1.0).contains(&weight).then_some((weight * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, French};

    #[test]
    fn the_strongest_wish_wins() {
        let all =
            Wishes { chosen: Some("en"), ui_locales: Some("fr"), account: Some(English), accept_language: Some("fr") };
        for (wishes, language) in [
            (all, English),
            (Wishes { chosen: None, ..all }, French),
            (Wishes { chosen: Some("de"), ..all }, French),
            (Wishes { chosen: None, ui_locales: None, ..all }, English),
            (Wishes { chosen: None, ui_locales: Some("de nl"), account: None, ..all }, French),
            (Wishes::default(), French),
        ] {
            assert_eq!(wishes.language(French), language, "{wishes:?}");
        }
        assert_eq!(Wishes::default().language(English), English);
    }

    #[test]
    fn ui_locales_are_tried_in_order() {
        for (tags, language) in [("de en-GB fr", English), ("fr-CA en", French), ("", French)] {
            assert_eq!(Wishes { ui_locales: Some(tags), ..Wishes::default() }.language(French), language, "{tags}");
        }
    }

    #[test]
    fn accept_language_is_weighed() {
        for (header, language) in [
            ("en", English),
            ("en-US,en;q=0.9,fr;q=0.8", English),
            ("fr;q=0.4, en;q=0.7", English),
            ("de, fr;q=0.5, en;q=0.5", French),
            ("en;q=0, fr;q=0.1", French),
            ("en;q=0", French),
            ("en;q=oops, *", French),
            ("en;q=7", French),
            ("", French),
        ] {
            let wishes = Wishes { accept_language: Some(header), ..Wishes::default() };
            assert_eq!(wishes.language(French), language, "{header}");
        }
    }
}
