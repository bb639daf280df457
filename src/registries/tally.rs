//! What registries were asked and what came of it, counted: closed lists for labels, never a number.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry as Figures;

use crate::identity::organisation::Registry;

/// The figures of all registries.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    answers: Family<Answer, Counter>,
    copies: Family<Copy, Counter>,
    breaker: Family<Asked, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    registry: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Copy {
    registry: &'static str,
    found: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    registry: &'static str,
}

impl Tally {
    /// Shows the figures under their names.
    pub(super) fn register(&self, figures: &mut Figures) {
        let about = "Questions to registries of companies and of value added tax, by registry and what came of them";
        figures.register("guichet_registry_answers", about, self.answers.clone());
        let about = "Questions looked for among the copies of earlier answers, by registry and whether there was one";
        figures.register("guichet_registry_copies", about, self.copies.clone());
        let about = "Whether a registry is left alone because it failed: 1 until it answers again";
        figures.register("guichet_registry_breaker", about, self.breaker.clone());
    }

    /// Counts what came of one question.
    pub(super) fn answered(&self, registry: Registry, outcome: &'static str) {
        self.answers.get_or_create(&Answer { registry: registry.as_str(), outcome }).inc();
    }

    /// Counts one look at the copies.
    pub(super) fn looked(&self, registry: Registry, found: bool) {
        let found = if found { "yes" } else { "no" };
        self.copies.get_or_create(&Copy { registry: registry.as_str(), found }).inc();
    }

    /// Says how the breaker stands.
    pub(super) fn breaker(&self, registry: Registry, broken: bool) {
        self.breaker.get_or_create(&Asked { registry: registry.as_str() }).set(i64::from(broken));
    }
}
