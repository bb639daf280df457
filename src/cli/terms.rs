//! `guichet terms …`: terms of use published, listed, and what proves that somebody accepted them.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::Exit;
use super::realm_files;
use super::serve::build;
use super::settings::SettingsFile;
use super::with_settings;
use crate::assembly::{EvidenceLine, House};
use crate::clock::Timestamp;
use crate::code::Code;
use crate::identity::language::Language;
use crate::ids::RealmName;
use crate::realm::finding::Findings;
use crate::themes::moment::Teller;

/// What can be done with terms of use.
#[derive(Debug, Subcommand)]
pub enum TermsCommand {
    /// Make the terms of a realm's folder live, and nothing else of it
    #[command(before_help = "Examples:\n  guichet terms publish realm-config/chambersign")]
    Publish(Publish),
    /// List what was published, with its digests and how many accepted it
    #[command(before_help = "Examples:\n  guichet terms list chambersign\n  guichet terms list chambersign --json")]
    List(List),
    /// Show and verify what proves that a person accepted terms of use
    #[command(before_help = "Examples:\n  guichet terms evidence chambersign marie@exemple.fr --json")]
    Evidence(EvidenceOf),
}

/// `guichet terms publish`
#[derive(Debug, Args)]
pub struct Publish {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The folder of the realm; its last part is the realm's name
    pub folder: PathBuf,
}

/// `guichet terms list`
#[derive(Debug, Args)]
pub struct List {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The realm
    pub realm: RealmName,
    /// The list as JSON
    #[arg(long)]
    pub json: bool,
}

/// `guichet terms evidence`
#[derive(Debug, Args)]
pub struct EvidenceOf {
    /// Where the settings are.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The realm
    pub realm: RealmName,
    /// What the person signs in with
    pub identifier: String,
    /// The evidence as JSON, the texts included
    #[arg(long)]
    pub json: bool,
}

impl TermsCommand {
    /// Results go to `out`, what else there is to say to `talk`.
    pub fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        match self {
            Self::Publish(publish) => publish.run(out, talk),
            Self::List(list) => list.run(out, talk),
            Self::Evidence(evidence) => evidence.run(out, talk),
        }
    }
}

impl Publish {
    fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let mut findings = Findings::default();
        let mut bundles = realm_files::read(&self.folder, &mut findings.list);
        let (Some(bundle), true) = (bundles.pop(), bundles.is_empty() && findings.errors() == 0) else {
            writeln!(talk, "{findings}")?;
            writeln!(talk, "error: name the folder of one realm")?;
            return Ok(Exit::Error);
        };
        let mut refused = None;
        let exit = with_settings(&self.settings, talk, async |settings| {
            let house = build(&settings).await?;
            let exit = match house.publish_terms(&bundle, "guichet terms publish").await? {
                Ok(0) => {
                    writeln!(out, "Nothing new: what the folder holds is published already.")?;
                    Exit::Done
                }
                Ok(new) => {
                    writeln!(out, "{new} texts were published. Next: guichet terms list {}", bundle.name())?;
                    Exit::Done
                }
                Err(findings) => {
                    refused = Some(findings);
                    Exit::Refused
                }
            };
            house.close().await?;
            Ok(exit)
        })?;
        if let Some(findings) = refused {
            writeln!(talk, "{findings}")?;
        }
        Ok(exit)
    }
}

impl List {
    fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        with_settings(&self.settings, talk, async |settings| {
            let house = build(&settings).await?;
            let lines = house.terms(&self.realm).await?;
            if self.json {
                writeln!(out, "{:#}", json!({ "version": 1, "terms": lines }))?;
            } else {
                for line in &lines {
                    let mark = if line.in_force { "in force" } else { "" };
                    let (key, version, language) = (&line.key, &line.version, line.language);
                    let (sha256, people) = (&line.sha256, line.accepted_by);
                    writeln!(out, "{key} {version} {language}  {sha256}  accepted by {people}  {mark}")?;
                }
            }
            house.close().await?;
            Ok(Exit::Done)
        })
    }
}

impl EvidenceOf {
    fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        with_settings(&self.settings, talk, async |settings| {
            let house = build(&settings).await?;
            let exit = self.tell(&house, out).await?;
            house.close().await?;
            Ok(exit)
        })
    }

    async fn tell(&self, house: &House, out: &mut dyn Write) -> anyhow::Result<Exit> {
        let Some(user) = house.user(&self.realm, &self.identifier).await? else {
            bail!("nobody signs in to {} with {}", self.realm, self.identifier)
        };
        let evidence = house.terms_evidence(&user).await?;
        let holds = evidence.holds();
        if self.json {
            let said = json!({
                "version": 1,
                "realm": self.realm,
                "user": user.id,
                "email": user.email.as_str(),
                "name": user.full_name(),
                "holds": holds,
                "missing": evidence.missing,
                "acceptances": evidence.acceptances,
            });
            writeln!(out, "{said:#}")?;
        } else {
            writeln!(out, "{}  {}  {}", user.id, user.full_name(), user.email.as_str())?;
            evidence.acceptances.iter().try_for_each(|line| told(line, out))?;
            match (evidence.missing, holds) {
                (Some(missing), _) => writeln!(out, "error[{}]: {missing}", Code::E0660)?,
                (None, false) => writeln!(out, "error[{}]: not all of it holds", Code::E0660)?,
                (None, true) => writeln!(out, "Every acceptance is as it was written, and so is what was shown.")?,
            }
        }
        Ok(if holds { Exit::Done } else { Exit::Error })
    }
}

fn told(line: &EvidenceLine, out: &mut dyn Write) -> io::Result<()> {
    let title = line.title.as_deref().unwrap_or("(no document)");
    match &line.evidence {
        Some(it) => {
            let at = moment(it.accepted_at);
            writeln!(out, "{} {} {}  {title}  {at}  from {}", it.key, it.version, it.language, it.source)?;
            writeln!(out, "  SHA-256 {}", it.sha256)?;
        }
        None => writeln!(out, "(an acceptance that cannot be read)")?,
    }
    match (&line.mail_state, &line.message_id) {
        (Some(state), Some(id)) => writeln!(out, "  copy {state} as {id}")?,
        (Some(state), None) => writeln!(out, "  copy {state}")?,
        (None, _) => writeln!(out, "  copy not sent yet")?,
    }
    line.fault.map_or(Ok(()), |fault| writeln!(out, "  error[{}]: {fault}", Code::E0660))
}

/// In UTC, whoever reads it.
fn moment(at: Timestamp) -> String {
    Teller::new(Language::English, "UTC").map_or_else(|_| at.seconds().to_string(), |teller| teller.moment(at))
}
