//! The endpoints and their floors, each pair with what is asked of it. The stories ask each of them as well.

mod floor;
mod house;
pub(crate) mod wire;

use axum::body::Bytes;
use http::header::HOST;
use http::{Method, Request};
use tokio::runtime::{Builder, Runtime};

use self::floor::{ES256, Floor, RS256};
use self::house::House;
use self::wire::{Side, Wire};
use crate::support::world::PUBLIC;

/// A request with its whole body.
type Asked = Request<Bytes>;

/// An endpoint: ours, then the floor.
pub(crate) struct Pair<'a> {
    pub(crate) name: &'static str,
    pub(crate) sides: [Side<'a>; 2],
}

/// Both servers, and the wire to them. They have a runtime of their own, as `serve` has: their threads are none of the
/// client's.
pub(crate) struct Pairs {
    pub(crate) wire: Wire,
    servers: Runtime,
    house: House,
    floor: Floor,
}

impl Pairs {
    /// Starts both.
    pub(crate) fn new() -> Self {
        let servers = Builder::new_multi_thread().enable_all().build().unwrap();
        let (wire, house) = (Wire::new(), servers.block_on(House::new()));
        let documents = [("discovery", house::discovery()), ("certs", house::certs())];
        let documents = documents.map(|(name, path)| (name, wire.body(house.address(), asked(Method::GET, &path))));
        let floor = servers.block_on(Floor::new(documents.into()));
        Self { wire, servers, house, floor }
    }

    /// All of them. On both sides an access token is signed by ES256, an ID token by RS256 with 2048 bits.
    pub(crate) fn all(&self) -> [Pair<'_>; 7] {
        let (wire, house, floor) = (&self.wire, &self.house, &self.floor);
        let pair = |name, ours, least| Pair { name, sides: [ours, least] };
        [
            pair("discovery", house.reads(house::discovery()), floor.reads("discovery")),
            pair("jwks", house.reads(house::certs()), floor.reads("certs")),
            pair("client_credentials", house.client_credentials(), floor.issues(ES256)),
            pair("code", house.code(wire), floor.issues(&[ES256, "+", RS256].concat())),
            pair("refresh", house.refresh(wire), floor.issues(&[ES256, "+", RS256].concat())),
            pair("introspection", house.introspection(), floor.looks_up()),
            pair("userinfo", house.userinfo(), floor.looks_up()),
        ]
    }

    /// Stops both.
    pub(crate) fn end(self) {
        let Self { servers, house, floor, .. } = self;
        servers.block_on(async {
            house.end().await;
            floor.end().await;
        });
    }
}

/// What a client sends, as a proxy passes it on.
fn asked(method: Method, path: &str) -> Asked {
    let request = Request::builder().method(method).uri(path).header(HOST, PUBLIC.strip_prefix("https://").unwrap());
    let request = request.header("x-forwarded-for", "203.0.113.80").header("x-forwarded-proto", "https");
    request.body(Bytes::new()).unwrap()
}
