//! `[registries]` as written: whom the realm asks about the numbers of organisations.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written::Written;
use crate::identity::organisation::Registry;

/// `[registries]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistriesDocument {
    /// Who is asked about French numbers, one after the other until somebody can tell. Empty: people type.
    #[schemars(extend("default" = ["insee", "dinum"]))]
    pub order: Option<Written<Vec<Written<FrenchRegistry>>>>,
    /// Whether a closed establishment is kept from registering; otherwise people are warned.
    #[schemars(extend("default" = false))]
    pub refuse_closed: Option<Written<bool>>,
    /// Whether VIES is asked about numbers for value added tax.
    #[schemars(extend("default" = true))]
    pub check_vat: Option<Written<bool>>,
    /// Whether a number that VIES calls bad keeps an organisation from registering. Silence of VIES never does.
    #[schemars(extend("default" = false))]
    pub vat_must_be_valid: Option<Written<bool>>,
}

/// Who knows French numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FrenchRegistry {
    /// API Sirene of INSEE; passed over without a key in the settings.
    Insee,
    /// API Recherche d’entreprises.
    Dinum,
}

impl FrenchRegistry {
    /// The registry.
    pub const fn registry(self) -> Registry {
        match self {
            Self::Insee => Registry::Insee,
            Self::Dinum => Registry::Dinum,
        }
    }
}
