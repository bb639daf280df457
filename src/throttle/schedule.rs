//! How long the next guess must wait (SR-13, SR-14).

use crate::clock::{Duration, days, minutes};

/// Guesses without delay.
const FREE: u32 = 5;
/// Guesses without delay while everywhere is guessed at (SR-17).
const FREE_UNDER_ATTACK: u32 = 2;
/// The longest delay that a stranger can cause.
const LONGEST: Duration = minutes(15);
/// Consecutive failures after which only recovery helps.
pub(super) const HARD_STOP: u32 = 100;

/// The delay after the guess of that number, counted since the last right one.
pub(super) fn delay(count: u32, under_attack: bool) -> Option<Duration> {
    if count >= HARD_STOP {
        return Some(days(36_500));
    }
    let free = if under_attack { FREE_UNDER_ATTACK } else { FREE };
    let past = count.checked_sub(free)?;
    Some(Duration::from_secs(1_u64.checked_shl(past).unwrap_or(u64::MAX)).min(LONGEST))
}

/// Whether delays begin with the guess of that number. Under attack they come sooner, for accounts that nobody guesses
/// at as well: that is nothing to tell their owners.
pub(super) const fn is_first_delay(count: u32) -> bool {
    count == FREE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::hours;

    #[test]
    fn sr_13_delays_grow_from_one_second_to_fifteen_minutes() {
        for (count, seconds) in
            [(1, None), (4, None), (5, Some(1)), (6, Some(2)), (10, Some(32)), (15, Some(900)), (99, Some(900))]
        {
            assert_eq!(delay(count, false), seconds.map(Duration::from_secs), "{count}");
        }
    }

    #[test]
    fn sr_20_owners_are_told_when_delays_begin() {
        let told: Vec<u32> = (1..HARD_STOP).filter(|count| is_first_delay(*count)).collect();
        let slowed = (1..HARD_STOP).find(|count| delay(*count, false).is_some());
        assert_eq!(told, Vec::from_iter(slowed), "once, with the first");
    }

    #[test]
    fn sr_14_reaching_the_hard_stop_takes_twenty_hours() {
        let waited: Duration = (1..HARD_STOP).filter_map(|count| delay(count, false)).sum();
        assert!(waited >= hours(20), "{waited:?}");
        assert!(delay(HARD_STOP, false) > Some(days(10_000)));
    }

    #[test]
    fn sr_17_under_attack_the_delay_comes_sooner() {
        assert_eq!(delay(2, true), Some(Duration::from_secs(1)));
    }
}
