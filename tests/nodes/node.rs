//! A running `guichet serve`: started, waited for, killed, started again on the same ports and data.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::site::{Site, free_port};

/// A node; killed when dropped.
pub(crate) struct Node {
    process: Child,
    settings: PathBuf,
    log: PathBuf,
    port: u16,
    management: u16,
    http: reqwest::Client,
}

impl Node {
    /// Starts the only node of a site, on the site's own port, with the realm files applied.
    pub(crate) async fn start(site: &Site) -> Self {
        Self::start_at(site, "node", site.port, "").await
    }

    /// Starts one of several nodes, on a port of its own.
    pub(crate) async fn start_as(site: &Site, name: &str) -> Self {
        Self::start_at(site, name, free_port(), "").await
    }

    /// Starts a node with further settings.
    pub(crate) async fn start_at(site: &Site, name: &str, port: u16, more: &str) -> Self {
        let mut node = Self::launch(site, name, port, more);
        node.is_ready().await;
        node
    }

    fn launch(site: &Site, name: &str, port: u16, more: &str) -> Self {
        let management = free_port();
        let settings = site.write_settings(name, port, management, more);
        let log = site.path(&format!("{name}.log"));
        let process = run(&settings, &log, true);
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        Self { process, settings, log, port, management, http }
    }

    /// Writes other settings for its next start.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let text = fs::read_to_string(&self.settings).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&self.settings, text.replace(from, to)).unwrap();
    }

    /// Where its pages are.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Waits until it can serve; fails with its log when it ends before that.
    async fn is_ready(&mut self) {
        self.becomes(200).await;
    }

    /// Waits until `/health/ready` answers with that status.
    pub(crate) async fn becomes(&mut self, status: u16) {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        for _ in 0..6000 {
            ticks.tick().await;
            if self.health("ready").await == Some(status) {
                return;
            }
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none(), "the node ended: {ended:?}\n{}", self.said());
        }
        panic!("/health/ready does not become {status}\n{}", self.said());
    }

    /// The status of a health page, when there is an answer.
    pub(crate) async fn health(&self, page: &str) -> Option<u16> {
        let address = format!("http://127.0.0.1:{}/health/{page}", self.management);
        self.http.get(address).send().await.ok().map(|answer| answer.status().as_u16())
    }

    /// Kills it: no handler runs, nothing is flushed.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again where it was, on the data that it left.
    pub(crate) async fn restart(&mut self) {
        self.relaunch(false).await;
    }

    /// Starts it again, with the realm files applied first.
    pub(crate) async fn restart_applying(&mut self) {
        self.relaunch(true).await;
    }

    async fn relaunch(&mut self, apply: bool) {
        self.process = run(&self.settings, &self.log, apply);
        self.is_ready().await;
    }

    /// Asks it to stop, as an init system does.
    pub(crate) fn terminate(&self) {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        assert!(asked.unwrap().success());
    }

    /// How it ended; waits for that.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        for _ in 0..6000 {
            ticks.tick().await;
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
        }
        panic!("the node does not end\n{}", self.said());
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// Its log.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

fn run(settings: &PathBuf, log: &PathBuf, apply: bool) -> Child {
    let log = File::options().create(true).append(true).open(log).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    command.arg("serve").arg("--config").arg(settings);
    if apply {
        command.arg("--apply");
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

impl Drop for Node {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
