//! How sure we are of who signed in: the values of `acr`. Those of `amr` are the session's own
//! ([`Method`](crate::authentication::session::Method)); a secret question is never among them (deviation D-1).
//!
//! Levels are a ladder: whoever stands on a rung stands on those below it too, so a demand is met by more than it asks.
//! What can be reached is one list ([`Acr::ALL`]), from which the metadata, the checks of files and those of requests
//! are made: another way to sign in is another rung, its line there and its methods in [`Acr::of`].

use serde::{Deserialize, Serialize};

use crate::authentication::session::Method;

/// `acr`: the realm's ladder of levels, named after what it takes; lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Acr {
    /// One factor: a password.
    #[serde(rename = "password")]
    Password,
    /// Two: a password and a one-time code, or a passkey.
    #[serde(rename = "two-factors")]
    TwoFactors,
    /// A certificate that a known authority issued to the person.
    #[serde(rename = "certificate")]
    Certificate,
}

impl Acr {
    /// Every level that can be reached, lowest first.
    pub(crate) const ALL: [Self; 2] = [Self::Password, Self::Certificate];

    /// Those that people of a realm can reach; with certificates, where they sign in with them.
    pub(crate) fn reachable(certificates: bool) -> Vec<Self> {
        Self::ALL.into_iter().filter(|level| certificates || *level != Self::Certificate).collect()
    }

    /// The value on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::TwoFactors => "two-factors",
            Self::Certificate => "certificate",
        }
    }

    /// What those methods are worth together.
    pub(crate) fn of(methods: &[Method]) -> Self {
        let rung = |method: &Method| match method {
            // What a key lies in makes nobody surer of whose it is.
            Method::Password | Method::HardwareKey | Method::SoftwareKey => Self::Password,
            Method::Certificate => Self::Certificate,
        };
        methods.iter().map(rung).max().unwrap_or(Self::Password)
    }
}

/// What a request demands of the authentication: one of these levels, or more than one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Demand {
    levels: Vec<Acr>,
    essential: bool,
}

impl Demand {
    /// Levels that are preferred: what we do not know of them is no error, and nobody fails for lack of them (OpenID
    /// Connect Core §3.1.2.1).
    pub(crate) fn voluntary(words: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { levels: reachable(words), essential: false }
    }

    /// Levels one of which must be had; `None` when none of them can be reached here.
    pub(crate) fn essential(words: impl IntoIterator<Item = impl AsRef<str>>) -> Option<Self> {
        let levels = reachable(words);
        (!levels.is_empty()).then_some(Self { levels, essential: true })
    }

    /// Whether somebody on that rung meets it.
    pub(crate) fn is_met_by(&self, reached: Acr) -> bool {
        self.levels.is_empty() || self.levels.iter().any(|level| *level <= reached)
    }

    /// Whether nobody may pass without.
    pub(crate) const fn is_essential(&self) -> bool {
        self.essential
    }
}

fn reachable(words: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<Acr> {
    let known = |word: &str| Acr::ALL.into_iter().find(|level| level.as_str() == word);
    let mut levels: Vec<_> = words.into_iter().filter_map(|word| known(word.as_ref())).collect();
    levels.dedup();
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    const LADDER: [Acr; 3] = [Acr::Password, Acr::TwoFactors, Acr::Certificate];

    #[test]
    fn levels_are_written_as_they_are_announced_and_stand_in_their_order() {
        for level in LADDER {
            assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
        }
        assert!(LADDER.is_sorted() && Acr::ALL.is_sorted());
        assert_eq!(Acr::of(&[Method::Password]), Acr::Password);
        assert_eq!(Acr::of(&[Method::Certificate, Method::HardwareKey]), Acr::Certificate);
    }

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
        assert_eq!(Demand::voluntary(["gold", "two-factors"]), Demand::default());
        assert_eq!(Demand::voluntary(["gold", "password", "password"]).levels, [Acr::Password]);
        assert_eq!(Demand::essential(["gold", "two-factors"]), None);
        assert!(Demand::essential(["certificate", "password"]).is_some_and(|demand| demand.is_essential()));
    }
}
