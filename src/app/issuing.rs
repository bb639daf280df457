//! What a realm issues: an account with an identifier, and a temporary password that is mailed apart from it (deviation
//! D-6, docs/adr/0061).
//!
//! A temporary password is drawn and hashed before any transaction, for hashing takes its time. Both mails leave by the
//! outbox, in the transaction that makes the account. Whoever calls has counted the mail (SR-18), and commits.

use std::sync::Arc;

use super::App;
use super::houses::House;
use super::letters::{self, Recipient};
use crate::authentication::attempt::Account;
use crate::clock::Timestamp;
use crate::entropy;
use crate::identity::identifier::IssuedIdentifier;
use crate::identity::language::Language;
use crate::identity::user::{Registrant, User};
use crate::ids::{RealmName, UserId};
use crate::mail::message::{IdentifierIssued, Mail, PasswordIssued};
use crate::mail::sheet::Occasion;
use crate::proofs::password::{self, HashingFailed, StoredHash};
use crate::secret::Secret;
use crate::store::credentials::{self, Temporary};
use crate::store::{StoreError, Tx, users};
use crate::throttle::Guessed;
use crate::throttle::hashing::Busy;

/// How many identifiers are drawn before something must be wrong: of 676 million, all would have to be somebody's.
const TRIES: usize = 16;

/// A password that nobody has been told yet, and its hash.
pub(crate) struct Drawn {
    password: Secret<String>,
    hash: StoredHash,
}

/// Why no password was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotDrawn {
    /// Too many are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// Hashing failed.
    #[error(transparent)]
    Unhashed(#[from] HashingFailed),
}

/// To whom something is issued: where its mails go, and how they greet.
#[derive(Clone, Copy)]
struct Holder<'a> {
    user: UserId,
    first_name: &'a str,
    address: &'a str,
    language: Language,
}

impl<'a> Holder<'a> {
    fn new(user: UserId, who: &'a Registrant) -> Self {
        let (first_name, address) = (who.first_name.as_str(), who.email.as_str());
        Self { user, first_name, address, language: who.language }
    }

    fn of(user: &'a User) -> Self {
        let (first_name, address) = (user.first_name.as_str(), user.email.as_str());
        Self { user: user.id, first_name, address, language: user.language }
    }
}

impl App {
    /// Draws a temporary password, behind the gate.
    pub(crate) async fn draw_temporary(&self) -> Result<Drawn, NotDrawn> {
        let password = entropy::temporary_password(&*self.entropy);
        let (pepper, secret, entropy) = (self.pepper.clone(), password.clone(), Arc::clone(&self.entropy));
        let hash = self.gate.run(move || password::hash(&pepper, &secret, &*entropy)).await??;
        Ok(Drawn { password, hash })
    }

    /// Issues an account to somebody whose address is not proven: its identifier and its temporary password leave by two
    /// mails, and using the second proves the address (SR-63).
    pub(crate) async fn issue(
        &self,
        tx: &Tx,
        house: &House,
        (who, drawn): (&Registrant, &Drawn),
        asked: Occasion,
    ) -> Result<UserId, StoreError> {
        let (user, identifier) = self.name_account(tx, &house.realm.name, who, asked.at).await?;
        let lasts = lasts(house, asked.at);
        if !credentials::first_temporary(tx, user, &drawn.hash, lasts).await? {
            return Err(StoreError::Unwritable("passwords"));
        }
        let holder = Holder::new(user, who);
        self.mail_identifier(tx, house, (holder, &identifier), asked).await?;
        self.mail_password(tx, house, (holder, drawn, lasts), asked).await?;
        Ok(user)
    }

    /// Issues an account to somebody who has just proven their address by an invitation: an identifier, by mail, and no
    /// password, which is owed.
    pub(crate) async fn issue_identifier(
        &self,
        tx: &Tx,
        house: &House,
        who: &Registrant,
        asked: Occasion,
    ) -> Result<UserId, StoreError> {
        let (user, identifier) = self.name_account(tx, &house.realm.name, who, asked.at).await?;
        users::prove_email(tx, user, asked.at).await?;
        self.mail_identifier(tx, house, (Holder::new(user, who), &identifier), asked).await?;
        Ok(user)
    }

