//! RP-initiated logout: what a client asks, and whether we act at once, ask the person, or refuse
//! (OpenID Connect RP-Initiated Logout 1.0 §2, §3, §6).
//!
//! Only an ID token of the very session that is to end lets a client end it without a question (SR-165): a link, a
//! frame or a forged form has none (SR-167). A refusal is a page of ours and never a redirect.

use super::client::{Client, ClientId};
use super::parameters::{ParameterFault, Parameters};
use super::request::ui_locales;
use super::response::with_query;
use super::token::IdTokenHint;
use crate::identity::language::Language;
use crate::ids::{RealmName, SessionId};

/// A logout request that is sound: what it asks, and how we go about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LogoutRequest {
    /// The relying party, when it said who it is.
    pub(crate) client_id: Option<ClientId>,
    /// Where the browser goes afterwards; otherwise a page of ours says that it is done.
    pub(crate) destination: Option<String>,
    /// The languages asked for, those we speak.
    pub(crate) ui_locales: Vec<Language>,
    /// Whether a question comes first.
    pub(crate) conduct: Conduct,
}

impl LogoutRequest {
    /// Our page that says it is done, with what it needs of the request: whose way back, and in which language.
    pub(crate) fn goodbye(&self, realm: &RealmName) -> String {
        let client = self.client_id.iter().map(|client| ("client_id", client.to_string()));
        let spoken: Vec<_> = self.ui_locales.iter().map(|language| language.tag()).collect();
        let locales = (!spoken.is_empty()).then(|| ("ui_locales", spoken.join(" ")));
        with_query(&format!("/realms/{realm}/signed-out"), &client.chain(locales).collect::<Vec<_>>())
    }
}

/// The language that a request prefers of those that we speak.
pub(crate) fn language(parameters: &Parameters) -> Option<Language> {
    ui_locales::check(parameters).ok()?.first().copied()
}

/// Whether a question comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conduct {
    /// End that session at once.
    Act(SessionId),
    /// Ask the person first: the session may not be the one that the client means.
    Ask(SessionId),
    /// Nobody is signed in in this browser: nothing is left to end.
    AlreadyDone,
}

/// Why a logout request is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LogoutRefusal {
    /// The parameters could not be read.
    #[error("unreadable parameters: {0}")]
    Unreadable(#[from] ParameterFault),
    /// Not an ID token of ours.
    #[error("id_token_hint is not an ID token of this issuer")]
    HintInvalid,
    /// No relying party of that name, or another than the hint's (§2: "the OP MUST verify that" they match).
    #[error("client_id is unknown or is not the audience of id_token_hint")]
    ClientMismatch,
    /// An address, and nothing that says whose (§3).
    #[error("post_logout_redirect_uri needs id_token_hint or client_id")]
    ClientMissing,
    /// Not one of those the client registered.
    #[error("post_logout_redirect_uri is not registered")]
    RedirectUriMismatch,
}

/// A logout request as far as it can be read before the relying party is known.
pub(crate) struct Asked {
    hint: Option<IdTokenHint>,
    client_id: Option<String>,
}

/// Reads who asks; `verify` reads an ID token of ours, expired or not.
pub(crate) fn read(
    parameters: &Parameters,
    verify: &dyn Fn(&str) -> Option<IdTokenHint>,
) -> Result<Asked, LogoutRefusal> {
    parameters.none_repeated()?;
    let presented = parameters.single("id_token_hint")?;
    let hint = presented.map(|token| verify(token).ok_or(LogoutRefusal::HintInvalid)).transpose()?;
    let hinted = hint.as_ref().map(|hint| hint.client_id.as_str());
    let named = parameters.single("client_id")?;
    if named.is_some() && hinted.is_some() && named != hinted {
        return Err(LogoutRefusal::ClientMismatch);
    }
    let client_id = named.or(hinted).map(str::to_owned);
    Ok(Asked { hint, client_id })
}

impl Asked {
    /// The relying party that `client_id` and the hint agree on.
    pub(crate) fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// Judges the request of a browser whose session is `current`; `client` is what the house knows under that name.
    pub(crate) fn judge(
        &self,
        parameters: &Parameters,
        client: Option<&Client>,
        current: Option<SessionId>,
    ) -> Result<LogoutRequest, LogoutRefusal> {
        if self.client_id.is_some() && client.is_none() {
            return Err(LogoutRefusal::ClientMismatch);
        }
        Ok(LogoutRequest {
            client_id: client.map(|client| client.client_id.clone()),
            destination: destination(parameters, client)?,
            ui_locales: ui_locales::check(parameters)?,
            conduct: match current {
                None => Conduct::AlreadyDone,
                Some(session) if self.hint.as_ref().is_some_and(|hint| hint.session == Some(session)) => {
                    Conduct::Act(session)
                }
                Some(session) => Conduct::Ask(session),
            },
        })
    }
}

