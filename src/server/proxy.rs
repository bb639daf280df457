//! Who a request really came from: the connection's peer, or what a listed proxy says of it (SR-205, SR-213), and the
//! certificate that was shown there (SR-86 to SR-89).
//!
//! Headers of strangers are not read. A listed proxy's are read in the one configured header, from the right, until
//! the first address that is no proxy of ours; one that cannot be read refuses the request. Nothing is looked up.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName};

use super::answer::{Asker, Refusal};
use super::client_cert::{self, CLIENT_CERT, CLIENT_CERT_CHAIN};
use super::presented::Presented;
use crate::config::{CertificateFormat, ForwardingHeader, Proxies};
use crate::source::{ClientCertificate, Source};

/// How requests reach a listener.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    pub(super) proxies: Arc<Proxies>,
    /// Plain HTTP from the client itself is served: TLS ends here, or everything is on loopback.
    pub(super) direct: bool,
    /// Clients use https.
    pub(super) secure: bool,
    /// How certificates of clients come.
    pub(super) shown: Shown,
}

/// How certificates of clients come to a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// In no way: the public listeners.
    Never,
    /// In the handshake of the connection.
    InHandshake,
    /// From a listed proxy, in `Client-Cert`.
    ByProxy(CertificateFormat),
}

/// What was found out about a request.
struct Found {
    source: Source,
    certificate: Option<ClientCertificate>,
    /// Whether a header claimed a certificate and was not believed.
    claimed: bool,
}

/// Finds the source, puts it where doors read it, and removes the headers that claim one.
pub(super) async fn layer(State(reach): State<Reach>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    // Without a peer there is nothing to judge by.
    let found = peer.ok_or(Refusal::Failed).and_then(|peer| reach.look(peer, &request));
    match found {
        Ok(Found { source, certificate, claimed }) => {
            tracing::Span::current().record("source", tracing::field::display(source));
            if claimed {
                tracing::warn!("a header claimed a client certificate and was removed");
            }
            for name in CLAIMS {
                request.headers_mut().remove(name);
            }
            request.extensions_mut().insert(source);
            request.extensions_mut().remove::<Presented>();
            if let Some(certificate) = certificate {
                request.extensions_mut().insert(certificate);
            }
            next.run(request).await
        }
        Err(refusal) => {
            tracing::warn!(?refusal, peer = ?peer, "refused before any page");
            Asker::of(&request).answer(refusal)
        }
    }
}

/// The headers in which a client could claim an origin, an address or a certificate (SR-56, SR-87, SR-89).
const CLAIMS: [HeaderName; 7] = [
    FORWARDED,
    X_FORWARDED_FOR,
    X_FORWARDED_PROTO,
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    CLIENT_CERT,
    CLIENT_CERT_CHAIN,
];
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

impl Reach {
    /// What a request that came from `peer` is known by.
    fn look(&self, peer: IpAddr, request: &Request) -> Result<Found, Refusal> {
        let source = self.source(peer, request.headers())?;
        let claims = [CLIENT_CERT, CLIENT_CERT_CHAIN].iter().any(|name| request.headers().contains_key(name));
        let (certificate, believed) = match self.shown {
            Shown::Never => (None, false),
            // SR-89: whatever headers say, a proxy's too.
            Shown::InHandshake => {
                (request.extensions().get::<Presented>().and_then(|shown| shown.certificate.clone()), false)
            }
            // SR-87: strangers have no source here, since this listener serves nobody directly.
            Shown::ByProxy(format) => {
                (client_cert::read(request.headers(), format).map_err(|_| Refusal::Ambiguous)?, true)
            }
        };
        Ok(Found { source, certificate, claimed: claims && !believed })
    }

