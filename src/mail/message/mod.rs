//! One type per mail: the facts it tells, and nothing of its words.
//!
//! This is what waits in the outbox, sealed, for some of it carries a link's token and a code (SR-182). No type here
//! has a field for a password, an answer or a session (SR-181), save the one that deviation D-6 is about.
//!
//! Long, since every kind stands in it, once for each thing that is asked of all.

mod access_request;
mod access_revoked;
mod account_closed;
mod account_closing;
mod account_exists;
mod address_changing;
mod address_in_use;
mod certificate_ends;
mod closing_postponed;
mod confirm_new_address;
mod contact_named;
mod identifier_issued;
mod identifier_reminder;
mod invitation;
mod membership;
mod notice;
mod operator_test;
mod password_issued;
mod personal_data;
mod recovery_code_used;
mod reset_one_of_several;
mod reset_password;
mod role_judged;
mod terms_accepted;
mod verify_address;

use serde::{Deserialize, Serialize};

pub use self::access_request::{AccessAsked, ConfirmAccess};
pub use self::access_revoked::AccessRevoked;
pub use self::account_closed::AccountClosed;
pub use self::account_closing::AccountClosing;
pub use self::account_exists::AccountExists;
pub use self::address_changing::AddressChanging;
pub use self::address_in_use::AddressInUse;
pub use self::certificate_ends::CertificateEnds;
pub use self::closing_postponed::ClosingPostponed;
pub use self::confirm_new_address::ConfirmNewAddress;
pub use self::contact_named::ContactNamed;
pub(crate) use self::contact_named::label as contact_label;
pub use self::identifier_issued::IdentifierIssued;
pub use self::identifier_reminder::{IdentifierReminder, Reminded};
pub use self::invitation::Invitation;
pub(crate) use self::invitation::label as role_label;
pub use self::membership::Membership;
pub use self::notice::{NotMe, Notice};
pub use self::operator_test::{OperatorTest, Protection};
pub use self::password_issued::PasswordIssued;
pub use self::recovery_code_used::RecoveryCodeUsed;
pub use self::reset_one_of_several::{AccountLink, ResetOneOfSeveral};
pub use self::reset_password::ResetPassword;
pub use self::role_judged::RoleJudged;
pub use self::terms_accepted::{Copy, TermsAccepted};
pub use self::verify_address::VerifyAddress;
pub use super::sheet::Occasion;

use super::render::Attachment;
use super::sheet::{Reader, Sheet};
use crate::clock::{Timestamp, days};
use crate::identity::organisation::Role;
use crate::identity::role_verdict::RoleVerdict;
use crate::secret::Secret;
use crate::themes::phrase::Phrase;

