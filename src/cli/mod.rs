//! The command line: one file a noun. Results go to standard output, talk to standard error.

pub mod exit;
pub mod explain;
pub mod realm;
pub(crate) mod realm_files;
