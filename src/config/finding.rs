//! What is wrong with the settings: each finding has a code, a place, and the way out.

use std::fmt;
use std::path::PathBuf;

/// Where a setting was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the file, at this line and column, counted from one.
    File(PathBuf, usize, usize),
    /// In this environment variable.
    Environment(String),
    /// Nowhere: it is missing, or the default.
    Nowhere,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file, line, column) => write!(f, "{}:{line}:{column}", file.display()),
            Self::Environment(variable) => write!(f, "environment variable {variable}"),
            Self::Nowhere => f.write_str("not set"),
        }
    }
}

/// One thing to correct before the process can start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The stable code that `guichet explain` knows.
    pub code: &'static str,
    /// The setting, such as `proxy.trusted`; empty when the file as a whole is meant.
    pub key: String,
    /// Where it was written.
    pub place: Place,
    /// What is wrong, never quoting a secret.
    pub what: String,
    /// What to write instead.
    pub hint: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error[{}]: {}", self.code, self.what)?;
        writeln!(f, "  --> {}", self.place)?;
        write!(f, " hint: {}", self.hint)
    }
}

/// Every finding of one reading of the settings.
#[derive(Debug, thiserror::Error)]
pub struct Findings(pub Vec<Finding>);

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.0 {
            writeln!(f, "{finding}")?;
        }
        let (count, first) = (self.0.len(), self.0.first().map_or("", |finding| finding.code));
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} error{plural} in the settings. Nothing was started. More: guichet explain {first}")
    }
}
