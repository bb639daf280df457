//! What comes into the product from others: locked, from one registry, each with its reason (SR-215).
//!
//! Everything here is read from the tree, without a network. What needs one, the advisories of RustSec, is asked by
//! `.ci/audit`, on each change and daily.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use toml::{Table, Value};

use crate::architecture::{names, root, sources};

/// The registry, as Cargo writes it.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// Most packages beside ours that one binary may be built from, on the machine that tests. Few is a figure: raise it in
/// the change that needs more, with its reason: the last were rasn's, so that no reader of ASN.1 is our own.
const MOST: usize = 460;

/// Of these there is one version: two would be two TLS stacks, two runtimes, two readers of the same token.
const ALONE: [&str; 18] = [
    "aws-lc-rs",
    "axum",
    "axum-server",
    "http",
    "hyper",
    "hyper-util",
    "lettre",
    "minijinja",
    "rustls",
    "rustls-webpki",
    "sea-orm",
    "serde",
    "serde_json",
    "sqlx",
    "tokio",
    "tokio-rustls",
    "url",
    "x509-parser",
];

fn table(file: &str) -> Table {
    fs::read_to_string(root().join(file)).unwrap().parse().unwrap()
}

/// The packages of `Cargo.lock`.
fn locked() -> Vec<Table> {
    let lock = table("Cargo.lock");
    let packages = lock["package"].as_array().unwrap().iter().map(|package| package.as_table().unwrap().clone());
    packages.collect()
}

fn text<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key).and_then(Value::as_str)
}

/// Name, version and licence of each package that this machine's build takes, ours left out.
fn built(edges: &str) -> BTreeSet<(String, String)> {
    let format = "{p}|{l}";
    let words = ["tree", "--offline", "--locked", "--edges", edges, "--prefix", "none", "--format", format];
    let output = Command::new(env!("CARGO")).args(words).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.contains(" (/"));
    let pairs = lines.filter_map(|line| line.split_once('|'));
    pairs.map(|(package, licence)| (package.replace(" (proc-macro)", ""), licence.to_owned())).collect()
}

#[test]
fn sr_215_every_package_is_locked_and_comes_from_the_one_registry() {
    let mut ours = BTreeSet::new();
    for package in locked() {
        let name = text(&package, "name").unwrap();
        match text(&package, "source") {
            None => {
                ours.insert(name.to_owned());
            }
            Some(source) => {
                assert_eq!(source, REGISTRY, "{name}");
                let sum = text(&package, "checksum").unwrap_or_default();
                assert!(sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name} has no checksum");
            }
        }
    }
    assert_eq!(ours, ["guichet", "migrations"].map(str::to_owned).into());
    let deny = table("deny.toml");
    let sources = deny["sources"].as_table().unwrap();
    assert_eq!((text(sources, "unknown-registry"), text(sources, "unknown-git")), (Some("deny"), Some("deny")));
    assert_eq!(sources["allow-registry"].as_array().unwrap().len(), 1);
}

#[test]
fn sr_215_each_dependency_says_what_we_would_write_without_it() {
    let mut read = 0;
    for file in ["Cargo.toml", "migrations/Cargo.toml"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let mut inside = false;
        for line in text.lines() {
            if line.starts_with('[') {
                inside = matches!(line, "[dependencies]" | "[dev-dependencies]" | "[build-dependencies]");
            } else if inside && line.contains(" = ") && !line.starts_with('#') {
                let (said, reason) = line.split_once(" # ").unwrap_or((line, ""));
                assert!(reason.trim().len() >= 4, "{file}: no reason: {said}");
                assert!(!said.contains("git = ") && !said.contains('*'), "{file}: {said}");
                assert!(said.contains("path = \"migrations\"") || !said.contains("path = "), "{file}: {said}");
                read += 1;
            }
        }
    }
    assert!(read > 40, "the lines were read");
}

#[test]
fn sr_215_dependencies_are_few_and_none_is_there_twice_that_decides() {
    let built = built("normal,build");
    assert!(built.len() <= MOST, "{} packages are more than {MOST}", built.len());
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (package, _) in &built {
        let (name, version) = package.split_once(' ').unwrap();
        versions.entry(name).or_default().insert(version);
    }
    for name in ALONE {
        assert_eq!(versions.get(name).map(BTreeSet::len), Some(1), "{name}: {:?}", versions.get(name));
    }
    let deny = table("deny.toml");
    let banned = deny["bans"]["deny"].as_array().unwrap();
    assert!(banned.len() >= 3);
    for banned in banned {
        let name = banned["crate"].as_str().unwrap();
        assert!(!versions.contains_key(name), "{name}: {}", banned["reason"]);
    }
}

