//! `[organisations]` as written: what is asked of whoever registers one, and what its administrators owe.

use schemars::JsonSchema;
use serde::Deserialize;

use super::written::{Span, Written};
use crate::identity::organisation::{ContactKind, Role};
use crate::realm::model::{FirstQuestion, WhereRegistered};

/// `[organisations]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationsDocument {
    /// What is asked first: where the organisation is registered, or whether it has a SIRET.
    #[schemars(extend("default" = "where-registered"))]
    pub first_question: Option<Written<FirstQuestion>>,
    /// Where organisations may be registered.
    #[schemars(extend("default" = ["france", "european-union", "elsewhere"]))]
    pub registered_in: Option<Written<Vec<Written<WhereRegistered>>>>,
    /// Whether a fax number is asked for; nobody has to have one.
    #[schemars(extend("default" = false))]
    pub fax: Option<Written<bool>>,
    /// The contacts that are asked for, in this order.
    #[schemars(extend("default" = ["legal", "administrative", "billing"]))]
    pub contacts: Option<Written<Vec<Written<ContactKind>>>>,
    /// Those of them that must be named.
    #[schemars(extend("default" = ["legal"]))]
    pub required_contacts: Option<Written<Vec<Written<ContactKind>>>>,
    /// The roles that an administrator may give.
    #[schemars(extend("default" = ["legal_representative", "administrator", "server_certificate_manager",
        "billing_contact", "certification_agent", "user"]))]
    pub roles: Option<Written<Vec<Written<Role>>>>,
    /// How long an invitation lasts: 1d to 30d.
    #[schemars(extend("default" = "7d"))]
    pub invitation: Option<Written<Span>>,
}
