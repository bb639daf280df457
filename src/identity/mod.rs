//! Who people are: accounts, the identifiers they sign in with, the languages they read.

pub mod identifier;
pub mod invitation;
pub mod language;
pub mod name;
pub mod profile;
pub(crate) mod script;
pub mod terms;
pub mod user;
