//! What registries answered, kept for a while in bounded memory. Pure: the present is an argument.
//!
//! Copies of what others published, never the truth: each node has its own, and they are gone with the process. Only
//! what speaks about a number is kept; that nobody could check is true for a moment alone.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::trouble::Trouble;
use crate::clock::{Duration, Timestamp, hours};

/// Places of one registry: at two kilobytes for the longest record, two megabytes.
const PLACES: usize = 1024;
/// How long a record is good.
const FOUND: Duration = hours(24);

/// A record, or why there is none.
pub(super) type Outcome<R> = Result<Arc<R>, Trouble>;

#[derive(Debug)]
struct Place<R> {
    outcome: Outcome<R>,
    until: Timestamp,
    used: u64,
}

/// The copies of one registry, by number.
#[derive(Debug)]
pub(super) struct Copies<N, R> {
    places: HashMap<N, Place<R>>,
    /// How long an answer is good that there is no such number.
    not_found: Duration,
    uses: u64,
}

impl<N: Clone + Eq + Hash, R> Copies<N, R> {
    /// None yet.
    pub(super) fn new(not_found: Duration) -> Self {
        Self { places: HashMap::new(), not_found, uses: 0 }
    }

    /// What is known of that number, as long as it is good.
    pub(super) fn find(&mut self, number: &N, now: Timestamp) -> Option<Outcome<R>> {
        self.uses += 1;
        let place = self.places.get_mut(number).filter(|place| now < place.until)?;
        place.used = self.uses;
        Some(place.outcome.clone())
    }

    /// Keeps what says something about the number.
    pub(super) fn keep(&mut self, number: &N, outcome: &Outcome<R>, now: Timestamp) {
        let life = match outcome {
            Ok(_) => FOUND,
            Err(trouble) if trouble.speaks_about_the_number() => self.not_found,
            Err(_) => Duration::ZERO,
        };
        if life == Duration::ZERO {
            return;
        }
        self.uses += 1;
        let place = Place { outcome: outcome.clone(), until: now + life, used: self.uses };
        self.places.insert(number.clone(), place);
        if self.places.len() > PLACES {
            self.make_room(now);
        }
    }

    /// What is good no more goes, or else what was not used for longest.
    fn make_room(&mut self, now: Timestamp) {
        self.places.retain(|_, place| now < place.until);
        if self.places.len() > PLACES {
            let oldest = self.places.iter().min_by_key(|(_, place)| place.used).map(|(number, _)| number.clone());
            oldest.map(|number| self.places.remove(&number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::minutes;

    const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);
    const MOMENT: Duration = Duration::from_millis(1);

    #[test]
    fn records_are_good_for_a_day_and_unknown_numbers_for_ten_minutes() {
        for (outcome, good_for) in [
            (Ok(Arc::new("record")), Some(hours(24))),
            (Err(Trouble::NotFound), Some(minutes(10))),
            (Err(Trouble::Closed), Some(minutes(10))),
            (Err(Trouble::Partial), None),
            (Err(Trouble::RateLimited(minutes(1))), None),
            (Err(Trouble::Unavailable), None),
            (Err(Trouble::MemberState), None),
            (Err(Trouble::Misconfigured), None),
            (Err(Trouble::Malformed), None),
        ] {
            let mut copies = Copies::new(minutes(10));
            copies.keep(&1, &outcome, NOW);
            match good_for {
                Some(span) => {
                    assert_eq!(copies.find(&1, NOW + span - MOMENT), Some(outcome));
                    assert_eq!(copies.find(&1, NOW + span), None);
                }
                None => assert_eq!(copies.find(&1, NOW), None, "{outcome:?}"),
            }
            assert_eq!(copies.find(&2, NOW), None);
        }
    }

    #[test]
    fn who_keeps_no_refusals_keeps_none() {
        let mut copies = Copies::<u8, &str>::new(Duration::ZERO);
        copies.keep(&1, &Err(Trouble::NotFound), NOW);
        assert_eq!(copies.find(&1, NOW), None);
    }

    #[test]
    fn sr_208_memory_is_bounded_and_what_is_used_stays() {
        let mut copies = Copies::new(minutes(10));
        for number in 0..2 * PLACES {
            copies.keep(&number, &Ok(Arc::new(number)), NOW);
            assert!(copies.find(&0, NOW).is_some());
        }
        assert_eq!(copies.places.len(), PLACES);
        assert!(copies.find(&(2 * PLACES - 1), NOW).is_some() && copies.find(&1, NOW).is_none());
        copies.keep(&0, &Ok(Arc::new(0)), NOW + hours(24));
        copies.keep(&(3 * PLACES), &Ok(Arc::new(1)), NOW + hours(24));
        assert_eq!(copies.places.len(), 2, "what is good no more makes room first");
    }
}
