//! Relying parties by name: those of the realm's files, held in its snapshot, and those that registered themselves,
//! read from the database each time so that a change counts at once on every node.

use std::sync::Arc;

use url::Url;

use super::App;
use super::houses::House;
use crate::protocol::client::{Client, ClientId};
use crate::realm::check::registered;
use crate::store::{Access, StoreError, clients};

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
        let realm = &house.realm;
        if let Some(declared) = realm.client(client_id) {
            return Ok(Some(Arc::clone(declared)));
        }
        // Nobody is registered under a name that no file could have; some of them no database could look up.
        if !ClientId::is_fit(client_id) {
            return Ok(None);
        }
        let Some(kept) = clients::by_id(access, &realm.name, client_id).await? else { return Ok(None) };
        // A document that an older binary took and this one does not: nobody's client, rather than half of one.
        let client = registered(client_id, &kept.document, &realm.resources);
        if let Err(findings) = &client {
            tracing::error!(realm = %realm.name, client_id, %findings, "a registered client no longer passes");
        }
        Ok(client.ok().map(Arc::new))
    }

    /// Whether some relying party of that realm registered that origin for its pages (SR-121).
    pub(crate) async fn knows_origin(&self, house: &House, origin: &str) -> Result<bool, StoreError> {
        let realm = &house.realm;
        if realm.clients.iter().any(|client| client.web_origins.contains(origin)) {
            return Ok(true);
        }
        let is_origin = |text: &str| Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text);
        if !is_origin(origin) {
            return Ok(false);
        }
        let mentioned = clients::mentioning(&self.store.reads(), &realm.name, origin).await?;
        Ok(mentioned.iter().any(|(id, kept)| {
            registered(id, &kept.document, &realm.resources).is_ok_and(|client| client.web_origins.contains(origin))
        }))
    }
}
