//! `guichet migrate …`: how far the schema is, and bringing it to this binary's.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Exit;
use super::serve::open;
use super::settings::SettingsFile;
use super::with_settings;
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
        with_settings(file, talk, async |settings| {
            let store = open(&settings).await?;
            let exit = match self {
                Self::Status(status) => status.tell(out, &migrate::status(&store).await?)?,
                Self::Run(_) => {
                    let applied = migrate::run(&store).await?;
                    for step in &applied {
                        writeln!(out, "applied {step}")?;
                    }
                    if applied.is_empty() {
                        writeln!(out, "The schema is up to date.")?;
                    }
                    Exit::Done
                }
            };
            store.close().await?;
            Ok(exit)
        })
    }
}

impl Status {
    fn tell(&self, out: &mut dyn Write, found: &migrate::Status) -> io::Result<Exit> {
        let exit = if found.pending.is_empty() { Exit::Done } else { Exit::Pending };
        if self.json {
            writeln!(out, "{}", json!({"version": 1, "known": found.known, "pending": found.pending}))?;
            return Ok(exit);
        }
        for step in &found.pending {
            writeln!(out, "pending {step}")?;
        }
        let applied = found.known.saturating_sub(found.pending.len());
        writeln!(out, "{applied} of {} steps are applied.", found.known)?;
        Ok(exit)
    }
}
