//! What a realm, and the application that somebody comes from, demand of a person on their way in.

use super::attempt::Account;
use super::freshness::RECENT;
use super::required_action::RequiredActionKind;
use crate::clock::Timestamp;

/// Whether a second factor is asked for; the stricter of two demands is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecondFactor {
    /// The realm has none: what accounts have of earlier days counts for nothing.
    Off,
    /// Not in this journey.
    OnDemand,
    /// Of whoever has one.
    WhenSet,
    /// Of everybody: whoever has none adds one first.
    Required,
}

/// What is demanded in one journey.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// What is owed before a session exists, in this order.
    pub actions: &'a [RequiredActionKind],
    /// Whether a second factor is asked for.
    pub second_factor: SecondFactor,
    /// What its person came to do, after all that is owed: an action of this journey, whether owed or not.
    pub wanted: Option<RequiredActionKind>,
    /// When the journey began.
    pub began: Timestamp,
}

impl Policy<'_> {
    /// The same for somebody who came to do that: whoever has a second factor shows it first (SR-82).
    #[must_use]
    pub fn with(self, wanted: Option<RequiredActionKind>) -> Self {
        if wanted.is_some() { Self { wanted, ..self.of_all_it_has() } } else { self }
    }

    /// The same, asking for all that the account has, where the realm has any second factor (SR-82).
    #[must_use]
    pub fn of_all_it_has(self) -> Self {
        let second_factor = match self.second_factor {
            SecondFactor::OnDemand => SecondFactor::WhenSet,
            other => other,
        };
        Self { second_factor, ..self }
    }

    /// Whether the second factor of `account` is asked for.
    pub(super) fn asks(&self, account: &Account) -> bool {
        self.second_factor >= SecondFactor::WhenSet && account.totp_since.is_some()
    }

    /// The first step that `account` owes; `twice` says whether it has just proven two factors.
    ///
    /// Where a second factor is demanded of everybody, adding one comes after what the realm lists. New recovery codes
    /// are owed by whoever has none left and has shown that the factor is theirs (SR-82).
    pub(super) fn owed_by(&self, account: &Account, twice: bool) -> Option<RequiredActionKind> {
        use RequiredActionKind::{ConfigureTotp, SaveRecoveryCodes, UpdatePassword};
        let offered = self.second_factor > SecondFactor::Off;
        let may = |action: RequiredActionKind| match action {
            ConfigureTotp => offered,
            SaveRecoveryCodes => offered && twice,
            _ => true,
        };
        let demanded = (self.second_factor == SecondFactor::Required).then_some(ConfigureTotp);
        // A password is the first factor of everybody so far: without one there is no way back in. Where the realm does
        // not say when it is chosen, nothing is asked before it of somebody who has only read a mail (D-4).
        let unlisted = (!self.actions.contains(&UpdatePassword)).then_some(UpdatePassword);
        let last = [demanded, Some(SaveRecoveryCodes)].into_iter().flatten();
        let mut all = unlisted.into_iter().chain(self.actions.iter().copied()).chain(last);
        let owed = all.find(|action| action.is_owed_by(account) && may(*action));
        owed.or(self.wanted.filter(|action| match action {
            SaveRecoveryCodes => offered && account.totp_since.is_some(),
            other => may(*other),
        }))
    }

    /// Whether what was proven at `at` lets its person add or replace what they sign in with: in this journey, or just
    /// before it.
    pub(super) fn is_fresh(&self, at: Timestamp) -> bool {
        at >= self.began - RECENT
    }
}
