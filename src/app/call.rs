//! A machine's request to a realm, as it came: what is judged of it is for the door that it knocked at.

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, RawPathParams};
use http::request::Parts;
use http::{HeaderMap, Method};

use super::App;
use super::arrival::Arrival;
use super::houses::House;
use crate::event::{Event, EventKind};
use crate::protocol::client::Client;
use crate::source::ClientCertificate;

/// One request.
pub(crate) struct Call {
    /// The house's parts.
    pub(crate) app: Arc<App>,
    /// The realm that was asked.
    pub(crate) house: Arc<House>,
    /// When and from where.
    pub(crate) arrival: Arrival,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The method.
    pub(crate) method: Method,
    /// The query, as it was asked; empty when there is none.
    pub(crate) query: String,
    /// The path, as it was asked.
    pub(crate) path: String,
    /// The certificate that the client showed, on the listener that asks for one.
    pub(crate) certificate: Option<ClientCertificate>,
}

/// Why a request is none that a realm could answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoCall {
    /// No such realm.
    UnknownRealm,
    /// A layer is missing.
    Unwired,
}

impl Call {
    /// Reads the head of a request.
    pub(crate) async fn read(parts: &mut Parts, app: &Arc<App>) -> Result<Self, NoCall> {
        let arrival = Arrival::of(&parts.extensions, app).ok_or(NoCall::Unwired)?;
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(|_| NoCall::UnknownRealm)?;
        let name = path.iter().find(|(key, _)| *key == "realm").map(|(_, value)| value).unwrap_or_default();
        let house = app.house(name).ok_or(NoCall::UnknownRealm)?;
        Ok(Self {
            app: Arc::clone(app),
            house,
            arrival,
            headers: parts.headers.clone(),
            method: parts.method.clone(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            path: parts.uri.path().to_owned(),
            certificate: ClientCertificate::of(&parts.extensions).cloned(),
        })
    }

    /// An event of this request.
    pub(crate) fn event(&self, kind: EventKind) -> Event {
        self.app.event(kind, &self.house.realm.name, &self.arrival)
    }

    /// An event of this request about that client.
    pub(crate) fn event_of(&self, client: &Client, kind: EventKind) -> Event {
        Event { client: Some(client.client_id.to_string()), ..self.event(kind) }
    }
}
