//! Values as they stand in a file, with their place.

use std::borrow::Cow;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use toml::Spanned;

use crate::clock::Duration;
use crate::identity::language::{Language, Localized};

/// A value, and the bytes of the file it was read from.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Written<T>(Spanned<T>);

impl<T> Written<T> {
    /// The value.
    pub fn get(&self) -> &T {
        self.0.get_ref()
    }

    /// Where it stands.
    pub fn span(&self) -> Range<usize> {
        self.0.span()
    }
}

/// The schema is that of the value: places are not written by people.
impl<T: JsonSchema> JsonSchema for Written<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A text for people: one for all languages, as names of products are, or one each.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LocalizedText {
    /// The same in all languages.
    Same(String),
    /// One in each language.
    Each(EachLanguage),
}

/// One text in each language.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EachLanguage {
    /// In French.
    #[schemars(required)]
    pub fr: Option<String>,
    /// In English.
    #[schemars(required)]
    pub en: Option<String>,
}

impl LocalizedText {
    /// The text in both languages.
    pub fn localized(&self) -> Localized {
        match self {
            Self::Same(text) => Localized::same(text),
            Self::Each(each) => {
                Localized { fr: each.fr.clone().unwrap_or_default(), en: each.en.clone().unwrap_or_default() }
            }
        }
    }

    /// The texts that are there; one for all languages follows the rules of the plainer one.
    pub(crate) fn said(&self) -> impl Iterator<Item = (Language, &str)> {
        let (fr, en) = match self {
            Self::Same(text) => (None, Some(text.as_str())),
            Self::Each(each) => (each.fr.as_deref(), each.en.as_deref()),
        };
        fr.map(|text| (Language::French, text)).into_iter().chain(en.map(|text| (Language::English, text)))
    }
}

/// A length of time: a whole number and one of `s`, `m`, `h`, `d`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("pattern" = "^[0-9]{1,6}[smhd]$"))]
pub struct Span(String);

impl Span {
    /// The length of time, or `None` when it is not one.
    pub fn read(&self) -> Option<Duration> {
        lasting(&self.0)
    }
}

/// The length of time that people wrote, or `None` when it is not one.
pub(crate) fn lasting(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    let digits = !number.is_empty() && number.len() <= 6 && number.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| number.parse().ok()).flatten().map(|number: u64| Duration::from_secs(number * seconds))
}

/// A length of time as people write it, in the largest unit that leaves nothing over.
pub(crate) fn spelled(span: Duration) -> String {
    let seconds = span.as_secs();
    let units = [(24 * 60 * 60, 'd'), (60 * 60, 'h'), (60, 'm')];
    // "24h" is said as such: a bound of "1d" for a link would be read twice.
    let least = |size, unit| if unit == 'd' { size + 1 } else { size };
    let whole = units.into_iter().find(|(size, unit)| seconds >= least(*size, *unit) && seconds.is_multiple_of(*size));
    whole.map_or_else(|| format!("{seconds}s"), |(size, unit)| format!("{}{unit}", seconds / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_one_number_and_one_unit() {
        for (text, seconds) in [
            ("60s", Some(60)),
            ("30m", Some(1_800)),
            ("24h", Some(86_400)),
            ("30d", Some(2_592_000)),
            ("0s", Some(0)),
            ("999999d", Some(86_399_913_600)),
            ("1000000d", None),
            ("30", None),
            ("m", None),
            ("", None),
            ("1.5h", None),
            ("-1s", None),
            ("+1s", None),
            ("1 h", None),
            ("30M", None),
            ("12h30m", None),
            ("1é", None),
        ] {
            assert_eq!(Span(text.to_owned()).read().map(|span| span.as_secs()), seconds, "{text}");
        }
    }

    #[test]
    fn bounds_are_spelled_as_people_write_them() {
        for (seconds, text) in [
            (0, "0s"),
            (10, "10s"),
            (60, "1m"),
            (3600, "1h"),
            (90, "90s"),
            (300, "5m"),
            (86_400, "24h"),
            (7_776_000, "90d"),
        ] {
            assert_eq!(spelled(Duration::from_secs(seconds)), text);
        }
    }
}
