//! When keys change their state: next → active → retiring → retired, without a token that cannot be verified (SR-158).
//!
//! Pure: [`due`] says what is to be done now, and doing it is for the caller, in one transaction. A realm has one active
//! key for each algorithm that its clients want; a next one is published ahead of its turn, so that clients that keep our
//! keys know it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::clock::{Duration, Timestamp};
use crate::ids::KeyId;
use crate::protocol::client::SigningAlgorithm;

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyState {
    /// Published, not signing yet.
    Next,
    /// Signing.
    Active,
    /// Published until the last token it signed is over.
    Retiring,
    /// Neither published nor believed.
    Retired,
}

impl KeyState {
    const ALL: [Self; 4] = [Self::Next, Self::Active, Self::Retiring, Self::Retired];

    /// The state for a column.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Retired => "retired",
        }
    }

    /// A state out of a column.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What is kept of a key beside its private part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyRecord {
    /// Its identifier.
    pub(crate) id: KeyId,
    /// What it signs with.
    pub(crate) algorithm: SigningAlgorithm,
    /// Where it stands.
    pub(crate) state: KeyState,
    /// Since when it stands there.
    pub(crate) since: Timestamp,
}

/// Which keys a realm has, and how long they stay in their states.
#[derive(Debug, Clone)]
pub(crate) struct RotationPolicy {
    /// What it signs with.
    pub(crate) algorithms: BTreeSet<SigningAlgorithm>,
    /// How long before its turn a key is published: longer than clients keep our keys.
    pub(crate) published_ahead: Duration,
    /// How long a key signs.
    pub(crate) active: Duration,
    /// How long it is believed afterwards: the longest token, or the longest session whose ID token is a hint.
    pub(crate) believed: Duration,
}

/// Something to do with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Make a key for that algorithm, in that state.
    Create(SigningAlgorithm, KeyState),
    /// Move a key to that state.
    Move(KeyId, KeyState),
}

/// What is to be done now; done in order, it leaves one active key for each algorithm of the policy, and no other.
pub(crate) fn due(keys: &[KeyRecord], policy: &RotationPolicy, now: Timestamp) -> Vec<Change> {
    let turns = SigningAlgorithm::ALL.into_iter().flat_map(|algorithm| {
        if !policy.algorithms.contains(&algorithm) {
            return step_down(keys, algorithm);
        }
        let Some(active) = find(keys, algorithm, KeyState::Active) else { return succeed(keys, algorithm) };
        let next = find(keys, algorithm, KeyState::Next);
        let age = now.since(active.since);
        match next {
            Some(next) if age >= policy.active && now.since(next.since) >= policy.published_ahead => {
                succeed(keys, algorithm)
            }
            None if age + policy.published_ahead >= policy.active => vec![Change::Create(algorithm, KeyState::Next)],
            _ => Vec::new(),
        }
    });
    let over = |key: &&KeyRecord| key.state == KeyState::Retiring && now.since(key.since) >= policy.believed;
    turns.chain(keys.iter().filter(over).map(|key| Change::Move(key.id, KeyState::Retired))).collect()
}

/// Another key signs from now on, whatever the schedule says; the one that signed is believed as long as ever.
pub(crate) fn rotate_now(keys: &[KeyRecord], algorithm: SigningAlgorithm) -> Vec<Change> {
    succeed(keys, algorithm)
}

/// A key that somebody else may have: neither published nor believed from now on, replaced when it was signing.
pub(crate) fn revoke(keys: &[KeyRecord], key: &KeyRecord) -> Vec<Change> {
    let mut changes = vec![Change::Move(key.id, KeyState::Retired)];
    if key.state == KeyState::Active {
        changes.push(enthrone(keys, key.algorithm));
    }
    changes
}

/// The active key steps back, and the next one or a new one takes its place.
fn succeed(keys: &[KeyRecord], algorithm: SigningAlgorithm) -> Vec<Change> {
    let back = find(keys, algorithm, KeyState::Active).map(|active| Change::Move(active.id, KeyState::Retiring));
    back.into_iter().chain([enthrone(keys, algorithm)]).collect()
}

/// No client wants the algorithm any more: nothing signs with it, and what was signed is believed as long as ever.
fn step_down(keys: &[KeyRecord], algorithm: SigningAlgorithm) -> Vec<Change> {
    let active = find(keys, algorithm, KeyState::Active).map(|active| Change::Move(active.id, KeyState::Retiring));
    let next = find(keys, algorithm, KeyState::Next).map(|next| Change::Move(next.id, KeyState::Retired));
    active.into_iter().chain(next).collect()
}

fn enthrone(keys: &[KeyRecord], algorithm: SigningAlgorithm) -> Change {
    let next = find(keys, algorithm, KeyState::Next);
    next.map_or(Change::Create(algorithm, KeyState::Active), |next| Change::Move(next.id, KeyState::Active))
}

fn find(keys: &[KeyRecord], algorithm: SigningAlgorithm, state: KeyState) -> Option<&KeyRecord> {
    keys.iter().find(|key| key.algorithm == algorithm && key.state == state)
}

#[cfg(test)]
mod tests {
    use super::KeyState::{Active, Next, Retired, Retiring};
    use super::SigningAlgorithm::{ES256, PS256, RS256};
    use super::*;
    use crate::clock::days;

    const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn policy<const N: usize>(algorithms: [SigningAlgorithm; N]) -> RotationPolicy {
        RotationPolicy {
            algorithms: algorithms.into(),
            published_ahead: days(7),
            active: days(90),
            believed: Duration::from_hours(48),
        }
    }

