//! The token endpoint: `POST …/protocol/openid-connect/token` (RFC 6749 §3.2). A grant type is a file here.
//!
//! A client proves itself first, by its one registered method, as slowly for unknown clients as for known ones (SR-147).

mod code;
mod refresh;

use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use http::{HeaderMap, HeaderValue};

use super::caller::Caller;
use super::fault::Fault;
use crate::entropy;
use crate::event::{Event, EventKind};
use crate::protocol::client::Client;
use crate::protocol::client_authentication::{AuthenticatedClient, PresentedClient};
use crate::protocol::error::Error;
use crate::protocol::grant::Grant;
use crate::protocol::parameters::Parameters;
use crate::protocol::scope::{OPENID, Scope};
use crate::protocol::token::{AccessToken, IdToken, LeftHalf};
use crate::protocol::token_request::TokenRequest;
use crate::protocol::token_response::TokenResponse;
use crate::secret::Secret;
use crate::throttle::{Guessed, Subject};

/// `POST`
pub(crate) async fn endpoint(caller: Caller, body: Bytes) -> Result<Response, Fault> {
    if !is_form(&caller.headers) {
        return Err(Fault::Client(Error::invalid_request("the body is not application/x-www-form-urlencoded")));
    }
    let parameters = Parameters::parse(&body).map_err(|fault| Fault::Client(fault.into()))?;
    let client = authenticate(&caller, &parameters).await?;
    let request = TokenRequest::read(&parameters, client).map_err(Fault::Client)?;
    let response = match request {
        TokenRequest::AuthorizationCode(exchange) => {
            refresh::Answer::New(code::redeem(&caller, client, &exchange).await?)
        }
        TokenRequest::RefreshToken(request) => refresh::refresh(&caller, client, &request).await?,
    };
    let mut response = Json(response).into_response();
    // RFC 6749 §5.1
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// Who the client is. Wrong secrets are slowed per client and source, so that nobody can lock a portal out (SR-9).
async fn authenticate<'a>(caller: &'a Caller, parameters: &Parameters) -> Result<AuthenticatedClient<'a>, Fault> {
    let mut headers = caller.headers.get_all(AUTHORIZATION).iter();
    let (authorization, second) = (headers.next(), headers.next());
    let refused = |error: Error| match authorization {
        Some(_) => Fault::Challenged(error, "Basic realm=\"token\", charset=\"UTF-8\""),
        None => Fault::Client(error),
    };
    if second.is_some() {
        return Err(refused(Error::invalid_request("the Authorization header is repeated")));
    }
    let authorization = authorization.map(|value| value.to_str().unwrap_or_default());
    let presented = PresentedClient::read(authorization, parameters).map_err(refused)?;
    let clients: &[Client] = &caller.house.realm.clients;
    match presented.authenticate(clients) {
        Ok(client) => Ok(client),
        Err(error) => {
            let (app, now) = (&caller.app, caller.arrival.now);
            let tx = app.store.begin().await?;
            let network = caller.arrival.source.network();
            // Names that nobody has share one counter: a stranger could make up any number (SR-76).
            let known = clients.iter().map(|client| client.client_id.as_str()).find(|id| *id == presented.client_id());
            let subject = format!("{} {network}", known.unwrap_or_default());
            let slowed =
                app.throttle.reserve(&tx, Guessed::ClientSecret, Subject::Client(&subject), &network, now).await?;
            let client = Some(presented.client_id().chars().take(100).collect());
            tx.commit(&Event { client, ..caller.event(EventKind::ClientRefused) }).await?;
            match slowed {
                Ok(_) => Err(refused(error)),
                Err(slowed) => Err(Fault::Slowed(now.until(slowed.until).as_secs().max(1))),
            }
        }
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = said.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Signs what a grant is worth now. Nothing is written: a token of ours is verified by its signature and its grant.
fn sign(
    caller: &Caller,
    client: AuthenticatedClient<'_>,
    grant: &Grant,
    scope: Scope,
    nonce: Option<String>,
    refresh: Option<Secret<String>>,
) -> Result<TokenResponse, Fault> {
    let (house, now) = (&caller.house, caller.arrival.now);
    let tokens = &house.realm.tokens;
    let failed = |fault| Fault::server("a token could not be signed", fault);
    let jti = entropy::nonce(&*caller.app.entropy);
    let access = AccessToken::new(&house.issuer, grant, scope.clone(), jti, now, tokens.access_token);
    let access = house.keys.sign(client.access_token_algorithm, &access).map_err(failed)?;
    let id_token = if scope.contains(OPENID) {
        let at_hash = LeftHalf::of(client.id_token_algorithm, access.expose());
        let id_token = IdToken::new(&house.issuer, grant, nonce, at_hash, now, tokens.id_token);
        Some(house.keys.sign(client.id_token_algorithm, &id_token).map_err(failed)?)
    } else {
        None
    };
    Ok(TokenResponse::new(access, tokens.access_token, refresh, id_token, scope))
}

/// One answer for everything that is wrong with a code or a refresh token (SR-137).
const fn no_good() -> Fault {
    Fault::Client(Error::invalid_grant())
}
