//! The reference of one request: what a person reads out to support, and what the log is searched for.
//!
//! The same value stands on the error page, in the log lines of the request and in its audit events (UX.md P19).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::entropy::{self, Entropy};

/// A reference such as `K7Q2-M4TD`, given to each request when it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(String);

impl Reference {
    /// A new reference.
    pub fn new(entropy: &dyn Entropy) -> Self {
        Self(entropy::reference(entropy))
    }

    /// The reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
