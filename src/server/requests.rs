//! One request seen from outside: its reference, its span in the log, its line at the end, its place in the figures.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use super::metrics::Metrics;
use super::telemetry;
use crate::clock::Stopwatch;
use crate::entropy::Entropy;
use crate::reference::Reference;

/// What watching a request takes.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) metrics: Metrics,
}

pub(super) async fn layer(State(watch): State<Watch>, mut request: Request, next: Next) -> Response {
    let started = Stopwatch::start();
    let reference = Reference::new(watch.entropy.as_ref());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!(
        "request",
        %reference,
        method = ?telemetry::path(method.as_str()),
        path = telemetry::path(request.uri().path()),
        source = tracing::field::Empty,
    );
    request.extensions_mut().insert(reference);
    async {
        let response = next.run(request).await;
        let (status, took) = (response.status(), started.elapsed());
        watch.metrics.answered(&route, &method, status, took);
        tracing::info!(status = status.as_u16(), micros = u64::try_from(took.as_micros()).unwrap_or(0), "answered");
        response
    }
    .instrument(span)
    .await
}
