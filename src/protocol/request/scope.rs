//! `scope`: "OpenID Connect requests MUST contain the openid scope value" (Core §3.1.2.1).
//!
//! Words that the client did not register are left out: "Scope values used that are not understood … SHOULD be
//! ignored"; the token response then says what was granted (RFC 6749 §3.3).

use super::client_id::KnownClient;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::organisation;
use crate::protocol::parameters::Parameters;
use crate::protocol::scope::{OPENID, Scope};

pub(super) fn check(parameters: &Parameters, client: KnownClient<'_>) -> Result<Scope, Error> {
    let refused = |description| Error::new(ErrorCode::InvalidScope, description);
    let presented = parameters.single("scope")?.unwrap_or_default();
    let asked = Scope::parse(presented).map_err(|_| refused("scope is missing or malformed"))?;
    if !organisation::is_clear(&asked) {
        return Err(refused("scope may name organizations in one way only"));
    }
    let granted = asked.limited_to(&client.scopes);
    if granted.contains(OPENID) { Ok(granted) } else { Err(refused("scope must contain openid")) }
}
