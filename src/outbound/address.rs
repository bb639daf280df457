//! Which addresses may be reached from inside: the public internet, and what the operator listed (SR-169).
//!
//! Pure: an address goes in, a verdict comes out. Names are resolved elsewhere, and each of their addresses is judged
//! here. What is not public is told by the registries of special-purpose addresses (RFC 6890, IANA), first match first;
//! of IPv6 only 2000::/3 was ever given out, so that everything else is closed without being named.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Why an address is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    Unspecified,
    Loopback,
    Private,
    LinkLocal,
    /// RFC 6598: between a provider and its customers.
    Carrier,
    /// Where a cloud tells a machine its own credentials.
    Metadata,
    Multicast,
    Documentation,
    Benchmark,
    /// An IPv4 address written as IPv6.
    Mapped,
    /// An IPv4 address behind a translator or in a tunnel.
    Carried,
    UniqueLocal,
    SiteLocal,
    Reserved,
    /// One of this machine's own.
    Ours,
}

impl fmt::Display for Special {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::LinkLocal => "link-local",
            Self::Carrier => "carrier-grade NAT",
            Self::Metadata => "metadata service",
            Self::Multicast => "multicast",
            Self::Documentation => "documentation",
            Self::Benchmark => "benchmark",
            Self::Mapped => "IPv4 written as IPv6",
            Self::Carried => "translated or tunnelled IPv4",
            Self::UniqueLocal => "unique local",
            Self::SiteLocal => "site-local",
            Self::Reserved => "reserved",
            Self::Ours => "this machine's own",
        })
    }
}

/// Whether that address may be connected to; `ours` says that this machine has it.
///
/// A listed network opens what lies in it, with two exceptions. A metadata service wants a line for itself: whoever
/// lists their /8 does not mean the credentials of their machines. And an IPv6 address that carries an IPv4 one leads
/// to that one, which must be open as well.
pub(super) fn judge(address: IpAddr, listed: &[IpNet], ours: bool) -> Result<(), Special> {
    let closed = match address {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => special_v6(address),
    };
    let alone = IpNet::from(address);
    match closed.or(ours.then_some(Special::Ours)) {
        None => Ok(()),
        Some(Special::Metadata) if listed.contains(&alone) => Ok(()),
        Some(Special::Metadata) => Err(Special::Metadata),
        Some(_) if listed.iter().any(|network| network.contains(&alone)) => match carried(address) {
            Some(inner) => judge(inner.into(), listed, false),
            None => Ok(()),
        },
        Some(special) => Err(special),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<Special> {
    V4.iter().find(|(network, _)| network.contains(&address)).map(|(_, special)| *special)
}

fn special_v6(address: Ipv6Addr) -> Option<Special> {
    let named = V6.iter().find(|(network, _)| network.contains(&address)).map(|(_, special)| *special);
    named.or((!GIVEN_OUT.contains(&address)).then_some(Special::Reserved))
}

/// The IPv4 address that an IPv6 one leads to.
fn carried(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return None };
    let bits = address.to_bits();
    // Cut to 32 bits on purpose.
    let part = |shift: u32| u32::try_from((bits >> shift) & u128::from(u32::MAX)).unwrap_or_default();
    match special_v6(address)? {
        // RFC 3056 §2: behind the prefix.
        Special::Carried if SIX_TO_FOUR.contains(&address) => Some(Ipv4Addr::from_bits(part(80))),
        // RFC 4380 §4: at the end, each bit turned round.
        Special::Carried if TEREDO.contains(&address) => Some(Ipv4Addr::from_bits(!part(0))),
        // RFC 4291 §2.5.5, RFC 6052 §2.2: at the end.
        Special::Mapped | Special::Carried => Some(Ipv4Addr::from_bits(part(0))),
        _ => None,
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

/// From the first four groups and the last: no special network needs the three between.
const fn v6(start: [u16; 4], end: u16, length: u8) -> Ipv6Net {
    let [a, b, c, d] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, end), length)
}

/// RFC 3056.
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0], 0, 16);
/// RFC 4380.
const TEREDO: Ipv6Net = v6([0x2001, 0, 0, 0], 0, 32);
/// RFC 4291 §2.4: global unicast.
const GIVEN_OUT: Ipv6Net = v6([0x2000, 0, 0, 0], 0, 3);

