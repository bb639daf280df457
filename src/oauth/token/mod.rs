//! The token endpoint: `POST …/protocol/openid-connect/token` (RFC 6749 §3.2). A grant type is a file here.

mod client_credentials;
mod code;
mod device;
mod exchange;
mod jwt_bearer;
mod refresh;
mod signing;
mod told;

pub(super) use self::code::policy as refresh_policy;

use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};

use self::signing::Ask;
use super::caller::Caller;
use super::fault::Fault;
use super::from_client::FromClient;
use super::kept_by_nobody;
use super::possession::Possession;
use crate::app::possession::with_fresh_nonce;
use crate::protocol::client_authentication::AuthenticatedClient;
use crate::protocol::error::Error;
use crate::protocol::issuer::Endpoint;
use crate::protocol::token_request::TokenRequest;

/// `POST`
pub(crate) async fn endpoint(caller: Caller, body: Bytes) -> Response {
    let answer = answer(&caller, &body).await.into_response();
    with_fresh_nonce(&caller, answer)
}

async fn answer(caller: &Caller, body: &Bytes) -> Result<Response, Fault> {
    let asked = FromClient::read(caller, body).await?;
    let client = &asked.client;
    let shown = Possession::read(caller, client, Endpoint::Token).map_err(Fault::Client)?;
    let answer = match TokenRequest::read(&asked.parameters, client).map_err(Fault::Client)? {
        TokenRequest::AuthorizationCode(exchange) => {
            Json(code::redeem(caller, client, shown, &exchange).await?).into_response()
        }
        TokenRequest::RefreshToken(request) => {
            Json(refresh::refresh(caller, client, shown, &request).await?).into_response()
        }
        TokenRequest::DeviceCode(code) => Json(device::redeem(caller, client, shown, &code).await?).into_response(),
        request => for_services(caller, client, shown, request).await?,
    };
    Ok(kept_by_nobody(answer))
}

/// The grants for which no browser was asked: a client for itself, or for whom somebody else vouches.
async fn for_services(
    caller: &Caller,
    client: &AuthenticatedClient,
    shown: Possession,
    request: TokenRequest,
) -> Result<Response, Fault> {
    let sender = shown.spend_alone(caller).await?;
    let ask = Ask { caller, client, confirmation: sender.confirmation() };
    Ok(match request {
        TokenRequest::ClientCredentials(wish) => Json(client_credentials::issue(ask, &wish).await?).into_response(),
        TokenRequest::TokenExchange(request) => Json(exchange::exchange(ask, &request).await?).into_response(),
        TokenRequest::JwtBearer(request) => Json(jwt_bearer::redeem(ask, &request).await?).into_response(),
        TokenRequest::AuthorizationCode(_) | TokenRequest::RefreshToken(_) | TokenRequest::DeviceCode(_) => {
            return Err(no_good());
        }
    })
}

/// One answer for everything that is wrong with what is exchanged here (SR-137).
const fn no_good() -> Fault {
    Fault::Client(Error::invalid_grant())
}
