//! `session_state`: how a client's page asks whether somebody else is signed in by now, without asking us
//! (OpenID Connect Session Management 1.0 §2, §3).
//!
//! The browser keeps the state of its session with the realm in a cookie that scripts of our own frame read. It is a
//! hash of the session's `sid`: it says nothing, opens nothing, and changes with the session. `session_state` is a salted
//! hash of it for one client at one origin, so that two clients cannot compare what they have.
//!
//! The other half of these rules is `oauth/check_session.js`.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use url::Url;

use super::client::ClientId;
use crate::ids::SessionId;

/// The state of a browser's session with a realm (§3.2 calls it "OP browser state").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BrowserState(String);

impl BrowserState {
    /// The state while that session is open.
    pub(crate) fn of(session: SessionId) -> Self {
        Self(digest(&format!("guichet browser state {session}")))
    }

    /// The value of the cookie.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// `session_state` for a client at the origin of its redirect address; `None` where there is no such origin, since
    /// an application with a scheme of its own has no page that could ask.
    pub(crate) fn session_state(&self, client_id: &ClientId, redirect_uri: &str, salt: &str) -> Option<String> {
        let origin = Url::parse(redirect_uri).ok()?.origin();
        let origin = origin.is_tuple().then(|| origin.ascii_serialization())?;
        let Self(state) = self;
        Some(format!("{}.{salt}", digest(&format!("{client_id} {origin} {state} {salt}"))))
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(n: u8) -> BrowserState {
        BrowserState::of(format!("01900000-0000-7000-8000-0000000000{n:02}").parse().unwrap())
    }

    #[test]
    fn a_session_state_is_for_one_client_at_one_origin_in_one_session() {
        let (portal, shop) = (ClientId::new("portal"), ClientId::new("shop"));
        let here = state(1).session_state(&portal, "https://rp.example/cb?x=1", "salt").unwrap();
        assert_eq!(state(1).session_state(&portal, "https://rp.example:443/other", "salt").as_ref(), Some(&here));
        for other in [
            state(1).session_state(&portal, "https://rp.example:8443/cb", "salt"),
            state(1).session_state(&portal, "http://127.0.0.1:3000/cb", "salt"),
            state(1).session_state(&portal, "https://rp.example/cb", "pepper"),
            state(1).session_state(&shop, "https://rp.example/cb", "salt"),
            state(2).session_state(&portal, "https://rp.example/cb", "salt"),
        ] {
            assert_ne!(other.unwrap(), here);
        }
        assert_eq!(state(1).session_state(&portal, "com.example.app:/cb", "salt"), None);
    }

    #[test]
    fn the_hash_is_what_anybody_computes_who_follows_the_specification() {
        // FIPS 180-2, appendix B.1, for the digest; Session Management §3.2 for what goes into it.
        let state = state(1);
        let expected = digest(&format!("portal https://rp.example {} salt", state.as_str()));
        let portal = ClientId::new("portal");
        assert_eq!(state.session_state(&portal, "https://rp.example/cb", "salt"), Some(format!("{expected}.salt")));
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(!expected.contains(' ') && state.as_str().len() == 64);
    }
}
