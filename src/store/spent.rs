//! Names that count once, on every node: `jti` of assertions and of DPoP proofs, which others make up, and challenges of
//! ours that were answered.
//!
//! One statement spends a name: it inserts it, or finds it there (SR-210). A name is kept until what bore it is refused
//! for its age anyway, and then forgotten.

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait as _, Set};
use sha2::{Digest as _, Sha256};

use super::rows::{spent_challenges, spent_names};
use super::{Access as _, StoreError, Tx};
use crate::clock::{Duration, Timestamp};
use crate::ids::RealmName;

/// What bears such a name; the same name may be spent once for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bearer {
    /// `client_assertion` (RFC 7523 §3).
    ClientAssertion,
    /// `assertion` of the JWT bearer grant (RFC 7523 §3).
    Grant,
    /// The `DPoP` header (RFC 9449 §11.1).
    DpopProof,
}

impl Bearer {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ClientAssertion => "client_assertion",
            Self::Grant => "bearer_assertion",
            Self::DpopProof => "dpop_proof",
        }
    }
}

/// How much longer a name is kept, for a node whose clock is behind the one that tidies (SR-156).
const SKEW: Duration = Duration::from_mins(1);

/// A name, and within what it is unique: the realm, the client or key, and whatever else the standard says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a> {
    /// What bears it.
    pub(crate) bearer: Bearer,
    /// Within what, and the name itself last.
    pub(crate) parts: &'a [&'a str],
    /// Until when the bearer would be taken.
    pub(crate) until: Timestamp,
}

/// Spends the name; `false` when it was spent before.
pub(crate) async fn spend(tx: &Tx, name: Name<'_>) -> Result<bool, StoreError> {
    let row = spent_names::ActiveModel {
        purpose: Set(name.bearer.as_str().to_owned()),
        name: Set(hashed(name.parts)),
        expires_at: Set((name.until + SKEW).millis()),
    };
    let taken = OnConflict::columns([spent_names::Column::Purpose, spent_names::Column::Name]).do_nothing().to_owned();
    let inserted = spent_names::Entity::insert(row).on_conflict(taken).exec_without_returning(tx.connection()).await?;
    Ok(inserted > 0)
}

/// Spends a challenge of ours; `false` when it was answered before, on whatever node. It is kept for as long as its answer
/// would be taken (WebAuthn §13.4.3).
pub(crate) async fn spend_challenge(
    tx: &Tx,
    (realm, challenge): (&RealmName, &str),
    until: Timestamp,
) -> Result<bool, StoreError> {
    let digest = Sha256::digest(format!("{realm}\n{challenge}")).to_vec();
    let row = spent_challenges::ActiveModel { challenge: Set(digest), expires_at: Set((until + SKEW).millis()) };
    let taken = OnConflict::column(spent_challenges::Column::Challenge).do_nothing().to_owned();
    let inserted =
        spent_challenges::Entity::insert(row).on_conflict(taken).exec_without_returning(tx.connection()).await?;
    Ok(inserted > 0)
}

/// Lengths go in as well, so that no two lists of words are one.
fn hashed(parts: &[&str]) -> Vec<u8> {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_different_owners_differ() {
        let all = [["realm", "client", "jti"], ["realm", "clientj", "ti"], ["real", "mclient", "jti"]];
        let hashes: std::collections::BTreeSet<_> = all.iter().map(|parts| hashed(parts)).collect();
        assert_eq!(hashes.len(), all.len());
        assert_eq!(hashed(&all[0]), hashed(&["realm", "client", "jti"]));
    }
}