    /// The source of a request that came from `peer` with `headers`.
    fn source(&self, peer: IpAddr, headers: &HeaderMap) -> Result<Source, Refusal> {
        let peer = peer.to_canonical();
        if !self.proxies.lists(peer) {
            return if self.direct { Ok(Source::new(peer)) } else { Err(Refusal::Plain) };
        }
        let hops = match self.proxies.header {
            ForwardingHeader::XForwardedFor => x_forwarded(headers),
            ForwardingHeader::Forwarded => forwarded(headers),
        }
        .ok_or(Refusal::Ambiguous)?;
        if self.secure && hops.last().and_then(|hop| hop.https) == Some(false) {
            return Err(Refusal::Plain);
        }
        let mut source = peer;
        for hop in hops.into_iter().rev() {
            source = hop.address;
            if !self.proxies.lists(source) {
                break;
            }
        }
        Ok(Source::new(source))
    }
}

impl Proxies {
    /// Whether `address` is one of our proxies.
    pub(super) fn lists(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

/// What one proxy said of the one before it.
struct Hop {
    address: IpAddr,
    https: Option<bool>,
}

/// `X-Forwarded-For`, and `X-Forwarded-Proto` as said by the nearest proxy. `None` when one cannot be read.
fn x_forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    let mut hops = Vec::new();
    for item in items(headers, &X_FORWARDED_FOR)? {
        hops.push(Hop { address: address(item)?, https: None });
    }
    if let (Some(hop), Some(scheme)) = (hops.last_mut(), items(headers, &X_FORWARDED_PROTO)?.last()) {
        hop.https = Some(is_https(scheme)?);
    }
    Some(hops)
}

/// `Forwarded` (RFC 7239 §4): each element must name an address; `unknown` and `_hidden` cannot be counted.
fn forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    let mut hops = Vec::new();
    for element in items(headers, &FORWARDED)? {
        let (mut from, mut https) = (None, None);
        for pair in element.split(';') {
            let (name, value) = pair.split_once('=')?;
            let value = value.trim();
            let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
            let twice = match name.trim().to_ascii_lowercase().as_str() {
                "for" => from.replace(address(value)?).is_some(),
                "proto" => https.replace(is_https(value)?).is_some(),
                _ => false,
            };
            if twice {
                return None;
            }
        }
        hops.push(Hop { address: from?, https });
    }
    Some(hops)
}

/// The items of a list header, over all its lines, in order.
fn items<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Vec<&'a str>> {
    let lines = headers.get_all(name).iter().map(|line| line.to_str().ok()).collect::<Option<Vec<_>>>()?;
    Some(lines.into_iter().flat_map(|line| line.split(',')).map(str::trim).collect())
}

fn is_https(scheme: &str) -> Option<bool> {
    match scheme {
        "https" => Some(true),
        "http" => Some(false),
        _ => None,
    }
}

