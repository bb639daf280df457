//! The audit trail made tamper-evident: events are sealed in order, each with a MAC over the one before (SR-195).
//!
//! An event is written in the transaction that it explains, without a lock that all would wait for; a job gives it a
//! number and a seal a moment later, on one node at a time. Without the master key nobody can make a seal, so changing,
//! removing or reordering what is sealed shows, and [`verify`] says where.
//!
//! After a year events go, oldest first, for they hold addresses of people (SR-200). What the last of them was numbered
//! and sealed with is kept as a fact with a MAC of its own: the trail begins there, and nowhere else ([`forget`]).

pub mod acceptances;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::{Duration, Timestamp, days};
use crate::secret::Secret;
use crate::store::{Access, Store, StoreError, events, facts, leases};

/// How many events are sealed, or verified, at a time.
const BATCH: u64 = 500;
/// How long a node that seals keeps the others from it.
const LEASE: Duration = Duration::from_secs(30);
/// How long events are kept (DOMAIN.md §10: security logs 6 to 12 months).
const KEPT: Duration = days(365);
/// The fact that says where the trail begins.
const BEGINNING: &str = "audit_beginning";

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
        /// How many went when their time was over.
        forgotten: u64,
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

    /// What is wrong with an event that is to follow `mark`.
    fn fault(&self, mark: &Mark, event: &events::Sealed) -> Option<&'static str> {
        if event.sequence != mark.sequence + 1 {
            Some("an event is missing")
        } else if !event.columns_agree {
            Some("the columns do not say what the event says")
        } else if !crate::secret::same(&self.seal(&mark.seal, event.sequence, &event.content), &event.seal) {
            Some("the seal is wrong")
        } else {
            None
        }
    }

    /// Proves that we put the beginning there; in words that no event is sealed over.
    fn proof(&self, mark: &Mark) -> Vec<u8> {
        let mut mac = hmac::Context::with_key(&self.0);
        mac.update(b"the trail begins after");
        mac.update(&mark.sequence.to_be_bytes());
        mac.update(&mark.seal);
        mac.sign().as_ref().to_vec()
    }
}

/// The last event that is known to be right: the next one hangs on it.
#[derive(Debug, Clone, Default)]
struct Mark {
    sequence: i64,
    seal: Vec<u8>,
}

impl Mark {
    fn of(event: &events::Sealed) -> Self {
        Self { sequence: event.sequence, seal: event.seal.clone() }
    }

    /// As the fact keeps it: number, seal, proof.
    fn written(&self, seals: &Seals) -> String {
        let (seal, proof) = (URL_SAFE_NO_PAD.encode(&self.seal), URL_SAFE_NO_PAD.encode(seals.proof(self)));
        format!("{} {seal} {proof}", self.sequence)
    }

    /// Reads what [`Mark::written`] wrote; `None` when it was not us.
    fn read(text: &str, seals: &Seals) -> Option<Self> {
        let mut parts = text.splitn(3, ' ');
        let sequence = parts.next()?.parse().ok()?;
        let seal = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let proof = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let mark = Self { sequence, seal };
        crate::secret::same(&seals.proof(&mark), &proof).then_some(mark)
    }
}

/// Where the trail begins: at nothing, or after what was forgotten; `None` when somebody else wrote that.
async fn beginning(access: &impl Access, seals: &Seals) -> Result<Option<Mark>, StoreError> {
    let fact = facts::read(access, BEGINNING).await?;
    Ok(fact.map_or_else(|| Some(Mark::default()), |text| Mark::read(&text, seals)))
}

/// Seals what waits, if no other node is at it; returns how many.
pub(crate) async fn seal(store: &Store, seals: &Seals, holder: &str, now: Timestamp) -> Result<usize, StoreError> {
    if !leases::take(store, "audit", holder, LEASE, now).await? {
        return Ok(0);
    }
    let tx = store.begin().await?;
    let last = match events::last(&tx).await? {
        Some(last) => Some(Mark::of(&last)),
        None => beginning(&tx, seals).await?,
    };
    let mut mark = last.ok_or_else(|| StoreError::misfit("facts", "value", BEGINNING))?;
    let waiting = events::unsealed(&tx, BATCH).await?;
    for (id, content) in &waiting {
        let sequence = mark.sequence + 1;
        mark = Mark { sequence, seal: seals.seal(&mark.seal, sequence, content) };
        events::seal(&tx, *id, sequence, &mark.seal).await?;
    }
    tx.commit_housekeeping().await?;
    Ok(waiting.len())
}

/// Checks every seal, from the first event that is kept to the last.
pub(crate) async fn verify(store: &Store, seals: &Seals) -> Result<Verdict, StoreError> {
    let reads = store.reads();
    let changed = Verdict::Broken { sequence: 1, fault: "where the trail begins was changed" };
    let Some(mut mark) = beginning(&reads, seals).await? else { return Ok(changed) };
    let mut forgotten = mark.sequence;
    loop {
        let batch = events::sealed_from(&reads, mark.sequence + 1, BATCH).await?;
        for event in &batch {
            let Some(fault) = seals.fault(&mark, event) else {
                mark = Mark::of(event);
                continue;
            };
            // Another node may have forgotten what we were about to read: then the trail begins further on.
            let sequence = mark.sequence + 1;
            match beginning(&reads, seals).await? {
                None => return Ok(changed),
                Some(further) if further.sequence >= sequence => (forgotten, mark) = (further.sequence, further),
                Some(_) => return Ok(Verdict::Broken { sequence, fault }),
            }
            break;
        }
        if batch.is_empty() {
            let count = |number: i64| u64::try_from(number).unwrap_or(0);
            let waiting = events::waiting(&reads).await?;
            let sealed = count(mark.sequence - forgotten);
            return Ok(Verdict::Sound { sealed, forgotten: count(forgotten), waiting });
        }
    }
}

/// Deletes events whose time is over, oldest first and some at a time; returns how many.
///
/// Each is verified first. From one that is wrong on all stay, whatever their age: a broken trail is evidence.
pub(crate) async fn forget(store: &Store, seals: &Seals, now: Timestamp) -> Result<u64, StoreError> {
    let tx = store.begin().await?;
    let first = beginning(&tx, seals).await?.ok_or_else(|| StoreError::misfit("facts", "value", BEGINNING))?;
    let mut mark = first.clone();
    for event in events::sealed_from(&tx, first.sequence + 1, BATCH).await? {
        if event.at > now - KEPT {
            break;
        }
        if let Some(fault) = seals.fault(&mark, &event) {
            tracing::error!(sequence = mark.sequence + 1, fault, "the audit trail is broken: nothing more is deleted");
            break;
        }
        mark = Mark::of(&event);
    }
    if mark.sequence == first.sequence {
        return Ok(0);
    }
    let gone = events::forget(&tx, mark.sequence).await?;
    // The database may keep what our clock calls old (deploy/roles.sql): then the trail goes on beginning where it did.
    if i64::try_from(gone) != Ok(mark.sequence - first.sequence) {
        return Err(StoreError::Kept);
    }
    facts::replace(&tx, BEGINNING, &mark.written(seals)).await?;
    tx.commit_housekeeping().await?;
    Ok(gone)
}

/// Whether so many forgotten at once say that there may be more.
pub(crate) const fn is_full(forgotten: u64) -> bool {
    forgotten >= BATCH
}
