//! The live realms: immutable snapshots, swapped whole when a version of the files or of the keys changes.
//!
//! A request takes one [`House`] and never sees half a change (DESIGN.md §5).

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::body::Bytes;

use super::clients::Registered;
use crate::keys::ring::KeyRing;
use crate::proofs::passkey::RelyingParty;
use crate::protocol::assurance::Acr;
use crate::protocol::issuer::Issuer;
use crate::realm::model::Realm;
use crate::themes::theme::Theme;

/// One realm, ready to serve.
pub(crate) struct House {
    /// What its operator declared.
    pub(crate) realm: Realm,
    /// Its look and words.
    pub(crate) theme: Theme,
    /// Its issuer.
    pub(crate) issuer: Issuer,
    /// The same, where clients may show a certificate: below it stand the machines' endpoints once more (RFC 8705 §5).
    pub(crate) alias: Option<Issuer>,
    /// What authenticators know it as, where people may have passkeys.
    pub(crate) passkeys: Option<RelyingParty>,
    /// Its signing keys.
    pub(crate) keys: KeyRing,
    /// The clients that registered with it, as far as they were asked for.
    pub(crate) registered: Registered,
    /// Its metadata, written once (DESIGN.md §10: static answers cost nothing).
    pub(crate) metadata: Bytes,
    /// Its public keys, likewise.
    pub(crate) jwks: Bytes,
}

impl House {
    /// The levels that its people can reach.
    pub(crate) fn levels(&self) -> Vec<Acr> {
        self.realm.levels(self.alias.is_some())
    }
}

/// All of them.
#[derive(Default)]
pub(crate) struct Houses(ArcSwap<BTreeMap<String, Arc<House>>>);

impl Houses {
    /// The realm of that name.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<House>> {
        self.0.load().get(name).cloned()
    }

    /// All of them, in the order of their names.
    pub(crate) fn all(&self) -> Vec<Arc<House>> {
        self.0.load().values().cloned().collect()
    }

    /// Puts a new snapshot in the place of the old one.
    pub(crate) fn replace(&self, houses: Vec<House>) {
        let named = houses.into_iter().map(|house| (house.realm.name.to_string(), Arc::new(house)));
        self.0.store(Arc::new(named.collect()));
    }
}
