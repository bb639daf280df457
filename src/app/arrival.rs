//! A request as it arrived: when, from where, and under which reference. Read once, passed along (STYLE.md §5).

use crate::clock::Timestamp;
use crate::reference::Reference;
use crate::source::Source;

/// When, from where, under which reference.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// The one reading of the clock.
    pub(crate) now: Timestamp,
    /// As far as the connection or a listed proxy says (SR-205).
    pub(crate) source: Source,
    /// On error pages, in the log, in the audit trail.
    pub(crate) reference: Reference,
}
