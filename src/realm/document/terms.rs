//! `terms/KEY/VERSION.toml`: what is said about one edition of terms of use; its texts stand beside it, `VERSION.fr.md`
//! and `VERSION.en.md`, and are shown, hashed and mailed byte by byte.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written::{LocalizedText, Written};

/// `terms/KEY/VERSION.toml`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "terms/KEY/VERSION.toml")]
pub(crate) struct TermsDocument {
    /// What the document is called.
    #[schemars(required)]
    pub(crate) title: Option<Written<LocalizedText>>,
    /// The day from which on it is in force, as `2026-03-01`, in the realm's time zone.
    #[schemars(required)]
    pub(crate) effective: Option<Written<String>>,
    /// What changed, in a few words, for those who knew the edition before.
    pub(crate) changes: Option<Written<LocalizedText>>,
}
