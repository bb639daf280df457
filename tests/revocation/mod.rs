//! SR-90: who says that a certificate was revoked, whom we believe, and what happens when nobody says anything.
//!
//! Answers are made by OpenSSL, lists by another library than the product's; both are served on loopback. An
//! authority that OpenSSL runs as a whole is what people's pages are told with (`responders`).

mod answers;
mod lists;
mod office;
mod responders;
mod sources;

use guichet::clock::Timestamp;
use guichet::x509::{CertificationPath, TrustAnchors};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::pki_types::CertificateDer;

use crate::support::card::Card;
use crate::support::pki::person;

/// 3 March 2026, 14:12 in Paris.
const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

/// The certificate of Marie Durand, with that serial number.
fn certificate(
    authority: &CertifiedIssuer<'_, KeyPair>,
    serial: u64,
    describe: impl FnOnce(&mut CertificateParams),
) -> CertificateDer<'static> {
    let card = Card::issued_by(authority, |params| {
        person(params, "Marie", "Durand", serial);
        describe(params);
    });
    card.certificate
}

/// The way from that authority to it.
fn path(authority: &CertifiedIssuer<'_, KeyPair>, certificate: &[u8], chain: &[Vec<u8>]) -> CertificationPath {
    TrustAnchors::read(&authority.pem()).unwrap().path_to(certificate, chain, NOW).unwrap()
}
