//! Somebody is trying to sign in, and this alone decides what comes next (STYLE.md §4).
//!
//! An attempt collects proofs and belongs to the first account that one of them names. [`LoginAttempt::advance`] is
//! pure: the account as it stands, what the realm demands, and out comes the next step. Restarting, going back or
//! another tab evaluates all of it again (SR-73).
//!
//! Long by its tables: the decision is one function, and each row of them a situation that it was made for.

use serde::{Deserialize, Serialize};

use super::freshness::RECENT;
use super::policy::Policy;
use super::required_action::RequiredActionKind;
use super::session::{AuthenticatedSession, Method};
use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::proofs::certificate::{CertificateProof, Particulars};
use crate::proofs::mailbox::MailboxProof;
use crate::proofs::one_time::{OneTime, OneTimeProof};
use crate::proofs::passkey::PasskeyProof;
use crate::proofs::password::PasswordProof;
use crate::proofs::question::AnswerProof;

/// What was proven so far in one journey.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginAttempt {
    user: Option<UserId>,
    password_at: Option<Timestamp>,
    mailbox_at: Option<Timestamp>,
    // Journeys of older binaries have none of these: a missing member reads as `None`.
    second_factor: Option<Second>,
    certificate: Option<(Box<Particulars>, Timestamp)>,
    answered_at: Option<Timestamp>,
}

/// A second factor, as it was proven. A passkey is one that needs no first: a device, and what unlocks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Second {
    method: Method,
    at: Timestamp,
}

/// A proof of somebody else's account was offered to an attempt that belongs to one already (SR-72, SR-74).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proof is about another account")]
pub struct OtherAccount;

/// An account as `advance` sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and none excludes another")]
pub struct Account {
    /// Whose.
    pub user: UserId,
    /// Whether it may be used.
    pub active: bool,
    /// Whether its address is proven.
    pub email_verified: bool,
    /// Since when its password is what it is, when it has one: what was proven before proves nothing now (SR-53).
    pub password_since: Option<Timestamp>,
    /// Whether that password was mailed: it opens nothing before another is chosen (SR-31).
    pub password_temporary: bool,
    /// When a certificate was last taken from it: what was proven with one before proves nothing now.
    pub certificate_removed: Option<Timestamp>,
    /// Whether a secret question is set.
    pub has_secret_question: bool,
    /// Whether its set of challenge questions is set.
    pub has_challenge_questions: bool,
    /// Since when an app makes its one-time codes, when one does: what an earlier one proved proves nothing now.
    pub totp_since: Option<Timestamp>,
    /// How many passkeys it has: none is left of an earlier proof when the last is gone.
    pub passkeys: u64,
    /// When its person last said that they do not want one yet.
    pub passkey_put_off: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
    /// Whether terms of use are in force that it has not accepted.
    pub owes_terms: bool,
    /// Whether it administers an organisation that has not named its contacts yet.
    pub owes_contacts: bool,
    /// Whether it administers an organisation whose first users nobody was asked for yet.
    pub owes_users: bool,
}

impl Account {
    /// Whether it has something beside its password.
    pub const fn has_second_factor(&self) -> bool {
        self.totp_since.is_some() || self.passkeys > 0
    }

    /// Whether what was proven is still a second factor of it.
    fn still_has(&self, proven: Second) -> bool {
        match proven.method {
            Method::Possession => self.passkeys > 0,
            // Codes are kept for whatever may be lost.
            Method::RecoveryCode if self.passkeys > 0 => true,
            _ => self.totp_since.is_some_and(|since| proven.at >= since),
        }
    }
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Prove who you are.
    Ask,
    /// And prove it once more, by something else.
    AskSecondFactor,
    /// And show the certificate that is demanded.
    AskCertificate,
    /// And answer your questions, for this request alone; whoever fails may enter all the same (SR-39).
    AskChallenge(AuthenticatedSession),
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
        let at = session.auth_time();
        // The key of a certificate is possessed, too: a passkey beside it is the second of several.
        let passkey = session.certificate().is_none() || session.amr().contains(&Method::Multiple);
        let second = |method: &&Method| match method {
            Method::Otp | Method::RecoveryCode => true,
            Method::Possession => passkey,
            _ => false,
        };
        Self {
            user: Some(session.user()),
            password_at: session.amr().contains(&Method::Password).then_some(at),
            mailbox_at: None,
            second_factor: session.amr().iter().rev().find(second).map(|&method| Second { method, at }),
            certificate: session.certificate().map(|certificate| (Box::new(certificate.clone()), at)),
            // An answer is good for the request that it was asked for: no session remembers it.
            answered_at: None,
        }
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

