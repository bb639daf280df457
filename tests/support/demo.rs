//! A running `guichet demo`, as a person starts it: the binary, on free ports, gone with the story.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// The demonstration, its line of JSON read.
pub(crate) struct Demo {
    process: Child,
    said: Value,
    http: reqwest::Client,
    _folder: TempDir,
}

impl Demo {
    /// Starts one and waits until it says that it is ready.
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_guichet"))
            .args(["demo", "--json", "--port", "0"])
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let said = lines.next().unwrap_or_else(|| panic!("guichet demo ended before it was ready"));
        std::thread::spawn(move || lines.for_each(drop));
        let said = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { process, said, http, _folder: folder }
    }

    /// The portal of that realm.
    pub(crate) fn portal(&self, realm: &str) -> String {
        let issuers = self.said["issuers"].as_array().unwrap();
        let place = issuers.iter().position(|issuer| issuer.as_str().unwrap().ends_with(&format!("/{realm}")));
        let place = place.unwrap_or_else(|| panic!("no realm {realm} in {}", self.said));
        self.said["portals"][place].as_str().unwrap().trim_end_matches('/').to_owned()
    }

    /// The issuer of that realm.
    pub(crate) fn issuer(&self, realm: &str) -> String {
        let issuers = self.said["issuers"].as_array().unwrap().iter().map(|issuer| issuer.as_str().unwrap());
        let mut issuers = issuers.filter(|issuer| issuer.ends_with(&format!("/{realm}")));
        issuers.next().unwrap_or_else(|| panic!("no realm {realm} in {}", self.said)).to_owned()
    }

    /// Where the mailbox is.
    pub(crate) fn mailbox(&self) -> &str {
        self.said["mailbox"].as_str().unwrap()
    }

    /// Where a browser is asked for a certificate.
    pub(crate) fn listener(&self) -> &str {
        self.said["certificate"].as_str().unwrap()
    }

    /// The page that offers certificates to import.
    pub(crate) fn cards(&self) -> &str {
        self.said["cards"].as_str().unwrap()
    }

    /// A file that it offers there.
    pub(crate) async fn offers(&self, name: &str) -> Vec<u8> {
        let address = url::Url::parse(self.cards()).unwrap().join(name).unwrap();
        let answer = self.http.get(address).send().await.unwrap();
        assert!(answer.status().is_success(), "{name}: {}", answer.status());
        answer.bytes().await.unwrap().to_vec()
    }

    /// All mails to that address, the oldest first.
    pub(crate) async fn mails_to(&self, person: &str) -> Vec<Value> {
        let mailbox = format!("{}.json", self.mailbox());
        let mails: Vec<Value> = self.http.get(&mailbox).send().await.unwrap().json().await.unwrap();
        mails.into_iter().filter(|mail| mail["to"].as_str().unwrap().contains(person)).collect()
    }

    /// The newest mail to that address; waits for one that is newer than `seen` mails.
    pub(crate) async fn mail_to(&self, person: &str, seen: usize) -> Value {
        // The courier is a task of another process: there is nothing to await but the mailbox itself.
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..200 {
            ticks.tick().await;
            let mut theirs = self.mails_to(person).await;
            if theirs.len() > seen {
                return theirs.pop().unwrap();
            }
        }
        panic!("no mail number {} came for {person}", seen + 1)
    }

    /// Opens an address as a mail scanner does, by HEAD and GET, keeping no cookie: nothing may fail over it.
    pub(crate) async fn scans(&self, address: &str) {
        for method in [reqwest::Method::HEAD, reqwest::Method::GET] {
            let status = self.http.request(method.clone(), address).send().await.unwrap().status();
            assert!(!status.is_server_error(), "{method} {address}: {status}");
        }
    }

    /// Moves the demonstration's clock ahead.
    pub(crate) async fn advance(&self, span: Duration) {
        let mailbox = url::Url::parse(self.mailbox()).unwrap();
        let clock = mailbox.join("/demo/clock").unwrap();
        let seconds = span.as_secs().to_string();
        let moved = self.http.post(clock).form(&[("advance_seconds", seconds)]).send().await.unwrap();
        assert!(moved.status().is_success() || moved.status().is_redirection(), "{}", moved.status());
    }
}

/// The link in a mail.
pub(crate) fn link(mail: &Value) -> String {
    mail["links"][0].as_str().unwrap_or_else(|| panic!("no link in {mail}")).to_owned()
}

/// The six-digit code in a mail.
pub(crate) fn code(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let found = words.find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    found.unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

impl Drop for Demo {
    fn drop(&mut self) {
        // SIGTERM, so that it closes its own folder and portals; std knows only SIGKILL.
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            self.process.kill().ok();
        }
        self.process.wait().ok();
    }
}
