//! Terms of use among a realm's files: what is missing, misnamed, out of order or not printable is told, all at once.

use guichet::identity::terms::{TermsVersion, in_force};
use guichet::realm::check::{NoThemes, check};
use guichet::realm::document::Bundle;
use guichet::realm::preset::Preset;

const ABOUT: &str = "title = \"Conditions\"\neffective = \"2026-01-01\"\n";

/// The ChamberSign realm with these files in the place of its own terms.
fn with(files: &[(&str, &str)]) -> Bundle {
    let mut bundle = Preset::ChamberSign.bundle("chambersign");
    bundle.files.retain(|path, _| !path.starts_with("terms/"));
    bundle.files.extend(files.iter().map(|(path, text)| (format!("terms/{path}"), (*text).to_owned())));
    bundle
}

/// The codes of what is wrong, and where.
fn wrong(files: &[(&str, &str)]) -> Vec<String> {
    let findings = check(&with(files), &NoThemes).findings.list;
    findings.iter().map(|it| format!("{} {}", it.code, it.file.trim_start_matches("chambersign/"))).collect()
}

#[test]
fn every_mistake_about_terms_is_told() {
    let whole = [("cgu/1.toml", ABOUT), ("cgu/1.fr.md", "# Objet"), ("cgu/1.en.md", "# Purpose")];
    let [about, french, english] = whole;
    for (case, files, told) in [
        ("whole", whole.to_vec(), vec![]),
        ("nothing to accept", vec![], vec!["E0134 realm.toml"]),
        ("no English", vec![about, french], vec!["E0132 terms/cgu/1"]),
        ("nothing said about it", vec![french, english], vec!["E0132 terms/cgu/1"]),
        ("an empty text", vec![about, french, ("cgu/1.en.md", " \n")], vec!["E0132 terms/cgu/1.en.md"]),
        (
            "a version that is none",
            vec![("cgu/v1.toml", ABOUT), ("cgu/v1.fr.md", "a"), ("cgu/v1.en.md", "a")],
            vec!["E0133 terms/cgu/v1"],
        ),
        (
            "a document that is none",
            vec![("CGU/1.toml", ABOUT), ("CGU/1.fr.md", "a"), ("CGU/1.en.md", "a")],
            vec!["E0133 terms/CGU/1"],
        ),
        (
            "a day that is none",
            vec![("cgu/1.toml", "title = \"C\"\neffective = \"1 mars 2026\"\n"), french, english],
            vec!["E0133 terms/cgu/1.toml"],
        ),
        (
            "a key that is none",
            vec![("cgu/1.toml", "title = \"C\"\neffectiv = \"2026-01-01\"\n"), french, english],
            vec!["E0102 terms/cgu/1.toml", "E0107 terms/cgu/1.toml"],
        ),
        (
            "what cannot be printed",
            vec![about, ("cgu/1.fr.md", "a\u{200b}b"), english],
            vec!["E0135 terms/cgu/1.fr.md"],
        ),
        ("another language", vec![about, french, english, ("cgu/1.de.md", "a")], vec!["E0305 terms/cgu/1.de.md"]),
        ("a file of no meaning", vec![about, french, english, ("cgu/1.fr.txt", "a")], vec!["E0104 terms/cgu/1.fr.txt"]),
        (
            "the later before the earlier",
            [
                whole.to_vec(),
                vec![
                    ("cgu/2.toml", "title = \"C\"\neffective = \"2025-12-31\"\n"),
                    ("cgu/2.fr.md", "a"),
                    ("cgu/2.en.md", "a"),
                ],
            ]
            .concat(),
            vec!["E0134 terms/cgu/2.toml"],
        ),
    ] {
        assert_eq!(wrong(&files), told, "{case}");
    }
}

#[test]
fn terms_that_nobody_is_asked_about_are_a_warning() {
    let mut bundle = Preset::ChamberSign.bundle("chambersign");
    let realm = bundle.files.get_mut("realm.toml").unwrap();
    *realm = realm.replace(", \"accept_terms\"", "");
    let verdict = check(&bundle, &NoThemes);
    assert_eq!((verdict.findings.errors(), verdict.findings.warnings()), (0, 1), "{}", verdict.findings);
    assert!(verdict.findings.to_string().contains("nobody is asked to accept the terms of use"));
}

#[test]
fn an_edition_is_in_force_from_midnight_in_the_realms_own_zone() {
    let realm = check(&Preset::ChamberSign.bundle("chambersign"), &NoThemes).into_result().unwrap();
    let edition = &realm.terms[0];
    assert_eq!(edition.version, TermsVersion { major: 1, minor: 0 });
    // 2025-12-31T23:00:00Z: the new year in Paris.
    assert_eq!(edition.effective.seconds(), 1_767_222_000);
    assert_eq!(in_force(&realm.terms, edition.effective).len(), 1);
}
