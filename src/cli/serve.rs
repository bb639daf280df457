//! `guichet serve`: what it is told on the command line; the rest stands in the settings.

use clap::Args;

use super::settings::SettingsFile;

/// Serve the realms to the world
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  guichet serve --config /etc/guichet/guichet.toml\n  guichet serve --apply     make the realm files live first"
)]
pub struct Serve {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// Make the realm files of the settings' directory live before serving
    #[arg(long)]
    pub apply: bool,
}
