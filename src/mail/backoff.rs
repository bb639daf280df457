//! When a mail that could not be sent is tried again, and when it is given up.
//!
//! A pure table: quick at first, since somebody waits in front of a page; then ever slower, since the relay is down.
//! Nothing is tried past a day, nor once the link inside has expired: a dead link helps nobody (SR-182).

use crate::clock::{Duration, Timestamp, hours, minutes};

/// A mail that could not be sent in this time is given up, and shows in the log.
pub const LIFE: Duration = hours(24);

/// The pause after the first failed try, the second, and so on; the last one repeats.
const PAUSES: [Duration; 6] = [Duration::from_secs(10), minutes(1), minutes(5), minutes(15), minutes(30), hours(1)];

/// When a mail queued at `queued` may be sent for the last time.
pub fn deadline(queued: Timestamp, expires: Option<Timestamp>) -> Timestamp {
    let given_up = queued + LIFE;
    expires.map_or(given_up, |expires| given_up.min(expires))
}

/// The next try after `tries` failed ones, the last of which ended `now`; `None` when the mail is to be given up.
pub fn next_try(tries: u32, now: Timestamp, deadline: Timestamp) -> Option<Timestamp> {
    let index = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let pause = PAUSES.get(index).or(PAUSES.last())?;
    Some(now + *pause).filter(|next| *next < deadline)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUED: Timestamp = Timestamp::from_seconds(1_772_546_400);

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let deadline = deadline(QUEUED, None);
        for (tries, pause) in [
            (0, Duration::from_secs(10)),
            (1, Duration::from_secs(10)),
            (2, minutes(1)),
            (3, minutes(5)),
            (4, minutes(15)),
            (5, minutes(30)),
            (6, hours(1)),
            (7, hours(1)),
            (u32::MAX, hours(1)),
        ] {
            assert_eq!(next_try(tries, QUEUED, deadline), Some(QUEUED + pause), "after {tries}");
        }
    }

    #[test]
    fn sr_182_tries_end_with_the_day_or_with_the_link() {
        for (tries, after, link, again) in [
            (9, hours(22), None, true),
            (9, hours(23), None, false),
            (9, hours(25), None, false),
            (2, minutes(1), Some(minutes(30)), true),
            (2, minutes(29), Some(minutes(30)), false),
            (5, minutes(21), Some(minutes(30)), false),
            (9, hours(23), Some(hours(72)), false),
        ] {
            let deadline = deadline(QUEUED, link.map(|life| QUEUED + life));
            assert_eq!(
                next_try(tries, QUEUED + after, deadline).is_some(),
                again,
                "{tries} tries, {after:?}, {link:?}"
            );
        }
    }

    #[test]
    fn sr_182_a_relay_that_never_answers_is_asked_some_thirty_times_and_no_more() {
        let deadline = deadline(QUEUED, None);
        let (mut now, mut tries) = (QUEUED, 1);
        while let Some(next) = next_try(tries, now, deadline) {
            (now, tries) = (next, tries + 1);
        }
        assert!((25..=35).contains(&tries), "{tries}");
    }
}
