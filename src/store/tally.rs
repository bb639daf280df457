//! What happened, counted: every committed event by its kind, how much mail waits, and what the database was asked
//! (UX §4.4).
//!
//! Labels are closed lists, never an identifier: the number of series is bounded by the code.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use sea_orm::DatabaseConnection;

use crate::clock::Duration;
use crate::event::EventKind;

/// The figures of the store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    events: Family<Kind, Counter>,
    statements: Counter,
    waiting: Gauge,
    oldest: Gauge<f64, AtomicU64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

impl Tally {
    /// Shows the figures under their names.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("guichet_events", "Events of the audit trail, by kind", self.events.clone());
        registry.register("guichet_database_statements", "Statements the database was asked", self.statements.clone());
        registry.register("guichet_mail_waiting", "Mails in the outbox", self.waiting.clone());
        let oldest = "Age of the oldest mail in the outbox, in seconds";
        registry.register("guichet_mail_oldest_seconds", oldest, self.oldest.clone());
    }

    /// Counts a committed event.
    pub(super) fn count(&self, kind: EventKind) {
        self.events.get_or_create(&Kind { kind: kind.name() }).inc();
    }

    /// Counts each statement of that connection; what it says goes nowhere (SR-197).
    pub(super) fn watch(&self, connection: &mut DatabaseConnection) {
        let statements = self.statements.clone();
        connection.set_metric_callback(move |_| _ = statements.inc());
    }

    /// Notes how much mail waits, and for how long.
    pub(crate) fn mail(&self, waiting: u64, oldest: Duration) {
        self.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        self.oldest.set(oldest.as_secs_f64());
    }
}
