//! One registry with all that stands before it: copies of what it said, the guard that spares it, the time it is given.

use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::copies::{Copies, Outcome};
use super::guard::{Guard, Share};
use super::lookup::Lookup;
use super::tally::Tally;
use super::trouble::Trouble;
use crate::clock::{Duration, Timestamp};

/// A registry that is asked with care.
pub(super) struct Desk<L: Lookup> {
    registry: L,
    guard: Mutex<Guard>,
    copies: Mutex<Copies<L::Number, L::Record>>,
    tally: Tally,
}

impl<L: Lookup<Number: Clone + Eq + Hash>> Desk<L> {
    /// Before that registry; `not_found` is how long its word is taken that there is no such number.
    pub(super) fn new(registry: L, share: Share, not_found: Duration, tally: &Tally) -> Self {
        tally.breaker(L::REGISTRY, false);
        let (guard, copies) = (Mutex::new(Guard::new(share)), Mutex::new(Copies::new(not_found)));
        Self { registry, guard, copies, tally: tally.clone() }
    }

    /// What is known of that number, or what the registry says of it within that time.
    pub(super) async fn ask(&self, number: &L::Number, time: Duration, now: Timestamp) -> Outcome<L::Record> {
        let known = lock(&self.copies).find(number, now);
        self.tally.looked(L::REGISTRY, known.is_some());
        if let Some(known) = known {
            return known;
        }
        if let Err(held) = lock(&self.guard).admit(now) {
            self.tally.answered(L::REGISTRY, held.label());
            return Err(held.trouble());
        }
        let answered = tokio::time::timeout(time, self.registry.look_up(number, now)).await;
        let outcome = answered.unwrap_or(Err(Trouble::Unavailable)).map(Arc::new);
        self.learn(number, &outcome, now);
        outcome
    }

    fn learn(&self, number: &L::Number, outcome: &Outcome<L::Record>, now: Timestamp) {
        let trouble = outcome.as_ref().err().copied();
        self.tally.answered(L::REGISTRY, trouble.map_or("found", Trouble::label));
        if let Some(trouble) = trouble.filter(|trouble| trouble.is_a_failure()) {
            tracing::warn!(registry = L::REGISTRY.as_str(), %trouble, "a registry could not be asked");
        }
        let broken = {
            let mut guard = lock(&self.guard);
            guard.note(trouble, now);
            guard.is_broken()
        };
        self.tally.breaker(L::REGISTRY, broken);
        lock(&self.copies).keep(number, outcome, now);
    }
}

/// Nobody panics while holding one of these; if somebody did, what they hold is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
