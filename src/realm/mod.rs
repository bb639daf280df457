//! What an operator declares: files with positions ([`document`]) → checked ([`check`]) → [`model`].

pub mod model;