    fn id(n: u8) -> KeyId {
        format!("01900000-0000-7000-8000-0000000001{n:02}").parse().unwrap()
    }

    fn key(n: u8, algorithm: SigningAlgorithm, state: KeyState, day: u64) -> KeyRecord {
        KeyRecord { id: id(n), algorithm, state, since: START + days(day) }
    }

    #[test]
    fn sr_158_keys_are_published_before_they_sign_and_believed_afterwards() {
        let elliptic = key(9, ES256, Active, 80);
        for (case, keys, day, changes) in [
            ("first start", vec![], 0, vec![Change::Create(RS256, Active), Change::Create(ES256, Active)]),
            ("nothing due", vec![key(1, RS256, Active, 0), elliptic], 82, vec![]),
            ("publish the next", vec![key(1, RS256, Active, 0), elliptic], 83, vec![Change::Create(RS256, Next)]),
            ("wait", vec![key(1, RS256, Active, 0), key(2, RS256, Next, 83), elliptic], 89, vec![]),
            ("published late", vec![key(1, RS256, Active, 0), key(2, RS256, Next, 88), elliptic], 94, vec![]),
            (
                "its turn",
                vec![key(1, RS256, Active, 0), key(2, RS256, Next, 83), elliptic],
                90,
                vec![Change::Move(id(1), Retiring), Change::Move(id(2), Active)],
            ),
            ("still believed", vec![key(1, RS256, Retiring, 90), key(2, RS256, Active, 90), elliptic], 91, vec![]),
            (
                "over",
                vec![key(1, RS256, Retiring, 90), key(2, RS256, Active, 90), elliptic],
                92,
                vec![Change::Move(id(1), Retired)],
            ),
            (
                "an active one is missing",
                vec![key(2, RS256, Next, 90), elliptic],
                91,
                vec![Change::Move(id(2), Active)],
            ),
        ] {
            assert_eq!(due(&keys, &policy([RS256, ES256]), START + days(day)), changes, "{case}");
        }
    }

    #[test]
    fn sr_158_a_key_is_made_when_a_client_wants_one_and_steps_down_when_none_does_any_more() {
        let (elliptic, pss) = (key(1, ES256, Active, 0), key(2, PS256, Active, 0));
        for (case, keys, wanted, day, changes) in [
            ("not wanted", vec![elliptic], policy([ES256]), 1, vec![]),
            ("wanted", vec![elliptic], policy([ES256, PS256]), 1, vec![Change::Create(PS256, Active)]),
            ("there", vec![elliptic, pss], policy([ES256, PS256]), 1, vec![]),
            (
                "wanted no more",
                vec![elliptic, pss, key(3, PS256, Next, 83)],
                policy([ES256]),
                1,
                vec![Change::Move(id(2), Retiring), Change::Move(id(3), Retired)],
            ),
            ("still believed", vec![elliptic, key(2, PS256, Retiring, 1)], policy([ES256]), 2, vec![]),
            (
                "over",
                vec![elliptic, key(2, PS256, Retiring, 1)],
                policy([ES256]),
                3,
                vec![Change::Move(id(2), Retired)],
            ),
            (
                "wanted again",
                vec![elliptic, key(2, PS256, Retiring, 1)],
                policy([ES256, PS256]),
                2,
                vec![Change::Create(PS256, Active)],
            ),
        ] {
            assert_eq!(due(&keys, &wanted, START + days(day)), changes, "{case}");
        }
    }

    #[test]
    fn sr_158_an_operator_can_rotate_or_revoke_at_once() {
        let (one, two) = (key(1, RS256, Active, 0), key(2, RS256, Next, 0));
        for (keys, rotated, revoked) in [
            (vec![one], Change::Create(RS256, Active), Change::Create(RS256, Active)),
            (vec![one, two], Change::Move(id(2), Active), Change::Move(id(2), Active)),
        ] {
            assert_eq!(rotate_now(&keys, RS256), [Change::Move(id(1), Retiring), rotated]);
            assert_eq!(revoke(&keys, &one), [Change::Move(id(1), Retired), revoked]);
        }
        assert_eq!(revoke(&[one, two], &two), [Change::Move(id(2), Retired)]);
    }

    #[test]
    fn sr_158_over_years_of_hourly_looks_there_is_always_one_active_key_and_no_unpublished_one() {
        let mut keys: Vec<KeyRecord> = Vec::new();
        for hour in 0..24 * 365 * 2 {
            let now = START + Duration::from_hours(hour);
            for change in due(&keys, &policy(SigningAlgorithm::ALL), now) {
                match change {
                    Change::Create(algorithm, state) => {
                        assert!(state == Next || hour == 0);
                        let n = u8::try_from(keys.len()).unwrap();
                        keys.push(KeyRecord { id: id(n), algorithm, state, since: now });
                    }
                    Change::Move(id, state) => {
                        let key = keys.iter_mut().find(|key| key.id == id).unwrap();
                        assert!(state > key.state);
                        (key.state, key.since) = (state, now);
                    }
                }
            }
            for algorithm in SigningAlgorithm::ALL {
                let of = |state| keys.iter().filter(|key| key.algorithm == algorithm && key.state == state).count();
                assert!(of(Active) == 1 && of(Next) <= 1 && of(Retiring) <= 1);
            }
        }
        assert_eq!(keys.len(), 4 * 9);
    }
}
