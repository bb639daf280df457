//! Who is signed in at the portal: in memory, found by a random cookie, a bounded number of them.
//!
//! A session sits behind a lock of its own, since a refresh token must be sent once: two tabs that sent the same one
//! would look like a theft to the provider (RFC 9700 §4.14.2).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openidconnect::core::CoreIdToken;
use openidconnect::{AccessToken, Nonce, RefreshToken, SubjectIdentifier};

use crate::clock::Timestamp;
use crate::secret::Secret;

/// How many people the portal remembers; past that, the one who came first must sign in again.
const MOST: usize = 500;

/// A person at the portal, with what the provider gave for them.
pub(super) struct Session {
    pub(super) subject: SubjectIdentifier,
    pub(super) nonce: Nonce,
    pub(super) id_token: CoreIdToken,
    pub(super) access_token: AccessToken,
    /// When the access token ends, by what the provider said.
    pub(super) expires: Option<Timestamp>,
    pub(super) refresh_token: Option<RefreshToken>,
    /// When they last answered their questions for this portal; spent by what asked for it.
    pub(super) answered: Option<Timestamp>,
    /// When each of their orders was validated here.
    pub(super) orders: Vec<Timestamp>,
}

/// A session that one request at a time may use.
pub(super) type Shared = Arc<tokio::sync::Mutex<Session>>;

/// All sessions by their cookie, each with its place in the order of arrival.
#[derive(Default)]
pub(super) struct Sessions(Mutex<Table>);

#[derive(Default)]
struct Table {
    arrivals: u64,
    by_key: HashMap<String, (u64, Shared)>,
}

impl Sessions {
    /// Keeps a session under its new key.
    pub(super) fn open(&self, key: &Secret<String>, session: Session) {
        let mut table = self.table();
        if table.by_key.len() >= MOST {
            let first = table.by_key.iter().min_by_key(|(_, (arrival, _))| *arrival).map(|(key, _)| key.clone());
            first.and_then(|key| table.by_key.remove(&key));
        }
        table.arrivals += 1;
        let arrival = table.arrivals;
        table.by_key.insert(key.expose().clone(), (arrival, Arc::new(tokio::sync::Mutex::new(session))));
    }

    /// The session of a cookie.
    pub(super) fn find(&self, key: &str) -> Option<Shared> {
        self.table().by_key.get(key).map(|(_, session)| Arc::clone(session))
    }

    /// Ends a session and hands it over a last time.
    pub(super) fn close(&self, key: &str) -> Option<Shared> {
        self.table().by_key.remove(key).map(|(_, session)| session)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            subject: SubjectIdentifier::new("marie".to_owned()),
            nonce: Nonce::new("n".to_owned()),
            id_token:
                "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwOi8vaSIsImF1ZCI6ImMiLCJleHAiOjEsImlhdCI6MSwic3ViIjoicyJ9.AA"
                    .parse()
                    .unwrap(),
            access_token: AccessToken::new("a".to_owned()),
            expires: None,
            refresh_token: None,
            answered: None,
            orders: Vec::new(),
        }
    }

    #[test]
    fn the_first_comer_leaves_when_the_house_is_full() {
        let sessions = Sessions::default();
        for number in 0..=MOST {
            sessions.open(&Secret::new(number.to_string()), session());
        }
        assert!(sessions.find("0").is_none());
        assert!(sessions.find("1").is_some() && sessions.find(&MOST.to_string()).is_some());
    }

    #[test]
    fn a_closed_session_is_gone() {
        let sessions = Sessions::default();
        sessions.open(&Secret::new("key".to_owned()), session());
        assert!(sessions.close("key").is_some());
        assert!(sessions.find("key").is_none() && sessions.close("key").is_none());
    }
}
