//! `guichet settings …`, and the `--config` that every command with a server behind it takes.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use crate::config::{self, Settings};
use crate::realm::finding::Findings;

/// The settings file of a command.
#[derive(Debug, Args)]
pub struct SettingsFile {
    /// The settings file; the environment goes before it
    #[arg(long, value_name = "FILE", default_value = "guichet.toml", env = "GUICHET_CONFIG")]
    config: PathBuf,
}

impl SettingsFile {
    /// The settings, or everything that is wrong with them.
    pub fn load(&self) -> Result<Settings, Findings> {
        config::load(&self.config)
    }
}

/// What can be done with settings.
#[derive(Debug, Subcommand)]
pub enum SettingsCommand {
    /// Check the settings; nothing is started or contacted
    #[command(
        before_help = "Examples:\n  guichet settings validate\n  guichet settings validate --config /etc/guichet/guichet.toml --json"
    )]
    Validate(Validate),
    /// Print the JSON Schema of guichet.toml, for editors
    Schema,
    /// Print the reference of all settings, in Markdown
    Reference,
}

/// `guichet settings validate`
#[derive(Debug, Args)]
pub struct Validate {
    #[command(flatten)]
    file: SettingsFile,
    /// The findings as JSON
    #[arg(long)]
    json: bool,
}

impl SettingsCommand {
    /// Results go to `out`, what else there is to say to `talk`.
    pub fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        match self {
            Self::Validate(validate) => return validate.run(out, talk),
            Self::Schema => writeln!(out, "{:#}", config::schema().to_value())?,
            Self::Reference => write!(out, "{}", config::reference())?,
        }
        Ok(Exit::Done)
    }
}

impl Validate {
    fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let findings = self.file.load().err();
        if self.json {
            writeln!(out, "{:#}", findings.clone().unwrap_or(Findings { list: Vec::new(), files: 1 }).json())?;
        } else if let Some(findings) = &findings {
            writeln!(out, "{findings}")?;
        } else {
            writeln!(talk, "The settings are sound. Next: guichet serve --config {}", self.file.config.display())?;
        }
        Ok(if findings.is_none() { Exit::Done } else { Exit::Error })
    }
}
