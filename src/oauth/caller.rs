//! What every endpoint of the protocol knows of a request.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};

use super::fault::Fault;
use crate::app::App;
use crate::app::call::Call;
use crate::app::cookies::{self, Name};
use crate::app::trouble::Trouble;
use crate::authentication::session::BrowserSession;
use crate::protocol::client::Client;
use crate::protocol::issuer::Endpoint;
use crate::protocol::parameters::Parameters;
use crate::protocol::response::AuthorizationResponse;
use crate::secret::{Secret, SecretHash};
use crate::store::{StoreError, sessions};

/// Half of what the head of a request may have.
const LONGEST_QUERY: usize = 8 * 1024;

/// One request to an endpoint.
pub(crate) struct Caller(Call);

impl Deref for Caller {
    type Target = Call;
    fn deref(&self) -> &Call {
        &self.0
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        Ok(Self(Call::read(parts, app).await?))
    }
}

impl Caller {
    /// The live session of this browser with this realm.
    pub(crate) async fn session(&self) -> Result<Option<BrowserSession>, StoreError> {
        let Some(token) = self.cookie(Name::Session(&self.house.realm.name)) else { return Ok(None) };
        let (realm, now) = (&self.house.realm.name, self.arrival.now);
        sessions::by_token(&self.app.store.reads(), realm, &token.hash(), now).await
    }

    /// A cookie of this request.
    pub(crate) fn cookie(&self, name: Name<'_>) -> Option<Secret<String>> {
        cookies::read(&self.headers, name).map(Secret::new)
    }

    /// The browser's own cookie, or a new one and the header that sets it.
    pub(crate) fn browser_or_new(&self) -> (SecretHash, Option<String>) {
        if let Some(known) = self.cookie(Name::Browser) {
            return (known.hash(), None);
        }
        let token = crate::entropy::token(&*self.app.entropy);
        (token.hash(), Some(cookies::set(Name::Browser, token.expose(), None)))
    }

    /// A form that another site sends brings no cookie (SR-100): it goes on as a GET of the same endpoint, which does.
    /// One that is too long for an address is answered as it came.
    pub(crate) fn without_cookies(&self, endpoint: Endpoint, parameters: &Parameters) -> Option<Response> {
        let known = self.cookie(Name::Browser).or_else(|| self.cookie(Name::Session(&self.house.realm.name)));
        let query = parameters.encoded();
        let detour = known.is_none() && query.len() <= LONGEST_QUERY;
        detour.then(|| see_other(&format!("{}?{query}", self.house.issuer.endpoint(endpoint)), None))
    }

    /// Where an endpoint of this realm is found: below its issuer, and where certificates are asked for.
    pub(crate) fn addresses(&self, endpoint: Endpoint) -> Vec<String> {
        let issuers = [Some(&self.house.issuer), self.house.alias.as_ref()];
        issuers.into_iter().flatten().map(|issuer| issuer.endpoint(endpoint)).collect()
    }

    /// The relying party that `client_id` names.
    pub(crate) async fn client_named(&self, parameters: &Parameters) -> Result<Option<Arc<Client>>, StoreError> {
        // A repeated name is nobody's; who judges the request says so.
        match parameters.single("client_id").ok().flatten() {
            Some(id) => self.app.client(&self.house, id).await,
            None => Ok(None),
        }
    }

    /// Reads an ID token of ours, expired or not.
    pub(crate) fn id_token_hint(&self, token: &str) -> Option<crate::protocol::token::IdTokenHint> {
        self.house.keys.id_token_hint(token, &self.house.issuer, self.arrival.now)
    }
}

/// Signs a response where its mode wants that (JARM §2.1); any other is what it was.
pub(crate) fn signed(caller: &Caller, response: AuthorizationResponse) -> Result<AuthorizationResponse, Fault> {
    let AuthorizationResponse::Unsigned(unsigned) = response else { return Ok(response) };
    let jwt = caller.house.keys.sign(unsigned.algorithm(), &unsigned.claims(caller.arrival.now));
    let jwt = jwt.map_err(|fault| Fault::page("an answer could not be signed", fault))?;
    Ok(unsigned.signed(&jwt))
}

/// Sends the browser on, by 303 and never 307 (SR-110).
pub(crate) fn see_other(location: &str, cookie: Option<String>) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(location) = HeaderValue::from_str(location) {
        headers.insert(LOCATION, location);
    }
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        headers.append(SET_COOKIE, cookie);
    }
    response
}

/// Carries an authorization response to the client.
pub(crate) fn carry(caller: &Caller, response: AuthorizationResponse) -> Result<Response, Fault> {
    match signed(caller, response)? {
        AuthorizationResponse::Unsigned(_) => Err(Fault::page("an answer", "still has no signature")),
        AuthorizationResponse::Redirect(location) => Ok(see_other(&location, None)),
        AuthorizationResponse::FormPost { action, fields } => {
            Err(Fault::Person(Trouble::FormPost { action, fields, by_itself: true }))
        }
    }
}
