//! A certificate as people are shown it.

use serde::Serialize;

use crate::clock::{Timestamp, days};
use crate::journeys::samples;
use crate::proofs::certificate::Particulars;

/// What tells one card from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Shown {
    /// The person.
    pub(crate) subject: String,
    /// Where they work, when it says so.
    pub(crate) organisation: Option<String>,
    /// The authority.
    pub(crate) issuer: String,
    /// Its number, in pairs.
    pub(crate) serial: String,
    /// Valid from.
    pub(crate) from: Timestamp,
    /// Valid until.
    pub(crate) until: Timestamp,
}

impl Shown {
    /// That certificate.
    pub(crate) fn of(particulars: &Particulars) -> Self {
        Self {
            subject: particulars.subject_name.clone(),
            organisation: particulars.organisation.clone(),
            issuer: particulars.issuer_name.clone(),
            serial: spaced(&particulars.serial),
            from: particulars.not_before,
            until: particulars.not_after,
        }
    }

    /// For samples: an ordinary one.
    pub(crate) fn sample(now: Timestamp) -> Self {
        Self {
            subject: "Marie Durand".to_owned(),
            organisation: Some("Exemple SA".to_owned()),
            issuer: "ChamberSign Qualifié".to_owned(),
            serial: spaced("4c0a11e2"),
            from: now - days(300),
            until: now + days(430),
        }
    }

    /// For samples: one with everything long.
    pub(crate) fn long_sample(now: Timestamp) -> Self {
        Self {
            subject: samples::LONG_NAME.to_owned(),
            organisation: Some(
                "Direction interministérielle des systèmes d’information et de communication".to_owned(),
            ),
            issuer: "Autorité de certification des personnes de la chambre de commerce et d’industrie".to_owned(),
            serial: spaced("7f3a90c14e0b22d85566aa10039c4be1f0a2d9"),
            ..Self::sample(now)
        }
    }
}

/// Four digits at a time: read aloud on the telephone, and broken where the line ends.
fn spaced(serial: &str) -> String {
    let letters: Vec<char> = serial.to_uppercase().chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
