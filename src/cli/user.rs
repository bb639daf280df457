//! `guichet user …`: what support needs to see of an account, what it may say of its owner, a new password for who
//! lost theirs, and switching one off. Nobody sees or chooses a password here, nor the link to one (SR-31).

use std::io::{self, Write};

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Exit;
use super::serve::build;
use super::settings::SettingsFile;
use super::with_settings;
use crate::assembly::House;
use crate::identity::user::User;
use crate::ids::RealmName;

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Show an account
    #[command(before_help = "Examples:\n  guichet user show certinomis marie@exemple.fr --json")]
    Show(Show),
    /// Set what an account says of its owner: the standard claims of OpenID Connect
    #[command(before_help = SET_EXAMPLES)]
    Set(Set),
    /// Show what a person agreed to, or take it back: the application's tokens end at once
    #[command(before_help = CONSENTS_EXAMPLES)]
    Consents(Consents),
    /// Take away a lost app, all passkeys and the recovery codes: the password alone lets in, where the realm allows it
    #[command(before_help = "Examples:\n  guichet user reset-factors certinomis marie@exemple.fr")]
    ResetFactors(Named),
    /// Have a link to choose a new password mailed to an account's owner; nobody else sees it
    #[command(before_help = "Examples:\n  guichet user reset certinomis marie@exemple.fr")]
    Reset(Named),
    /// Switch an account off: its sessions end at once
    #[command(before_help = "Examples:\n  guichet user disable certinomis marie@exemple.fr")]
    Disable(Named),
    /// Switch an account on again
    #[command(before_help = "Examples:\n  guichet user enable certinomis marie@exemple.fr")]
    Enable(Named),
}

const SET_EXAMPLES: &str = "Examples:
  guichet user set certinomis marie@exemple.fr phone_number='+33 6 12 34 56 78' zoneinfo=Europe/Paris
  guichet user set certinomis marie@exemple.fr address.locality=Lille address.country=France
  guichet user set certinomis marie@exemple.fr nickname=      (takes it away)";

const CONSENTS_EXAMPLES: &str = "Examples:
  guichet user consents certinomis marie@exemple.fr --json
  guichet user consents certinomis marie@exemple.fr --revoke portal";

/// An account by what its owner signs in with.
#[derive(Debug, Args)]
pub struct Named {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The realm
    pub realm: RealmName,
    /// What its owner signs in with
    pub identifier: String,
}

/// `guichet user show`
#[derive(Debug, Args)]
pub struct Show {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// The account as JSON
    #[arg(long)]
    pub json: bool,
}

/// `guichet user set`
#[derive(Debug, Args)]
pub struct Set {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// A claim and its value; an empty value takes it away
    #[arg(required = true, value_name = "CLAIM=VALUE", value_parser = claim)]
    pub claims: Vec<(String, String)>,
}

/// `guichet user consents`
#[derive(Debug, Args)]
pub struct Consents {
    /// Which.
    #[command(flatten)]
    pub named: Named,
    /// Take back what was agreed to for this application
    #[arg(long, value_name = "CLIENT", conflicts_with = "json")]
    pub revoke: Option<String>,
    /// The consents as JSON
    #[arg(long)]
    pub json: bool,
}

impl Consents {
    async fn run(&self, house: &House, user: &User, out: &mut dyn Write) -> anyhow::Result<()> {
        if let Some(client) = &self.revoke {
            if !house.take_back_consent(&self.named.realm, user, client).await? {
                bail!("{} has agreed to nothing for {client}", user.email.as_str())
            }
            writeln!(out, "{client} has nothing of {} any more.", user.email.as_str())?;
            return Ok(());
        }
        let consents = house.consents(user).await?;
        if self.json {
            let consents = json!({ "version": 1, "consents": consents });
            writeln!(out, "{consents:#}")?;
            return Ok(());
        }
        for line in consents {
            writeln!(out, "{}  {}  {}", line.client, line.scope, line.resources.join(" "))?;
        }
        Ok(())
    }
}

fn claim(written: &str) -> Result<(String, String), String> {
    let (name, value) = written.split_once('=').ok_or("write CLAIM=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

impl UserCommand {
    /// Results go to `out`, what else there is to say to `talk`.
    pub fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let (Self::Show(Show { named, .. })
        | Self::Set(Set { named, .. })
        | Self::Consents(Consents { named, .. })
        | Self::ResetFactors(named)
        | Self::Reset(named)
        | Self::Disable(named)
        | Self::Enable(named)) = self;
        with_settings(&named.settings, talk, async |settings| {
            let house = build(&settings).await?;
            let Some(user) = house.user(&named.realm, &named.identifier).await? else {
                bail!("nobody signs in to {} with {}", named.realm, named.identifier)
            };
            match self {
                Self::Show(Show { json: true, .. }) => {
                    let account = json!({
                        "version": 1,
                        "id": user.id,
                        "state": user.state,
                        "identifier": user.identifier,
                        "email": user.email.as_str(),
                        "email_verified": user.email_verified_at.is_some(),
                        "name": user.full_name(),
                        "claims": user.profile,
                        "created_at": user.created_at.seconds(),
                    });
                    writeln!(out, "{account:#}")?;
                }
                Self::Show(_) => {
                    writeln!(out, "{}  {}  {:?}", user.id, user.full_name(), user.state)?;
                    if let Some(identifier) = &user.identifier {
                        writeln!(out, "{identifier}")?;
                    }
                    writeln!(out, "{}", user.email.as_str())?;
                    write!(out, "{}", user.profile)?;
                }
                Self::Set(Set { claims, .. }) => {
                    house.set_claims(&named.realm, &user, claims).await?;
                    writeln!(out, "{} says it from now on.", user.email.as_str())?;
                }
                Self::Consents(consents) => consents.run(&house, &user, out).await?,
                Self::ResetFactors(_) => {
                    if !house.reset_second_factors(&named.realm, &user).await? {
                        bail!("{} has no second factor", user.email.as_str())
                    }
                    writeln!(out, "{} has no second factor any more, and is told by mail.", user.email.as_str())?;
                }
                Self::Reset(_) => {
                    house.reset_password(&named.realm, &user).await?;
                    writeln!(out, "A link to choose a new password goes to {}.", user.email.as_str())?;
                }
                Self::Disable(_) => {
                    house.switch_user(&named.realm, &user, false).await?;
                    writeln!(out, "{} is switched off; every session ended.", user.email.as_str())?;
                }
                Self::Enable(_) => {
                    house.switch_user(&named.realm, &user, true).await?;
                    writeln!(out, "{} is switched on.", user.email.as_str())?;
                }
            }
            house.close().await?;
            Ok(Exit::Done)
        })
    }
}