const V4: &[(Ipv4Net, Special)] = &[
    (v4(169, 254, 169, 254, 32), Special::Metadata), // AWS, Azure, Google, OpenStack, Oracle and more
    (v4(169, 254, 170, 2, 32), Special::Metadata),   // AWS: credentials of containers
    (v4(169, 254, 170, 23, 32), Special::Metadata),  // AWS: credentials of pods
    (v4(100, 100, 100, 200, 32), Special::Metadata), // Alibaba
    (v4(192, 0, 0, 192, 32), Special::Metadata),     // Oracle
    (v4(168, 63, 129, 16, 32), Special::Metadata),   // Azure: a public address that is none
    (v4(0, 0, 0, 0, 8), Special::Unspecified),
    (v4(10, 0, 0, 0, 8), Special::Private),
    (v4(100, 64, 0, 0, 10), Special::Carrier),
    (v4(127, 0, 0, 0, 8), Special::Loopback),
    (v4(169, 254, 0, 0, 16), Special::LinkLocal),
    (v4(172, 16, 0, 0, 12), Special::Private),
    (v4(192, 0, 0, 0, 24), Special::Reserved),
    (v4(192, 0, 2, 0, 24), Special::Documentation),
    (v4(192, 31, 196, 0, 24), Special::Reserved), // RFC 7535: AS112
    (v4(192, 52, 193, 0, 24), Special::Reserved), // RFC 7450: AMT
    (v4(192, 88, 99, 0, 24), Special::Reserved),  // RFC 7526: relays of 6to4, withdrawn
    (v4(192, 168, 0, 0, 16), Special::Private),
    (v4(192, 175, 48, 0, 24), Special::Reserved), // RFC 7534: AS112
    (v4(198, 18, 0, 0, 15), Special::Benchmark),
    (v4(198, 51, 100, 0, 24), Special::Documentation),
    (v4(203, 0, 113, 0, 24), Special::Documentation),
    (v4(224, 0, 0, 0, 4), Special::Multicast),
    (v4(240, 0, 0, 0, 4), Special::Reserved), // and the broadcast address at its end
];

