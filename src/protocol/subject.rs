//! `sub`: how a client knows somebody (OpenID Connect Core §8).
//!
//! For most clients it is the account's own identifier, the same for all of them. A pairwise client gets a name that is
//! made for its sector, so that two sectors cannot put their heads together; it is never reassigned and never changes,
//! since its key is kept in the database and rotates with nothing (SR-161).

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::client::{Client, ClientId, SubjectType};
use crate::ids::UserId;

/// The value of `sub`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Subject(String);

impl Subject {
    /// A client that acts for itself. No account is called so: theirs are UUIDs or 43 letters (SR-150).
    pub(crate) fn of_client(client: &ClientId) -> Self {
        Self(format!("client:{client}"))
    }

    /// What a row says of a name that a client was told earlier.
    pub(crate) const fn from_row(name: String) -> Self {
        Self(name)
    }

    /// Whom a client means by that name; whether there is anybody, who compares finds out.
    pub(super) const fn named(name: String) -> Self {
        Self(name)
    }
}

impl From<UserId> for Subject {
    fn from(user: UserId) -> Self {
        Self(user.to_string())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({})", self.0)
    }
}

/// Makes subjects.
pub(crate) struct Subjects(hmac::Key);

impl Subjects {
    /// With the salt of this installation (Core §8.1: "a salt value that is kept secret by the Provider").
    pub(crate) fn new(salt: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, salt.as_bytes()))
    }

    /// How `client` knows `user`.
    pub(crate) fn of(&self, client: &Client, user: UserId) -> Subject {
        match &client.subject {
            SubjectType::Public => user.into(),
            SubjectType::Pairwise { sector } => {
                let name = hmac::sign(&self.0, format!("{sector}\n{user}").as_bytes());
                Subject(URL_SAFE_NO_PAD.encode(name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::tests::public;

    fn pairwise(sector: &str) -> Client {
        Client { subject: SubjectType::Pairwise { sector: sector.to_owned() }, ..public("portal") }
    }

    #[test]
    fn sr_161_a_sector_has_its_own_name_for_everybody_and_keeps_it() {
        let (marie, paul): (UserId, UserId) = (
            "01900000-0000-7000-8000-000000000001".parse().unwrap(),
            "01900000-0000-7000-8000-000000000002".parse().unwrap(),
        );
        let subjects = Subjects::new("salt");
        let here = subjects.of(&pairwise("rp.example"), marie);
        assert_eq!(here, Subjects::new("salt").of(&pairwise("rp.example"), marie));
        assert_eq!(here.to_string().len(), 43);
        for other in [
            subjects.of(&pairwise("other.example"), marie),
            subjects.of(&pairwise("rp.example"), paul),
            Subjects::new("pepper").of(&pairwise("rp.example"), marie),
            subjects.of(&public("portal"), marie),
        ] {
            assert_ne!(other, here);
        }
        assert_eq!(subjects.of(&public("portal"), marie).to_string(), marie.to_string());
    }
}
