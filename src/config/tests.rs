//! The rules of the settings as a table: what is written, and the codes it meets.

use std::path::Path;

use super::*;
use crate::registries::{FixedMode, RegistrySettings};

const KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

const GOOD: &str = r#"
public_url = "https://id.example.org"
[tls]
certificate = "chain.pem"
key = "key.pem"
[database]
url = "sqlite:/var/lib/guichet/guichet.db"
[smtp]
host = "relay.example.org"
"#;

fn reading(text: &str, environment: &[(&str, &str)]) -> Result<Settings, Findings> {
    let key = [("GUICHET__MASTER_KEY", random_key())];
    let given = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let key = key.into_iter().filter(|_| !environment.iter().any(|(name, _)| name.starts_with("GUICHET__MASTER_KEY")));
    read(Path::new("guichet.toml"), text.to_owned(), key.map(|(name, value)| (name.to_owned(), value)).chain(given))
}

fn random_key() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode((0..32).map(|i| i * 7 + 3).collect::<Vec<u8>>())
}

/// The good settings with `line` put below `[table]`, whose own line of that key goes.
fn with(table: &str, line: &str) -> String {
    let key = line.split(' ').next().unwrap();
    let kept = GOOD.lines().filter(|kept| kept.split(' ').next() != Some(key)).collect::<Vec<_>>().join("\n");
    match (table.is_empty(), kept.contains(&format!("[{table}]"))) {
        (true, _) => format!("{line}\n{kept}"),
        (_, true) => kept.replace(&format!("[{table}]"), &format!("[{table}]\n{line}")),
        (_, false) => format!("{kept}\n[{table}]\n{line}"),
    }
}

#[test]
fn good_settings_are_taken() {
    let settings = reading(GOOD, &[]).unwrap();
    assert_eq!(settings.origin(), "https://id.example.org");
    assert!(settings.secure() && settings.tls.is_some());
    assert_eq!((settings.smtp.port, settings.limits.header_bytes, settings.limits.body_bytes), (587, 16_384, 65_536));
}

