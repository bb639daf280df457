//! How sure we are of who signed in: the values of `acr`.
//!
//! Levels are a ladder: whoever stands on a rung stands on those below it too, so a demand is met by more than it asks.
//! Another way to sign in is another rung, or another method in [`Acr::of`]. One value is no rung: that a person answered
//! their questions is said of one request, of nobody's session, and no factor is made of it (deviation D-1, SR-35).

use serde::{Deserialize, Serialize};

use super::session::Method;

/// `acr`: the ladder of levels, named after what it takes, lowest first; and what is answered for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Acr {
    /// One factor: a password.
    #[serde(rename = "password")]
    Password,
    /// Two: a password and a one-time code, or a passkey.
    #[serde(rename = "two-factors")]
    TwoFactors,
    /// A certificate that a known authority issued to the person.
    #[serde(rename = "certificate")]
    Certificate,
    /// The person signed in a moment ago and answered their questions for this very request, on whatever rung they stand.
    #[serde(rename = "challenge-answered")]
    ChallengeAnswered,
}

impl Acr {
    /// Every value; the rungs first, lowest first.
    pub const ALL: [Self; 4] = [Self::Password, Self::TwoFactors, Self::Certificate, Self::ChallengeAnswered];

    /// The rungs, lowest first: what an application may demand of everybody.
    pub const LADDER: [Self; 3] = [Self::Password, Self::TwoFactors, Self::Certificate];

    /// The values of a realm, in their order, by what it has beside passwords: what its metadata announce and its requests
    /// may demand.
    pub fn offered(second_factors: bool, certificates: bool, challenges: bool) -> Vec<Self> {
        let has = |value: &Self| match value {
            Self::Password => true,
            Self::TwoFactors => second_factors,
            Self::Certificate => certificates,
            Self::ChallengeAnswered => challenges,
        };
        Self::ALL.into_iter().filter(has).collect()
    }

    /// Whether somebody on this rung stands on that one too.
    pub const fn reaches(self, demanded: Self) -> bool {
        match (self.rung(), demanded.rung()) {
            (Some(reached), Some(least)) => least <= reached,
            _ => false,
        }
    }

    const fn rung(self) -> Option<u8> {
        match self {
            Self::Password => Some(1),
            Self::TwoFactors => Some(2),
            Self::Certificate => Some(3),
            Self::ChallengeAnswered => None,
        }
    }

    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::TwoFactors => "two-factors",
            Self::Certificate => "certificate",
            Self::ChallengeAnswered => "challenge-answered",
        }
    }

    /// What those methods are worth together.
    pub fn of(methods: &[Method]) -> Self {
        let rung = |method: &Method| match method {
            Method::Password | Method::Otp | Method::RecoveryCode | Method::Possession => Self::Password,
            Method::Multiple => Self::TwoFactors,
            // Where a key lies is told of certificates alone.
            Method::HardwareKey | Method::SoftwareKey => Self::Certificate,
        };
        methods.iter().map(rung).max_by_key(|level| level.rung()).unwrap_or(Self::Password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_written_as_they_are_announced_and_stand_in_their_order() {
        let ladder = Acr::LADDER;
        for level in Acr::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
        }
        assert!(ladder.is_sorted_by(|lower, higher| higher.reaches(*lower) && !lower.reaches(*higher)));
        for (second_factors, certificates, levels) in
            [(false, false, &ladder[..1]), (true, false, &ladder[..2]), (true, true, &ladder)]
        {
            assert_eq!(Acr::offered(second_factors, certificates, false), levels);
        }
        assert_eq!(Acr::offered(false, true, false), [Acr::Password, Acr::Certificate]);
        assert_eq!(Acr::offered(false, false, true), [Acr::Password, Acr::ChallengeAnswered]);
    }

    #[test]
    fn sr_35_an_answered_challenge_is_no_rung() {
        for level in Acr::ALL {
            assert!(!level.reaches(Acr::ChallengeAnswered), "{level:?}");
            assert!(!Acr::ChallengeAnswered.reaches(level), "{level:?}");
        }
    }

    #[test]
    fn a_code_alone_is_no_second_factor() {
        for (methods, level) in [
            (vec![Method::Password], Acr::Password),
            (vec![Method::Otp], Acr::Password),
            (vec![Method::Password, Method::Otp, Method::Multiple], Acr::TwoFactors),
            (vec![Method::Password, Method::RecoveryCode, Method::Multiple], Acr::TwoFactors),
            (vec![Method::Possession, Method::HardwareKey], Acr::Certificate),
            (vec![Method::Password, Method::Possession, Method::SoftwareKey], Acr::Certificate),
            (vec![Method::Possession, Method::Multiple], Acr::TwoFactors),
        ] {
            assert_eq!(Acr::of(&methods), level, "{methods:?}");
        }
    }
}