    /// Takes the proof that somebody holds the key of a certificate, which `user` signs in with.
    pub fn accept_certificate(mut self, user: UserId, proof: &CertificateProof) -> Result<Self, OtherAccount> {
        self.claim(user)?;
        self.certificate = Some((Box::new(proof.particulars().clone()), proof.at()));
        Ok(self)
    }

    /// Takes the proof that a mail was read.
    pub fn accept_mailbox(mut self, proof: &MailboxProof) -> Result<Self, OtherAccount> {
        self.claim(proof.user())?;
        self.mailbox_at = Some(proof.at());
        Ok(self)
    }

    /// Whether a second factor was proven in this journey, or in the session that it began with.
    pub const fn has_second_factor(&self) -> bool {
        self.second_factor.is_some()
    }

    /// Takes the proof that a one-time code was shown.
    pub fn accept_one_time(mut self, proof: &OneTimeProof) -> Result<Self, OtherAccount> {
        self.claim(proof.user())?;
        let method = match proof.kind() {
            OneTime::Totp => Method::Otp,
            OneTime::RecoveryCode => Method::RecoveryCode,
        };
        self.second_factor = Some(Second { method, at: proof.at() });
        Ok(self)
    }

    /// Takes the proof that a passkey was unlocked.
    pub fn accept_passkey(mut self, proof: &PasskeyProof) -> Result<Self, OtherAccount> {
        self.claim(proof.user())?;
        self.second_factor = Some(Second { method: Method::Possession, at: proof.at() });
        Ok(self)
    }

    /// Takes the proof that the questions of the account were answered. It names nobody: whoever answers is known already.
    pub fn accept_answers(mut self, proof: &AnswerProof) -> Result<Self, OtherAccount> {
        if self.user != Some(proof.user()) {
            return Err(OtherAccount);
        }
        self.answered_at = Some(proof.at());
        Ok(self)
    }

