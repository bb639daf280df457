//! Settings: what an operator wrote in `guichet.toml` and the environment → what the process runs with.
//!
//! Every key is also `GUICHET__SECTION__KEY`, every secret also `…_FILE`. All findings come at once, each with its
//! place and the way out; insecure settings are among them (SR-214), and no switch turns that off.

mod check;
mod database;
mod finding;
mod reference;
mod said;
mod secrets;
mod settings;
mod written;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

pub use finding::{Finding, Findings, Place};
pub use reference::{reference, schema};
pub use settings::{
    Database, ForwardingHeader, Limits, Log, LogFormat, Proxies, Settings, Smtp, SmtpSecurity, TlsFiles,
};

/// Reads `file` and the process's own environment.
pub fn load(file: &Path) -> Result<Settings, Findings> {
    let text = fs::read_to_string(file).map_err(|error| {
        Findings(vec![Finding {
            code: "E0601",
            key: String::new(),
            place: Place::File(file.to_owned(), 1, 1),
            what: format!("the settings file cannot be read: {}", error.kind()),
            hint: "name it with --config".to_owned(),
        }])
    })?;
    let environment =
        std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().zip(value.into_string().ok()));
    read(file, text, environment)
}

/// The settings in `text`, which came from `file`, below those in `environment`.
pub fn read(
    file: &Path,
    text: String,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Settings, Findings> {
    let written = written::Written::new(file, text, environment).map_err(|finding| Findings(vec![*finding]))?;
    let mut misshapen = Vec::new();
    let document = written.shaped(schema().as_value(), &mut misshapen);
    let mut check = check::Check { written: &written, findings: Vec::new() };
    let settings = match serde_json::from_value(document) {
        Ok(said) => check.settings(said),
        Err(_) => check.refuse(
            "E0603",
            "",
            "the settings do not have the shape of their schema",
            "see docs/reference/settings.md",
        ),
    };
    // A value that could not be read counts as absent above: its first finding is the true one.
    check.findings.retain(|finding| misshapen.iter().all(|earlier| earlier.key != finding.key));
    misshapen.append(&mut check.findings);
    match settings {
        Ok(settings) if misshapen.is_empty() => Ok(settings),
        _ => Err(Findings(misshapen)),
    }
}
