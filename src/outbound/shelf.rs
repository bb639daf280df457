//! What was fetched, kept for a while in bounded memory: documents for their lifetime, failures for a shorter one.
//!
//! Pure: the present is an argument. The shelf is bounded in places, in bytes and in places of one client, so that no
//! client can push everybody else's keys out. Nodes keep a shelf each; what stands there is never the truth, only a copy
//! of what others published.

use std::collections::HashMap;

use super::Document;
use super::failure::Unreachable;
use super::purpose::Purpose;
use crate::clock::{Duration, Timestamp};

/// Places in all.
const PLACES: usize = 512;
/// Places of one client.
const PLACES_OF_ONE: usize = 16;
/// Bytes in all.
const BYTES: usize = 16 * 1024 * 1024;
/// How long a failure is remembered, and how long a document is not asked for again, whoever insists.
pub(super) const COOL_DOWN: Duration = Duration::from_secs(30);

/// Who wants which document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) client: String,
    pub(super) purpose: Purpose,
    pub(super) address: String,
}

#[derive(Debug)]
struct Place {
    answer: Result<Document, Unreachable>,
    asked: Timestamp,
    until: Timestamp,
    used: u64,
}

impl Place {
    fn bytes(&self) -> usize {
        self.answer.as_ref().map_or(0, |document| document.0.len())
    }
}

/// The shelf.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    places: HashMap<Key, Place>,
    uses: u64,
}

impl Shelf {
    /// What is known of it, as long as it is good.
    pub(super) fn find(&mut self, key: &Key, now: Timestamp) -> Option<Result<Document, Unreachable>> {
        self.uses += 1;
        let place = self.places.get_mut(key).filter(|place| now < place.until)?;
        place.used = self.uses;
        Some(place.answer.clone())
    }

    /// Whether it was asked for a moment ago, with whatever outcome.
    pub(super) fn was_asked_lately(&self, key: &Key, now: Timestamp) -> bool {
        self.places.get(key).is_some_and(|place| now.since(place.asked) < COOL_DOWN)
    }

    /// Keeps a document for `lifetime`.
    pub(super) fn keep(&mut self, key: &Key, document: Document, lifetime: Duration, now: Timestamp) {
        if lifetime > Duration::ZERO {
            self.put(key, Ok(document), now, now + lifetime);
        } else {
            self.places.remove(key);
        }
    }

    /// Remembers a failure. A document that is still good stays so: those who insist on another must not take it away.
    pub(super) fn fail(&mut self, key: &Key, now: Timestamp) {
        match self.places.get_mut(key).filter(|place| place.answer.is_ok() && now < place.until) {
            Some(place) => place.asked = now,
            None => self.put(key, Err(Unreachable), now, now + COOL_DOWN),
        }
    }

    fn put(&mut self, key: &Key, answer: Result<Document, Unreachable>, asked: Timestamp, until: Timestamp) {
        self.uses += 1;
        self.places.insert(key.clone(), Place { answer, asked, until, used: self.uses });
        while self.places.keys().filter(|other| other.client == key.client).count() > PLACES_OF_ONE {
            self.clear_oldest(|other| other.client == key.client);
        }
        while self.places.len() > PLACES || self.places.values().map(Place::bytes).sum::<usize>() > BYTES {
            self.clear_oldest(|_| true);
        }
    }

    /// Clears the place that was not used for longest.
    fn clear_oldest(&mut self, among: impl Fn(&Key) -> bool) {
        let places = self.places.iter().filter(|(key, _)| among(key));
        if let Some(key) = places.min_by_key(|(_, place)| place.used).map(|(key, _)| key.clone()) {
            self.places.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::minutes;

    const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);
    const LIFE: Duration = minutes(10);

    fn key(client: &str, address: &str) -> Key {
        Key { client: client.to_owned(), purpose: Purpose::Jwks, address: address.to_owned() }
    }

    fn document(bytes: usize) -> Document {
        Document(vec![b' '; bytes].into())
    }

    #[test]
    fn documents_are_good_for_their_life_and_failures_for_a_shorter_one() {
        let (mut shelf, good, bad) = (Shelf::default(), key("shop", "good"), key("shop", "bad"));
        shelf.keep(&good, document(1), LIFE, NOW);
        shelf.fail(&bad, NOW);
        for (later, good_stands, bad_stands) in [
            (Duration::ZERO, true, true),
            (Duration::from_millis(29_999), true, true),
            (COOL_DOWN, true, false),
            (Duration::from_millis(599_999), true, false),
            (LIFE, false, false),
        ] {
            let found = (shelf.find(&good, NOW + later).is_some(), shelf.find(&bad, NOW + later).is_some());
            assert_eq!(found, (good_stands, bad_stands), "{later:?} later");
        }
        assert_eq!(shelf.find(&key("portal", "good"), NOW), None, "another client asks for itself");
        shelf.keep(&good, document(1), Duration::ZERO, NOW);
        assert_eq!(shelf.find(&good, NOW), None, "what may change at any moment is not kept");
    }

    #[test]
    fn a_failure_takes_no_good_document_away_but_counts_as_asking() {
        let (mut shelf, key) = (Shelf::default(), key("shop", "keys"));
        shelf.keep(&key, document(1), LIFE, NOW);
        let later = NOW + COOL_DOWN;
        assert!(shelf.was_asked_lately(&key, NOW) && !shelf.was_asked_lately(&key, later));
        shelf.fail(&key, later);
        assert_eq!(shelf.find(&key, later), Some(Ok(document(1))));
        assert!(shelf.was_asked_lately(&key, later));
        shelf.fail(&key, NOW + LIFE);
        assert_eq!(shelf.find(&key, NOW + LIFE), Some(Err(Unreachable)), "its own life is not longer for that");
    }

    #[test]
    fn sr_170_one_client_pushes_out_its_own_documents_only() {
        let mut shelf = Shelf::default();
        shelf.keep(&key("portal", "keys"), document(1), LIFE, NOW);
        for n in 0..PLACES {
            shelf.keep(&key("shop", &n.to_string()), document(1), LIFE, NOW);
        }
        assert!(shelf.find(&key("portal", "keys"), NOW).is_some());
        assert_eq!(shelf.places.len(), PLACES_OF_ONE + 1);
        assert!(shelf.find(&key("shop", &(PLACES - 1).to_string()), NOW).is_some(), "the newest stands");
    }

    #[test]
    fn sr_208_memory_is_bounded_in_places_and_in_bytes() {
        let mut shelf = Shelf::default();
        for n in 0..PLACES + 50 {
            shelf.fail(&key(&n.to_string(), "keys"), NOW);
        }
        assert_eq!(shelf.places.len(), PLACES);
        let longest = Purpose::Jwks.longest();
        for n in 0..100 {
            shelf.keep(&key(&n.to_string(), "long"), document(longest), LIFE, NOW);
        }
        assert!(shelf.places.values().map(Place::bytes).sum::<usize>() <= BYTES);
        assert!(shelf.find(&key("99", "long"), NOW).is_some());
    }
}
