//! What the authority says of a role that somebody declared (DOMAIN.md §5): `declared → verified → revoked`, one way.

use serde::{Deserialize, Serialize};

use super::organisation::RoleState;

/// Its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleVerdict {
    /// It has proof.
    Verified,
    /// It takes the role back.
    Revoked,
}

/// What becomes of the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It comes to that state.
    Changes(RoleState),
    /// It is in that state already.
    Stays,
    /// It was revoked: who wants it back declares it anew, and an administrator is who does.
    MustBeDeclared,
}

impl RoleVerdict {
    /// What it makes of a role in that state.
    pub const fn on(self, state: RoleState) -> Effect {
        match (state, self) {
            (RoleState::Declared, Self::Verified) => Effect::Changes(RoleState::Verified),
            (RoleState::Declared | RoleState::Verified, Self::Revoked) => Effect::Changes(RoleState::Revoked),
            (RoleState::Verified, Self::Verified) | (RoleState::Revoked, Self::Revoked) => Effect::Stays,
            (RoleState::Revoked, Self::Verified) => Effect::MustBeDeclared,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_goes_one_way() {
        use Effect::{Changes, MustBeDeclared, Stays};
        use RoleState::{Declared, Revoked, Verified};
        for (state, verdict, effect) in [
            (Declared, RoleVerdict::Verified, Changes(Verified)),
            (Declared, RoleVerdict::Revoked, Changes(Revoked)),
            (Verified, RoleVerdict::Verified, Stays),
            (Verified, RoleVerdict::Revoked, Changes(Revoked)),
            (Revoked, RoleVerdict::Verified, MustBeDeclared),
            (Revoked, RoleVerdict::Revoked, Stays),
        ] {
            assert_eq!(verdict.on(state), effect, "{state} {verdict:?}");
        }
    }
}
