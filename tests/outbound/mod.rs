//! The guarded way out, over real TLS on loopback: whom it reaches, what it reads, what it tells.

mod answers;
mod documents;
mod reach;
mod trust;

use guichet::clock::Duration;
use guichet::outbound::{Document, Outbound, Purpose, Unreachable};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

/// Time enough for any answer on loopback, and short enough to wait for in a story about silence.
const LONG: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_secs(1);

/// Where the stories' peer is.
const ADDRESS: &str = "https://peer.example/jwks";
/// What its keys are served as.
const KIND: &str = "application/jwk-set+json";

async fn keys(outbound: &Outbound, address: &str) -> Result<Document, Unreachable> {
    outbound.get(Purpose::Jwks, address).await
}

/// What the operator's figures say of requests so far: purpose, outcome and how often, one a line.
fn figures(register: impl FnOnce(&mut Registry)) -> String {
    let (mut registry, mut text) = (Registry::default(), String::new());
    register(&mut registry);
    encode(&mut text, &registry).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("guichet_outbound_total"));
    let mut lines: Vec<_> =
        lines.map(|line| line.replace("{purpose=\"", "").replace("\",outcome=\"", " ").replace("\"}", "")).collect();
    lines.sort_unstable();
    lines.join(", ")
}
