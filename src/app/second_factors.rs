//! Second factors, for every door: what is offered to somebody, what is kept of it, and what a shown code is worth.
//!
//! An offer changes nothing. Its seed, or its set of codes, travels in the form that it is shown in, sealed for one
//! account and one place (a journey, a session), and counts from the answer on: reloading, leaving half-way and a
//! second tab need no rows (ADR 0046). Whoever calls has seen to it that the person proved themselves just before, by
//! all that the account has (SR-82), and commits.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::App;
use super::houses::House;
use crate::clock::{Duration, Timestamp, hours};
use crate::identity::user::User;
use crate::ids::UserId;
use crate::keys::sealing::Place;
use crate::mail::message::{Mail, Notice, RecoveryCodeUsed};
use crate::mail::sheet::Occasion;
use crate::proofs::one_time::{OneTimeCode, OneTimeProof, RecoveryCode, Seed, TimeStep, TotpPolicy};
use crate::secret::Secret;
use crate::store::second_factors::{self, StoredTotp};
use crate::store::{StoreError, Tx, passkeys};
use crate::throttle::Guessed;

/// How long an offer may lie open: as long as a journey may rest.
const OFFERED: Duration = hours(1);

/// Whose factors change, and in what circumstances: their mails say so.
#[derive(Clone, Copy)]
pub(crate) struct Acting<'a> {
    /// The realm.
    pub(crate) house: &'a House,
    /// The account.
    pub(crate) user: &'a User,
    /// When and from where.
    pub(crate) happened: Occasion,
}

/// Something shown that counts once it is answered, and the same as its form carries it.
pub(crate) struct Offer<T> {
    /// What is shown.
    pub(crate) shown: T,
    /// What the form carries.
    pub(crate) sealed: String,
}

/// Why a code is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disbelieved {
    /// It is none that is good now.
    Wrong,
    /// It, or a later one, was shown before (SR-79).
    Replayed,
}

impl Disbelieved {
    /// A stable word for the audit trail.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Replayed => "replayed",
        }
    }
}

/// An offer as it is sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Sealed<T> {
    /// When it was made.
    pub(super) made: Timestamp,
    /// What is offered.
    pub(super) offered: T,
}

impl<T> Sealed<T> {
    fn good_at(self, now: Timestamp) -> Option<T> {
        (now.since(self.made) <= OFFERED).then_some(self.offered)
    }
}

/// A seed as it is sealed.
#[derive(Serialize, Deserialize)]
struct SealedSeed {
    bytes: Vec<u8>,
    digits: u8,
}

const SEED_FORM: &str = "forms.totp_seed";
const CODES_FORM: &str = "forms.recovery_codes";
const UNWRITABLE: StoreError = StoreError::Unwritable("an offer of a second factor");

impl App {
    /// A new seed for that account's app; `place` is the journey or session that it is offered in.
    pub(crate) fn offer_seed(
        &self,
        policy: TotpPolicy,
        (user, place): (UserId, &str),
        now: Timestamp,
    ) -> Result<Offer<Seed>, StoreError> {
        let seed = Seed::new(policy.digits, &*self.entropy);
        let offered = SealedSeed { bytes: seed.bytes().expose().clone(), digits: seed.digits() };
        let sealed = self.seal_offer(SEED_FORM, (user, place), &Sealed { made: now, offered })?;
        Ok(Offer { shown: seed, sealed })
    }

    /// The seed that a form carried, if it was offered to that account, there, not long ago.
    pub(crate) fn offered_seed(&self, sealed: &str, to: (UserId, &str), now: Timestamp) -> Option<Offer<Seed>> {
        let SealedSeed { bytes, digits } = self.open_offer(SEED_FORM, sealed, to)?.good_at(now)?;
        Some(Offer { shown: Seed::kept(Secret::new(bytes), digits), sealed: sealed.to_owned() })
    }

    /// A new set of recovery codes.
    pub(crate) fn offer_recovery_codes(
        &self,
        to: (UserId, &str),
        now: Timestamp,
    ) -> Result<Offer<Vec<RecoveryCode>>, StoreError> {
        let codes = RecoveryCode::set(&*self.entropy);
        let offered: Vec<&String> = codes.iter().map(RecoveryCode::expose).collect();
        let sealed = self.seal_offer(CODES_FORM, to, &Sealed { made: now, offered })?;
        Ok(Offer { shown: codes, sealed })
    }

    /// The set that a form carried, if it was offered to that account, there, not long ago.
    pub(crate) fn offered_recovery_codes(
        &self,
        sealed: &str,
        to: (UserId, &str),
        now: Timestamp,
    ) -> Option<Offer<Vec<RecoveryCode>>> {
        let codes: Vec<String> = self.open_offer(CODES_FORM, sealed, to)?.good_at(now)?;
        let codes = codes.iter().map(|code| RecoveryCode::read(code)).collect::<Option<_>>()?;
        Some(Offer { shown: codes, sealed: sealed.to_owned() })
    }

    /// An offer as its form carries it.
    pub(super) fn seal_offer<T: Serialize>(
        &self,
        kind: &'static str,
        (user, place): (UserId, &str),
        offer: &Sealed<T>,
    ) -> Result<String, StoreError> {
        let plain = Secret::new(serde_json::to_vec(offer).map_err(|_| UNWRITABLE)?);
        let sealed = self.sealer.seal(Place { kind, id: &format!("{user}/{place}") }, &plain, &*self.entropy);
        Ok(URL_SAFE_NO_PAD.encode(sealed.map_err(|_| UNWRITABLE)?))
    }

