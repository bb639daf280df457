//! `guichet keys …`: the signing keys of a realm, listed and rotated. A private key is never printed (SR-157).

use clap::{Args, Subcommand};

use super::settings::SettingsFile;
use crate::ids::RealmName;

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the keys of a realm, of all when none is named
    #[command(before_help = "Examples:\n  guichet keys list\n  guichet keys list certinomis --json")]
    List(List),
    /// Sign with the next key, and publish the one after
    #[command(before_help = "Examples:\n  guichet keys rotate certinomis\n  guichet keys rotate certinomis --now")]
    Rotate(Rotate),
}

/// `guichet keys list`
#[derive(Debug, Args)]
pub struct List {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The realm
    pub realm: Option<RealmName>,
    /// The keys as JSON
    #[arg(long)]
    pub json: bool,
}

/// `guichet keys rotate`
#[derive(Debug, Args)]
pub struct Rotate {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The realm
    pub realm: RealmName,
    /// Also withdraw the key that signs now: what it signed is refused from then on
    #[arg(long)]
    pub now: bool,
}
