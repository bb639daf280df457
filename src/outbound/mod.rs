//! The one guarded way out: everything that an address of somebody else's makes us fetch or post to (SR-168 to SR-172).
//!
//! `jwks_uri`, `request_uri`, `sector_identifier_uri`, `logo_uri`, back-channel logout, and what authorities publish of
//! certificates all come through here. An
//! address is taken as written ([`target`]), its name is resolved and every result judged ([`names`], [`address`]), the
//! connection goes to what was judged and verifies whom it meets ([`trust`]), and of the answer we read what its purpose
//! allows ([`purpose`]). No redirect is followed, no cookie kept, no proxy of the environment used, and each connection
//! serves one request. Doors ask [`documents::Documents`], which keeps answers and counts what a client makes us do. What
//! the operator's own settings name is a [`service::Service`], by the same client.

mod address;
pub(crate) mod documents;
mod failure;
mod names;
mod pace;
mod purpose;
pub mod service;
mod shelf;
mod tally;
mod target;
mod trust;

use std::path::PathBuf;
use std::sync::Arc;

use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE};
use ipnet::IpNet;
use prometheus_client::registry::Registry;
use reqwest::dns::Resolve;
use reqwest::{Client, ClientBuilder, RequestBuilder, Response};
use rustls::ClientConfig;
use tokio::sync::Semaphore;
use url::Url;

use crate::clock::Duration;

pub use documents::{Documents, Wanted};
use failure::Cause;
pub use failure::Unreachable;
use names::{Judged, SystemNames, is_ours};
pub use purpose::Purpose;
use tally::Tally;
use target::{Open, Target};
pub use trust::BadOutbound;

/// How long one request may take, from the look-up of its name to the last byte (SR-168).
const TIME: Duration = Duration::from_secs(5);

/// Requests at once; with the longest document this bounds what they hold in memory.
const AT_ONCE: usize = 64;

/// What the operator opens beyond the public internet on port 443.
#[derive(Debug, Clone, Default)]
pub struct OutboundSettings {
    /// Networks that may be reached although they are not public.
    pub networks: Vec<IpNet>,
    /// Ports besides 443.
    pub ports: Vec<u16>,
    /// A PEM file with authorities to trust besides the public ones.
    pub ca: Option<PathBuf>,
}

/// A document, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document(Arc<[u8]>);

impl Document {
    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The guarded client.
pub struct Outbound {
    http: Client,
    /// The same for what is signed and may come in the clear.
    plain: Client,
    tls: ClientConfig,
    judged: Judged,
    networks: Arc<[IpNet]>,
    ports: Vec<u16>,
    time: Duration,
    turns: Semaphore,
    tally: Tally,
}

impl Outbound {
    /// A client that resolves names as this machine does; connects to nothing yet.
    pub fn new(settings: &OutboundSettings) -> Result<Self, BadOutbound> {
        Self::with(settings, Arc::new(SystemNames::default()), TIME)
    }

    /// The same with another resolver, whose answers are judged all the same, and another time-out.
    pub fn with(settings: &OutboundSettings, names: Arc<dyn Resolve>, time: Duration) -> Result<Self, BadOutbound> {
        let networks: Arc<[IpNet]> = settings.networks.clone().into();
        let judged = Judged { names, networks: Arc::clone(&networks) };
        let tls = trust::tls(settings.ca.as_deref())?;
        let (http, plain) = (client(&tls, judged.clone()), client(&tls, judged.clone()));
        let (http, plain) = (http.https_only(true).build()?, plain.https_only(false).build()?);
        let (ports, turns) = (settings.ports.clone(), Semaphore::new(AT_ONCE));
        Ok(Self { http, plain, tls, judged, networks, ports, time, turns, tally: Tally::default() })
    }

    /// Shows the figures.
    pub fn register(&self, registry: &mut Registry) {
        self.tally.register(registry);
    }

