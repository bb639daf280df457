//! What the README says is so: its commands are run, its links lead somewhere.
//!
//! A line in a block of commands that nothing here knows how to run fails: it would be a promise that nobody keeps.

mod realm;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::demo::Demo;

/// Lines of all `sh` blocks.
fn commands(text: &str) -> Vec<&str> {
    let blocks = text.split("```sh\n").skip(1).map(|after| after.split("```").next().unwrap());
    blocks.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// What stands between single backticks and begins with `guichet `.
fn mentioned(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    let quoted = prose.flat_map(|prose| prose.split('`').skip(1).step_by(2));
    quoted.filter_map(|code| code.strip_prefix("guichet ")).collect()
}

/// Where `](…)` leads inside this repository.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).map(|after| after.split(')').next().unwrap());
    targets.filter(|target| !target.contains("://")).collect()
}

fn read() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn guichet(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guichet")).args(words).current_dir(root()).output().unwrap()
}

#[tokio::test]
async fn each_command_of_the_readme_is_run() {
    let text = read();
    let commands = commands(&text);
    assert!(commands.len() >= 2, "{commands:?}");
    for command in commands {
        match command {
            // The binary that `cargo run` builds and runs is the one under test.
            "cargo run -- demo" => {
                let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
                assert!(manifest.contains("default-run = \"guichet\""));
                let demo = Demo::start();
                let http = reqwest::Client::builder().no_proxy().build().unwrap();
                let front = http.get(demo.portal("certinomis")).send().await;
                assert!(front.is_ok_and(|answer| answer.status().is_success()));
            }
            // This run itself.
            "tests/run" => {
                let script = root().join("tests/run");
                assert_eq!(fs::metadata(&script).unwrap().permissions().mode() & 0o111, 0o111);
                assert!(Command::new("bash").arg("-n").arg(script).status().unwrap().success());
            }
            // It takes minutes to build and half a minute to run: what it asks is asked once by a story (`benches`).
            "cargo bench" => {
                let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
                assert!(manifest.contains("[[bench]]\nname = \"protocol\"\npath = \"benches/protocol/main.rs\""));
                assert!(manifest.contains("[lib]\n# The unit tests hold no benches.\nbench = false"));
            }
            // In a folder of their own, with what the README says to write there.
            command if realm::COMMANDS.contains(&command) => {}
            unknown => panic!("the README says `{unknown}`, and nothing runs it"),
        }
    }
}

#[test]
fn each_command_that_the_readme_mentions_exists() {
    let text = read();
    let mentioned = mentioned(&text);
    assert!(!mentioned.is_empty());
    for command in mentioned {
        let words: Vec<&str> = command.split(' ').collect();
        let output = match words[..] {
            ["explain", "CODE"] => guichet(&["explain", "E0231"]),
            ["realm", "validate"] => guichet(&["realm", "validate", "realm-config"]),
            _ => guichet(&[words.as_slice(), &["--help"]].concat()),
        };
        assert!(output.status.success(), "guichet {command}: {output:?}");
    }
}

#[test]
fn each_link_of_the_readme_leads_somewhere() {
    let text = read();
    for target in links(&text) {
        assert!(root().join(target).exists(), "{target}");
    }
}

#[test]
fn what_is_looked_for_is_found() {
    let text = "# A\n```sh\n# a remark\ncargo run -- demo\n\ntests/run\n```\nOr `guichet keys`, [here](docs/x) `ls`.\n\
                ```toml\n`guichet no`\n```\n[there](https://example.org)";
    assert_eq!(commands(text), ["cargo run -- demo", "tests/run"]);
    assert_eq!(mentioned(text), ["keys"]);
    assert_eq!(links(text), ["docs/x"]);
}
