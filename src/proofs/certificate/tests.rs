//! What a certificate of a person is, and what is none.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DistinguishedName as Name, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};

use super::*;
use crate::clock::minutes;

/// 3 March 2026.
const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn name(attributes: &[(&[u64], &str)]) -> Name {
    let mut name = Name::new();
    for (kind, value) in attributes {
        name.push(DnType::CustomDnType(kind.to_vec()), *value);
    }
    name
}

const CN: &[u64] = &[2, 5, 4, 3];
const O: &[u64] = &[2, 5, 4, 10];
const GN: &[u64] = &[2, 5, 4, 42];
const SN: &[u64] = &[2, 5, 4, 4];
const ALIAS: &[u64] = &[2, 5, 4, 65];

/// 0.4.0.2042.1 (ETSI EN 319 411-1), alone in `certificatePolicies`.
const NCP: &[u8] = &[0x30, 9, 0x30, 7, 6, 5, 4, 0, 0x8f, 0x7a, 1];

fn person(params: &mut CertificateParams) {
    params.distinguished_name = name(&[(O, "Exemple SA"), (CN, "Marie Durand"), (GN, "Marie"), (SN, "Durand")]);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::EmailProtection];
}

fn issued(by: &CertifiedIssuer<'_, KeyPair>, change: impl FnOnce(&mut CertificateParams)) -> ClientCertificate {
    let mut params = CertificateParams::default();
    person(&mut params);
    change(&mut params);
    ClientCertificate::new(params.signed_by(&KeyPair::generate().unwrap(), by).unwrap().der(), Vec::new())
}

fn policy(authority: &CertifiedIssuer<'_, KeyPair>) -> CertificatePolicy {
    CertificatePolicy { anchors: TrustAnchors::read(&authority.pem()).unwrap(), ..CertificatePolicy::default() }
}

fn verdict(policy: &CertificatePolicy, certificate: &ClientCertificate) -> Result<(), Refusal> {
    examine(policy, certificate, NOW)?.accept(Standing::Good, policy, NOW).map(|_| ())
}

#[test]
fn sr_86_a_certificate_proves_somebody_when_it_is_a_persons_for_signing_in_and_good_now() {
    let (ours, others, twin) = (authority("Autorité"), authority("Autre"), authority("Autorité"));
    let usage = |usages: &[KeyUsagePurpose]| {
        let usages = usages.to_vec();
        issued(&ours, move |params| params.key_usages = usages)
    };
    let purpose = |purposes: &[ExtendedKeyUsagePurpose]| {
        let purposes = purposes.to_vec();
        issued(&ours, move |params| params.extended_key_usages = purposes)
    };
    let called = |attributes: &[(&[u64], &str)]| {
        let name = name(attributes);
        issued(&ours, move |params| params.distinguished_name = name)
    };
    let valid = |from: u8, until: u8| {
        issued(&ours, move |params| {
            params.not_before = date_time_ymd(2026, 3, from);
            params.not_after = date_time_ymd(2026, 3, until);
        })
    };
    let whole = issued(&ours, |_| {});
    let truncated = |length: usize| ClientCertificate::new(&whole.der()[..length], Vec::new());
    let longer = ClientCertificate::new(&[whole.der(), &[0]].concat(), Vec::new());
    for (case, certificate, expected) in [
        ("a person", whole.clone(), Ok(())),
        ("for documents, too", usage(&[KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment]), Ok(())),
        ("a pseudonym", called(&[(CN, "PSEUDO : Hirondelle"), (ALIAS, "Hirondelle")]), Ok(())),
        ("on its last day", valid(1, 4), Ok(())),
        ("expired", valid(1, 3), Err(Refusal::Expired)),
        ("not yet valid", valid(4, 9), Err(Refusal::NotYetValid)),
        ("of another authority", issued(&others, |_| {}), Err(Refusal::UnknownIssuer)),
        ("of an authority of the same name", issued(&twin, |_| {}), Err(Refusal::UnknownIssuer)),
        ("for documents only", usage(&[KeyUsagePurpose::ContentCommitment]), Err(Refusal::Usage)),
        ("no key usage", usage(&[]), Err(Refusal::Usage)),
        ("for servers", purpose(&[ExtendedKeyUsagePurpose::ServerAuth]), Err(Refusal::Usage)),
        ("no purpose", purpose(&[]), Err(Refusal::Usage)),
        ("any purpose", purpose(&[ExtendedKeyUsagePurpose::Any]), Err(Refusal::Usage)),
        ("a seal", called(&[(O, "Exemple SA"), (CN, "Cachet Exemple")]), Err(Refusal::NoPerson)),
        ("half a name", called(&[(CN, "Marie"), (GN, "Marie")]), Err(Refusal::NoPerson)),
        (
            "an authority's own",
            issued(&ours, |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
            Err(Refusal::Authority),
        ),
        ("nothing", truncated(0), Err(Refusal::Unreadable)),
        ("half", truncated(whole.der().len() / 2), Err(Refusal::Unreadable)),
        ("all but one octet", truncated(whole.der().len() - 1), Err(Refusal::Unreadable)),
        ("one octet more", longer, Err(Refusal::Unreadable)),
    ] {
        assert_eq!(verdict(&policy(&ours), &certificate), expected, "{case}");
    }
    assert_eq!(
        verdict(&CertificatePolicy::default(), &whole),
        Err(Refusal::UnknownIssuer),
        "nobody is trusted unasked"
    );
}

#[test]
fn a_realm_that_lists_policies_takes_no_other() {
    let ours = authority("Autorité");
    let extension = |content: &[u8]| CustomExtension::from_oid_content(&[2, 5, 29, 32], content.to_vec());
    let with = issued(&ours, |params| params.custom_extensions = vec![extension(NCP)]);
    let without = issued(&ours, |_| {});
    let twice = issued(&ours, |params| params.custom_extensions = vec![extension(NCP), extension(NCP)]);
    let listing = |policies: &[&str]| CertificatePolicy {
        policies: policies.iter().map(|one| (*one).to_owned()).collect(),
        ..policy(&ours)
    };
    for (listed, certificate, expected) in [
        (&[] as &[&str], &with, Ok(())),
        (&[], &without, Ok(())),
        (&["0.4.0.2042.1"], &with, Ok(())),
        (&["0.4.0.194112.1.2", "0.4.0.2042.1"], &with, Ok(())),
        (&["0.4.0.2042.1.2"], &with, Err(Refusal::Policy)),
        (&["0.4.0.2042.1"], &without, Err(Refusal::Policy)),
    ] {
        assert_eq!(verdict(&listing(listed), certificate), expected, "{listed:?}");
    }
    assert!(verdict(&listing(&["0.4.0.2042.1"]), &twice).is_err(), "RFC 5280 §4.2: no extension twice");
}

#[test]
fn sr_94_ways_are_walked_to_a_bounded_depth() {
    let root = authority("Racine");
    let mut chain = Vec::new();
    let mut above: Option<CertifiedIssuer<'static, KeyPair>> = None;
    for depth in 0..16 {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, format!("Niveau {depth}"));
        let key = KeyPair::generate().unwrap();
        let made = match &above {
            None => CertifiedIssuer::signed_by(params, key, &root).unwrap(),
            Some(above) => CertifiedIssuer::signed_by(params, key, above).unwrap(),
        };
        chain.insert(0, made.der().to_vec());
        above = Some(made);
        if depth == 1 || depth == 15 {
            let alone = issued(above.as_ref().unwrap(), |_| {});
            let shown = ClientCertificate::new(alone.der(), chain.clone());
            let expected = if depth == 1 { Ok(()) } else { Err(Refusal::UnknownIssuer) };
            assert_eq!(verdict(&policy(&root), &shown), expected, "{depth}");
            if depth == 1 {
                let path = policy(&root).anchors.path_to(shown.der(), shown.chain(), NOW).unwrap();
                let lengths: Vec<_> = path.links().map(|(subject, issuer)| (subject.len(), issuer.len())).collect();
                let all = [alone.der().len(), chain[0].len(), chain[1].len(), root.der().len()];
                assert_eq!(lengths, [(all[0], all[1]), (all[1], all[2]), (all[2], all[3])], "in the order of issue");
            }
        }
    }
}

