//! What an account says of its owner beside name, address and language: the standard claims of OpenID Connect Core §5.1.
//!
//! Each is judged when it is set, so that clients get what the standard lets them expect: addresses that a page may
//! link, dates that exist, telephone numbers in E.164. Nothing here proves anything: e-mail has its own proof (SR-63),
//! and a telephone number counts as verified only where an operator says so.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use url::Url;

use super::script;
use super::territory::PhoneNumber;

/// Most characters of a text, and of an address on the web.
const LONGEST: usize = 200;
/// Most characters of an address on the web.
const LONGEST_URL: usize = 500;

/// The claims that an account holds; one that is absent is never told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Middle names, as their owner writes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// What people call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Their page on the web.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// A picture of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Their own or their organisation's site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// In their own word; `female` and `male` are the standard's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// A day, a year, or a day of no year (`0000-MM-DD`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// An IANA time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// The part of their organisation that they work in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizational_unit: Option<String>,
    /// In E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Whether that very number is proven.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub phone_number_verified: bool,
    /// Where they are reached by post.
    #[serde(skip_serializing_if = "PostalAddress::is_empty")]
    pub address: PostalAddress,
}

/// The members of the claim `address` (Core §5.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PostalAddress {
    /// The whole address, for a label; made of the others when it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// House, street, box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// The town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// The province or department.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// The country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// Why a claim is not set; what to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSet {
    /// It follows from how people register and sign in.
    #[error("it is proven or given by the provider, and cannot be set")]
    Ours,
    /// No claim of that name.
    #[error("no such claim")]
    Unknown,
    /// Empty, too long, or with characters that nobody sees.
    #[error("write 1 to 200 visible characters")]
    Text,
    /// Not an address that a page may link.
    #[error("write an address that begins with https:// or http://, 500 characters at most")]
    Url,
    /// Not a day.
    #[error("write YYYY-MM-DD, 0000-MM-DD or YYYY")]
    Date,
    /// Not a number that can be called from anywhere.
    #[error("write the number with its country code, like +33 6 12 34 56 78")]
    Phone,
    /// Not a time zone.
    #[error("write an IANA time zone, like Europe/Paris")]
    Zone,
    /// Neither true nor false, or nothing that it could be said of.
    #[error("write true or false, once there is a phone_number")]
    Verified,
}

/// The claims that this profile cannot set: they have a proof or a place of their own.
const OURS: [&str; 9] = [
    "sub",
    "email",
    "email_verified",
    "preferred_username",
    "updated_at",
    "name",
    "given_name",
    "family_name",
    "locale",
];

impl Profile {
    /// Sets a claim, `address.…` for its members; an empty value takes it away.
    pub fn set(&mut self, claim: &str, value: &str) -> Result<(), NotSet> {
        let value = Some(value.trim()).filter(|value| !value.is_empty());
        match claim {
            "middle_name" => self.middle_name = value.map(line).transpose()?,
            "nickname" => self.nickname = value.map(line).transpose()?,
            "profile" => self.profile = value.map(web).transpose()?,
            "picture" => self.picture = value.map(web).transpose()?,
            "website" => self.website = value.map(web).transpose()?,
            "gender" => self.gender = value.map(line).transpose()?,
            "birthdate" => self.birthdate = value.map(birthdate).transpose()?,
            "zoneinfo" => self.zoneinfo = value.map(zone).transpose()?,
            "organizational_unit" => self.organizational_unit = value.map(line).transpose()?,
            "phone_number" => self.call_at(value.map(phone).transpose()?),
            "phone_number_verified" => self.phone_number_verified = self.verified(value)?,
            claim if OURS.contains(&claim) => return Err(NotSet::Ours),
            claim => self.address.set(claim.strip_prefix("address.").ok_or(NotSet::Unknown)?, value)?,
        }
        Ok(())
    }

    /// A number that changes is proven no more.
    fn call_at(&mut self, number: Option<String>) {
        self.phone_number_verified &= self.phone_number == number;
        self.phone_number = number;
    }

    fn verified(&self, value: Option<&str>) -> Result<bool, NotSet> {
        match (value, &self.phone_number) {
            (None | Some("false"), _) => Ok(false),
            (Some("true"), Some(_)) => Ok(true),
            _ => Err(NotSet::Verified),
        }
    }
}