    /// Fetches the document at that address.
    pub async fn get(&self, purpose: Purpose, address: &str) -> Result<Document, Unreachable> {
        let fetched = self.in_time(purpose.patience(), async {
            let request = self.client(purpose).get(self.target(address, purpose.is_signed())?);
            read(purpose, sent(request.header(ACCEPT, purpose.kinds().join(", "))).await?).await
        });
        self.told(purpose.label(), address, fetched.await)
    }

    /// Asks a responder about a certificate: `question` is an OCSP request (RFC 6960 appendix A.1).
    pub async fn ask(&self, purpose: Purpose, address: &str, question: Vec<u8>) -> Result<Document, Unreachable> {
        let answered = self.in_time(purpose.patience(), async {
            let request = self.client(purpose).post(self.target(address, purpose.is_signed())?);
            let request = request.header(ACCEPT, purpose.kinds().join(", "));
            let request = request.header(CONTENT_TYPE, "application/ocsp-request").body(question);
            read(purpose, sent(request).await?).await
        });
        self.told(purpose.label(), address, answered.await)
    }

    /// Posts a form, such as a logout token (OpenID Connect Back-Channel Logout §2.5), and returns the status. What the
    /// other side says besides is not read.
    pub async fn post_form(&self, address: &str, fields: &[(&str, &str)]) -> Result<StatusCode, Unreachable> {
        let posted = self.in_time(Duration::MAX, async {
            let answer = sent(self.http.post(self.target(address, false)?).form(fields)).await?;
            let status = answer.status();
            if status.is_redirection() { Err(Cause::Status(status.as_u16())) } else { Ok(status) }
        });
        self.told("post", address, posted.await)
    }

    const fn client(&self, purpose: Purpose) -> &Client {
        if purpose.is_signed() { &self.plain } else { &self.http }
    }

    fn target(&self, address: &str, plain: bool) -> Result<Url, Cause> {
        let open = Open { ports: &self.ports, networks: &self.networks, plain };
        Target::read(address, open, is_ours).map(|target| target.url())
    }

    /// One request in its turn; waiting for the turn counts.
    async fn in_time<T>(
        &self,
        patience: Duration,
        request: impl Future<Output = Result<T, Cause>>,
    ) -> Result<T, Cause> {
        let in_turn = async {
            let _turn = self.turns.acquire().await.map_err(|_| Cause::Connection)?;
            request.await
        };
        tokio::time::timeout(self.time.min(patience), in_turn).await.unwrap_or(Err(Cause::Slow))
    }

    /// The cause goes to figures and log, with the host and no more of the address; whoever asked learns nothing of it.
    fn told<T>(&self, purpose: &'static str, address: &str, outcome: Result<T, Cause>) -> Result<T, Unreachable> {
        self.tally.count(purpose, outcome.as_ref().map_or_else(Cause::label, |_| "good"));
        outcome.map_err(|cause| {
            let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
            tracing::warn!(purpose, host, %cause, "an address of somebody else's was not reached");
            Unreachable
        })
    }
}

/// What all our clients have in common.
fn client(tls: &ClientConfig, names: impl Resolve + 'static) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .dns_resolver(names)
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .user_agent("guichet")
        // A connection that was kept would go where its name led before.
        .pool_max_idle_per_host(0)
}

async fn sent(request: RequestBuilder) -> Result<Response, Cause> {
    request.send().await.map_err(|error| Cause::of(&error))
}

/// Reads the body as far as its purpose allows, whatever length was announced.
async fn read(purpose: Purpose, mut answer: Response) -> Result<Document, Cause> {
    if answer.status() != StatusCode::OK {
        return Err(Cause::Status(answer.status().as_u16()));
    }
    if !purpose.is_announced(answer.headers()) {
        return Err(Cause::ContentType);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| Cause::of(&error))? {
        if body.len() + chunk.len() > purpose.longest() {
            return Err(Cause::Long);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Document(body.into()))
}
