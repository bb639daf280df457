//! Who people are: accounts, the identifiers they sign in with, the languages they read; and the organisations they are of.

pub mod enrolment;
pub mod entity_record;
pub mod identifier;
pub mod invitation;
pub mod language;
pub mod legal_category;
pub mod name;
pub mod number;
pub mod organisation;
pub mod profile;
pub mod role_verdict;
pub(crate) mod script;
pub mod terms;
pub mod territory;
pub mod user;
