//! A person's way through the hosted pages, as it is kept between two requests.
//!
//! The journey belongs to one browser and one flow id (SR-71). What was typed stays here, so that a restart asks
//! nothing twice; secrets never do, save a chosen password as its hash. [`Journey::place`] is where the person stands,
//! and the only thing that the dispatcher turns into a page.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::attempt::{Account, LoginAttempt, Step};
use super::level::Acr;
use super::policy::Policy;
use super::required_action::RequiredActionKind;
use super::session::AuthenticatedSession;
use crate::clock::{Duration, Timestamp};
use crate::identity::enrolment::Enrolment;
use crate::identity::identifier::EmailAddress;
use crate::identity::user::Registrant;
use crate::ids::{DeviceId, OrganisationId, SessionId, UserId};
use crate::proofs::certificate::CertificateProof;
use crate::proofs::mailbox::MailboxProof;
use crate::proofs::password::StoredHash;
use crate::proofs::question::AnswerProof;

/// How long a journey may rest before it starts again (SR-76).
pub const IDLE: Duration = Duration::from_hours(1);

/// How long the client's request is kept, so that the journey can start again (SR-76).
pub const KEPT: Duration = Duration::from_hours(24);

/// Wrong answers to questions after which the link is void (SR-39).
pub const MOST_WRONG_ANSWERS: u32 = 5;

/// Most journeys of one browser; the oldest gives way.
pub const PER_BROWSER: u64 = 10;

/// One journey.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Journey {
    /// What was proven.
    pub attempt: LoginAttempt,
    /// What was typed so far, so that nothing is asked twice.
    pub typed: Typed,
    /// Somebody registers, and their address is not proven yet.
    pub registration: Option<Registration>,
    /// Somebody was issued an account here, and waits for its two mails.
    pub issued: Option<Issued>,
    /// Somebody typed a mailed password whose time is over.
    pub lapsed: Option<Lapsed>,
    /// The organisation that somebody registers.
    pub organisation: Option<Box<Enrolment>>,
    /// The password that was chosen with a registration.
    pub chosen: Option<ChosenPassword>,
    /// Somebody forgot their password.
    pub recovery: Option<Recovery>,
    /// Something to tell on the next page.
    pub notice: Option<Notice>,
    /// Whose session must be confirmed again (`prompt=login`, `max_age`): nobody else's will do (SR-74).
    pub confirm: Option<UserId>,
    /// What was settled in this journey: reopening its page says so.
    pub settled: Vec<RequiredActionKind>,
    /// What was turned down in it: it is not asked again, and nobody is told that it was done.
    pub declined: Vec<RequiredActionKind>,
    /// Whether the person asked to stay signed in on this device.
    pub remember: bool,
    /// The browser in which it began, in our written form, when a mailed link was opened in another one.
    pub began_from: Option<String>,
    /// The session that this journey ended in.
    pub entered: Option<SessionId>,
    /// The session in which the person agreed to what the client's request asks.
    pub consented: Option<SessionId>,
    /// The organisation that the person said that they act for.
    pub acts_for: Option<Chosen>,
    /// Who asked the administrators of an organisation for access.
    pub access: Option<AskedForAccess>,
    /// The device that the person wants to let in.
    pub device: Option<DeviceVisit>,
    /// The page of their account that the person came for.
    pub errand: Option<Errand>,
    /// A certificate that no account signs in with, shown in this journey: whoever signs in by other means may bind it.
    pub offered: Option<Box<CertificateProof>>,
    /// The questions that the application wanted answered were missed too often: it is told so (SR-39).
    pub missed: bool,
}

/// A page of the account that waits for its person to sign in, or to confirm who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// Its path below the realm, one of ours and never what somebody sent (SR-120).
    pub page: String,
    /// Whose page it was, when somebody was signed in: nobody else is shown what was typed there.
    pub user: Option<UserId>,
    /// What was typed there, by the names of its fields; secrets never are.
    pub typed: BTreeMap<String, String>,
    /// What the person wants to do on the way.
    #[serde(default)]
    pub action: Option<RequiredActionKind>,
}

/// For which organisation somebody acts, and the session in which they said so: nobody else's word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// In which session.
    pub session: SessionId,
    /// For which organisation.
    pub organisation: OrganisationId,
}

/// Somebody asked the administrators of an organisation for access, and was sent a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedForAccess {
    /// Which organisation.
    pub organisation: OrganisationId,
    /// Who.
    pub who: Registrant,
    /// From when on another mail may be asked for.
    pub again_at: Timestamp,
}

/// A device that waits, as the person named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceVisit {
    /// Which.
    pub device: DeviceId,
    /// The code that it must show, in our written form.
    pub code: String,
    /// The level that its application demands of everybody.
    #[serde(default)]
    pub minimum: Option<Acr>,
}

/// What was typed into pages, secrets excepted, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Into the sign-in or recovery page.
    pub identifier: String,
    /// Into the registration page.
    pub first_name: String,
    /// Into the registration page.
    pub last_name: String,
    /// Into the registration page.
    pub email: String,
}

