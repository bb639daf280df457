//! An address that somebody registered, taken as it is written: https, a port that is open, nobody's name in it. What is
//! signed may come by http as well.
//!
//! Nothing is mended and nothing is expanded (SR-171): what URL parsers would pass over in silence is refused here, and
//! `${HOME}` or `{{x}}` go out as they are. A host that is a number in any notation is judged at once, for no resolver
//! will be asked about it.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use super::address::judge;
use super::failure::Cause;

/// Where https is by default.
const HTTPS: u16 = 443;
/// Where http is.
const HTTP: u16 = 80;

/// What the operator listed, and what the purpose allows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open<'a> {
    pub(super) ports: &'a [u16],
    pub(super) networks: &'a [IpNet],
    /// Whether http is open as well.
    pub(super) plain: bool,
}

/// An address that may be asked, as far as it tells by itself.
#[derive(Debug)]
pub(super) struct Target(Url);

impl Target {
    /// Reads the address; `ours` knows this machine's addresses.
    pub(super) fn read(text: &str, open: Open<'_>, ours: impl Fn(IpAddr) -> bool) -> Result<Self, Cause> {
        // RFC 3986 §2: no white space, no backslash, nothing beyond ASCII. Parsers mend those, each in its own way.
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err(Cause::Address("character that no address has"));
        }
        let url = Url::parse(text).map_err(|_| Cause::Address("not an address"))?;
        let usual = match url.scheme() {
            "https" => HTTPS,
            "http" if open.plain => HTTP,
            _ => return Err(Cause::Address("not https")),
        };
        // Parsers forget an empty name: look at what was written.
        let authority = text.split_once("//").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
        if authority.is_none_or(|authority| authority.contains('@')) {
            return Err(Cause::Address("user name in it"));
        }
        if !url.port_or_known_default().is_some_and(|port| port == usual || open.ports.contains(&port)) {
            return Err(Cause::Address("port not listed"));
        }
        let number = match url.host() {
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            None => return Err(Cause::Address("no host")),
        };
        if let Some(number) = number {
            judge(number, open.networks, ours(number)).map_err(Cause::Closed)?;
        }
        Ok(Self(url))
    }

    /// What is asked. The fragment stays here, as everywhere in HTTP (RFC 9110 §7.1).
    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::address::Special;
    use super::*;

    fn read(text: &str) -> Result<String, Cause> {
        read_as(text, false)
    }

    fn read_as(text: &str, plain: bool) -> Result<String, Cause> {
        let open = Open { ports: &[8443], networks: &["10.1.0.0/16".parse().unwrap()], plain };
        Target::read(text, open, |_| false).map(|target| target.0.to_string())
    }

    #[test]
    fn sr_168_what_is_signed_may_come_by_http_and_everything_else_holds() {
        for (address, verdict) in [
            ("http://crl.example/one.crl", None),
            ("http://crl.example:8443/one.crl", None),
            ("https://crl.example/one.crl", None),
            ("http://crl.example:443/one.crl", Some("port not listed")),
            ("https://crl.example:80/one.crl", Some("port not listed")),
            ("http://crl.example:22/", Some("port not listed")),
            ("http://user@crl.example/", Some("user name in it")),
            ("ldap://crl.example/cn=one", Some("not https")),
            ("ftp://crl.example/one.crl", Some("not https")),
            ("file:///etc/passwd", Some("not https")),
        ] {
            assert_eq!(read_as(address, true).err(), verdict.map(Cause::Address), "{address}");
        }
        let metadata = read_as("http://169.254.169.254/latest", true);
        assert_eq!(metadata, Err(Cause::Closed(Special::Metadata)));
    }

    #[test]
    fn sr_168_https_on_a_listed_port_and_nothing_else() {
        for address in [
            "https://rp.example/jwks",
            "https://rp.example:443/jwks",
            "https://rp.example:8443/jwks?v=1#f",
            "HTTPS://RP.EXAMPLE/",
            "https://93.184.215.14/jwks",
            "https://10.1.2.3/jwks",
            "https://[2a01:e0a::1]/jwks",
            "https://rp.example/a@b",
        ] {
            assert!(read(address).is_ok(), "{address}: {:?}", read(address));
        }
        for (address, cause) in [
            ("http://rp.example/jwks", "not https"),
            ("ftp://rp.example/jwks", "not https"),
            ("file:///etc/passwd", "not https"),
            ("gopher://rp.example/_x", "not https"),
            ("data:application/json,{}", "not https"),
            ("javascript:alert(1)", "not https"),
            ("unix:/run/guichet.sock", "not https"),
            ("/jwks", "not an address"),
            ("", "not an address"),
            ("https://", "not an address"),
            ("https://rp.example:0/jwks", "port not listed"),
            ("https://rp.example:22/jwks", "port not listed"),
            ("https://rp.example:80/jwks", "port not listed"),
            ("https://rp.example:99999/jwks", "not an address"),
            ("https://user:secret@rp.example/jwks", "user name in it"),
            ("https://user@rp.example/jwks", "user name in it"),
            ("https://@rp.example/jwks", "user name in it"),
            ("https://:@rp.example/jwks", "user name in it"),
            ("https:rp.example/jwks", "user name in it"),
            ("https://rp.example\\@127.0.0.1/", "character that no address has"),
            ("https://rp.example/a b", "character that no address has"),
            (" https://rp.example/", "character that no address has"),
            ("https://rp.exa\tmple/", "character that no address has"),
            ("https://rp.example/\r\nHost: x", "character that no address has"),
            ("https://１２７.0.0.1/", "character that no address has"),
            ("https://rp.example/\u{202e}", "character that no address has"),
        ] {
            assert_eq!(read(address), Err(Cause::Address(cause)), "{address}");
        }
    }

    #[test]
    fn sr_169_a_number_is_an_address_in_whatever_notation() {
        for (host, special) in [
            ("127.0.0.1", Special::Loopback),
            ("127.1", Special::Loopback),
            ("127.0.1", Special::Loopback),
            ("127.0.0.1.", Special::Loopback),
            ("0x7f.1", Special::Loopback),
            ("0x7f.0x0.0x0.0x1", Special::Loopback),
            ("0X7F000001", Special::Loopback),
            ("0177.0.0.01", Special::Loopback),
            ("017700000001", Special::Loopback),
            ("2130706433", Special::Loopback),
            ("%31%32%37.0.0.1", Special::Loopback),
            ("0", Special::Unspecified),
            ("0.", Special::Unspecified),
            ("0xa9fea9fe", Special::Metadata),
            ("2852039166", Special::Metadata),
            ("169.254.43518", Special::Metadata),
            ("0xa.1", Special::Private),
            ("[::1]", Special::Loopback),
            ("[0:0:0:0:0:0:0:1]", Special::Loopback),
            ("[::]", Special::Unspecified),
            ("[::ffff:127.0.0.1]", Special::Mapped),
            ("[::ffff:7f00:1]", Special::Mapped),
            ("[::127.0.0.1]", Special::Mapped),
            ("[64:ff9b::127.0.0.1]", Special::Carried),
            ("[fd00:ec2::254]", Special::Metadata),
        ] {
            assert_eq!(read(&format!("https://{host}/jwks")), Err(Cause::Closed(special)), "{host}");
        }
        for host in ["256.0.0.1", "0x100000000", "127.0.0.0.1", "[::1", "[fe80::1%25eth0]", "1.2.3.08"] {
            assert_eq!(read(&format!("https://{host}/")), Err(Cause::Address("not an address")), "{host}");
        }
    }

    #[test]
    fn sr_171_nothing_is_expanded() {
        let read = read("https://rp.example/$HOME/${HOME}/%24%7BHOME%7D/{{x}}/%(x)s/~?u=${USER}").unwrap();
        assert_eq!(read, "https://rp.example/$HOME/$%7BHOME%7D/%24%7BHOME%7D/%7B%7Bx%7D%7D/%(x)s/~?u=${USER}");
    }

    #[test]
    fn sr_169_own_addresses_are_known_by_number_as_well() {
        let open = Open { ports: &[], networks: &[], plain: false };
        let ours = Target::read("https://93.184.215.14/", open, |_| true).map(|_| ());
        assert_eq!(ours, Err(Cause::Closed(Special::Ours)));
    }
}
