//! Fresh: the proof that somebody authenticated a moment ago, asked by every sensitive act (SR-104).
//!
//! A session tells who is there; it does not tell that its person still sits in front of the screen. What changes an
//! account takes a [`Fresh`] and no session, so that whoever forgets to ask does not compile.

use super::session::BrowserSession;
use crate::clock::{Duration, Timestamp, minutes};
use crate::ids::{SessionId, UserId};

/// How long an authentication counts as recent.
pub const RECENT: Duration = minutes(5);

/// A recent authentication, in one session, by what the account still has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fresh {
    user: UserId,
    session: SessionId,
    since: Timestamp,
}

impl Fresh {
    /// The proof, if that session's person gave one recently; what was proven with a password that was changed since
    /// (`password_since`) proves nothing now (SR-53).
    pub fn of(session: &BrowserSession, password_since: Option<Timestamp>, now: Timestamp) -> Option<Self> {
        let (user, since) = (session.authenticated.user(), session.authenticated.auth_time());
        let recent = session.is_live(now) && since <= now && now < since + RECENT;
        let stands = password_since.is_none_or(|changed| since >= changed);
        (recent && stands).then_some(Self { user, session: session.id, since })
    }

    /// Who.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// In which session.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// When.
    pub const fn since(&self) -> Timestamp {
        self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication::session::{AuthenticatedSession, Method};
    use crate::clock::hours;
    use crate::entropy::SeededEntropy;

    const PROVEN: Timestamp = Timestamp::from_seconds(1_700_000_000);

    fn session(seen_at: Timestamp) -> BrowserSession {
        let seed = SeededEntropy::new(1);
        BrowserSession {
            id: SessionId::new(PROVEN, &seed),
            authenticated: AuthenticatedSession::new(UserId::new(PROVEN, &seed), PROVEN, vec![Method::Password]),
            created_at: PROVEN,
            seen_at,
            idle: minutes(30),
            expires_at: PROVEN + hours(12),
        }
    }

    #[test]
    fn sr_104_an_authentication_is_fresh_for_five_minutes_and_as_long_as_its_password_stands() {
        let second = Duration::from_secs(1);
        for (now, password_since, fresh) in [
            (PROVEN, Some(PROVEN), true),
            (PROVEN + minutes(5) - second, Some(PROVEN - hours(1)), true),
            (PROVEN + minutes(5) - second, None, true),
            (PROVEN + minutes(5), Some(PROVEN), false),
            (PROVEN + minutes(1), Some(PROVEN + second), false),
            (PROVEN - second, Some(PROVEN - hours(1)), false),
        ] {
            let proof = Fresh::of(&session(now), password_since, now);
            assert_eq!(proof.is_some(), fresh, "{now:?} {password_since:?}");
        }
    }

    #[test]
    fn sr_104_a_session_that_is_over_proves_nothing_however_young() {
        let now = PROVEN + minutes(1);
        let over = BrowserSession { expires_at: now, ..session(PROVEN) };
        assert_eq!(Fresh::of(&over, None, now), None);
    }
}
