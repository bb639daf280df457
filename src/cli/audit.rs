//! `guichet audit …`: proof that nobody changed the trail.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Exit;
use super::running;
use super::serve::build;
use super::settings::SettingsFile;
use crate::audit::Verdict;

/// What can be done with the audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check every seal, from the first event to the last; 1 when one is wrong
    #[command(before_help = "Examples:\n  guichet audit verify\n  guichet audit verify --json")]
    Verify(Verify),
}

/// `guichet audit verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The verdict as JSON
    #[arg(long)]
    pub json: bool,
}

impl AuditCommand {
    /// Results go to `out`, what else there is to say to `talk`.
    pub fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let Self::Verify(verify) = self;
        let settings = match verify.settings.load() {
            Ok(settings) => settings,
            Err(findings) => {
                writeln!(talk, "{findings}")?;
                return Ok(Exit::Error);
            }
        };
        let mut exit = Exit::Done;
        let ended = running(talk, async {
            let house = build(&settings).await?;
            let verdict = house.verify_events().await?;
            if matches!(verdict, Verdict::Broken { .. }) {
                exit = Exit::Error;
            }
            verify.tell(out, &verdict)?;
            house.close().await
        })?;
        Ok(if ended == Exit::Done { exit } else { ended })
    }
}

impl Verify {
    fn tell(&self, out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
        match (verdict, self.json) {
            (Verdict::Sound { sealed, waiting }, true) => {
                writeln!(out, "{}", json!({"version": 1, "sound": true, "sealed": sealed, "waiting": waiting}))
            }
            (Verdict::Sound { sealed, waiting }, false) => {
                writeln!(out, "{sealed} events, every seal is right; {waiting} wait for theirs.")
            }
            (Verdict::Broken { sequence, fault }, true) => {
                writeln!(out, "{}", json!({"version": 1, "sound": false, "sequence": sequence, "fault": fault}))
            }
            (Verdict::Broken { sequence, fault }, false) => {
                writeln!(out, "Event {sequence}: {fault}. From there on the trail cannot be trusted.")
            }
        }
    }
}
