//! What requests and applications demand of a level ([`Acr`]), and what of that this realm can give.

use serde::{Deserialize, Serialize};

pub(crate) use crate::authentication::level::Acr;
use crate::authentication::policy::SecondFactor;

/// What a request demands of the authentication: one of these levels, or more than one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Demand {
    levels: Vec<Acr>,
    essential: bool,
}

impl Demand {
    /// Levels that are preferred: what we do not know of them is no error, and nobody fails for lack of them (OpenID
    /// Connect Core §3.1.2.1).
    pub(crate) fn voluntary(words: impl IntoIterator<Item = impl AsRef<str>>, highest: Acr) -> Self {
        Self { levels: reachable(words, highest), essential: false }
    }

    /// Levels one of which must be had; `None` when none of them can be reached here.
    pub(crate) fn essential(words: impl IntoIterator<Item = impl AsRef<str>>, highest: Acr) -> Option<Self> {
        let levels = reachable(words, highest);
        (!levels.is_empty()).then_some(Self { levels, essential: true })
    }

    /// Whether somebody on that rung meets it.
    pub(crate) fn is_met_by(&self, reached: Acr) -> bool {
        self.levels.is_empty() || self.levels.iter().any(|level| *level <= reached)
    }

    /// What it means for a person on their way in: who has a second factor shows it; who has none adds one if nobody
    /// may pass without.
    pub(crate) fn second_factor(&self) -> SecondFactor {
        match (self.is_met_by(Acr::Password), self.essential) {
            (true, _) => SecondFactor::OnDemand,
            (false, false) => SecondFactor::WhenSet,
            (false, true) => SecondFactor::Required,
        }
    }

    /// Whether nobody may pass without.
    pub(crate) const fn is_essential(&self) -> bool {
        self.essential
    }
}

/// What a minimum of its application means for a person on their way in.
pub(crate) fn at_least(minimum: Option<Acr>) -> SecondFactor {
    match minimum {
        None | Some(Acr::Password) => SecondFactor::OnDemand,
        Some(Acr::TwoFactors | Acr::Certificate) => SecondFactor::Required,
    }
}

fn reachable(words: impl IntoIterator<Item = impl AsRef<str>>, highest: Acr) -> Vec<Acr> {
    let known = |word: &str| Acr::up_to(highest).find(|level| level.as_str() == word);
    let mut levels: Vec<_> = words.into_iter().filter_map(|word| known(word.as_ref())).collect();
    levels.dedup();
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    const LADDER: [Acr; 3] = [Acr::Password, Acr::TwoFactors, Acr::Certificate];

    #[test]
    fn a_rung_meets_what_is_demanded_up_to_it() {
        use Acr::{Certificate, Password, TwoFactors};
        for (levels, met_by) in [
            (vec![], [true, true, true]),
            (vec![Password], [true, true, true]),
            (vec![TwoFactors], [false, true, true]),
            (vec![Certificate], [false, false, true]),
            // "in order of preference": whichever of them is had will do
            (vec![Certificate, TwoFactors], [false, true, true]),
        ] {
            let demand = Demand { levels, essential: true };
            assert_eq!(LADDER.map(|reached| demand.is_met_by(reached)), met_by, "{demand:?}");
        }
    }

    #[test]
    fn only_an_essential_demand_fails_for_want_of_a_level() {
        let highest = Acr::Password;
        assert_eq!(Demand::voluntary(["gold", "two-factors"], highest), Demand::default());
        assert_eq!(Demand::voluntary(["gold", "password", "password"], highest).levels, [Acr::Password]);
        assert_eq!(Demand::essential(["gold", "two-factors"], highest), None);
        assert!(Demand::essential(["two-factors", "password"], highest).is_some_and(|demand| demand.is_essential()));
        assert!(Demand::essential(["two-factors"], Acr::TwoFactors).is_some());
    }

    #[test]
    fn a_demand_asks_for_a_second_factor_as_far_as_it_goes() {
        let highest = Acr::TwoFactors;
        for (demand, asked) in [
            (Demand::default(), SecondFactor::OnDemand),
            (Demand::voluntary(["password", "two-factors"], highest), SecondFactor::OnDemand),
            (Demand::voluntary(["two-factors"], highest), SecondFactor::WhenSet),
            (Demand::essential(["two-factors"], highest).unwrap(), SecondFactor::Required),
            (Demand::essential(["two-factors", "password"], highest).unwrap(), SecondFactor::OnDemand),
        ] {
            assert_eq!(demand.second_factor(), asked, "{demand:?}");
        }
        assert_eq!(at_least(None), SecondFactor::OnDemand);
        assert_eq!(at_least(Some(Acr::TwoFactors)), SecondFactor::Required);
    }
}
