//! SR-169: every address that a name leads to is judged, and the connection goes to what was judged.

use std::net::SocketAddr;

use guichet::outbound::{OutboundSettings, Unreachable};

use super::{ADDRESS, KIND, LONG, figures, keys};
use crate::support::outside::Outside;
use crate::support::peer::Reply;

fn listed(network: &str) -> OutboundSettings {
    OutboundSettings { networks: vec![network.parse().unwrap()], ..OutboundSettings::default() }
}

#[tokio::test]
async fn sr_169_a_name_that_leads_to_a_closed_address_is_not_followed() {
    let outside = Outside::new();
    let outbound = outside.outbound_with(OutboundSettings::default(), LONG);
    let peer = outside.peer("peer.example").await;
    peer.says(Reply::document(KIND, "{}"));
    for closed in [
        peer.address.to_string().as_str(),
        "10.0.0.1:0",
        "172.16.0.1:0",
        "192.168.1.1:0",
        "100.64.0.1:0",
        "169.254.169.254:0",
        "0.0.0.0:0",
        "224.0.0.1:0",
        "198.18.0.1:0",
        "192.0.2.1:0",
        "240.0.0.1:0",
        "[::1]:0",
        "[::]:0",
        "[::ffff:127.0.0.1]:0",
        "[::127.0.0.1]:0",
        "[64:ff9b::7f00:1]:0",
        "[64:ff9b:1::7f00:1]:0",
        "[2002:7f00:1::1]:0",
        "[2001::1]:0",
        "[fd00:ec2::254]:0",
        "[fc00::1]:0",
        "[fe80::1]:0",
        "[fec0::1]:0",
    ] {
        outside.names.lead("peer.example", &[closed.parse().unwrap()]);
        assert_eq!(keys(&outbound, ADDRESS).await, Err(Unreachable), "{closed}");
    }
    assert_eq!(peer.met(), 0, "nobody knocked");
    assert_eq!(figures(|registry| outbound.register(registry)), "jwks closed_address 23");
}

#[tokio::test]
async fn sr_169_a_number_is_judged_like_a_name_in_whatever_notation() {
    let outside = Outside::new();
    let peer = outside.stranger("127.0.0.1", "127.0.0.1").await;
    peer.says(Reply::document(KIND, "{}"));
    let port = peer.address.port();
    let ports = vec![port];
    let closed = outside.outbound_with(OutboundSettings { ports: ports.clone(), ..OutboundSettings::default() }, LONG);
    let open = outside.outbound_with(OutboundSettings { ports, ..listed("127.0.0.0/8") }, LONG);
    for host in ["127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "017700000001", "2130706433", "127.0.0.1."] {
        let address = format!("https://{host}:{port}/jwks");
        assert_eq!(keys(&closed, &address).await, Err(Unreachable), "{host}");
        assert!(keys(&open, &address).await.is_ok(), "{host} where it is listed");
    }
    let mapped = format!("https://[::ffff:127.0.0.1]:{port}/jwks");
    assert_eq!(keys(&open, &mapped).await, Err(Unreachable), "written as IPv6 it is another network");
    assert_eq!((peer.met(), outside.names.asked()), (7, 0), "no resolver is asked about a number");
}

#[tokio::test]
async fn sr_169_localhost_is_closed_by_whatever_name_it_goes() {
    let outside = Outside::new();
    let peer = outside.stranger("127.0.0.1", "localhost").await;
    let settings = OutboundSettings { ports: vec![peer.address.port()], ..OutboundSettings::default() };
    // The machine's own resolver, this time.
    let outbound = guichet::outbound::Outbound::new(&settings).unwrap();
    for name in ["localhost", "LOCALHOST", "localhost."] {
        assert_eq!(keys(&outbound, &format!("https://{name}:{}/", peer.address.port())).await, Err(Unreachable));
    }
    assert_eq!(peer.met(), 0);
}

#[tokio::test]
async fn sr_169_the_connection_goes_to_what_was_judged_and_a_second_answer_is_judged_anew() {
    let outside = Outside::new();
    let (open, closed) = (outside.peer("peer.example").await, outside.stranger("127.0.0.2", "peer.example").await);
    open.says(Reply::document(KIND, "{}"));
    closed.says(Reply::document(KIND, "{}"));
    let outbound = outside.outbound_with(listed("127.0.0.1/32"), LONG);
    outside.names.lead_in_turn("peer.example", &[&[open.address], &[closed.address]]);

    assert!(keys(&outbound, ADDRESS).await.is_ok());
    assert_eq!((outside.names.asked(), open.met()), (1, 1), "asked once, and connected to that");
    assert_eq!(keys(&outbound, ADDRESS).await, Err(Unreachable), "the name was rebound");
    assert_eq!((outside.names.asked(), open.met(), closed.met()), (2, 1, 0), "no connection was kept to go on with");
}

#[tokio::test]
async fn sr_169_one_closed_address_closes_all_that_come_with_it() {
    let outside = Outside::new();
    let (open, closed) = (outside.peer("peer.example").await, outside.stranger("127.0.0.2", "peer.example").await);
    let outbound = outside.outbound_with(listed("127.0.0.1/32"), LONG);
    for mixed in [[open.address, closed.address], [closed.address, open.address]] {
        outside.names.lead("peer.example", &mixed);
        assert_eq!(keys(&outbound, ADDRESS).await, Err(Unreachable));
    }
    assert_eq!((open.met(), closed.met()), (0, 0));
}

#[tokio::test]
async fn sr_168_https_and_listed_ports_only() {
    let outside = Outside::new();
    let peer = outside.peer("peer.example").await;
    peer.says(Reply::document(KIND, "{}"));
    let port = peer.address.port();
    outside.names.lead("peer.example", &[SocketAddr::new(peer.address.ip(), 0)]);
    let outbound = outside.outbound(LONG);
    for address in [
        format!("https://peer.example:{port}/jwks"),
        format!("http://peer.example:{port}/jwks"),
        format!("https://user:secret@peer.example:{port}/jwks"),
    ] {
        assert_eq!(keys(&outbound, &address).await, Err(Unreachable), "{address}");
    }
    assert_eq!((outside.names.asked(), peer.met()), (0, 0), "nobody was asked");
    let settings = OutboundSettings { ports: vec![port], ..listed("127.0.0.0/8") };
    let listed = outside.outbound_with(settings, LONG);
    assert!(keys(&listed, &format!("https://peer.example:{port}/jwks")).await.is_ok());
}