/// An address, with or without a port, an IPv6 one also in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let parsed = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(header: ForwardingHeader) -> Reach {
        let trusted = ["10.0.0.0/24", "fd00::/64"].map(|network| network.parse().unwrap()).to_vec();
        Reach { proxies: Arc::new(Proxies { trusted, header }), direct: false, secure: true, shown: Shown::Never }
    }

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let lines = lines.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        let mut headers = HeaderMap::new();
        lines.for_each(|(name, value)| {
            headers.append(name, value);
        });
        headers
    }

    #[test]
    fn sr_205_only_listed_proxies_are_believed_and_hops_count_from_the_right() {
        use ForwardingHeader::{Forwarded, XForwardedFor};
        const FOR: &str = "x-forwarded-for";
        const PROTO: &str = "x-forwarded-proto";
        for (header, peer, lines, expected) in [
            (XForwardedFor, "10.0.0.1", &[(FOR, "203.0.113.7")][..], Ok("203.0.113.7")),
            (XForwardedFor, "::ffff:10.0.0.1", &[(FOR, "203.0.113.7")], Ok("203.0.113.7")),
            (XForwardedFor, "10.0.0.1", &[(FOR, "6.6.6.6, 203.0.113.7")], Ok("203.0.113.7")),
            (XForwardedFor, "10.0.0.1", &[(FOR, "6.6.6.6"), (FOR, "203.0.113.7")], Ok("203.0.113.7")),
            (XForwardedFor, "10.0.0.1", &[(FOR, "6.6.6.6, 203.0.113.7, 10.0.0.9")], Ok("203.0.113.7")),
            (XForwardedFor, "10.0.0.1", &[(FOR, "203.0.113.7:4711")], Ok("203.0.113.7")),
            (XForwardedFor, "fd00::1", &[(FOR, "2001:db8::7")], Ok("2001:db8::7")),
            (XForwardedFor, "10.0.0.1", &[(FOR, "[2001:db8::7]:4711")], Ok("2001:db8::7")),
            (XForwardedFor, "10.0.0.1", &[], Ok("10.0.0.1")),
            (XForwardedFor, "10.0.0.1", &[(FOR, "203.0.113.7"), (PROTO, "https")], Ok("203.0.113.7")),
            (XForwardedFor, "10.0.0.1", &[("forwarded", "for=6.6.6.6")], Ok("10.0.0.1")),
            // An unreadable value refuses, wherever it stands.
            (XForwardedFor, "10.0.0.1", &[(FOR, "evil, 203.0.113.7")], Err(Refusal::Ambiguous)),
            (XForwardedFor, "10.0.0.1", &[(FOR, "203.0.113.7,")], Err(Refusal::Ambiguous)),
            (XForwardedFor, "10.0.0.1", &[(FOR, "")], Err(Refusal::Ambiguous)),
            (XForwardedFor, "10.0.0.1", &[(FOR, "0x7f.1")], Err(Refusal::Ambiguous)),
            (XForwardedFor, "10.0.0.1", &[(FOR, "1.2.3.4"), (PROTO, "HTTPS\u{a0}")], Err(Refusal::Ambiguous)),
            (XForwardedFor, "10.0.0.1", &[(FOR, "203.0.113.7"), (PROTO, "http")], Err(Refusal::Plain)),
            (XForwardedFor, "10.0.0.1", &[(FOR, "203.0.113.7"), (PROTO, "https, http")], Err(Refusal::Plain)),
            (XForwardedFor, "192.0.2.1", &[(FOR, "203.0.113.7")], Err(Refusal::Plain)),
            (Forwarded, "10.0.0.1", &[("forwarded", "for=203.0.113.7;proto=https")], Ok("203.0.113.7")),
            (Forwarded, "10.0.0.1", &[("forwarded", "For=\"[2001:db8::7]:4711\"; by=10.0.0.1")], Ok("2001:db8::7")),
            (Forwarded, "10.0.0.1", &[("forwarded", "for=6.6.6.6, for=203.0.113.7")], Ok("203.0.113.7")),
            (Forwarded, "10.0.0.1", &[("forwarded", "for=unknown")], Err(Refusal::Ambiguous)),
            (Forwarded, "10.0.0.1", &[("forwarded", "for=_hidden")], Err(Refusal::Ambiguous)),
            (Forwarded, "10.0.0.1", &[("forwarded", "proto=https")], Err(Refusal::Ambiguous)),
            (Forwarded, "10.0.0.1", &[("forwarded", "for=1.2.3.4;for=5.6.7.8")], Err(Refusal::Ambiguous)),
            (Forwarded, "10.0.0.1", &[("forwarded", "for=1.2.3.4;proto=http")], Err(Refusal::Plain)),
        ] {
            let found = reach(header).source(peer.parse().unwrap(), &headers(lines)).map(|source| source.to_string());
            assert_eq!(found, expected.map(str::to_owned), "{peer} {lines:?}");
        }
    }

    #[test]
    fn sr_16_a_stranger_is_their_own_address_whatever_they_claim() {
        let reach = Reach { direct: true, ..reach(ForwardingHeader::XForwardedFor) };
        let claims = headers(&[("x-forwarded-for", "not even an address"), ("forwarded", "for=6.6.6.6")]);
        assert_eq!(reach.source("192.0.2.1".parse().unwrap(), &claims).unwrap().to_string(), "192.0.2.1");
    }
}
