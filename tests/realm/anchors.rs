//! The authorities in a realm's folder, and who needs them (RFC 8705 §2.1).

use guichet::realm::check::{NoThemes, check};
use guichet::realm::document::Bundle;
use guichet::realm::finding::Findings;
use guichet::realm::preset::Preset;
use rcgen::KeyPair;

use crate::support::card::authority;
use crate::support::pki::List;

const CLIENT: &str = "client_id = \"bank\"\nclient_name = { fr = \"Banque\", en = \"Bank\" }\n\
                      redirect_uris = [\"https://bank.example/cb\"]\nscope = \"openid\"\n\
                      token_endpoint_auth_method = \"tls_client_auth\"\n";

/// What is found in the preset with these files besides, once what is found in the preset itself is left out.
fn found(files: &[(&str, &str)]) -> Findings {
    let mut bundle: Bundle = Preset::Certinomis.bundle("certinomis");
    let own = check(&bundle, &NoThemes).findings;
    bundle.files.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let mut findings = check(&bundle, &NoThemes).findings;
    findings.list.retain(|finding| !own.list.contains(finding));
    findings
}

fn codes(findings: &Findings) -> Vec<String> {
    findings.list.iter().map(|finding| finding.code.to_string()).collect()
}

#[test]
fn authorities_are_certificates_in_files_of_their_own() {
    let (one, two) = (authority("Une").pem(), authority("Deux").pem());
    let key = KeyPair::generate().unwrap().serialize_pem();
    let both = format!("{one}{two}");
    for (path, text, told) in [
        ("trust-anchors/one.pem", one.as_str(), &[] as &[&str]),
        ("trust-anchors/both.pem", &both, &[]),
        ("trust-anchors/key.pem", &key, &["E0121"]),
        ("trust-anchors/empty.pem", "", &["E0121"]),
        ("trust-anchors/one.crt", &one, &["E0104"]),
        ("trust-anchors/deeper/one.pem", &one, &["E0104"]),
        ("trust-anchors/.pem", &one, &["E0104"]),
        ("one.pem", &one, &["E0104"]),
    ] {
        let findings = found(&[(path, text)]);
        assert_eq!(codes(&findings), told, "{path}");
        let secret = key.lines().nth(1).unwrap();
        assert!(!findings.to_string().contains(secret), "a key is not repeated");
    }
}

#[test]
fn sr_96_a_client_with_a_certificate_has_one_readable_name_and_an_authority_for_it() {
    let one = authority("Une").pem();
    let anchors = ("trust-anchors/one.pem", one.as_str());
    let named = |lines: &str| format!("{CLIENT}{lines}\n");
    let dn = named(r#"tls_client_auth_subject_dn = "CN=Bank\\, the first,C=FR""#);
    assert_eq!(codes(&found(&[anchors, ("clients/bank.toml", &dn)])), [] as [&str; 0]);
    let alone = found(&[("clients/bank.toml", &dn)]);
    assert_eq!((codes(&alone), alone.errors()), (vec!["E0122".to_owned()], 0));
    let both = named("tls_client_auth_san_dns = \"bank.example\"\ntls_client_auth_san_ip = \"192.0.2.1\"");
    assert_eq!(codes(&found(&[anchors, ("clients/bank.toml", &both)])), ["E0215"]);
    for unfit in ["Bank", "CN=", "CN=a,CN", "NAME=Bank"] {
        let file = named(&format!("tls_client_auth_subject_dn = \"{unfit}\""));
        let told = found(&[anchors, ("clients/bank.toml", &file)]);
        assert!(codes(&told).contains(&"E0215".to_owned()), "{unfit}");
        assert!(told.to_string().contains("not a distinguished name"), "{unfit}");
    }
}

#[test]
fn sr_86_people_have_authorities_of_their_own_and_a_table_that_switches_them_on() {
    let one = authority("Une");
    let (anchor, list) = (one.pem(), List::of(&[7]).pem(&one));
    let preset = Preset::Certinomis.bundle("certinomis").files.remove("realm.toml").unwrap();
    let with = |lines: &str| format!("{preset}\n[certificates]\n{lines}\n");
    let (people, lists) = ("trust-anchors/people/one.pem", "revocation-lists/one.pem");
    for (case, files, told) in [
        (
            "all is there",
            vec![("realm.toml", with("")), (people, anchor.clone()), (lists, list.clone())],
            &[] as &[&str],
        ),
        ("no authority", vec![("realm.toml", with(""))], &["E0741"]),
        ("of clients only", vec![("realm.toml", with("")), ("trust-anchors/one.pem", anchor.clone())], &["E0741"]),
        ("not switched on", vec![(people, anchor.clone())], &["E0745"]),
        ("a list alone", vec![(lists, list.clone())], &["E0745"]),
        ("no list", vec![("realm.toml", with("")), (people, anchor.clone()), (lists, anchor.clone())], &["E0742"]),
        (
            "half a list",
            vec![("realm.toml", with("")), (people, anchor.clone()), (lists, list[..99].to_owned())],
            &["E0742"],
        ),
        ("a policy", vec![("realm.toml", with("policies = [\"0.4.0.2042.1.2\"]")), (people, anchor.clone())], &[]),
        ("no policy", vec![("realm.toml", with("policies = [\"NCP+\"]")), (people, anchor.clone())], &["E0743"]),
        ("half a policy", vec![("realm.toml", with("policies = [\"1.2.\"]")), (people, anchor.clone())], &["E0743"]),
        (
            "doubt is taken",
            vec![("realm.toml", with("unknown_status = \"accept\"")), (people, anchor.clone())],
            &["E0744"],
        ),
        ("of no known kind", vec![("trust-anchors/people/deeper/one.pem", anchor.clone())], &["E0104"]),
    ] {
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        assert_eq!(codes(&found(&files)), told, "{case}");
    }
    let running = |table: &str| {
        let mut bundle = Preset::Certinomis.bundle("certinomis");
        bundle.files.extend([("realm.toml".to_owned(), with(table)), (people.to_owned(), anchor.clone())]);
        format!("{:?}", check(&bundle, &NoThemes).into_result().unwrap().certificates.unwrap())
    };
    assert_eq!(running(""), running("unknown_status = \"refuse\""), "the default that the schema says");
}
