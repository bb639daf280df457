//! How many connections may be open, in all and from one address (SR-207).
//!
//! Counted before TLS and before the first byte is read, by the networks of [`Source`], so that an IPv6 subscriber
//! counts once. Listed proxies speak for many and are bounded by the total alone. Over the bound the connection is
//! closed: there is nobody to talk to yet.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use tokio::net::TcpStream;
use tower::Layer as _;

use crate::config::{Limits, Proxies};
use crate::source::Source;

/// The connections of all public listeners.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    open: Arc<Mutex<Open>>,
    connections: usize,
    per_address: usize,
    proxies: Arc<Proxies>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_network: HashMap<String, usize>,
}

/// A connection's place; given back when its last copy goes, with the connection.
#[derive(Debug, Clone)]
pub(super) struct Place(#[expect(dead_code, reason = "held to be dropped")] Arc<Held>);

#[derive(Debug)]
struct Held {
    open: Arc<Mutex<Open>>,
    network: Option<String>,
}

impl Admission {
    pub(super) fn new(limits: &Limits, proxies: Arc<Proxies>) -> Self {
        let (connections, per_address) = (limits.connections, limits.connections_per_address);
        Self { open: Arc::default(), connections, per_address, proxies }
    }

    fn admit(&self, stream: &TcpStream) -> io::Result<Place> {
        // Answers are small and written whole: waiting to fill a packet only delays them.
        stream.set_nodelay(true)?;
        let peer = stream.peer_addr()?.ip().to_canonical();
        let network = (!self.proxies.lists(peer)).then(|| Source::new(peer).network());
        self.open.lock().unwrap_or_else(PoisonError::into_inner).take(
            network.as_deref(),
            self.connections,
            self.per_address,
        )?;
        Ok(Place(Arc::new(Held { open: Arc::clone(&self.open), network })))
    }
}

impl Open {
    fn take(&mut self, network: Option<&str>, connections: usize, per_address: usize) -> io::Result<()> {
        let theirs = network.and_then(|network| self.by_network.get(network)).copied().unwrap_or(0);
        if self.all >= connections || theirs >= per_address {
            return Err(io::Error::from(io::ErrorKind::ConnectionRefused));
        }
        self.all += 1;
        if let Some(network) = network {
            *self.by_network.entry(network.to_owned()).or_default() += 1;
        }
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        let Some(network) = self.network.take() else { return };
        let left = open.by_network.get(&network).copied().unwrap_or(0).saturating_sub(1);
        if left == 0 {
            open.by_network.remove(&network);
        } else {
            open.by_network.insert(network, left);
        }
    }
}

impl<S> Accept<TcpStream, S> for Admission {
    type Stream = TcpStream;
    type Service = AddExtension<S, Place>;
    type Future = Ready<io::Result<(TcpStream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.admit(&stream).map(|place| (stream, Extension(place).layer(service))))
    }
}