/// A mail, as the outbox keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mail {
    /// Confirm that this address is yours.
    VerifyAddress(VerifyAddress),
    /// Somebody registered with your address, and you have an account.
    AccountExists(AccountExists),
    /// The identifier that a realm issued you.
    IdentifierIssued(IdentifierIssued),
    /// The temporary password of a new account (D-6).
    PasswordIssued(PasswordIssued),
    /// Choose a new password.
    ResetPassword(ResetPassword),
    /// Choose a new password for one of your accounts.
    ResetOneOfSeveral(ResetOneOfSeveral),
    /// What your accounts sign in with.
    IdentifierReminder(IdentifierReminder),
    /// Confirm that this new address is yours.
    ConfirmNewAddress(ConfirmNewAddress),
    /// Your address is about to change.
    AddressChanging(AddressChanging),
    /// Another account wants your address.
    AddressInUse(AddressInUse),
    /// Your account will close.
    AccountClosing(AccountClosing),
    /// Your account is closed.
    AccountClosed(AccountClosed),
    /// Your password was changed.
    PasswordChanged(Notice),
    /// Your secret question was changed.
    SecretQuestionChanged(Notice),
    /// Your challenge questions were changed.
    ChallengeQuestionsChanged(Notice),
    /// Somebody answered them wrongly too often: nobody answers them for a day (SR-39, SR-58).
    ChallengeLocked(Notice),
    /// A certificate signs in to your account from now on.
    CertificateAdded(Notice),
    /// A certificate no longer does.
    CertificateRemoved(Notice),
    /// A certificate comes to its end.
    CertificateEnds(CertificateEnds),
    /// Somebody opened your recovery link and failed at its last step (SR-39, SR-58).
    RecoveryRefused(Notice),
    /// Your account was used from a browser that we did not know.
    NewDevice(Notice),
    /// The right password came after several wrong ones (SR-20).
    SignedInAfterFailures(Notice),
    /// So many wrong passwords that guessing is slowed from now on (SR-20).
    GuessingSlowed(Notice),
    /// A refresh token came back that was used before: its family ended (SR-141).
    AccessRevoked(AccessRevoked),
    /// An app that makes one-time codes was added (SR-82).
    TotpAdded(Notice),
    /// It was removed.
    TotpRemoved(Notice),
    /// A passkey was added (SR-82).
    PasskeyAdded(Notice),
    /// It was removed.
    PasskeyRemoved(Notice),
    /// Support took the second factors from the account.
    SecondFactorsReset(Notice),
    /// New recovery codes take the place of the earlier ones.
    RecoveryCodesReplaced(Notice),
    /// A recovery code was used (SR-83).
    RecoveryCodeUsed(RecoveryCodeUsed),
    /// Wrong one-time codes after the right password: guessing is slowed from now on (SR-20).
    CodesGuessed(Notice),
    /// The authority has proof of what you are in an organisation.
    RoleVerified(RoleJudged),
    /// It took that back.
    RoleRevoked(RoleJudged),
    /// A copy of the terms of use that you accepted.
    TermsAccepted(TermsAccepted),
    /// An organisation invites you.
    Invitation(Invitation),
    /// Its invitation ends soon.
    InvitationReminder(Invitation),
    /// An organisation named you as one of its contacts (GDPR, article 14).
    ContactNamed(ContactNamed),
    /// Confirm that you ask for access to an organisation.
    ConfirmAccess(ConfirmAccess),
    /// Somebody asks for access to your organisation.
    AccessAsked(AccessAsked),
    /// Access to an organisation was refused.
    AccessRefused(Membership),
    /// What you are in an organisation changed.
    RolesChanged(Membership),
    /// You do not belong to an organisation any more.
    MembershipEnded(Membership),
    /// Your account could not be closed yet: you are the last administrator of an organisation.
    ClosingPostponed(ClosingPostponed),
    /// Mail works.
    OperatorTest(OperatorTest),
}

