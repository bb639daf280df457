//! Choosing a password: to activate an account, after a reset link, or in the place of one that is known.
//!
//! The rules stand on the page before anything is typed, and after a try each says whether it was kept.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::identity::user::User;
use crate::journeys::notice::Notice;
use crate::journeys::{refusals, samples};
use crate::realm::model::PasswordPolicy;
use crate::themes::form::{Field, FormState};
use crate::themes::page::{Page, Sample, sample};
use crate::themes::phrase::Phrase;

/// « Choisissez un mot de passe ».
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UpdatePasswordPage {
    /// The password twice, and the box that ends other sessions.
    pub(crate) form: FormState,
    /// Why one is back here.
    pub(crate) notice: Option<Notice>,
    /// Why a password is chosen.
    pub(crate) reason: Reason,
    /// The account, for password managers.
    pub(crate) account: String,
    /// Whose account it is, where the account's name does not say so.
    pub(crate) holder: Option<Holder>,
    /// What the password must be.
    pub(crate) criteria: Vec<Criterion>,
}

/// The person of an account that a realm named.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Holder {
    /// « Prénom Nom »
    name: String,
    /// « Courriel »
    address: String,
}

impl Holder {
    /// Of somebody who does not sign in with their address (DOMAIN.md §9.2: both stand on the page, to be read).
    pub(crate) fn of(user: &User) -> Option<Self> {
        let named = user.identifier.is_some();
        named.then(|| Self { name: user.full_name(), address: user.email.as_str().to_owned() })
    }
}

/// Why a password is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reason {
    /// The account has none yet.
    Activation,
    /// The old one was forgotten.
    Recovery,
    /// The old one is known, and asked once more (SR-30).
    Change,
}

/// One rule, and whether the last try kept it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Criterion {
    /// The rule.
    pub(crate) rule: Rule,
    /// Whether the last try kept it; nothing before the first try.
    pub(crate) met: Option<bool>,
}

/// A rule that a person can follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Rule {
    /// At least that many characters.
    Length {
        /// How many.
        least: usize,
    },
    /// At least that many kinds of characters.
    Kinds {
        /// How many.
        least: usize,
        /// From this length on, kinds do not matter.
        exempt: Option<usize>,
    },
    /// Not a known password, a name or the address (SR-25).
    Uncommon,
}

impl Criterion {
    /// The rules of a realm, before any try.
    pub(crate) fn of(policy: &PasswordPolicy) -> Vec<Self> {
        let length = Rule::Length { least: policy.min_length };
        let kinds = Rule::Kinds { least: policy.min_classes, exempt: policy.exempt_from_classes_at };
        let rules = [Some(length), (policy.min_classes > 1).then_some(kinds), Some(Rule::Uncommon)];
        rules.into_iter().flatten().map(|rule| Self { rule, met: None }).collect()
    }
}

impl Page for UpdatePasswordPage {
    const NAME: &'static str = "update-password";
    const TEMPLATE: &'static str = "update_password.html";

    fn title(&self) -> Phrase {
        Phrase::new(match self.reason {
            Reason::Activation => "update_password.title",
            Reason::Recovery | Reason::Change => "update_password.recovery_title",
        })
    }

    fn form(&self) -> Option<&FormState> {
        Some(&self.form)
    }

    fn samples(_now: Timestamp) -> Vec<Sample<Self>> {
        let policy =
            PasswordPolicy { min_length: 8, max_length: 256, min_classes: 4, exempt_from_classes_at: Some(14) };
        let simple = PasswordPolicy { min_length: 15, min_classes: 0, exempt_from_classes_at: None, ..policy };
        let form = || samples::form().tick(Field::LogoutSessions);
        let first = || Self {
            form: form(),
            notice: None,
            reason: Reason::Activation,
            account: samples::ADDRESS.to_owned(),
            holder: None,
            criteria: Criterion::of(&policy),
        };
        let held = Holder { name: "Camille Durand".to_owned(), address: samples::ADDRESS.to_owned() };
        let issued = || Self { account: "EK700962".to_owned(), holder: Some(held.clone()), ..first() };
        let tried = |met: [bool; 3]| {
            let criteria = Criterion::of(&policy).into_iter().zip(met);
            criteria.map(|(criterion, met)| Criterion { met: Some(met), ..criterion }).collect()
        };
        let refused =
            |words, met| Self { form: form().refuse(Field::PasswordNew, words), criteria: tried(met), ..first() };
        let unconfirmed = |words| Self {
            form: samples::form().refuse(Field::PasswordConfirm, words),
            criteria: tried([true, true, true]),
            ..first()
        };
        let recovery = || Self { reason: Reason::Recovery, ..first() };
        let change = || Self { reason: Reason::Change, ..first() };
        let empty = form()
            .refuse(Field::PasswordNew, refusals::new_password_empty())
            .refuse(Field::PasswordConfirm, refusals::confirmation_empty());
        vec![
            sample("first-visit", first()),
            sample("length-only", Self { criteria: Criterion::of(&simple), ..first() }),
            sample("empty", Self { form: empty, ..first() }),
            sample("short", refused(refusals::password_short(8, 7), [false, true, true])),
            sample("long", refused(refusals::password_long(256), [true, true, true])),
            sample("plain", refused(refusals::password_plain(4), [true, false, true])),
            sample("common", refused(refusals::password_common(), [true, true, false])),
            sample("personal", refused(refusals::password_personal(), [true, true, false])),
            sample("not-confirmed", unconfirmed(refusals::confirmation_differs())),
            sample("flow-expired", Self { notice: Some(Notice::flow_expired()), ..first() }),
            sample("recovery", recovery()),
            sample(
                "recovery-same",
                Self { form: form().refuse(Field::PasswordNew, refusals::password_same()), ..recovery() },
            ),
            sample("change", change()),
            sample(
                "change-wrong",
                Self { form: form().refuse(Field::Password, refusals::current_password_wrong()), ..change() },
            ),
            sample(
                "change-empty",
                Self { form: form().refuse(Field::Password, refusals::current_password_empty()), ..change() },
            ),
            sample("issued", issued()),
            sample("long-address", Self { account: samples::LONG_ADDRESS.to_owned(), ..first() }),
        ]
    }
}