    /// Mails a new temporary password in the place of the one that `account` stands with, which is good no more; `false`
    /// when that one was changed or replaced meanwhile.
    pub(crate) async fn renew_temporary(
        &self,
        tx: &Tx,
        house: &House,
        (user, account, drawn): (&User, &Account, &Drawn),
        asked: Occasion,
    ) -> Result<bool, StoreError> {
        let (Some(since), lasts) = (account.password_since, lasts(house, asked.at)) else { return Ok(false) };
        if !credentials::renew_temporary(tx, (user.id, since), &drawn.hash, lasts).await? {
            return Ok(false);
        }
        // Bound anew by a mail: guesses at the former one count no more (SR-14).
        self.throttle.forget(tx, Guessed::Password, user.id).await?;
        self.mail_password(tx, house, (Holder::of(user), drawn, lasts), asked).await?;
        Ok(true)
    }

    /// Mails its identifier to an account once more, to its own address.
    pub(crate) async fn remind_of_identifier(
        &self,
        tx: &Tx,
        house: &House,
        user: &User,
        asked: Occasion,
    ) -> Result<(), StoreError> {
        match &user.identifier {
            Some(identifier) => self.mail_identifier(tx, house, (Holder::of(user), identifier), asked).await,
            None => Ok(()),
        }
    }

    /// An account under an identifier that is nobody's. The one statement that takes it decides; one that rests after a
    /// closed account is not given again (SR-178).
    async fn name_account(
        &self,
        tx: &Tx,
        realm: &RealmName,
        who: &Registrant,
        now: Timestamp,
    ) -> Result<(UserId, IssuedIdentifier), StoreError> {
        for _ in 0..TRIES {
            let identifier = IssuedIdentifier::draw(&*self.entropy);
            if self.rests(tx, (realm, &identifier.canonical()), now).await? {
                continue;
            }
            let user = UserId::new(now, &*self.entropy);
            if users::create_issued(tx, realm, (user, &identifier), who, now).await? {
                return Ok((user, identifier));
            }
        }
        Err(StoreError::Unwritable("identifiers"))
    }

    async fn mail_identifier(
        &self,
        tx: &Tx,
        house: &House,
        (holder, identifier): (Holder<'_>, &IssuedIdentifier),
        asked: Occasion,
    ) -> Result<(), StoreError> {
        let mail = Mail::IdentifierIssued(IdentifierIssued {
            first_name: holder.first_name.to_owned(),
            identifier: identifier.clone(),
            sign_in: format!("{}/sign-in", house.issuer),
            asked,
        });
        self.post_to(tx, house, holder, &mail, asked.at).await
    }

    async fn mail_password(
        &self,
        tx: &Tx,
        house: &House,
        (holder, drawn, lasts): (Holder<'_>, &Drawn, Temporary),
        asked: Occasion,
    ) -> Result<(), StoreError> {
        let mail = Mail::PasswordIssued(PasswordIssued {
            first_name: holder.first_name.to_owned(),
            temporary_password: drawn.password.clone(),
            user: holder.user,
            since: lasts.since,
            ends: lasts.until,
            sign_in: format!("{}/sign-in", house.issuer),
            asked,
        });
        self.post_to(tx, house, holder, &mail, asked.at).await
    }

    async fn post_to(
        &self,
        tx: &Tx,
        house: &House,
        holder: Holder<'_>,
        mail: &Mail,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let to = Recipient { address: holder.address.to_owned(), language: holder.language, held: false };
        letters::post(self, tx, &house.realm.name, to, mail, now).await?;
        Ok(())
    }
}

/// From when and until when a password drawn now may be used.
fn lasts(house: &House, now: Timestamp) -> Temporary {
    Temporary { since: now, until: now + house.realm.temporary_password_life() }
}
