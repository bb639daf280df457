//! What a realm, and the application that somebody comes from, demand of a person on their way in.

use super::attempt::Account;
use super::freshness::RECENT;
use super::required_action::RequiredActionKind;
use crate::clock::{Duration, Timestamp, days};

/// How long whoever does not want a passkey yet is not offered one again (UX.md P15).
const PUT_OFF: Duration = days(30);

/// What a realm offers beside passwords: what accounts have of anything else counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offered {
    /// Codes of apps.
    pub totp: bool,
    /// Passkeys.
    pub passkeys: bool,
}

impl Offered {
    /// Whether anything is.
    pub const fn any(self) -> bool {
        self.totp || self.passkeys
    }
}

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

/// What an application, or its request, demands beside what its realm does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demanded {
    /// Whether a second factor is asked for.
    pub second_factor: SecondFactor,
    /// Whether nobody may pass without a certificate.
    pub certificate: bool,
    /// Whether whoever has questions is to answer them.
    pub challenge: bool,
}

impl Demanded {
    /// Nothing.
    pub const NOTHING: Self = Self { second_factor: SecondFactor::OnDemand, certificate: false, challenge: false };

    /// This and that.
    pub fn and(self, other: Self) -> Self {
        Self {
            second_factor: self.second_factor.max(other.second_factor),
            certificate: self.certificate || other.certificate,
            challenge: self.challenge || other.challenge,
        }
    }
}

/// What is demanded in one journey.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// What is owed before a session exists, in this order.
    pub actions: &'a [RequiredActionKind],
    /// Whether a second factor is asked for.
    pub second_factor: SecondFactor,
    /// Whether nobody may pass without a certificate.
    pub certificate: bool,
    /// Whether whoever has questions is to answer them, for this request alone.
    pub challenge: bool,
    /// What may be a second factor.
    pub offered: Offered,
    /// What its person came to do, after all that is owed: an action of this journey, whether owed or not.
    pub wanted: Option<RequiredActionKind>,
    /// When the journey began.
    pub began: Timestamp,
}

impl Policy<'_> {
    /// What is still demanded of somebody who has shown a key that never leaves its device: the device and what unlocks
    /// it are two factors (NIST SP 800-63B §3.1.7).
    pub(super) fn after_a_device(self) -> Self {
        Self { second_factor: self.second_factor.min(SecondFactor::OnDemand), ..self }
    }

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

    /// The account with what counts here of what it has.
    pub(super) fn sees(&self, account: &Account) -> Account {
        let Offered { totp, passkeys } = self.offered;
        let (apps, keys) = (account.totp_since.filter(|_| totp), if passkeys { account.passkeys } else { 0 });
        Account { totp_since: apps, passkeys: keys, ..*account }
    }

    /// Whether `account` has a second factor that counts here.
    pub fn has_second_factor(&self, account: &Account) -> bool {
        self.sees(account).has_second_factor()
    }

    /// Whether the second factor of `account` is asked for.
    pub(super) fn asks(&self, account: &Account) -> bool {
        self.second_factor >= SecondFactor::WhenSet && self.has_second_factor(account)
    }

    /// Whether `account` may go on without a passkey: where a second factor is demanded of everybody and passkeys are the
    /// only kind, it may not.
    pub fn spares_a_passkey(&self, account: &Account) -> bool {
        self.demanded(&self.sees(account)) != Some(RequiredActionKind::RegisterPasskey)
    }

    /// What whoever has no second factor adds where one is demanded of everybody. An app is had by everyone, and needs
    /// no script.
    fn demanded(&self, account: &Account) -> Option<RequiredActionKind> {
        let demanded = self.second_factor == SecondFactor::Required && !account.has_second_factor();
        let kind =
            if self.offered.totp { RequiredActionKind::ConfigureTotp } else { RequiredActionKind::RegisterPasskey };
        demanded.then_some(kind)
    }

    /// The first step that `account` owes; `known` is when its password was proven, `twice` whether it has just proven
    /// two factors.
    ///
    /// Where a second factor is demanded of everybody, adding one comes after what the realm lists. New recovery codes
    /// are owed by whoever has none left and has shown that the factor is theirs (SR-82).
    pub(super) fn owed_by(
        &self,
        account: &Account,
        known: Option<Timestamp>,
        twice: bool,
    ) -> Option<RequiredActionKind> {
        use RequiredActionKind::{ConfigureTotp, RegisterPasskey, SaveRecoveryCodes, UpdatePassword};
        let Offered { totp, passkeys } = self.offered;
        let demanded = self.demanded(account);
        let may = |action: RequiredActionKind| match action {
            ConfigureTotp => totp,
            RegisterPasskey => passkeys,
            SaveRecoveryCodes => twice && self.second_factor > SecondFactor::Off,
            _ => true,
        };
        // A passkey that the realm lists is an offer; one that is demanded is not.
        let due = |action: RequiredActionKind| {
            action != RegisterPasskey || demanded == Some(action) || self.offers_a_passkey(account, known)
        };
        // A password is the first factor of everybody so far: without one there is no way back in. Where the realm does
        // not say when it is chosen, nothing is asked before it of somebody who has only read a mail (D-4).
        // Nor of somebody who has only typed what a mail told them (D-6).
        let first = account.password_temporary || !self.actions.contains(&UpdatePassword);
        let first = first.then_some(UpdatePassword);
        let last = [demanded, Some(SaveRecoveryCodes)].into_iter().flatten();
        let mut all = first.into_iter().chain(self.actions.iter().copied()).chain(last);
        let owed = all.find(|action| action.is_owed_by(account) && may(*action) && due(*action));
        owed.or(self.wanted.filter(|action| match action {
            SaveRecoveryCodes => account.has_second_factor(),
            other => may(*other),
        }))
    }

    /// A passkey is offered to whoever has just typed their password, and did not put it off of late. Nobody with an open
    /// session is stopped for an offer.
    fn offers_a_passkey(&self, account: &Account, known: Option<Timestamp>) -> bool {
        let typed_here = known.is_some_and(|at| at >= self.began);
        typed_here && account.passkey_put_off.is_none_or(|at| at + PUT_OFF <= self.began)
    }

    /// Whether what was proven at `at` lets its person add or replace what they sign in with: in this journey, or just
    /// before it.
    pub(super) fn is_fresh(&self, at: Timestamp) -> bool {
        at >= self.began - RECENT
    }
}
