//! Passkeys, for every door: ceremonies begun, and what their answers are worth (SR-85).
//!
//! A ceremony that has begun leaves no row: our side of it travels in the form that the page holds, sealed for one
//! journey and one purpose, and is good for five minutes. Its challenge is spent by the first
//! answer, right or wrong (ADR 0048). Whoever calls commits.

use uuid::Uuid;

use super::App;
use super::houses::House;
use super::second_factors::{Acting, Offer, Sealed};
use crate::clock::{Duration, Timestamp, minutes};
use crate::entropy;
use crate::identity::user::User;
use crate::ids::{PasskeyId, UserId};
use crate::mail::message::Mail;
use crate::proofs::passkey::{Answer, Asking, Begun, Ceremony, Holder, Making, PasskeyProof, Refusal};
use crate::store::passkeys::{self, NewPasskey, StoredPasskey};
use crate::store::{StoreError, Tx, spent};

/// How long a ceremony may take: long enough to find one's key, and to think (WCAG 2.2.1).
const LASTS: Duration = minutes(5);

/// Most passkeys of one account.
pub(crate) const MOST: usize = 20;

const MAKING_FORM: &str = "forms.passkey_making";
const ASKING_FORM: &str = "forms.passkey_asking";
const UNBEGUN: StoreError = StoreError::Unwritable("the ceremony of a passkey");

/// What a page of ours sent back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered<'a> {
    /// Our side of the ceremony, sealed.
    pub(crate) sealed: &'a str,
    /// What the browser says, as JSON.
    pub(crate) credential: &'a str,
    /// The journey that the page belongs to.
    pub(crate) place: &'a str,
}

/// Why an answer is not believed, and whose passkey it was about, where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disbelieved {
    /// Why.
    pub(crate) why: Refusal,
    /// Whose.
    pub(crate) user: Option<UserId>,
}

impl Disbelieved {
    const fn nobody(why: Refusal) -> Self {
        Self { why, user: None }
    }
}

/// A ceremony of making, with the handle that the new key's authenticator is told.
#[derive(serde::Serialize, serde::Deserialize)]
struct MakingFor {
    handle: Uuid,
    making: Making,
}

impl App {
    /// Begins the making of a passkey for that account; `None` where the realm has none, or the account enough of them.
    pub(crate) async fn offer_passkey(
        &self,
        house: &House,
        (user, place): (&User, &str),
        now: Timestamp,
    ) -> Result<Option<Offer<String>>, StoreError> {
        let Some(party) = &house.passkeys else { return Ok(None) };
        let had = passkeys::of_user(&self.store.reads(), user.id).await?;
        if had.len() >= MOST {
            return Ok(None);
        }
        // One handle an account: a device that knows the account replaces its own key instead of adding a second one.
        let handle = had.first().map_or_else(|| Uuid::from_bytes(entropy::bytes(&*self.entropy)), |kept| kept.handle);
        let name = user.full_name();
        let holder = Holder { handle, account: user.sign_in_name(), name: &name };
        let known: Vec<_> = had.into_iter().map(|kept| kept.credential_id).collect();
        let Begun { options, ceremony } = party.makes(holder, &known).ok_or(UNBEGUN)?;
        let offered = MakingFor { handle, making: ceremony };
        let sealed = self.seal_offer(MAKING_FORM, (user.id, place), &Sealed { made: now, offered })?;
        Ok(Some(Offer { shown: options.to_string(), sealed }))
    }

    /// Keeps the passkey that was made, and tells the owner.
    pub(crate) async fn add_passkey(
        &self,
        tx: &Tx,
        acting: Acting<'_>,
        answered: Answered<'_>,
    ) -> Result<Result<PasskeyProof, Refusal>, StoreError> {
        let (house, user, now) = (acting.house, acting.user.id, acting.happened.at);
        let Some(party) = &house.passkeys else { return Ok(Err(Refusal::Expired)) };
        let opened = self.open_offer::<MakingFor>(MAKING_FORM, answered.sealed, (user, answered.place));
        let Some(Sealed { made, offered }) = opened else { return Ok(Err(Refusal::Expired)) };
        if let Err(why) = self.spend_challenge(tx, house, (&offered.making, made), now).await? {
            return Ok(Err(why));
        }
        let key = match party.made(&offered.making, answered.credential) {
            Ok(key) => key,
            Err(why) => return Ok(Err(why)),
        };
        let id = PasskeyId::new(now, &*self.entropy);
        let (realm, handle) = (&house.realm.name, offered.handle);
        let new = NewPasskey { id, user, realm, handle, key: &key, since: now };
        let Some(proof) = passkeys::add(tx, new).await? else { return Ok(Err(Refusal::Known)) };
        self.tell_owner(tx, acting, Mail::PasskeyAdded).await?;
        Ok(Ok(proof))
    }

