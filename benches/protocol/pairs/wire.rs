//! Requests over real sockets: HTTP/1.1 on loopback, some connections at once, each asking its next when it was answered.
//!
//! The client has one thread. What the servers' threads work is what the process does while the client waits, without
//! what that one thread does.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use guichet::clock::Stopwatch;
use http::{Method, StatusCode};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustix::time::{ClockId, clock_gettime};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::{Asked, asked};

/// Connections to either side.
pub(crate) const CONNECTIONS: usize = 4;

/// Requests that are sent in one go to one side, before it is the other's turn.
pub(crate) const RUSH: usize = 32;

/// After that long a server may have closed a silent connection.
const SILENCE: Duration = Duration::from_secs(2);

/// Makes the next request.
type Asks<'a> = Box<dyn Fn() -> Asked + 'a>;

/// Takes from the answers of a rush what the next one needs.
type Learns<'a> = Box<dyn Fn(&[Bytes]) + 'a>;

/// One side of a comparison: where it is, and what it is asked.
pub(crate) struct Side<'a> {
    address: SocketAddr,
    asks: Asks<'a>,
    learns: Learns<'a>,
    lines: RefCell<Option<(Stopwatch, Vec<Line>)>>,
}

impl<'a> Side<'a> {
    /// A server at that address, asked for what `asks` makes.
    pub(super) fn new(address: SocketAddr, asks: impl Fn() -> Asked + 'a) -> Self {
        Self { address, asks: Box::new(asks), learns: Box::new(|_| ()), lines: RefCell::default() }
    }

    /// The same, where the answers have what the next requests need.
    pub(super) fn learning(self, learns: impl Fn(&[Bytes]) + 'a) -> Self {
        Self { learns: Box::new(learns), ..self }
    }
}

/// The client's end.
pub(crate) struct Wire(Runtime);

impl Wire {
    pub(super) fn new() -> Self {
        Self(Builder::new_current_thread().enable_all().build().unwrap())
    }

    /// Waits for something of the client's.
    pub(super) fn waits<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }

    /// The body of one answer.
    pub(super) fn body(&self, address: SocketAddr, request: Asked) -> Bytes {
        self.waits(async { Line::open(address).await.asks(request).await.1 })
    }

    /// Sends a rush to one side. Making the requests and reading the answers is not measured.
    pub(crate) fn rush(&self, side: &Side<'_>) -> Rush {
        let requests: Vec<_> = (0..RUSH).map(|_| (side.asks)()).collect();
        let rested = side.lines.take().filter(|(since, _)| since.elapsed() < SILENCE);
        let lines = rested.map_or_else(|| self.waits(open(side.address)), |(_, lines)| lines);
        let (busy, watch) = (Busy::start(), Stopwatch::start());
        let (lines, answers) = self.waits(ask(lines, requests));
        let (took, worked) = (watch.elapsed(), busy.elsewhere());
        side.lines.replace(Some((Stopwatch::start(), lines)));
        let (waits, bodies): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
        (side.learns)(&bodies);
        Rush { took, worked, waits }
    }
}

/// A connection that is kept open.
struct Line(SendRequest<Body>);

impl Line {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    async fn asks(&mut self, request: Asked) -> (StatusCode, Bytes) {
        let (parts, body) = self.0.send_request(request.map(Body::from)).await.unwrap().into_parts();
        (parts.status, to_bytes(Body::new(body), usize::MAX).await.unwrap())
    }

    /// Asks one after the other; how long each took, with its answer.
    async fn asks_all(mut self, requests: Vec<Asked>) -> (Self, Vec<(Duration, Bytes)>) {
        let mut answers = Vec::with_capacity(requests.len());
        for request in requests {
            let watch = Stopwatch::start();
            let (status, body) = self.asks(request).await;
            answers.push((watch.elapsed(), body));
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answers[answers.len() - 1].1));
        }
        (self, answers)
    }
}

/// Connections that have had an answer, whatever it was.
async fn open(address: SocketAddr) -> Vec<Line> {
    let mut lines = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut line = Line::open(address).await;
        line.asks(asked(Method::GET, "/")).await;
        lines.push(line);
    }
    lines
}

async fn ask(lines: Vec<Line>, requests: Vec<Asked>) -> (Vec<Line>, Vec<(Duration, Bytes)>) {
    let mut queues: Vec<_> = lines.into_iter().map(|line| (line, Vec::new())).collect();
    for (number, request) in requests.into_iter().enumerate() {
        queues[number % CONNECTIONS].1.push(request);
    }
    let asking: JoinSet<_> = queues.into_iter().map(|(line, queue)| line.asks_all(queue)).collect();
    let (lines, answers): (Vec<_>, Vec<_>) = asking.join_all().await.into_iter().unzip();
    (lines, answers.into_iter().flatten().collect())
}

/// What the processors did since a moment: all threads, and this one.
struct Busy([Duration; 2]);

impl Busy {
    fn now() -> [Duration; 2] {
        [ClockId::ProcessCPUTime, ClockId::ThreadCPUTime].map(|clock| Duration::try_from(clock_gettime(clock)).unwrap())
    }

    fn start() -> Self {
        Self(Self::now())
    }

    /// What the other threads did: those of the server that was asked, since the other one is silent.
    fn elsewhere(self) -> Duration {
        let ([all, this], [all_then, this_then]) = (Self::now(), self.0);
        all.saturating_sub(all_then).saturating_sub(this.saturating_sub(this_then))
    }
}

/// What a rush took.
pub(crate) struct Rush {
    pub(crate) took: Duration,
    worked: Duration,
    waits: Vec<Duration>,
}

/// What all rushes took.
#[derive(Default)]
pub(crate) struct Cost {
    took: Duration,
    worked: Duration,
    waits: Vec<Duration>,
}

impl Cost {
    pub(crate) fn add(&mut self, rush: Rush) {
        self.took += rush.took;
        self.worked += rush.worked;
        self.waits.extend(rush.waits);
    }

    pub(crate) const fn answers(&self) -> usize {
        self.waits.len()
    }

    /// The servers' work for one request, in microseconds.
    pub(crate) fn processor(&self) -> f64 {
        micros(self.worked) / number(self.answers())
    }

    /// How soon after one another requests are answered.
    pub(crate) fn time(&self) -> f64 {
        micros(self.took) / number(self.answers())
    }

    /// What so many of a hundred requests waited at most.
    pub(crate) fn waited(&self, percent: usize) -> f64 {
        let mut waits = self.waits.clone();
        waits.sort_unstable();
        micros(waits[(waits.len() - 1) * percent / 100])
    }
}

/// A count as what times are divided by.
pub(crate) fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

fn micros(span: Duration) -> f64 {
    span.as_secs_f64() * 1e6
}