/// The registered address, compared as text, with the unchanged `state` and nothing else (§3).
fn destination(parameters: &Parameters, client: Option<&Client>) -> Result<Option<String>, LogoutRefusal> {
    let Some(presented) = parameters.single("post_logout_redirect_uri")? else { return Ok(None) };
    let client = client.ok_or(LogoutRefusal::ClientMissing)?;
    if !client.post_logout_redirect_uris.iter().any(|registered| registered == presented) {
        return Err(LogoutRefusal::RedirectUriMismatch);
    }
    let state: Vec<_> = parameters.single("state")?.map(|state| ("state", state.to_owned())).into_iter().collect();
    Ok(Some(with_query(presented, &state)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::tests::public;

    const BYE: &str = "post_logout_redirect_uri=https%3A%2F%2Frp.example%2Fbye%3Fy%3D1";

    fn session(n: u8) -> SessionId {
        format!("01900000-0000-7000-8000-0000000000{n:02}").parse().unwrap()
    }

    /// Hints are written `client/session`.
    fn asked(query: &str, current: Option<SessionId>) -> Result<LogoutRequest, LogoutRefusal> {
        let verify = |token: &str| {
            let (client_id, n) = token.split_once('/')?;
            let user: crate::ids::UserId = "01900000-0000-7000-8000-000000000001".parse().ok()?;
            let session = Some(session(n.parse().ok()?));
            Some(IdTokenHint { client_id: ClientId::new(client_id), subject: user.into(), session })
        };
        let parameters = Parameters::parse(query.as_bytes()).unwrap();
        let asked = read(&parameters, &verify)?;
        let clients = [public("portal"), public("other")];
        let client = clients.iter().find(|client| Some(client.client_id.as_str()) == asked.client_id());
        asked.judge(&parameters, client, current)
    }

    #[test]
    fn sr_165_only_a_hint_of_the_current_session_acts_without_a_question() {
        for (query, current, conduct) in [
            ("id_token_hint=portal/1", Some(1), Conduct::Act(session(1))),
            ("id_token_hint=portal/1&client_id=portal", Some(1), Conduct::Act(session(1))),
            ("id_token_hint=portal/2", Some(1), Conduct::Ask(session(1))),
            ("client_id=portal", Some(1), Conduct::Ask(session(1))),
            ("state=x", Some(1), Conduct::Ask(session(1))),
            ("", Some(1), Conduct::Ask(session(1))),
            ("id_token_hint=portal/1", None, Conduct::AlreadyDone),
            ("", None, Conduct::AlreadyDone),
        ] {
            let answer = asked(query, current.map(session)).unwrap();
            assert_eq!((answer.conduct, answer.destination), (conduct, None), "{query}");
        }
    }

    #[test]
    fn sr_165_the_address_is_exact_and_goes_back_with_state_alone() {
        let state = "s".repeat(128);
        for (query, destination) in [
            (format!("{BYE}&id_token_hint=portal/1"), "https://rp.example/bye?y=1".to_owned()),
            (format!("{BYE}&client_id=portal&state={state}"), format!("https://rp.example/bye?y=1&state={state}")),
            (format!("{BYE}&client_id=portal&extra=1&ui_locales=fr"), "https://rp.example/bye?y=1".to_owned()),
        ] {
            assert_eq!(asked(&query, Some(session(1))).unwrap().destination, Some(destination), "{query}");
        }
    }

    #[test]
    fn the_goodbye_knows_whose_way_back_leads_where_and_in_which_language() {
        for (query, page) in [
            ("", "/realms/certinomis/signed-out"),
            ("client_id=portal&ui_locales=de", "/realms/certinomis/signed-out?client_id=portal"),
            ("id_token_hint=portal/1", "/realms/certinomis/signed-out?client_id=portal"),
            ("state=x&ui_locales=de en fr en", "/realms/certinomis/signed-out?ui_locales=en+fr"),
        ] {
            let query = query.replace(' ', "+");
            assert_eq!(asked(&query, None).unwrap().goodbye(&"certinomis".parse().unwrap()), page, "{query}");
        }
    }

    #[test]
    fn sr_165_everything_else_is_refused() {
        for (query, refusal) in [
            (BYE.to_owned(), LogoutRefusal::ClientMissing),
            (format!("{BYE}%262&client_id=portal"), LogoutRefusal::RedirectUriMismatch),
            (format!("{BYE}&client_id=unknown"), LogoutRefusal::ClientMismatch),
            (format!("{BYE}&client_id=other&id_token_hint=portal/1"), LogoutRefusal::ClientMismatch),
            (format!("{BYE}&id_token_hint=unknown/1"), LogoutRefusal::ClientMismatch),
            (format!("{BYE}&id_token_hint=forged"), LogoutRefusal::HintInvalid),
            (format!("{BYE}&{BYE}&client_id=portal"), LogoutRefusal::Unreadable(ParameterFault::Repeated)),
        ] {
            assert_eq!(asked(&query, Some(session(1))), Err(refusal), "{query}");
        }
    }
}
