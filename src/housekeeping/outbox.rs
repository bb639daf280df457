//! Claims a waiting mail, lets `mail::outbox` try it, and writes down what became of it.

use crate::app::App;
use crate::ids::{MailId, RealmName};
use crate::keys::sealing::Place;
use crate::mail::delivery::Delivery;
use crate::mail::message::Mail;
use crate::mail::outbox::{Outcome, Waiting, attempt};
use crate::secret::Secret;
use crate::store::email_changes::{self, Side};
use crate::store::outbox::{self, ClaimedMail};
use crate::store::{StoreError, access_requests, closings, credentials, invitations, links, terms, warnings};

/// Takes up what the process before this one had claimed and not sent.
pub(crate) async fn take_over(app: &App) -> Result<(), StoreError> {
    outbox::take_over(&app.store, app.clock.now()).await
}

/// Sends one mail that is due; `false` when none is.
pub(crate) async fn post_one(app: &App, delivery: &Delivery) -> anyhow::Result<bool> {
    let now = app.clock.now();
    let Some(claimed) = outbox::claim(&app.store, now).await? else { return Ok(false) };
    let id = claimed.id;
    let mut proves = false;
    let outcome = match open(app, claimed) {
        Ok(waiting) if !is_of_use(app, &waiting).await? => {
            tracing::info!(%id, "a mail is not sent any more: what it brings was used or replaced");
            outbox::gave_up(&app.store, id, "what it brings was used or replaced", now).await?;
            return Ok(true);
        }
        Ok(waiting) => {
            proves = matches!(waiting.mail, Mail::TermsAccepted(_));
            let house = app.house(waiting.realm.as_str());
            let realm = house.as_ref().map(|house| (&house.realm, &house.theme));
            // An SMTP conversation is a large future: on the heap, once, not in each frame above.
            at_work(app, id, Box::pin(attempt(&waiting, realm, delivery, now))).await
        }
        Err(reason) => Outcome::GaveUp { reason },
    };
    match outcome {
        Outcome::Sent { message_id } => {
            tracing::info!(%id, message_id, "a mail was sent");
            if proves {
                terms::delivered(&app.store, id, Some(&message_id), now).await?;
            }
            outbox::sent(&app.store, id, now).await?;
        }
        Outcome::Retry { at, reason } => {
            tracing::warn!(%id, reason, "a mail will be tried again");
            outbox::retry(&app.store, id, at, &reason).await?;
        }
        Outcome::GaveUp { reason } => {
            if proves {
                terms::delivered(&app.store, id, None, now).await?;
            }
            tracing::error!(%id, reason, "a mail was given up");
            outbox::gave_up(&app.store, id, &reason, now).await?;
        }
    }
    Ok(true)
}

/// Whether the link or password that a mail carries still waits for its reader; a mail without one always is (SR-182).
async fn is_of_use(app: &App, waiting: &Waiting) -> Result<bool, StoreError> {
    if let Mail::PasswordIssued(mail) = &waiting.mail {
        let stands = credentials::temporary(&app.store.reads(), mail.user).await?;
        return Ok(stands.is_some_and(|stands| stands.since == mail.since));
    }
    if let Mail::ResetOneOfSeveral(mail) = &waiting.mail {
        // As long as one of its links is good.
        for account in &mail.accounts {
            let token = account.link.expose().split_once("token=").map(|(_, token)| Secret::new(token.to_owned()));
            if let Some(token) = token
                && stands(app, &waiting.realm, &token).await?
            {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let Some(token) = waiting.mail.link_token() else { return Ok(true) };
    let (reads, now) = (app.store.reads(), app.clock.now());
    if let Some((change, side)) = email_changes::by_token(&reads, &waiting.realm, &token.hash()).await? {
        return Ok(if side == Side::New { change.waits(now) } else { change.may_be_undone(now) });
    }
    // What was done to an account is told whatever became of the link.
    if warnings::by_token(&reads, &waiting.realm, &token.hash()).await?.is_some()
        || closings::by_token(&reads, &waiting.realm, &token.hash()).await?.is_some()
        // A newer mail takes the place of an older one, whose token is nobody's then.
        || access_requests::by_token(&reads, &waiting.realm, &token.hash()).await?.is_some()
    {
        return Ok(true);
    }
    if let Some((invitation, newest)) = invitations::by_token(&reads, &waiting.realm, &token.hash()).await? {
        return Ok(newest && invitation.waits(now));
    }
    stands(app, &waiting.realm, &token).await
}

/// Whether the link of that token was neither used nor replaced.
async fn stands(app: &App, realm: &RealmName, token: &Secret<String>) -> Result<bool, StoreError> {
    let link = links::by_token(&app.store.reads(), realm, &token.hash()).await?;
    Ok(link.is_some_and(|link| link.spent_at.is_none() && link.voided_at.is_none()))
}

/// Keeps the claim for as long as the relay takes. A process that dies stops keeping it, and the mail is tried again.
async fn at_work<T>(app: &App, id: MailId, mut work: impl Future<Output = T> + Unpin) -> T {
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(outbox::SIGN_OF_LIFE) => {
                if let Err(error) = outbox::keep(&app.store, id, app.clock.now()).await {
                    tracing::warn!(%id, %error, "a claim could not be kept");
                }
            }
        }
    }
}

fn open(app: &App, claimed: ClaimedMail) -> Result<Waiting, String> {
    let name = claimed.id.to_string();
    let plain = app.sealer.open(Place { kind: "outbox.content", id: &name }, &claimed.content);
    let plain = plain.map_err(|fault| fault.to_string())?;
    Ok(Waiting {
        id: claimed.id,
        realm: claimed.realm,
        recipient: claimed.recipient,
        language: claimed.language,
        mail: serde_json::from_slice(plain.expose()).map_err(|fault| fault.to_string())?,
        // The claim counted this one already.
        tries: claimed.attempts.saturating_sub(1),
        queued_at: claimed.created_at,
    })
}
