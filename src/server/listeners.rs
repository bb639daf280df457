//! A listener: an address, plain or with TLS, that serves one router until it is closed.
//!
//! HTTP/1.1 only (`docs/adr/0005`): hyper's header time-out then runs from the first moment of a connection, and there
//! are no streams to reset. A client that is slow with its headers, or silent between two requests, is cut.

use std::io;
use std::net::SocketAddr;

use anyhow::Context as _;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::middleware::AddExtension;
use axum_server::Handle;
use axum_server::accept::{Accept, DefaultAcceptor};
use axum_server::service::SendService;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::admission::Admission;
use super::presented::Presenting;
use crate::clock::Duration;
use crate::code::Code;
use crate::config::Limits;

/// A listener that serves.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    handle: Handle<SocketAddr>,
    serving: JoinHandle<io::Result<()>>,
}

impl Listener {
    /// Serves `router` in plain HTTP to whoever connects: for management and for what stays on loopback.
    ///
    /// Port 0 takes a free one; [`Self::address`] says which. Needs a runtime, as all of these do.
    pub fn open(address: SocketAddr, router: Router, limits: &Limits) -> anyhow::Result<Self> {
        serve(address, DefaultAcceptor::new(), router, limits)
    }

    /// Serves `router` to those admitted, over TLS if there is a certificate.
    pub(super) fn open_public(
        address: SocketAddr,
        router: Router,
        limits: &Limits,
        admission: Admission,
        certificate: Option<RustlsConfig>,
    ) -> anyhow::Result<Self> {
        match certificate {
            None => serve(address, admission, router, limits),
            Some(certificate) => {
                let tls = RustlsAcceptor::new(certificate).handshake_timeout(limits.header_time).acceptor(admission);
                serve(address, Presenting(tls), router, limits)
            }
        }
    }

    /// The address it is bound to.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no new connection, and gives requests under way this long.
    pub async fn close(self, patience: Duration) {
        self.handle.graceful_shutdown(Some(patience));
        if let Ok(Err(error)) = self.serving.await {
            tracing::error!(%error, address = %self.address, "a listener failed");
        }
    }
}

/// What `axum` makes of a router for one connection.
type Connection = AddExtension<Router, ConnectInfo<SocketAddr>>;

fn serve<A>(address: SocketAddr, acceptor: A, router: Router, limits: &Limits) -> anyhow::Result<Listener>
where
    A: Accept<TcpStream, Connection, Stream: AsyncRead + AsyncWrite + Unpin + Send, Future: Send>,
    A: Clone + Send + Sync + 'static,
    A::Service: SendService<Request<Incoming>> + Send,
{
    let bind = || {
        let socket = std::net::TcpListener::bind(address)?;
        socket.set_nonblocking(true)?;
        Ok::<_, io::Error>((socket.local_addr()?, axum_server::from_tcp(socket)?))
    };
    let (address, server) = bind().with_context(|| format!("{}: listening on {address}", Code::E0625))?;
    let handle = Handle::new();
    let mut server = server.acceptor(acceptor).handle(handle.clone()).http1_only();
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(limits.header_bytes)
        .max_headers(100);
    let serving = tokio::spawn(server.serve(router.into_make_service_with_connect_info::<SocketAddr>()));
    Ok(Listener { address, handle, serving })
}