/// A registration that waits for its mail to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Who registers.
    pub who: Registrant,
    /// When the newest mail was asked for.
    pub asked_at: Timestamp,
    /// From when on another may be asked for.
    pub again_at: Timestamp,
}

/// An account that was issued in a journey, as far as this browser may know: nothing here lets anybody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// To whom.
    pub who: Registrant,
    /// The account; `None` as long as the address has had too many mails, and it waits to be made (SR-18).
    pub user: Option<UserId>,
    /// Whether the mails were asked for again.
    pub resent: bool,
    /// When the newest mails were asked for.
    pub asked_at: Timestamp,
    /// From when on others may be asked for.
    pub again_at: Timestamp,
}

/// A mailed password that was typed right, and too late: whoever typed it has read the mailbox, and may have another one
/// sent there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lapsed {
    /// Whose.
    pub user: UserId,
    /// Since when it stood: another one is sent in its place alone.
    pub since: Timestamp,
    /// When it ended.
    pub until: Timestamp,
}

/// A password that was chosen before its address was proven. It waits with the browser that chose it, and becomes the
/// account's only when that same browser proves the address (SR-62).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenPassword {
    /// The address it was chosen for.
    pub email: EmailAddress,
    /// Its hash.
    pub hash: StoredHash,
    /// When it was typed.
    pub at: Timestamp,
}

impl ChosenPassword {
    /// Whether it was typed so short a time ago that it still tells who is there; later it has to be typed once more.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.at) < IDLE
    }
}

/// How far a recovery has come; each stage holds only what was proven (SR-57).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Recovery {
    /// A mail may be on its way.
    Asked {
        /// When it was asked for.
        at: Timestamp,
        /// From when on another may be asked for.
        again_at: Timestamp,
    },
    /// Identifiers, and no password, were asked for: a mail that lists them may be on its way.
    IdentifierAsked {
        /// When it was asked for.
        at: Timestamp,
        /// From when on another may be asked for.
        again_at: Timestamp,
    },
    /// The mailbox is proven.
    MailRead {
        /// Whose account.
        user: UserId,
        /// When.
        at: Timestamp,
        /// Wrong answers so far (SR-39).
        misses: u32,
    },
    /// The secret question is answered, or there is none: a new password may be chosen.
    Free {
        /// Whose account.
        user: UserId,
        /// When the mailbox was proven.
        at: Timestamp,
    },
}

impl Recovery {
    /// The stage after a mailed link was spent, or its code typed.
    pub const fn mail_read(proof: &MailboxProof, has_questions: bool) -> Self {
        let (user, at) = (proof.user(), proof.at());
        if has_questions { Self::MailRead { user, at, misses: 0 } } else { Self::Free { user, at } }
    }

    /// The stage after the questions were answered; the answer of another account proves nothing.
    pub fn answered(&self, proof: &AnswerProof) -> Option<Self> {
        match self {
            Self::MailRead { user, at, .. } if *user == proof.user() => Some(Self::Free { user: *user, at: *at }),
            _ => None,
        }
    }
}

/// Something to tell on the next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The password was changed: sign in with it.
    PasswordChanged,
    /// The page was open for too long; answers are kept.
    StartedAgain,
    /// Too many wrong answers: the link is void, and another may be asked for.
    AnswersUsedUp,
    /// The address was proven: sign in with the password that was chosen.
    AddressConfirmed,
    /// A certificate was shown that waits to be bound.
    CertificateWaits,
    /// It was somebody else: everything is closed, and a mail for a new password is on its way.
    Secured,
    /// Another temporary password is on its way.
    TemporarySent,
}

/// Where a person stands in their journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At the sign-in page; registration and recovery begin there too.
    SignIn,
    /// Before the second factor.
    SecondFactor,
    /// Before the certificate that the application demands.
    Certificate,
    /// Told that the organisation has a customer account already.
    OrganisationKnown,
    /// Before the questions that the application wants answered.
    Challenge,
    /// Waiting for the verification mail.
    VerifyEmail,
    /// Waiting for the mails of an issued account.
    CredentialsSent,
    /// Having typed a mailed password too late.
    TemporaryLapsed,
    /// Waiting for the reset mail.
    RecoverySent,
    /// Waiting for the mail that lists identifiers.
    IdentifierSent,
    /// Before the secret question, or several.
    RecoveryQuestion,
    /// Choosing a new password, having lost the old one.
    RecoveryPassword,
    /// Before a required action.
    Action(RequiredActionKind),
    /// Asked whether a certificate is to be bound.
    AssociateCertificate,
    /// Nothing is owed: a session may begin.
    Enter(AuthenticatedSession),
    /// The session exists.
    Entered(SessionId),
    /// The account may not be used.
    Refused,
}

