//! `GET /realms/{realm}/account/activity`: what happened to this account, in plain words, out of its own audit trail.
//!
//! Told are the events that mean something to their person (SR-20); what applications do among themselves is not.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use super::applications::Names;
use super::home::Line;
use super::owner::Owner;
use crate::clock::{Duration, Timestamp};
use crate::event::EventKind;
use crate::journeys::problem::Problem;
use crate::store::events;
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// Most events that are shown.
const SHOWN: u64 = 30;

/// What is told, and in which words.
const TOLD: [(EventKind, &str); 58] = [
    (EventKind::SignedIn, "activity.signed_in"),
    (EventKind::SignInFailed, "activity.sign_in_failed"),
    (EventKind::PasskeyRefused, "activity.passkey_refused"),
    (EventKind::AddressVerified, "activity.address_verified"),
    (EventKind::RecoveryAsked, "activity.recovery_asked"),
    (EventKind::RecoveryVoided, "activity.recovery_voided"),
    (EventKind::RecoveryFinished, "activity.recovery_finished"),
    (EventKind::LinkDenied, "activity.link_denied"),
    (EventKind::ChangeDenied, "activity.change_denied"),
    (EventKind::SessionDenied, "activity.session_denied"),
    (EventKind::PasswordChanged, "activity.password_changed"),
    (EventKind::PasswordNotConfirmed, "activity.password_not_confirmed"),
    (EventKind::SecretQuestionChanged, "activity.secret_question_changed"),
    (EventKind::ChallengeQuestionsChanged, "activity.challenge_questions_changed"),
    (EventKind::ChallengeAnswered, "activity.challenge_answered"),
    (EventKind::ChallengeRefused, "activity.challenge_refused"),
    (EventKind::ChallengeLocked, "activity.challenge_locked"),
    (EventKind::IdentifiersSent, "activity.identifiers_sent"),
    (EventKind::TotpAdded, "activity.totp_added"),
    (EventKind::SecondFactorsRemoved, "activity.second_factors_removed"),
    (EventKind::RecoveryCodesReplaced, "activity.recovery_codes_replaced"),
    (EventKind::RecoveryCodeSpent, "activity.recovery_code_spent"),
    (EventKind::PasskeyAdded, "activity.passkey_added"),
    (EventKind::PasskeyRenamed, "activity.passkey_renamed"),
    (EventKind::PasskeyRemoved, "activity.passkey_removed"),
    (EventKind::EmailChangeAsked, "activity.email_change_asked"),
    (EventKind::EmailChangeCancelled, "activity.email_change_cancelled"),
    (EventKind::EmailChanged, "activity.email_changed"),
    (EventKind::EmailChangeUndone, "activity.email_change_undone"),
    (EventKind::TermsAccepted, "activity.terms_accepted"),
    (EventKind::TermsRefused, "activity.terms_refused"),
    (EventKind::IdentityChanged, "activity.identity_changed"),
    (EventKind::SignedOut, "activity.signed_out"),
    (EventKind::OtherSessionsEnded, "activity.other_sessions_ended"),
    (EventKind::SessionExpired, "activity.session_expired"),
    (EventKind::OrganisationChosen, "activity.organisation_chosen"),
    (EventKind::RoleVerified, "activity.role_verified"),
    (EventKind::RoleRevoked, "activity.role_revoked"),
    (EventKind::ConsentGiven, "activity.consent_given"),
    (EventKind::ConsentRefused, "activity.consent_refused"),
    (EventKind::ConsentWithdrawn, "activity.consent_withdrawn"),
    (EventKind::ConsentTakenBack, "activity.consent_taken_back"),
    (EventKind::DeviceAllowed, "activity.device_allowed"),
    (EventKind::RefreshReplayed, "activity.access_revoked"),
    (EventKind::ProfileChanged, "activity.profile_changed"),
    (EventKind::AccountExported, "activity.account_exported"),
    (EventKind::AccountClosingAsked, "activity.account_closing_asked"),
    (EventKind::AccountKept, "activity.account_kept"),
    (EventKind::AccountClosingPostponed, "activity.account_closing_postponed"),
    (EventKind::OrganisationChanged, "activity.organisation_changed"),
    (EventKind::OrganisationClosed, "activity.organisation_closed"),
    (EventKind::RolesChanged, "activity.roles_changed"),
    (EventKind::MemberRemoved, "activity.member_removed"),
    (EventKind::MemberLeft, "activity.member_left"),
    (EventKind::AccessAccepted, "activity.access_accepted"),
    (EventKind::AccessRefused, "activity.access_refused"),
    (EventKind::AccountDisabled, "activity.account_disabled"),
    (EventKind::AccountEnabled, "activity.account_enabled"),
];

/// « Activité récente ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ActivityPage {
    /// What happened, the newest first.
    pub(crate) entries: Vec<ActivityEntry>,
}

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ActivityEntry {
    /// When.
    pub(crate) at: Timestamp,
    /// What, in one sentence.
    pub(crate) words: Phrase,
    /// From where, when it was somebody's request.
    pub(crate) source: Option<String>,
}

impl Page for ActivityPage {
    const NAME: &'static str = "account-activity";
    const TEMPLATE: &'static str = "account_activity.html";

    fn title(&self) -> Phrase {
        Phrase::new("account.activity")
    }

    fn samples(now: Timestamp) -> Vec<Sample<Self>> {
        let entry = |number: u32, key: &'static str| ActivityEntry {
            at: now - Duration::from_mins(u64::from(number) * 50),
            words: Phrase::new(key).words("application", "Espace documents"),
            source: (!number.is_multiple_of(3)).then(|| "203.0.113.9".to_owned()),
        };
        let entries = (0..).zip(TOLD).map(|(number, (_, key))| entry(number, key)).collect();
        vec![sample("everything", Self { entries }), sample("nothing", Self { entries: Vec::new() })]
    }
}

/// The line of the home page, without its page.
pub(super) fn told() -> Line {
    Line::new(Phrase::new("account.activity")).says(Phrase::new("account_activity.line"))
}

/// The line of the home page.
pub(super) fn line(owner: &Owner) -> Line {
    told().seen_at(owner.path("account/activity"))
}

/// `GET`
pub(crate) async fn page(owner: Owner) -> Result<Response, Problem> {
    let kinds = TOLD.map(|(kind, _)| kind);
    let happened = events::of_user(&owner.app.store.reads(), owner.user.id, &kinds, SHOWN).await?;
    let (mut entries, mut names) = (Vec::new(), Names::new(&owner));
    for event in happened {
        let Some((_, key)) = TOLD.into_iter().find(|(kind, _)| *kind == event.kind) else { continue };
        let application = match &event.client {
            Some(client) => names.of(client).await?,
            None => String::new(),
        };
        entries.push(ActivityEntry {
            at: event.at,
            words: Phrase::new(key).words("application", application),
            source: Some(event.source).filter(|source| source != "system"),
        });
    }
    owner.show(StatusCode::OK, &ActivityPage { entries })
}
