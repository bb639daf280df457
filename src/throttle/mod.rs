//! Guessing is slow, for everybody alike, and nobody can lock another person out.
//!
//! A guess is reserved before the secret is looked at (SR-11), in the database, so that restarts and other nodes count
//! too (SR-19). Accounts that do not exist are slowed exactly as those that do (SR-8). Limits are here and in
//! `docs/reference/limits.md`, nowhere else (SR-9).

use aws_lc_rs::hmac;

use crate::clock::{Duration, Timestamp, days, hours, minutes};
use crate::identity::identifier::Canonical;
use crate::ids::UserId;
use crate::secret::{Secret, SecretHash};
use crate::store::{StoreError, Tx, counters};

pub(crate) mod hashing;
mod schedule;

/// Sign-in attempts of one source in a minute.
const PER_SOURCE: u32 = 30;
/// Registrations of one source in an hour.
const REGISTRATIONS_PER_SOURCE: u32 = 10;
/// Requests for mail of one source in an hour.
const MAILS_PER_SOURCE: u32 = 30;
/// Clients that one source registers in an hour, where nobody has to be known for it.
const CLIENTS_PER_SOURCE: u32 = 120;
/// Journeys begun by one source in a minute (SR-76).
const JOURNEYS_PER_SOURCE: u32 = 120;
/// Numbers that one journey looks up in an hour: typing errors, and another organisation or two.
const LOOKUPS_PER_JOURNEY: u32 = 30;
/// Numbers that one source looks up in an hour: a form is no way to copy a registry.
const LOOKUPS_PER_SOURCE: u32 = 120;
/// Mails to one address in a day before they come one an hour (SR-18).
const MAILS_PER_ADDRESS: u32 = 3;
/// Failures everywhere in five minutes from which on all guessing is slowed sooner (SR-17).
const GLOBAL_ALARM: u32 = 1_000;
/// Answers to one account's secret question in a day (SR-39).
const ANSWERS_PER_DAY: u32 = 10;
/// Wrong answers in a row to one account's set of questions after which nobody answers it for a day (DOMAIN §8).
const MISSES: u32 = 5;
/// Copies of one account's data in an hour (SR-201).
const EXPORTS_PER_HOUR: u32 = 5;
/// Failures from which on the owner is told when a guess is right after all (SR-20).
const SEVERAL: u32 = 3;
/// How long failures of one account are remembered without a new one.
const MEMORY: Duration = days(30);

/// The counters, found by keyed hashes: the table names nobody.
#[derive(Clone)]
pub(crate) struct Throttle {
    key: hmac::Key,
}

/// A guess that may be looked at.
#[derive(Debug)]
pub(crate) struct Permit {
    guessed: Guessed,
    counter: Vec<u8>,
    number: u32,
}

impl Permit {
    /// Whether several failed before this one: its owner is told, should it be right (SR-20).
    pub(crate) const fn follows_failures(&self) -> bool {
        self.number > SEVERAL
    }

    /// Whether the account is slowed from this one on, should it be wrong: its owner is told, once until they sign in
    /// (SR-20).
    pub(crate) const fn begins_delays(&self) -> bool {
        schedule::is_first_delay(self.number)
    }
}

/// Too many guesses: come back then. Right and wrong secrets get this same answer (SR-8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slowed {
    /// From when on the next guess is looked at.
    pub(crate) until: Timestamp,
}

impl Slowed {
    /// `Retry-After`, in seconds (RFC 9110 §10.2.3): never none, that would be an invitation.
    pub(crate) fn seconds(self, now: Timestamp) -> u64 {
        now.until(self.until).as_secs().max(1)
    }
}

/// Which secret is guessed at; each has counters of its own (SR-15, SR-81).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guessed {
    /// A password.
    Password,
    /// The code of somebody's app: whoever guesses knew their password.
    Totp,
    /// One of somebody's recovery codes.
    RecoveryCode,
    /// A client's secret.
    ClientSecret,
    /// The code of some device (SR-152).
    UserCode,
}

impl Guessed {
    /// How long failures are remembered without a new one.
    const fn memory(self) -> Duration {
        match self {
            Self::Password | Self::Totp | Self::RecoveryCode | Self::ClientSecret => MEMORY,
            Self::UserCode => hours(1),
        }
    }

    /// The most failures that count: codes are guessed at by networks, and no neighbour can stop a network for good.
    const fn most(self) -> u32 {
        match self {
            Self::Password | Self::Totp | Self::RecoveryCode | Self::ClientSecret => u32::MAX,
            Self::UserCode => schedule::HARD_STOP - 1,
        }
    }
}

