//! Who may register a client, and who may manage one (SR-151).
//!
//! A wrong token, an ended client and one that never was get one answer after the same work (RFC 7592 §2.1), and
//! whoever tries tokens is slowed.

use http::header::AUTHORIZATION;

use crate::entropy;
use crate::event::EventKind;
use crate::ids::InitialTokenId;
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::protocol::client::ClientId;
use crate::protocol::error::{Error, ErrorCode};
use crate::realm::model::WhoRegisters;
use crate::secret::{Secret, SecretHash};
use crate::store::clients::{self, RegisteredClient};
use crate::store::{Tx, registrations};
use crate::throttle::{Guessed, Slowed, Subject};

/// Somebody who may register a client.
pub(super) enum Admission {
    /// As anybody may.
    Open,
    /// By an initial access token, of which one use is to be taken.
    By(SecretHash),
}

/// Whether the caller may register a client: looked at before anything is done for them.
pub(super) async fn admit(caller: &Caller) -> Result<Admission, Fault> {
    let (realm, now) = (&caller.house.realm, caller.arrival.now);
    match realm.client_registration.policy {
        // What is not announced is not there.
        WhoRegisters::Closed => Err(Fault::UnknownRealm),
        WhoRegisters::Open => count(caller).await.map(|()| Admission::Open),
        WhoRegisters::InitialToken => {
            let token = bearer(caller).ok_or_else(missing)?.hash();
            if registrations::is_good(&caller.app.store.reads(), &realm.name, &token, now).await? {
                Ok(Admission::By(token))
            } else {
                Err(wrong(caller).await?)
            }
        }
    }
}

/// Takes a use of the token; somebody else may have had the last one meanwhile.
pub(super) async fn spend(tx: &Tx, caller: &Caller, token: &SecretHash) -> Result<InitialTokenId, Fault> {
    registrations::spend(tx, &caller.house.realm.name, token, caller.arrival.now).await?.ok_or_else(refused)
}

/// SR-150: made here, 128 bits, and nobody else's; no account is called so.
pub(super) fn new_name(caller: &Caller) -> String {
    loop {
        let name = format!("c_{}", entropy::nonce(&*caller.app.entropy));
        if caller.house.realm.client(&name).is_none() {
            return name;
        }
    }
}

/// The registered client of that name, managed by whoever has its token.
pub(super) async fn manager(caller: &Caller, client_id: &str) -> Result<(RegisteredClient, Secret<String>), Fault> {
    let token = bearer(caller).ok_or_else(missing)?;
    let (realm, reads) = (&caller.house.realm, caller.app.store.reads());
    let kept = if ClientId::is_fit(client_id) { clients::by_id(&reads, &realm.name, client_id).await? } else { None };
    let known = kept.as_ref().and_then(|kept| kept.token);
    // Compared whether there is a client or not.
    let right = known.unwrap_or_else(|| SecretHash::of("no client has this token")).matches(token.expose());
    match kept.filter(|kept| right && kept.token.is_some()) {
        Some(kept) => Ok((kept, token)),
        None => Err(wrong(caller).await?),
    }
}

/// RFC 6750 §2.1.
fn bearer(caller: &Caller) -> Option<Secret<String>> {
    let mut headers = caller.headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (headers.next()?, headers.next());
    let (scheme, token) = first.to_str().ok()?.split_once(' ')?;
    (second.is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| Secret::new(token.trim().to_owned()))
}

/// RFC 6750 §3.1: a request without any token gets no error code in its challenge.
fn missing() -> Fault {
    Fault::Challenged(Error::new(ErrorCode::InvalidToken, "a token is missing"), "Bearer")
}

pub(super) fn refused() -> Fault {
    let error = Error::new(ErrorCode::InvalidToken, "the token is not good for this");
    Fault::Challenged(error, "Bearer error=\"invalid_token\"")
}

/// Counts a wrong token, and slows down who tries many.
async fn wrong(caller: &Caller) -> Result<Fault, Fault> {
    let (app, now) = (&caller.app, caller.arrival.now);
    let tx = app.store.begin().await?;
    let network = caller.arrival.source.network();
    // Nor has a name of a client a space, nor the counter of a client two: this one is nobody else's.
    let subject = format!("a registration {network}");
    let reserved = app.throttle.reserve(&tx, Guessed::ClientSecret, Subject::Client(&subject), &network, now).await?;
    tx.commit(&caller.event(EventKind::RegistrationTokenRefused)).await?;
    Ok(reserved.err().map_or_else(refused, |slowed| slower(caller, slowed)))
}

async fn count(caller: &Caller) -> Result<(), Fault> {
    let (app, network) = (&caller.app, caller.arrival.source.network());
    let tx = app.store.begin().await?;
    match app.throttle.client_registration(&tx, &network, caller.arrival.now).await? {
        Ok(()) => Ok(tx.commit_housekeeping().await?),
        Err(slowed) => {
            tx.commit(&caller.event(EventKind::ClientRegistrationThrottled)).await?;
            Err(slower(caller, slowed))
        }
    }
}

fn slower(caller: &Caller, slowed: Slowed) -> Fault {
    Fault::Slowed(slowed.seconds(caller.arrival.now))
}
