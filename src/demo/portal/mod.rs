//! The demo order portal: a relying party of its own, on its own port, in its own look.
//!
//! It stands for the portals that will trust us, so it knows only what any of them would: the issuer, a client
//! identifier and a secret. Discovery, the code exchange and every check of the ID token are those of the
//! `openidconnect` crate, unmodified. It holds no account: a person is what the provider says of them.

mod certificates;
mod home;
mod http_client;
mod login;
mod order;
mod organisation;
mod pages;
mod provider;
mod session;
mod visitor;
mod words;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::identity::language::Localized;
use crate::secret::Secret;

use provider::Provider;
use session::Sessions;

/// What a portal is told about itself and about the provider that it trusts.
#[derive(Clone)]
pub struct Settings {
    /// The provider, as it names itself in its tokens.
    pub issuer: String,
    /// What the operator of the realm named this portal.
    pub client_id: String,
    /// The secret it authenticates with (`client_secret_basic`).
    pub client_secret: Secret<String>,
    /// Where browsers reach it, without a final slash. Registered with the provider: `{base_url}/callback` as
    /// redirect address, `{base_url}/` as address after sign-out.
    pub base_url: String,
    /// The name on its pages.
    pub name: Localized,
    /// What it offers.
    pub offer: Offer,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Where its tokens come from.
    pub entropy: Arc<dyn Entropy>,
}

/// What a portal offers, after the seeds' own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// *Accueil*: what waits, what was issued, what ends soon. People sign in from the front page.
    Overview,
    /// The same, for whoever acts for an organisation: which one, and with which roles, declared or verified. A
    /// certificate was issued, whose code is behind their questions.
    Organisations,
    /// An order, which cannot be validated without an account: people sign in from inside it.
    Orders,
}

/// The portal as its pages see it.
struct Portal {
    settings: Settings,
    provider: Provider,
    sessions: Sessions,
}

impl Portal {
    /// Where somebody who is signed in begins.
    const fn home(&self) -> &'static str {
        match self.settings.offer {
            Offer::Overview | Offer::Organisations => "/home",
            Offer::Orders => "/requests",
        }
    }

    /// What its cookies are called: ports of one host share their cookies, portals must not.
    fn cookie_name(&self, purpose: &str) -> String {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let client: String = self.settings.client_id.chars().map(letter).collect();
        format!("{client}-{purpose}")
    }
}

/// The portal's pages. The provider need not run yet: it is asked when the first person signs in.
///
/// # Errors
/// When the issuer or the base address is no URL.
pub fn router(settings: Settings) -> anyhow::Result<Router> {
    let provider = Provider::new(&settings)?;
    let portal = Arc::new(Portal { settings, provider, sessions: Sessions::default() });
    Ok(Router::new()
        .route("/", get(home::front))
        .route("/order", get(order::page))
        .route("/order/validate", get(order::validate))
        .route("/sign-in", get(login::sign_in))
        .route("/sign-in/organisation", get(login::choose_organisation))
        .route("/register", get(login::register))
        .route("/callback", get(login::callback))
        .route("/home", get(home::home))
        .route("/requests", get(home::requests))
        .route("/drivers", get(home::drivers))
        .route("/certificates", get(home::certificates))
        .route("/certificates/code", get(certificates::code))
        .route("/certificates/code/answer", get(certificates::answer))
        .route("/account", get(home::account))
        .route("/expiries", get(home::expiries))
        .route("/sign-out", post(home::sign_out))
        .route("/portal.css", get(stylesheet))
        .fallback(home::not_found)
        .layer(map_response(guard))
        .with_state(portal))
}

async fn stylesheet() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("portal.css")).into_response()
}

/// Nothing is kept by caches, framed, or loaded from elsewhere. No `form-action`: signing out ends at the provider.
async fn guard(mut response: Response) -> Response {
    const CSP: &str = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'";
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
