//! An SMTP relay that does as it is told, and remembers what it got.
//!
//! Speaks as much of RFC 5321, RFC 3207 and RFC 4954 as a submitting client uses. Its certificate is made at start;
//! [`SmtpSink::ca_file`] is what a client must trust to accept it.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// How the sink protects the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Not at all, and STARTTLS is not offered.
    Clear,
    /// STARTTLS is offered.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// What the sink does with the next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Takes it.
    Accept,
    /// Answers `RCPT TO` with this line.
    AtRecipient(&'static str),
    /// Answers the finished message with this line.
    AtMessage(&'static str),
    /// Closes the connection in the middle of the message.
    Drop,
    /// Never answers the finished message.
    Silence,
    /// Takes it, and closes the connection instead of answering `QUIT`.
    AcceptAndVanish,
}

/// What a sink is told before it starts.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// How it protects the line.
    pub(crate) line: Line,
    /// The name in its certificate.
    pub(crate) certificate_name: &'static str,
    /// The user and password that it asks for.
    pub(crate) credentials: Option<(&'static str, &'static str)>,
    /// What it does with the first message, the second, and so on; accepts those beyond.
    pub(crate) answers: Vec<Answer>,
}

impl Default for Script {
    fn default() -> Self {
        Self { line: Line::StartTls, certificate_name: "localhost", credentials: None, answers: Vec::new() }
    }
}

/// A message that the sink took.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// The reverse path.
    pub(crate) from: String,
    /// The forward paths.
    pub(crate) to: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub(crate) raw: Vec<u8>,
    /// Whether the line was protected.
    pub(crate) protected: bool,
}

/// A running sink; gone when dropped.
pub(crate) struct SmtpSink {
    address: SocketAddr,
    state: Arc<State>,
    ca: NamedTempFile,
    task: JoinHandle<()>,
}

struct State {
    script: Script,
    acceptor: TlsAcceptor,
    taken: Mutex<Vec<Taken>>,
    commands: Mutex<Vec<String>>,
    answered: Mutex<usize>,
}

impl SmtpSink {
    /// Starts a sink on a free port of the loopback.
    pub(crate) async fn start(script: Script) -> Self {
        let certified = rcgen::generate_simple_self_signed([script.certificate_name.to_owned()]).unwrap();
        let ca = NamedTempFile::new().unwrap();
        std::fs::write(ca.path(), certified.cert.pem()).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
        let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            script,
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            taken: Mutex::default(),
            commands: Mutex::default(),
            answered: Mutex::default(),
        });
        let serving = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&serving);
                tokio::spawn(async move { state.serve(stream).await });
            }
        });
        Self { address, state, ca, task }
    }

    /// The port that it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What a client must trust to accept the certificate.
    pub(crate) fn ca_file(&self) -> &Path {
        self.ca.path()
    }

    /// The messages taken so far.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.state.taken.lock().unwrap().clone()
    }

    /// The commands heard so far, in order, over all connections.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.state.commands.lock().unwrap().clone()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    /// One connection, from the greeting to its end; how it ended is the client's to notice.
    async fn serve(&self, stream: TcpStream) -> Option<()> {
        if self.script.line == Line::Tls {
            let stream = self.acceptor.accept(stream).await.ok()?;
            return Conversation::with(stream, true).run(self, true).await.ok().map(drop);
        }
        let mut clear = Conversation::with(stream, false);
        if clear.run(self, true).await.ok()? == End::StartTls {
            // RFC 3207 §4.2: what the client said before is forgotten.
            let stream = self.acceptor.accept(clear.stream.into_inner()).await.ok()?;
            Conversation::with(stream, true).run(self, false).await.ok()?;
        }
        Some(())
    }

    fn next_answer(&self) -> Answer {
        let mut answered = self.answered.lock().unwrap();
        *answered += 1;
        self.script.answers.get(*answered - 1).copied().unwrap_or(Answer::Accept)
    }

    /// Whether an `AUTH PLAIN` with its initial response is the one asked for (RFC 4616).
    fn knows(&self, response: &str) -> bool {
        use base64::Engine as _;
        self.script.credentials.is_some_and(|(user, password)| {
            base64::engine::general_purpose::STANDARD.encode(format!("\0{user}\0{password}")) == response
        })
    }
}