    /// When the questions were answered, if that was a moment ago.
    pub fn answered(&self, now: Timestamp) -> Option<Timestamp> {
        self.answered_at.filter(|at| now.since(*at) < RECENT)
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

    /// Decides the next step for `account` (the one of [`Self::user`]) under that policy.
    ///
    /// A proven mailbox lets a person choose their first password and nothing more (D-4): an account that has one
    /// asks for it. The second factor comes before anything is owed: whoever knows a password alone changes nothing.
    pub fn advance(&self, account: Option<&Account>, policy: &Policy<'_>) -> Step {
        let Some(account) = account.filter(|account| Some(account.user) == self.user) else { return Step::Ask };
        let account = &policy.sees(account);
        let known = self.password_at.filter(|at| account.password_since.is_none_or(|since| *at >= since));
        let second = self.second_factor.filter(|second| account.still_has(*second));
        let passkey = second.filter(|second| second.method == Method::Possession);
        let shown = self.certificate.as_ref();
        let shown = shown.filter(|(_, at)| account.certificate_removed.is_none_or(|removed| *at > removed));
        let alone = passkey.is_some() || shown.is_some();
        let first_password = self.mailbox_at.is_some() && account.password_since.is_none();
        if known.is_none() && !alone && !first_password {
            return Step::Ask;
        }
        if !account.active {
            return Step::Refuse;
        }
        let on_device = shown.is_some_and(|(certificate, _)| certificate.is_on_device());
        let policy = if on_device { policy.after_a_device() } else { *policy };
        if policy.asks(account) && second.is_none() {
            return Step::AskSecondFactor;
        }
        let last = [known, second.map(|second| second.at), shown.map(|(_, at)| *at)].into_iter().max().flatten();
        let twice = second.is_some_and(|second| policy.is_fresh(second.at));
        if let Some(action) = policy.owed_by(account, known, twice) {
            // An old session is no proof that it is still this person who adds a factor (SR-82).
            let stale = action.binds_a_factor() && last.is_some_and(|at| !policy.is_fresh(at));
            return if stale { Step::Ask } else { Step::Require(action) };
        }
        if policy.certificate && shown.is_none() {
            return Step::AskCertificate;
        }
        let shown = shown.map(|(certificate, _)| certificate.as_ref());
        let Some(at) = last.filter(|_| known.is_some() || alone) else { return Step::Ask };
        let session = AuthenticatedSession::new(account.user, at, methods(known.is_some(), shown, second));
        let session = session.with_certificate(shown.cloned());
        if !policy.challenge || !account.has_challenge_questions || self.answered_at.is_some() {
            return Step::Enter(session);
        }
        // DOMAIN.md §8: within a fresh sign-in, and never alone.
        if policy.is_fresh(at) { Step::AskChallenge(session) } else { Step::Ask }
    }
}

/// How these proofs were given (RFC 8176 §2).
fn methods(password: bool, shown: Option<&Particulars>, second: Option<Second>) -> Vec<Method> {
    let key = |certificate: &Particulars| {
        if certificate.is_on_device() { Method::HardwareKey } else { Method::SoftwareKey }
    };
    let by_certificate = shown.into_iter().flat_map(|certificate| [Method::Possession, key(certificate)]);
    let by_second = second.into_iter().flat_map(|second| [second.method, Method::Multiple]);
    let mut methods: Vec<_> = password.then_some(Method::Password).into_iter().chain(by_certificate).collect();
    for method in by_second {
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    methods
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication::policy::{Offered, SecondFactor};
    use crate::clock::{Duration, days};
    use crate::entropy::SeededEntropy;
    use crate::proofs::{password, question};

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
    const CERTINOMIS: [RequiredActionKind; 3] =
        [RequiredActionKind::VerifyEmail, RequiredActionKind::UpdatePassword, RequiredActionKind::SetSecretQuestion];

    fn user(seed: u64) -> UserId {
        UserId::new(NOW, &SeededEntropy::new(seed))
    }

    fn policy(second_factor: SecondFactor) -> Policy<'static> {
        let offered = Offered { totp: true, passkeys: false };
        let (certificate, challenge) = (false, false);
        Policy { actions: &[], second_factor, certificate, challenge, offered, wanted: None, began: NOW }
    }

    /// Somebody who owes nothing and has no second factor.
    fn settled(user: UserId) -> Account {
        Account {
            user,
            active: true,
            email_verified: true,
            password_since: Some(NOW),
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

    fn entered(user: UserId, at: Timestamp, methods: &[Method]) -> Step {
        Step::Enter(AuthenticatedSession::new(user, at, methods.to_vec()))
    }

    /// One row per situation: what was proven, what the account has, what comes next.
    #[test]
    fn sr_73_nothing_is_entered_while_something_is_owed() {
        use RequiredActionKind::{SetSecretQuestion, UpdatePassword, VerifyEmail};
        let marie = user(1);
        let nothing = LoginAttempt::default();
        let knew = nothing.clone().accept_password(&password::chosen(marie, NOW)).unwrap();
        let read = nothing.clone().accept_mailbox(&MailboxProof::from_row(marie, NOW)).unwrap();
        let policy = Policy { actions: &CERTINOMIS, ..policy(SecondFactor::Off) };
        // (attempt, active, verified, password, question) → step
        for (attempt, (active, email_verified, has_password, has_secret_question), step) in [
            (&nothing, (true, true, true, true), Step::Ask),
            (&read, (true, true, false, false), Step::Require(UpdatePassword)),
            (&read, (true, true, true, false), Step::Ask),
            (&read, (true, true, true, true), Step::Ask),
            (&knew, (true, false, true, true), Step::Require(VerifyEmail)),
            (&knew, (true, true, true, false), Step::Require(SetSecretQuestion)),
            (&knew, (false, true, true, true), Step::Refuse),
            (&knew, (true, true, true, true), entered(marie, NOW, &[Method::Password])),
        ] {
            let password_since = has_password.then_some(NOW);
            let account = Account { active, email_verified, password_since, has_secret_question, ..settled(marie) };
            assert_eq!(attempt.advance(Some(&account), &policy), step, "{attempt:?} {account:?}");
        }
        assert_eq!(knew.advance(None, &policy), Step::Ask);
    }

    /// One row per situation: what else the realm asks, what became of the mailed password, what was proven.
    #[test]
    fn sr_31_a_mailed_password_opens_nothing_and_is_changed_before_anything_else() {
        use RequiredActionKind::{AcceptTerms, SetSecretQuestion, UpdatePassword};
        let marie = user(1);
        let nothing = LoginAttempt::default();
        let knew_at = |at| nothing.clone().accept_password(&password::chosen(marie, at)).unwrap();
        let (knew, knew_before) = (knew_at(NOW), knew_at(NOW - Duration::from_secs(1)));
        let read = nothing.clone().accept_mailbox(&MailboxProof::from_row(marie, NOW)).unwrap();
        let mailed =
            Account { password_temporary: true, has_secret_question: false, owes_terms: true, ..settled(marie) };
        let chosen = Account { password_temporary: false, ..mailed };
        let switched_off = Account { active: false, ..mailed };
        let change = Step::Require(UpdatePassword);
        for (attempt, actions, account, step) in [
            (&knew, &[][..], mailed, change.clone()),
            (&knew, &[AcceptTerms, UpdatePassword], mailed, change.clone()),
            (&knew, &[UpdatePassword, SetSecretQuestion], mailed, change),
            (&knew, &[UpdatePassword, SetSecretQuestion], chosen, Step::Require(SetSecretQuestion)),
            (&knew, &[UpdatePassword], chosen, entered(marie, NOW, &[Method::Password])),
            // Another one took its place since it was typed.
            (&knew_before, &[UpdatePassword], mailed, Step::Ask),
            // A mail that was read lets nobody choose the password of an account that has one.
            (&read, &[UpdatePassword], mailed, Step::Ask),
            (&nothing, &[UpdatePassword], mailed, Step::Ask),
            (&knew, &[UpdatePassword], switched_off, Step::Refuse),
        ] {
            let policy = Policy { actions, ..policy(SecondFactor::Off) };
            assert_eq!(attempt.advance(Some(&account), &policy), step, "{attempt:?} {actions:?} {account:?}");
        }
    }

    /// One row per situation: who has a second factor, who asks for it, what was proven.
    #[test]
    fn sr_84_a_second_factor_is_asked_of_whom_the_policy_says_and_tells_what_was_done() {
        use RequiredActionKind::{ConfigureTotp, SaveRecoveryCodes};
        use SecondFactor::{Off, OnDemand, Required, WhenSet};
        let marie = user(1);
        let knew = LoginAttempt::default().accept_password(&password::chosen(marie, NOW)).unwrap();
        let later = NOW + Duration::from_secs(20);
        let shown = |kind| knew.clone().accept_one_time(&OneTimeProof::from_row(marie, kind, later)).unwrap();
        let (totp, recovered) = (shown(OneTime::Totp), shown(OneTime::RecoveryCode));
        let one = entered(marie, NOW, &[Method::Password]);
        let two = |method| entered(marie, later, &[Method::Password, method, Method::Multiple]);
        let none = settled(marie);
        let has = Account { totp_since: Some(NOW), recovery_codes: 10, ..none };
        let used_up = Account { recovery_codes: 0, ..has };
        let replaced = Account { totp_since: Some(later + Duration::from_secs(1)), ..has };
        for (attempt, account, asked, step) in [
            (&knew, none, Off, one.clone()),
            (&knew, none, WhenSet, one.clone()),
            (&knew, none, Required, Step::Require(ConfigureTotp)),
            (&knew, has, Off, one.clone()),
            (&knew, has, OnDemand, one.clone()),
            (&knew, has, WhenSet, Step::AskSecondFactor),
            (&knew, has, Required, Step::AskSecondFactor),
            (&totp, has, Required, two(Method::Otp)),
            (&totp, has, OnDemand, two(Method::Otp)),
            (&recovered, has, WhenSet, two(Method::RecoveryCode)),
            (&recovered, used_up, WhenSet, Step::Require(SaveRecoveryCodes)),
            (&knew, used_up, OnDemand, one.clone()),
            (&totp, replaced, WhenSet, Step::AskSecondFactor),
        ] {
            assert_eq!(attempt.advance(Some(&account), &policy(asked)), step, "{attempt:?} {account:?} {asked:?}");
        }
        let asleep = Account { active: false, ..has };
        assert_eq!(knew.advance(Some(&asleep), &policy(WhenSet)), Step::Refuse, "barred accounts are asked nothing");
        let alone = LoginAttempt { password_at: None, ..totp };
        assert_eq!(alone.advance(Some(&has), &policy(WhenSet)), Step::Ask, "a code alone opens nothing");
    }

    const KEYS: Offered = Offered { totp: false, passkeys: true };
    const BOTH: Offered = Offered { totp: true, passkeys: true };

    /// One row per situation: what the realm offers and asks, what the account has, what was proven.
    #[test]
    fn sr_84_a_passkey_is_two_factors_and_a_second_one_beside_a_password() {
        use RequiredActionKind::{ConfigureTotp, RegisterPasskey, SaveRecoveryCodes};
        use SecondFactor::{OnDemand, Required, WhenSet};
        let (marie, later) = (user(1), NOW + Duration::from_secs(20));
        let proof = PasskeyProof::from_row(marie, later);
        let unlocked = LoginAttempt::default().accept_passkey(&proof).unwrap();
        let knew = LoginAttempt::default().accept_password(&password::chosen(marie, NOW)).unwrap();
        let both = knew.clone().accept_passkey(&proof).unwrap();
        let recovered = OneTimeProof::from_row(marie, OneTime::RecoveryCode, later);
        let recovered = knew.clone().accept_one_time(&recovered).unwrap();
        let none = settled(marie);
        let has = Account { passkeys: 1, recovery_codes: 10, ..none };
        let bare = Account { recovery_codes: 0, ..has };
        let alone = entered(marie, later, &[Method::Possession, Method::Multiple]);
        let two = |method| entered(marie, later, &[Method::Password, method, Method::Multiple]);
        let one = entered(marie, NOW, &[Method::Password]);
        for (attempt, account, (offered, asked), step) in [
            (&unlocked, has, (KEYS, Required), alone.clone()),
            (&unlocked, has, (BOTH, OnDemand), alone),
            (&both, has, (KEYS, WhenSet), two(Method::Possession)),
            (&knew, has, (KEYS, WhenSet), Step::AskSecondFactor),
            (&knew, has, (BOTH, Required), Step::AskSecondFactor),
            (&knew, has, (KEYS, OnDemand), one.clone()),
            (&recovered, has, (KEYS, WhenSet), two(Method::RecoveryCode)),
            (&unlocked, bare, (KEYS, OnDemand), Step::Require(SaveRecoveryCodes)),
            // Whoever has none adds one where it is demanded: an app, which needs no script, where there is a choice.
            (&knew, none, (KEYS, Required), Step::Require(RegisterPasskey)),
            (&knew, none, (BOTH, Required), Step::Require(ConfigureTotp)),
            // What is no longer offered, or no longer there, counts for nothing.
            (&unlocked, has, (Offered { totp: true, passkeys: false }, OnDemand), Step::Ask),
            (&unlocked, none, (KEYS, OnDemand), Step::Ask),
            (&both, none, (KEYS, OnDemand), one),
        ] {
            let policy = Policy { offered, ..policy(asked) };
            assert_eq!(attempt.advance(Some(&account), &policy), step, "{attempt:?} {account:?} {asked:?}");
        }
        let barred = Account { active: false, ..has };
        let policy = Policy { offered: KEYS, ..policy(OnDemand) };
        assert_eq!(unlocked.advance(Some(&barred), &policy), Step::Refuse);
    }

    #[test]
    fn a_passkey_is_offered_after_a_password_and_not_again_for_thirty_days() {
        let offers = [RequiredActionKind::RegisterPasskey];
        let marie = user(1);
        let knew = LoginAttempt::default().accept_password(&password::chosen(marie, NOW)).unwrap();
        let resumed = LoginAttempt::of_session(&AuthenticatedSession::new(marie, NOW, vec![Method::Password]));
        let put_off = |since| Account { passkey_put_off: Some(since), ..settled(marie) };
        let owed = Step::Require(RequiredActionKind::RegisterPasskey);
        let enters = entered(marie, NOW, &[Method::Password]);
        let second = Duration::from_secs(1);
        for (attempt, account, began, step) in [
            (&knew, settled(marie), NOW, &owed),
            (&knew, put_off(NOW), NOW, &enters),
            (&knew, put_off(NOW - days(30) + second), NOW, &enters),
            (&knew, put_off(NOW - days(30)), NOW, &owed),
            (&knew, Account { passkeys: 1, ..settled(marie) }, NOW, &enters),
            (&resumed, settled(marie), NOW + second, &enters),
        ] {
            let policy = Policy { actions: &offers, offered: KEYS, began, ..policy(SecondFactor::OnDemand) };
            assert_eq!(&attempt.advance(Some(&account), &policy), step, "{account:?}");
            assert!(policy.spares_a_passkey(&account));
        }
        let demanding = Policy { offered: KEYS, ..policy(SecondFactor::Required) };
        assert!(!demanding.spares_a_passkey(&settled(marie)), "where it is demanded, it is not put off");
    }

    #[test]
    fn what_a_passkey_proved_in_a_session_is_no_password_later() {
        let marie = user(1);
        let methods = [Method::Possession, Method::Multiple];
        let attempt = LoginAttempt::of_session(&AuthenticatedSession::new(marie, NOW, methods.to_vec()));
        let account = Account { passkeys: 1, recovery_codes: 10, ..settled(marie) };
        let policy = Policy { offered: KEYS, ..policy(SecondFactor::Required) };
        assert_eq!(attempt.advance(Some(&account), &policy), entered(marie, NOW, &methods));
    }

    #[test]
    fn sr_82_a_factor_is_added_by_a_fresh_proof_only() {
        let marie = user(1);
        let session = AuthenticatedSession::new(marie, NOW, vec![Method::Password]);
        let attempt = LoginAttempt::of_session(&session);
        for (began, step) in [
            (NOW + RECENT, Step::Require(RequiredActionKind::ConfigureTotp)),
            (NOW + RECENT + Duration::from_millis(1), Step::Ask),
        ] {
            let policy = Policy { began, ..policy(SecondFactor::Required) };
            assert_eq!(attempt.advance(Some(&settled(marie)), &policy), step);
        }
    }

    /// One row per situation: which certificate was shown, what else was proven, what is asked.
    #[test]
    fn sr_97_a_certificate_goes_through_what_a_password_goes_through() {
        use Method::{HardwareKey, Multiple, Otp, Password, Possession, SoftwareKey};
        use RequiredActionKind::{AcceptTerms, ConfigureTotp, UpdatePassword};
        use SecondFactor::{Off, Required, WhenSet};
        let marie = user(1);
        let (later, knew) = (NOW + Duration::from_secs(20), password::chosen(marie, NOW));
        let knew = LoginAttempt::default().accept_password(&knew).unwrap();
        let with = |attempt: &LoginAttempt, policies: &[&str]| {
            attempt.clone().accept_certificate(marie, &CertificateProof::sample(policies, NOW)).unwrap()
        };
        let (file, card) = (with(&LoginAttempt::default(), &[]), with(&LoginAttempt::default(), &["0.4.0.2042.1.2"]));
        let coded = file.clone().accept_one_time(&OneTimeProof::from_row(marie, OneTime::Totp, later)).unwrap();
        let enters = |attempt: &LoginAttempt, at, methods: &[Method]| {
            let shown = attempt.certificate.as_ref().map(|(shown, _)| (**shown).clone());
            Step::Enter(AuthenticatedSession::new(marie, at, methods.to_vec()).with_certificate(shown))
        };
        let none = settled(marie);
        let has = Account { totp_since: Some(NOW), recovery_codes: 10, ..none };
        let both = with(&knew, &[]);
        for (attempt, account, asked, step) in [
            (&file, none, Off, enters(&file, NOW, &[Possession, SoftwareKey])),
            (&card, none, Off, enters(&card, NOW, &[Possession, HardwareKey])),
            (&both, none, Off, enters(&file, NOW, &[Password, Possession, SoftwareKey])),
            (&file, has, WhenSet, Step::AskSecondFactor),
            (&card, has, WhenSet, enters(&card, NOW, &[Possession, HardwareKey])),
            (&coded, has, WhenSet, enters(&file, later, &[Possession, SoftwareKey, Otp, Multiple])),
            (&file, none, Required, Step::Require(ConfigureTotp)),
            (&card, none, Required, enters(&card, NOW, &[Possession, HardwareKey])),
            (&file, Account { active: false, ..none }, Off, Step::Refuse),
            (&file, Account { password_since: None, ..none }, Off, Step::Require(UpdatePassword)),
            (&file, Account { certificate_removed: Some(NOW), ..none }, Off, Step::Ask),
        ] {
            assert_eq!(attempt.advance(Some(&account), &policy(asked)), step, "{attempt:?} {account:?} {asked:?}");
        }
        let actions = [AcceptTerms];
        let terms = Policy { actions: &actions, ..policy(Off) };
        assert_eq!(file.advance(Some(&Account { owes_terms: true, ..none }), &terms), Step::Require(AcceptTerms));
    }

    #[test]
    fn a_demanded_certificate_is_asked_for_when_nothing_else_is_owed() {
        let marie = user(1);
        let knew = LoginAttempt::default().accept_password(&password::chosen(marie, NOW)).unwrap();
        let demanded = Policy { certificate: true, ..policy(SecondFactor::Off) };
        let account = settled(marie);
        assert_eq!(knew.advance(Some(&account), &demanded), Step::AskCertificate);
        let actions = [RequiredActionKind::AcceptTerms];
        let terms = Policy { actions: &actions, ..demanded };
        let owing = Account { owes_terms: true, ..account };
        assert_eq!(knew.advance(Some(&owing), &terms), Step::Require(RequiredActionKind::AcceptTerms));
        let shown = knew.accept_certificate(marie, &CertificateProof::sample(&[], NOW)).unwrap();
        assert!(matches!(shown.advance(Some(&account), &demanded), Step::Enter(_)));
    }

    /// One row per situation: who has questions, when they signed in, what they answered.
    #[test]
    fn sr_35_a_challenge_is_asked_last_of_a_fresh_sign_in_and_for_one_request() {
        let marie = user(1);
        let knew = LoginAttempt::default().accept_password(&password::chosen(marie, NOW)).unwrap();
        let answered = knew.clone().accept_answers(&question::answered(marie, NOW)).unwrap();
        let account = settled(marie);
        let none = Account { has_challenge_questions: false, ..account };
        let entered = AuthenticatedSession::new(marie, NOW, vec![Method::Password]);
        let (asks, enters) = (Step::AskChallenge(entered.clone()), Step::Enter(entered.clone()));
        let stale = NOW + RECENT + Duration::from_millis(1);
        for (attempt, account, (challenge, began), step) in [
            (&knew, account, (false, NOW), &enters),
            (&knew, account, (true, NOW), &asks),
            (&knew, account, (true, NOW + RECENT), &asks),
            (&knew, account, (true, stale), &Step::Ask),
            (&answered, account, (true, NOW), &enters),
            (&knew, none, (true, stale), &enters),
            (&LoginAttempt::of_session(&entered), account, (true, NOW), &asks),
        ] {
            let policy = Policy { challenge, began, ..policy(SecondFactor::Off) };
            assert_eq!(&attempt.advance(Some(&account), &policy), step, "{attempt:?} {account:?} {challenge}");
        }
        let Step::Enter(session) = answered.advance(Some(&account), &policy(SecondFactor::Off)) else { unreachable!() };
        assert_eq!(session.amr(), [Method::Password], "an answer is no method");
        assert_eq!(answered.answered(NOW + RECENT), None, "and not good for long");
        assert!(answered.answered(NOW + RECENT - Duration::from_millis(1)).is_some());
        let somebody = question::answered(user(2), NOW);
        assert_eq!(knew.accept_answers(&somebody), Err(OtherAccount));
        assert_eq!(LoginAttempt::default().accept_answers(&somebody), Err(OtherAccount), "an answer names nobody");
    }

    #[test]
    fn what_is_wanted_comes_after_what_is_owed_and_by_a_fresh_proof_only() {
        use RequiredActionKind::{ConfigureTotp, SaveRecoveryCodes, SetSecretQuestion};
        let marie = user(1);
        let knew = LoginAttempt::default().accept_password(&password::chosen(marie, NOW)).unwrap();
        let wants = |wanted, second_factor| Policy { wanted: Some(wanted), ..policy(second_factor) };
        let unquestioned = Account { has_secret_question: false, ..settled(marie) };
        let asks = Policy { actions: &CERTINOMIS, ..wants(ConfigureTotp, SecondFactor::WhenSet) };
        assert_eq!(knew.advance(Some(&unquestioned), &asks), Step::Require(SetSecretQuestion));
        assert_eq!(knew.advance(Some(&settled(marie)), &asks), Step::Require(ConfigureTotp));
        let stale = Policy { began: NOW + RECENT + Duration::from_millis(1), ..asks };
        assert_eq!(knew.advance(Some(&settled(marie)), &stale), Step::Ask);
        // What the realm does not have, and new codes for a factor that was not shown, are not to be had.
        let entered = entered(marie, NOW, &[Method::Password]);
        let none = Policy { offered: Offered::default(), ..wants(ConfigureTotp, SecondFactor::Off) };
        assert_eq!(knew.advance(Some(&settled(marie)), &none), entered);
        assert_eq!(knew.advance(Some(&settled(marie)), &wants(SaveRecoveryCodes, SecondFactor::WhenSet)), entered);
        // Another passkey is, by whoever showed what they have.
        let keys = Policy { offered: KEYS, ..wants(RequiredActionKind::RegisterPasskey, SecondFactor::WhenSet) };
        let more = Account { passkeys: 1, recovery_codes: 10, ..settled(marie) };
        assert_eq!(knew.advance(Some(&more), &keys), Step::AskSecondFactor);
        let shown = knew.accept_passkey(&PasskeyProof::from_row(marie, NOW)).unwrap();
        assert_eq!(shown.advance(Some(&more), &keys), Step::Require(RequiredActionKind::RegisterPasskey));
    }

    #[test]
    fn what_a_session_proved_counts_in_the_journey_that_it_begins() {
        let marie = user(1);
        let methods = [Method::Password, Method::Otp, Method::Multiple];
        let attempt = LoginAttempt::of_session(&AuthenticatedSession::new(marie, NOW, methods.to_vec()));
        let account = Account { totp_since: Some(NOW), recovery_codes: 10, ..settled(marie) };
        let step = attempt.advance(Some(&account), &policy(SecondFactor::Required));
        assert_eq!(step, entered(marie, NOW, &methods));
        let proof = CertificateProof::sample(&[], NOW);
        let shown = LoginAttempt::default().accept_certificate(marie, &proof).unwrap();
        let Step::Enter(session) = shown.advance(Some(&account), &policy(SecondFactor::Off)) else { unreachable!() };
        assert_eq!(LoginAttempt::of_session(&session), shown, "a certificate is no password");
        let keys = Policy { offered: KEYS, ..policy(SecondFactor::WhenSet) };
        let account = Account { passkeys: 1, ..account };
        let both = shown.accept_passkey(&PasskeyProof::from_row(marie, NOW)).unwrap();
        let Step::Enter(session) = both.advance(Some(&account), &keys) else { unreachable!() };
        assert_eq!(session.amr(), [Method::Possession, Method::SoftwareKey, Method::Multiple]);
        assert_eq!(LoginAttempt::of_session(&session), both, "nor is it a passkey, which may stand beside it");
    }

    #[test]
    fn sr_72_a_proof_of_another_account_is_refused() {
        let attempt = LoginAttempt::default().accept_mailbox(&MailboxProof::from_row(user(1), NOW)).unwrap();
        assert_eq!(attempt.clone().accept_password(&password::chosen(user(2), NOW)), Err(OtherAccount));
        let code = OneTimeProof::from_row(user(2), OneTime::Totp, NOW);
        assert_eq!(attempt.clone().accept_one_time(&code), Err(OtherAccount));
        assert_eq!(attempt.accept_passkey(&PasskeyProof::from_row(user(2), NOW)), Err(OtherAccount));
    }

    #[test]
    fn sr_53_a_password_proves_nothing_once_another_took_its_place() {
        let marie = user(1);
        let attempt = LoginAttempt::default().accept_password(&password::chosen(marie, NOW)).unwrap();
        let since = |since| Account { password_since: Some(since), ..settled(marie) };
        let later = NOW + Duration::from_millis(1);
        let policy = policy(SecondFactor::Off);
        assert!(matches!(attempt.advance(Some(&since(NOW)), &policy), Step::Enter(_)));
        assert_eq!(attempt.advance(Some(&since(later)), &policy), Step::Ask);
    }

    #[test]
    fn an_account_without_password_is_led_to_one_whatever_the_realm_lists() {
        let marie = user(1);
        let attempt = LoginAttempt::default().accept_mailbox(&MailboxProof::from_row(marie, NOW)).unwrap();
        let account = Account { password_since: None, has_secret_question: false, ..settled(marie) };
        let step = attempt.advance(Some(&account), &policy(SecondFactor::Required));
        assert_eq!(step, Step::Require(RequiredActionKind::UpdatePassword));
    }

    #[test]
    fn terms_are_accepted_after_the_password_and_before_the_session() {
        use RequiredActionKind::{AcceptTerms, UpdatePassword, VerifyEmail};
        let (marie, chambersign) = (user(1), [VerifyEmail, AcceptTerms]);
        let knew = LoginAttempt::default().accept_password(&password::chosen(marie, NOW)).unwrap();
        let read = LoginAttempt::default().accept_mailbox(&MailboxProof::from_row(marie, NOW)).unwrap();
        let policy = Policy { actions: &chambersign, ..policy(SecondFactor::Off) };
        let account = |password_since, owes_terms| Account { password_since, owes_terms, ..settled(marie) };
        for (attempt, account, step) in [
            (&knew, account(Some(NOW), true), Step::Require(AcceptTerms)),
            (&read, account(None, true), Step::Require(UpdatePassword)),
            (&read, account(Some(NOW), true), Step::Ask),
        ] {
            assert_eq!(attempt.advance(Some(&account), &policy), step, "{account:?}");
        }
        assert!(matches!(knew.advance(Some(&account(Some(NOW), false)), &policy), Step::Enter(_)));
    }
}
