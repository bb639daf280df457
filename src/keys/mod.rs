//! Keys: those that sign ([`signing`], kept in a [`ring`]), and the master key that seals what rests ([`sealing`]).
//!
//! Nothing here reads a file or a table: keys come in sealed, are parsed once, and are held.

pub(crate) mod jws;
pub(crate) mod master;
pub(crate) mod ring;
pub(crate) mod rotation;
pub(crate) mod sealing;
pub(crate) mod signing;
mod strict_json;
