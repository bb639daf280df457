//! `guichet migrate …`: how far the schema is, and bringing it to this binary's.

use clap::{Args, Subcommand};

use super::settings::SettingsFile;

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