impl Place {
    /// Whether somebody may sign in here, or go for a new password: whoever waits for a mail may change their mind, nobody
    /// is held at a page.
    pub const fn is_before_anybody(&self) -> bool {
        matches!(
            self,
            Self::SignIn
                | Self::VerifyEmail
                | Self::RecoverySent
                | Self::IdentifierSent
                | Self::CredentialsSent
                | Self::TemporaryLapsed
        )
    }
}

impl Journey {
    /// Forgets whatever mail was waited for: the person goes on by other means.
    pub fn waits_no_more(&mut self) {
        self.registration = None;
        self.issued = None;
        self.lapsed = None;
        self.recovery = None;
    }

    /// Where the person stands; `account` is the attempt's, when it has one.
    pub fn place(&self, account: Option<&Account>, policy: &Policy<'_>) -> Place {
        if let Some(session) = self.entered {
            return Place::Entered(session);
        }
        match &self.recovery {
            Some(Recovery::Asked { .. }) => return Place::RecoverySent,
            Some(Recovery::IdentifierAsked { .. }) => return Place::IdentifierSent,
            Some(Recovery::MailRead { .. }) => return Place::RecoveryQuestion,
            Some(Recovery::Free { .. }) => return Place::RecoveryPassword,
            None => {}
        }
        if self.organisation.as_ref().is_some_and(|organisation| organisation.taken) {
            return Place::OrganisationKnown;
        }
        if self.registration.is_some() {
            return Place::VerifyEmail;
        }
        if self.issued.is_some() {
            return Place::CredentialsSent;
        }
        if self.lapsed.is_some() {
            return Place::TemporaryLapsed;
        }
        match self.attempt.advance(account, policy) {
            Step::Ask => Place::SignIn,
            Step::AskSecondFactor => Place::SecondFactor,
            Step::Require(action) => Place::Action(action),
            Step::AskCertificate | Step::AskChallenge(_) | Step::Enter(_) if self.offered.is_some() => {
                Place::AssociateCertificate
            }
            Step::AskCertificate => Place::Certificate,
            Step::AskChallenge(_) if !self.missed => Place::Challenge,
            // Whoever missed too often has signed in all the same: the application is told, and nobody is shut out.
            Step::AskChallenge(session) | Step::Enter(session) => Place::Enter(session),
            Step::Refuse => Place::Refused,
        }
    }

    /// The journey begun again after it rested too long: what was typed stays, what was proven does not.
    #[must_use]
    pub fn restarted(self) -> Self {
        Self {
            typed: self.typed,
            notice: Some(Notice::StartedAgain),
            organisation: self.organisation,
            chosen: self.chosen,
            confirm: self.confirm,
            device: self.device,
            errand: self.errand,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication::policy::{Offered, SecondFactor};
    use crate::entropy::SeededEntropy;

    #[test]
    fn sr_57_a_recovery_goes_through_its_stages_in_order() {
        let now = Timestamp::from_seconds(1);
        let marie = UserId::new(now, &SeededEntropy::new(1));
        let proof = MailboxProof::from_row(marie, now);
        let (second_factor, certificate, challenge) = (SecondFactor::Off, false, false);
        let offered = Offered::default();
        let policy = Policy { actions: &[], second_factor, certificate, challenge, offered, wanted: None, began: now };
        let at = |recovery| Journey { recovery: Some(recovery), ..Journey::default() }.place(None, &policy);
        assert_eq!(at(Recovery::Asked { at: now, again_at: now }), Place::RecoverySent);
        assert_eq!(at(Recovery::IdentifierAsked { at: now, again_at: now }), Place::IdentifierSent);
        assert_eq!(at(Recovery::mail_read(&proof, true)), Place::RecoveryQuestion);
        assert_eq!(at(Recovery::mail_read(&proof, false)), Place::RecoveryPassword);
    }

    #[test]
    fn a_number_that_is_taken_is_told_before_anything_else() {
        let (second_factor, certificate, challenge) = (SecondFactor::Off, false, false);
        let (offered, began) = (Offered::default(), Timestamp::from_seconds(1));
        let policy = Policy { actions: &[], second_factor, certificate, challenge, offered, wanted: None, began };
        let at = |taken| {
            let mut enrolment = Enrolment::default();
            enrolment.taken |= taken;
            Journey { organisation: Some(Box::new(enrolment)), ..Journey::default() }.place(None, &policy)
        };
        assert_eq!((at(true), at(false)), (Place::OrganisationKnown, Place::SignIn));
    }

    #[test]
    fn a_restart_keeps_what_was_typed_and_forgets_what_was_proven() {
        let now = Timestamp::from_seconds(1);
        let marie = UserId::new(now, &SeededEntropy::new(1));
        let journey = Journey {
            attempt: LoginAttempt::default().accept_mailbox(&MailboxProof::from_row(marie, now)).unwrap(),
            typed: Typed { identifier: "marie@exemple.fr".into(), ..Typed::default() },
            ..Journey::default()
        };
        let again = journey.restarted();
        assert_eq!((again.typed.identifier.as_str(), again.attempt), ("marie@exemple.fr", LoginAttempt::default()));
    }
}
