//! The headers `Client-Cert` and `Client-Cert-Chain` (RFC 9440), in which a proxy says what certificate it was shown.
//!
//! Read strictly: one value, one certificate, nothing around it (SR-88). That a proxy may say it at all is decided by
//! `proxy`, and that a header comes once and under its own name by `limits`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::possession::bounded;
use crate::config::CertificateFormat;
use crate::source::ClientCertificate;

pub(super) const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");
pub(super) const CLIENT_CERT_CHAIN: HeaderName = HeaderName::from_static("client-cert-chain");

/// A header that says no certificate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// The certificate that these headers hand over; `None` when they speak of none.
pub(super) fn read(headers: &HeaderMap, format: CertificateFormat) -> Result<Option<ClientCertificate>, Unreadable> {
    let leaf = sole(headers, &CLIENT_CERT)?;
    let chain = match format {
        CertificateFormat::Rfc9440 => sole(headers, &CLIENT_CERT_CHAIN)?,
        // That proxy writes one header; the other one is a client's, and goes unread.
        CertificateFormat::EscapedPem => None,
    };
    let (leaf, chain) = match (leaf, chain) {
        (None, None) => return Ok(None),
        // RFC 9440 §2.3: a chain means nothing without its certificate.
        (None, Some(_)) => return Err(Unreadable),
        (Some(leaf), chain) => (leaf, chain),
    };
    let leaf = match format {
        CertificateFormat::Rfc9440 => byte_sequence(leaf),
        CertificateFormat::EscapedPem => escaped_pem(leaf),
    }?;
    // RFC 8941 §3.1: a list, its members set apart by commas and spaces or tabs.
    let members = chain.into_iter().flat_map(|chain| chain.split(','));
    let chain = members.map(|member| byte_sequence(member.trim_matches([' ', '\t']))).collect::<Result<Vec<_>, _>>()?;
    bounded(&leaf, &chain).map(Some).map_err(|_| Unreadable)
}

/// The only line of that header.
fn sole<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Unreadable> {
    let mut lines = headers.get_all(name).iter();
    match (lines.next(), lines.next()) {
        (None, _) => Ok(None),
        (Some(line), None) => line.to_str().map(Some).map_err(|_| Unreadable),
        (Some(_), Some(_)) => Err(Unreadable),
    }
}

/// A byte sequence (RFC 8941 §3.3.5): base64 between colons, without parameters, padded as RFC 9440 §2.1 has it.
fn byte_sequence(item: &str) -> Result<CertificateDer<'static>, Unreadable> {
    let encoded = item.strip_prefix(':').and_then(|item| item.strip_suffix(':')).ok_or(Unreadable)?;
    STANDARD.decode(encoded).map(CertificateDer::from).map_err(|_| Unreadable)
}

/// One certificate in PEM, URL-encoded: what nginx calls `$ssl_client_escaped_cert`.
fn escaped_pem(value: &str) -> Result<CertificateDer<'static>, Unreadable> {
    let pem = unescaped(value.as_bytes()).ok_or(Unreadable)?;
    // The reader skips what stands between two certificates; here nothing may.
    let text = std::str::from_utf8(&pem).map_err(|_| Unreadable)?.trim_end_matches('\n');
    let whole = text.starts_with("-----BEGIN CERTIFICATE-----\n") && text.ends_with("\n-----END CERTIFICATE-----");
    if !whole || text.matches("-----").count() != 4 {
        return Err(Unreadable);
    }
    CertificateDer::from_pem_slice(text.as_bytes()).map_err(|_| Unreadable)
}

