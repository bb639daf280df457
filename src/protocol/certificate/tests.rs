//! Names in certificates and the authorities that they lead to.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, DnValue, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, SanType, date_time_ymd,
};

use super::*;
use crate::clock::Timestamp;
use crate::x509::TrustAnchors;

/// 3 March 2026.
const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn issued(by: &CertifiedIssuer<'_, KeyPair>, describe: impl FnOnce(&mut CertificateParams)) -> ClientCertificate {
    let mut params = CertificateParams::default();
    describe(&mut params);
    ClientCertificate::new(params.signed_by(&KeyPair::generate().unwrap(), by).unwrap().der(), Vec::new())
}

#[test]
fn sr_96_a_certificate_leads_to_an_authority_of_the_realm_or_nowhere() {
    let (ours, others) = (authority("Autorité"), authority("Autre"));
    let anchors = TrustAnchors::read(&ours.pem()).unwrap();
    let valid = |from: u8, until: u8| {
        move |params: &mut CertificateParams| {
            params.not_before = date_time_ymd(2026, 3, from);
            params.not_after = date_time_ymd(2026, 3, until);
        }
    };
    let usage =
        |usage: ExtendedKeyUsagePurpose| move |params: &mut CertificateParams| params.extended_key_usages = vec![usage];
    for (case, certificate, leads) in [
        ("any usage", issued(&ours, |_| {}), true),
        ("for clients", issued(&ours, usage(ExtendedKeyUsagePurpose::ClientAuth)), true),
        ("for servers", issued(&ours, usage(ExtendedKeyUsagePurpose::ServerAuth)), false),
        ("for mail", issued(&ours, usage(ExtendedKeyUsagePurpose::EmailProtection)), false),
        ("valid now", issued(&ours, valid(3, 4)), true),
        ("past", issued(&ours, valid(1, 3)), false),
        ("not yet", issued(&ours, valid(4, 5)), false),
        ("of another", issued(&others, |_| {}), false),
        ("of another of the same name", issued(&authority("Autorité"), |_| {}), false),
        ("no certificate", ClientCertificate::new(b"0", Vec::new()), false),
        ("nothing", ClientCertificate::new(b"", Vec::new()), false),
    ] {
        assert_eq!(anchors.lead_to(&certificate, NOW), leads, "{case}");
    }
    assert!(!TrustAnchors::default().lead_to(&issued(&ours, |_| {}), NOW), "no authority, no way");
}

#[test]
fn sr_96_what_stands_between_comes_along_and_must_be_an_authority() {
    let root = authority("Racine");
    let anchors = TrustAnchors::read(&root.pem()).unwrap();
    for (is_ca, leads) in [(IsCa::Ca(BasicConstraints::Unconstrained), true), (IsCa::ExplicitNoCa, false)] {
        let mut params = CertificateParams::default();
        params.is_ca = is_ca;
        params.distinguished_name.push(DnType::CommonName, "Intermédiaire");
        let between = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &root).unwrap();
        let alone = issued(&between, |_| {});
        assert!(!anchors.lead_to(&alone, NOW), "the way is not known");
        let accompanied = ClientCertificate::new(alone.der(), vec![between.der().to_vec()]);
        assert_eq!(anchors.lead_to(&accompanied, NOW), leads);
    }
}

#[test]
fn a_file_of_authorities_holds_certificates_and_nothing_else() {
    let (one, two) = (authority("Une").pem(), authority("Deux").pem());
    let key = KeyPair::generate().unwrap().serialize_pem();
    for (text, count) in [
        (one.clone(), Some(1)),
        (format!("{one}{two}"), Some(2)),
        (format!("# Une\n{one}\n# Deux\n{two}"), Some(2)),
        (String::new(), None),
        ("Une autorité".to_owned(), None),
        (key.clone(), None),
        (format!("{one}{key}"), None),
        (one.replace("CERTIFICATE", "X509 CRL"), None),
        (one.replacen("MII", "AII", 1), None),
        (one.get(..one.len() / 2).unwrap().to_owned(), None),
    ] {
        assert_eq!(TrustAnchors::read(&text).ok().map(|read| read.certificates().len()), count, "{text}");
    }
}

fn named(names: Vec<SanType>) -> ClientCertificate {
    issued(&authority("Autorité"), |params| params.subject_alt_names = names)
}

