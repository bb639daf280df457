//! Somebody is trying to sign in, and this alone decides what comes next (STYLE.md §4).
//!
//! An attempt collects proofs and belongs to the first account that one of them names. [`LoginAttempt::advance`] is
//! pure: the account as it stands, what the realm demands, and out comes the next step. Restarting, going back or
//! another tab evaluates all of it again (SR-73).

use serde::{Deserialize, Serialize};

use super::required_action::RequiredActionKind;
use super::session::{AuthenticatedSession, Method};
use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::proofs::mailbox::MailboxProof;
use crate::proofs::password::PasswordProof;

/// What was proven so far in one journey.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginAttempt {
    user: Option<UserId>,
    password_at: Option<Timestamp>,
    mailbox_at: Option<Timestamp>,
}

/// A proof of somebody else's account was offered to an attempt that belongs to one already (SR-72, SR-74).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proof is about another account")]
pub struct OtherAccount;

/// An account as `advance` sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub user: UserId,
    /// Whether it may be used.
    pub active: bool,
    /// Whether its address is proven.
    pub email_verified: bool,
    /// Since when its password is what it is, when it has one: what was proven before proves nothing now (SR-53).
    pub password_since: Option<Timestamp>,
    /// Whether a secret question is set.
    pub has_secret_question: bool,
    /// Whether terms of use are in force that it has not accepted.
    pub owes_terms: bool,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Prove who you are.
    Ask,
    /// A required action is owed.
    Require(RequiredActionKind),
    /// Nothing is owed.
    Enter(AuthenticatedSession),
    /// The account may not be used.
    Refuse,
}

impl LoginAttempt {
    /// The attempt of a person whose session is open: what they proved then counts now, what has become owed since is
    /// asked for (SR-73).
    pub fn of_session(session: &AuthenticatedSession) -> Self {
        Self { user: Some(session.user()), password_at: Some(session.auth_time()), mailbox_at: None }
    }

    /// Whose attempt it has become.
    pub const fn user(&self) -> Option<UserId> {
        self.user
    }

    /// Whether the mailbox was proven in this very journey.
    pub const fn has_mailbox(&self) -> bool {
        self.mailbox_at.is_some()
    }

    /// Takes the proof that a password was known.
    pub fn accept_password(mut self, proof: &PasswordProof) -> Result<Self, OtherAccount> {
        self.claim(proof.user())?;
        self.password_at = Some(proof.at());
        Ok(self)
    }

    /// Takes the proof that a mail was read.
    pub fn accept_mailbox(mut self, proof: &MailboxProof) -> Result<Self, OtherAccount> {
        self.claim(proof.user())?;
        self.mailbox_at = Some(proof.at());
        Ok(self)
    }

    fn claim(&mut self, user: UserId) -> Result<(), OtherAccount> {
        match self.user {
            Some(other) if other != user => Err(OtherAccount),
            _ => {
                self.user = Some(user);
                Ok(())
            }
        }
    }

