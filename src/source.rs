//! Where a request came from, as far as throttling and the audit trail may rely on it.
//!
//! A [`Source`] is made from the connection's peer, or from what a listed proxy said of it (SR-205): `server::proxy`
//! decides which. IPv4 addresses written as IPv6 are folded, so that one machine has one name. What the client proved
//! besides, a key with its certificate, is a [`ClientCertificate`].

mod certificate;

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

pub use certificate::ClientCertificate;
use serde::{Deserialize, Serialize};

/// The address a request came from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(IpAddr);

impl Source {
    /// The source with this address.
    pub fn new(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }

    /// The address itself.
    pub const fn address(self) -> IpAddr {
        self.0
    }

    /// What counters count: an IPv4 address, or the /64 that one IPv6 subscriber holds (SR-16).
    pub fn network(self) -> String {
        match self.0 {
            IpAddr::V4(address) => format!("{address}/32"),
            IpAddr::V6(address) => format!("{}/64", prefix(address, 64)),
        }
    }

    /// The coarser bound for IPv6, where one customer may hold a whole /48 (SR-16).
    pub fn wider_network(self) -> Option<String> {
        match self.0 {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => Some(format!("{}/48", prefix(address, 48))),
        }
    }
}

fn prefix(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits)))
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_16_sources_are_counted_by_address_or_by_prefix() {
        for (address, network, wider) in [
            ("203.0.113.7", "203.0.113.7/32", None),
            ("::ffff:203.0.113.7", "203.0.113.7/32", None),
            ("2001:db8:aa:bb:1:2:3:4", "2001:db8:aa:bb::/64", Some("2001:db8:aa::/48")),
            ("2001:db8:aa:bc::1", "2001:db8:aa:bc::/64", Some("2001:db8:aa::/48")),
        ] {
            let source = Source::new(address.parse().unwrap());
            assert_eq!((source.network().as_str(), source.wider_network().as_deref()), (network, wider), "{address}");
        }
    }
}
