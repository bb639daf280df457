//! `guichet realm …` on real folders.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Parser;
use guichet::cli::exit::Exit;
use guichet::cli::realm::RealmCommand;
use guichet::entropy::{self, OsEntropy, SeededEntropy};
use guichet::realm::check::NoThemes;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: RealmCommand,
}

struct Said {
    exit: Exit,
    out: String,
    talk: String,
}

fn guichet(words: &[&str]) -> Said {
    let line = Line::try_parse_from(["realm"].iter().chain(words)).unwrap();
    let (mut out, mut talk) = (Vec::new(), Vec::new());
    let exit = line.command.run(&NoThemes, &SeededEntropy::new(1), &mut out, &mut talk).unwrap();
    Said { exit, out: String::from_utf8(out).unwrap(), talk: String::from_utf8(talk).unwrap() }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_realm_that_was_just_begun_validates() {
    let folder = tempfile::tempdir().unwrap();
    let begun = guichet(&["init", "acme", "--dir", text(folder.path())]);
    assert_eq!(begun.exit, Exit::Done, "{}", begun.talk);
    assert_eq!(begun.out.lines().count(), 4);
    assert!(begun.out.contains("acme/realm.toml"));
    for path in [folder.path().to_owned(), folder.path().join("acme")] {
        let judged = guichet(&["validate", text(&path)]);
        assert_eq!(judged.exit, Exit::Done, "{}", judged.out);
        assert!(
            judged.out.contains("0 errors, 1 warning in 4 files. Nothing was contacted or changed."),
            "{}",
            judged.out
        );
        let portal = "acme/portal (standard): authenticates by client_secret_basic · PKCE required · bearer tokens · \
                      refresh tokens rotate · no consent asked · ID tokens RS256 · access tokens ES256\n";
        assert!(judged.out.contains(portal), "{}", judged.out);
    }
}

#[test]
fn a_profile_is_one_word_in_a_client_s_file_and_what_it_means_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    guichet(&["init", "acme", "--dir", text(folder.path())]);
    let file = folder.path().join("acme/clients/portal.toml");
    let portal = std::fs::read_to_string(&file).unwrap();
    let bank = portal
        .replace("profile = \"standard\"", "profile = \"fapi2-security\"")
        .replace("\"client_secret_basic\"", "\"private_key_jwt\"\njwks_uri = \"https://bank.example/jwks\"")
        .replace("http://127.0.0.1:8090", "https://bank.example");
    let bank: Vec<_> = bank
        .lines()
        .filter(|line| {
            !["secrets", "refresh_token_rotation", "id_token_signed"].iter().any(|key| line.starts_with(key))
        })
        .collect();
    let (folder, shown) = (text(folder.path()), |lines: &[&str]| std::fs::write(&file, lines.join("\n")).unwrap());
    shown(&bank);
    let short = guichet(&["validate", folder]);
    assert_eq!(short.exit, Exit::Error);
    assert!(short.out.contains("wants `dpop_bound_access_tokens` to be true"), "{}", short.out);
    shown(&[bank.as_slice(), &["dpop_bound_access_tokens = true"]].concat());
    let json: serde_json::Value = serde_json::from_str(&guichet(&["validate", folder, "--json"]).out).unwrap();
    assert_eq!(json["clients"][0]["profile"], "fapi2-security", "{json:#}");
    assert_eq!(
        json["clients"][0]["policies"],
        serde_json::json!([
            "authenticates by private_key_jwt",
            "PKCE required",
            "requests pushed",
            "tokens bound by DPoP",
            "refresh tokens stay",
            "no consent asked",
            "ID tokens ES256",
            "access tokens ES256"
        ])
    );
}

#[test]
fn nothing_is_ever_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["init", "acme", "--dir", text(folder.path())];
    guichet(&words);
    let file = folder.path().join("acme/realm.toml");
    std::fs::write(&file, "# mine").unwrap();
    let again = guichet(&words);
    assert_eq!((again.exit, again.out.as_str()), (Exit::Refused, ""));
    assert!(again.talk.starts_with("error[E0632]: "), "{}", again.talk);
    assert_eq!(std::fs::read_to_string(file).unwrap(), "# mine");
}

