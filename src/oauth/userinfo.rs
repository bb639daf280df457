//! `GET`, `POST …/protocol/openid-connect/userinfo` (OpenID Connect Core §5.3): what the access token's scopes tell.
//!
//! Whether the token is taken is for [`bearer`] to say.

use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;

use super::bearer::{self, PresentedAccessToken};
use super::caller::Caller;
use super::fault::Fault;
use crate::protocol::claims::{Person, UserInfo};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::issuer::Endpoint;
use crate::protocol::parameters::Parameters;
use crate::protocol::scope::OPENID;
use crate::store::users;

/// `GET`
pub(crate) async fn by_get(caller: Caller) -> Response {
    let answer = tell(&caller, None).await;
    bearer::answered(&caller, answer)
}

/// `POST`
pub(crate) async fn by_post(caller: Caller, body: Bytes) -> Response {
    let answer = match in_form(&body) {
        Ok(token) => tell(&caller, token.as_deref()).await,
        Err(error) => Err(Fault::Client(error)),
    };
    bearer::answered(&caller, answer)
}

/// RFC 6750 §2.2.
fn in_form(body: &Bytes) -> Result<Option<String>, Error> {
    let parameters = Parameters::parse(body)?;
    Ok(parameters.single("access_token")?.map(str::to_owned))
}

async fn tell(caller: &Caller, in_body: Option<&str>) -> Result<Response, Fault> {
    let token = PresentedAccessToken::read(caller, in_body, Endpoint::UserInfo).await?;
    let user = token.person_within(OPENID)?;
    // The grant stood a moment ago, and an account goes with all that it gave.
    let gone = || Fault::Client(Error::new(ErrorCode::InvalidToken, "the access token is not valid"));
    let user = users::by_id(&caller.app.store.reads(), user).await?.ok_or_else(gone)?;
    let person = Person {
        subject: token.claims.subject(),
        given_name: Some(user.first_name.as_str()),
        family_name: Some(user.last_name.as_str()),
        preferred_username: user.email.as_str(),
        locale: Some(user.language),
        updated_at: user.updated_at,
        email: Some(user.email.as_str()),
        email_verified: user.email_verified_at.is_some(),
    };
    let mut response = Json(UserInfo::new(token.claims.scope(), &person)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