    /// Decides the next step for `account` (the one of [`Self::user`]) under the realm's `actions`, in their order.
    ///
    /// A proven mailbox lets a person choose their first password and nothing more (D-4): an account that has one
    /// asks for it.
    pub fn advance(&self, account: Option<&Account>, actions: &[RequiredActionKind]) -> Step {
        let Some(account) = account.filter(|account| Some(account.user) == self.user) else { return Step::Ask };
        let known = self.password_at.filter(|at| account.password_since.is_none_or(|since| *at >= since));
        let first_password = self.mailbox_at.is_some() && account.password_since.is_none();
        if known.is_none() && !first_password {
            return Step::Ask;
        }
        if !account.active {
            return Step::Refuse;
        }
        // A password is the only factor there is so far: without one there is no way back in. Where the realm does not
        // say when it is chosen, nothing is asked before it of somebody who has only read a mail (D-4).
        let unlisted = account.password_since.is_none() && !actions.contains(&RequiredActionKind::UpdatePassword);
        if unlisted {
            return Step::Require(RequiredActionKind::UpdatePassword);
        }
        if let Some(action) = actions.iter().find(|action| action.is_owed_by(account)) {
            return Step::Require(*action);
        }
        match known {
            Some(at) => Step::Enter(AuthenticatedSession::new(account.user, at, vec![Method::Password])),
            None => Step::Ask,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Duration;
    use crate::entropy::SeededEntropy;
    use crate::proofs::password;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
    const CERTINOMIS: [RequiredActionKind; 3] =
        [RequiredActionKind::VerifyEmail, RequiredActionKind::UpdatePassword, RequiredActionKind::SetSecretQuestion];

    fn user(seed: u64) -> UserId {
        UserId::new(NOW, &SeededEntropy::new(seed))
    }

    /// One row per situation: what was proven, what the account has, what comes next.
    #[test]
    fn sr_73_nothing_is_entered_while_something_is_owed() {
        use RequiredActionKind::{SetSecretQuestion, UpdatePassword, VerifyEmail};
        let marie = user(1);
        let nothing = LoginAttempt::default();
        let knew = nothing.clone().accept_password(&password::chosen(marie, NOW)).unwrap();
        let read = nothing.clone().accept_mailbox(&MailboxProof::from_row(marie, NOW)).unwrap();
        let entered = Step::Enter(AuthenticatedSession::new(marie, NOW, vec![Method::Password]));
        // (attempt, active, verified, password, question) → step
        for (attempt, (active, email_verified, has_password, has_secret_question), step) in [
            (&nothing, (true, true, true, true), Step::Ask),
            (&read, (true, true, false, false), Step::Require(UpdatePassword)),
            (&read, (true, true, true, false), Step::Ask),
            (&read, (true, true, true, true), Step::Ask),
            (&knew, (true, false, true, true), Step::Require(VerifyEmail)),
            (&knew, (true, true, true, false), Step::Require(SetSecretQuestion)),
            (&knew, (false, true, true, true), Step::Refuse),
            (&knew, (true, true, true, true), entered),
        ] {
            let password_since = has_password.then_some(NOW);
            let account =
                Account { user: marie, active, email_verified, password_since, has_secret_question, owes_terms: false };
            assert_eq!(attempt.advance(Some(&account), &CERTINOMIS), step, "{attempt:?} {account:?}");
        }
        assert_eq!(knew.advance(None, &CERTINOMIS), Step::Ask);
    }

    #[test]
    fn sr_72_a_proof_of_another_account_is_refused() {
        let attempt = LoginAttempt::default().accept_mailbox(&MailboxProof::from_row(user(1), NOW)).unwrap();
        assert_eq!(attempt.accept_password(&password::chosen(user(2), NOW)), Err(OtherAccount));
    }

    #[test]
    fn sr_53_a_password_proves_nothing_once_another_took_its_place() {
        let marie = user(1);
        let attempt = LoginAttempt::default().accept_password(&password::chosen(marie, NOW)).unwrap();
        let since = |since| Account {
            user: marie,
            active: true,
            email_verified: true,
            password_since: Some(since),
            has_secret_question: true,
            owes_terms: false,
        };
        let later = NOW + Duration::from_millis(1);
        assert!(matches!(attempt.advance(Some(&since(NOW)), &[]), Step::Enter(_)));
        assert_eq!(attempt.advance(Some(&since(later)), &[]), Step::Ask);
    }

    #[test]
    fn an_account_without_password_is_led_to_one_whatever_the_realm_lists() {
        let marie = user(1);
        let attempt = LoginAttempt::default().accept_mailbox(&MailboxProof::from_row(marie, NOW)).unwrap();
        let account = Account {
            user: marie,
            active: true,
            email_verified: true,
            password_since: None,
            has_secret_question: false,
            owes_terms: false,
        };
        assert_eq!(attempt.advance(Some(&account), &[]), Step::Require(RequiredActionKind::UpdatePassword));
    }

    #[test]
    fn terms_are_accepted_after_the_password_and_before_the_session() {
        use RequiredActionKind::{AcceptTerms, UpdatePassword, VerifyEmail};
        let (marie, chambersign) = (user(1), [VerifyEmail, AcceptTerms]);
        let knew = LoginAttempt::default().accept_password(&password::chosen(marie, NOW)).unwrap();
        let read = LoginAttempt::default().accept_mailbox(&MailboxProof::from_row(marie, NOW)).unwrap();
        let account = |password_since, owes_terms| Account {
            user: marie,
            active: true,
            email_verified: true,
            password_since,
            has_secret_question: false,
            owes_terms,
        };
        for (attempt, account, step) in [
            (&knew, account(Some(NOW), true), Step::Require(AcceptTerms)),
            (&read, account(None, true), Step::Require(UpdatePassword)),
            (&read, account(Some(NOW), true), Step::Ask),
        ] {
            assert_eq!(attempt.advance(Some(&account), &chambersign), step, "{account:?}");
        }
        assert!(matches!(knew.advance(Some(&account(Some(NOW), false)), &chambersign), Step::Enter(_)));
    }
}
