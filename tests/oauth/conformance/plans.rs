//! The list of plans and the stories that there are, held together in both directions.
//!
//! The stories are those that this binary would run: it is asked, no source is read. `tests/run` counts by the same list.

use std::collections::BTreeSet;
use std::env;
use std::process::Command;

/// A plan of the suite: its name, where its stories are, its modules.
struct Plan<'a> {
    name: &'a str,
    path: &'a str,
    modules: Vec<&'a str>,
}

/// The plans of a list: a line for the plan, below it an indented line for each module.
fn plans(list: &str) -> Vec<Plan<'_>> {
    let mut plans: Vec<Plan<'_>> = Vec::new();
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(module) = line.strip_prefix("    ") {
            plans.last_mut().unwrap().modules.push(module);
        } else {
            let (name, path) = line.split_once(' ').unwrap();
            plans.push(Plan { name, path, modules: Vec::new() });
        }
    }
    plans
}

/// What the story of a module is called. The modules of FAPI 2.0 leave out the name of their plan, which is their path.
fn story(module: &str) -> String {
    let own = module.strip_prefix("fapi2-security-profile-final-").unwrap_or(module);
    own.to_lowercase().replace('-', "_")
}

/// The tests of this binary, by their paths.
fn tests() -> Vec<String> {
    let told = Command::new(env::current_exe().unwrap()).arg("--list").output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    told.lines().filter_map(|line| line.strip_suffix(": test")).map(ToOwned::to_owned).collect()
}

#[test]
fn every_module_has_its_story_and_every_story_its_module() {
    let tests = tests();
    let listed = plans(include_str!("plans.txt"));
    let mut wrong = Vec::new();
    for plan in &listed {
        let below = format!("oauth::{}::", plan.path);
        let there: Vec<_> = tests.iter().filter(|test| test.starts_with(&below)).collect();
        let told: BTreeSet<_> = there.iter().map(|test| test.rsplit("::").next().unwrap().to_owned()).collect();
        let wanted: BTreeSet<_> = plan.modules.iter().map(|module| story(module)).collect();
        assert_eq!((told.len(), wanted.len()), (there.len(), plan.modules.len()), "{}: told once each", plan.name);
        wrong.extend(wanted.difference(&told).map(|missing| format!("{}: no story {missing}", plan.name)));
        wrong.extend(told.difference(&wanted).map(|more| format!("{}: {more} is no module of it", plan.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_list_of_plans_is_read() {
    let [one, two] =
        plans("# of plans\n\none-plan a::b\n    x-module\n    x-Y\n\ntwo-plan c\n").try_into().ok().unwrap();
    assert_eq!((one.name, one.path, one.modules), ("one-plan", "a::b", vec!["x-module", "x-Y"]));
    assert_eq!((two.name, two.path, two.modules.len()), ("two-plan", "c", 0));
    assert_eq!(story("oidcc-redirect-uri-query-OK"), "oidcc_redirect_uri_query_ok");
    assert_eq!(story("fapi2-security-profile-final-happy-flow"), "happy_flow");
}
