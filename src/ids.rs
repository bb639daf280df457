//! One identifier type per kind of record, so that a user's cannot be passed where a client's is meant.
//!
//! All are UUIDv7 (RFC 9562 §5.7) from a [`Timestamp`] and an [`Entropy`]: rows inserted together lie together.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entropy::{self, Entropy};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier, ordered by `now`.
            pub fn new(now: Timestamp, entropy: &dyn Entropy) -> Self {
                let millis = u64::try_from(now.millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &entropy::bytes(entropy)).into_uuid())
            }

            /// An identifier as it came out of a column.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }


            /// The value for a column.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )+};
}

ids! {
    /// A person's account; also the `sub` of public-subject clients (SR-161).
    UserId
    /// One journey through hosted pages.
    FlowId
    /// One browser's single sign-on; also the `sid` claim.
    SessionId
    /// What a client was given; a family of tokens hangs on it.
    GrantId
    /// One device that waits for its person.
    DeviceId
    /// One mailed link.
    LinkId
    /// One change of an account's e-mail address.
    EmailChangeId
    /// One mail that tells of something done to an account.
    WarningId
    /// One message in the outbox.
    MailId
    /// One client to be told that a session ended.
    NoticeId
    /// One line of the audit trail.
    EventId
    /// One signing or sealing key; also the `kid` header.
    KeyId
    /// What relying parties may begin to register with.
    InitialTokenId
    /// One acceptance of terms of use.
    AcceptanceId
    /// One passkey of an account.
    PasskeyId
    /// One invitation into an organisation.
    InvitationId
    /// One customer account of an organisation.
    OrganisationId
    /// One request for access to an organisation.
    AccessRequestId
}

/// The name of a realm as it stands in addresses: `[a-z0-9]` and inner hyphens, 2 to 40 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RealmName(String);

/// A text that cannot name a realm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a realm's name has 2 to 40 characters: a-z, 0-9 and, inside, hyphens")]
pub struct NotARealmName;

impl RealmName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RealmName {
    type Error = NotARealmName;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let letters = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let inside = !text.starts_with('-') && !text.ends_with('-');
        if letters && inside && (2..=40).contains(&text.len()) { Ok(Self(text)) } else { Err(NotARealmName) }
    }
}

impl FromStr for RealmName {
    type Err = NotARealmName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl From<RealmName> for String {
    fn from(name: RealmName) -> Self {
        name.0
    }
}

impl fmt::Display for RealmName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RealmName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RealmName({})", self.0)
    }
}
