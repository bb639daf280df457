//! What an answer of OCSP says, and whom it comes from (RFC 6960 §3.2). The answers are OpenSSL's own.

use guichet::clock::{Timestamp, minutes};
use guichet::proofs::certificate::{Doubt, Standing};
use guichet::revocation::ocsp::{judge, question};
use rcgen::{CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, KeyPair};

use super::certificate;
use crate::support::card::authority;
use crate::support::pki::{Responder, machine_time};

const NONCE: [u8; 32] = [7; 32];

/// 1 March 2026, midnight UTC.
const FIRST: Timestamp = Timestamp::from_seconds(1_772_323_200);

/// Somebody whom that authority certified, in PEM.
fn delegate(by: &CertifiedIssuer<'_, KeyPair>, change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
    let (key, mut params) = (KeyPair::generate().unwrap(), CertificateParams::default());
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
    change(&mut params);
    (params.signed_by(&key, by).unwrap().pem(), key.serialize_pem())
}

#[test]
fn sr_90_an_answer_tells_of_one_certificate_while_it_is_good() {
    let ours = authority("Autorité");
    let [good, revoked, unknown] = [1, 2, 3].map(|serial| certificate(&ours, serial, |_| {}));
    let responder = Responder::of(&ours, &[(1, false), (2, true)]);
    let asked = |subject| question((subject, ours.der()), &NONCE).unwrap();
    let hour = responder.answer(&asked(&good), &["-nmin", "60"]);
    let moment = responder.answer(&asked(&good), &[]);
    let now = machine_time();
    let verdict =
        |answer: &[u8], subject, now| judge(answer, (subject, ours.der()), Some(&NONCE), now).map(|told| told.standing);
    for (case, answer, subject, now, expected) in [
        ("good", &hour, &good, now, Ok(Standing::Good)),
        (
            "revoked",
            &responder.answer(&asked(&revoked), &["-nmin", "60"]),
            &revoked,
            now,
            Ok(Standing::Revoked { at: FIRST }),
        ),
        ("unknown", &responder.answer(&asked(&unknown), &["-nmin", "60"]), &unknown, now, Err(Doubt::NotTold)),
        (
            "signed by key",
            &responder.answer(&asked(&good), &["-nmin", "60", "-resp_key_id"]),
            &good,
            now,
            Ok(Standing::Good),
        ),
        (
            "by SHA-1",
            &responder.answer(&asked(&good), &["-nmin", "60", "-rmd", "sha1"]),
            &good,
            now,
            Err(Doubt::Forged),
        ),
        ("about another", &hour, &revoked, now, Err(Doubt::Elsewhere)),
        ("within its hour and the skew", &hour, &good, now + minutes(64), Ok(Standing::Good)),
        ("after it", &hour, &good, now + minutes(66), Err(Doubt::Stale)),
        ("of the future", &hour, &good, now - minutes(6), Err(Doubt::Stale)),
        ("of the moment", &moment, &good, now, Ok(Standing::Good)),
        ("of a moment ago", &moment, &good, now + minutes(4), Ok(Standing::Good)),
        ("of another moment", &moment, &good, now + minutes(6), Err(Doubt::Stale)),
        ("come back later", &vec![0x30, 3, 0x0a, 1, 3], &good, now, Err(Doubt::NotTold)),
        ("a page", &b"<!doctype html>".to_vec(), &good, now, Err(Doubt::Unreadable)),
    ] {
        assert_eq!(verdict(answer, subject, now), expected, "{case}");
    }
    let other = judge(&hour, (&good, ours.der()), Some(&[8; 32]), now);
    assert_eq!(other, Err(Doubt::Elsewhere), "the nonce of another question");
    let kept = judge(&hour, (&good, ours.der()), None, now).map(|told| told.standing);
    assert_eq!(kept, Ok(Standing::Good), "a copy is asked for no nonce");
    for length in 0..hour.len() {
        assert!(verdict(&hour[..length], &good, now).is_err(), "cut to {length}");
    }
    for at in 0..hour.len() {
        let mut changed = hour.clone();
        changed[at] ^= 0x01;
        let told = verdict(&changed, &good, now);
        let outside = changed.len() - at; // certificates behind the signature are not signed with it
        assert!(told.is_err() || outside < ours.der().len() + 16, "octet {at} of {} changed", changed.len());
    }
}

#[test]
fn sr_90_an_answer_is_the_issuers_or_of_whom_it_charged() {
    let (ours, twin) = (authority("Autorité"), authority("Autorité"));
    let subject = certificate(&ours, 1, |_| {});
    let asked = question((&subject, ours.der()), &NONCE).unwrap();
    let told = |(certificate, key): &(String, String), arguments: &[&str]| {
        let responder = Responder::of(&ours, &[(1, false)]);
        responder.signs_with(certificate, key);
        let answer = responder.answer(&asked, &[&["-nmin", "60"], arguments].concat());
        judge(&answer, (&subject, ours.der()), Some(&NONCE), machine_time()).map(|told| told.standing)
    };
    let charged = delegate(&ours, |_| {});
    let expired = delegate(&ours, |params| params.not_after = rcgen::date_time_ymd(2026, 3, 2));
    let uncharged = delegate(&ours, |params| params.extended_key_usages.clear());
    let client = delegate(&ours, |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    let own = (twin.pem(), twin.key().serialize_pem());
    for (case, signer, arguments, expected) in [
        ("charged", &charged, &[] as &[&str], Ok(Standing::Good)),
        ("charged, and hidden", &charged, &["-resp_no_certs"], Err(Doubt::Forged)),
        ("charged once", &expired, &[], Err(Doubt::Forged)),
        ("uncharged", &uncharged, &[], Err(Doubt::Forged)),
        ("somebody's card", &client, &[], Err(Doubt::Forged)),
        ("charged by another of the same name", &delegate(&twin, |_| {}), &[], Err(Doubt::Forged)),
        ("another of the same name", &own, &[], Err(Doubt::Forged)),
    ] {
        assert_eq!(told(signer, arguments), expected, "{case}");
    }
}