/// `webauthn-rs` takes its primitives from `crypto-glue`, which names an Argon2 of its own: a second one is built, and
/// nothing of ours or of WebAuthn calls it. Passwords are hashed by the one that we name.
#[test]
fn sr_215_the_second_argon2_is_nobodys_but_the_passkeys() {
    let own = table("Cargo.toml")["dependencies"]["argon2"]["version"].as_str().unwrap().to_owned();
    let versions: Vec<_> = locked()
        .iter()
        .filter(|package| text(package, "name") == Some("argon2"))
        .map(|package| text(package, "version").unwrap().to_owned())
        .collect();
    let [other] = &versions.iter().filter(|version| **version != own).collect::<Vec<_>>()[..] else {
        panic!("{versions:?}")
    };
    let package = format!("argon2@{other}");
    let words = ["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "depth", "--invert", &package];
    let output = Command::new(env!("CARGO")).args(words).current_dir(root()).output().unwrap();
    let users = String::from_utf8(output.stdout).unwrap();
    let users: Vec<_> = users.lines().filter(|line| line.starts_with('1')).collect();
    assert!(matches!(users[..], [user] if user.starts_with("1crypto-glue ")), "{users:?}");
}

#[test]
fn sr_215_each_licence_is_one_that_was_agreed_to() {
    let deny = table("deny.toml");
    let allowed: Vec<_> =
        deny["licenses"]["allow"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    let all = built("normal,build,dev");
    assert!(all.len() > 100, "the tree was read");
    for (package, licence) in all {
        assert!(is_allowed(&licence, &allowed), "{package}: {licence}");
    }
}

/// `regex` promises time linear in the text; patterns that go back do not. One is built in: `zxcvbn` looks with it for
/// repetitions, in the first hundred characters of a password (`proofs::password`). Nothing of ours writes a pattern.
#[test]
fn sr_208_no_pattern_goes_back_over_what_strangers_send() {
    let going_back = ["fancy-regex", "onig", "pcre2", "regress"];
    let built = built("normal");
    let found: Vec<_> = built.iter().filter_map(|(package, _)| package.split(' ').next()).collect();
    let found: Vec<_> = going_back.iter().filter(|name| found.contains(name)).collect();
    assert_eq!(found, [&"fancy-regex"]);
    let words = ["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "depth", "--invert", "fancy-regex"];
    let output = Command::new(env!("CARGO")).args(words).current_dir(root()).output().unwrap();
    let users = String::from_utf8(output.stdout).unwrap();
    let users: Vec<_> = users.lines().filter(|line| line.starts_with('1')).collect();
    assert!(matches!(users[..], [user] if user.starts_with("1zxcvbn ")), "{users:?}");
    for (path, code) in sources() {
        assert!(!["regex", "Regex"].iter().any(|name| names(&code, name)), "{}", path.display());
    }
}

#[test]
fn sr_215_advisories_are_asked_on_each_change_and_exceptions_say_why() {
    let run = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(run.lines().any(|line| line == ".ci/audit"), "each change is audited");
    let audit = fs::read_to_string(root().join(".ci/audit")).unwrap();
    assert!(audit.contains("cargo deny --locked check advisories bans licenses sources"));
    // An advisory that is passed over has its reason in the lines above it.
    let deny = fs::read_to_string(root().join("deny.toml")).unwrap();
    let lines: Vec<_> = deny.lines().map(str::trim).collect();
    for at in (0..lines.len()).filter(|at| lines[*at].starts_with("\"RUSTSEC-")) {
        assert!(lines[at - 1].starts_with("# "), "{}", lines[at]);
    }
    let policy = fs::read_to_string(root().join("docs/security.md")).unwrap();
    assert!(policy.contains("within 7 days") && policy.contains("within 30 days"));
}

/// Whether an SPDX expression can be met with these licences; Cargo's old `/` means `OR`.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let (verdict, rest) = either(&words, allowed);
    verdict && rest.is_empty()
}

/// `both OR both …`
fn either<'a>(words: &'a [&'a str], allowed: &[String]) -> (bool, &'a [&'a str]) {
    let (mut verdict, mut rest) = both(words, allowed);
    while let ["OR", more @ ..] = rest {
        let (next, after) = both(more, allowed);
        (verdict, rest) = (verdict || next, after);
    }
    (verdict, rest)
}

/// `licence AND licence …`
fn both<'a>(words: &'a [&'a str], allowed: &[String]) -> (bool, &'a [&'a str]) {
    let (mut verdict, mut rest) = licence(words, allowed);
    while let ["AND", more @ ..] = rest {
        let (next, after) = licence(more, allowed);
        (verdict, rest) = (verdict && next, after);
    }
    (verdict, rest)
}

/// A name, a name with its exception, or an expression in parentheses.
fn licence<'a>(words: &'a [&'a str], allowed: &[String]) -> (bool, &'a [&'a str]) {
    let known = |name: &str| allowed.iter().any(|allowed| allowed == name);
    match words {
        ["(", inner @ ..] => match either(inner, allowed) {
            (verdict, [")", rest @ ..]) => (verdict, rest),
            (_, rest) => (false, rest),
        },
        [name, "WITH", exception, rest @ ..] => (known(&format!("{name} WITH {exception}")), rest),
        [name, rest @ ..] => (known(name), rest),
        [] => (false, words),
    }
}

#[test]
fn expressions_of_licences_are_read() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for (expression, verdict) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("", false),
        ("MIT OR GPL-3.0", true),
        ("MIT/GPL-3.0", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND ISC", true),
        ("GPL-3.0 OR (MIT AND ISC)", true),
        ("GPL-3.0 OR MIT AND Zlib", false),
        ("Apache-2.0 WITH LLVM-exception OR GPL-3.0", true),
        ("(MIT", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), verdict, "{expression}");
    }
}