impl PostalAddress {
    fn set(&mut self, member: &str, value: Option<&str>) -> Result<(), NotSet> {
        match member {
            "formatted" => self.formatted = value.map(lines).transpose()?,
            "street_address" => self.street_address = value.map(lines).transpose()?,
            "locality" => self.locality = value.map(line).transpose()?,
            "region" => self.region = value.map(line).transpose()?,
            "postal_code" => self.postal_code = value.map(line).transpose()?,
            "country" => self.country = value.map(line).transpose()?,
            _ => return Err(NotSet::Unknown),
        }
        Ok(())
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The whole address on several lines: as it was set, or made of its parts.
    pub fn whole(&self) -> Option<String> {
        let town: Vec<&str> = [&self.postal_code, &self.locality].into_iter().flatten().map(String::as_str).collect();
        let town = Some(town.join(" ")).filter(|town| !town.is_empty());
        let parts = [self.street_address.as_ref(), town.as_ref(), self.region.as_ref(), self.country.as_ref()];
        let made: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        self.formatted.clone().or_else(|| (!made.is_empty()).then(|| made.join("\n")))
    }
}

/// Visible text on one line, composed.
fn line(text: &str) -> Result<String, NotSet> {
    let text: String = text.nfc().collect();
    let fits = text.chars().count() <= LONGEST && !text.chars().any(script::is_invisible);
    if fits { Ok(text) } else { Err(NotSet::Text) }
}

/// The same on several: "newlines can be represented either as a carriage return/line feed pair or as a single line
/// feed" (Core §5.1.1); we keep line feeds.
fn lines(text: &str) -> Result<String, NotSet> {
    let read: Vec<String> = text.lines().map(|one| line(one.trim())).collect::<Result<_, _>>()?;
    let whole = read.join("\n");
    if whole.chars().count() <= LONGEST { Ok(whole) } else { Err(NotSet::Text) }
}

/// An address that a page may link: nothing but http and https (SR-118).
fn web(text: &str) -> Result<String, NotSet> {
    let url = Url::parse(text).map_err(|_| NotSet::Url)?;
    let fits = text.len() <= LONGEST_URL && matches!(url.scheme(), "https" | "http") && url.username().is_empty();
    if fits { Ok(url.into()) } else { Err(NotSet::Url) }
}

/// ISO 8601 as Core §5.1 has it: a day, "the year MAY be 0000, indicating that it is omitted", or a year alone.
fn birthdate(text: &str) -> Result<String, NotSet> {
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let year = |text: &str| digits(text, 4);
    let day = |year: &str, rest: &str| {
        let (month, day) = rest.split_once('-')?;
        let shaped = digits(month, 2) && digits(day, 2);
        // A leap year stands for the year that was left out.
        let year = if year == "0000" { "2000" } else { year };
        let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        (shaped && jiff::civil::Date::new(year, month, day).is_ok()).then_some(())
    };
    let exists = match text.split_once('-') {
        None => year(text) && text != "0000",
        Some((first, rest)) => year(first) && day(first, rest).is_some(),
    };
    if exists { Ok(text.to_owned()) } else { Err(NotSet::Date) }
}

/// A name of the time-zone database.
fn zone(text: &str) -> Result<String, NotSet> {
    let found = jiff::tz::TimeZone::get(text).map_err(|_| NotSet::Zone)?;
    found.iana_name().map(str::to_owned).ok_or(NotSet::Zone)
}

/// E.164, from what was written with a plus sign: there is no country to add.
fn phone(text: &str) -> Result<String, NotSet> {
    PhoneNumber::parse_international(text).map(String::from).map_err(|_| NotSet::Phone)
}

impl fmt::Display for Profile {
    /// One claim a line, by its name, for an operator's eyes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = &self.address;
        let verified = self.phone_number.as_ref().map(|_| self.phone_number_verified.to_string());
        for (claim, value) in [
            ("middle_name", &self.middle_name),
            ("nickname", &self.nickname),
            ("profile", &self.profile),
            ("picture", &self.picture),
            ("website", &self.website),
            ("gender", &self.gender),
            ("birthdate", &self.birthdate),
            ("zoneinfo", &self.zoneinfo),
            ("organizational_unit", &self.organizational_unit),
            ("phone_number", &self.phone_number),
            ("phone_number_verified", &verified),
            ("address.formatted", &address.formatted),
            ("address.street_address", &address.street_address),
            ("address.locality", &address.locality),
            ("address.region", &address.region),
            ("address.postal_code", &address.postal_code),
            ("address.country", &address.country),
        ] {
            if let Some(value) = value {
                writeln!(f, "{claim} = {}", value.replace('\n', " / "))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_what_the_standard_lets_clients_expect() {
        let long = "a".repeat(201);
        for (claim, typed, kept) in [
            ("nickname", " Mimi ", Ok("Mimi")),
            ("nickname", "Mi\u{202e}mi", Err(NotSet::Text)),
            ("middle_name", long.as_str(), Err(NotSet::Text)),
            ("website", "https://exemple.fr/marie", Ok("https://exemple.fr/marie")),
            ("website", "javascript:alert(1)", Err(NotSet::Url)),
            ("picture", "exemple.fr/marie.jpg", Err(NotSet::Url)),
            ("profile", "https://marie@exemple.fr/", Err(NotSet::Url)),
            ("gender", "female", Ok("female")),
            ("birthdate", "1980-02-29", Ok("1980-02-29")),
            ("birthdate", "0000-02-29", Ok("0000-02-29")),
            ("birthdate", "1980", Ok("1980")),
            ("birthdate", "1981-02-29", Err(NotSet::Date)),
            ("birthdate", "0000", Err(NotSet::Date)),
            ("birthdate", "29/02/1980", Err(NotSet::Date)),
            ("birthdate", "1980-2-9", Err(NotSet::Date)),
            ("birthdate", "1980-02", Err(NotSet::Date)),
            ("zoneinfo", "Europe/Paris", Ok("Europe/Paris")),
            ("zoneinfo", "Paris", Err(NotSet::Zone)),
            ("phone_number", "+33 (6) 12.34-56 78", Ok("+33612345678")),
            ("phone_number", "06 12 34 56 78", Err(NotSet::Phone)),
            ("phone_number", "+0612345678", Err(NotSet::Phone)),
            ("phone_number", "+1234567890123456", Err(NotSet::Phone)),
            ("phone_number_verified", "true", Err(NotSet::Verified)),
            ("address.country", "France", Ok("France")),
            ("address.planet", "Terre", Err(NotSet::Unknown)),
            ("email", "autre@exemple.fr", Err(NotSet::Ours)),
            ("email_verified", "true", Err(NotSet::Ours)),
            ("sub", "x", Err(NotSet::Ours)),
            ("shoe_size", "42", Err(NotSet::Unknown)),
        ] {
            let mut profile = Profile::default();
            let told = profile.set(claim, typed).map(|()| profile.to_string());
            let kept = kept.map(|kept| format!("{claim} = {kept}\n"));
            let told = told.map(|told| told.replace("phone_number_verified = false\n", ""));
            assert_eq!(told, kept, "{claim}={typed}");
        }
    }

    #[test]
    fn sr_63_another_number_is_proven_no_more() {
        let mut profile = Profile::default();
        profile.set("phone_number", "+33612345678").unwrap();
        profile.set("phone_number_verified", "true").unwrap();
        profile.set("phone_number", "+33 6 12 34 56 78").unwrap();
        assert!(profile.phone_number_verified, "the same, written otherwise");
        profile.set("phone_number", "+33612345679").unwrap();
        assert!(!profile.phone_number_verified);
        profile.set("phone_number", "").unwrap();
        assert_eq!(profile, Profile::default());
    }

    #[test]
    fn an_address_is_told_whole() {
        let mut profile = Profile::default();
        assert_eq!(profile.address.whole(), None);
        for (member, value) in
            [("street_address", "1 rue des Lilas\r\nBâtiment B"), ("postal_code", "59000"), ("locality", "Lille")]
        {
            profile.set(&format!("address.{member}"), value).unwrap();
        }
        assert_eq!(profile.address.whole().as_deref(), Some("1 rue des Lilas\nBâtiment B\n59000 Lille"));
        profile.set("address.formatted", "Poste restante, Lille").unwrap();
        assert_eq!(profile.address.whole().as_deref(), Some("Poste restante, Lille"));
    }
}
