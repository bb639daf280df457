//! The command line: one file a noun. Results go to standard output, talk to standard error.
//!
//! Verb after noun everywhere, examples first in `--help`, and four exit codes ([`exit::Exit`]). Colour is clap's own,
//! which keeps it to terminals and heeds `NO_COLOR`.

pub mod audit;
pub mod demo;
pub mod exit;
pub mod explain;
pub mod keys;
pub mod migrate;
pub mod realm;
pub(crate) mod realm_files;
pub mod serve;
pub mod settings;
pub mod theme;
