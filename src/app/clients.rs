//! Relying parties by name: those of the realm's files, held in its snapshot, and those that registered themselves,
//! read from the database each time so that a change counts at once on every node.
//!
//! What a registered client's file means is judged once for each of its versions, and kept with the snapshot of the
//! realm that it was judged against.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use url::Url;

use super::App;
use super::houses::House;
use crate::clock::{Timestamp, days};
use crate::protocol::client::{Client, ClientId};
use crate::realm::check::registered;
use crate::store::clients::RegisteredClient;
use crate::store::{Access, StoreError, clients};

/// Most registered clients of one realm that are held.
const MOST: usize = 1024;

/// Registered clients as they were judged, by name, each with its version.
#[derive(Default)]
pub(crate) struct Registered(Mutex<HashMap<String, (i64, Arc<Client>)>>);

impl Registered {
    fn find(&self, kept: &RegisteredClient) -> Option<Arc<Client>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = held.get(&kept.client_id).filter(|(version, _)| *version == kept.version);
        known.map(|(_, client)| Arc::clone(client))
    }

    /// When there is no place left, all make place: whoever is asked for comes back with the next request.
    fn hold(&self, kept: &RegisteredClient, client: Client) -> Arc<Client> {
        let client = Arc::new(client);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST {
            held.clear();
        }
        held.insert(kept.client_id.clone(), (kept.version, Arc::clone(&client)));
        client
    }
}

impl App {
    /// The relying party of that name in that realm.
    pub(crate) async fn client(&self, house: &House, client_id: &str) -> Result<Option<Arc<Client>>, StoreError> {
        Self::client_in(&self.store.reads(), house, client_id).await
    }

    /// The same, for whoever holds a transaction: a second connection could be one too many.
    pub(crate) async fn client_in(
        access: &impl Access,
        house: &House,
        client_id: &str,
    ) -> Result<Option<Arc<Client>>, StoreError> {
        if let Some(declared) = house.realm.client(client_id) {
            return Ok(Some(Arc::clone(declared)));
        }
        // Nobody is registered under a name that no file could have; some of them no database could look up.
        if !ClientId::is_fit(client_id) {
            return Ok(None);
        }
        let kept = clients::by_id(access, &house.realm.name, client_id).await?;
        Ok(kept.and_then(|kept| judged(house, &kept)))
    }

    /// The relying parties of that realm that registered that origin for their pages (SR-121).
    pub(crate) async fn clients_at(&self, house: &House, origin: &str) -> Result<Vec<Arc<Client>>, StoreError> {
        let is_origin = |text: &str| Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text);
        let mentioned = if is_origin(origin) {
            clients::mentioning(&self.store.reads(), &house.realm.name, origin).await?
        } else {
            Vec::new()
        };
        let registered = mentioned.iter().filter_map(|kept| judged(house, kept));
        let all = house.realm.clients.iter().cloned().chain(registered);
        Ok(all.filter(|client| client.web_origins.contains(origin)).collect())
    }

    /// Notes once a day that a registered client proved itself: those that nobody uses go.
    pub(crate) async fn note_use(&self, house: &House, client: &Client, now: Timestamp) -> Result<(), StoreError> {
        let (realm, id) = (&house.realm, client.client_id.as_str());
        if realm.client(id).is_some() {
            return Ok(());
        }
        let Some(kept) = clients::by_id(&self.store.reads(), &realm.name, id).await? else { return Ok(()) };
        if now.since(kept.used_at) >= days(1) {
            let tx = self.store.begin().await?;
            clients::touch(&tx, &realm.name, id, kept.used_at, now).await?;
            tx.commit_housekeeping().await?;
        }
        Ok(())
    }
}

/// The client that a kept registration is. A document that an older binary took and this one does not: nobody's
/// client, rather than half of one.
pub(crate) fn judged(house: &House, kept: &RegisteredClient) -> Option<Arc<Client>> {
    if let Some(known) = house.registered.find(kept) {
        return Some(known);
    }
    match registered(&kept.client_id, &kept.document, house.realm.askable()) {
        Ok(client) => Some(house.registered.hold(kept, client)),
        Err(findings) => {
            let realm = &house.realm.name;
            tracing::error!(%realm, client_id = kept.client_id, %findings, "a registered client no longer passes");
            None
        }
    }
}
