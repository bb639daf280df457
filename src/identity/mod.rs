//! Who people are: accounts, the identifiers they sign in with, the languages they read.

pub mod language;
