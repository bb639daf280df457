//! What happened, in stable names: the line that every transaction is committed with (SR-194).
//!
//! Holds no secret and no address: accounts by id, what was typed only as a keyed hash (SR-198). The audit trail, the
//! log and the metrics all speak of these.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::{EventId, FlowId, RealmName, SessionId, UserId};

/// One line of the audit trail.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    /// Its identifier: events sort by it.
    pub id: EventId,
    /// Where it happened.
    pub realm: RealmName,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// About whom, when that is known.
    pub user: Option<UserId>,
    /// Which relying party it concerns.
    pub client: Option<String>,
    /// In which session.
    pub session: Option<SessionId>,
    /// In which journey.
    pub flow: Option<FlowId>,
    /// Where the request came from: an address, or `system`.
    pub source: String,
    /// The reference that the person saw, the log carries, and support searches for.
    pub reference: String,
    /// Why, in a stable word, when it went badly.
    pub reason: Option<String>,
}

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum EventKind {
            $($(#[$doc])* #[serde(rename = $text)] $name,)+
        }

        impl EventKind {
            /// Every kind there is.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

event_kinds! {
    /// A client sent somebody to us.
    JourneyBegan = "journey.began",
    /// A journey rested too long and began again.
    JourneyRestarted = "journey.restarted",
    /// A sign-in led to a session.
    SignedIn = "sign_in.succeeded",
    /// A password was refused.
    SignInFailed = "sign_in.failed",
    /// A guess was refused before it was looked at.
    SignInThrottled = "sign_in.throttled",
    /// A password was right, and a step is still owed.
    PasswordAccepted = "sign_in.password_accepted",
    /// A second factor was right, and a step is still owed.
    SecondFactorAccepted = "sign_in.second_factor_accepted",
    /// A one-time code was refused, after the right password.
    SecondFactorFailed = "sign_in.second_factor_failed",
    /// A passkey was right, and a step is still owed.
    PasskeyAccepted = "sign_in.passkey_accepted",
    /// A passkey was refused.
    PasskeyRefused = "sign_in.passkey_refused",
    /// A browser was sent to show a certificate.
    CertificateAsked = "certificate.asked",
    /// A certificate was shown that proves somebody.
    CertificateJudgedGood = "certificate.judged_good",
    /// A certificate was shown that proves nobody, or none.
    CertificateRefused = "certificate.refused",
    /// Somebody went on as whom their certificate proves.
    CertificateAccepted = "sign_in.certificate_accepted",
    /// Somebody will sign in otherwise to bind a certificate.
    CertificateOffered = "certificate.offered",
    /// A certificate was bound to an account.
    CertificateAdded = "certificate.added",
    /// A certificate was not bound after all.
    CertificatePutOff = "certificate.put_off",
    /// A certificate was taken from an account.
    CertificateRemoved = "certificate.removed",
    /// The authority of an account's certificate has revoked it: what was opened with it ended.
    CertificateFoundRevoked = "certificate.found_revoked",
    /// Somebody was reminded that their certificate comes to its end.
    CertificateReminded = "certificate.reminded",
    /// Somebody registered, and a mail was queued.
    RegistrationAsked = "registration.asked",
    /// A registration named an address that has an account.
    RegistrationKnown = "registration.known_address",
    /// Somebody who registers an organisation said something of it.
    OrganisationEntered = "registration.organisation_entered",
    /// The number of an organisation was looked up.
    OrganisationLookedUp = "registration.organisation_looked_up",
    /// Numbers were looked up too often.
    LookupsThrottled = "registration.lookups_throttled",
    /// A registration named an organisation that has a customer account.
    OrganisationKnown = "registration.known_organisation",
    /// An organisation got its customer account, and whoever registered it administers it.
    OrganisationRegistered = "organisation.registered",
    /// A registration came too often.
    RegistrationThrottled = "registration.throttled",
    /// A realm issued an account: its identifier and a temporary password are mailed.
    CredentialsIssued = "credentials.issued",
    /// Another temporary password is mailed, and the former one is good no more.
    CredentialsRenewed = "credentials.renewed",
    /// Nothing was issued, and nobody was told: the address has had enough mails, or the account needs none any more.
    CredentialsWithheld = "credentials.withheld",
    /// A temporary password was right, and its time was over.
    TemporaryLapsed = "sign_in.temporary_lapsed",
    /// An account that was issued and never used is gone.
    AccountForgotten = "account.forgotten",
    /// An address was proven, and the account exists.
    AddressVerified = "registration.verified",
    /// Another verification mail was asked for.
    VerificationResent = "registration.resent",
    /// A mailed code did not match.
    CodeRefused = "link.code_refused",
    /// A mailed link was refused.
    LinkRefused = "link.refused",
    /// Somebody said that a mail was not theirs.
    LinkDenied = "link.denied",
    /// Somebody said that what a mail told of was not their doing: every session ended, and the password is good no more.
    ChangeDenied = "link.change_denied",
    /// Somebody closed, by a mailed link, the session that the mail told of.
    SessionDenied = "link.session_denied",
    /// A link to choose a new password was asked for.
    RecoveryAsked = "recovery.asked",
    /// Recovery was asked for too often, or for nobody.
    RecoveryIgnored = "recovery.ignored",
    /// The mailbox was proven.
    RecoveryMailRead = "recovery.mail_read",
    /// The secret question was answered.
    RecoveryAnswered = "recovery.answered",
    /// The answer was wrong.
    RecoveryAnswerRefused = "recovery.answer_refused",
    /// Too many wrong answers: the link is void.
    RecoveryVoided = "recovery.voided",
    /// A new password ended a recovery.
    RecoveryFinished = "recovery.finished",
    /// A mail that lists what somebody signs in with was queued.
    IdentifiersSent = "identifiers.sent",
    /// Such a mail was asked for too often, or for nobody.
    IdentifiersNotSent = "identifiers.not_sent",
    /// A password was set or changed.
    PasswordChanged = "password.changed",
    /// Whoever wanted to change a password did not know the present one.
    PasswordNotConfirmed = "password.not_confirmed",
    /// A secret question was set or changed.
    SecretQuestionChanged = "secret_question.changed",
    /// A set of questions was set or changed.
    ChallengeQuestionsChanged = "challenge_questions.changed",
    /// An application wanted the questions answered, and they were.
    ChallengeAnswered = "challenge.answered",
    /// The answers were not all right.
    ChallengeRefused = "challenge.refused",
    /// They were wrong too often: nobody answers them for a day.
    ChallengeLocked = "challenge.locked",
    /// An app that makes one-time codes was added to an account.
    TotpAdded = "totp.added",
    /// A passkey was added to an account.
    PasskeyAdded = "passkey.added",
    /// What was to become a passkey was refused.
    PasskeyNotAdded = "passkey.not_added",
    /// A passkey was given another name.
    PasskeyRenamed = "passkey.renamed",
    /// A passkey was taken from an account.
    PasskeyRemoved = "passkey.removed",
    /// Somebody does not want a passkey yet.
    PasskeyPutOff = "passkey.put_off",
    /// Second factors were taken from an account.
    SecondFactorsRemoved = "second_factors.removed",
    /// A set of recovery codes took the place of any other.
    RecoveryCodesReplaced = "recovery_codes.replaced",
    /// A recovery code was used.
    RecoveryCodeSpent = "recovery_codes.spent",
    /// A session ended.
    SignedOut = "session.ended",
    /// A person ended every session but the one in which they said so.
    OtherSessionsEnded = "session.others_ended",
    /// A session's time was over, and nobody had ended it.
    SessionExpired = "session.expired",
    /// A client took the notice that a session ended.
    LogoutTold = "logout.client_told",
    /// A client could not be told that a session ended.
    LogoutNotTold = "logout.client_not_told",
    /// A client pushed an authorization request (RFC 9126).
    RequestPushed = "request.pushed",
    /// The authority has proof of what somebody is in an organisation.
    RoleVerified = "role.verified",
    /// The authority took back what somebody was in an organisation.
    RoleRevoked = "role.revoked",
    /// A person said for which organisation they act with an application.
    OrganisationChosen = "organisation.chosen",
    /// A person let an application have what it asked.
    ConsentGiven = "consent.given",
    /// A person did not.
    ConsentRefused = "consent.refused",
    /// An operator took back what a person had agreed to.
    ConsentTakenBack = "consent.taken_back",
    /// A person took back what an application had of theirs.
    ConsentWithdrawn = "consent.withdrawn",
    /// A device asked to be let in.
    DeviceAsked = "device.asked",
    /// Somebody typed the code of a device.
    DeviceCodeTyped = "device.code_typed",
    /// Somebody typed a code that no device waits under.
    DeviceCodeRefused = "device.code_refused",
    /// A person let a device in.
    DeviceAllowed = "device.allowed",
    /// A person did not let a device in.
    DeviceRefused = "device.refused",
    /// A device got its tokens.
    DeviceRedeemed = "token.device_redeemed",
    /// A device was told that it gets none.
    DeviceRejected = "token.device_rejected",
    /// An authorization code was issued.
    CodeIssued = "token.code_issued",
    /// A code became tokens.
    CodeRedeemed = "token.code_redeemed",
    /// A code was refused.
    CodeRejected = "token.code_rejected",
    /// A code came twice: what it bought is revoked (SR-138).
    CodeReplayed = "token.code_replayed",
    /// Tokens were refreshed.
    Refreshed = "token.refreshed",
    /// A refresh token was refused.
    RefreshRejected = "token.refresh_rejected",
    /// A rotated refresh token came back: the family is revoked (SR-141).
    RefreshReplayed = "token.refresh_replayed",
    /// A client got a token for itself.
    ClientTokenIssued = "token.client_issued",
    /// A token was exchanged for another.
    TokenExchanged = "token.exchanged",
    /// An exchange was refused.
    ExchangeRejected = "token.exchange_rejected",
    /// Somebody whom the realm trusts vouched for a person or a client.
    AssertionRedeemed = "token.assertion_redeemed",
    /// An assertion was refused.
    AssertionRejected = "token.assertion_rejected",
    /// A client gave a token back, and what hangs on it.
    TokenRevoked = "token.revoked",
    /// A client could not prove itself.
    ClientRefused = "client.refused",
    /// An operator made an initial access token.
    InitialTokenMade = "client.initial_token_made",
    /// A relying party registered itself.
    ClientRegistered = "client.registered",
    /// Registering or managing a registration was tried with a token that is no good.
    RegistrationTokenRefused = "client.registration_token_refused",
    /// Relying parties were registered too often.
    ClientRegistrationThrottled = "client.registration_throttled",
    /// A registered client read its registration.
    ClientRead = "client.read",
    /// A registered client replaced its registration.
    ClientReplaced = "client.replaced",
    /// A registered client, or an operator, ended a registration.
    ClientDeleted = "client.deleted",
    /// A registration that nobody used ended.
    ClientForgotten = "client.forgotten",
    /// An operator switched a registered client off.
    ClientDisabled = "client.disabled",
    /// An operator switched a registered client on again.
    ClientEnabled = "client.enabled",
    /// An operator switched an account off.
    AccountDisabled = "account.disabled",
    /// An operator switched an account on again.
    AccountEnabled = "account.enabled",
    /// An operator had a link to choose a new password sent to an account's owner.
    AccountResetSent = "account.reset_sent",
    /// An operator changed what an account says of its owner.
    ProfileChanged = "account.profile_changed",
    /// A person changed their name, their telephone number or their language.
    IdentityChanged = "identity.changed",
    /// A person asked for another e-mail address.
    EmailChangeAsked = "email.change_asked",
    /// A person changed their mind about another e-mail address.
    EmailChangeCancelled = "email.change_cancelled",
    /// The new mailbox was read: the address is in force.
    EmailChanged = "email.changed",
    /// Whoever reads the old mailbox undid the change.
    EmailChangeUndone = "email.change_undone",
    /// A person took a copy of all that is kept of them.
    AccountExported = "data.exported",
    /// A person asked for the end of their account.
    AccountClosingAsked = "closing.asked",
    /// A person keeps their account after all.
    AccountKept = "closing.taken_back",
    /// An account ended, and what named its person is gone.
    AccountErased = "closing.carried_out",
    /// Somebody left their activation to go on with it later.
    ActivationPutOff = "activation.put_off",
    /// An administrator named the contacts of their organisation.
    ContactsDesignated = "organisation.contacts_designated",
    /// Whom somebody else named as a contact was told so, later than at once.
    ContactTold = "organisation.contact_told",
    /// An administrator was done with the first users of their organisation.
    UsersSettled = "organisation.users_settled",
    /// Somebody was invited into an organisation.
    InvitationSent = "invitation.sent",
    /// Somebody was reminded of their invitation.
    InvitationReminded = "invitation.reminded",
    /// An administrator took an invitation back.
    InvitationWithdrawn = "invitation.withdrawn",
    /// Somebody joined an organisation by their invitation.
    InvitationAccepted = "invitation.accepted",
    /// Somebody declined an invitation.
    InvitationRefused = "invitation.refused",
    /// The end of an account waits: its person is the last administrator of an organisation.
    AccountClosingPostponed = "closing.postponed",
    /// An administrator changed what an organisation says of itself.
    OrganisationChanged = "organisation.changed",
    /// The tax administration confirmed the number of an organisation, later than at once.
    VatConfirmed = "organisation.vat_confirmed",
    /// It said, later than at once, that it does not know that number.
    VatUnknown = "organisation.vat_unknown",
    /// It did not answer for a week: nobody asks any more.
    VatUnanswered = "organisation.vat_unanswered",
    /// An organisation closed with its last member.
    OrganisationClosed = "organisation.closed",
    /// An administrator gave or withdrew roles.
    RolesChanged = "membership.roles_changed",
    /// An administrator removed somebody from an organisation.
    MemberRemoved = "membership.removed",
    /// Somebody left an organisation.
    MemberLeft = "membership.left",
    /// Somebody asked for access to an organisation that has an account.
    AccessAsked = "access.asked",
    /// Whoever asked for access has read the mailbox: the administrators hear of it.
    AccessProven = "access.proven",
    /// An administrator invited whoever asked for access.
    AccessAccepted = "access.accepted",
    /// An administrator did not.
    AccessRefused = "access.refused",
    /// Somebody accepted terms of use.
    TermsAccepted = "terms.accepted",
    /// Somebody did not accept terms of use, and left.
    TermsRefused = "terms.refused",
    /// A text of terms of use was published.
    TermsPublished = "terms.published",
    /// A realm's files became live.
    RealmApplied = "realm.applied",
    /// A signing key was made or moved on.
    KeyRotated = "key.rotated",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_plain() {
        let names: BTreeSet<&str> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), EventKind::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_')));
    }
}
