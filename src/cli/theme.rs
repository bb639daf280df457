//! `guichet theme …`: how pages and mails look.

use std::io::{self, Write};
use std::net::Ipv4Addr;

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::running;
use crate::config::Limits;
use crate::demo::gallery;
use crate::server::Listener;
use crate::themes::files;

/// What can be done with themes.
#[derive(Debug, Subcommand)]
pub enum ThemeCommand {
    /// Show every page in every state and every mail, in both languages, on this machine only
    ///
    /// Everything comes from samples: no database is opened, nothing is sent. A debug build reads `themes/` at every
    /// request, so that a saved file is seen when the page is loaded again; a release build shows the themes it was
    /// built with. What is wrong with a theme is shown in the page's place.
    #[command(
        before_help = "Examples:\n  guichet theme preview\n  guichet theme preview --theme certinomis --port 8099"
    )]
    Preview(Preview),
}

/// `guichet theme preview`
#[derive(Debug, Args)]
pub struct Preview {
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 8088)]
    port: u16,
    /// The folder below `themes/`
    #[arg(long, value_name = "NAME", default_value = files::BASE, value_parser = known)]
    theme: String,
}

impl ThemeCommand {
    /// The address goes to `out`, what else there is to say to `talk`.
    pub fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let Self::Preview(preview) = self;
        writeln!(talk, "Every page and every mail of the theme “{}”. Stop it with Ctrl-C.", preview.theme)?;
        running(talk, preview.serve(out))
    }
}

impl Preview {
    async fn serve(&self, out: &mut dyn Write) -> anyhow::Result<Exit> {
        let routes = gallery::routes(&self.theme)?;
        let listener = Listener::open((Ipv4Addr::LOCALHOST, self.port).into(), routes, &Limits::default())?;
        writeln!(out, "http://{}/", listener.address())?;
        out.flush()?;
        tokio::signal::ctrl_c().await?;
        Ok(Exit::Done)
    }
}

/// A theme that there is; else the names of those.
fn known(name: &str) -> Result<String, String> {
    let themes = files::themes();
    if themes.iter().any(|theme| theme == name) {
        Ok(name.to_owned())
    } else {
        Err(format!("themes: {}", themes.join(", ")))
    }
}
