//! `guichet audit …`: proof that nobody changed the trail.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Exit;
use super::serve::build;
use super::settings::SettingsFile;
use super::with_settings;
use crate::audit::Verdict;

/// What can be done with the audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check every seal, from the first event that is kept to the last; 1 when one is wrong
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
        with_settings(&verify.settings, talk, async |settings| {
            let house = build(&settings).await?;
            let verdict = house.verify_events().await?;
            verify.tell(out, &verdict)?;
            house.close().await?;
            Ok(if matches!(verdict, Verdict::Broken { .. }) { Exit::Error } else { Exit::Done })
        })
    }
}

impl Verify {
    fn tell(&self, out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
        match (verdict, self.json) {
            (Verdict::Sound { sealed, forgotten, waiting }, true) => {
                let told =
                    json!({"version": 1, "sound": true, "sealed": sealed, "forgotten": forgotten, "waiting": waiting});
                writeln!(out, "{told}")
            }
            (Verdict::Sound { sealed, forgotten, waiting }, false) => {
                write!(out, "{sealed} events, every seal is right; {waiting} wait for theirs.")?;
                match forgotten {
                    0 => writeln!(out),
                    _ => writeln!(out, " {forgotten} before them were deleted when their time was over."),
                }
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
