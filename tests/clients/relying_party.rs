//! A scenario of `openid-client` in a process of Node's, a line of JSON each way (`openid-client/play.mjs`).

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::block_in_place;

/// A running scenario; killed when dropped.
pub(super) struct RelyingParty {
    process: Child,
    ears: ChildStdin,
    mouth: BufReader<ChildStdout>,
    _folder: TempDir,
}

/// What a scenario says.
#[derive(Debug)]
pub(super) enum Said {
    /// The person is to go there.
    Visit(String),
    /// What came of it all.
    Got(Value),
}

impl RelyingParty {
    /// Starts that scenario with what it was told. It trusts `certificate` besides the public authorities.
    pub(super) fn start(packages: &Path, scenario: &str, told: &Value, certificate: &Path) -> Self {
        // Scripts find packages beside themselves: nothing of theirs is kept in this repository.
        let folder = TempDir::new().unwrap();
        symlink(packages, folder.path().join("node_modules")).unwrap();
        for (name, script) in [
            ("play.mjs", include_str!("openid-client/play.mjs")),
            ("scenarios.mjs", include_str!("openid-client/scenarios.mjs")),
        ] {
            fs::write(folder.path().join(name), script).unwrap();
        }
        let mut process = Command::new("node")
            .arg(folder.path().join("play.mjs"))
            .arg(scenario)
            .env("NODE_EXTRA_CA_CERTS", certificate)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let ears = process.stdin.take().unwrap();
        let mouth = BufReader::new(process.stdout.take().unwrap());
        let mut party = Self { process, ears, mouth, _folder: folder };
        party.hears(told);
        party
    }

    /// Tells it where the person landed.
    pub(super) fn learns(&mut self, landed: &str) {
        self.hears(&json!(landed));
    }

    fn hears(&mut self, value: &Value) {
        writeln!(self.ears, "{value}").unwrap();
    }

    /// What it says next; one that gives up says why on standard error.
    pub(super) fn says(&mut self) -> Result<Said, String> {
        // The provider's relay is a task beside this one.
        let mut line = String::new();
        block_in_place(|| self.mouth.read_line(&mut line)).unwrap();
        if line.is_empty() {
            let mut why = String::new();
            self.process.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            return Err(why);
        }
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Ok(match said["visit"].as_str() {
            Some(address) => Said::Visit(address.to_owned()),
            None => Said::Got(said["got"].clone()),
        })
    }
}

impl Drop for RelyingParty {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
