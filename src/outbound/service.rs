//! A service that the operator named in the settings, such as a registry of companies.
//!
//! Nobody else chooses where it is, so whoever asks learns the status of an answer and hears a refusal as well. All else
//! is as for addresses of others (SR-168 to SR-172): what its name leads to is judged, TLS is verified, no redirect is
//! followed, no cookie kept, each connection serves one request, and no more is read than such an answer can hold. On
//! this machine, and nowhere else, it may be reached by http: there stand those of tests and trials.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use url::{Host, Url};

use super::failure::Cause;
use super::names::is_ours;
use super::target::{Open, Target};
use super::{BadOutbound, Outbound, client};
use crate::clock::Duration;
use crate::secret::Secret;

/// How long connecting to a service may take, its name and TLS included.
const CONNECT: Duration = Duration::from_secs(1);
/// Most bytes of its answer.
const LONGEST: usize = 512 * 1024;

/// A service at an address of the settings.
pub struct Service {
    http: Client,
    base: Url,
    networks: Arc<[IpNet]>,
}

/// What is asked of a service.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question<'a> {
    /// The path below its address, segment by segment.
    pub path: &'a [&'a str],
    /// The query.
    pub query: &'a [(&'a str, &'a str)],
    /// The header that shows who asks, and its value.
    pub key: Option<(&'static str, &'a Secret<String>)>,
    /// A JSON document to post; without one it is a GET.
    pub document: Option<&'a serde_json::Value>,
}

/// What it answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status: a redirect is one, and is not followed.
    pub status: StatusCode,
    /// How long it wants to be left alone (RFC 9110 §10.2.3), where it says so in seconds.
    pub retry_after: Option<Duration>,
    /// What it says, when it says it in JSON.
    pub said: Option<Vec<u8>>,
}

impl Answer {
    /// What it says, as a value of that type.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.said.as_deref()?).ok()
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// It may not be asked where the settings say that it is.
    #[error("the address may not be asked")]
    Unfit,
    /// No connection, or one that broke.
    #[error("no connection")]
    Unreachable,
    /// The answer has no end.
    #[error("too long an answer")]
    Long,
}

impl Outbound {
    /// The service at that address. `agent` is what it may know about us: descriptive, so that it can write to us.
    pub fn service(&self, base: &Url, agent: &str) -> Result<Service, BadOutbound> {
        let builder = if is_loopback(base.host()) {
            client(&self.tls, ThisMachine).https_only(false)
        } else {
            client(&self.tls, self.judged.clone()).https_only(true)
        };
        let http = builder.connect_timeout(CONNECT).user_agent(agent).build()?;
        Ok(Service { http, base: base.clone(), networks: Arc::clone(&self.networks) })
    }
}

impl Service {
    /// Asks, and hears the answer out. How long that may take is for whoever asks to say.
    pub async fn ask(&self, question: Question<'_>) -> Result<Answer, Silence> {
        self.answered(question).await.map_err(|cause| {
            tracing::warn!(host = self.base.host_str(), %cause, "a service of the settings did not answer");
            match cause {
                Cause::Address(_) | Cause::Closed(_) => Silence::Unfit,
                Cause::Long => Silence::Long,
                _ => Silence::Unreachable,
            }
        })
    }

    async fn answered(&self, question: Question<'_>) -> Result<Answer, Cause> {
        let answer = self.request(question)?.send().await.map_err(|error| Cause::of(&error))?;
        let (status, retry_after) = (answer.status(), seconds(answer.headers()));
        let said = if is_json(answer.headers()) { Some(body(answer).await?) } else { None };
        Ok(Answer { status, retry_after, said })
    }

    fn request(&self, question: Question<'_>) -> Result<RequestBuilder, Cause> {
        let url = self.url(question)?;
        let request = match question.document {
            None => self.http.get(url),
            Some(document) => self.http.post(url).json(document),
        };
        let request = request.header(ACCEPT, "application/json");
        let Some((name, key)) = question.key else { return Ok(request) };
        let mut key = HeaderValue::from_str(key.expose()).map_err(|_| Cause::Address("key that no header holds"))?;
        key.set_sensitive(true);
        Ok(request.header(name, key))
    }

