//! What was submitted becomes a proof here, or is refused.
//!
//! Proofs have private fields and no public constructor beside the check that makes them; the one exception is
//! `from_row`, which `store` alone calls to read back what was proven earlier (`tests/architecture.rs`).

pub mod certificate;
pub mod mailbox;
pub mod one_time;
pub mod passkey;
pub mod password;
pub mod question;