#[test]
fn sr_96_exactly_the_registered_kind_of_name_counts() {
    let dns = |name: &str| SanType::DnsName(name.try_into().unwrap());
    let uri = |name: &str| SanType::URI(name.try_into().unwrap());
    let mail = |name: &str| SanType::Rfc822Name(name.try_into().unwrap());
    let ip = |text: &str| SanType::IpAddress(text.parse().unwrap());
    let host = CertificateName::Dns("client.example".to_owned());
    let place = CertificateName::Uri("https://client.example/a".to_owned());
    let machine = CertificateName::Ip("2001:db8::1".parse().unwrap());
    let mailbox = CertificateName::Email("Marie@client.example".to_owned());
    for (shown, registered, carried) in [
        (vec![dns("client.example")], &host, true),
        (vec![dns("other.example"), dns("Client.EXAMPLE")], &host, true),
        (vec![dns("*.example")], &host, false),
        (vec![dns("client.example.org")], &host, false),
        (vec![dns("sub.client.example")], &host, false),
        (vec![uri("client.example"), mail("client.example")], &host, false),
        (vec![uri("https://client.example/a")], &place, true),
        (vec![uri("https://client.example/A")], &place, false),
        (vec![uri("https://client.example/a/")], &place, false),
        (vec![ip("2001:db8::1")], &machine, true),
        (vec![ip("2001:db8::2")], &machine, false),
        (vec![dns("2001:db8::1")], &machine, false),
        (vec![mail("Marie@CLIENT.example")], &mailbox, true),
        (vec![mail("marie@client.example")], &mailbox, false),
        (vec![], &host, false),
    ] {
        assert_eq!(carries(&named(shown.clone()), registered), carried, "{shown:?} {registered:?}");
    }
    let common = issued(&authority("A"), |params| params.distinguished_name.push(DnType::CommonName, "client.example"));
    assert!(!carries(&common, &host), "a common name is no host's");
}

#[test]
fn sr_94_a_subject_is_one_name_whatever_kinds_of_string_it_is_made_of() {
    let registered = CertificateName::SubjectDn(DistinguishedName::parse("CN=Portail,O=Exemple,C=FR").unwrap());
    let subject = |parts: Vec<(DnType, DnValue)>| {
        issued(&authority("Autorité"), |params| {
            params.distinguished_name = rcgen::DistinguishedName::new();
            for (kind, value) in parts {
                params.distinguished_name.push(kind, value);
            }
        })
    };
    let (country, organisation, name) = (DnType::CountryName, DnType::OrganizationName, DnType::CommonName);
    let utf8 = |text: &str| DnValue::Utf8String(text.to_owned());
    let printable = |text: &str| DnValue::PrintableString(text.try_into().unwrap());
    for (case, parts, carried) in [
        (
            "plain",
            vec![
                (country.clone(), printable("FR")),
                (organisation.clone(), utf8("Exemple")),
                (name.clone(), utf8("Portail")),
            ],
            true,
        ),
        (
            "other strings",
            vec![
                (country.clone(), utf8("fr")),
                (organisation.clone(), DnValue::BmpString("EXEMPLE".try_into().unwrap())),
                (name.clone(), DnValue::UniversalString("portail ".try_into().unwrap())),
            ],
            true,
        ),
        (
            "another order",
            vec![
                (name.clone(), utf8("Portail")),
                (organisation.clone(), utf8("Exemple")),
                (country.clone(), printable("FR")),
            ],
            false,
        ),
        (
            "a part more",
            vec![
                (country.clone(), printable("FR")),
                (organisation.clone(), utf8("Exemple")),
                (DnType::OrganizationalUnitName, utf8("X")),
                (name.clone(), utf8("Portail")),
            ],
            false,
        ),
        ("a part less", vec![(organisation.clone(), utf8("Exemple")), (name.clone(), utf8("Portail"))], false),
        (
            "a NUL",
            vec![
                (country.clone(), printable("FR")),
                (organisation.clone(), utf8("Exemple")),
                (name.clone(), utf8("Portail\0.example")),
            ],
            false,
        ),
        ("nobody", vec![], false),
    ] {
        assert_eq!(carries(&subject(parts), &registered), carried, "{case}");
    }
}

#[test]
fn sr_94_names_that_stand_there_twice_are_none() {
    let twice = issued(&authority("Autorité"), |params| {
        params.subject_alt_names = vec![SanType::DnsName("client.example".try_into().unwrap())];
        // Another subjectAltName: 2.5.29.17, with one dNSName.
        let content = [&[0x30, 16, 0x82, 14], b"client.example".as_slice()].concat();
        params.custom_extensions = vec![CustomExtension::from_oid_content(&[2, 5, 29, 17], content)];
    });
    assert!(!carries(&twice, &CertificateName::Dns("client.example".to_owned())));
}
