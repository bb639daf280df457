//! `guichet client …`: relying parties let in, listed, switched off. No secret is shown that was shown before.

use std::io::{self, Write};

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Exit;
use super::serve::build;
use super::settings::SettingsFile;
use super::with_settings;
use crate::assembly::{ClientLine, House};
use crate::clock::{Duration, days};
use crate::ids::RealmName;
use crate::realm::document::written::lasting;

/// What can be done with relying parties.
#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Make an initial access token: printed once, for applications that register themselves with it
    #[command(
        before_help = "Examples:\n  guichet client token certinomis\n  guichet client token certinomis --uses 20 --expires 24h"
    )]
    Token(Token),
    /// List the clients of a realm: those of its files, and those that registered themselves
    #[command(before_help = "Examples:\n  guichet client list certinomis\n  guichet client list certinomis --json")]
    List(List),
    /// Show a client
    #[command(before_help = "Examples:\n  guichet client show certinomis portal")]
    Show(Named),
    /// Switch a registered client off: all that it was given ends at once
    #[command(before_help = "Examples:\n  guichet client disable certinomis c_2wYxXq0mVtV6rJ1hTzqg5A")]
    Disable(Named),
    /// Switch a registered client on again
    #[command(before_help = "Examples:\n  guichet client enable certinomis c_2wYxXq0mVtV6rJ1hTzqg5A")]
    Enable(Named),
    /// End a registered client, and all that it was given
    #[command(before_help = "Examples:\n  guichet client delete certinomis c_2wYxXq0mVtV6rJ1hTzqg5A")]
    Delete(Named),
}

/// `guichet client token`
#[derive(Debug, Args)]
pub struct Token {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The realm
    pub realm: RealmName,
    /// How many applications may register with it
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub uses: u32,
    /// How long it is good: 7d, 24h
    #[arg(long, default_value = "7d", value_parser = life)]
    pub expires: Duration,
    /// The token as JSON
    #[arg(long)]
    pub json: bool,
}

/// `guichet client list`
#[derive(Debug, Args)]
pub struct List {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The realm
    pub realm: RealmName,
    /// The clients as JSON
    #[arg(long)]
    pub json: bool,
}

/// A client of a realm.
#[derive(Debug, Args)]
pub struct Named {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The realm
    pub realm: RealmName,
    /// Its client_id
    pub client: String,
}

impl ClientCommand {
    /// Results go to `out`, what else there is to say to `talk`.
    pub fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let file = match self {
            Self::Token(Token { settings, .. }) | Self::List(List { settings, .. }) => settings,
            Self::Show(named) | Self::Disable(named) | Self::Enable(named) | Self::Delete(named) => &named.settings,
        };
        with_settings(file, talk, async |settings| {
            let house = build(&settings).await?;
            match self {
                Self::Token(token) => token.make(&house, out).await?,
                Self::List(list) => list.tell(&house, out).await?,
                Self::Show(named) => writeln!(out, "{:#}", json!({"version": 1, "client": named.find(&house).await?}))?,
                Self::Disable(named) => named.switch(&house, false, out).await?,
                Self::Enable(named) => named.switch(&house, true, out).await?,
                Self::Delete(named) => named.delete(&house, out).await?,
            }
            house.close().await?;
            Ok(Exit::Done)
        })
    }
}

impl Token {
    async fn make(&self, house: &House, out: &mut dyn Write) -> anyhow::Result<()> {
        let made = house.initial_token(&self.realm, self.uses, self.expires).await?;
        if self.json {
            let token = json!({
                "version": 1,
                "id": made.id,
                "token": made.token.expose(),
                "uses": self.uses,
                "expires_at": made.expires_at,
            });
            writeln!(out, "{token:#}")?;
        } else {
            writeln!(out, "{}", made.token.expose())?;
        }
        Ok(())
    }
}

impl List {
    async fn tell(&self, house: &House, out: &mut dyn Write) -> anyhow::Result<()> {
        let lines = house.clients(&self.realm).await?;
        if self.json {
            writeln!(out, "{:#}", json!({"version": 1, "clients": lines}))?;
            return Ok(());
        }
        for ClientLine { client_id, name, origin, state, .. } in lines {
            writeln!(out, "{client_id:<26} {origin:<10} {state:<8}  {name}")?;
        }
        Ok(())
    }
}

impl Named {
    async fn find(&self, house: &House) -> anyhow::Result<ClientLine> {
        let lines = house.clients(&self.realm).await?;
        let Some(line) = lines.into_iter().find(|line| line.client_id == self.client) else {
            bail!("{} knows no client {}", self.realm, self.client)
        };
        Ok(line)
    }

    /// What the realm's files declare is changed there, and nowhere else.
    async fn registered(&self, house: &House) -> anyhow::Result<()> {
        if self.find(house).await?.origin == "file" {
            bail!("{} stands in the files of {}: remove it there and apply them", self.client, self.realm);
        }
        Ok(())
    }

    async fn switch(&self, house: &House, on: bool, out: &mut dyn Write) -> anyhow::Result<()> {
        self.registered(house).await?;
        let changed = house.switch_client(&self.realm, &self.client, on).await?;
        let said = match (on, changed) {
            (true, true) => "is switched on.",
            (true, false) => "was on already.",
            (false, true) => "is switched off; all that it was given ended.",
            (false, false) => "was off already.",
        };
        writeln!(out, "{} {said}", self.client)?;
        Ok(())
    }

    async fn delete(&self, house: &House, out: &mut dyn Write) -> anyhow::Result<()> {
        self.registered(house).await?;
        house.delete_client(&self.realm, &self.client).await?;
        writeln!(out, "{} is gone, and all that it was given.", self.client)?;
        Ok(())
    }
}

/// From a minute to a year, as realm files write it.
fn life(text: &str) -> Result<Duration, String> {
    let life = lasting(text).filter(|life| (Duration::from_mins(1)..=days(365)).contains(life));
    life.ok_or_else(|| "write a number and one of m, h, d, up to 365d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_from_a_minute_to_a_year() {
        for (text, seconds) in [
            ("7d", Some(604_800)),
            ("60s", Some(60)),
            ("365d", Some(31_536_000)),
            ("366d", None),
            ("59s", None),
            ("0d", None),
            ("7", None),
            ("", None),
        ] {
            assert_eq!(life(text).ok().map(|life| life.as_secs()), seconds, "{text}");
        }
    }
}
