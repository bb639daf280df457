//! What one source told of one certificate, and how long it holds.

use crate::clock::{Duration, Timestamp, minutes};
use crate::proofs::certificate::{Doubt, Standing};

/// How far the clocks of authorities may be from ours.
pub(super) const SKEW: Duration = minutes(5);

/// An answer whose signature was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Good or revoked.
    pub standing: Standing,
    /// `thisUpdate`: when it was known to be so.
    pub since: Timestamp,
    /// `nextUpdate`: until when newer word will be there.
    pub until: Timestamp,
}

impl Told {
    /// This, if it holds now (RFC 5280 §6.3.3 (a), RFC 6960 §3.2).
    pub(super) fn at(self, now: Timestamp) -> Result<Self, Doubt> {
        let holds = self.since <= now + SKEW && now < self.until + SKEW;
        if holds { Ok(self) } else { Err(Doubt::Stale) }
    }
}
