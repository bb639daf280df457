//! Values that survive a restart as JSON in one column.
//!
//! Their fields are private, so a stored value is one that some check made; a column is believed as the database is.
//! Old and new binaries run together: a field that is added later has a default.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value that is kept whole in a column.
pub(crate) trait Stored: Serialize + DeserializeOwned {
    /// The value as it came out of a column; called by `store` alone.
    fn from_row(stored: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(stored)
    }

    /// The value for a column.
    fn to_row(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}