impl Mail {
    /// Its stable name, for columns, logs and metrics.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::VerifyAddress(_) => "verify_address",
            Self::AccountExists(_) => "account_exists",
            Self::IdentifierIssued(_) => "identifier_issued",
            Self::PasswordIssued(_) => "password_issued",
            Self::ResetPassword(_) => "reset_password",
            Self::ResetOneOfSeveral(_) => "reset_one_of_several",
            Self::IdentifierReminder(_) => "identifier_reminder",
            Self::ConfirmNewAddress(_) => "confirm_new_address",
            Self::AddressChanging(_) => "address_changing",
            Self::AddressInUse(_) => "address_in_use",
            Self::AccountClosing(_) => "account_closing",
            Self::AccountClosed(_) => "account_closed",
            Self::PasswordChanged(_) => "password_changed",
            Self::SecretQuestionChanged(_) => "secret_question_changed",
            Self::ChallengeQuestionsChanged(_) => "challenge_questions_changed",
            Self::ChallengeLocked(_) => "challenge_locked",
            Self::CertificateAdded(_) => "certificate_added",
            Self::CertificateRemoved(_) => "certificate_removed",
            Self::CertificateEnds(_) => "certificate_ends",
            Self::RecoveryRefused(_) => "recovery_refused",
            Self::NewDevice(_) => "new_device",
            Self::SignedInAfterFailures(_) => "signed_in_after_failures",
            Self::GuessingSlowed(_) => "guessing_slowed",
            Self::AccessRevoked(_) => "access_revoked",
            Self::TotpAdded(_) => "totp_added",
            Self::TotpRemoved(_) => "totp_removed",
            Self::PasskeyAdded(_) => "passkey_added",
            Self::PasskeyRemoved(_) => "passkey_removed",
            Self::SecondFactorsReset(_) => "second_factors_reset",
            Self::RecoveryCodesReplaced(_) => "recovery_codes_replaced",
            Self::RecoveryCodeUsed(_) => "recovery_code_used",
            Self::CodesGuessed(_) => "codes_guessed",
            Self::RoleVerified(_) => "role_verified",
            Self::RoleRevoked(_) => "role_revoked",
            Self::TermsAccepted(_) => "terms_accepted",
            Self::Invitation(_) => "invitation",
            Self::InvitationReminder(_) => "invitation_reminder",
            Self::ContactNamed(_) => "contact_named",
            Self::ConfirmAccess(_) => "confirm_access",
            Self::AccessAsked(_) => "access_asked",
            Self::AccessRefused(_) => "access_refused",
            Self::RolesChanged(_) => "roles_changed",
            Self::MembershipEnded(_) => "membership_ended",
            Self::ClosingPostponed(_) => "closing_postponed",
            Self::OperatorTest(_) => "operator_test",
        }
    }

    /// When its link or password ends, and with it any reason to send it; `None` for mails without one. A mail with an end
    /// is one that carries a secret, whose row must hold nothing once it is sent (SR-182).
    pub const fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::VerifyAddress(mail) => Some(mail.link_ends),
            Self::PasswordIssued(mail) => Some(mail.ends),
            Self::Invitation(mail) | Self::InvitationReminder(mail) => Some(mail.ends),
            Self::ResetPassword(mail) => Some(mail.ends),
            Self::ResetOneOfSeveral(mail) => Some(mail.ends),
            Self::ConfirmNewAddress(mail) => Some(mail.ends),
            Self::AddressChanging(mail) => Some(mail.ends),
            Self::AccountClosing(mail) => Some(mail.closes),
            Self::ConfirmAccess(mail) => Some(mail.ends),
            _ => match self.notice() {
                Some(notice) => notice.ends(),
                None => None,
            },
        }
    }

    /// The token of its link, by which it can be asked whether the link is still of use.
    pub fn link_token(&self) -> Option<Secret<String>> {
        let link = match self {
            Self::VerifyAddress(mail) => &mail.link,
            Self::ResetPassword(mail) => &mail.link,
            Self::ResetOneOfSeveral(mail) => &mail.accounts.first()?.link,
            Self::ConfirmNewAddress(mail) => &mail.link,
            Self::AddressChanging(mail) => &mail.link,
            Self::AccountClosing(mail) => &mail.link,
            Self::Invitation(mail) | Self::InvitationReminder(mail) => &mail.link,
            Self::ConfirmAccess(mail) => &mail.link,
            _ => &self.notice()?.not_me.as_ref()?.link,
        };
        link.expose().split_once("token=").map(|(_, token)| Secret::new(token.to_owned()))
    }

    /// What the mails have in common that tell of something done to the account.
    const fn notice(&self) -> Option<&Notice> {
        match self {
            Self::PasswordChanged(notice)
            | Self::SecretQuestionChanged(notice)
            | Self::ChallengeQuestionsChanged(notice)
            | Self::ChallengeLocked(notice)
            | Self::CertificateAdded(notice)
            | Self::CertificateRemoved(notice)
            | Self::RecoveryRefused(notice)
            | Self::NewDevice(notice)
            | Self::SignedInAfterFailures(notice)
            | Self::GuessingSlowed(notice)
            | Self::TotpAdded(notice)
            | Self::TotpRemoved(notice)
            | Self::PasskeyAdded(notice)
            | Self::PasskeyRemoved(notice)
            | Self::SecondFactorsReset(notice)
            | Self::RecoveryCodesReplaced(notice)
            | Self::CodesGuessed(notice) => Some(notice),
            Self::RecoveryCodeUsed(mail) => Some(&mail.notice),
            _ => None,
        }
    }

    /// Whether it carries a secret.
    pub const fn bears_secret(&self) -> bool {
        self.expires_at().is_some()
    }

    /// What it says besides: the roles of an invitation, identifiers that somebody forgot, what is kept of whom somebody else named.
    pub(super) fn besides(&self, reader: Reader<'_>) -> Vec<Phrase> {
        match self {
            Self::Invitation(mail) | Self::InvitationReminder(mail) => mail.besides(reader),
            Self::ContactNamed(mail) => mail.besides(reader),
            Self::RolesChanged(mail) => mail.besides(),
            Self::IdentifierReminder(mail) => mail.besides(),
            _ => Vec::new(),
        }
    }

    /// The files that go with it.
    pub(super) fn attachments(&self) -> Vec<Attachment> {
        match self {
            Self::TermsAccepted(mail) => mail.attachments(),
            _ => Vec::new(),
        }
    }

    pub(super) fn sheet(&self, reader: Reader<'_>) -> Sheet {
        match self {
            Self::VerifyAddress(mail) => mail.sheet(reader),
            Self::AccountExists(mail) => mail.sheet(reader),
            Self::IdentifierIssued(mail) => mail.sheet(reader),
            Self::PasswordIssued(mail) => mail.sheet(reader),
            Self::ResetPassword(mail) => mail.sheet(reader),
            Self::ResetOneOfSeveral(mail) => mail.sheet(reader),
            Self::IdentifierReminder(mail) => mail.sheet(reader),
            Self::ConfirmNewAddress(mail) => mail.sheet(reader),
            Self::AddressChanging(mail) => mail.sheet(reader),
            Self::AddressInUse(mail) => mail.sheet(reader),
            Self::AccountClosing(mail) => mail.sheet(reader),
            Self::AccountClosed(mail) => mail.sheet(reader),
            Self::PasswordChanged(mail) => mail.sheet(&notice::PASSWORD_CHANGED, reader),
            Self::SecretQuestionChanged(mail) => mail.sheet(&notice::SECRET_QUESTION_CHANGED, reader),
            Self::ChallengeQuestionsChanged(mail) => mail.sheet(&notice::CHALLENGE_QUESTIONS_CHANGED, reader),
            Self::ChallengeLocked(mail) => mail.sheet(&notice::CHALLENGE_LOCKED, reader),
            Self::CertificateAdded(mail) => mail.sheet(&notice::CERTIFICATE_ADDED, reader),
            Self::CertificateRemoved(mail) => mail.sheet(&notice::CERTIFICATE_REMOVED, reader),
            Self::CertificateEnds(mail) => mail.sheet(reader),
            Self::RecoveryRefused(mail) => mail.sheet(&notice::RECOVERY_REFUSED, reader),
            Self::NewDevice(mail) => mail.sheet(&notice::NEW_DEVICE, reader),
            Self::SignedInAfterFailures(mail) => mail.sheet(&notice::SIGNED_IN_AFTER_FAILURES, reader),
            Self::GuessingSlowed(mail) => mail.sheet(&notice::GUESSING_SLOWED, reader),
            Self::AccessRevoked(mail) => mail.sheet(reader),
            Self::TotpAdded(mail) => mail.sheet(&notice::TOTP_ADDED, reader),
            Self::TotpRemoved(mail) => mail.sheet(&notice::TOTP_REMOVED, reader),
            Self::PasskeyAdded(mail) => mail.sheet(&notice::PASSKEY_ADDED, reader),
            Self::PasskeyRemoved(mail) => mail.sheet(&notice::PASSKEY_REMOVED, reader),
            Self::SecondFactorsReset(mail) => mail.sheet_by_itself(&notice::SECOND_FACTORS_RESET, reader),
            Self::RecoveryCodesReplaced(mail) => mail.sheet(&notice::RECOVERY_CODES_REPLACED, reader),
            Self::RecoveryCodeUsed(mail) => mail.sheet(reader),
            Self::CodesGuessed(mail) => mail.sheet(&notice::CODES_GUESSED, reader),
            Self::RoleVerified(mail) => mail.sheet(RoleVerdict::Verified, reader),
            Self::RoleRevoked(mail) => mail.sheet(RoleVerdict::Revoked, reader),
            Self::TermsAccepted(mail) => mail.sheet(reader),
            Self::Invitation(mail) => mail.sheet(reader),
            Self::InvitationReminder(mail) => mail.reminder(reader),
            Self::ContactNamed(mail) => mail.sheet(reader),
            Self::ConfirmAccess(mail) => mail.sheet(reader),
            Self::AccessAsked(mail) => mail.sheet(reader),
            Self::AccessRefused(mail) => mail.sheet(&membership::ACCESS_REFUSED, reader),
            Self::RolesChanged(mail) => mail.sheet(&membership::ROLES_CHANGED, reader),
            Self::MembershipEnded(mail) => mail.sheet(&membership::MEMBERSHIP_ENDED, reader),
            Self::ClosingPostponed(mail) => mail.sheet(reader),
            Self::OperatorTest(mail) => mail.sheet(reader),
        }
    }

    /// Every mail in every state, for previews and tests.
    pub fn samples(now: Timestamp) -> Vec<Sample> {
        let mut samples = Vec::new();
        let mut add = |name, mail| samples.push(Sample { name, mail });
        for who in &samples::WHO {
            add(who.name, Self::VerifyAddress(VerifyAddress::sample(who, now)));
            add(who.name, Self::IdentifierIssued(IdentifierIssued::sample(who, now)));
            add(who.name, Self::PasswordIssued(PasswordIssued::sample(who, now)));
            add(who.name, Self::ResetPassword(ResetPassword::sample(who, now)));
            add(who.name, Self::ResetOneOfSeveral(ResetOneOfSeveral::sample(who, now)));
            add(who.name, Self::IdentifierReminder(IdentifierReminder::sample(who, now)));
            add(who.name, Self::ConfirmNewAddress(ConfirmNewAddress::sample(who, now)));
            add(who.name, Self::AddressChanging(AddressChanging::sample(who, now)));
            add(who.name, Self::AccountClosing(AccountClosing::sample(who, now)));
            add(who.name, Self::AccountClosed(AccountClosed::sample(who, now)));
            let notice = Notice::sample(who, now);
            add(who.name, Self::PasswordChanged(notice.clone()));
            add(who.name, Self::SecretQuestionChanged(notice.clone()));
            add(who.name, Self::ChallengeQuestionsChanged(notice.clone()));
            add(who.name, Self::ChallengeLocked(Notice::sample_of_a_try(who, now)));
            add(who.name, Self::CertificateAdded(notice.clone()));
            add(who.name, Self::CertificateRemoved(notice.clone()));
            add(who.name, Self::CertificateEnds(CertificateEnds::sample(who, now)));
            add(who.name, Self::RecoveryRefused(Notice::sample_of_a_try(who, now)));
            add(who.name, Self::NewDevice(notice.clone()));
            add(who.name, Self::SignedInAfterFailures(notice.clone()));
            add(who.name, Self::GuessingSlowed(Notice::sample_of_a_try(who, now)));
            add(who.name, Self::TotpAdded(notice.clone()));
            add(who.name, Self::TotpRemoved(notice.clone()));
            add(who.name, Self::PasskeyAdded(notice.clone()));
            add(who.name, Self::PasskeyRemoved(notice.clone()));
            add(who.name, Self::SecondFactorsReset(notice.clone()));
            add(who.name, Self::RecoveryCodesReplaced(notice.clone()));
            add(who.name, Self::RecoveryCodeUsed(RecoveryCodeUsed::sample(who, now)));
            add(who.name, Self::CodesGuessed(notice));
            add(who.name, Self::RoleVerified(RoleJudged::sample(who, Role::CertificationAgent, now)));
            add(who.name, Self::RoleRevoked(RoleJudged::sample(who, Role::LegalRepresentative, now)));
            add(who.name, Self::TermsAccepted(TermsAccepted::sample(who, now)));
            add(who.name, Self::AccessRevoked(AccessRevoked::sample(who, now)));
            add(who.name, Self::Invitation(Invitation::sample(who, now, days(7))));
            add(who.name, Self::InvitationReminder(Invitation::sample(who, now, days(2))));
            add(who.name, Self::ContactNamed(ContactNamed::sample(who, now)));
            add(who.name, Self::ConfirmAccess(ConfirmAccess::sample(who, now)));
            add(who.name, Self::AccessAsked(AccessAsked::sample(who, now)));
            add(who.name, Self::AccessRefused(Membership::sample(who, now)));
            add(who.name, Self::RolesChanged(Membership::sample(who, now)));
            add(who.name, Self::MembershipEnded(Membership::sample(who, now)));
            add(who.name, Self::ClosingPostponed(ClosingPostponed::sample(who, now)));
        }
        add("no-role", Self::RolesChanged(Membership::sample_without_roles(now)));
        let [usual, ..] = &samples::WHO;
        add("address", Self::IdentifierReminder(IdentifierReminder::sample_of_an_address(usual, now)));
        add("usual", Self::AccountExists(AccountExists::sample(now)));
        add("usual", Self::AddressInUse(AddressInUse::sample(now)));
        add("usual", Self::OperatorTest(OperatorTest::sample(now, Protection::StartTls)));
        add("clear-text", Self::OperatorTest(OperatorTest::sample(now, Protection::None)));
        samples
    }
}

