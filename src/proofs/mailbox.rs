//! Possession of a mailbox: a mailed link was spent, or its code was typed, once.
//!
//! Recovers and registers; it is never a way to sign in (deviation D-4, SR-51). Spending is one statement in `store`,
//! which alone makes these.

use crate::clock::Timestamp;
use crate::ids::UserId;

/// Somebody read a mail that we sent to this account's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailboxProof {
    user: UserId,
    at: Timestamp,
}

impl MailboxProof {
    /// The proof that a just-spent link stands for.
    pub(crate) const fn from_row(user: UserId, at: Timestamp) -> Self {
        Self { user, at }
    }

    /// Whose mailbox.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// When.
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}
