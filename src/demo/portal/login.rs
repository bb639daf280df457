//! The way to the provider and back (RFC 6749 §4.1, RFC 7636, RFC 9207).
//!
//! What a sign-in under way must remember stays with the browser that began it, in a cookie named after its `state`:
//! an answer that another browser asked for finds no cookie, several tabs do not disturb each other, and a restart
//! of the portal loses nobody.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};

use super::Portal;
use super::pages::{self, Trouble};
use super::provider::{Failure, Secrets};
use super::visitor::{Visitor, forget, keep};
use crate::clock::hours;
use crate::entropy;

/// Sign-ins one browser may leave unfinished; the next one forgets them all.
const MOST_UNFINISHED: usize = 5;

/// What a visitor is on the way to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Towards {
    /// Their own pages.
    Home,
    /// An account, and then their own pages.
    Registration,
    /// Their own pages, for another organisation than before.
    AnotherOrganisation,
    /// The validation of an order.
    Order,
    /// The code of a certificate, which is behind their questions.
    WithdrawalCode,
}

impl Towards {
    /// How the browser remembers it, where the way back depends on it.
    const fn kept(self) -> &'static str {
        match self {
            Self::Home | Self::Registration | Self::AnotherOrganisation => "",
            Self::Order => "order",
            Self::WithdrawalCode => "code",
        }
    }

    fn from_kept(kept: &str) -> Self {
        [Self::Order, Self::WithdrawalCode].into_iter().find(|towards| towards.kept() == kept).unwrap_or(Self::Home)
    }
}

/// `GET /sign-in`
pub(super) async fn sign_in(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    leave(&portal, &visitor, Towards::Home).await
}

/// `GET /register`
pub(super) async fn register(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    leave(&portal, &visitor, Towards::Registration).await
}

/// `GET /sign-in/organisation`
pub(super) async fn choose_organisation(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    leave(&portal, &visitor, Towards::AnotherOrganisation).await
}

/// Sends the browser to the provider.
pub(super) async fn leave(portal: &Portal, visitor: &Visitor, towards: Towards) -> Response {
    let entropy = portal.settings.entropy.as_ref();
    let secrets = Secrets {
        state: entropy::nonce(entropy),
        nonce: entropy::nonce(entropy),
        verifier: entropy::token(entropy).expose().clone(),
    };
    let address = match portal.provider.authorization_url(&secrets, visitor.language, towards).await {
        Ok(address) => address,
        Err(failure) => return failed(portal, visitor, &failure),
    };
    let begun = portal.cookie_name("login-");
    let mut cookies = Vec::new();
    let unfinished = visitor.cookies_named(&begun);
    if unfinished.len() >= MOST_UNFINISHED {
        cookies.extend(unfinished.into_iter().map(|name| forget(portal, name.to_owned())));
    }
    let kept = format!("{}.{}.{}", secrets.nonce, secrets.verifier, towards.kept());
    cookies.push(keep(portal, format!("{begun}{}", secrets.state), kept, Some(hours(24))));
    (with(cookies), Redirect::to(address.as_str())).into_response()
}

/// `GET /callback`
pub(super) async fn callback(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let session_cookie = portal.cookie_name("session");
    let answered = read_answer(&portal, &visitor);
    let Some((cookie, answer)) = answered else {
        // Back or reload after the sign-in: the answer was used, the session is there.
        return match visitor.cookie(&session_cookie).and_then(|key| portal.sessions.find(key)) {
            Some(_) => Redirect::to(portal.home()).into_response(),
            None => pages::trouble(&portal, &visitor, &Trouble::Stray),
        };
    };
    let spent = with(vec![forget(&portal, cookie)]);
    let (code, secrets, towards) = match answer {
        Answer::Code { code, secrets, towards } => (code, secrets, towards),
        Answer::Refused { error, towards } => {
            return (spent, pages::trouble(&portal, &visitor, &refusal(error, towards))).into_response();
        }
    };
    match portal.provider.redeem(&code, secrets, towards).await {
        Ok(mut session) => {
            let now = portal.settings.clock.now();
            session.orders.extend((towards == Towards::Order).then_some(now));
            session.answered = (towards == Towards::WithdrawalCode).then_some(now);
            let key = entropy::token(portal.settings.entropy.as_ref());
            if let Some(before) = visitor.cookie(&session_cookie) {
                portal.sessions.close(before);
            }
            portal.sessions.open(&key, session);
            let entered = keep(&portal, session_cookie, key.expose().clone(), None);
            let next = match towards {
                Towards::Order => "/requests",
                Towards::WithdrawalCode => "/certificates/code",
                _ => portal.home(),
            };
            (spent, with(vec![entered]), Redirect::to(next)).into_response()
        }
        Err(failure) => (spent, failed(&portal, &visitor, &failure)).into_response(),
    }
}

/// What the provider's answer says, once it is known to answer this browser.
enum Answer {
    Code { code: String, secrets: Secrets, towards: Towards },
    Refused { error: String, towards: Towards },
}

/// The answer and the cookie it spends; `None` for one that nobody here asked for, or that names another issuer.
fn read_answer(portal: &Portal, visitor: &Visitor) -> Option<(String, Answer)> {
    let state = visitor.parameter("state")?;
    let cookie = format!("{}{state}", portal.cookie_name("login-"));
    let (nonce, rest) = visitor.cookie(&cookie)?.split_once('.')?;
    let (verifier, kept) = rest.split_once('.')?;
    let towards = Towards::from_kept(kept);
    // RFC 9207 §2.4: an answer from another provider is rejected, errors included.
    if !portal.provider.is_issuer(visitor.parameter("iss")?) {
        return None;
    }
    let answer = match visitor.parameter("error") {
        Some(error) => Answer::Refused { error: error.to_owned(), towards },
        None => Answer::Code {
            code: visitor.parameter("code")?.to_owned(),
            secrets: Secrets { state: state.to_owned(), nonce: nonce.to_owned(), verifier: verifier.to_owned() },
            towards,
        },
    };
    Some((cookie, answer))
}

fn refusal(error: String, towards: Towards) -> Trouble {
    match (error.as_str(), towards) {
        ("access_denied", _) => Trouble::Declined,
        // OpenID Connect Unmet Authentication Requirements 1.0 §2.
        ("unmet_authentication_requirements", Towards::WithdrawalCode) => Trouble::Unanswered,
        _ => Trouble::Refused { error },
    }
}

/// The page of a failure between portal and provider; the cause is for the log.
pub(super) fn failed(portal: &Portal, visitor: &Visitor, failure: &Failure) -> Response {
    tracing::warn!(client_id = portal.settings.client_id, %failure, "sign-in failed at the demo portal");
    let trouble = match failure {
        Failure::Unreachable(_) => Trouble::Unreachable,
        Failure::Ended(_) => Trouble::Stray,
        Failure::Untrusted(_) => Trouble::Untrusted,
    };
    pages::trouble(portal, visitor, &trouble)
}

/// Cookies as headers.
pub(super) fn with(cookies: Vec<String>) -> AppendHeaders<Vec<(header::HeaderName, String)>> {
    AppendHeaders(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect())
}
