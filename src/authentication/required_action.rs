//! Steps owed before a session may exist: in which order, when owed, when settled.

use serde::{Deserialize, Serialize};

use super::attempt::Account;

/// A step owed before a session may exist; names as a realm's file lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequiredActionKind {
    /// The address must be proven.
    VerifyEmail,
    /// A password must be chosen.
    UpdatePassword,
    /// A secret question must be set.
    SetSecretQuestion,
    /// A set of questions must be answered, some of which will be asked.
    SetChallengeQuestions,
    /// An app that makes one-time codes must be added.
    ConfigureTotp,
    /// A passkey is offered, where the realm has them; its person may put it off for thirty days.
    RegisterPasskey,
    /// Recovery codes must be kept; owed by whoever has a second factor, listed or not.
    SaveRecoveryCodes,
    /// The terms of use in force must be accepted.
    AcceptTerms,
    /// The contacts of an organisation must be named by its administrator.
    DesignateContacts,
    /// The first users of an organisation are asked for; naming nobody settles it, too.
    InviteUsers,
}

impl RequiredActionKind {
    /// Whether it adds or replaces what a person signs in with beside their password: that takes a fresh proof (SR-82).
    pub const fn binds_a_factor(self) -> bool {
        matches!(self, Self::ConfigureTotp | Self::RegisterPasskey | Self::SaveRecoveryCodes)
    }

    /// Whether `account` still owes this step.
    pub const fn is_owed_by(self, account: &Account) -> bool {
        match self {
            Self::VerifyEmail => !account.email_verified,
            Self::UpdatePassword => account.password_since.is_none() || account.password_temporary,
            Self::SetSecretQuestion => !account.has_secret_question,
            Self::SetChallengeQuestions => !account.has_challenge_questions,
            Self::ConfigureTotp => account.totp_since.is_none(),
            Self::RegisterPasskey => account.passkeys == 0,
            Self::SaveRecoveryCodes => account.has_second_factor() && account.recovery_codes == 0,
            Self::AcceptTerms => account.owes_terms,
            Self::DesignateContacts => account.owes_contacts,
            Self::InviteUsers => account.owes_users,
        }
    }
}
