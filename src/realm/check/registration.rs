//! What clients that register themselves may be at most, judged (SR-151).

use std::collections::BTreeSet;

use super::Judge;
use super::client::value;
use crate::clock::{Duration, days, hours};
use crate::protocol::client::GrantType;
use crate::realm::document::registration::{ClientRegistrationDocument, RegistrableGrant};
use crate::realm::document::written::Written;
use crate::realm::model::{Askable, ClientRegistration, WhoRegisters};

/// How long a registration waits for its first use, and for the next one.
const UNUSED: Duration = days(30);

impl Judge<'_> {
    pub(super) fn client_registration(
        &mut self,
        document: Option<&ClientRegistrationDocument>,
        askable: Askable<'_>,
    ) -> ClientRegistration {
        let written = document.and_then(|document| document.grant_types.as_ref());
        let grant_types: BTreeSet<GrantType> = written.map_or_else(
            || BTreeSet::from([GrantType::AuthorizationCode, GrantType::RefreshToken]),
            |list| list.get().iter().map(Written::get).copied().map(RegistrableGrant::grant).collect(),
        );
        let scopes = match document.and_then(|document| document.scope.as_ref()) {
            Some(written) => self.scopes(Some(written), &grant_types, askable),
            None => askable.of_people().map(str::to_owned).collect(),
        };
        let unused = document.and_then(|document| document.unused.as_ref());
        let unused = unused.and_then(|written| self.span("client_registration.unused", written, hours(1), days(365)));
        ClientRegistration {
            policy: value(document.and_then(|d| d.policy.as_ref())).unwrap_or(WhoRegisters::Closed),
            profile: value(document.and_then(|d| d.profile.as_ref())).unwrap_or_default(),
            grant_types,
            scopes,
            unused: unused.unwrap_or(UNUSED),
        }
    }
}
