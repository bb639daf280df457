//! How often a registry is asked, and when it is left alone. Pure: the present is an argument.
//!
//! Three bounds, each of one node: its share of time (others ask as well, with the same key), a rest when it asked for
//! one, and a breaker, which opens when it failed several times in a row, so that nobody waits for somebody who is ill.
//! A breaker whose time is over lets one question pass; its answer decides for all.

use std::collections::VecDeque;

use super::trouble::Trouble;
use crate::clock::{Duration, Timestamp, minutes};

/// Failures in a row that open the breaker.
const FAILURES: u32 = 5;
/// How long it stays open.
const OPEN: Duration = Duration::from_mins(1);
/// How long the one question may take that tries whether it can close.
const TRIAL: Duration = Duration::from_secs(10);
/// The longest rest that a registry can ask for: a mistake of theirs should not last a day.
const LONGEST_REST: Duration = minutes(10);

/// So many questions in any span of that length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) most: usize,
    pub(super) span: Duration,
}

/// Why a registry is not asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// Our share is used up; when the next part of it comes.
    Spent(Duration),
    /// It wants its rest; for how long still.
    Resting(Duration),
    /// It failed too often.
    Broken,
}

impl Held {
    /// What whoever asked is told.
    pub(super) const fn trouble(self) -> Trouble {
        match self {
            Self::Spent(wait) | Self::Resting(wait) => Trouble::RateLimited(wait),
            Self::Broken => Trouble::Unavailable,
        }
    }

    /// The label of the figures.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Spent(_) => "not_asked_share",
            Self::Resting(_) => "not_asked_rest",
            Self::Broken => "not_asked_breaker",
        }
    }
}

/// The guard of one registry.
#[derive(Debug)]
pub(super) struct Guard {
    share: Share,
    /// When the questions of the last span were asked, the oldest first.
    asked: VecDeque<Timestamp>,
    failures: u32,
    open_until: Timestamp,
    rests_until: Timestamp,
}

impl Guard {
    /// A guard that has seen nothing.
    pub(super) fn new(share: Share) -> Self {
        let long_ago = Timestamp::from_millis(0);
        Self { share, asked: VecDeque::new(), failures: 0, open_until: long_ago, rests_until: long_ago }
    }

    /// Takes one question of our share, or says why it must not be asked.
    pub(super) fn admit(&mut self, now: Timestamp) -> Result<(), Held> {
        if now < self.open_until {
            return Err(Held::Broken);
        }
        if now < self.rests_until {
            return Err(Held::Resting(now.until(self.rests_until)));
        }
        while self.asked.front().is_some_and(|oldest| now.since(*oldest) >= self.share.span) {
            self.asked.pop_front();
        }
        if let Some(oldest) = self.asked.front().filter(|_| self.asked.len() >= self.share.most) {
            return Err(Held::Spent(now.until(*oldest + self.share.span)));
        }
        self.asked.push_back(now);
        if self.is_broken() {
            // Whoever gives up in the middle of the trial leaves it to the next one.
            self.open_until = now + TRIAL;
        }
        Ok(())
    }

    /// Learns from what came of a question.
    pub(super) fn note(&mut self, trouble: Option<Trouble>, now: Timestamp) {
        match trouble {
            Some(trouble) if trouble.is_a_failure() => {
                self.failures = self.failures.saturating_add(1);
                if self.is_broken() {
                    self.open_until = now + OPEN;
                }
                return;
            }
            Some(Trouble::RateLimited(wait)) => self.rests_until = now + wait.min(LONGEST_REST),
            _ => {}
        }
        // Whoever answers is well, whatever the answer.
        self.failures = 0;
        self.open_until = Timestamp::from_millis(0);
    }

    /// Whether the breaker is open, or waits for an answer that closes it.
    pub(super) const fn is_broken(&self) -> bool {
        self.failures >= FAILURES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);
    const MANY: Share = Share { most: 1000, span: Duration::from_secs(1) };
    const SECOND: Duration = Duration::from_secs(1);
    const MOMENT: Duration = Duration::from_millis(1);

    #[test]
    fn no_span_holds_more_than_our_share() {
        let mut guard = Guard::new(Share { most: 25, span: minutes(1) });
        let asked = |guard: &mut Guard, after: u64| guard.admit(NOW + Duration::from_secs(after));
        assert!((0..25).all(|second| asked(&mut guard, second).is_ok()));
        assert_eq!(asked(&mut guard, 25), Err(Held::Spent(Duration::from_secs(35))));
        assert_eq!(asked(&mut guard, 59), Err(Held::Spent(SECOND)));
        assert_eq!(asked(&mut guard, 60), Ok(()), "the first one is a minute ago");
        assert_eq!(asked(&mut guard, 60), Err(Held::Spent(SECOND)), "and the second is not");
        assert!(guard.asked.len() <= 25, "memory is bounded");
    }

    #[test]
    fn a_breaker_opens_with_the_fifth_failure_in_a_row_and_closes_with_an_answer() {
        let mut guard = Guard::new(MANY);
        for _ in 0..4 {
            guard.note(Some(Trouble::Unavailable), NOW);
        }
        guard.note(Some(Trouble::NotFound), NOW);
        for failure in [Trouble::Unavailable, Trouble::Malformed, Trouble::Misconfigured, Trouble::Unavailable] {
            guard.note(Some(failure), NOW);
            assert_eq!(guard.admit(NOW), Ok(()), "an answer in between starts the count again");
        }
        guard.note(Some(Trouble::Unavailable), NOW);
        assert_eq!(guard.admit(NOW), Err(Held::Broken));
        assert_eq!(guard.admit(NOW + OPEN - MOMENT), Err(Held::Broken));
        let later = NOW + OPEN;
        assert_eq!(guard.admit(later), Ok(()), "one tries");
        assert_eq!(guard.admit(later), Err(Held::Broken), "and the others wait for what comes of it");
        guard.note(Some(Trouble::Unavailable), later);
        assert_eq!(guard.admit(later + OPEN - MOMENT), Err(Held::Broken), "one more failure is enough");
        assert_eq!(guard.admit(later + OPEN), Ok(()));
        guard.note(None, later + OPEN);
        assert!(guard.admit(later + OPEN).is_ok() && guard.admit(later + OPEN).is_ok());
    }

    #[test]
    fn a_trial_that_was_given_up_blocks_nobody_for_long() {
        let mut guard = Guard::new(MANY);
        (0..FAILURES).for_each(|_| guard.note(Some(Trouble::Unavailable), NOW));
        assert_eq!(guard.admit(NOW + OPEN), Ok(()));
        assert_eq!(guard.admit(NOW + OPEN + TRIAL - MOMENT), Err(Held::Broken));
        assert_eq!(guard.admit(NOW + OPEN + TRIAL), Ok(()));
    }

    #[test]
    fn who_asks_for_a_rest_has_it_and_is_not_called_ill() {
        for (asked, granted) in [(7, 7), (86_400, 600)] {
            let mut guard = Guard::new(MANY);
            (0..FAILURES).for_each(|_| guard.note(Some(Trouble::RateLimited(Duration::from_secs(asked))), NOW));
            let granted = Duration::from_secs(granted);
            assert_eq!(guard.admit(NOW), Err(Held::Resting(granted)));
            assert_eq!(guard.admit(NOW + granted), Ok(()));
        }
    }

    #[test]
    fn one_member_state_that_is_silent_closes_no_door_to_the_others() {
        let mut guard = Guard::new(MANY);
        (0..100).for_each(|_| guard.note(Some(Trouble::MemberState), NOW));
        assert_eq!(guard.admit(NOW), Ok(()));
    }
}
