//! Why there is no record: two answers about the number, and many ways in which nobody could tell.

use http::StatusCode;

use crate::clock::Duration;
use crate::outbound::service::{Answer, Silence};

/// How long a registry is left alone that says "too many" and no more.
const UNTOLD: Duration = Duration::from_secs(10);

/// Why there is no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The registry knows no such number.
    #[error("no such number")]
    NotFound,
    /// The number was given up, and nothing else is told of it.
    #[error("a number that was given up")]
    Closed,
    /// Its owner objected to all publication.
    #[error("not to be shown")]
    Partial,
    /// We asked too often; how long to wait.
    #[error("asked too often")]
    RateLimited(Duration),
    /// No answer in time.
    #[error("no answer")]
    Unavailable,
    /// The service answers, and the register behind it does not: that of one member state.
    #[error("no answer from the member state")]
    MemberState,
    /// It does not know us, or is not where the settings say.
    #[error("settings that do not fit")]
    Misconfigured,
    /// An answer that makes no sense.
    #[error("an answer that makes no sense")]
    Malformed,
}

impl Trouble {
    /// Whether it says something about the number. All others mean that nobody could check.
    pub const fn speaks_about_the_number(self) -> bool {
        matches!(self, Self::NotFound | Self::Closed)
    }

    /// The label of the figures.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Closed => "closed",
            Self::Partial => "partial",
            Self::RateLimited(_) => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::MemberState => "member_state",
            Self::Misconfigured => "misconfigured",
            Self::Malformed => "malformed",
        }
    }

    /// Whether the registry itself is to blame, so that asking it again makes no sense for a while.
    pub(super) const fn is_a_failure(self) -> bool {
        matches!(self, Self::Unavailable | Self::Misconfigured | Self::Malformed)
    }

    /// What a status means that is no answer, whichever the registry.
    pub(super) fn of(answer: &Answer) -> Self {
        match answer.status {
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited(answer.retry_after.unwrap_or(UNTOLD)),
            // What is not there, or is elsewhere, is not where the settings say (redirects are not followed).
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Self::Misconfigured,
            status if status.is_redirection() => Self::Misconfigured,
            status if status.is_server_error() => Self::Unavailable,
            _ => Self::Malformed,
        }
    }
}

impl From<Silence> for Trouble {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::Unfit => Self::Misconfigured,
            Silence::Unreachable => Self::Unavailable,
            Silence::Long => Self::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_that_is_no_answer_means_that_nobody_could_check() {
        for (status, retry_after, trouble) in [
            (429, Some(7), Trouble::RateLimited(Duration::from_secs(7))),
            (429, None, Trouble::RateLimited(UNTOLD)),
            (401, None, Trouble::Misconfigured),
            (403, None, Trouble::Misconfigured),
            (404, None, Trouble::Misconfigured),
            (301, None, Trouble::Misconfigured),
            (400, None, Trouble::Malformed),
            (406, None, Trouble::Malformed),
            (204, None, Trouble::Malformed),
            (500, None, Trouble::Unavailable),
            (503, Some(7), Trouble::Unavailable),
        ] {
            let (status, retry_after) = (StatusCode::from_u16(status).unwrap(), retry_after.map(Duration::from_secs));
            let told = Trouble::of(&Answer { status, retry_after, said: None });
            assert_eq!(told, trouble, "{status}");
            assert!(!told.speaks_about_the_number());
        }
        assert!(Trouble::NotFound.speaks_about_the_number() && Trouble::Closed.speaks_about_the_number());
        assert!(!Trouble::Partial.speaks_about_the_number());
    }
}