#[test]
fn sr_90_what_is_learned_of_its_status_decides_and_doubt_refuses_unless_the_realm_says_otherwise() {
    let ours = authority("Autorité");
    let (hard, certificate) = (policy(&ours), issued(&ours, |_| {}));
    let soft = CertificatePolicy { unknown_status: UnknownStatus::Accept, ..hard.clone() };
    let revoked = Standing::Revoked { at: NOW - minutes(1) };
    for (standing, strict, lenient) in [
        (Standing::Good, Ok(()), Ok(())),
        (revoked, Err(Refusal::Revoked), Err(Refusal::Revoked)),
        (Standing::Unknown(Doubt::Stale), Err(Refusal::StatusUnknown(Doubt::Stale)), Ok(())),
        (Standing::Unknown(Doubt::NoSource), Err(Refusal::StatusUnknown(Doubt::NoSource)), Ok(())),
    ] {
        for (policy, expected) in [(&hard, strict), (&soft, lenient)] {
            let examined = examine(policy, &certificate, NOW).unwrap();
            assert_eq!(examined.accept(standing, policy, NOW).map(|_| ()), expected, "{standing:?}");
        }
    }
}

#[test]
fn sr_91_sr_93_a_renewal_has_the_same_issuer_and_the_whole_same_subject() {
    let (ours, others) = (authority("Autorité"), authority("Autre"));
    let of = |certificate: &ClientCertificate| Particulars::of(certificate).unwrap();
    let first = issued(&ours, |_| {});
    let spaced = issued(&ours, |params| {
        params.distinguished_name = name(&[(O, "exemple  sa"), (CN, "MARIE DURAND"), (GN, "Marie"), (SN, "Durand")]);
    });
    let married = issued(&ours, |params| {
        params.distinguished_name = name(&[(O, "Exemple SA"), (CN, "Marie Martin"), (GN, "Marie"), (SN, "Martin")]);
    });
    let employed = issued(&ours, |params| {
        params.distinguished_name = name(&[(O, "Autre SA"), (CN, "Marie Durand"), (GN, "Marie"), (SN, "Durand")]);
    });
    for (case, other, renews) in [
        ("the same again", first.clone(), false),
        ("a new key", issued(&ours, |_| {}), true),
        ("another writing of the name", spaced, true),
        ("another name", married, false),
        ("another employer", employed, false),
        ("another authority", issued(&others, |_| {}), false),
    ] {
        assert_eq!(of(&first).is_renewed_by(&of(&other)), renews, "{case}");
    }
    let read = of(&first);
    assert_eq!((read.subject_name.as_str(), read.issuer_name.as_str()), ("Marie Durand", "Autorité"));
    assert_eq!((read.organisation.as_deref(), read.sha256.len()), (Some("Exemple SA"), 64));
    assert_ne!(read.key_sha256, of(&issued(&ours, |_| {})).key_sha256);
}
