//! A session: what a finished sign-in is worth, and for how long.

use serde::{Deserialize, Serialize};

use super::level::Acr;
use crate::clock::{Duration, Timestamp, minutes};
use crate::ids::{SessionId, UserId};
use crate::proofs::certificate::Particulars;

/// Somebody proved who they are and owes nothing. Made by `LoginAttempt::advance` alone, and read back from its row
/// by `store`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatedSession {
    user: UserId,
    auth_time: Timestamp,
    amr: Vec<Method>,
    certificate: Option<Box<Particulars>>,
}

impl AuthenticatedSession {
    pub(super) const fn new(user: UserId, auth_time: Timestamp, amr: Vec<Method>) -> Self {
        Self { user, auth_time, amr, certificate: None }
    }

    /// What a row says of a session that was made earlier.
    pub(crate) const fn from_row(user: UserId, auth_time: Timestamp, amr: Vec<Method>) -> Self {
        Self { user, auth_time, amr, certificate: None }
    }

    /// The same, proven with that certificate.
    pub(crate) fn with_certificate(self, certificate: Option<Particulars>) -> Self {
        Self { certificate: certificate.map(Box::new), ..self }
    }

    /// The certificate that it was proven with.
    pub fn certificate(&self) -> Option<&Particulars> {
        self.certificate.as_deref()
    }

    /// Who.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// When they proved it: `auth_time` (OIDC Core §2).
    pub const fn auth_time(&self) -> Timestamp {
        self.auth_time
    }

    /// How: `amr` (RFC 8176).
    pub fn amr(&self) -> &[Method] {
        &self.amr
    }

    /// How strongly: `acr`, on the ladder of levels.
    pub fn acr(&self) -> Acr {
        Acr::of(&self.amr)
    }
}

/// An authentication method reference (RFC 8176 §2); a secret question is never one (deviation D-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// A password.
    #[serde(rename = "pwd")]
    Password,
    /// A one-time code of an app.
    #[serde(rename = "otp")]
    Otp,
    /// A recovery code. Unregistered: an application may want to know that the person's device is lost.
    #[serde(rename = "recovery")]
    RecoveryCode,
    /// A key that the person holds: a passkey, which they unlocked, or that of a certificate.
    #[serde(rename = "pop")]
    Possession,
    /// More than one factor, those that stand beside it; or a passkey alone, which is a device and what unlocks it.
    #[serde(rename = "mfa")]
    Multiple,
    /// The key of a certificate, which never leaves its device.
    #[serde(rename = "hwk")]
    HardwareKey,
    /// The key of a certificate, which may be anywhere.
    #[serde(rename = "swk")]
    SoftwareKey,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 7] = [
        Self::Password,
        Self::Otp,
        Self::RecoveryCode,
        Self::Possession,
        Self::Multiple,
        Self::HardwareKey,
        Self::SoftwareKey,
    ];

    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Otp => "otp",
            Self::RecoveryCode => "recovery",
            Self::Possession => "pop",
            Self::Multiple => "mfa",
            Self::HardwareKey => "hwk",
            Self::SoftwareKey => "swk",
        }
    }
}

/// A session as the store keeps it: single sign-on of one browser with one realm.
#[derive(Debug, Clone)]
pub struct BrowserSession {
    /// Its identifier: the `sid` claim.
    pub id: SessionId,
    /// Who proved what, when.
    pub authenticated: AuthenticatedSession,
    /// When it was opened.
    pub created_at: Timestamp,
    /// The last activity of the person.
    pub seen_at: Timestamp,
    /// How long it lives without activity.
    pub idle: Duration,
    /// When it ends in any case.
    pub expires_at: Timestamp,
}

impl BrowserSession {
    /// When it ends, unless its person does something before (SR-101).
    pub fn end(&self) -> Timestamp {
        self.expires_at.min(self.seen_at + self.idle)
    }

    /// Whether it still counts at `now` (SR-101).
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.end()
    }

    /// How long before its end its person is told, by pages that can.
    pub fn warns(&self) -> Duration {
        WARNING.min(self.idle / 3)
    }

    /// Why it is over, for one that is; somebody ended it at `ended_at`, or housekeeping did after its time.
    pub fn ending(&self, ended_at: Option<Timestamp>) -> Ending {
        match ended_at {
            Some(at) if at < self.end() => Ending::Closed,
            _ if self.expires_at <= self.seen_at + self.idle => {
                Ending::Absolute(self.created_at.until(self.expires_at))
            }
            _ => Ending::Idle(self.idle),
        }
    }
}

/// How long before the end of a session its person is told, where sessions are not very short.
const WARNING: Duration = minutes(5);

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nobody did anything for so long.
    Idle(Duration),
    /// It had lasted for so long; none lasts longer.
    Absolute(Duration),
    /// Somebody ended it.
    Closed,
}

/// How long browser sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// Without activity.
    pub idle: Duration,
    /// In all.
    pub absolute: Duration,
    /// In all, for people who asked to stay signed in on this device.
    pub remembered: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::hours;
    use crate::entropy::SeededEntropy;

    #[test]
    fn methods_are_written_as_they_are_told() {
        for method in Method::ALL {
            assert_eq!(serde_json::to_value(method).unwrap(), method.as_str());
        }
    }

    #[test]
    fn sr_101_a_session_ends_idle_and_in_any_case() {
        let start = Timestamp::from_seconds(1_700_000_000);
        let seed = SeededEntropy::new(1);
        let session = |seen_at| BrowserSession {
            id: SessionId::new(start, &seed),
            authenticated: AuthenticatedSession::new(UserId::new(start, &seed), start, vec![Method::Password]),
            created_at: start,
            seen_at,
            idle: minutes(30),
            expires_at: start + hours(12),
        };
        for (seen, now, live) in [
            (start, start + minutes(29), true),
            (start, start + minutes(30), false),
            (start + minutes(29), start + minutes(58), true),
            (start + hours(12) - minutes(1), start + hours(12), false),
        ] {
            assert_eq!(session(seen).is_live(now), live, "{seen:?} {now:?}");
        }
        let second = Duration::from_secs(1);
        let late = start + hours(11) + minutes(50);
        for (seen, ended, ending) in [
            (start, None, Ending::Idle(minutes(30))),
            (start, Some(start + minutes(30)), Ending::Idle(minutes(30))),
            (start, Some(start + hours(2)), Ending::Idle(minutes(30))),
            (start, Some(start + minutes(30) - second), Ending::Closed),
            (late, None, Ending::Absolute(hours(12))),
            (late, Some(start + hours(12) - second), Ending::Closed),
        ] {
            assert_eq!(session(seen).ending(ended), ending, "{seen:?} {ended:?}");
        }
        assert_eq!(session(start).warns(), minutes(5));
        assert_eq!(BrowserSession { idle: minutes(6), ..session(start) }.warns(), minutes(2), "short sessions");
    }
}
