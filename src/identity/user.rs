//! An account: one person at one realm, who has proven an address.
//!
//! Where people register with an address, nobody has an account before a mailed link or code was used: until then a
//! registration is only a journey (SR-61). Where a realm issues identifiers, the account waits for the mailed password.

use serde::{Deserialize, Serialize};

use super::enrolment::Enrolled;
use super::identifier::{Canonical, EmailAddress, IssuedIdentifier};
use super::language::Language;
use super::name::PersonName;
use super::profile::Profile;
use crate::clock::Timestamp;
use crate::ids::UserId;

/// A person's account.
#[derive(Debug, Clone)]
pub struct User {
    /// Its identifier, also `sub`.
    pub id: UserId,
    /// Whether it may be used.
    pub state: UserState,
    /// What its realm issued it to sign in with; without one, it signs in with its address.
    pub identifier: Option<IssuedIdentifier>,
    /// The address that mail goes to, as typed.
    pub email: EmailAddress,
    /// When that very address was proven (SR-63).
    pub email_verified_at: Option<Timestamp>,
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    pub last_name: PersonName,
    /// The language in which we write to them.
    pub language: Language,
    /// What else it says of them.
    pub profile: Profile,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed: the `updated_at` claim.
    pub updated_at: Timestamp,
}

impl User {
    /// First and last name as one line.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name.as_str(), self.last_name.as_str())
    }

    /// What its person types to sign in, and is known by: `preferred_username` (DOMAIN.md §5).
    pub fn sign_in_name(&self) -> &str {
        self.identifier.as_ref().map_or_else(|| self.email.as_str(), IssuedIdentifier::as_str)
    }

    /// The same, as it is looked up by.
    pub fn sign_in_key(&self) -> Canonical {
        self.identifier.as_ref().map_or_else(|| self.email.canonical(), IssuedIdentifier::canonical)
    }

    /// Words that are its owner's, and no password (SR-25).
    pub fn own_words(&self) -> [&str; 4] {
        [self.first_name.as_str(), self.last_name.as_str(), self.email.as_str(), self.sign_in_name()]
    }

    /// Whether it may be used to sign in.
    pub fn is_active(&self) -> bool {
        self.state == UserState::Active
    }
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// It may.
    Active,
    /// An operator switched it off.
    Disabled,
    /// The person asked for its end, and may still change their mind.
    Closing,
    /// Personal data are gone; the row keeps the identifier from being given again (SR-178).
    Erased,
}

/// What people say of themselves, and may change by themselves (GDPR, article 16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    pub last_name: PersonName,
    /// The language in which we write to them.
    pub language: Language,
    /// The rest.
    pub profile: Profile,
}

/// A person who registers and has proven nothing yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registrant {
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    pub last_name: PersonName,
    /// The address to prove.
    pub email: EmailAddress,
    /// The language of the page they filled in.
    pub language: Language,
    /// The organisation that they register with themselves, and will administer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Box<Enrolled>>,
}
