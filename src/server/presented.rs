//! From a TLS connection to its requests: the certificate that the client showed in the handshake.
//!
//! Only the acceptor here puts it there, and only `proxy` takes it out, for the one listener that asks; the others'
//! clients are asked for nothing and show nothing.

use std::io;
use std::pin::Pin;

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use axum_server::tls_rustls::RustlsAcceptor;
use tokio::net::TcpStream;
use tower::Layer as _;

use super::admission::{Admission, Place};
use super::possession::bounded;
use crate::source::ClientCertificate;

/// What the client of a connection showed, if anything.
#[derive(Debug, Clone)]
pub(super) struct Presented {
    pub(super) certificate: Option<ClientCertificate>,
}

/// Accepts TLS connections, and tells their requests what was presented.
#[derive(Debug, Clone)]
pub(super) struct Presenting(pub(super) RustlsAcceptor<Admission>);

/// A connection over TLS, as the library has it.
type Stream<S> = <RustlsAcceptor<Admission> as Accept<TcpStream, S>>::Stream;
/// A service with the place of its connection, and with what was presented.
type Service<S> = AddExtension<AddExtension<S, Place>, Presented>;

impl<S: Send + 'static> Accept<TcpStream, S> for Presenting {
    type Stream = Stream<S>;
    type Service = Service<S>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Stream<S>, Service<S>)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accepting = self.0.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            // The handshake is over, so `Possession` has let these pass and their key is proven.
            let certificate = match stream.get_ref().1.peer_certificates() {
                Some([leaf, others @ ..]) => Some(bounded(leaf, others).map_err(io::Error::other)?),
                Some([]) | None => None,
            };
            Ok((stream, Extension(Presented { certificate }).layer(service)))
        })
    }
}
