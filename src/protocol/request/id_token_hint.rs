//! `id_token_hint`: an ID token that we issued, "passed as a hint about the End-User's current or past authenticated
//! session" (OpenID Connect Core §3.1.2.1). It names somebody and authenticates nobody (SR-136).

use super::client_id::KnownClient;
use crate::protocol::error::Error;
use crate::protocol::parameters::Parameters;
use crate::protocol::subject::Subject;
use crate::protocol::token::IdTokenHint;

pub(super) fn check(
    parameters: &Parameters,
    client: KnownClient<'_>,
    verify: &dyn Fn(&str) -> Option<IdTokenHint>,
) -> Result<Option<Subject>, Error> {
    let Some(presented) = parameters.single("id_token_hint")? else { return Ok(None) };
    let hint = verify(presented).filter(|hint| hint.client_id == client.client_id);
    hint.map(|hint| Some(hint.subject)).ok_or(Error::invalid_request("id_token_hint is not an ID token of this client"))
}
