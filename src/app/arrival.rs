//! A request as it arrived: when, from where, and under which reference. Read once, passed along (STYLE.md §5).

use http::Extensions;

use super::App;
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

impl Arrival {
    /// What the server's layers found out; `None` when they are not there, which is a mistake of ours.
    pub(crate) fn of(extensions: &Extensions, app: &App) -> Option<Self> {
        Some(Self {
            now: app.clock.now(),
            source: *extensions.get::<Source>()?,
            reference: extensions.get::<Reference>()?.clone(),
        })
    }
}
