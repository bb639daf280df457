//! What is counted of requests, by route and never by person (UX.md §4.4).
//!
//! The registry is a value: whoever assembles the process makes one, lets each part register its own, and hands it to
//! the management listener.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::clock::Duration;

/// The counters of requests.
#[derive(Debug, Clone)]
pub struct Metrics {
    answers: Family<Answer, Counter>,
    seconds: Family<Route, Histogram>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

impl Metrics {
    /// Counters that `registry` shows.
    pub fn new(registry: &mut Registry) -> Self {
        let answers = Family::default();
        // From 1 ms to 16 s: a page without a hash, up to the time-out.
        let seconds =
            Family::new_with_constructor((|| Histogram::new(exponential_buckets(0.001, 2.0, 15))) as fn() -> _);
        registry.register("guichet_http_answers", "Requests answered", answers.clone());
        registry.register("guichet_http_seconds", "Time to answer", seconds.clone());
        Self { answers, seconds }
    }

    /// Counts one answer. `route` is the pattern that matched, so that addresses make no new series.
    pub(super) fn answered(&self, route: &str, method: &http::Method, status: http::StatusCode, took: Duration) {
        let method = match method.as_str() {
            "GET" => "GET",
            "HEAD" => "HEAD",
            "POST" => "POST",
            "PUT" => "PUT",
            "DELETE" => "DELETE",
            "OPTIONS" => "OPTIONS",
            _ => "other",
        };
        self.answers.get_or_create(&Answer { route: route.to_owned(), method, status: status.as_u16() }).inc();
        self.seconds.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }
}
