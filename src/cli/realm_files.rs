//! Realm folders on disk: read whole into a [`Bundle`], written without ever replacing a file.
//!
//! A folder that holds `realm.toml` is a realm; any other is a folder of realms.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::code::Code;
use crate::realm::document::Bundle;
use crate::realm::finding::Finding;

/// The realms below that path; what cannot be read is in `found`.
pub(crate) fn read(path: &Path, found: &mut Vec<Finding>) -> Vec<Bundle> {
    if path.join("realm.toml").is_file() {
        return vec![bundle(path, found)];
    }
    let folders: Vec<_> = entries(path, found).into_iter().filter(|entry| entry.is_dir()).collect();
    if folders.is_empty() && found.is_empty() {
        let finding = Finding::new(Code::E0120, &shown(path), "no realm.toml here, nor in a folder below");
        found.push(finding.hint("write a realm with `guichet realm init NAME`"));
    }
    folders.iter().map(|folder| bundle(folder, found)).collect()
}

fn bundle(folder: &Path, found: &mut Vec<Finding>) -> Bundle {
    let mut bundle = Bundle { folder: shown(folder), files: std::collections::BTreeMap::new() };
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in entries(&next, found) {
            if entry.is_dir() {
                waiting.push(entry);
            } else if let Ok(inside) = entry.strip_prefix(folder) {
                match fs::read_to_string(&entry) {
                    Ok(text) => drop(bundle.files.insert(shown(inside), text)),
                    Err(error) => found.push(unreadable(&entry, &error)),
                }
            }
        }
    }
    bundle
}

/// What lies in a folder, in order; names with a leading dot belong to editors and version control.
fn entries(folder: &Path, found: &mut Vec<Finding>) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut paths: Vec<_> = match listed {
        Ok(entries) => entries.into_iter().map(|entry| entry.path()).collect(),
        Err(error) => {
            found.push(unreadable(folder, &error));
            return Vec::new();
        }
    };
    paths.retain(|path| path.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b".")));
    paths.sort();
    paths
}

fn unreadable(path: &Path, error: &io::Error) -> Finding {
    let why =
        if error.kind() == io::ErrorKind::InvalidData { "it is not UTF-8 text".to_owned() } else { error.to_string() };
    Finding::new(Code::E0105, &shown(path), format!("cannot be read: {why}"))
}

/// Paths as findings name them: with `/` on every system.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// Why a realm was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotWritten {
    /// Something is there already.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// The disk refused.
    #[error("{} cannot be written: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
}

/// Writes a realm to its folder, which must not exist; the paths written come back.
pub(crate) fn write(bundle: &Bundle) -> Result<Vec<PathBuf>, NotWritten> {
    let folder = Path::new(&bundle.folder);
    if folder.exists() {
        return Err(NotWritten::Exists(folder.to_owned()));
    }
    bundle.files.iter().map(|(path, text)| write_new(folder.join(path), text)).collect()
}

fn write_new(path: PathBuf, text: &str) -> Result<PathBuf, NotWritten> {
    let written = (|| {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        // `create_new` holds even when somebody else writes at the same moment.
        OpenOptions::new().write(true).create_new(true).open(&path)?.write_all(text.as_bytes())
    })();
    match written {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(NotWritten::Exists(path)),
        Err(error) => Err(NotWritten::Io(path, error)),
    }
}
