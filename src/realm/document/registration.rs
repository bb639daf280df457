//! `[client_registration]` as written: whether relying parties may register themselves, and what they are at most.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written::{Span, Written};
use crate::protocol::client::{GrantType, Profile};
use crate::realm::model::WhoRegisters;

/// `[client_registration]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientRegistrationDocument {
    /// Who may register a client (RFC 7591).
    #[schemars(extend("default" = "closed"))]
    pub policy: Option<Written<WhoRegisters>>,
    /// The profile that registered clients are held to.
    #[schemars(extend("default" = "standard"))]
    pub profile: Option<Written<Profile>>,
    /// What registered clients may exchange for tokens, at most.
    #[schemars(extend("default" = ["authorization_code", "refresh_token"]))]
    pub grant_types: Option<Written<Vec<Written<RegistrableGrant>>>>,
    /// What they may ask for at most, separated by spaces.
    #[schemars(extend("default" = "openid profile email address phone terms certificate offline_access"))]
    pub scope: Option<Written<String>>,
    /// After how long without use a registration ends: 1h to 365d.
    #[schemars(extend("default" = "30d"))]
    pub unused: Option<Written<Span>>,
}

/// The grants that an operator may open to clients that nobody looked at: those in which a person takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistrableGrant {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
}

impl RegistrableGrant {
    /// The grant.
    pub const fn grant(self) -> GrantType {
        match self {
            Self::AuthorizationCode => GrantType::AuthorizationCode,
            Self::RefreshToken => GrantType::RefreshToken,
        }
    }
}