#[derive(PartialEq, Eq)]
enum End {
    Closed,
    StartTls,
}

struct Conversation<S: AsyncRead + AsyncWrite> {
    stream: BufStream<S>,
    protected: bool,
    signed_in: bool,
    from: String,
    to: Vec<String>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<S> {
    fn with(stream: S, protected: bool) -> Self {
        Self { stream: BufStream::new(stream), protected, signed_in: false, from: String::new(), to: Vec::new() }
    }

    async fn run(&mut self, state: &State, greet: bool) -> io::Result<End> {
        if greet {
            self.say("220 sink.example ESMTP").await?;
        }
        let mut answer = Answer::Accept;
        loop {
            let line = self.hear().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            state.commands.lock().unwrap().push(verb.to_ascii_uppercase());
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => self.offer(state).await?,
                "STARTTLS" if state.script.line == Line::StartTls && !self.protected => {
                    self.say("220 2.0.0 go ahead").await?;
                    return Ok(End::StartTls);
                }
                "AUTH" if state.knows(rest.trim_start_matches("PLAIN ")) => {
                    self.signed_in = true;
                    self.say("235 2.7.0 welcome").await?;
                }
                "AUTH" => self.say("535 5.7.8 wrong credentials").await?,
                "MAIL" if state.script.credentials.is_some() && !self.signed_in => {
                    self.say("530 5.7.0 sign in first").await?;
                }
                "MAIL" => {
                    answer = state.next_answer();
                    self.from = path(rest);
                    self.to.clear();
                    self.say("250 2.1.0 ok").await?;
                }
                "RCPT" => {
                    let reply = if let Answer::AtRecipient(refusal) = answer { refusal } else { "250 2.1.5 ok" };
                    self.to.push(path(rest));
                    self.say(reply).await?;
                }
                "DATA" => {
                    self.say("354 go ahead").await?;
                    if answer == Answer::Drop {
                        self.hear().await?;
                        return Ok(End::Closed);
                    }
                    self.data(state, answer).await?;
                }
                "QUIT" if answer == Answer::AcceptAndVanish => return Ok(End::Closed),
                "QUIT" => {
                    self.say("221 2.0.0 bye").await?;
                    return Ok(End::Closed);
                }
                "NOOP" | "RSET" => self.say("250 2.0.0 ok").await?,
                _ => self.say("502 5.5.1 not here").await?,
            }
        }
    }

    async fn offer(&mut self, state: &State) -> io::Result<()> {
        let mut lines = vec!["sink.example"];
        if state.script.line == Line::StartTls && !self.protected {
            lines.push("STARTTLS");
        }
        if state.script.credentials.is_some() {
            lines.push("AUTH PLAIN LOGIN");
        }
        lines.push("ENHANCEDSTATUSCODES");
        let last = lines.len() - 1;
        for (index, line) in lines.into_iter().enumerate() {
            let dash = if index == last { ' ' } else { '-' };
            self.say(&format!("250{dash}{line}")).await?;
        }
        Ok(())
    }

    async fn data(&mut self, state: &State, answer: Answer) -> io::Result<()> {
        let mut raw = Vec::new();
        loop {
            let line = self.hear().await?;
            if line == "." {
                break;
            }
            // RFC 5321 §4.5.2: a leading dot was doubled.
            raw.extend_from_slice(line.strip_prefix('.').unwrap_or(&line).as_bytes());
            raw.extend_from_slice(b"\r\n");
        }
        match answer {
            Answer::AtMessage(refusal) => return self.say(refusal).await,
            Answer::Silence => return std::future::pending().await,
            _ => {}
        }
        let (from, to, protected) = (self.from.clone(), self.to.clone(), self.protected);
        state.taken.lock().unwrap().push(Taken { from, to, raw, protected });
        self.say("250 2.0.0 taken").await
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    async fn hear(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// The address between the angle brackets.
fn path(argument: &str) -> String {
    argument.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
