//! The management listener: `/health/live`, `/health/ready`, `/health/started` and `/metrics`, off the public one
//! (SR-193). Its answers are one word; why something is not ready stands in the log.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

/// Asks the parts whether requests can be served now.
pub type Probe = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// A probe from an async closure.
pub fn probe<F>(ask: impl Fn() -> F + Send + Sync + 'static) -> Probe
where
    F: Future<Output = bool> + Send + 'static,
{
    Arc::new(move || Box::pin(ask()))
}

/// How far the process is: set by `Server`, read by the probes.
#[derive(Debug, Default)]
pub(super) struct Stage {
    started: AtomicBool,
    leaving: AtomicBool,
}

impl Stage {
    /// From now on nobody should send new requests here.
    pub(super) fn leave(&self) {
        self.leaving.store(true, Ordering::SeqCst);
    }
}

#[derive(Clone)]
struct Health {
    stage: Arc<Stage>,
    ready: Probe,
    registry: Arc<Registry>,
}

/// The routes of the management listener.
pub(super) fn router(stage: Arc<Stage>, ready: Probe, registry: Registry) -> Router {
    Router::new()
        .route("/health/live", get(async || "live"))
        .route("/health/started", get(started))
        .route("/health/ready", get(ready_now))
        .route("/metrics", get(metrics))
        .with_state(Health { stage, ready, registry: Arc::new(registry) })
}

async fn ready_now(State(health): State<Health>) -> Response {
    let ready = !health.stage.leaving.load(Ordering::SeqCst) && (health.ready)().await;
    if ready {
        health.stage.started.store(true, Ordering::SeqCst);
    }
    word(ready, "ready")
}

/// Once ready, started for good: a database that goes away later must not make an orchestrator restart us.
async fn started(state: State<Health>) -> Response {
    let started = Arc::clone(&state.stage);
    if !started.started.load(Ordering::SeqCst) {
        ready_now(state).await;
    }
    word(started.started.load(Ordering::SeqCst), "started")
}

fn word(yes: bool, word: &str) -> Response {
    if yes {
        word.to_owned().into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, format!("not {word}")).into_response()
    }
}

async fn metrics(State(health): State<Health>) -> Response {
    let mut text = String::new();
    if encode(&mut text, &health.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
