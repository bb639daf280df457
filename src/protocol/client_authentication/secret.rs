//! `client_secret_basic` and `client_secret_post`: a secret that both sides know (RFC 6749 §2.3.1).
//!
//! Two hashes are always compared, invented ones where there are none (SR-146).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::protocol::client::{Client, ClientAuthenticationMethod};
use crate::protocol::parameters::decode;
use crate::secret::{Secret, SecretHash};

/// How many secrets are compared each time: as many as a client may have during a rotation.
const COMPARED: usize = 2;

/// A secret, and where it stood.
#[derive(Debug)]
pub(crate) struct PresentedSecret {
    secret: Secret<String>,
    method: ClientAuthenticationMethod,
}

/// Name and secret in a header: RFC 7617 §2, both halves form-encoded first (RFC 6749 §2.3.1).
pub(super) fn in_header(header: &str) -> Option<(String, PresentedSecret)> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = Secret::new(STANDARD.decode(credentials.trim()).ok()?);
    let colon = pair.expose().iter().position(|byte| *byte == b':')?;
    let (client_id, secret) = pair.expose().split_at_checked(colon)?;
    let secret = Secret::new(decode(secret.get(1..)?)?);
    Some((decode(client_id)?, PresentedSecret { secret, method: ClientAuthenticationMethod::ClientSecretBasic }))
}

/// A secret in the form.
pub(super) fn in_body(secret: &str) -> PresentedSecret {
    let secret = Secret::new(secret.to_owned());
    PresentedSecret { secret, method: ClientAuthenticationMethod::ClientSecretPost }
}

impl PresentedSecret {
    /// The method that this proves `known` by.
    pub(super) fn proves(&self, known: Option<&Client>) -> Option<ClientAuthenticationMethod> {
        let registered = known.map(|client| client.secrets.as_slice()).unwrap_or_default();
        let invented = SecretHash::of("no client has this secret");
        let mut right = false;
        for index in 0..COMPARED {
            let hash = registered.get(index);
            // Both operands are computed: `|` and `&` do not stop early.
            right |= hash.unwrap_or(&invented).matches(self.secret.expose()) & hash.is_some();
        }
        right.then_some(self.method)
    }
}
