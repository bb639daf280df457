//! Fresh: the proof that somebody authenticated a moment ago, asked by every sensitive act (SR-104).
//!
//! A session tells who is there; it does not tell that its person still sits in front of the screen. What changes an
//! account takes a [`Fresh`] and no session, so that whoever forgets to ask does not compile.

use super::attempt::{Account, LoginAttempt, Step};
use super::policy::Policy;
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
    /// The proof, if that session's person gave one recently, by all that `policy` asks of the account as it stands now:
    /// what was proven with a password that was changed since, or without a factor that was added since, proves nothing
    /// (SR-53, SR-82).
    pub fn of(
        session: &BrowserSession,
        account: Option<&Account>,
        policy: &Policy<'_>,
        now: Timestamp,
    ) -> Option<Self> {
        let (user, since) = (session.authenticated.user(), session.authenticated.auth_time());
        let recent = session.is_live(now) && since <= now && now < since + RECENT;
        let step = LoginAttempt::of_session(&session.authenticated).advance(account, policy);
        let stands = !matches!(step, Step::Ask | Step::AskSecondFactor | Step::Refuse);
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
    use crate::authentication::policy::{Offered, SecondFactor};
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

    fn account(password_since: Option<Timestamp>) -> Account {
        Account {
            user: session(PROVEN).authenticated.user(),
            active: true,
            email_verified: true,
            password_since,
            password_temporary: false,
            certificate_removed: None,
            has_secret_question: true,
            has_challenge_questions: true,
            totp_since: None,
            passkeys: 0,
            passkey_put_off: None,
            recovery_codes: 0,
            owes_terms: false,
            owes_contacts: false,
            owes_users: false,
        }
    }

    fn fresh(session: &BrowserSession, account: &Account, now: Timestamp) -> bool {
        let offered = Offered { totp: true, passkeys: true };
        let (second_factor, certificate, challenge) = (SecondFactor::WhenSet, false, false);
        let policy = Policy { actions: &[], second_factor, certificate, challenge, offered, wanted: None, began: now };
        Fresh::of(session, Some(account), &policy, now).is_some()
    }

    #[test]
    fn sr_104_an_authentication_is_fresh_for_five_minutes_and_as_long_as_its_password_stands() {
        let second = Duration::from_secs(1);
        for (now, password_since, expected) in [
            (PROVEN, PROVEN, true),
            (PROVEN + minutes(5) - second, PROVEN - hours(1), true),
            (PROVEN + minutes(5), PROVEN, false),
            (PROVEN + minutes(1), PROVEN + second, false),
            (PROVEN - second, PROVEN - hours(1), false),
        ] {
            assert_eq!(
                fresh(&session(now), &account(Some(password_since)), now),
                expected,
                "{now:?} {password_since:?}"
            );
        }
    }

    #[test]
    fn sr_82_a_password_alone_is_no_proof_by_somebody_who_has_more() {
        let more =
            Account { totp_since: Some(PROVEN - hours(1)), recovery_codes: 10, ..account(Some(PROVEN - hours(1))) };
        let once = session(PROVEN);
        assert!(!fresh(&once, &more, PROVEN));
        assert!(!fresh(&once, &Account { totp_since: None, passkeys: 1, ..more }, PROVEN));
        let methods = vec![Method::Password, Method::Otp, Method::Multiple];
        let user = once.authenticated.user();
        let twice = BrowserSession { authenticated: AuthenticatedSession::new(user, PROVEN, methods), ..once };
        assert!(fresh(&twice, &more, PROVEN));
    }

    #[test]
    fn sr_104_a_session_that_is_over_and_an_account_that_is_barred_prove_nothing() {
        let (now, known) = (PROVEN + minutes(1), account(Some(PROVEN)));
        assert!(!fresh(&BrowserSession { expires_at: now, ..session(PROVEN) }, &known, now));
        assert!(!fresh(&session(PROVEN), &Account { active: false, ..known }, now));
    }
}
