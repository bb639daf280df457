//! The authorities whose certificates a realm takes from its clients, judged.

use crate::code::Code;
use crate::protocol::client::ClientAuthenticationMethod;
use crate::realm::document::bundle::{Documents, Source};
use crate::realm::finding::Finding;
use crate::x509::TrustAnchors;

/// Reads all files. Their text is not repeated: it may be a private key.
pub(super) fn all(files: &[Source<'_>], found: &mut Vec<Finding>) -> TrustAnchors {
    let mut all = TrustAnchors::default();
    for file in files {
        match TrustAnchors::read(file.text) {
            Ok(read) => all.join(read),
            Err(fault) => {
                let finding = file.lacks(Code::E0121, fault.to_string());
                found
                    .push(finding.hint("the file holds one `-----BEGIN CERTIFICATE-----` after the other, and no key"));
            }
        }
    }
    all
}

/// RFC 8705 §2.1: a client that is known by a name needs somebody who vouches for the name.
pub(super) fn wanted(documents: &Documents<'_>, found: &mut Vec<Finding>) {
    if !documents.trust_anchors.is_empty() {
        return;
    }
    for (source, client) in &documents.clients {
        let method = client.token_endpoint_auth_method.as_ref();
        if let Some(written) = method.filter(|method| *method.get() == ClientAuthenticationMethod::TlsClientAuth) {
            let message = "the realm trusts no authority for certificates of clients";
            let finding = source.finding(Code::E0122, written.span(), message).warning();
            found.push(finding.hint("add its certificate as trust-anchors/NAME.pem"));
        }
    }
}
