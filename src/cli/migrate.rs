//! `guichet migrate …`: how far the schema is, and bringing it to this binary's.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Exit;
use super::running;
use super::serve::open;
use super::settings::SettingsFile;
use crate::store::migrate;

/// What can be done with the schema.
#[derive(Debug, Subcommand)]
pub enum MigrateCommand {
    /// Tell which steps are applied and which are pending; 2 when some are
    #[command(before_help = "Examples:\n  guichet migrate status\n  guichet migrate status --json")]
    Status(Status),
    /// Apply the pending steps
    #[command(before_help = "Examples:\n  guichet migrate run --config /etc/guichet/guichet.toml")]
    Run(Run),
}

/// `guichet migrate status`
#[derive(Debug, Args)]
pub struct Status {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The steps as JSON
    #[arg(long)]
    pub json: bool,
}

/// `guichet migrate run`
#[derive(Debug, Args)]
pub struct Run {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
}

impl MigrateCommand {
    /// Results go to `out`, what else there is to say to `talk`.
    pub fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let (Self::Status(Status { settings: file, .. }) | Self::Run(Run { settings: file })) = self;
        let settings = match file.load() {
            Ok(settings) => settings,
            Err(findings) => {
                writeln!(talk, "{findings}")?;
                return Ok(Exit::Error);
            }
        };
        let mut exit = Exit::Done;
        let ended = running(talk, async {
            let store = open(&settings).await?;
            match self {
                Self::Status(status) => {
                    let found = migrate::status(&store).await?;
                    if !found.pending.is_empty() {
                        exit = Exit::Pending;
                    }
                    status.tell(out, &found)?;
                }
                Self::Run(_) => {
                    let applied = migrate::run(&store).await?;
                    for step in &applied {
                        writeln!(out, "applied {step}")?;
                    }
                    if applied.is_empty() {
                        writeln!(out, "The schema is up to date.")?;
                    }
                }
            }
            store.close().await?;
            Ok(())
        })?;
        Ok(if ended == Exit::Done { exit } else { ended })
    }
}

impl Status {
    fn tell(&self, out: &mut dyn Write, found: &migrate::Status) -> io::Result<()> {
        if self.json {
            return writeln!(out, "{}", json!({"version": 1, "known": found.known, "pending": found.pending}));
        }
        for step in &found.pending {
            writeln!(out, "pending {step}")?;
        }
        let applied = found.known.saturating_sub(found.pending.len());
        writeln!(out, "{applied} of {} steps are applied.", found.known)
    }
}