/// A mail in one of its states.
#[derive(Debug)]
pub struct Sample {
    /// What the state is called.
    pub name: &'static str,
    /// The mail.
    pub mail: Mail,
}

/// Who appears in the samples.
mod samples {
    use crate::clock::Timestamp;
    use crate::identity::identifier::IssuedIdentifier;
    use crate::mail::browser::Browser;
    use crate::mail::sheet::Occasion;
    use crate::secret::Secret;

    /// Somebody whom a sample tells of.
    pub(super) struct Who {
        pub(super) name: &'static str,
        pub(super) first_name: &'static str,
        pub(super) user_agent: &'static str,
        pub(super) issuer: &'static str,
        pub(super) organisation: &'static str,
    }

    impl Who {
        /// What they sign in with: one of them is of a realm that issues it.
        pub(super) fn identifier(&self) -> Option<IssuedIdentifier> {
            (self.name == "long-name").then(IssuedIdentifier::of_samples)
        }
    }

    pub(super) const WHO: [Who; 3] = [
        Who {
            name: "usual",
            first_name: "Marie",
            user_agent: FIREFOX,
            issuer: "ChamberSign Qualifié",
            organisation: "EXEMPLE SAS",
        },
        Who {
            name: "long-name",
            first_name: "Maximilienne-Alexandrine Wilhelmine Théodora Bartholomée-Ferdinande",
            user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            issuer: "Autorité de certification des personnes de la chambre de commerce et d’industrie",
            organisation: "Établissement public de coopération intercommunale des vallées et plateaux du Haut-Exemple",
        },
        Who {
            name: "hostile",
            first_name: "<a href='https://evil.example'>Gagnez</a> sur evil.example ou a@evil.example\r\nBcc: x",
            user_agent: "<script>https://evil.example</script>",
            issuer: "<a href=\"https://evil.example\">Gagnez</a> sur evil.example",
            organisation: "<a href='https://evil.example'>Gagnez</a> a@evil.example\r\nBcc: x",
        },
    ];

