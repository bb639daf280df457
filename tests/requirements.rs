//! Each security requirement has a test that carries its number (SR-218).
//!
//! The list is `docs/security-requirements.md`. A test that names an unknown number fails here, and so does a requirement
//! without a test, unless it is about what is still to be built.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What is still to be built: releases, with their bill of materials and their signatures.
const TO_COME: [u32; 1] = [216];

#[test]
fn sr_218_each_requirement_has_a_test_that_bears_its_number() {
    let known = known();
    let tested = tested();
    let unknown: Vec<_> = tested.iter().filter(|number| !known.contains_key(number)).collect();
    assert!(unknown.is_empty(), "tests name requirements that do not exist: {unknown:?}");
    let missing: Vec<_> = known.keys().copied().filter(|number| !tested.contains(number)).collect();
    let titles: Vec<_> = missing.iter().map(|number| format!("SR-{number} {}", known[number])).collect();
    assert_eq!(missing, TO_COME, "without a test: {titles:#?}");
}

/// Number and title of each line `- SR-n title`.
fn known() -> BTreeMap<u32, String> {
    let text = fs::read_to_string(root().join("docs/security-requirements.md")).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("- SR-")?.split_once(' '));
    let known: BTreeMap<_, _> = lines.map(|(number, title)| (number.parse().unwrap(), title.to_owned())).collect();
    assert_eq!(known.keys().copied().collect::<Vec<_>>(), (1..=219).collect::<Vec<_>>(), "none is left out");
    known
}

/// The numbers in the names of test functions: `fn sr_42_…`, `fn sr_42_sr_43_…`.
fn tested() -> BTreeSet<u32> {
    let mut files = Vec::new();
    collect(&root().join("src"), &mut files);
    collect(&root().join("tests"), &mut files);
    let texts = files.iter().map(|path| fs::read_to_string(path).unwrap());
    texts.flat_map(|text| numbers(&text)).collect()
}

fn numbers(text: &str) -> Vec<u32> {
    let functions = text.split("fn ").skip(1).filter_map(|after| after.split('(').next());
    let ours = functions.filter(|name| name.starts_with("sr_"));
    ours.flat_map(|name| name.split("sr_").filter_map(|part| part.split('_').next()?.parse().ok()).collect::<Vec<_>>())
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn names_are_read() {
    let text = "fn sr_42_tokens() {} async fn sr_1_sr_2_alike() {} fn asr_3_no() {} fn helper() {}";
    assert_eq!(numbers(text), [42, 1, 2]);
}
