//! What an operator declares: files with positions ([`document`]) → checked ([`check`]) → [`model`].

pub mod check;
pub mod document;
pub mod finding;
pub mod model;
pub mod preset;
pub(crate) mod registration;
