//! The APIs that take a realm's access tokens, judged (RFC 8707 §2).

use std::collections::BTreeSet;

use super::{Judge, address};
use crate::code::Code;
use crate::protocol::scope::{Scope, is_of_a_person};
use crate::realm::document::bundle::Source;
use crate::realm::document::written::Written;
use crate::realm::document::{RealmDocument, ResourceDocument};
use crate::realm::finding::Finding;
use crate::realm::model::Resource;

/// Judges all of them.
pub(super) fn all(
    realm: Option<&(Source<'_>, RealmDocument)>,
    declared: &BTreeSet<&str>,
    found: &mut Vec<Finding>,
) -> Vec<Resource> {
    let Some((source, document)) = realm else { return Vec::new() };
    let mut judge = Judge { source, found };
    let mut seen = BTreeSet::new();
    let listed = document.resources.iter().flatten();
    let judged = listed.filter_map(|document| {
        let server = document.client_id.as_ref().and_then(|written| judge.declared(written, declared));
        judge.resource(document, &mut seen).map(|resource| Resource { server, ..resource })
    });
    judged.collect()
}

impl Judge<'_> {
    fn resource<'a>(&mut self, document: &'a ResourceDocument, seen: &mut BTreeSet<&'a str>) -> Option<Resource> {
        let written = document.uri.as_ref()?;
        if let Err(faults) = address::machine(written.get()) {
            self.faults(written, faults);
        }
        if !seen.insert(written.get()) {
            self.refuse(Code::E0239, written, "address listed twice").hint = Some("remove one".to_owned());
        }
        let scopes = document.scopes.iter().flatten();
        Some(Resource {
            uri: written.get().clone(),
            scopes: scopes.filter_map(|written| self.own_scope(written)).collect(),
            server: None,
        })
    }

    /// One word of RFC 6749 §3.3 that speaks of no person.
    fn own_scope(&mut self, written: &Written<String>) -> Option<String> {
        let word = written.get();
        let fits = Scope::parse(word).is_ok() && !word.contains(' ') && !is_of_a_person(word);
        if !fits {
            let hint =
                "one word of visible ASCII, such as \"orders:read\", that OpenID Connect does not use".to_owned();
            self.refuse(Code::E0225, written, "unfit scope").hint = Some(hint);
        }
        fits.then(|| word.clone())
    }
}