    /// Takes a passkey from the account, and tells the owner; `false` when it has none of that name.
    pub(crate) async fn remove_passkey(
        &self,
        tx: &Tx,
        acting: Acting<'_>,
        passkey: PasskeyId,
    ) -> Result<bool, StoreError> {
        let removed = passkeys::remove(tx, (acting.user.id, passkey)).await?;
        if removed {
            self.tell_owner(tx, acting, Mail::PasskeyRemoved).await?;
        }
        Ok(removed)
    }

    /// Begins to ask for a passkey in that journey: for one of somebody who is known, or for whichever there is; `None`
    /// where the realm has none.
    pub(crate) async fn ask_for_passkey(
        &self,
        house: &House,
        (of, place): (Option<UserId>, &str),
        now: Timestamp,
    ) -> Result<Option<Offer<String>>, StoreError> {
        let Some(party) = &house.passkeys else { return Ok(None) };
        let allowed = match of {
            Some(user) => passkeys::of_user(&self.store.reads(), user).await?,
            None => Vec::new(),
        };
        let allowed: Vec<_> = allowed.into_iter().map(|kept| kept.credential_id).collect();
        let Begun { options, ceremony } = party.asks(&allowed).ok_or(UNBEGUN)?;
        let sealed = self.seal_offer(ASKING_FORM, (NOBODY, place), &Sealed { made: now, offered: ceremony })?;
        Ok(Some(Offer { shown: options.to_string(), sealed }))
    }

    /// Believes the answer of a passkey once: of that person, where they are known, or of whoever it belongs to.
    ///
    /// An unknown key, another realm's and another account's are refused like a wrong signature: nothing that is told to
    /// the person tells them apart.
    pub(crate) async fn spend_passkey(
        &self,
        tx: &Tx,
        house: &House,
        (answered, of): (Answered<'_>, Option<UserId>),
        now: Timestamp,
    ) -> Result<Result<PasskeyProof, Disbelieved>, StoreError> {
        let refused = |why| Ok(Err(Disbelieved::nobody(why)));
        let Some(party) = &house.passkeys else { return refused(Refusal::Expired) };
        let opened = self.open_offer::<Asking>(ASKING_FORM, answered.sealed, (NOBODY, answered.place));
        let Some(Sealed { made, offered: asking }) = opened else { return refused(Refusal::Expired) };
        if let Err(why) = self.spend_challenge(tx, house, (&asking, made), now).await? {
            return refused(why);
        }
        let Ok(answer) = Answer::read(answered.credential) else { return refused(Refusal::Malformed) };
        let found = passkeys::by_credential(tx, &house.realm.name, answer.credential_id()).await?;
        let Some(kept) = found else { return refused(Refusal::Unknown) };
        let used = match owned(&answer, &kept, of).and_then(|()| party.used(asking, &answer, &kept.public)) {
            Ok(used) => used,
            Err(why) => return Ok(Err(Disbelieved { why, user: Some(kept.user) })),
        };
        let proof = passkeys::spend(tx, &kept, &used, now).await?;
        Ok(proof.ok_or(Disbelieved { why: Refusal::Counter, user: Some(kept.user) }))
    }

    /// A challenge is answered once, in time, whatever the answer.
    async fn spend_challenge(
        &self,
        tx: &Tx,
        house: &House,
        (ceremony, made): (&impl Ceremony, Timestamp),
        now: Timestamp,
    ) -> Result<Result<(), Refusal>, StoreError> {
        if now.since(made) > LASTS {
            return Ok(Err(Refusal::Expired));
        }
        let challenge = (&house.realm.name, ceremony.challenge());
        let spent = spent::spend_challenge(tx, challenge, made + LASTS).await?;
        Ok(if spent { Ok(()) } else { Err(Refusal::Replayed) })
    }
}

/// Whoever signs in has not said yet who they are: the journey alone is what a sealed asking belongs to.
const NOBODY: UserId = UserId::from_uuid(Uuid::nil());

/// Whether the key is of whom it is asked, and its authenticator means that account too (WebAuthn §7.2, step 6).
fn owned(answer: &Answer, kept: &StoredPasskey, of: Option<UserId>) -> Result<(), Refusal> {
    let theirs = of.is_none_or(|user| user == kept.user) && answer.is_about(kept.handle, of.is_some());
    if theirs { Ok(()) } else { Err(Refusal::OtherAccount) }
}
