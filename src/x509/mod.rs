//! Certificates as RFC 5280 has them, whoever relies on them: names, authorities and the ways to them, addresses, and
//! what an authority signed besides.
//!
//! Parsed, never compared as text (SR-94). The server's layers have bounded what comes from clients; what others
//! publish is bounded by whoever fetches it. What does not read is nothing: no panic, no guess.

pub mod anchors;
pub mod distinguished_name;
pub mod fields;
mod hex;
pub mod list;
pub mod signed;

pub use anchors::{CertificationPath, NoPath, NotCertificates, TrustAnchors};
pub use distinguished_name::DistinguishedName;
pub(crate) use hex::hex;
pub use list::{NotLists, RevocationList};
