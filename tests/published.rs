//! What is published with the product is there, and says what the code does (SR-219).
//!
//! The figures of `docs/reference/limits.md` are read out of the source: of each constant that is a number or a length of
//! time and says what it bounds, and of the table of what realm files may set. Defaults of settings are the business of
//! `tests/generated.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::architecture::root;

const PAGE: &str = "docs/reference/limits.md";
/// Where the generated part of the page begins; it goes on to the end.
const FROM_HERE: &str = "## Each figure by itself\n";

/// A number, or a length of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Number(u64),
    Time(u64),
}

impl Figure {
    /// What an expression of numbers and lengths of time comes to; `None` when it is something else.
    fn of(expression: &str) -> Option<Self> {
        let (name, inside) = match expression.trim().strip_suffix(')') {
            Some(call) => call.split_once('(')?,
            None => ("", expression),
        };
        let number = sum(inside)?;
        let unit = match name.trim_start_matches("Duration::from_") {
            "" => return Some(Self::Number(number)),
            "millis" => 1,
            "secs" | "seconds" => 1000,
            "mins" | "minutes" => 60_000,
            "hours" => 3_600_000,
            "days" => 86_400_000,
            _ => return None,
        };
        Some(Self::Time(number * unit))
    }

    /// As people write it.
    fn spelled(self) -> String {
        let units: &[(u64, &str)] = match self {
            Self::Number(_) => &[(1 << 20, " MiB"), (1 << 10, " KiB")],
            Self::Time(_) => {
                &[(2 * 86_400_000, " days"), (3_600_000, " h"), (60_000, " min"), (1000, " s"), (1, " ms")]
            }
        };
        let (Self::Number(number) | Self::Time(number)) = self;
        let (mut size, mut unit) = (1, "");
        for (least, name) in units {
            let of_one = if *name == " days" { least / 2 } else { *least };
            if number >= *least && number % of_one == 0 {
                (size, unit) = (of_one, name);
                break;
            }
        }
        format!("{}{unit}", number / size)
    }
}

/// Products and sums of whole numbers.
fn sum(text: &str) -> Option<u64> {
    text.split('+').try_fold(0, |sum, product| Some(sum + quotient(product)?))
}

fn quotient(text: &str) -> Option<u64> {
    let mut factors = text.split('*');
    let first = factors.next()?;
    let number = |text: &str| text.trim().replace('_', "").parse::<u64>().ok();
    let first = match first.split_once('/') {
        Some((whole, parts)) => number(whole)? / number(parts)?,
        None => number(first)?,
    };
    factors.try_fold(first, |product, factor| Some(product * number(factor)?))
}

/// A constant: where it stands, what it says of itself, what it comes to.
struct Constant {
    file: String,
    name: String,
    says: String,
    figure: Figure,
}

/// The constants of the product, without those of the demonstration, of commands, and of tests.
fn constants() -> Vec<Constant> {
    let mut files = Vec::new();
    collect(&root().join("src"), &mut files);
    files.sort();
    files.iter().flat_map(|path| of_file(path)).collect()
}

fn of_file(path: &Path) -> Vec<Constant> {
    let file = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let (mut found, mut says) = (Vec::new(), String::new());
    for line in code.lines() {
        if let Some(words) = line.strip_prefix("///") {
            says.push_str(words);
            continue;
        }
        if let (Some((name, figure)), false) = (constant(line), says.is_empty()) {
            let says = sentence(says.trim()).to_owned();
            found.push(Constant { file: file.clone(), name: name.to_owned(), says, figure });
        }
        says.clear();
    }
    found
}

/// `const NAME: KIND = EXPRESSION;`, where that is a figure.
fn constant(line: &str) -> Option<(&str, Figure)> {
    let (seen, rest) = line.split_once("const ")?;
    let (name, rest) = rest.split_once(": ")?;
    let (kind, expression) = rest.strip_suffix(';')?.split_once(" = ")?;
    let figures = ["Duration", "usize", "u64", "u32", "i64"].contains(&kind);
    let top = seen.is_empty() || seen.starts_with("pub");
    (figures && top).then(|| Figure::of(expression).map(|figure| (name, figure)))?
}

/// The first sentence: a full stop before a capital ends it.
fn sentence(text: &str) -> &str {
    let ends = text.match_indices(". ").map(|(at, _)| at);
    let end = ends.into_iter().find(|at| text[at + 2..].starts_with(|letter: char| letter.is_ascii_uppercase()));
    end.map_or(text, |at| &text[..at]).trim_end_matches('.')
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if name != "demo" && name != "cli" {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|kind| kind == "rs") && name != "tests.rs" {
            files.push(path);
        }
    }
}