#[test]
fn sr_214_insecure_and_mistaken_settings_stop_the_start() {
    for (table, line, expected) in [
        ("", r#"public_url = "http://id.example.org""#, vec!["E0605"]),
        ("", r#"public_url = "https://id.example.org/auth""#, vec!["E0605"]),
        ("", r#"public_url = "https://user@id.example.org""#, vec!["E0605"]),
        ("", r#"public_url = "id.example.org""#, vec!["E0605"]),
        ("", r#"public_url = "http://localhost:8080""#, vec!["E0608"]),
        ("", "public_url = 12", vec!["E0603"]),
        ("", r#"master_key = "in the file""#, vec![]),
        ("", r#"pubic_url = "x""#, vec!["E0602"]),
        ("listen", r#"public = ["localhost:8080", "0.0.0.0"]"#, vec!["E0606", "E0606"]),
        ("proxy", r#"trusted = ["0.0.0.0/0"]"#, vec!["E0610"]),
        ("proxy", r#"trusted = ["::/0", "0.0.0.0/1", "128.0.0.0/1"]"#, vec!["E0610", "E0610", "E0610"]),
        ("proxy", r#"trusted = ["*", "proxy.example.org"]"#, vec!["E0609", "E0609"]),
        ("proxy", r#"trusted = ["10.0.0.0/8", "fd00::/8", "192.0.2.7"]"#, vec![]),
        ("proxy", r#"header = "x-real-ip""#, vec!["E0603"]),
        ("database", r#"url = "mysql://db/guichet""#, vec!["E0614"]),
        ("database", r#"url = "sqlite::memory:""#, vec!["E0614"]),
        ("database", r#"url = "postgres://g@db.example.org/guichet?sslmode=disable""#, vec!["E0615"]),
        ("database", r#"url = "postgres://g@db.example.org/guichet?sslmode=require""#, vec!["E0615"]),
        ("database", r#"url = "postgres://g@127.0.0.1/guichet""#, vec![]),
        ("database", r#"password = "x""#, vec!["E0614"]),
        ("smtp", r#"security = "none""#, vec!["E0616"]),
        ("smtp", r#"user = "guichet""#, vec!["E0616"]),
        ("smtp", "port = 70000", vec!["E0603"]),
        ("smtp", r#"password_file = "/nowhere/at/all""#, vec!["E0612"]),
        ("outbound", r#"networks = ["0.0.0.0/0", "::/0"]"#, vec!["E0618", "E0618"]),
        ("outbound", r#"networks = ["0.0.0.0/1", "128.0.0.0/1", "8000::/1"]"#, vec!["E0618", "E0618", "E0618"]),
        ("outbound", r#"networks = ["localhost", "10.1.2.3/33"]"#, vec!["E0609", "E0609"]),
        ("outbound", r#"networks = ["127.0.0.0/8", "10.1.2.3", "fd00::/8"]"#, vec![]),
        ("outbound", "ports = [8443, 9443]", vec![]),
        ("outbound", "ports = [0]", vec!["E0618"]),
        ("outbound", "ports = [70000]", vec!["E0603"]),
        ("outbound", r#"ca = "/nowhere/at/all""#, vec!["E0618"]),
        ("outbound", "insecure = true", vec!["E0602"]),
        ("registries", r#"insee_url = "http://api.insee.fr/""#, vec!["E0627"]),
        ("registries", r#"dinum_url = "ftp://registry.example.org/""#, vec!["E0627"]),
        ("registries", r#"vies_url = "https://user@registry.example.org/""#, vec!["E0627"]),
        ("registries", r#"vies_url = "https://registry.example.org/?q=""#, vec!["E0627"]),
        ("registries", r#"vies_url = "registry""#, vec!["E0627"]),
        ("registries", r#"insee_url = "http://127.0.0.1:8081/insee""#, vec![]),
        ("registries", r#"dinum_url = "http://localhost:8081""#, vec![]),
        ("registries", r#"vies_url = "https://registry.example.org:8443/vies/""#, vec![]),
        ("registries", r#"insee_key_file = "/nowhere/at/all""#, vec!["E0612"]),
        ("registries", r#"insee_key = "two words""#, vec!["E0627"]),
        ("registries", r#"vies_requester = "FR83404833048""#, vec![]),
        ("registries", r#"vies_requester = "EL 094259216""#, vec![]),
        ("registries", r#"vies_requester = "404833048""#, vec!["E0627"]),
        ("registries", r#"vies_requester = "FR84404833048""#, vec!["E0627"]),
        ("registries", r#"vies_requester = "é""#, vec!["E0627"]),
        ("registries", r#"fixed = "sometimes""#, vec!["E0603"]),
        ("log", r#"level = "guichet=loudly""#, vec!["E0617"]),
        ("limits", "body_bytes = 1", vec!["E0603"]),
        ("limits", r#"body_bytes = "65536""#, vec!["E0603"]),
    ] {
        let codes = match reading(&with(table, line), &[]) {
            Ok(_) => vec![],
            Err(findings) => findings.list.iter().map(|finding| finding.code.as_str()).collect(),
        };
        assert_eq!(codes, expected, "{line}");
    }
}

#[test]
fn every_finding_comes_at_once_with_its_place() {
    let text = "public_url = \"http://id.example.org\"\nlimts = 1\n[smtp]\nhost = 3\n";
    let findings = reading(text, &[("GUICHET__LISTEN__MANAGEMENT", "nowhere")]).unwrap_err();
    insta::assert_snapshot!(findings, @r#"
    error[E0605]: `public_url` must use https
      --> guichet.toml:1:14
    1 | public_url = "http://id.example.org"
      |              ^^^^^^^^^^^^^^^^^^^^^^^ hint: http is allowed for localhost, 127.0.0.1 and [::1] only
    error[E0602]: unknown key `limts`
      --> guichet.toml:2:9
    2 | limts = 1
      |         ^ hint: did you mean `limits`?
    error[E0603]: `smtp.host` wants a text
      --> guichet.toml:4:8
    4 | host = 3
      |        ^ hint: see docs/reference/settings.md
    error[E0606]: `listen.management` wants addresses and ports, not `nowhere`  --> environment variable GUICHET__LISTEN__MANAGEMENT
     hint: write "0.0.0.0:8443" or "[::]:8443"; names are not looked up
    error[E0604]: `database.url` is missing  --> guichet.toml
     hint: write "sqlite:/var/lib/guichet/guichet.db" or "postgres://user@host/name"
    5 errors in 1 file. Nothing was contacted or changed. More: guichet explain E0605
    "#);
}

#[test]
fn the_environment_goes_before_the_file_and_speaks_every_kind() {
    let settings = reading(
        GOOD,
        &[
            ("GUICHET__SMTP__HOST", "other.example.org"),
            ("GUICHET__SMTP__PORT", "2525"),
            ("GUICHET__PROXY__TRUSTED", "10.0.0.0/24, 10.0.1.0/24"),
            ("GUICHET__OUTBOUND__PORTS", "8443, 9443"),
            ("GUICHET__LOG__FORMAT", "text"),
            ("HOME", "/root"),
        ],
    )
    .unwrap();
    assert_eq!((settings.smtp.host.as_str(), settings.smtp.port), ("other.example.org", 2525));
    assert_eq!((settings.proxies.trusted.len(), settings.log.format), (2, LogFormat::Text));
    assert_eq!(settings.outbound.ports, [8443, 9443]);
    let wrong = reading(GOOD, &[("GUICHET__OUTBOUND__PORTS", "8443, https")]).unwrap_err();
    assert_eq!(wrong.list.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::E0603]);
}

#[test]
fn sr_160_a_missing_short_or_default_master_key_stops_the_start() {
    for (key, accepted) in [
        (random_key().as_str(), true),
        (random_key().trim_end_matches('='), true),
        (KEY, false),
        ("", false),
        ("changeme", false),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false),
        (&random_key()[..40], false),
    ] {
        let reading = reading(GOOD, &[("GUICHET__MASTER_KEY", key)]);
        assert_eq!(reading.is_ok(), accepted, "{key}");
        if let Err(findings) = reading {
            assert!(key.is_empty() || !findings.to_string().contains(key), "a secret is never repeated");
        }
    }
    let in_file = read(Path::new("guichet.toml"), with("", &format!("master_key = \"{}\"", random_key())), []);
    assert_eq!(in_file.unwrap_err().list[0].code, Code::E0613);
}

#[test]
fn sr_213_the_database_beyond_loopback_is_reached_over_verified_tls() {
    let text = with("database", r#"url = "postgres://g@db.example.org/guichet""#);
    let settings = reading(&text, &[("GUICHET__DATABASE__PASSWORD", "tilleul@brouette")]).unwrap();
    assert_eq!(
        settings.database.expose(),
        "postgres://g:tilleul%40brouette@db.example.org/guichet?sslmode=verify-full"
    );
}

#[test]
fn sr_214_certificates_come_by_one_way_that_nobody_else_can_write_on() {
    const LISTEN: &str = r#"listen = ["0.0.0.0:8444"]"#;
    const LOOPBACK: &str = r#"listen = ["127.0.0.1:8444", "[::1]:8444"]"#;
    const URL: &str = r#"public_url = "https://id.example.org:8444""#;
    const HEADER: &str = r#"from = "rfc9440""#;
    const FILES: &str = "certificate = \"other.pem\"\nkey = \"other.key\"";
    const PROXY: &str = "[proxy]\ntrusted = [\"127.0.0.1\"]";
    const OWN_TLS: &str = "certificate = \"chain.pem\"\nkey = \"key.pem\"";
    let proxied = GOOD.replace("[tls]", PROXY).replace(OWN_TLS, "");
    let (good, proxied) = (GOOD, proxied.as_str());
    for (main, lines, expected) in [
        (good, vec![LISTEN, URL], vec![]),
        (good, vec![LISTEN, URL, FILES], vec![]),
        (good, vec![LISTEN], vec!["E0604"]),
        (good, vec![URL], vec!["E0619"]),
        (good, vec![FILES], vec!["E0619"]),
        (good, vec![HEADER], vec!["E0619"]),
        (good, vec![LISTEN, r#"public_url = "https://id.example.org""#], vec!["E0619"]),
        (good, vec![LISTEN, r#"public_url = "https://ID.example.org:443/""#], vec!["E0619"]),
        (good, vec![LISTEN, r#"public_url = "http://localhost:8444""#], vec!["E0605"]),
        (good, vec![LISTEN, r#"public_url = "https://mtls.example.org/here""#], vec!["E0605"]),
        (good, vec![r#"listen = ["mtls.example.org:8444"]"#, URL], vec!["E0606"]),
        (good, vec![LISTEN, URL, r#"certificate = "other.pem""#], vec!["E0607"]),
        (good, vec![LISTEN, URL, r#"key = "other.key""#], vec!["E0607"]),
        (good, vec![LISTEN, URL, r#"from = "x-ssl-client-cert""#], vec!["E0603"]),
        (good, vec![LISTEN, URL, HEADER], vec!["E0619"]),
        (proxied, vec![LOOPBACK, URL], vec!["E0608"]),
        (proxied, vec![LOOPBACK, URL, HEADER], vec![]),
        (proxied, vec![LISTEN, URL, HEADER], vec!["E0619"]),
        (proxied, vec![LISTEN, URL, HEADER, FILES], vec![]),
        (proxied, vec![LISTEN, URL, FILES], vec![]),
    ] {
        let text = format!("{main}\n[certificate]\n{}\n", lines.join("\n"));
        let codes: Vec<_> = match reading(&text, &[]) {
            Ok(settings) => {
                assert!(settings.certificate.is_some(), "{text}");
                vec![]
            }
            Err(findings) => findings.list.iter().map(|finding| finding.code.as_str()).collect(),
        };
        assert_eq!(codes, expected, "{text}");
    }
}

#[test]
fn the_certificate_listener_serves_the_main_files_unless_it_has_its_own() {
    let served = |lines: &str| {
        let table = "[certificate]\nlisten = [\"0.0.0.0:8444\"]\npublic_url = \"https://mtls.example.org\"";
        let settings = reading(&format!("{GOOD}\n{table}\n{lines}"), &[]).unwrap();
        settings.certificate.unwrap().from.tls().unwrap().certificate.clone()
    };
    assert_eq!(served(""), Path::new("chain.pem"));
    assert_eq!(served("certificate = \"other.pem\"\nkey = \"other.key\""), Path::new("other.pem"));
}

#[test]
fn insee_is_asked_with_a_key_and_left_out_without() {
    let asked = |line: &str| reading(&with("registries", line), &[]).unwrap().registries;
    let RegistrySettings::Public(public) = asked("") else { panic!("nobody is asked") };
    assert!(public.insee.is_none() && public.requester.is_none());
    assert_eq!(public.dinum.as_str(), "https://recherche-entreprises.api.gouv.fr/");
    let RegistrySettings::Public(public) = asked(r#"insee_key = "0a1b""#) else { panic!("nobody is asked") };
    let (address, key) = public.insee.unwrap();
    assert_eq!((address.as_str(), key.expose().as_str()), ("https://api.insee.fr/api-sirene/3.11", "0a1b"));
    for (said, mode) in [
        ("ok", FixedMode::Answers),
        ("unavailable", FixedMode::Unavailable),
        ("rate-limited", FixedMode::RateLimited),
        ("hang", FixedMode::Hangs),
    ] {
        let asked = asked(&format!("fixed = \"{said}\""));
        assert!(matches!(asked, RegistrySettings::Fixed(found) if found == mode), "{said}");
    }
    let secret = with("registries", r#"insee_key = "tilleul brouette""#);
    assert!(!reading(&secret, &[]).unwrap_err().to_string().contains("tilleul"), "a secret is never repeated");
}

#[test]
fn secrets_come_from_files_without_their_newline() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, "tilleul\n").unwrap();
    let environment = [("GUICHET__SMTP__USER", "guichet"), ("GUICHET__SMTP__PASSWORD_FILE", file.to_str().unwrap())];
    let settings = reading(GOOD, &environment).unwrap();
    assert_eq!(settings.smtp.credentials.unwrap().1.expose(), "tilleul");
}
