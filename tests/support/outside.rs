//! The world outside the house, as stories need it: names that lead where the story says, and an authority that
//! certifies who answers there. Everybody is on loopback; the house is told that loopback may be reached.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use guichet::clock::Duration;
use guichet::outbound::{Outbound, OutboundSettings};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tempfile::NamedTempFile;

use super::peer::Peer;

/// Names and their authority.
pub(crate) struct Outside {
    pub(crate) names: Arc<Names>,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Outside {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { names: Arc::default(), authority }
    }

    /// A server under that name, certified for it.
    pub(crate) async fn peer(&self, name: &str) -> Peer {
        let peer = Peer::start("127.0.0.1", name, &self.authority).await;
        self.names.lead(name, &[peer.address]);
        peer
    }

    /// A server at another address of this machine, which no name leads to yet.
    pub(crate) async fn stranger(&self, ip: &str, certified_for: &str) -> Peer {
        Peer::start(ip, certified_for, &self.authority).await
    }

    /// The guarded client of a house in this world: loopback is listed, our authority trusted.
    pub(crate) fn outbound(&self, time: Duration) -> Outbound {
        let networks = vec!["127.0.0.0/8".parse().unwrap()];
        self.outbound_with(OutboundSettings { networks, ..OutboundSettings::default() }, time)
    }

    /// The guarded client with these settings, our authority trusted besides.
    pub(crate) fn outbound_with(&self, settings: OutboundSettings, time: Duration) -> Outbound {
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), self.authority.pem()).unwrap();
        let settings = OutboundSettings { ca: Some(file.path().to_owned()), ..settings };
        Outbound::with(&settings, Arc::clone(&self.names) as Arc<dyn Resolve>, time).unwrap()
    }
}

/// Where names lead: to one set of addresses after the other, and to the last one from then on.
#[derive(Default)]
pub(crate) struct Names {
    leads: Mutex<BTreeMap<String, VecDeque<Vec<SocketAddr>>>>,
    asked: Mutex<usize>,
}

impl Names {
    /// From now on that name leads there. An address without a port (0) takes the one that is asked for.
    pub(crate) fn lead(&self, name: &str, addresses: &[SocketAddr]) {
        self.lead_in_turn(name, &[addresses]);
    }

    /// That name leads somewhere else each time it is asked for.
    pub(crate) fn lead_in_turn(&self, name: &str, turns: &[&[SocketAddr]]) {
        let turns = turns.iter().map(|addresses| addresses.to_vec()).collect();
        self.leads.lock().unwrap().insert(name.to_owned(), turns);
    }

    /// How often any name was asked for.
    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        *self.asked.lock().unwrap() += 1;
        let mut leads = self.leads.lock().unwrap();
        let found = leads
            .get_mut(name.as_str())
            .and_then(|turns| if turns.len() > 1 { turns.pop_front() } else { turns.front().cloned() });
        Box::pin(async move {
            let found = found.ok_or_else(|| std::io::Error::other("no such name"))?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
