//! The audit trail made tamper-evident: events are sealed in order, each with a MAC over the one before (SR-195).
//!
//! An event is written in the transaction that it explains, without a lock that all would wait for; a job gives it a
//! number and a seal a moment later, on one node at a time. Without the master key nobody can make a seal, so changing,
//! removing or reordering what is sealed shows, and [`verify`] says where.

use aws_lc_rs::hmac;

use crate::clock::{Duration, Timestamp};
use crate::secret::Secret;
use crate::store::{Store, StoreError, events, leases};

/// How many events are sealed, or verified, at a time.
const BATCH: u64 = 500;
/// How long a node that seals keeps the others from it.
const LEASE: Duration = Duration::from_secs(30);

/// Makes and checks seals.
#[derive(Clone)]
pub(crate) struct Seals(hmac::Key);

/// How a verification ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every seal is right.
    Sound {
        /// How many events are sealed.
        sealed: u64,
        /// How many are not sealed yet.
        waiting: u64,
    },
    /// From this number on the trail cannot be trusted.
    Broken {
        /// The first event that is wrong or missing.
        sequence: i64,
        /// What is wrong with it.
        fault: &'static str,
    },
}

impl Seals {
    /// With a key of ours.
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.expose()))
    }

    fn seal(&self, before: &[u8], sequence: i64, content: &str) -> Vec<u8> {
        let mut mac = hmac::Context::with_key(&self.0);
        mac.update(&u64::try_from(before.len()).unwrap_or(0).to_be_bytes());
        mac.update(before);
        mac.update(&sequence.to_be_bytes());
        mac.update(content.as_bytes());
        mac.sign().as_ref().to_vec()
    }

    fn is_right(&self, before: &[u8], event: &events::Sealed) -> bool {
        crate::secret::same(&self.seal(before, event.sequence, &event.content), &event.seal)
    }
}

/// Seals what waits, if no other node is at it; returns how many.
pub(crate) async fn seal(store: &Store, seals: &Seals, holder: &str, now: Timestamp) -> Result<usize, StoreError> {
    if !leases::take(store, "audit", holder, LEASE, now).await? {
        return Ok(0);
    }
    let tx = store.begin().await?;
    let (mut sequence, mut before) =
        events::last(&tx).await?.map_or((0, Vec::new()), |last| (last.sequence, last.seal));
    let waiting = events::unsealed(&tx, BATCH).await?;
    for (id, content) in &waiting {
        sequence += 1;
        before = seals.seal(&before, sequence, content);
        events::seal(&tx, *id, sequence, &before).await?;
    }
    tx.commit_housekeeping().await?;
    Ok(waiting.len())
}

/// Checks every seal, from the first event to the last.
pub(crate) async fn verify(store: &Store, seals: &Seals) -> Result<Verdict, StoreError> {
    let reads = store.reads();
    let (mut expected, mut before) = (1, Vec::new());
    loop {
        let batch = events::sealed_from(&reads, expected, BATCH).await?;
        for event in &batch {
            let fault = if event.sequence != expected {
                Some("an event is missing")
            } else if !event.columns_agree {
                Some("the columns do not say what the event says")
            } else if !seals.is_right(&before, event) {
                Some("the seal is wrong")
            } else {
                None
            };
            if let Some(fault) = fault {
                return Ok(Verdict::Broken { sequence: expected, fault });
            }
            expected += 1;
            before.clone_from(&event.seal);
        }
        if batch.is_empty() {
            let waiting = events::waiting(&reads).await?;
            return Ok(Verdict::Sound { sealed: u64::try_from(expected - 1).unwrap_or(0), waiting });
        }
    }
}