#[test]
fn sr_146_a_secret_is_shown_once_and_kept_as_a_hash() {
    let folder = tempfile::tempdir().unwrap();
    let begun = guichet(&["init", "acme", "--dir", text(folder.path())]);
    let secret = begun.talk.lines().next().unwrap().rsplit(' ').next().unwrap();
    assert_eq!(secret.len(), 43, "256 bits: {}", begun.talk);
    let portal = std::fs::read_to_string(folder.path().join("acme/clients/portal.toml")).unwrap();
    assert!(!portal.contains(secret));

    let made = guichet(&["secret"]);
    let (secret, hash) = made.out.split_once('\n').unwrap();
    assert!(secret.len() == 43 && hash.starts_with("secrets = [\"sha256:"), "{}", made.out);
    let json: serde_json::Value = serde_json::from_str(&guichet(&["secret", "--json"]).out).unwrap();
    assert!(hash.contains(json["hash"].as_str().unwrap()));
}

#[test]
fn sr_159_a_secret_that_must_be_known_is_printed_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let (settings, key) = (folder.path().join("guichet.toml"), folder.path().join("master.key"));
    std::fs::write(&key, STANDARD.encode(entropy::bytes::<32>(&OsEntropy))).unwrap();
    let text_of = format!(
        r#"public_url = "https://id.example.org"
master_key_file = "{}"
[proxy]
trusted = ["127.0.0.1"]
[database]
url = "sqlite:guichet.db"
[smtp]
host = "relay.example.org"
"#,
        key.display()
    );
    std::fs::write(&settings, text_of).unwrap();
    let words = ["secret", "--sealed", "certinomis", "portal", "--config", text(&settings)];
    let made = guichet(&words);
    assert_eq!(made.exit, Exit::Done, "{}", made.talk);
    let (secret, line) = made.out.split_once('\n').unwrap();
    assert!(secret.len() == 43 && line.starts_with("secrets = [\"sealed:") && !line.contains(secret), "{}", made.out);
    let json: serde_json::Value =
        serde_json::from_str(&guichet(&[words.as_slice(), &["--json"]].concat()).out).unwrap();
    assert!(line.contains(json["sealed"].as_str().unwrap()), "{json}");

    for (words, exit) in [
        (
            ["secret", "--sealed", "certinomis", "portal", "--config", text(&folder.path().join("nowhere"))],
            Exit::Refused,
        ),
        (["secret", "--sealed", "no/realm", "portal", "--config", text(&settings)], Exit::Refused),
    ] {
        let refused = guichet(&words);
        assert_eq!((refused.exit, refused.out.as_str()), (exit, ""), "{}", refused.talk);
    }
}

#[test]
fn folders_that_are_no_realms_are_findings() {
    let folder = tempfile::tempdir().unwrap();
    let empty = guichet(&["validate", text(folder.path())]);
    assert_eq!(empty.exit, Exit::Error);
    assert!(empty.out.contains("error[E0120]"), "{}", empty.out);
    let nowhere = guichet(&["validate", text(&folder.path().join("nowhere"))]);
    assert_eq!(nowhere.exit, Exit::Error);
    assert!(nowhere.out.contains("error[E0105]"), "{}", nowhere.out);
    std::fs::create_dir(folder.path().join("acme")).unwrap();
    std::fs::write(folder.path().join("acme/realm.toml"), b"\xff").unwrap();
    let binary = guichet(&["validate", text(folder.path())]);
    assert!(binary.out.contains("it is not UTF-8 text"), "{}", binary.out);
}

#[test]
fn findings_are_told_to_scripts_as_json() {
    let folder = tempfile::tempdir().unwrap();
    guichet(&["init", "acme", "--dir", text(folder.path())]);
    std::fs::write(folder.path().join("acme/realm.tml"), "").unwrap();
    let judged = guichet(&["validate", "--json", text(folder.path())]);
    assert_eq!(judged.exit, Exit::Error);
    let json: serde_json::Value = serde_json::from_str(&judged.out).unwrap();
    assert_eq!(
        (json["version"].as_u64(), json["errors"].as_u64(), json["files"].as_u64()),
        (Some(1), Some(1), Some(5))
    );
    let codes: Vec<_> = json["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["E0104", "E0117"]);
    assert_eq!(json["findings"][1]["line"].as_u64(), Some(48));
}
