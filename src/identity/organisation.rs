//! Organisations that have a customer account: what they are, who belongs to them, and what those people say they are.
//!
//! A role that somebody gives or takes at our pages is a declaration; the authority verifies or revokes it, and portals
//! grant nothing that needs proof on a declared one (DOMAIN.md §5). Contacts are names, not rights: one may point to an
//! account, and needs none.

pub mod changes;
pub mod vat_check;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use self::vat_check::VatCheck;
use super::identifier::EmailAddress;
use super::name::PersonName;
use super::number::RegisteredNumber;
use super::number::vat::VatNumber;
use super::script;
use super::territory::{Country, Department, PhoneNumber};
use crate::clock::Timestamp;
use crate::ids::{OrganisationId, UserId};

/// Most code points of a name or of a line of an address.
pub const LONGEST: usize = 120;

/// A customer account of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Which.
    pub id: OrganisationId,
    /// What it is registered as: one account for each number (DOMAIN.md §1).
    pub number: RegisteredNumber,
    /// What it says of itself, or its registry does.
    pub details: Details,
    /// Since when it is our customer.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When its contacts were first named: an administrator owes them before.
    pub contacts_at: Option<Timestamp>,
    /// When its first users were named, or nobody was.
    pub users_at: Option<Timestamp>,
}

impl Organisation {
    /// What tokens name it by (DOMAIN.md §5): `fr-00000101600013`. Two numbers never share one: whatever is neither a
    /// letter nor a digit is written as its code point.
    pub fn alias(&self) -> String {
        alias(&self.number)
    }
}

/// See [`Organisation::alias`].
pub fn alias(number: &RegisteredNumber) -> String {
    use super::number::Scheme;
    let country = number.country().as_str().to_ascii_lowercase();
    let mut alias = match number.scheme() {
        Scheme::Siret => format!("{country}-"),
        // Such a number begins with its country.
        Scheme::Vat => "vat-".to_owned(),
        other => format!("{country}-{}-", other.as_str()),
    };
    for letter in number.value().chars() {
        match letter.to_ascii_lowercase() {
            plain @ ('a'..='z' | '0'..='9') => alias.push(plain),
            odd => alias.extend(["_", &format!("{:x}", u32::from(odd)), "_"]),
        }
    }
    alias
}

/// What an organisation says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Its legal name.
    pub legal_name: Line,
    /// What it is known as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_name: Option<Line>,
    /// « Typologie de l’entité ».
    pub kind: EntityKind,
    /// Where it is.
    pub address: EntityAddress,
    /// In E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// In E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fax: Option<PhoneNumber>,
    /// Its number for value added tax, beside the one it is registered as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<VatNumber>,
    /// What is known of that number.
    #[serde(default)]
    pub vat_status: VatStatus,
    /// Who said that of it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_check: Option<VatCheck>,
    /// Its number in the register of associations, where it has another one besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rna: Option<RegisteredNumber>,
    /// Who answered when its number was looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<Registry>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Timestamp>,
    /// Whether its registry says that it is closed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// What came from a registry and was not changed since; the rest was typed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<EntityField, Registry>,
}

/// Where an organisation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityAddress {
    /// House and street.
    pub street: Line,
    /// A second line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complement: Option<Line>,
    /// CEDEX codes included; some countries have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Line>,
    /// The town.
    pub town: Line,
    /// In France.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<Department>,
    /// The country.
    pub country: Country,
}

/// One line that people read: visible characters, inner spaces single.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

/// Why a text is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotALine {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// More than [`LONGEST`] code points.
    #[error("too long")]
    TooLong,
    /// Characters that nobody sees.
    #[error("not text")]
    NotText,
}

impl Line {
    /// Reads what a person typed, or a registry answered.
    pub fn parse(text: &str) -> Result<Self, NotALine> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let line: String = words.join(" ").nfc().collect();
        if line.is_empty() {
            return Err(NotALine::Empty);
        }
        if line.chars().count() > LONGEST {
            return Err(NotALine::TooLong);
        }
        if line.chars().any(script::is_invisible) || !line.chars().any(char::is_alphanumeric) {
            return Err(NotALine::NotText);
        }
        Ok(Self(line))
    }

    /// The line as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Line {
    type Error = NotALine;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.0
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$each])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them, in the order in which pages show them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word in rows, files and tokens.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = NoSuchWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text).ok_or(NoSuchWord)
            }
        }
    };
}

/// A text that is not among the words of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a word of its kind")]
pub struct NoSuchWord;

words! {
    /// « Typologie de l’entité ».
    EntityKind {
        /// « Entreprise »
        Company = "company",
        /// « Administration »
        Administration = "administration",
        /// « Association »
        Association = "association",
    }
}

words! {
    /// What is known of a number for value added tax.
    #[derive(Default)]
    VatStatus {
        /// Nobody was asked yet, or nobody answered.
        #[default]
        Pending = "pending",
        /// The tax administration says that it is good.
        Valid = "valid",
        /// It says that it is not, or not yet.
        Invalid = "invalid",
        /// Nobody confirms it: it was kept although the tax administration does not know it, or that one did not answer for
        /// a week.
        Unverified = "unverified",
        /// Made from the SIREN: not every SIREN has one.
        Computed = "computed",
    }
}

