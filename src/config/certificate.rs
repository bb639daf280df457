//! The listener for client certificates: which way they come by, and whether that way can be believed (SR-86 to SR-89).
//!
//! A certificate comes in the handshake, or from a listed proxy over a protected link; there is no third way, and never
//! both. The listener has an origin of its own: asked for a certificate on the main one, browsers would ask people.

use std::net::SocketAddr;

use url::Url;

use super::check::{Check, Checked, Refused, all};
use super::said;
use super::settings::{CertificateFormat, CertificateFrom, CertificateListener, TlsFiles};
use crate::code::Code;

const LISTEN: &str = "certificate.listen";
const PUBLIC_URL: &str = "certificate.public_url";
const FROM: &str = "certificate.from";

/// What the rest of the settings says, as far as it matters here.
pub(super) struct Main<'a> {
    pub(super) url: Option<&'a Url>,
    pub(super) tls: &'a Checked<Option<TlsFiles>>,
    /// Whether a proxy is listed.
    pub(super) proxied: bool,
}

pub(super) fn check(
    check: &mut Check<'_>,
    said: said::ClientCertificates,
    main: &Main<'_>,
) -> Checked<Option<CertificateListener>> {
    if said.listen.is_empty() {
        return unused(check, &said);
    }
    let listen = all(said.listen.iter().map(|text| check.address(LISTEN, text)));
    let public_url = public_url(check, said.public_url.as_deref(), main.url);
    let own = check.tls("certificate", said.certificate, said.key);
    let listen = listen?;
    let from = from(check, said.from, own?, main, &listen);
    Ok(Some(CertificateListener { public_url: public_url?, listen, from: from? }))
}

/// Without an address there is no listener; whoever described one has forgotten it.
fn unused(check: &mut Check<'_>, said: &said::ClientCertificates) -> Checked<Option<CertificateListener>> {
    let described = [
        (PUBLIC_URL, said.public_url.is_some()),
        (FROM, said.from != said::CertificateFrom::default()),
        ("certificate.certificate", said.certificate.is_some()),
        ("certificate.key", said.key.is_some()),
    ];
    match described.into_iter().find(|(_, given)| *given) {
        None => Ok(None),
        Some((key, _)) => {
            let what = format!("`{key}` is set, and `{LISTEN}` is not");
            check.refuse(Code::E0619, key, &what, "write the addresses to listen on, such as [\"0.0.0.0:8444\"]")
        }
    }
}

fn public_url(check: &mut Check<'_>, text: Option<&str>, main: Option<&Url>) -> Checked<Url> {
    let hint = "write the address of this listener, such as \"https://mtls.id.example.org\"";
    let text = check.required(PUBLIC_URL, text, hint)?;
    let url = check.origin(PUBLIC_URL, text)?;
    if url.scheme() != "https" {
        let what = format!("`{PUBLIC_URL}` must use https");
        return check.refuse(Code::E0605, PUBLIC_URL, &what, "certificates are shown in TLS only");
    }
    if main.is_some_and(|main| main.origin() == url.origin()) {
        let what = format!("`{PUBLIC_URL}` is the main address");
        return check.refuse(Code::E0619, PUBLIC_URL, &what, "give it another host name, or another port");
    }
    Ok(url)
}

fn from(
    check: &mut Check<'_>,
    said: said::CertificateFrom,
    own: Option<TlsFiles>,
    main: &Main<'_>,
    listen: &[SocketAddr],
) -> Checked<CertificateFrom> {
    // A finding on `[tls]` is reported there.
    let files = own.or_else(|| main.tls.as_ref().ok().cloned().flatten());
    let format = match said {
        said::CertificateFrom::Handshake => return handshake(check, files, main),
        said::CertificateFrom::Rfc9440 => CertificateFormat::Rfc9440,
        said::CertificateFrom::EscapedPem => CertificateFormat::EscapedPem,
    };
    if !main.proxied {
        let what = "certificates would come from a proxy, and none is listed";
        return check.refuse(Code::E0619, FROM, what, "list it in `proxy.trusted`");
    }
    // SR-87: over a protected link.
    if files.is_none() && !listen.iter().all(|address| address.ip().is_loopback()) {
        let what = "the proxy's word on certificates would come over an open link";
        let hint = "listen on 127.0.0.1 or [::1], or set `certificate.certificate` and `certificate.key`";
        return check.refuse(Code::E0619, LISTEN, what, hint);
    }
    Ok(CertificateFrom::Proxy(format, files))
}

fn handshake(check: &mut Check<'_>, files: Option<TlsFiles>, main: &Main<'_>) -> Checked<CertificateFrom> {
    match files {
        Some(files) => Ok(CertificateFrom::Handshake(files)),
        None if main.tls.is_err() => Err(Refused),
        None => {
            let hint = "set `certificate.certificate` and `certificate.key`, or say in `certificate.from` how a proxy \
                        hands certificates over";
            check.refuse(Code::E0608, LISTEN, "clients would show certificates, and nothing here ends TLS", hint)
        }
    }
}
