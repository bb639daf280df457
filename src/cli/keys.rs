//! `guichet keys …`: the signing keys of a realm, listed and rotated. A private key is never printed (SR-157).

use std::io::{self, Write};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Exit;
use super::serve::build;
use super::settings::SettingsFile;
use super::with_settings;
use crate::assembly::{House, KeyLine};
use crate::ids::RealmName;

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the keys of a realm, of all when none is named
    #[command(before_help = "Examples:\n  guichet keys list\n  guichet keys list certinomis --json")]
    List(List),
    /// Sign with another key from now on; the old one is believed until the last token that it signed is over
    #[command(before_help = "Examples:\n  guichet keys rotate certinomis\n  guichet keys rotate certinomis --withdraw")]
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
    /// Somebody else may have the key: withdraw it at once, what it signed is refused
    #[arg(long)]
    pub withdraw: bool,
}

impl KeysCommand {
    /// Results go to `out`, what else there is to say to `talk`.
    pub fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let (Self::List(List { settings: file, .. }) | Self::Rotate(Rotate { settings: file, .. })) = self;
        with_settings(file, talk, async |settings| {
            let house = build(&settings).await?;
            match self {
                Self::List(list) => list.tell(&house, out).await?,
                Self::Rotate(rotate) => rotate.carry_out(&house, out).await?,
            }
            house.close().await?;
            Ok(Exit::Done)
        })
    }
}

impl List {
    async fn tell(&self, house: &House, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut lines = house.keys().await?;
        if let Some(realm) = &self.realm {
            if !house.has_realm(realm) {
                bail!("there is no live realm {realm}");
            }
            lines.retain(|line| line.realm == *realm);
        }
        if self.json {
            writeln!(out, "{:#}", json!({"version": 1, "keys": lines}))?;
            return Ok(());
        }
        for KeyLine { realm, algorithm, state, id, since } in lines {
            writeln!(out, "{realm:<20} {algorithm:<6} {state:<9} {id}  since {since}")?;
        }
        Ok(())
    }
}

impl Rotate {
    async fn carry_out(&self, house: &House, out: &mut dyn Write) -> anyhow::Result<()> {
        house.rotate_keys(&self.realm, self.withdraw).await.context("the keys were not rotated")?;
        writeln!(out, "Other keys sign for {} from now on; running nodes take them up within a second.", self.realm)?;
        Ok(())
    }
}
