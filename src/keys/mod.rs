//! Keys: those that sign ([`signing`], kept in a [`ring`]), those of others that verify what they sign ([`foreign`]), and
//! the master key that seals what rests ([`sealing`]).
//!
//! Nothing here reads a file or a table: keys come in sealed, are parsed once, and are held.

pub(crate) mod client_secret;
pub(crate) mod foreign;
pub(crate) mod jws;
pub(crate) mod master;
pub(crate) mod ring;
pub(crate) mod rotation;
pub(crate) mod sealing;
pub(crate) mod signing;
pub(crate) mod strict_json;
