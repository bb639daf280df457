//! The documents that clients point to, as doors ask for them: kept, asked for once at a time, and not too often.
//!
//! SR-170: whoever asks cannot tell a port that is closed from one that does not answer. There is one error, and the
//! first time it is told, it is told when the time of a request is over, however early it was known; after that it is
//! remembered. Only the cause in the log knows more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use prometheus_client::registry::Registry;
use tokio::sync::Mutex as Gate;
use url::Url;

use super::pace::Pace;
use super::shelf::{Key, Shelf};
use super::{Document, Outbound, Purpose, Unreachable};
use crate::clock::{Duration, Timestamp};

/// Which document, for whom, and when.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The client that registered the address: its share of our work is used, and its copy is kept.
    pub client: &'a str,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it is.
    pub address: &'a str,
    /// The present.
    pub now: Timestamp,
}

/// Documents of clients.
pub struct Documents {
    outbound: Outbound,
    shelf: Mutex<Shelf>,
    pace: Mutex<Pace>,
    gates: Mutex<HashMap<Key, Weak<Gate<()>>>>,
}

impl Documents {
    /// An empty shelf in front of that client.
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, shelf: Mutex::default(), pace: Mutex::default(), gates: Mutex::default() }
    }

    /// The client itself, for what is posted.
    pub fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// Shows the figures.
    pub fn register(&self, registry: &mut Registry) {
        self.outbound.register(registry);
    }

    /// The document, from the shelf as long as it is good there.
    pub async fn get(&self, wanted: Wanted<'_>) -> Result<Document, Unreachable> {
        let key = wanted.key();
        if let Some(known) = lock(&self.shelf).find(&key, wanted.now) {
            return known;
        }
        let gate = self.gate(&key);
        let _one_at_a_time = gate.lock().await;
        let known = lock(&self.shelf).find(&key, wanted.now);
        match known {
            Some(known) => known,
            None => self.fetch(&key, wanted).await,
        }
    }

    /// The document anew, because what was kept lacks something, such as a key that a signature names. Whoever makes up
    /// such names achieves one request in the cool-down, and takes no good document away.
    pub async fn refetch(&self, wanted: Wanted<'_>) -> Result<Document, Unreachable> {
        let key = wanted.key();
        let gate = self.gate(&key);
        let _one_at_a_time = gate.lock().await;
        let known = {
            let mut kept = lock(&self.shelf);
            if kept.was_asked_lately(&key, wanted.now) { kept.find(&key, wanted.now) } else { None }
        };
        match known {
            Some(known) => known,
            None => self.fetch(&key, wanted).await,
        }
    }

    async fn fetch(&self, key: &Key, wanted: Wanted<'_>) -> Result<Document, Unreachable> {
        if !lock(&self.pace).take(wanted.client, wanted.now) {
            tracing::warn!(client = wanted.client, purpose = wanted.purpose.label(), "a client makes us ask too often");
            return Err(Unreachable);
        }
        let told = tokio::time::sleep(self.outbound.time);
        let fetched = self.outbound.get(wanted.purpose, wanted.address).await;
        if let Ok(document) = fetched {
            lock(&self.shelf).keep(key, document.clone(), wanted.lifetime(document.bytes()), wanted.now);
            return Ok(document);
        }
        told.await;
        let mut kept = lock(&self.shelf);
        kept.fail(key, wanted.now);
        kept.find(key, wanted.now).unwrap_or(Err(Unreachable))
    }

    /// The gate before that document. It lives as long as somebody holds or awaits it.
    fn gate(&self, key: &Key) -> Arc<Gate<()>> {
        let mut gates = lock(&self.gates);
        if let Some(gate) = gates.get(key).and_then(Weak::upgrade) {
            return gate;
        }
        gates.retain(|_, gate| gate.strong_count() > 0);
        let gate = Arc::default();
        gates.insert(key.clone(), Arc::downgrade(&gate));
        gate
    }
}

impl Wanted<'_> {
    fn key(&self) -> Key {
        Key { client: self.client.to_owned(), purpose: self.purpose, address: self.address.to_owned() }
    }

    fn lifetime(&self, body: &[u8]) -> Duration {
        let address = Url::parse(self.address).ok();
        self.purpose.lifetime(address.as_ref().and_then(Url::fragment), body)
    }
}

/// Nobody panics while holding one of these; if somebody did, what they hold is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
