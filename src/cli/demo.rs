//! `guichet demo`: everything on this machine, everybody fictitious.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::running;
use crate::clock::Stopwatch;
use crate::demo::{Addresses, Demo as Demonstration, Options};

/// Show everything on this machine: provider, order portal, mailbox, certificates, a clock that can be moved
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  guichet demo                 a new world each time, gone at the end\n  guichet demo --data ./world  a world that is still there tomorrow"
)]
pub struct Demo {
    /// The port of the provider; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Keep the data in this folder
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print one line of JSON instead of words
    #[arg(long)]
    pub json: bool,
}

impl Demo {
    /// Runs until told to stop.
    pub fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let since = Stopwatch::start();
        let options = Options { port: self.port, data: self.data.clone() };
        running(talk, async {
            let demo = Demonstration::start(&options, since).await?;
            if self.json {
                writeln!(out, "{}", serde_json::to_string(&demo.addresses)?)?;
            } else {
                welcome(out, &demo.addresses)?;
            }
            out.flush()?;
            demo.until_told().await?;
            Ok(Exit::Done)
        })
    }
}

fn welcome(out: &mut dyn Write, at: &Addresses) -> io::Result<()> {
    let seconds = (at.ready_ms / 100, at.ready_ms % 100);
    writeln!(
        out,
        "Ready in {}.{:02} s. Everything here is fictitious.",
        seconds.0 / 10,
        seconds.0 % 10 * 10 + seconds.1 / 10
    )?;
    for (portal, issuer) in at.portals.iter().zip(&at.issuers) {
        let realm = issuer.rsplit('/').next().unwrap_or_default();
        writeln!(out, "  Try it    {portal}/   an order portal of {realm}: create an account, come back to it")?;
    }
    writeln!(out, "  Mailbox   {}   what was mailed, a scanner to simulate, the clock", at.mailbox)?;
    writeln!(out, "  Cards     {}   certificates to import; {} asks for them", at.cards, at.certificate)?;
    for issuer in &at.issuers {
        writeln!(out, "  Issuer    {issuer}")?;
    }
    writeln!(out, "  Health    {}/health/ready", at.management)?;
    writeln!(out, "Stop it with Ctrl-C.")
}
