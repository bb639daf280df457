//! One request and its answer, byte for byte: what a story compares must not have passed a client that mends it.

use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The only value of that header.
    pub(crate) fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    pub(crate) fn location(&self) -> Option<&str> {
        self.header(LOCATION)
    }

    /// Every `Set-Cookie`.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Sends `request` on a connection of its own.
pub(crate) async fn exchange(address: SocketAddr, request: Request<impl Into<Body>>) -> Answer {
    exchange_over(TcpStream::connect(address).await.unwrap(), request).await.unwrap()
}

/// Sends `request` over `stream`; fails when that is closed before an answer.
pub(crate) async fn exchange_over(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<impl Into<Body>>,
) -> hyper::Result<Answer> {
    let request = request.map(Into::into);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await?.into_parts();
    let body = to_bytes(Body::new(body), usize::MAX).await.unwrap();
    driver.abort();
    Ok(Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() })
}