    pub(super) const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0";

    /// An address of the sample realm's pages.
    pub(super) fn page(path: &str) -> String {
        format!("https://compte.certinomis.example/realms/certinomis/{path}")
    }

    /// An address with a token in it.
    pub(super) fn secret_page(path: &str) -> Secret<String> {
        Secret::new(page(path))
    }

    pub(super) fn occasion(user_agent: &str, at: Timestamp) -> Occasion {
        Occasion { at, browser: Browser::read(user_agent) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

    #[test]
    fn what_the_outbox_keeps_reads_back_and_says_its_kind() {
        for Sample { name, mail } in Mail::samples(NOW) {
            let kept = serde_json::to_value(&mail).unwrap();
            assert_eq!(kept.get("kind").and_then(|kind| kind.as_str()), Some(mail.kind()), "{name}");
            let back: Mail = serde_json::from_value(kept.clone()).unwrap();
            assert_eq!(serde_json::to_value(&back).unwrap(), kept, "{name}");
        }
    }

    #[test]
    fn every_kind_has_a_sample() {
        let mut kinds: Vec<_> = Mail::samples(NOW).iter().map(|sample| sample.mail.kind()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), 45, "{kinds:?}");
    }

    #[test]
    fn sr_182_mails_with_a_secret_are_known_by_it() {
        for Sample { mail, .. } in Mail::samples(NOW) {
            let link = serde_json::to_string(&mail).unwrap().contains("token=");
            assert_eq!(mail.bears_secret(), link || mail.kind() == "password_issued", "{}", mail.kind());
            assert_eq!(mail.link_token().is_some(), link, "{}", mail.kind());
        }
    }

    #[test]
    fn sr_181_no_mail_but_that_of_deviation_d_6_has_room_for_a_secret_other_than_its_link_and_code() {
        for Sample { mail, .. } in Mail::samples(NOW) {
            let kept = serde_json::to_value(&mail).unwrap();
            for field in kept.as_object().unwrap().keys() {
                let forbidden = ["password", "answer", "secret", "seed", "session", "cookie"];
                let deviation = (mail.kind(), field.as_str()) == ("password_issued", "temporary_password");
                let named = forbidden.iter().any(|word| field.contains(word));
                assert_eq!(named, deviation, "{}.{field}", mail.kind());
            }
        }
    }

    #[test]
    fn sr_197_links_and_codes_do_not_print() {
        for Sample { mail, .. } in Mail::samples(NOW) {
            let printed = format!("{mail:?}");
            assert!(!["token=", "482913", "k7=Rm2+wTq"].iter().any(|secret| printed.contains(secret)), "{printed}");
        }
    }
}
