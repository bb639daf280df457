//! What was asked of others and what came of it, counted: closed lists for labels, never a name.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// The figures of the guarded client.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally(Family<Asked, Counter>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    purpose: &'static str,
    outcome: &'static str,
}

impl Tally {
    /// Shows the figures under their name.
    pub(super) fn register(&self, registry: &mut Registry) {
        let about = "Requests to addresses that applications registered, by purpose and outcome";
        registry.register("guichet_outbound", about, self.0.clone());
    }

    /// Counts one request.
    pub(super) fn count(&self, purpose: &'static str, outcome: &'static str) {
        self.0.get_or_create(&Asked { purpose, outcome }).inc();
    }
}