    fn url(&self, question: Question<'_>) -> Result<Url, Cause> {
        let mut url = self.base.clone();
        let mut path = url.path_segments_mut().map_err(|()| Cause::Address("no path"))?;
        path.pop_if_empty().extend(question.path);
        drop(path);
        if !question.query.is_empty() {
            url.query_pairs_mut().extend_pairs(question.query);
        }
        if is_loopback(url.host()) {
            return Ok(url);
        }
        // The port is the operator's own choice.
        let ports = url.port_or_known_default().map_or_else(Vec::new, |port| vec![port]);
        let open = Open { ports: &ports, networks: &self.networks, plain: false };
        Target::read(url.as_str(), open, is_ours).map(|target| target.url())
    }
}

/// Whether a host can only be this machine.
pub(crate) fn is_loopback<S: AsRef<str>>(host: Option<Host<S>>) -> bool {
    match host {
        Some(Host::Domain(name)) => name.as_ref() == "localhost" || name.as_ref().ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// RFC 6761 §6.3: names below `localhost` lead to this machine, and no resolver is asked about them.
struct ThisMachine;

impl Resolve for ThisMachine {
    fn resolve(&self, _: Name) -> Resolving {
        let here = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Box::pin(async move { Ok(Box::new(std::iter::once(here)) as Addrs) })
    }
}

/// A moment in place of seconds is passed over: its clock may not be ours.
fn seconds(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

/// We ask for nothing packed, and unpack nothing.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    !headers.contains_key(CONTENT_ENCODING) && (kind == "application/json" || kind.ends_with("+json"))
}

async fn body(mut answer: Response) -> Result<Vec<u8>, Cause> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| Cause::of(&error))? {
        if body.len() + chunk.len() > LONGEST {
            return Err(Cause::Long);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::OutboundSettings;

    fn url(base: &str, question: Question<'_>) -> Result<String, Cause> {
        let outbound = Outbound::new(&OutboundSettings::default()).unwrap();
        let service = outbound.service(&Url::parse(base).unwrap(), "guichet").unwrap();
        service.url(question).map(|url| url.to_string())
    }

    #[test]
    fn sr_171_what_is_asked_stays_below_the_address_and_in_its_place() {
        let asked = |base| url(base, Question { path: &["siret", "../a b?c"], ..Question::default() });
        for base in ["https://registry.example/api", "https://registry.example/api/"] {
            assert_eq!(asked(base).unwrap(), "https://registry.example/api/siret/..%2Fa%20b%3Fc");
        }
        let query = &[("q", "siren:1 AND head:true&x=1#")];
        let asked = url("https://registry.example:8443", Question { query, ..Question::default() });
        assert_eq!(asked.unwrap(), "https://registry.example:8443/?q=siren%3A1+AND+head%3Atrue%26x%3D1%23");
    }

    #[test]
    fn sr_168_http_is_for_this_machine_alone() {
        for (base, verdict) in [
            ("http://127.0.0.1:8080/", None),
            ("http://localhost:8080/", None),
            ("http://[::1]:8080/", None),
            ("https://registry.example/", None),
            ("http://registry.example/", Some(Cause::Address("not https"))),
            ("https://user@registry.example/", Some(Cause::Address("user name in it"))),
        ] {
            assert_eq!(url(base, Question::default()).err(), verdict, "{base}");
        }
        assert!(matches!(url("https://10.0.0.1/", Question::default()), Err(Cause::Closed(_))), "SR-169");
        assert!(matches!(url("https://169.254.169.254/", Question::default()), Err(Cause::Closed(_))), "SR-169");
    }

    #[test]
    fn only_json_is_read_and_only_seconds_are_waited() {
        let headers = |name, value: &str| HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())]);
        for (kind, read) in [
            ("application/json", true),
            ("application/json;charset=UTF-8", true),
            ("application/problem+json", true),
            ("text/html", false),
            ("text/json+html", false),
        ] {
            assert_eq!(is_json(&headers(CONTENT_TYPE, kind)), read, "{kind}");
        }
        for (said, waited) in
            [("7", Some(7)), (" 0 ", Some(0)), ("-1", None), ("Fri, 27 Nov 2026 00:00:00 GMT", None), ("soon", None)]
        {
            assert_eq!(seconds(&headers(RETRY_AFTER, said)), waited.map(Duration::from_secs), "{said}");
        }
    }
}
