//! A server of somebody else's, over TLS on loopback: it answers what the story tells it, and remembers what it heard.
//!
//! It speaks as little HTTP as an answer needs, so that a story can make it misbehave: an endless body, half an answer,
//! a redirect. What must wait waits at a gate that the story opens, never for a time.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{HandshakeKind, ProtocolVersion, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// An answer.
#[derive(Clone)]
pub(crate) struct Reply {
    head: String,
    body: Vec<u8>,
    rest: Rest,
    gate: Option<Arc<Semaphore>>,
}

/// How an answer goes on after its body.
#[derive(Clone, Copy)]
enum Rest {
    /// Not at all.
    End,
    /// With more of the same, as long as somebody reads.
    More,
    /// With silence, the connection open.
    Silence,
}

impl Reply {
    /// A status and nothing else.
    pub(crate) fn status(status: u16) -> Self {
        Self { head: format!("HTTP/1.1 {status} X\r\n"), body: Vec::new(), rest: Rest::End, gate: None }
    }

    /// A document of that kind.
    pub(crate) fn document(kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let reply = Self::status(200).with("Content-Type", kind).with("Content-Length", &body.len().to_string());
        Self { body, ..reply }
    }

    /// A status with a JSON document.
    pub(crate) fn json(status: u16, document: &serde_json::Value) -> Self {
        let body = document.to_string().into_bytes();
        let head = Self::status(status).with("Content-Type", "application/json;charset=utf-8");
        Self { body: body.clone(), ..head.with("Content-Length", &body.len().to_string()) }
    }

    /// Says that it is elsewhere.
    pub(crate) fn redirect(to: &str) -> Self {
        Self::status(302).with("Location", to)
    }

    /// A document of that kind that never ends; no length is announced.
    pub(crate) fn endless(kind: &str) -> Self {
        Self { body: vec![b' '; 4096], rest: Rest::More, ..Self::status(200).with("Content-Type", kind) }
    }

    /// Half a document, and then silence.
    pub(crate) fn half(kind: &str) -> Self {
        let head = Self::status(200).with("Content-Type", kind).with("Content-Length", "100");
        Self { body: vec![b' '; 50], rest: Rest::Silence, ..head }
    }

    /// Another header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.head.extend([name, ": ", value, "\r\n"]);
        self
    }

    /// Whether the connection may go on behind it (RFC 9112 §6.3).
    fn says_its_length(&self) -> bool {
        self.head.contains("Content-Length")
    }

    /// The answer waits until the story adds a permit to the gate.
    pub(crate) fn behind(self, gate: &Arc<Semaphore>) -> Self {
        Self { gate: Some(Arc::clone(gate)), ..self }
    }
}

/// The server; gone when dropped.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

/// The version of TLS that was agreed on, and whether the certificate was shown.
type Handshake = (Option<ProtocolVersion>, Option<HandshakeKind>);

struct State {
    acceptor: TlsAcceptor,
    replies: Mutex<VecDeque<Reply>>,
    met: Mutex<usize>,
    heard: Mutex<Vec<String>>,
    handshakes: Mutex<Vec<Handshake>>,
}

impl Peer {
    /// A server on a free port of that address, certified for that name. It answers 404 until it is told otherwise.
    pub(crate) async fn start(ip: &str, name: &str, authority: &CertifiedIssuer<'_, KeyPair>) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, authority).unwrap();
        let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
        let listener = TcpListener::bind((ip.parse::<IpAddr>().unwrap(), 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            replies: Mutex::new(VecDeque::from([Reply::status(404)])),
            met: Mutex::default(),
            heard: Mutex::default(),
            handshakes: Mutex::default(),
        });
        let serving = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&serving);
                tokio::spawn(async move { state.serve(stream).await });
            }
        });
        Self { address, state, task }
    }

    /// What it answers from now on.
    pub(crate) fn says(&self, reply: Reply) {
        self.says_in_turn([reply]);
    }

    /// What it answers from now on: one after the other, and the last one from then on.
    pub(crate) fn says_in_turn(&self, replies: impl Into<VecDeque<Reply>>) {
        *self.state.replies.lock().unwrap() = replies.into();
    }

    /// How many connections it met, whatever became of them.
    pub(crate) fn met(&self) -> usize {
        *self.state.met.lock().unwrap()
    }

    /// The requests that it heard, whole.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.state.heard.lock().unwrap().clone()
    }

    /// How the connections that came about were secured.
    pub(crate) fn handshakes(&self) -> Vec<Handshake> {
        self.state.handshakes.lock().unwrap().clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    fn next(&self) -> Reply {
        let mut replies = self.replies.lock().unwrap();
        let next = replies.front().unwrap().clone();
        if replies.len() > 1 {
            replies.pop_front();
        }
        next
    }

    /// One connection, as long as the client keeps it; how it ends is the client's to notice.
    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        *self.met.lock().unwrap() += 1;
        let mut stream = self.acceptor.accept(stream).await?;
        let agreed = stream.get_ref().1;
        self.handshakes.lock().unwrap().push((agreed.protocol_version(), agreed.handshake_kind()));
        loop {
            let request = hear(&mut stream).await?;
            self.heard.lock().unwrap().push(request);
            let reply = self.next();
            if let Some(gate) = &reply.gate {
                gate.acquire().await.unwrap().forget();
            }
            say(&mut stream, &reply).await?;
            if !reply.says_its_length() {
                return stream.shutdown().await;
            }
        }
    }
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), reply: &Reply) -> std::io::Result<()> {
    stream.write_all(format!("{}\r\n", reply.head).as_bytes()).await?;
    stream.write_all(&reply.body).await?;
    stream.flush().await?;
    match reply.rest {
        Rest::End => Ok(()),
        Rest::Silence => std::future::pending().await,
        Rest::More => loop {
            stream.write_all(&reply.body).await?;
        },
    }
}

/// A request with its body, as far as its `Content-Length` says.
async fn hear(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Ok(text);
        }
    }
}
