//! The arrows between modules, and the rules that a search can hold.
//!
//! The table in `ARCHITECTURE.md` ("Arrows") is the law and is read here: a new arrow is a line changed there. A path is
//! whatever follows `crate::` in code; the tests of a module, at the end of its file, may use what they like.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const RINGS: [&str; 5] = ["ground", "rules", "means", "doors", "process"];

/// What a module is, and which of its own ring it may use.
struct Module {
    ring: usize,
    siblings: BTreeSet<String>,
}

#[test]
fn arrows_point_inward_only() {
    let law = law();
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        let Some(from) = module_of(&path) else { continue };
        let Some(here) = law.get(&from) else {
            wrong.push(format!("{}: module `{from}` is not in the table of ARCHITECTURE.md", path.display()));
            continue;
        };
        for to in uses(&code).into_iter().filter(|to| *to != from) {
            let allowed = law.get(&to).is_some_and(|there| match here.ring.cmp(&there.ring) {
                std::cmp::Ordering::Greater => true,
                std::cmp::Ordering::Equal => here.siblings.contains("all") || here.siblings.contains(&to),
                std::cmp::Ordering::Less => false,
            });
            if !allowed {
                wrong.push(format!("{}: `{from}` may not use `{to}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_library_stays_in_its_rooms() {
    const DOORS: &[&str] = &["oauth", "journeys", "admin", "app", "assembly", "server", "demo"];
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        let module = module_of(&path).unwrap_or_default();
        for (library, rooms) in [
            ("sea_orm", &["store"] as &[&str]),
            ("sqlx", &["store"]),
            ("axum", DOORS),
            ("axum_server", DOORS),
            ("minijinja", &["themes"]),
            ("lettre", &["mail"]),
            ("reqwest", &["outbound", "demo"]),
            ("rand", &["entropy"]),
            ("getrandom", &["entropy"]),
            ("std::time", &["clock"]),
            ("openidconnect", &["demo"]),
            ("webauthn_rs", &["proofs"]),
            ("serde_cbor_2", &["proofs"]),
            ("oauth2", &["demo"]),
        ] {
            if !rooms.contains(&module.as_str()) && names(&code, library) {
                wrong.push(format!("{}: `{library}` belongs in {}", path.display(), rooms.join(", ")));
            }
        }
        if module != "store" && names(&code.replace("fn from_row", ""), "from_row") {
            wrong.push(format!("{}: only `store` rebuilds from a row", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_know_no_io_and_no_async() {
    let law = law();
    for (path, code) in sources() {
        let rule = module_of(&path).and_then(|module| law.get(&module).map(|module| RINGS[module.ring] == "rules"));
        if rule == Some(true) {
            for word in ["async", "tokio", "std::fs", "std::net::Tcp", "std::env", "reqwest", "println"] {
                assert!(!names(&code, word), "{}: rules know no `{word}`", path.display());
            }
        }
    }
}

#[test]
fn no_folder_is_named_after_nothing() {
    for path in files(&root().join("src")) {
        let names =
            path.strip_prefix(root()).unwrap().iter().map(|name| name.to_str().unwrap().trim_end_matches(".rs"));
        for name in names {
            let nothing = ["util", "utils", "common", "helper", "helpers", "shared", "misc", "manager"];
            assert!(!nothing.contains(&name), "{}: what is the idea? It is the name", path.display());
        }
    }
}

/// The rows of the table: `| module | ring | of its own ring |`.
fn law() -> BTreeMap<String, Module> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let section = text.split("\n## Arrows\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let law: BTreeMap<_, _> = rows
        .map(|row| {
            let mut cells = row.split('|').map(|cell| cell.trim().trim_end_matches('`'));
            let (module, ring, siblings) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
            let ring = RINGS.iter().position(|name| *name == ring).unwrap_or_else(|| panic!("no such ring: {row}"));
            let siblings = siblings.split(',').map(|name| name.trim().trim_matches('`').to_owned()).collect();
            (module.to_owned(), Module { ring, siblings })
        })
        .collect();
    assert!(law.len() > 10, "the table was read");
    law
}

/// The modules that code names: `crate::x`, and each of `crate::{x, y::z}`.
fn uses(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, after) in code.match_indices("crate::").map(|(at, word)| code.split_at(at + word.len())) {
        match after.strip_prefix('{') {
            None => found.extend(word(after)),
            Some(list) => {
                let (mut depth, mut start) = (0, true);
                for (at, letter) in list.char_indices() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        letter if start && !letter.is_whitespace() => {
                            found.extend(word(&list[at..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

/// The lower-case name at the start of `text`: macros and re-exported types at the root are no modules.
fn word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
    word.starts_with(|letter: char| letter.is_ascii_lowercase()).then_some(word)
}

/// Whether code names `what`, as a whole word.
pub(crate) fn names(code: &str, what: &str) -> bool {
    let inside = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    code.match_indices(what)
        .any(|(at, _)| !inside(code[..at].chars().next_back()) && !inside(code[at + what.len()..].chars().next()))
}

/// Our own files, without comments, texts and the tests at their end.
pub(crate) fn sources() -> Vec<(PathBuf, String)> {
    let source = root().join("src");
    let kept = files(&source).into_iter().filter(|path| path.file_name().is_some_and(|name| name != "tests.rs"));
    kept.map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let tests = ["#[cfg(test)]\nmod ", "#[cfg(test)]\npub(crate) mod "];
        let code = tests.iter().fold(text.as_str(), |code, start| code.split(start).next().unwrap());
        let lines = code.lines().map(without_texts).map(|line| line.split("//").next().unwrap().to_owned());
        (path.strip_prefix(&source).unwrap().to_owned(), lines.collect::<Vec<_>>().join("\n"))
    })
    .collect()
}

/// A line without what stands in quotes: an address in a text is no comment, a word in a text is no use.
fn without_texts(line: &str) -> String {
    line.split('"').step_by(2).collect()
}

/// The sources below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|kind| kind == "rs")).collect()
}

/// The top module of a file; `main.rs` and `lib.rs` are none.
fn module_of(path: &Path) -> Option<String> {
    let name = path.iter().next()?.to_str()?.trim_end_matches(".rs").to_owned();
    (name != "main" && name != "lib").then_some(name)
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_reader_of_paths_reads_them_all() {
    let code =
        "use crate::{clock::{Clock, Timestamp}, store, realm::model::Realm};\nlet x = crate::ids::UserId::new();\n";
    assert_eq!(uses(code), ["clock", "ids", "realm", "store"].map(str::to_owned).into());
    assert!(names("use rand::Rng;", "rand") && !names("let operand = brand;", "rand"));
    assert_eq!(without_texts("let a = \"http://crate::store\"; b"), "let a = ; b");
}
