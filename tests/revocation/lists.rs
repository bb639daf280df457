//! What a list of the revoked says, and when it says nothing (RFC 5280 §6.3.3).

use guichet::clock::{Duration, Timestamp, days, minutes};
use guichet::proofs::certificate::{Doubt, Standing};
use guichet::revocation::crl::judge;
use proptest::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};

use super::{NOW, certificate};
use crate::support::card::authority;
use crate::support::pki::{List, lists_at};

const HERE: &str = "http://crl.example/one.crl";
const ELSEWHERE: &str = "http://crl.example/two.crl";

/// 1 March 2026, midnight UTC.
const FIRST: Timestamp = Timestamp::from_seconds(1_772_323_200);

#[test]
fn sr_90_a_list_tells_of_its_issuers_certificates_while_it_is_good() {
    let (ours, twin, others) = (authority("Autorité"), authority("Autorité"), authority("Autre"));
    let (ours_der, subject) = (ours.der().clone(), certificate(&ours, 7, |params| lists_at(params, &[HERE])));
    let verdict = |list: &[u8], now| judge(list, (&subject, &ours_der), now).map(|told| told.standing);
    let revoked = Ok(Standing::Revoked { at: FIRST });
    let at = |at| List { at: Some(at), ..List::of(&[7]) };
    let mut forged = List::of(&[]).by(&ours);
    *forged.last_mut().unwrap() ^= 1;
    let good = List::of(&[]).by(&ours);
    for (case, list, now, expected) in [
        ("nobody is on it", good.clone(), NOW, Ok(Standing::Good)),
        ("others are on it", List::of(&[6, 8, 700]).by(&ours), NOW, Ok(Standing::Good)),
        ("this one is on it", List::of(&[6, 7]).by(&ours), NOW, revoked),
        ("it is where the certificate says", at(HERE).by(&ours), NOW, revoked),
        ("it is another part", at(ELSEWHERE).by(&ours), NOW, Err(Doubt::Elsewhere)),
        ("it begins within the skew of clocks", good.clone(), FIRST - minutes(5), Ok(Standing::Good)),
        ("it is of the future", good.clone(), FIRST - minutes(6), Err(Doubt::Stale)),
        ("it ended within the skew", good.clone(), FIRST + days(29) + minutes(4), Ok(Standing::Good)),
        ("it ended", good.clone(), FIRST + days(29) + minutes(5), Err(Doubt::Stale)),
        ("its signature is not", forged, NOW, Err(Doubt::Forged)),
        ("an authority of the same name signed it", List::of(&[]).by(&twin), NOW, Err(Doubt::Forged)),
        ("another authority signed it", List::of(&[]).by(&others), NOW, Err(Doubt::Elsewhere)),
        ("it is cut", good[..good.len() - 1].to_vec(), NOW, Err(Doubt::Unreadable)),
        ("something is behind it", [good.as_slice(), &[0]].concat(), NOW, Err(Doubt::Unreadable)),
        ("it is nothing", Vec::new(), NOW, Err(Doubt::Unreadable)),
        ("it is a page", b"<!doctype html>".to_vec(), NOW, Err(Doubt::Unreadable)),
        ("it is huge", vec![0x30; 8 * 1024 * 1024 + 1], NOW, Err(Doubt::Unreadable)),
    ] {
        assert_eq!(verdict(&list, now), expected, "{case}");
    }
}

#[test]
fn sr_90_an_authority_that_may_not_sign_lists_signs_none() {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "Autorité");
    let pair = KeyPair::generate().unwrap();
    let key = || KeyPair::try_from(pair.serialize_der()).unwrap();
    let free = CertifiedIssuer::self_signed(params.clone(), key()).unwrap();
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let bound = CertifiedIssuer::self_signed(params, key()).unwrap();
    let (subject, list) = (certificate(&free, 7, |_| {}), List::of(&[]).by(&free));
    assert_eq!(judge(&list, (&subject, free.der()), NOW).map(|told| told.standing), Ok(Standing::Good));
    assert_eq!(judge(&list, (&subject, bound.der()), NOW), Err(Doubt::Forged));
}

#[test]
fn a_long_list_is_searched_in_a_moment() {
    let ours = authority("Autorité");
    let subject = certificate(&ours, 7, |_| {});
    let list = List::of(&(1_000_000..1_050_000).collect::<Vec<_>>()).by(&ours);
    let watch = guichet::clock::Stopwatch::start();
    assert_eq!(judge(&list, (&subject, ours.der()), NOW).map(|told| told.standing), Ok(Standing::Good));
    assert!(watch.elapsed() < Duration::from_secs(5), "{} octets took {:?}", list.len(), watch.elapsed());
}

proptest! {
    #[test]
    fn no_list_upsets_the_judge(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        static AUTHORITY: std::sync::LazyLock<Vec<u8>> =
            std::sync::LazyLock::new(|| authority("Autorité").der().to_vec());
        let der = rustls::pki_types::CertificateDer::from(AUTHORITY.as_slice());
        prop_assert!(judge(&bytes, (&der, &der), NOW).is_err());
    }
}
