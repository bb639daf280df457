//! SR-172: whoever answers proves the name by a chain that ends at an authority we trust.

use std::sync::Arc;

use guichet::outbound::{Outbound, OutboundSettings, Unreachable};
use reqwest::dns::Resolve;
use rustls::{HandshakeKind, ProtocolVersion};

use super::{ADDRESS, KIND, LONG, figures, keys};
use crate::support::outside::Outside;
use crate::support::peer::Reply;

#[tokio::test]
async fn sr_172_the_newest_tls_is_spoken_and_each_connection_proves_itself() {
    let outside = Outside::new();
    let (peer, outbound) = (outside.peer("peer.example").await, outside.outbound(LONG));
    peer.says(Reply::document(KIND, "{}"));
    assert!(keys(&outbound, ADDRESS).await.is_ok() && keys(&outbound, ADDRESS).await.is_ok());
    assert_eq!(peer.handshakes().len(), 2, "no connection is kept");
    for (version, kind) in peer.handshakes() {
        assert_eq!(version, Some(ProtocolVersion::TLSv1_3));
        assert_ne!(kind, Some(HandshakeKind::Resumed), "the certificate was shown and verified");
    }
}

#[tokio::test]
async fn sr_172_a_certificate_for_another_name_is_refused() {
    let outside = Outside::new();
    let (peer, outbound) = (outside.peer("other.example").await, outside.outbound(LONG));
    outside.names.lead("peer.example", &[peer.address]);
    assert_eq!(keys(&outbound, ADDRESS).await, Err(Unreachable));
    assert_eq!((peer.met(), peer.heard().len()), (1, 0), "nothing was said");
    assert_eq!(figures(|registry| outbound.register(registry)), "jwks tls 1");
}

#[tokio::test]
async fn sr_172_an_authority_that_nobody_named_is_refused() {
    let (outside, elsewhere) = (Outside::new(), Outside::new());
    let peer = elsewhere.peer("peer.example").await;
    outside.names.lead("peer.example", &[peer.address]);
    let outbound = outside.outbound(LONG);
    assert_eq!(keys(&outbound, ADDRESS).await, Err(Unreachable));
    assert_eq!(outbound.post_form(ADDRESS, &[("logout_token", "secret")]).await, Err(Unreachable));

    let networks = vec!["127.0.0.0/8".parse().unwrap()];
    let settings = OutboundSettings { networks, ..OutboundSettings::default() };
    let names = Arc::clone(&elsewhere.names) as Arc<dyn Resolve>;
    let public_only = Outbound::with(&settings, names, LONG).unwrap();
    assert_eq!(keys(&public_only, ADDRESS).await, Err(Unreachable), "none was named");
    assert_eq!((peer.met(), peer.heard().len()), (3, 0), "nothing was said");
    assert_eq!(figures(|registry| outbound.register(registry)), "jwks tls 1, post tls 1");
}
