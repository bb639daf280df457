//! Realms that are ready to be copied: the seeds' own, written as any realm is, in `realm-config/`.
//!
//! `guichet realm init` writes them to disk, the demonstration runs them from memory. They are the very files that an
//! operator reads, so that what is documented is what is tested.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::realm::check::written_hash;
use crate::realm::document::Bundle;
use crate::secret::SecretHash;

/// The path of the portal's file in every preset.
pub const PORTAL: &str = "clients/portal.toml";

macro_rules! preset {
    ($name:literal: $($path:literal)+) => {
        &[$(($path, include_str!(concat!("../../realm-config/", $name, "/", $path)))),+]
    };
}

/// A realm to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Persons register their organisation and themselves, and are mailed an identifier and a temporary password.
    Certigna,
    /// Persons register with a verified e-mail address, then choose a password and a secret question.
    Certinomis,
    /// Persons register from inside an order, with a password, and confirm their address.
    ChamberSign,
}

impl Preset {
    /// All of them, in the order of their names.
    pub const ALL: &[Self] = &[Self::Certigna, Self::Certinomis, Self::ChamberSign];

    /// Its name, which is also that of its theme.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certigna => "certigna",
            Self::Certinomis => "certinomis",
            Self::ChamberSign => "chambersign",
        }
    }

    const fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Certigna => {
                preset!("certigna": "realm.toml" "clients/portal.toml" "messages.fr.toml" "messages.en.toml")
            }
            Self::Certinomis => {
                preset!("certinomis": "realm.toml" "clients/portal.toml" "messages.fr.toml" "messages.en.toml")
            }
            Self::ChamberSign => {
                preset!("chambersign": "realm.toml" "clients/portal.toml" "messages.fr.toml" "messages.en.toml"
                    "terms/cgu/1.toml" "terms/cgu/1.fr.md" "terms/cgu/1.en.md")
            }
        }
    }

    /// Its files, as the realm of that folder.
    pub fn bundle(self, folder: &str) -> Bundle {
        let files = self.files().iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Bundle { folder: folder.to_owned(), files: files.collect::<BTreeMap<_, _>>() }
    }

    /// The portal's file, for a portal that stands somewhere else and has its own secret.
    pub fn portal_client(self, redirect_uri: &str, post_logout: &str, home: &str, secret: &SecretHash) -> String {
        let portal = self.files().iter().find(|(path, _)| *path == PORTAL).map_or("", |(_, text)| text);
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let values = [
            ("client_uri", quoted(home)),
            ("redirect_uris", format!("[{}]", quoted(redirect_uri))),
            ("post_logout_redirect_uris", format!("[{}]", quoted(post_logout))),
            ("secrets", format!("[{}]", quoted(&written_hash(secret)))),
        ];
        rewritten(portal, &values)
    }
}

/// A name that is not a preset's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("presets: certigna, certinomis, chambersign")]
pub struct UnknownPreset;

impl FromStr for Preset {
    type Err = UnknownPreset;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|preset| preset.name() == text).ok_or(UnknownPreset)
    }
}

/// The portal's file as it was written, with another secret.
pub fn with_secret(portal: &str, secret: &SecretHash) -> String {
    rewritten(portal, &[("secrets", format!("[\"{}\"]", written_hash(secret)))])
}

/// The file with other values behind these keys; comments and order stay.
fn rewritten(text: &str, values: &[(&str, String)]) -> String {
    let line = |line: &str| {
        let key = line.split_once(" = ").map(|(key, _)| key);
        let value = values.iter().find(|(name, _)| key == Some(name));
        value.map_or_else(|| format!("{line}\n"), |(name, value)| format!("{name} = {value}\n"))
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realm::check::{NoThemes, check};

    #[test]
    fn presets_hold_without_an_error() {
        for preset in Preset::ALL {
            let verdict = check(&preset.bundle(preset.name()), &NoThemes);
            assert_eq!(verdict.findings.errors(), 0, "{}", verdict.findings);
            assert_eq!(verdict.realm.unwrap().clients.len(), 1);
            assert_eq!(preset.name().parse(), Ok(*preset));
        }
    }

    #[test]
    fn the_portal_moves_with_its_addresses_and_its_secret() {
        let secret = SecretHash::of("the demonstration's");
        let mut bundle = Preset::Certinomis.bundle("certinomis");
        let text = Preset::Certinomis.portal_client(
            "http://127.0.0.1:4300/cb",
            "http://127.0.0.1:4300/out",
            "http://127.0.0.1:4300/",
            &secret,
        );
        bundle.files.insert(PORTAL.to_owned(), text);
        let realm = check(&bundle, &NoThemes).into_result().unwrap();
        let portal = realm.client("portal").unwrap();
        assert_eq!(portal.redirect_uris, ["http://127.0.0.1:4300/cb"]);
        assert_eq!(portal.post_logout_redirect_uris, ["http://127.0.0.1:4300/out"]);
        assert_eq!(portal.home.as_ref().unwrap().as_str(), "http://127.0.0.1:4300/");
        assert!(portal.secrets.iter().any(|hash| hash.matches("the demonstration's")));
        assert_eq!(portal.secrets.len(), 1);
    }
}
