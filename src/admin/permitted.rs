//! Who may come in, and for what: an access token by which a client speaks for itself, for this very API, with the scope
//! of the right that a handler names (RFC 6750, RFC 9068 §4, SR-183, SR-186).
//!
//! The API is a resource that the realm declares (`[[resources]]`, its address as `uri`) and that the client registered: a
//! realm that declares none has nobody who may come. Rights are read with each request: a client that was taken out of
//! the files, or a token that was revoked, opens nothing from then on (SR-185).

use std::marker::PhantomData;
use std::sync::Arc;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use http::request::Parts;
use serde::Serialize;

use super::problem::Problem;
use crate::app::App;
use crate::app::bearer::{NotTaken, PresentedAccessToken, Resource};
use crate::app::call::Call;
use crate::app::possession::with_fresh_nonce;
use crate::protocol::client::Client;
use crate::protocol::issuer::Issuer;

/// What a handler lets happen.
pub(super) trait Right: Send + Sync {
    /// The scope that stands for it.
    const SCOPE: &'static str;
}

/// To read organisations, who belongs to them, and whom they name.
pub(super) struct ReadOrganisations;

impl Right for ReadOrganisations {
    const SCOPE: &'static str = "organizations:read";
}

/// To verify and to revoke what people say they are.
pub(super) struct VerifyRoles;

impl Right for VerifyRoles {
    const SCOPE: &'static str = "roles:verify";
}

/// A request of a client that has that right.
pub(super) struct Permitted<R> {
    /// The request.
    pub(super) call: Call,
    /// Whose it is.
    pub(super) client: Arc<Client>,
    right: PhantomData<R>,
}

impl<R: Right> FromRequestParts<Arc<App>> for Permitted<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let call = Call::read(parts, app).await?;
        match admit::<R>(&call).await {
            Ok(client) => Ok(Self { call, client, right: PhantomData }),
            Err(NotTaken::Ours(error)) => Err(error.into()),
            Err(NotTaken::Denied(denial)) => {
                Err(Problem::Denied(Box::new(with_fresh_nonce(&call, denial.into_response()))))
            }
        }
    }
}

async fn admit<R: Right>(call: &Call) -> Result<Arc<Client>, NotTaken> {
    let audience = call.house.issuer.administration();
    let below = call.path.strip_prefix(&format!("/admin/realms/{}", call.house.realm.name)).unwrap_or_default();
    let roots = [Some(audience.clone()), call.house.alias.as_ref().map(Issuer::administration)];
    let addresses = roots.into_iter().flatten().map(|root| format!("{root}{below}")).collect();
    let resource = Resource { audience: &audience, addresses };
    let token = PresentedAccessToken::read(call, None, &resource).await?;
    token.of_client_within(R::SCOPE)?;
    Ok(token.client)
}

impl<R> Permitted<R> {
    /// What is answered: kept by nobody, with the nonce for the next proof.
    pub(super) fn answer(&self, told: &impl Serialize) -> Response {
        let mut answer = Json(told).into_response();
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        with_fresh_nonce(&self.call, answer)
    }
}
