//! What stands before two nodes: each connection goes to the other one than the last did.

use std::net::Ipv4Addr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A balancer with no memory of anybody.
pub(crate) struct Front(JoinHandle<()>);

impl Front {
    /// Listens on `port` for these nodes.
    pub(crate) async fn open(port: u16, nodes: [u16; 2]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        Self(tokio::spawn(async move {
            for node in nodes.into_iter().cycle() {
                let Ok((mut outside, _)) = listener.accept().await else { return };
                tokio::spawn(async move {
                    if let Ok(mut inside) = TcpStream::connect((Ipv4Addr::LOCALHOST, node)).await {
                        // How a connection ends is its two ends' business.
                        copy_bidirectional(&mut outside, &mut inside).await.ok();
                    }
                });
            }
        }))
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.0.abort();
    }
}
