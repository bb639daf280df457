//! Settings: what an operator wrote in `guichet.toml` and the environment → what the process runs with.
//!
//! Every key is also `GUICHET__SECTION__KEY`, every secret also `…_FILE`. All findings come at once, each with its
//! place and the way out; insecure settings are among them (SR-214), and no switch turns that off.

mod certificate;
mod check;
mod database;
mod outbound;
mod reference;
mod registries;
mod said;
mod secrets;
mod settings;
mod written;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

pub use reference::{reference, schema};
pub use settings::{
    CertificateFormat, CertificateFrom, CertificateListener, ForwardingHeader, Limits, Log, LogFormat, Proxies,
    Settings, Smtp, SmtpSecurity, TlsFiles,
};

use crate::code::Code;
use crate::realm::finding::{Finding, Findings};

/// Reads `file` and the process's own environment.
pub fn load(file: &Path) -> Result<Settings, Findings> {
    let text = fs::read_to_string(file).map_err(|error| {
        let what = format!("the settings file cannot be read: {}", error.kind());
        all(vec![Finding::new(Code::E0601, &file.display().to_string(), what).hint("name it with --config")])
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
    let written = written::Written::new(file, text, environment).map_err(|finding| all(vec![*finding]))?;
    let mut misshapen = Vec::new();
    let document = written.shaped(schema().as_value(), &mut misshapen);
    let mut check = check::Check { written: &written, findings: Vec::new() };
    let settings = match serde_json::from_value(document) {
        Ok(said) => check.settings(said),
        Err(error) => check.refuse(Code::E0603, "", &error.to_string(), "see docs/reference/settings.md"),
    };
    // A value that could not be read counts as absent above: its first finding is the true one.
    check.findings.retain(|found| misshapen.iter().all(|earlier| earlier.key != found.key));
    misshapen.append(&mut check.findings);
    match settings {
        Ok(settings) if misshapen.is_empty() => Ok(settings),
        _ => Err(all(misshapen.into_iter().map(|found| found.finding).collect())),
    }
}

/// In the order of the file; what stands in no line comes last.
fn all(mut list: Vec<Finding>) -> Findings {
    list.sort_by_cached_key(|finding| {
        let line = finding.spot.as_ref().map(|spot| (spot.line, spot.column));
        (line.is_none(), line, finding.file.clone(), finding.message.clone())
    });
    Findings { list, files: 1 }
}
