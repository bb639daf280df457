//! `kc_action`: what the client wants its person to do beside signing in, in Keycloak's words or in ours. It is done after
//! all that is owed, by a fresh proof of all that the account has (SR-82).
//!
//! Keycloak's portals learn by `kc_action_status` that it was done; whoever turns back is answered like everybody who does.

use crate::authentication::required_action::RequiredActionKind;
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;

pub(super) fn check(parameters: &Parameters) -> Result<Option<RequiredActionKind>, Error> {
    match parameters.single("kc_action")? {
        None => Ok(None),
        Some("CONFIGURE_TOTP" | "configure_totp") => Ok(Some(RequiredActionKind::ConfigureTotp)),
        Some("webauthn-register" | "webauthn-register-passwordless" | "register_passkey") => {
            Ok(Some(RequiredActionKind::RegisterPasskey))
        }
        Some("CONFIGURE_RECOVERY_AUTHN_CODES" | "save_recovery_codes") => {
            Ok(Some(RequiredActionKind::SaveRecoveryCodes))
        }
        Some(_) => Err(Error::invalid_request("kc_action names no action that a client may ask for")),
    }
}
