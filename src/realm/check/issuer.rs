//! Those who may vouch for the realm's people and clients, judged (RFC 7523 §2.1).

use std::collections::BTreeSet;

use super::client::is_public_set;
use super::{Judge, address};
use crate::code::Code;
use crate::protocol::bearer_assertion::{TrustedIssuer, Vouched};
use crate::protocol::client::PublishedKeys;
use crate::realm::document::bundle::Source;
use crate::realm::document::{RealmDocument, TrustedIssuerDocument};
use crate::realm::finding::Finding;

/// Judges all of them.
pub(super) fn all(
    realm: Option<&(Source<'_>, RealmDocument)>,
    declared: &BTreeSet<&str>,
    found: &mut Vec<Finding>,
) -> Vec<TrustedIssuer> {
    let Some((source, document)) = realm else { return Vec::new() };
    let mut judge = Judge { source, found };
    let mut seen = BTreeSet::new();
    let mut issuers = Vec::new();
    for document in document.trusted_issuers.iter().flatten() {
        if let Some(written) = &document.issuer
            && !seen.insert(written.get().as_str())
        {
            judge.refuse(Code::E0239, written, "address listed twice").hint = Some("remove one".to_owned());
        }
        issuers.extend(judge.trusted_issuer(document, declared));
    }
    issuers
}

impl Judge<'_> {
    fn trusted_issuer(&mut self, document: &TrustedIssuerDocument, declared: &BTreeSet<&str>) -> Option<TrustedIssuer> {
        let written = document.issuer.as_ref()?;
        if let Err(faults) = address::machine(written.get()) {
            self.faults(written, faults);
        }
        let clients = document.clients.iter().flatten();
        Some(TrustedIssuer {
            issuer: written.get().clone(),
            keys: self.issuer_keys(document),
            subjects: document.subjects.as_ref().map_or(Vouched::User, |subjects| *subjects.get()),
            clients: clients.filter_map(|written| self.declared(written, declared)).collect(),
        })
    }

    /// One place for the keys: two would disagree one day, and without any nothing is verified.
    fn issuer_keys(&mut self, document: &TrustedIssuerDocument) -> PublishedKeys {
        let message = match (&document.jwks, &document.jwks_uri) {
            (Some(_), Some(_)) => Some("`jwks` and `jwks_uri` together"),
            (None, None) => Some("the issuer needs keys"),
            _ => None,
        };
        if let (Some(message), Some(written)) = (message, &document.issuer) {
            let hint = "keep one of `jwks` and `jwks_uri`".to_owned();
            self.refuse(Code::E0228, written, message).hint = Some(hint);
        }
        let at = document
            .jwks_uri
            .as_ref()
            .and_then(|written| address::machine(written.get()).map_err(|faults| self.faults(written, faults)).ok());
        match (&document.jwks, at) {
            (Some(written), _) if is_public_set(&written.get().0) => PublishedKeys::Inline(written.get().0.to_string()),
            (Some(written), _) => {
                let hint = "write { keys = [ … ] } with public members only".to_owned();
                self.refuse(Code::E0214, written, "not a JWK Set of public keys").hint = Some(hint);
                PublishedKeys::None
            }
            (None, at) => at.map_or(PublishedKeys::None, PublishedKeys::At),
        }
    }
}