    /// The offer that a form carried, however old it is.
    pub(super) fn open_offer<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        sealed: &str,
        (user, place): (UserId, &str),
    ) -> Option<Sealed<T>> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = self.sealer.open(Place { kind, id: &format!("{user}/{place}") }, &sealed).ok()?;
        serde_json::from_slice(plain.expose()).ok()
    }

    /// Adds the app whose code of that step was shown, and tells the owner; `None` when there is one already.
    pub(crate) async fn add_totp(
        &self,
        tx: &Tx,
        acting: Acting<'_>,
        seed: &Seed,
        (step, label): (TimeStep, &str),
    ) -> Result<Option<OneTimeProof>, StoreError> {
        let (user, now) = (acting.user.id, acting.happened.at);
        let sealed = self.sealer.seal(drawer(&user.to_string()), seed.bytes(), &*self.entropy);
        let sealed = sealed.map_err(|_| StoreError::Unwritable("totp_seeds.seed"))?;
        let new = StoredTotp { sealed, digits: seed.digits(), label: label.to_owned(), since: now };
        let Some(proof) = second_factors::add_totp(tx, user, &new, step).await? else { return Ok(None) };
        self.throttle.forget(tx, Guessed::Totp, user).await?;
        self.tell_owner(tx, acting, Mail::TotpAdded).await?;
        Ok(Some(proof))
    }

    /// Takes app and recovery codes from the account, and tells the owner by that mail; `false` when there was neither.
    pub(crate) async fn remove_second_factors(
        &self,
        tx: &Tx,
        acting: Acting<'_>,
        mail: fn(Notice) -> Mail,
    ) -> Result<bool, StoreError> {
        if !second_factors::remove(tx, acting.user.id).await? {
            return Ok(false);
        }
        self.throttle.forget(tx, Guessed::Totp, acting.user.id).await?;
        self.throttle.forget(tx, Guessed::RecoveryCode, acting.user.id).await?;
        self.tell_owner(tx, acting, mail).await?;
        Ok(true)
    }

    /// Takes all that the account has beside its password, which its owner has lost, and tells the owner; `false` when
    /// there was nothing.
    pub(crate) async fn reset_second_factors(&self, tx: &Tx, acting: Acting<'_>) -> Result<bool, StoreError> {
        let keys = passkeys::remove_all(tx, acting.user.id).await?;
        if self.remove_second_factors(tx, acting, Mail::SecondFactorsReset).await? {
            return Ok(true);
        }
        if keys {
            self.tell_owner(tx, acting, Mail::SecondFactorsReset).await?;
        }
        Ok(keys)
    }

    /// Keeps a set of recovery codes in the place of any other, and tells the owner.
    pub(crate) async fn keep_recovery_codes(
        &self,
        tx: &Tx,
        acting: Acting<'_>,
        codes: &[RecoveryCode],
    ) -> Result<(), StoreError> {
        let hashes = codes.iter().map(|code| self.recovery_hash(acting.user.id, code)).collect();
        second_factors::replace_recovery_codes(tx, acting.user.id, hashes, acting.happened.at).await?;
        self.throttle.forget(tx, Guessed::RecoveryCode, acting.user.id).await?;
        self.tell_owner(tx, acting, Mail::RecoveryCodesReplaced).await
    }

    /// Believes the code of an app once. The guess was reserved before (SR-11).
    pub(crate) async fn spend_totp(
        &self,
        tx: &Tx,
        (user, kept): (UserId, &StoredTotp),
        code: &OneTimeCode,
        policy: TotpPolicy,
        now: Timestamp,
    ) -> Result<Result<OneTimeProof, Disbelieved>, StoreError> {
        let opened = self.sealer.open(drawer(&user.to_string()), &kept.sealed);
        let seed = Seed::kept(opened.map_err(|_| StoreError::misfit("totp_seeds", "seed", user))?, kept.digits);
        let Some(step) = seed.step_of(code, policy, now) else { return Ok(Err(Disbelieved::Wrong)) };
        let proof = second_factors::spend_step(tx, user, kept.since, step, now).await?;
        Ok(proof.ok_or(Disbelieved::Replayed))
    }

    /// Believes a recovery code once, and tells the owner how many are left. The guess was reserved before (SR-11).
    pub(crate) async fn spend_recovery_code(
        &self,
        tx: &Tx,
        acting: Acting<'_>,
        code: &RecoveryCode,
    ) -> Result<Option<OneTimeProof>, StoreError> {
        let user = acting.user.id;
        let hash = self.recovery_hash(user, code);
        let Some(proof) = second_factors::spend_recovery_code(tx, user, &hash, acting.happened.at).await? else {
            return Ok(None);
        };
        let left = second_factors::recovery_codes_left(tx, user).await?;
        self.tell_owner(tx, acting, |notice| Mail::RecoveryCodeUsed(RecoveryCodeUsed { notice, left })).await?;
        Ok(Some(proof))
    }

    /// What the database keeps of a recovery code. The key is held outside it: a table alone is nothing to guess at.
    fn recovery_hash(&self, user: UserId, code: &RecoveryCode) -> Vec<u8> {
        let words = Secret::new(format!("recovery\n{user}\n{}", code.expose()));
        hmac::sign(&self.codes, words.expose().as_bytes()).as_ref().to_vec()
    }
}

const fn drawer(user: &str) -> Place<'_> {
    Place { kind: "totp_seeds.seed", id: user }
}
