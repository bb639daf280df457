//! From names to addresses that may be connected to: what a resolver finds is judged, whole, before anybody connects.
//!
//! The connection goes to the very addresses that were judged, for the HTTP client has no other resolver: a name that
//! answers otherwise the next moment (DNS rebinding) gains nothing (SR-169). One closed address among open ones closes
//! them all, since nobody publishes such a set in good faith.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use tokio::sync::Semaphore;

use super::address::judge;
use super::failure::Cause;

/// Look-ups at once.
const LOOKUPS: usize = 16;

/// A resolver whose answers are judged.
#[derive(Clone)]
pub(super) struct Judged {
    pub(super) names: Arc<dyn Resolve>,
    pub(super) networks: Arc<[IpNet]>,
}

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, networks) = (self.names.resolve(name), Arc::clone(&self.networks));
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = found.await?.collect();
            for address in &addresses {
                judge(address.ip(), &networks, is_ours(address.ip())).map_err(Cause::Closed)?;
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Whether this machine has that address: only its own can be bound, and nothing is sent by binding.
pub(super) fn is_ours(address: IpAddr) -> bool {
    UdpSocket::bind((address, 0)).is_ok()
}

/// The machine's own resolver.
pub(super) struct SystemNames(Arc<Semaphore>);

impl Default for SystemNames {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(LOOKUPS)))
    }
}

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        let turns = Arc::clone(&self.0);
        Box::pin(async move {
            let turn = turns.acquire_owned().await?;
            // The system's look-up cannot be called back. Who gives up leaves it its turn, in a task of its own, so
            // that slow name servers hold as many threads as there are turns, and no more.
            let lookup = tokio::spawn(async move {
                let found = lookup_host((name.as_str(), 0)).await.map(Iterator::collect::<Vec<_>>);
                drop(turn);
                found
            });
            Ok(Box::new(lookup.await??.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::address::Special;
    use super::*;

    /// Leads to what it was told.
    struct To(Vec<SocketAddr>);

    impl Resolve for To {
        fn resolve(&self, _: Name) -> Resolving {
            let found = self.0.clone();
            Box::pin(async move { Ok(Box::new(found.into_iter()) as Addrs) })
        }
    }

    async fn judged(addresses: &[&str]) -> Result<usize, Cause> {
        let found = addresses.iter().map(|address| address.parse().unwrap()).collect();
        let judged = Judged { names: Arc::new(To(found)), networks: Arc::default() };
        let found = judged.resolve("rp.example".parse().unwrap()).await;
        found.map(Iterator::count).map_err(|error| error.downcast_ref::<Cause>().unwrap().clone())
    }

    #[tokio::test]
    async fn sr_169_all_that_a_name_leads_to_is_judged_each_time() {
        for (addresses, verdict) in [
            (&["93.184.215.14:0", "[2a01:e0a::1]:0"] as &[&str], Ok(2)),
            (&["127.0.0.1:0"], Err(Cause::Closed(Special::Loopback))),
            (&["93.184.215.14:0", "127.0.0.1:0"], Err(Cause::Closed(Special::Loopback))),
            (&["169.254.169.254:0", "93.184.215.14:0"], Err(Cause::Closed(Special::Metadata))),
            (&["[::ffff:10.0.0.1]:0"], Err(Cause::Closed(Special::Mapped))),
        ] {
            assert_eq!(judged(addresses).await, verdict, "{addresses:?}");
        }
    }

    #[test]
    fn sr_169_a_machine_knows_its_own_addresses() {
        assert!(is_ours("127.0.0.1".parse().unwrap()));
        assert!(!is_ours("192.0.2.1".parse().unwrap()), "RFC 5737: nobody has it");
    }
}
