//! Whether people may sign in with certificates, of which authorities, and who says which were revoked: judged.

use super::anchors;
use crate::code::Code;
use crate::proofs::certificate::{CertificatePolicy, UnknownStatus};
use crate::realm::document::CertificatesDocument;
use crate::realm::document::bundle::{Documents, Source};
use crate::realm::document::written::Written;
use crate::realm::finding::Finding;
use crate::realm::model::PeoplesCertificates;
use crate::x509::RevocationList;

/// The table and the files that belong to it.
pub(super) fn all(documents: &Documents<'_>, found: &mut Vec<Finding>) -> Option<PeoplesCertificates> {
    let anchors = anchors::all(&documents.people_anchors, found);
    let lists = lists(&documents.revocation_lists, found);
    let (source, document) = documents.realm.as_ref()?;
    let Some(written) = &document.certificates else {
        let unused = documents.people_anchors.iter().chain(&documents.revocation_lists).next();
        found.extend(unused.map(|file| {
            let finding = file.lacks(Code::E0745, "people's certificates are not switched on").warning();
            finding.hint("add the table [certificates] to realm.toml")
        }));
        return None;
    };
    if documents.people_anchors.is_empty() {
        let message = "the realm trusts no authority for people's certificates";
        let finding = source.finding(Code::E0741, written.span(), message);
        found.push(finding.hint("add the issuing authority's certificate as trust-anchors/people/NAME.pem"));
    }
    let policies = policies(source, written.get(), found);
    let unknown_status = unknown_status(source, written.get(), found);
    Some(PeoplesCertificates { policy: CertificatePolicy { anchors, policies, unknown_status }, lists })
}

fn lists(files: &[Source<'_>], found: &mut Vec<Finding>) -> Vec<RevocationList> {
    let mut all = Vec::new();
    for file in files {
        match RevocationList::read(file.text) {
            Ok(read) => all.extend(read),
            Err(fault) => {
                let finding = file.lacks(Code::E0742, fault.to_string());
                found.push(finding.hint("the file holds one `-----BEGIN X509 CRL-----` after the other"));
            }
        }
    }
    all
}

fn policies(source: &Source<'_>, document: &CertificatesDocument, found: &mut Vec<Finding>) -> Vec<String> {
    let written = document.policies.iter().flatten();
    for one in written.clone().filter(|one| !is_identifier(one.get())) {
        let finding = source.finding(Code::E0743, one.span(), "not an object identifier");
        found.push(finding.hint("write numbers with dots, such as \"0.4.0.2042.1.2\""));
    }
    written.map(|one| one.get().clone()).collect()
}

/// X.660 §7.6: at least two numbers, without leading zeros.
fn is_identifier(text: &str) -> bool {
    let number = |arc: &str| {
        arc.bytes().all(|byte| byte.is_ascii_digit()) && !arc.is_empty() && (arc == "0" || !arc.starts_with('0'))
    };
    text.contains('.') && text.len() <= 128 && text.split('.').all(number)
}

/// SR-90: refused unless an operator says otherwise, and then it shows.
fn unknown_status(source: &Source<'_>, document: &CertificatesDocument, found: &mut Vec<Finding>) -> UnknownStatus {
    let written: Option<&Written<UnknownStatus>> = document.unknown_status.as_ref();
    if let Some(soft) = written.filter(|status| *status.get() == UnknownStatus::Accept) {
        let message = "certificates whose status nobody tells are taken";
        found.push(source.finding(Code::E0744, soft.span(), message).warning().hint("\"refuse\" is the default"));
    }
    written.map_or_else(UnknownStatus::default, |status| *status.get())
}