/// Each `%XX` as the byte it stands for (RFC 3986 §2.1). A plus is a plus: it is one of base64's letters.
fn unescaped(mut value: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(value.len());
    while let Some((first, rest)) = value.split_first() {
        value = rest;
        if *first == b'%' {
            let (digits, rest) = rest.split_first_chunk::<2>()?;
            let digit = |at: u8| char::from(at).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let [high, low] = digits.map(digit);
            bytes.push(high? << 4 | low?);
            value = rest;
        } else {
            bytes.push(*first);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::CertificateFormat::{EscapedPem, Rfc9440};
    use super::*;

    fn made() -> rcgen::Certificate {
        CertificateParams::default().self_signed(&KeyPair::generate().unwrap()).unwrap()
    }

    fn sequence(bytes: &[u8]) -> String {
        format!(":{}:", STANDARD.encode(bytes))
    }

    /// As nginx escapes: everything but letters, digits and `-._~`.
    fn escaped(text: &str) -> String {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
        let one = |byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        text.bytes().map(one).collect()
    }

    fn reading(
        format: CertificateFormat,
        lines: &[(&HeaderName, &str)],
    ) -> Result<Option<ClientCertificate>, Unreadable> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        read(&headers, format)
    }

    #[test]
    fn rfc_9440_a_certificate_and_its_chain_are_read() {
        let (leaf, above) = (made(), made());
        let chain = format!("{} ,\t{}", sequence(above.der()), sequence(leaf.der()));
        let lines = [(&CLIENT_CERT, sequence(leaf.der())), (&CLIENT_CERT_CHAIN, chain)];
        let lines = lines.each_ref().map(|(name, value)| (*name, value.as_str()));
        let read = reading(Rfc9440, &lines).unwrap().unwrap();
        assert_eq!((read.der(), read.chain()), (leaf.der().as_ref(), &[above.der().to_vec(), leaf.der().to_vec()][..]));
        assert_eq!(reading(Rfc9440, &lines[..1]).unwrap().unwrap().chain(), &[] as &[Vec<u8>]);
        assert_eq!(reading(Rfc9440, &[]), Ok(None));
    }

    #[test]
    fn nginx_s_escaped_pem_is_read_and_its_chain_is_not() {
        let leaf = made();
        // Others leave base64's own letters as they are.
        let lenient = escaped(&leaf.pem()).replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
        for value in [escaped(&leaf.pem()), escaped(leaf.pem().trim_end()), lenient] {
            let lines = [(&CLIENT_CERT, value.as_str()), (&CLIENT_CERT_CHAIN, "whatever a client says")];
            let read = reading(EscapedPem, &lines).unwrap().unwrap();
            assert_eq!((read.der(), read.chain().len()), (leaf.der().as_ref(), 0), "{value}");
        }
        assert_eq!(reading(EscapedPem, &[]), Ok(None));
    }

    #[test]
    fn sr_88_anything_but_one_certificate_is_unreadable() {
        let (leaf, pem) = (made(), made().pem());
        let (der, good) = (leaf.der(), sequence(leaf.der()));
        let unpadded = good.replace('=', "");
        let unpadded = if unpadded == good { ":eA:".to_owned() } else { unpadded };
        let cases = [
            (Rfc9440, String::new()),
            (Rfc9440, "::".to_owned()),
            (Rfc9440, ":".to_owned()),
            (Rfc9440, ":eA==:".to_owned()),
            (Rfc9440, STANDARD.encode(der)),
            (Rfc9440, format!("\"{}\"", STANDARD.encode(der))),
            (Rfc9440, good.trim_end_matches(':').to_owned()),
            (Rfc9440, unpadded),
            (Rfc9440, format!("{good};a=1")),
            (Rfc9440, format!("{good}, {good}")),
            (Rfc9440, format!("{good}{good}")),
            (Rfc9440, good.replace(':', "::")),
            (Rfc9440, good.replace('M', "-")),
            (Rfc9440, sequence(&[der.as_ref(), b"\0"].concat())),
            (Rfc9440, sequence(&[der.as_ref(), der.as_ref()].concat())),
            (Rfc9440, sequence(&der[..der.len() - 1])),
            (Rfc9440, sequence(&vec![0x30; 40_000])),
            (Rfc9440, escaped(&pem)),
            (EscapedPem, String::new()),
            (EscapedPem, good.clone()),
            (EscapedPem, pem.replace('\n', " ")),
            (EscapedPem, escaped(&format!("{pem}{pem}"))),
            (EscapedPem, escaped(&format!("x{pem}"))),
            (EscapedPem, escaped(&format!("{pem}x"))),
            (EscapedPem, escaped(&pem.replace("CERTIFICATE", "PRIVATE KEY"))),
            (EscapedPem, escaped(&escaped(&pem))),
            (EscapedPem, format!("{}%", escaped(&pem))),
            (EscapedPem, escaped(&pem).replacen("%0A", "%0G", 1)),
            (EscapedPem, escaped(&pem).replacen("%0A", "%+A", 1)),
            (EscapedPem, format!("{}%FF", escaped(&pem))),
        ];
        for (format, value) in &cases {
            assert_eq!(reading(*format, &[(&CLIENT_CERT, value)]), Err(Unreadable), "{format:?} {value}");
        }
        for chain in ["", ",", ":eA==:,", "eA==", ":eA==:;a", &[good.as_str(); 6].join(",")] {
            let lines = [(&CLIENT_CERT, good.as_str()), (&CLIENT_CERT_CHAIN, chain)];
            assert_eq!(reading(Rfc9440, &lines), Err(Unreadable), "{chain}");
        }
        for lines in [
            vec![(&CLIENT_CERT, good.as_str()), (&CLIENT_CERT, &good)],
            vec![(&CLIENT_CERT_CHAIN, good.as_str())],
            vec![(&CLIENT_CERT, &good), (&CLIENT_CERT_CHAIN, &good), (&CLIENT_CERT_CHAIN, &good)],
        ] {
            assert_eq!(reading(Rfc9440, &lines), Err(Unreadable));
        }
    }
}
