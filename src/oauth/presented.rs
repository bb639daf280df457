//! Finding a request's parameters: beside `client_id` in the query, in an object by value or by reference, or in what was
//! pushed (OpenID Connect Core §6, RFC 9101, RFC 9126). What the checks see comes from one of these alone (SR-127).

use super::caller::Caller;
use super::fault::Fault;
use crate::keys::foreign::Kind;
use crate::outbound::{Purpose, Wanted};
use crate::protocol::client::Client;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::parameters::{ParameterFault, Parameters};
use crate::protocol::request::presented::{Presented, Way};
use crate::protocol::request::pushed::PushedReference;
use crate::protocol::request::request_object;
use crate::store::StoreError;
use crate::store::pushed::{self, Pushed};

/// Why there are no parameters to judge.
pub(super) enum Obstacle {
    /// The object or the reference is no good.
    Told(Error),
    /// Something of ours failed.
    Ours(Fault),
}

impl From<Error> for Obstacle {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}

impl From<ParameterFault> for Obstacle {
    fn from(fault: ParameterFault) -> Self {
        Self::Told(fault.into())
    }
}

impl From<StoreError> for Obstacle {
    fn from(error: StoreError) -> Self {
        Self::Ours(Fault::page("a pushed request could not be read", error))
    }
}

/// What the browser brought, of a client that is known.
pub(super) async fn by_browser(caller: &Caller, client: &Client, given: &Parameters) -> Result<Presented, Obstacle> {
    let (object, uri) = (given.single("request")?, given.single("request_uri")?);
    let Some(uri) = uri else { return by_value(caller, client, given, object, Way::Browser).await };
    given.none_repeated()?;
    if object.is_some() {
        // OpenID Connect Core §6.1: "request and request_uri parameters MUST NOT be used together."
        return Err(Error::invalid_request("request and request_uri together").into());
    }
    match PushedReference::of(uri) {
        Some(reference) => what_was_pushed(caller, client, reference).await,
        None => by_reference(caller, client, uri).await,
    }
}

/// What the client pushes itself (RFC 9126 §2.1, §3).
pub(super) async fn by_client(caller: &Caller, client: &Client, given: &Parameters) -> Result<Presented, Obstacle> {
    given.none_repeated()?;
    if given.single("request_uri")?.is_some() {
        // §2.1: "Reject the request if the request_uri authorization request parameter is provided."
        return Err(Error::invalid_request("request_uri cannot be pushed").into());
    }
    // Its proof of who it is, is no part of what it asks.
    let asked = given.clone().without(&["client_secret", "client_assertion", "client_assertion_type"]);
    let asked = asked.with("client_id", client.client_id.as_str());
    let object = given.single("request")?;
    by_value(caller, client, &asked, object, Way::Pushing).await
}

async fn by_value(
    caller: &Caller,
    client: &Client,
    given: &Parameters,
    object: Option<&str>,
    way: Way,
) -> Result<Presented, Obstacle> {
    match object {
        None => Ok(Presented { parameters: given.clone(), way, signed: false }),
        Some(object) => {
            given.none_repeated()?;
            Ok(Presented { parameters: open(caller, client, object).await?, way, signed: true })
        }
    }
}

/// RFC 9126 §4: the reference of that very client, in its time, and not used up.
async fn what_was_pushed(caller: &Caller, client: &Client, reference: PushedReference) -> Result<Presented, Obstacle> {
    let pushed = Pushed { realm: &caller.house.realm.name, client: &client.client_id, reference };
    let found = pushed::find(&caller.app.store.reads(), pushed, caller.arrival.now).await?;
    Ok(found.ok_or(Error::invalid_request_uri())?.presented(reference)?)
}

/// A registered address, compared as text and fetched by the guarded way out (OpenID Connect Core §6.2, SR-134). Its
/// fragment may be a hash of the content, and is not held against it: the signature says more.
async fn by_reference(caller: &Caller, client: &Client, uri: &str) -> Result<Presented, Obstacle> {
    let registered = &client.requests.object_uris;
    if registered.is_empty() {
        let code = ErrorCode::RequestUriNotSupported;
        return Err(Error::new(code, "the client has registered no request_uri").into());
    }
    if !registered.contains(uri) {
        return Err(Error::new(ErrorCode::InvalidRequestUri, "request_uri is not registered").into());
    }
    // Clients of different realms may have one name.
    let whose = format!("{}/{}", caller.house.realm.name, client.client_id);
    let wanted = Wanted { client: &whose, purpose: Purpose::RequestObject, address: uri, now: caller.arrival.now };
    let unreachable = Error::new(ErrorCode::InvalidRequestUri, "nothing was got from request_uri");
    let document = caller.app.documents.get(wanted).await.map_err(|_| unreachable)?;
    let object = std::str::from_utf8(document.bytes()).unwrap_or_default().trim();
    Ok(Presented { parameters: open(caller, client, object).await?, way: Way::Browser, signed: true })
}

/// The parameters in an object that the client signed, by the registered algorithm (RFC 9101 §6.2).
async fn open(caller: &Caller, client: &Client, object: &str) -> Result<Parameters, Obstacle> {
    let algorithms = match &client.requests.object_algorithm {
        Some(only) => std::slice::from_ref(only),
        None => client.may_sign_with(),
    };
    let keys = caller.app.client_keys(&caller.house, client, caller.arrival.now);
    let opened = keys.open(object, Kind::RequestObject, algorithms).await;
    let opened = opened.map_err(|refused| {
        tracing::info!(client = %client.client_id, %refused, "a request object was refused");
        Error::new(ErrorCode::InvalidRequestObject, "the request object is not signed as the client registered")
    })?;
    Ok(request_object::read(&opened.claims, client, &caller.house.issuer, caller.arrival.now)?)
}
