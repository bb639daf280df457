//! How sure we are of who signed in: the values of `acr`.
//!
//! Levels are a ladder: whoever stands on a rung stands on those below it too, so a demand is met by more than it asks.
//! Another way to sign in is another rung, or another method in [`Acr::of`].

use serde::{Deserialize, Serialize};

use super::session::Method;

/// `acr`: the ladder of levels, named after what it takes; lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
}

impl Acr {
    /// Every level, lowest first.
    pub const ALL: [Self; 3] = [Self::Password, Self::TwoFactors, Self::Certificate];

    /// The levels of a realm, lowest first, by what it offers beside passwords: what its metadata announce and its
    /// requests may demand.
    pub const fn offered(second_factors: bool, certificates: bool) -> &'static [Self] {
        match (second_factors, certificates) {
            (false, false) => &[Self::Password],
            (true, false) => &[Self::Password, Self::TwoFactors],
            (false, true) => &[Self::Password, Self::Certificate],
            (true, true) => &[Self::Password, Self::TwoFactors, Self::Certificate],
        }
    }

    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::TwoFactors => "two-factors",
            Self::Certificate => "certificate",
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
        methods.iter().map(rung).max().unwrap_or(Self::Password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_written_as_they_are_announced_and_stand_in_their_order() {
        let ladder = Acr::ALL;
        for level in ladder {
            assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
        }
        assert!(ladder.is_sorted());
        for (second_factors, certificates, levels) in
            [(false, false, &ladder[..1]), (true, false, &ladder[..2]), (true, true, &ladder)]
        {
            assert_eq!(Acr::offered(second_factors, certificates), levels);
        }
        assert_eq!(Acr::offered(false, true), [Acr::Password, Acr::Certificate]);
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
