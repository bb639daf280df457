//! The last net: a panic becomes a 500 with a reference, and the process lives on (SR-199, SR-209).
//!
//! What the panic said is dropped: it may quote what a person typed (SR-197). The log keeps where it happened.

use std::any::Any;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower::ServiceExt as _;
use tower_http::catch_panic::{CatchPanic, ResponseForPanic};

use super::answer::{Asker, Refusal};

pub(super) async fn layer(request: Request, next: Next) -> Response {
    let caught = CatchPanic::custom(next, Net(Asker::of(&request)));
    match caught.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => never.into_response(),
    }
}

#[derive(Clone)]
struct Net(Asker);

impl ResponseForPanic for Net {
    type ResponseBody = Body;
    fn response_for_panic(&mut self, _said: Box<dyn Any + Send>) -> Response {
        self.0.answer(Refusal::Failed)
    }
}

/// Replaces the hook that prints a panic's message with one that logs its place.
pub(super) fn log_places_only() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic was caught");
    }));
}