/// Whose secret is guessed at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// An account.
    User(UserId),
    /// An account, from a browser in which it signed in before (SR-13).
    Device(UserId, &'a SecretHash),
    /// Nobody that we know, under the canonical form of what was typed (SR-10).
    Nobody(&'a Canonical),
    /// A relying party.
    Client(&'a str),
    /// Whoever waits: the guesses of one network.
    Network(&'a str),
}

impl Throttle {
    /// Counters keyed with a key of ours.
    pub(crate) fn new(key: &Secret<Vec<u8>>) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key.expose()) }
    }

    /// Reserves one guess. The caller commits before looking at the secret, so that a crash or a rollback never gives
    /// a guess back.
    pub(crate) async fn reserve(
        &self,
        tx: &Tx,
        guessed: Guessed,
        subject: Subject<'_>,
        source: &str,
        now: Timestamp,
    ) -> Result<Result<Permit, Slowed>, StoreError> {
        if guessed != Guessed::ClientSecret
            && let Err(slowed) = self.per_source(tx, "guess", source, PER_SOURCE, minutes(1), now).await?
        {
            return Ok(Err(slowed));
        }
        let counter = self.counter_of(guessed, subject);
        let found = counters::count(tx, &counter, guessed.memory(), now).await?;
        if let Some(until) = found.blocked_until {
            return Ok(Err(Slowed { until }));
        }
        let (everywhere, _) = counters::count_in_window(tx, &self.everywhere(), minutes(5), now).await?;
        if everywhere == GLOBAL_ALARM {
            tracing::error!(guesses = everywhere, "guessing from everywhere: slowed sooner until it stops");
        }
        if let Some(delay) = schedule::delay(found.count.min(guessed.most()), everywhere >= GLOBAL_ALARM) {
            counters::block(tx, &counter, now + delay, guessed.memory()).await?;
        }
        Ok(Ok(Permit { guessed, counter, number: found.count }))
    }

    /// The guess was right: its own counter starts again, and no other does (SR-15); it was no failure, so it is taken
    /// back from those that are counted everywhere (SR-17).
    pub(crate) async fn settle(&self, tx: &Tx, permit: &Permit) -> Result<(), StoreError> {
        // In the order of `reserve`: two who come at once would otherwise wait for each other.
        match permit.guessed {
            // A source is no authenticator: whoever knows one code may not guess at others for it.
            Guessed::UserCode => counters::take_back(tx, &permit.counter).await?,
            Guessed::Password | Guessed::Totp | Guessed::RecoveryCode | Guessed::ClientSecret => {
                counters::reset(tx, &permit.counter).await?;
            }
        }
        counters::take_back(tx, &self.everywhere()).await
    }

    /// A secret was bound anew through recovery: its counter starts again (SR-14).
    pub(crate) async fn forget(&self, tx: &Tx, guessed: Guessed, user: UserId) -> Result<(), StoreError> {
        counters::reset(tx, &self.counter_of(guessed, Subject::User(user))).await
    }

    /// Counts a registration of this source.
    pub(crate) async fn registration(
        &self,
        tx: &Tx,
        source: &str,
        now: Timestamp,
    ) -> Result<Result<(), Slowed>, StoreError> {
        self.per_source(tx, "registration", source, REGISTRATIONS_PER_SOURCE, hours(1), now).await
    }

    /// Counts a relying party that this source registers (SR-151); each is a row, and rows must have a bound.
    pub(crate) async fn client_registration(
        &self,
        tx: &Tx,
        source: &str,
        now: Timestamp,
    ) -> Result<Result<(), Slowed>, StoreError> {
        self.per_source(tx, "client-registration", source, CLIENTS_PER_SOURCE, hours(1), now).await
    }

    /// Counts a journey begun by this source.
    pub(crate) async fn journey(
        &self,
        tx: &Tx,
        source: &str,
        now: Timestamp,
    ) -> Result<Result<(), Slowed>, StoreError> {
        self.per_source(tx, "journey", source, JOURNEYS_PER_SOURCE, minutes(1), now).await
    }

    /// Counts a number that is looked up, for the journey and for the source: registries are asked in our name, and lend us
    /// no more than a share.
    pub(crate) async fn lookup(
        &self,
        tx: &Tx,
        journey: &str,
        source: &str,
        now: Timestamp,
    ) -> Result<Result<(), Slowed>, StoreError> {
        let counter = self.hashed(&["lookup", journey]);
        let (count, until) = counters::count_in_window(tx, &counter, hours(1), now).await?;
        if count > LOOKUPS_PER_JOURNEY {
            return Ok(Err(Slowed { until }));
        }
        self.per_source(tx, "lookup", source, LOOKUPS_PER_SOURCE, hours(1), now).await
    }

    /// Counts a request for mail of this source. Told, as it says nothing of any address; a request that was served
    /// would leave rows, and rows must have a bound (SR-76).
    pub(crate) async fn request_for_mail(
        &self,
        tx: &Tx,
        source: &str,
        now: Timestamp,
    ) -> Result<Result<(), Slowed>, StoreError> {
        self.per_source(tx, "mail", source, MAILS_PER_SOURCE, hours(1), now).await
    }

    /// Whether a mail may go to this address; the person who asks never learns the answer (SR-18).
    pub(crate) async fn mail(&self, tx: &Tx, recipient: &Canonical, now: Timestamp) -> Result<bool, StoreError> {
        let (today, _) =
            counters::count_in_window(tx, &self.hashed(&["mail", recipient.as_str()]), days(1), now).await?;
        let (this_hour, _) =
            counters::count_in_window(tx, &self.hashed(&["mail-hour", recipient.as_str()]), hours(1), now).await?;
        Ok(today <= MAILS_PER_ADDRESS || this_hour <= 1)
    }

    /// Counts a copy of somebody's data (SR-201).
    pub(crate) async fn export(&self, tx: &Tx, user: UserId, now: Timestamp) -> Result<Result<(), Slowed>, StoreError> {
        let counter = self.hashed(&["export", &user.to_string()]);
        let (count, until) = counters::count_in_window(tx, &counter, hours(1), now).await?;
        Ok(if count > EXPORTS_PER_HOUR { Err(Slowed { until }) } else { Ok(()) })
    }

    /// Counts an answer to a secret question; past ten a day recovery waits, sign-in does not (SR-39).
    pub(crate) async fn answer(&self, tx: &Tx, user: UserId, now: Timestamp) -> Result<Result<(), Slowed>, StoreError> {
        let counter = self.hashed(&["answer", &user.to_string()]);
        let (count, until) = counters::count_in_window(tx, &counter, days(1), now).await?;
        Ok(if count > ANSWERS_PER_DAY { Err(Slowed { until }) } else { Ok(()) })
    }

    /// Counts answers to a set of questions as one guess, whatever asks them. The last before the lock says so: unless it
    /// turns out right, recovery and step-up wait for a day, and sign-in does not (SR-39).
    pub(crate) async fn challenge(
        &self,
        tx: &Tx,
        user: UserId,
        now: Timestamp,
    ) -> Result<Result<bool, Slowed>, StoreError> {
        let counter = self.of_challenge(user);
        let found = counters::count(tx, &counter, MEMORY, now).await?;
        if let Some(until) = found.blocked_until {
            return Ok(Err(Slowed { until }));
        }
        let last = found.count >= MISSES;
        if last {
            counters::block(tx, &counter, now + days(1), Duration::ZERO).await?;
        }
        Ok(Ok(last))
    }

    /// All answers were right.
    pub(crate) async fn challenge_met(&self, tx: &Tx, user: UserId) -> Result<(), StoreError> {
        counters::reset(tx, &self.of_challenge(user)).await
    }

    fn of_challenge(&self, user: UserId) -> Vec<u8> {
        self.hashed(&["challenge", &user.to_string()])
    }

    async fn per_source(
        &self,
        tx: &Tx,
        what: &str,
        source: &str,
        most: u32,
        window: Duration,
        now: Timestamp,
    ) -> Result<Result<(), Slowed>, StoreError> {
        let (count, until) =
            counters::count_in_window(tx, &self.hashed(&["source", what, source]), window, now).await?;
        Ok(if count > most { Err(Slowed { until }) } else { Ok(()) })
    }

    fn counter_of(&self, guessed: Guessed, subject: Subject<'_>) -> Vec<u8> {
        let what = match guessed {
            Guessed::Password => "password",
            Guessed::Totp => "totp",
            Guessed::RecoveryCode => "recovery-code",
            Guessed::ClientSecret => "client-secret",
            Guessed::UserCode => "user-code",
        };
        match subject {
            Subject::User(user) => self.hashed(&[what, "user", &user.to_string()]),
            Subject::Device(user, token) => {
                let device = hmac::sign(&self.key, token.as_bytes());
                let mut key = self.hashed(&[what, "device", &user.to_string()]);
                key.extend_from_slice(device.as_ref());
                key
            }
            Subject::Nobody(canonical) => self.hashed(&[what, "nobody", canonical.as_str()]),
            Subject::Client(client) => self.hashed(&[what, "client", client]),
            Subject::Network(network) => self.hashed(&[what, "network", network]),
        }
    }

    /// The counter of failures everywhere.
    fn everywhere(&self) -> Vec<u8> {
        self.hashed(&["everywhere"])
    }

    fn hashed(&self, words: &[&str]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.key);
        for word in words {
            context.update(&u64::try_from(word.len()).unwrap_or(0).to_be_bytes());
            context.update(word.as_bytes());
        }
        context.sign().as_ref().to_vec()
    }
}
