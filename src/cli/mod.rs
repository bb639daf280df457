//! The command line: one file a noun. Results go to standard output, talk to standard error.
//!
//! Verb after noun everywhere, examples first in `--help`, and four exit codes ([`exit::Exit`]). Colour is clap's own,
//! which keeps it to terminals and heeds `NO_COLOR`.

pub mod audit;
pub mod client;
pub mod demo;
pub mod exit;
pub mod explain;
pub mod keys;
pub mod migrate;
pub mod realm;
pub(crate) mod realm_files;
pub mod serve;
pub mod settings;
pub mod terms;
pub mod theme;
pub mod user;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{Parser, Subcommand};

use crate::config::Settings;
use crate::entropy::OsEntropy;
use crate::themes::wording::OnBoard;
use exit::Exit;

/// The one counter where the customers of a portal get an account and come back to it
#[derive(Debug, Parser)]
#[command(name = "guichet", version, before_help = EXAMPLES, infer_subcommands = false, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  guichet demo                             everything on this machine, to try it
  guichet migrate run                      bring the database to this binary
  guichet serve --apply                    make the realm files live, and serve them
  guichet realm validate realm-config      check realm files, all errors at once
  guichet settings validate                check guichet.toml and the environment
  guichet explain E0231                    what a code means, and what to do";

#[derive(Debug, Subcommand)]
enum Command {
    /// Show everything on this machine, to try it
    Demo(demo::Demo),
    /// Serve the realms to the world
    Serve(serve::Serve),
    /// The database schema: how far it is, bring it forward
    #[command(subcommand)]
    Migrate(migrate::MigrateCommand),
    /// Signing keys: list them, rotate them
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Relying parties: let them register, list them, switch one off
    #[command(subcommand)]
    Client(client::ClientCommand),
    /// The audit trail: check its seals
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Accounts: show one, set what it says, mail a reset, switch one off or on
    #[command(subcommand)]
    User(user::UserCommand),
    /// Realm files: check them, begin one
    #[command(subcommand)]
    Realm(realm::RealmCommand),
    /// Terms of use: publish them, list them, prove that somebody accepted them
    #[command(subcommand)]
    Terms(terms::TermsCommand),
    /// The settings file: check it, its schema, its reference
    #[command(subcommand)]
    Settings(settings::SettingsCommand),
    /// Pages and mails: see every one of them
    #[command(subcommand)]
    Theme(theme::ThemeCommand),
    /// Explain a code such as E0231
    Explain(explain::Explain),
}

/// Runs the command line `words`.
pub fn run<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>) -> Exit {
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        // Help and version are no mistakes. A mistake is 1: clap's own 2 means "changes pending" here.
        Err(message) => {
            let _ = message.print();
            return if message.use_stderr() { Exit::Error } else { Exit::Done };
        }
    };
    // Not locked: the log goes to standard error as well, from the threads that serve while this one waits.
    ended(cli.command.run(&mut io::stdout(), &mut io::stderr()))
}

impl Command {
    fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        match self {
            Self::Demo(demo) => demo.run(out, talk),
            Self::Serve(serve) => serve.run(talk),
            Self::Migrate(command) => command.run(out, talk),
            Self::Keys(command) => command.run(out, talk),
            Self::Client(command) => command.run(out, talk),
            Self::Audit(command) => command.run(out, talk),
            Self::User(command) => command.run(out, talk),
            Self::Realm(command) => command.run(&OnBoard, &OsEntropy, out, talk),
            Self::Terms(command) => command.run(out, talk),
            Self::Settings(command) => command.run(out, talk),
            Self::Theme(command) => command.run(out, talk),
            Self::Explain(explain) => explain.run(out, talk),
        }
    }
}

/// Runs asynchronous work on the runtime of the process, and tells what stopped it.
fn running(talk: &mut dyn Write, work: impl Future<Output = anyhow::Result<Exit>>) -> io::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(work).or_else(|error| {
        writeln!(talk, "error: {error:#}")?;
        Ok(Exit::Error)
    })
}

/// Runs work that needs the settings of `file`; when they are wrong it does not begin.
fn with_settings(
    file: &settings::SettingsFile,
    talk: &mut dyn Write,
    work: impl AsyncFnOnce(Settings) -> anyhow::Result<Exit>,
) -> io::Result<Exit> {
    match file.load() {
        Ok(settings) => running(talk, work(settings)),
        Err(findings) => {
            writeln!(talk, "{findings}")?;
            Ok(Exit::Refused)
        }
    }
}

/// A reader that has seen enough (`guichet explain | head`) is no failure of ours.
fn ended(result: io::Result<Exit>) -> Exit {
    match result {
        Ok(exit) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            Exit::Error
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound_and_opens_with_examples() {
        Cli::command().debug_assert();
        let help = Cli::command().render_long_help().to_string();
        assert!(help.starts_with("Examples:\n"), "{help}");
        for line in EXAMPLES.lines().skip(1) {
            let words: Vec<_> = line.split("  ").find(|part| !part.is_empty()).unwrap().split(' ').collect();
            Cli::try_parse_from(&words).unwrap();
        }
    }

    #[test]
    fn mistakes_are_1_and_suggest_while_help_is_0() {
        for (words, exit) in [
            (["guichet", "--version"].as_slice(), Exit::Done),
            (&["guichet", "--help"], Exit::Done),
            (&["guichet", "realms"], Exit::Error),
            (&["guichet", "explain", "--jsn"], Exit::Error),
            (&["guichet", "exp"], Exit::Error),
        ] {
            assert_eq!(run(words), exit, "{words:?}");
        }
        let message = Cli::try_parse_from(["guichet", "realms"]).unwrap_err().to_string();
        assert!(message.contains("'realm'"), "{message}");
    }
}