/// What realm files may set: key, default, least and most, as `realm::check::span` judges them.
fn spans() -> Vec<[String; 4]> {
    let text = fs::read_to_string(root().join("src/realm/check/span.rs")).unwrap();
    let calls = text.split("self.lasting(").skip(1).map(|after| after.split(");\n").next().unwrap());
    calls
        .map(|call| {
            let parts: Vec<_> = call.rsplitn(4, ", ").collect();
            let [most, least, default] = [0, 1, 2].map(|at| Figure::of(parts[at].trim()).unwrap().spelled());
            let key = call.split('"').nth(1).unwrap().to_owned();
            [key, default, least, most]
        })
        .collect()
}

/// The generated part of the page.
fn generated() -> String {
    let mut page = String::from(FROM_HERE);
    page.push_str("\nRead out of the source; `tests/published.rs` fails when this is stale.\n");
    page.push_str("\n| set in `realm.toml` | default | least | most |\n|---|---|---|---|\n");
    for [key, default, least, most] in spans() {
        writeln!(page, "| `{key}` | {default} | {least} | {most} |").unwrap();
    }
    page.push_str("\n| figure | what it is | constant |\n|---|---|---|\n");
    for Constant { file, name, says, figure } in constants() {
        writeln!(page, "| {} | {} | `{file}` `{name}` |", figure.spelled(), says.replace('|', "\\|")).unwrap();
    }
    page
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn sr_219_the_published_figures_are_those_of_the_code() {
    let page = read(PAGE);
    let (words, _) = page.split_once(FROM_HERE).unwrap_or((&page, ""));
    let fresh = format!("{words}{}", generated());
    assert!(constants().len() > 80 && spans().len() >= 12, "the source was read");
    if page != fresh {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("limits.md");
        fs::write(&place, fresh).unwrap();
        panic!("stale: run `cp {} {PAGE}`", place.display());
    }
}

#[test]
fn sr_219_what_people_read_about_limits_has_the_same_figures() {
    let page = read(PAGE);
    let words = page.split(FROM_HERE).next().unwrap();
    let known: BTreeMap<_, _> =
        constants().into_iter().map(|constant| ((constant.file, constant.name), constant.figure.spelled())).collect();
    for (row, file, name, said) in [
        ("passwords of one account", "throttle/schedule.rs", "FREE", "{} without delay"),
        ("passwords of one account", "throttle/schedule.rs", "LONGEST", "{} at most"),
        ("passwords of one account", "throttle/schedule.rs", "HARD_STOP", "{} in a row"),
        ("passwords of one account", "throttle/mod.rs", "SEVERAL", "follows {} wrong ones"),
        ("sign-in attempts of one source", "throttle/mod.rs", "PER_SOURCE", "{} a minute"),
        ("failures everywhere", "throttle/schedule.rs", "FREE_UNDER_ATTACK", "begin after {}"),
        ("answers to a secret question", "authentication/journey.rs", "MOST_WRONG_ANSWERS", "{} a link"),
        ("answers to a secret question", "throttle/mod.rs", "ANSWERS_PER_DAY", "{} a day"),
        ("mails to one address", "throttle/mod.rs", "MAILS_PER_ADDRESS", "{} a day"),
        ("requests for mail of one source", "throttle/mod.rs", "MAILS_PER_SOURCE", "{} an hour"),
        ("registrations of one source", "throttle/mod.rs", "REGISTRATIONS_PER_SOURCE", "{} an hour"),
        ("clients registered by one source", "throttle/mod.rs", "CLIENTS_PER_SOURCE", "{} an hour"),
        ("journeys begun by one source", "throttle/mod.rs", "JOURNEYS_PER_SOURCE", "{} a minute"),
        ("numbers of organisations", "throttle/mod.rs", "LOOKUPS_PER_JOURNEY", "| {} an hour; "),
        ("numbers of organisations", "throttle/mod.rs", "LOOKUPS_PER_SOURCE", "; {} an hour"),
        ("a look-up, all registries", "registries/mod.rs", "TIME", "| {}; "),
        ("a look-up, all registries", "registries/mod.rs", "VIES_TIME", "; {} |"),
        ("connecting", "outbound/service.rs", "CONNECT", "| {}, "),
        ("an answer", "outbound/service.rs", "LONGEST", "| {} |"),
        ("a registry that failed", "registries/guard.rs", "FAILURES", "| {} times"),
        ("a registry that failed", "registries/guard.rs", "OPEN", "for {}, "),
        ("a registry that says", "registries/trouble.rs", "UNTOLD", "{} if it does not"),
        ("a registry that says", "registries/guard.rs", "LONGEST_REST", "{} at most"),
        ("a registry that says", "registries/vies.rs", "PAUSE", "after {} |"),
        ("kept: what was found", "registries/copies.rs", "FOUND", "| {} / "),
        ("kept: what was found", "registries/mod.rs", "NOT_FOUND", "/ {} |"),
        ("journeys of one browser", "authentication/journey.rs", "PER_BROWSER", "| {}, "),
        ("one request, from looking up", "outbound/mod.rs", "TIME", "| {} |"),
        ("its answer", "keys/foreign/jwk_set.rs", "MOST_KEYS", "{} keys in a key set"),
        ("its answer", "keys/foreign/jwk_set.rs", "LONGEST", "{} for a key set"),
        ("requests at once", "outbound/mod.rs", "AT_ONCE", "| {}; "),
        ("requests at once", "outbound/names.rs", "LOOKUPS", "; {} |"),
        ("requests for one client", "outbound/pace.rs", "MOST", "{} a minute"),
        ("a failure is remembered", "outbound/shelf.rs", "COOL_DOWN", "| {} |"),
        ("kept in all", "outbound/shelf.rs", "PLACES", "{} documents"),
        ("kept in all", "outbound/shelf.rs", "BYTES", "{}; "),
        ("parameters of one request", "protocol/parameters.rs", "MOST", "| {} |"),
        ("one parameter", "protocol/parameters.rs", "LONGEST", "| {}; "),
        ("one parameter", "protocol/parameters.rs", "LONGEST_TOKEN", "; {} where"),
        ("one parameter", "protocol/parameters.rs", "LONGEST_OBJECT", "{} for `request`"),
        ("JSON", "keys/strict_json.rs", "DEEPEST", "{} deep"),
        ("a password", "proofs/password.rs", "MOST_BYTES", "| {}, "),
        ("a certificate chain", "server/possession.rs", "CERTIFICATES", "{} certificates"),
        ("a certificate chain", "server/possession.rs", "BYTES", "{}, keys"),
        ("a device waits", "protocol/device.rs", "LIFETIME", "| {}; "),
        ("a device waits", "protocol/device.rs", "INTERVAL", "; {} |"),
    ] {
        let figure = &known[&(format!("src/{file}"), name.to_owned())];
        let line = words.lines().find(|line| line.starts_with(&format!("| {row}"))).unwrap_or_else(|| panic!("{row}"));
        let said = said.replace("{}", figure);
        assert!(line.contains(&said), "{file} {name}: {line} does not say {said:?}");
    }
}

#[test]
fn sr_219_threats_ways_out_limits_deviations_and_disclosure_are_published() {
    let page = read("docs/security.md");
    let sections: BTreeMap<_, _> = page.split("\n## ").skip(1).filter_map(|part| part.split_once('\n')).collect();
    for (title, least) in [
        ("Threat model", 1500),
        ("Deviations", 800),
        ("Whom the process talks to", 400),
        ("Limits and times", 100),
        ("Cryptography", 400),
        ("Dependencies", 200),
        ("Reporting", 150),
    ] {
        let said = sections.get(title).unwrap_or_else(|| panic!("docs/security.md has no section {title:?}"));
        assert!(said.trim().len() >= least, "{title} says too little");
    }
    // Every deviation of the list of requirements is named, with the number that the list has for it.
    for number in 1..=6 {
        assert!(sections["Deviations"].contains(&format!("| D-{number} |")), "D-{number}");
    }
    // Every decision and every page that the page leads to is there.
    for link in page.split("](").skip(1).map(|after| after.split(')').next().unwrap()) {
        let path = root().join("docs").join(link.split('#').next().unwrap());
        assert!(link.contains("://") || path.exists(), "docs/security.md leads to {link}");
    }
    // Each purpose for which something is fetched is on the list of ways out.
    let purposes = read("src/outbound/purpose.rs");
    for (purpose, words) in
        [("Jwks", "`jwks_uri`"), ("RequestObject", "`request_uri`"), ("SectorIdentifiers", "`sector_identifier_uri`")]
    {
        assert!(purposes.contains(purpose), "{purpose}");
        assert!(sections["Whom the process talks to"].contains(words), "{words}");
    }
    // Each threat names what stands against it.
    let threats =
        sections["Threat model"].lines().filter(|line| line.starts_with("| ") && !line.starts_with("| who |"));
    let threats: Vec<_> = threats.collect();
    assert!(threats.len() >= 12, "{}", threats.len());
    assert!(threats.iter().all(|line| line.contains("SR-")), "{threats:?}");
}

#[test]
fn figures_are_read_and_spelled() {
    for (expression, spelled) in [
        ("4096", "4 KiB"),
        ("16 * 1024 * 1024", "16 MiB"),
        ("8192 / 8 + 40", "1064"),
        ("1_000", "1000"),
        ("minutes(5)", "5 min"),
        ("Duration::from_millis(200)", "200 ms"),
        ("Duration::from_hours(90 * 24)", "90 days"),
        ("hours(24)", "24 h"),
        ("days(365)", "365 days"),
        ("Duration::from_secs(90)", "90 s"),
    ] {
        assert_eq!(Figure::of(expression).unwrap().spelled(), spelled, "{expression}");
    }
    assert_eq!(Figure::of("CLAIM"), None);
    assert_eq!(sentence("Most bytes, e.g. of one. What follows."), "Most bytes, e.g. of one");
}
