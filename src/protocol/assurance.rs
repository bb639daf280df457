//! What requests and applications demand of a level ([`Acr`]), and what of that this realm can give.

use serde::{Deserialize, Serialize};

pub(crate) use crate::authentication::level::Acr;
use crate::authentication::policy::{Demanded, SecondFactor};

/// What a request demands of the authentication: one of these levels, or more than one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Demand {
    levels: Vec<Acr>,
    essential: bool,
}

impl Demand {
    /// Levels that are preferred: what we do not know of them is no error, and nobody fails for lack of them (OpenID
    /// Connect Core §3.1.2.1).
    pub(crate) fn voluntary(words: impl IntoIterator<Item = impl AsRef<str>>, offered: &[Acr]) -> Self {
        Self { levels: reachable(words, offered), essential: false }
    }

    /// Levels one of which must be had; `None` when none of them can be reached here.
    pub(crate) fn essential(words: impl IntoIterator<Item = impl AsRef<str>>, offered: &[Acr]) -> Option<Self> {
        let levels = reachable(words, offered);
        (!levels.is_empty()).then_some(Self { levels, essential: true })
    }

    /// Whether somebody on that rung meets it.
    pub(crate) fn is_met_by(&self, reached: Acr) -> bool {
        self.levels.is_empty() || self.levels.iter().any(|level| reached.reaches(*level))
    }

    /// Whether the person is to answer their questions: where that stands first, for levels come "in order of preference".
    pub(crate) fn asks_the_challenge(&self) -> bool {
        self.levels.first() == Some(&Acr::ChallengeAnswered)
    }

    /// What it means for a person on their way in: who has a second factor shows it; who has none adds one if nobody
    /// may pass without. A certificate is asked for where nothing less will do, for nobody gets one on the spot.
    pub(crate) fn demanded(&self) -> Demanded {
        if self.asks_the_challenge() {
            return Demanded { challenge: true, ..Demanded::NOTHING };
        }
        match (self.is_met_by(Acr::Password), self.essential) {
            (true, _) => Demanded::NOTHING,
            (false, false) => Demanded { second_factor: SecondFactor::WhenSet, ..Demanded::NOTHING },
            (false, true) => {
                at_least(Some(if self.is_met_by(Acr::TwoFactors) { Acr::TwoFactors } else { Acr::Certificate }))
            }
        }
    }

    /// Whether nobody may pass without.
    pub(crate) const fn is_essential(&self) -> bool {
        self.essential
    }
}

/// What a minimum of its application means for a person on their way in.
pub(crate) fn at_least(minimum: Option<Acr>) -> Demanded {
    match minimum {
        // No client's minimum is a challenge: the realm's check knows the rungs alone.
        None | Some(Acr::Password | Acr::ChallengeAnswered) => Demanded::NOTHING,
        Some(Acr::TwoFactors) => Demanded { second_factor: SecondFactor::Required, ..Demanded::NOTHING },
        Some(Acr::Certificate) => Demanded { certificate: true, ..Demanded::NOTHING },
    }
}

fn reachable(words: impl IntoIterator<Item = impl AsRef<str>>, offered: &[Acr]) -> Vec<Acr> {
    let known = |word: &str| offered.iter().copied().find(|level| level.as_str() == word);
    let mut levels: Vec<_> = words.into_iter().filter_map(|word| known(word.as_ref())).collect();
    levels.dedup();
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rung_meets_what_is_demanded_up_to_it() {
        use Acr::{Certificate, ChallengeAnswered, Password, TwoFactors};
        for (levels, met_by) in [
            (vec![], [true, true, true]),
            (vec![Password], [true, true, true]),
            (vec![TwoFactors], [false, true, true]),
            (vec![Certificate], [false, false, true]),
            // "in order of preference": whichever of them is had will do
            (vec![Certificate, TwoFactors], [false, true, true]),
            (vec![ChallengeAnswered], [false, false, false]),
            (vec![ChallengeAnswered, TwoFactors], [false, true, true]),
        ] {
            let demand = Demand { levels, essential: true };
            assert_eq!(Acr::LADDER.map(|reached| demand.is_met_by(reached)), met_by, "{demand:?}");
        }
    }

    #[test]
    fn only_an_essential_demand_fails_for_want_of_a_level() {
        let offered = &[Acr::Password];
        assert_eq!(Demand::voluntary(["gold", "two-factors"], offered), Demand::default());
        assert_eq!(Demand::voluntary(["gold", "password", "password"], offered).levels, [Acr::Password]);
        assert_eq!(Demand::essential(["gold", "two-factors", "certificate"], offered), None);
        assert!(Demand::essential(["two-factors", "password"], offered).is_some_and(|demand| demand.is_essential()));
        assert!(Demand::essential(["two-factors"], &Acr::ALL).is_some());
    }

    #[test]
    fn a_demand_asks_for_more_than_a_password_as_far_as_it_goes() {
        use SecondFactor::{OnDemand, Required, WhenSet};
        let essential = |words: &[&str]| Demand::essential(words, &Acr::ALL).unwrap();
        let voluntary = |words: &[&str]| Demand::voluntary(words, &Acr::ALL);
        for (demand, second_factor, certificate, challenge) in [
            (Demand::default(), OnDemand, false, false),
            (voluntary(&["password", "two-factors"]), OnDemand, false, false),
            (voluntary(&["two-factors"]), WhenSet, false, false),
            (voluntary(&["certificate"]), WhenSet, false, false),
            (essential(&["two-factors"]), Required, false, false),
            (essential(&["two-factors", "password"]), OnDemand, false, false),
            (essential(&["certificate", "two-factors"]), Required, false, false),
            (essential(&["certificate"]), OnDemand, true, false),
            (voluntary(&["challenge-answered"]), OnDemand, false, true),
            (essential(&["challenge-answered"]), OnDemand, false, true),
            (essential(&["challenge-answered", "two-factors"]), OnDemand, false, true),
            (essential(&["two-factors", "challenge-answered"]), Required, false, false),
            (voluntary(&["password", "challenge-answered"]), OnDemand, false, false),
        ] {
            assert_eq!(demand.demanded(), Demanded { second_factor, certificate, challenge }, "{demand:?}");
        }
        assert_eq!(at_least(None), Demanded::NOTHING);
        let both = at_least(Some(Acr::TwoFactors)).and(at_least(Some(Acr::Certificate)));
        assert_eq!(both, Demanded { second_factor: Required, certificate: true, challenge: false });
    }
}