const V6: &[(Ipv6Net, Special)] = &[
    (v6([0xfd00, 0x0ec2, 0, 0], 0x0254, 128), Special::Metadata), // AWS
    (v6([0xfd00, 0x0ec2, 0, 0], 0x0023, 128), Special::Metadata), // AWS: credentials of pods
    (v6([0xfd20, 0x00ce, 0, 0], 0x0254, 128), Special::Metadata), // Google
    (v6([0, 0, 0, 0], 0, 128), Special::Unspecified),
    (v6([0, 0, 0, 0], 1, 128), Special::Loopback),
    (Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96), Special::Mapped),
    (v6([0, 0, 0, 0], 0, 96), Special::Mapped), // RFC 4291 §2.5.5.1: "compatible", withdrawn
    (Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96), Special::Carried), // RFC 2765 §2.1
    (v6([0x0064, 0xff9b, 0, 0], 0, 96), Special::Carried), // RFC 6052: NAT64
    (v6([0x0064, 0xff9b, 1, 0], 0, 48), Special::Carried), // RFC 8215: NAT64 of local use
    (TEREDO, Special::Carried),
    (v6([0x2001, 2, 0, 0], 0, 48), Special::Benchmark),
    (v6([0x2001, 0, 0, 0], 0, 23), Special::Reserved), // RFC 2928: protocols
    (v6([0x2001, 0x0db8, 0, 0], 0, 32), Special::Documentation),
    (SIX_TO_FOUR, Special::Carried),
    (v6([0x2620, 0x004f, 0x8000, 0], 0, 48), Special::Reserved), // RFC 7534: AS112
    (v6([0x3fff, 0, 0, 0], 0, 20), Special::Documentation),      // RFC 9637
    (v6([0xfc00, 0, 0, 0], 0, 7), Special::UniqueLocal),
    (v6([0xfe80, 0, 0, 0], 0, 10), Special::LinkLocal),
    (v6([0xfec0, 0, 0, 0], 0, 10), Special::SiteLocal),
    (v6([0xff00, 0, 0, 0], 0, 8), Special::Multicast),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn closed(address: &str, listed: &[&str]) -> Option<Special> {
        let listed: Vec<IpNet> = listed.iter().map(|network| network.parse().unwrap()).collect();
        judge(address.parse().unwrap(), &listed, false).err()
    }

    #[test]
    fn sr_169_addresses_that_are_not_public_are_closed() {
        for (address, special) in [
            ("0.0.0.0", Special::Unspecified),
            ("0.1.2.3", Special::Unspecified),
            ("10.0.0.0", Special::Private),
            ("10.255.255.255", Special::Private),
            ("100.64.0.1", Special::Carrier),
            ("100.100.100.200", Special::Metadata),
            ("100.127.255.255", Special::Carrier),
            ("127.0.0.1", Special::Loopback),
            ("127.255.255.254", Special::Loopback),
            ("168.63.129.16", Special::Metadata),
            ("169.254.0.1", Special::LinkLocal),
            ("169.254.169.254", Special::Metadata),
            ("169.254.170.2", Special::Metadata),
            ("169.254.170.23", Special::Metadata),
            ("172.16.0.1", Special::Private),
            ("172.31.255.255", Special::Private),
            ("192.0.0.8", Special::Reserved),
            ("192.0.0.192", Special::Metadata),
            ("192.0.2.1", Special::Documentation),
            ("192.31.196.1", Special::Reserved),
            ("192.52.193.1", Special::Reserved),
            ("192.88.99.1", Special::Reserved),
            ("192.168.0.1", Special::Private),
            ("192.175.48.1", Special::Reserved),
            ("198.18.0.1", Special::Benchmark),
            ("198.19.255.255", Special::Benchmark),
            ("198.51.100.1", Special::Documentation),
            ("203.0.113.1", Special::Documentation),
            ("224.0.0.1", Special::Multicast),
            ("239.255.255.255", Special::Multicast),
            ("240.0.0.1", Special::Reserved),
            ("255.255.255.255", Special::Reserved),
            ("::", Special::Unspecified),
            ("::1", Special::Loopback),
            ("::2", Special::Mapped),
            ("::127.0.0.1", Special::Mapped),
            ("::93.184.215.14", Special::Mapped),
            ("::ffff:127.0.0.1", Special::Mapped),
            ("::ffff:93.184.215.14", Special::Mapped),
            ("::ffff:0:127.0.0.1", Special::Carried),
            ("64:ff9b::7f00:1", Special::Carried),
            ("64:ff9b::169.254.169.254", Special::Carried),
            ("64:ff9b:1::1", Special::Carried),
            ("64:ff9b:1:ffff::10.0.0.1", Special::Carried),
            ("64:ff9b:2::1", Special::Reserved),
            ("100::1", Special::Reserved),
            ("2001::1", Special::Carried),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Special::Carried),
            ("2001:2::1", Special::Benchmark),
            ("2001:10::1", Special::Reserved),
            ("2001:20::1", Special::Reserved),
            ("2001:1ff::1", Special::Reserved),
            ("2001:db8::1", Special::Documentation),
            ("2002:7f00:1::1", Special::Carried),
            ("2002:a9fe:a9fe::1", Special::Carried),
            ("2620:4f:8000::1", Special::Reserved),
            ("3fff::1", Special::Documentation),
            ("4000::1", Special::Reserved),
            ("5f00::1", Special::Reserved),
            ("fc00::1", Special::UniqueLocal),
            ("fd00:ec2::254", Special::Metadata),
            ("fd00:ec2::23", Special::Metadata),
            ("fd00:ec2::255", Special::UniqueLocal),
            ("fd20:ce::254", Special::Metadata),
            ("fdff:ffff::1", Special::UniqueLocal),
            ("fe80::1", Special::LinkLocal),
            ("fe80::a9fe:a9fe", Special::LinkLocal),
            ("febf::1", Special::LinkLocal),
            ("fec0::1", Special::SiteLocal),
            ("feff::1", Special::SiteLocal),
            ("ff02::1", Special::Multicast),
        ] {
            assert_eq!(closed(address, &[]), Some(special), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_open() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "93.184.215.14",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "169.255.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2003::1",
            "2600:1f18::1",
            "2a01:e0a::1",
            "3ffe::1",
        ] {
            assert_eq!(closed(address, &[]), None, "{address}");
        }
    }

    #[test]
    fn sr_169_a_listed_network_opens_what_lies_in_it_and_no_more() {
        for (address, listed, verdict) in [
            ("127.0.0.1", &["127.0.0.0/8"] as &[&str], None),
            ("10.1.2.3", &["10.1.0.0/16"], None),
            ("10.2.2.3", &["10.1.0.0/16"], Some(Special::Private)),
            ("fd12::1", &["fd12::/16"], None),
            ("::1", &["127.0.0.0/8"], Some(Special::Loopback)),
            // A service that gives out credentials wants a line for itself.
            ("169.254.169.254", &["169.254.0.0/16"], Some(Special::Metadata)),
            ("fd00:ec2::254", &["fd00::/8"], Some(Special::Metadata)),
            ("169.254.169.254", &["169.254.169.254/32"], None),
            // What carries an IPv4 address leads there.
            ("::ffff:127.0.0.1", &["127.0.0.0/8"], Some(Special::Mapped)),
            ("::ffff:127.0.0.1", &["::ffff:0:0/96"], Some(Special::Loopback)),
            ("::ffff:127.0.0.1", &["::ffff:0:0/96", "127.0.0.0/8"], None),
            ("64:ff9b::93.184.215.14", &["64:ff9b::/96"], None),
            ("64:ff9b::10.0.0.1", &["64:ff9b::/96"], Some(Special::Private)),
            ("64:ff9b::169.254.169.254", &["64:ff9b::/96"], Some(Special::Metadata)),
            ("2002:7f00:1::1", &["2002::/16"], Some(Special::Loopback)),
            ("2001:0:4136:e378:8000:63bf:80ff:fffe", &["2001::/32"], Some(Special::Loopback)),
        ] {
            assert_eq!(closed(address, listed), verdict, "{address} with {listed:?}");
        }
    }

    #[test]
    fn sr_169_this_machine_is_closed_unless_it_is_listed() {
        let address: IpAddr = "93.184.215.14".parse().unwrap();
        assert_eq!(judge(address, &[], true), Err(Special::Ours));
        assert_eq!(judge(address, &["93.184.215.14/32".parse().unwrap()], true), Ok(()));
    }

    proptest! {
        #[test]
        fn sr_169_no_way_of_writing_a_closed_ipv4_address_opens_it(bits: u32, prefix in 0usize..6) {
            let inner = Ipv4Addr::from_bits(bits);
            let low = u128::from(bits);
            let outer = [
                low,
                (0xffff_u128 << 32) | low,
                (0xffff_u128 << 48) | low,
                (0x0064_ff9b_u128 << 96) | low,
                (0x2002_u128 << 112) | (low << 80) | 1,
                (0x2001_0000_u128 << 96) | u128::from(!bits),
            ][prefix];
            let outer = IpAddr::from(Ipv6Addr::from_bits(outer));
            prop_assert!(judge(outer, &[], false).is_err(), "{outer} is closed by itself");
            // All of IPv6 listed, which settings refuse: what is inside still decides.
            let wide: IpNet = "::/0".parse().unwrap();
            let within = judge(inner.into(), &[wide], false);
            let itself = bits <= 1 && prefix == 0;
            prop_assert!(itself || judge(outer, &[wide], false) == within, "{outer} leads to {inner}");
        }

        #[test]
        fn sr_169_what_the_standard_library_calls_private_is_closed(bits: u32, wide: u128) {
            let four = Ipv4Addr::from_bits(bits);
            let known = four.is_private() || four.is_loopback() || four.is_link_local() || four.is_multicast()
                || four.is_broadcast() || four.is_documentation() || four.is_unspecified();
            prop_assert!(!known || judge(four.into(), &[], false).is_err(), "{four}");
            let six = Ipv6Addr::from_bits(wide);
            let known = six.is_loopback() || six.is_unspecified() || six.is_multicast() || six.is_unique_local()
                || six.is_unicast_link_local() || six.to_ipv4().is_some();
            prop_assert!(!known || judge(six.into(), &[], false).is_err(), "{six}");
        }
    }
}
