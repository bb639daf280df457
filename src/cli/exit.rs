//! How a command ended, in the four numbers that scripts may count on (UX.md §4.1).

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to change.
    Done = 0,
    /// Something is wrong, and it was said what.
    Error = 1,
    /// Changes are pending.
    Pending = 2,
    /// A guard refused.
    Refused = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
