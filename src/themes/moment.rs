//! Telling the time: clock times, days and durations in the words of each language, in the realm's time zone.
//!
//! An expiry is always told as a duration and a clock time (« valable 1 heure, jusqu’à 15 h 12 (heure de Paris) »).
//! French spaces inside a time are no-break ones, so that « 14 h 32 » is never cut.

use jiff::tz::TimeZone;

use crate::clock::{Duration, Timestamp};
use crate::identity::language::Language;

const FRENCH_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Tells times in one language and one zone.
#[derive(Debug, Clone)]
pub struct Teller {
    language: Language,
    zone: TimeZone,
    zone_name: String,
}

/// A name that the time zone database does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a time zone of the IANA database, such as Europe/Paris")]
pub struct UnknownZone(pub String);

impl Teller {
    /// A teller for the zone of that IANA name.
    pub fn new(language: Language, zone: &str) -> Result<Self, UnknownZone> {
        let found = TimeZone::get(zone).map_err(|_| UnknownZone(zone.to_owned()))?;
        Ok(Self { language, zone: found, zone_name: zone_in_words(language, zone) })
    }

    /// The time of day: « 14 h 32 », "14:32".
    pub fn clock(&self, at: Timestamp) -> String {
        let at = self.civil(at);
        match self.language {
            Language::French => format!("{}\u{A0}h\u{A0}{:02}", at.hour(), at.minute()),
            Language::English => format!("{}:{:02}", at.hour(), at.minute()),
        }
    }

    /// The day: « 3 mars 2026 », "3 March 2026".
    pub fn day(&self, at: Timestamp) -> String {
        let at = self.civil(at);
        let months = match self.language {
            Language::French => FRENCH_MONTHS,
            Language::English => ENGLISH_MONTHS,
        };
        let month =
            usize::try_from(at.month() - 1).ok().and_then(|month| months.get(month)).copied().unwrap_or_default();
        let first = if self.language == Language::French && at.day() == 1 { "er" } else { "" };
        format!("{}{first}\u{A0}{month} {}", at.day(), at.year())
    }

    /// Day and time: « 3 mars 2026 à 14 h 12 », "3 March 2026 at 14:12".
    pub fn moment(&self, at: Timestamp) -> String {
        let preposition = match self.language {
            Language::French => "à",
            Language::English => "at",
        };
        format!("{} {preposition} {}", self.day(at), self.clock(at))
    }

    /// How long, rounded up to whole seconds, in the largest unit that tells it exactly: « 30 minutes », "24 hours".
    ///
    /// One day is "24 hours" and ninety minutes stay minutes: what people compare with the clock is said in its units.
    pub fn span(&self, span: Duration) -> String {
        let seconds = span.as_secs() + u64::from(span.subsec_nanos() > 0);
        let (count, french, english) = match seconds {
            s if s >= 172_800 && s % 86_400 == 0 => (s / 86_400, "jour", "day"),
            s if s >= 3600 && s % 3600 == 0 => (s / 3600, "heure", "hour"),
            s if s >= 60 && s % 60 == 0 => (s / 60, "minute", "minute"),
            s => (s, "seconde", "second"),
        };
        let (unit, singular) = match self.language {
            Language::French => (french, count <= 1),
            Language::English => (english, count == 1),
        };
        format!("{count}\u{A0}{unit}{}", if singular { "" } else { "s" })
    }

    /// Whose clock it is: « heure de Paris », "Paris time".
    pub fn zone(&self) -> &str {
        &self.zone_name
    }

    fn civil(&self, at: Timestamp) -> jiff::Zoned {
        jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default().to_zoned(self.zone.clone())
    }
}

/// The zone is named after the city its IANA name ends in; cities that French spells otherwise are listed.
fn zone_in_words(language: Language, zone: &str) -> String {
    let city = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
    match language {
        _ if matches!(city.as_str(), "UTC" | "GMT") => city,
        Language::English => format!("{city} time"),
        Language::French => {
            let city = match city.as_str() {
                "Noumea" => "Nouméa",
                "Reunion" => "La Réunion",
                "Brussels" => "Bruxelles",
                "London" => "Londres",
                other => other,
            };
            format!("heure de {city}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris(language: Language) -> Teller {
        Teller::new(language, "Europe/Paris").unwrap()
    }

    /// 2026-03-03T13:12:00Z, winter in Paris; and 2026-08-01T22:05:00Z, already the second there.
    const WINTER: Timestamp = Timestamp::from_seconds(1_772_543_520);
    const SUMMER: Timestamp = Timestamp::from_seconds(1_785_621_900);

    #[test]
    fn moments_are_told_in_the_zone_and_the_language() {
        for (language, at, told) in [
            (Language::French, WINTER, "3\u{A0}mars 2026 à 14\u{A0}h\u{A0}12"),
            (Language::English, WINTER, "3\u{A0}March 2026 at 14:12"),
            (Language::French, SUMMER, "2\u{A0}août 2026 à 0\u{A0}h\u{A0}05"),
            (Language::English, SUMMER, "2\u{A0}August 2026 at 0:05"),
        ] {
            assert_eq!(paris(language).moment(at), told);
        }
        let first = WINTER - Duration::from_hours(48);
        assert_eq!(paris(Language::French).day(first), "1er\u{A0}mars 2026");
        assert_eq!(paris(Language::English).day(first), "1\u{A0}March 2026");
    }

    #[test]
    fn durations_are_told_in_words() {
        for (seconds, french, english) in [
            (0, "0 seconde", "0 seconds"),
            (1, "1 seconde", "1 second"),
            (90, "90 secondes", "90 seconds"),
            (60, "1 minute", "1 minute"),
            (1800, "30 minutes", "30 minutes"),
            (3600, "1 heure", "1 hour"),
            (5400, "90 minutes", "90 minutes"),
            (86_400, "24 heures", "24 hours"),
            (172_800, "2 jours", "2 days"),
            (2_592_000, "30 jours", "30 days"),
        ] {
            let span = Duration::from_secs(seconds);
            assert_eq!(paris(Language::French).span(span), french.replace(' ', "\u{A0}"));
            assert_eq!(paris(Language::English).span(span), english.replace(' ', "\u{A0}"));
        }
    }

    #[test]
    fn zones_are_named_after_their_city() {
        for (zone, french, english) in [
            ("Europe/Paris", "heure de Paris", "Paris time"),
            ("Pacific/Noumea", "heure de Nouméa", "Noumea time"),
            ("America/New_York", "heure de New York", "New York time"),
            ("UTC", "UTC", "UTC"),
        ] {
            assert_eq!(Teller::new(Language::French, zone).unwrap().zone(), french);
            assert_eq!(Teller::new(Language::English, zone).unwrap().zone(), english);
        }
        assert_eq!(
            Teller::new(Language::French, "Europe/Lutece").unwrap_err(),
            UnknownZone("Europe/Lutece".to_owned())
        );
    }
}