words! {
    /// Who answers when a number is looked up.
    Registry {
        /// INSEE Sirene.
        Insee = "insee",
        /// API Recherche d’entreprises.
        Dinum = "dinum",
        /// VIES.
        Vies = "vies",
        /// The built-in table.
        Fixed = "fixed",
    }
}

words! {
    /// What of an organisation a registry may tell.
    EntityField {
        /// Its legal name.
        LegalName = "legal_name",
        /// What it is known as.
        TradeName = "trade_name",
        /// Its kind.
        Kind = "kind",
        /// House and street.
        Street = "street",
        /// A second line.
        Complement = "complement",
        /// Postal code.
        PostalCode = "postal_code",
        /// Town.
        Town = "town",
        /// Département.
        Department = "department",
        /// Country.
        Country = "country",
        /// Number for value added tax.
        VatNumber = "vat_number",
        /// Number in the register of associations.
        Rna = "rna",
    }
}

words! {
    /// What somebody is in an organisation (DOMAIN.md §5), in the order of the seed's form.
    Role {
        /// « Responsable légal »
        LegalRepresentative = "legal_representative",
        /// « Administrateur »: runs the customer account; there is always one.
        Administrator = "administrator",
        /// « RC serveur »
        ServerCertificateManager = "server_certificate_manager",
        /// « Contact Facturation »
        BillingContact = "billing_contact",
        /// « Mandataire »
        CertificationAgent = "certification_agent",
        /// « Utilisateur »
        User = "user",
    }
}

words! {
    /// How far a role is believed.
    RoleState {
        /// Somebody at our pages said so.
        Declared = "declared",
        /// The authority has proof.
        Verified = "verified",
        /// The authority, or an administrator, took it back.
        Revoked = "revoked",
    }
}

words! {
    /// Whom an organisation names.
    ContactKind {
        /// « Responsable légal »
        Legal = "legal",
        /// « Contact administratif »
        Administrative = "administrative",
        /// « Contact facturation »
        Billing = "billing",
    }
}

/// A role of somebody, and how far it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRole {
    /// Which.
    pub role: Role,
    /// How far.
    pub state: RoleState,
    /// Since when it was said.
    pub declared_at: Timestamp,
    /// When its state last changed.
    pub changed_at: Timestamp,
}

/// Somebody's belonging to an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// To which.
    pub organisation: OrganisationId,
    /// Whose.
    pub user: UserId,
    /// Since when.
    pub joined_at: Timestamp,
    /// What they are in it, those that were revoked included.
    pub roles: Vec<HeldRole>,
}

impl Membership {
    /// The roles that count: declared or verified, in order.
    pub fn held(&self) -> impl Iterator<Item = &HeldRole> {
        self.roles.iter().filter(|held| held.state != RoleState::Revoked)
    }

    /// Whether they are `role`, by their own word or the authority's.
    pub fn is(&self, role: Role) -> bool {
        self.held().any(|held| held.role == role)
    }
}

/// Whom an organisation names for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// For what.
    pub kind: ContactKind,
    /// Their account, when they have one here.
    pub user: Option<UserId>,
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    pub last_name: PersonName,
    /// Where they are written to; the seed asks for no address of a legal representative.
    pub email: Option<EmailAddress>,
    /// Where they are called.
    pub phone: Option<PhoneNumber>,
    /// Since when.
    pub named_at: Timestamp,
    /// When they were told that somebody named them (GDPR, article 14).
    pub told_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::number::Scheme;

    #[test]
    fn an_alias_says_country_and_number_and_is_nobody_elses() {
        let of = |scheme, country: &str, typed: &str| {
            alias(&RegisteredNumber::parse(scheme, Country::try_from(country).unwrap(), typed).unwrap())
        };
        assert_eq!(of(Scheme::Siret, "FR", "000 001 016 00013"), "fr-00000101600013");
        assert_eq!(of(Scheme::Vat, "DE", "DE136695976"), "vat-de136695976");
        assert_ne!(of(Scheme::Other, "CA", "A&B"), of(Scheme::Other, "CA", "A+B"));
    }

    #[test]
    fn a_line_is_text_that_people_can_see() {
        for (typed, verdict) in [
            ("  EXEMPLE   SAS ", Ok("EXEMPLE SAS")),
            ("12 bis, rue de l’Égalité", Ok("12 bis, rue de l’Égalité")),
            ("", Err(NotALine::Empty)),
            ("\u{202e}SAS", Err(NotALine::NotText)),
            ("---", Err(NotALine::NotText)),
        ] {
            assert_eq!(Line::parse(typed).as_ref().map(Line::as_str).map_err(|wrong| *wrong), verdict, "{typed:?}");
        }
        assert_eq!(Line::parse(&"a".repeat(LONGEST + 1)), Err(NotALine::TooLong));
    }
}
