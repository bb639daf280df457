//! Who a client is: what it presented, and whether that proves it (RFC 6749 §2.3).
//!
//! Unknown client, wrong secret and wrong method cost the same work and get the same answer (SR-147): two hashes are
//! always compared, invented ones where there are none (SR-146).

use std::ops::Deref;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::client::{Client, ClientAuthenticationMethod};
use super::error::Error;
use super::parameters::{Parameters, decode};
use crate::secret::{Secret, SecretHash};

/// How many secrets are compared each time: as many as a client may have during a rotation.
const COMPARED: usize = 2;

/// What a request presents to authenticate a client.
#[derive(Debug)]
pub(crate) struct PresentedClient {
    client_id: String,
    secret: Secret<String>,
    method: ClientAuthenticationMethod,
}

/// A client that proved who it is, by its registered method.
#[derive(Clone)]
pub(crate) struct AuthenticatedClient(Arc<Client>);

impl Deref for AuthenticatedClient {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.0
    }
}

impl PresentedClient {
    /// Reads the one `Authorization` header and the body's parameters.
    pub(crate) fn read(authorization: Option<&str>, parameters: &Parameters) -> Result<Self, Error> {
        let client_id = parameters.single("client_id")?;
        let in_body = parameters.single("client_secret")?;
        match (authorization, client_id, in_body) {
            // RFC 6749 §2.3: "The client MUST NOT use more than one authentication method in each request."
            (Some(_), _, Some(_)) => Err(Error::invalid_request("two client authentication methods in one request")),
            (Some(header), named, None) => {
                let presented = Self::basic(header).ok_or(Error::invalid_client())?;
                let agree = named.is_none_or(|named| named == presented.client_id);
                if agree { Ok(presented) } else { Err(Error::invalid_client()) }
            }
            (None, Some(client_id), Some(secret)) => Ok(Self {
                client_id: client_id.to_owned(),
                secret: Secret::new(secret.to_owned()),
                method: ClientAuthenticationMethod::ClientSecretPost,
            }),
            (None, Some(client_id), None) => Ok(Self {
                client_id: client_id.to_owned(),
                secret: Secret::new(String::new()),
                method: ClientAuthenticationMethod::None,
            }),
            (None, None, _) => Err(Error::invalid_client()),
        }
    }

    /// RFC 7617 §2, both halves form-encoded first (RFC 6749 §2.3.1).
    fn basic(header: &str) -> Option<Self> {
        let (scheme, credentials) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let pair = Secret::new(STANDARD.decode(credentials.trim()).ok()?);
        let colon = pair.expose().iter().position(|byte| *byte == b':')?;
        let (client_id, secret) = pair.expose().split_at_checked(colon)?;
        Some(Self {
            client_id: decode(client_id)?,
            secret: Secret::new(decode(secret.get(1..)?)?),
            method: ClientAuthenticationMethod::ClientSecretBasic,
        })
    }

    /// Who it says it is, proven or not.
    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Whether `found`, which the house knows under that name, is who this says.
    pub(crate) fn authenticate(&self, found: Option<Arc<Client>>) -> Result<AuthenticatedClient, Error> {
        let known = found.filter(|client| client.client_id.as_str() == self.client_id);
        let registered = known.as_ref().map(|client| client.secrets.as_slice()).unwrap_or_default();
        let invented = SecretHash::of("no client has this secret");
        let mut right = false;
        for index in 0..COMPARED {
            let hash = registered.get(index);
            // Both operands are computed: `|` and `&` do not stop early.
            right |= hash.unwrap_or(&invented).matches(self.secret.expose()) & hash.is_some();
        }
        let proven = match self.method {
            ClientAuthenticationMethod::None => true,
            ClientAuthenticationMethod::ClientSecretBasic | ClientAuthenticationMethod::ClientSecretPost => right,
            _ => false,
        };
        let client = known.filter(|client| proven && client.authentication == self.method);
        client.map(AuthenticatedClient).ok_or(Error::invalid_client())
    }
}

#[cfg(test)]
impl AuthenticatedClient {
    /// For tests of what comes after authentication.
    pub(crate) fn assumed(client: &Client) -> Self {
        Self(Arc::new(client.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::tests::{SECRET, confidential, public};
    use crate::protocol::error::ErrorCode;

    fn basic(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    fn authenticate(header: Option<&str>, body: &str) -> Result<String, ErrorCode> {
        let mut rotating = confidential("rotating");
        rotating.secrets.insert(0, SecretHash::of("older"));
        let mut posting = confidential("posting");
        posting.authentication = ClientAuthenticationMethod::ClientSecretPost;
        let clients = [confidential("portal"), rotating, posting, public("spa"), confidential("a:b c")];
        let parameters = Parameters::parse(body.as_bytes()).unwrap();
        let presented = PresentedClient::read(header, &parameters).map_err(|error| error.code())?;
        let found = clients.iter().find(|client| client.client_id.as_str() == presented.client_id());
        let client = presented.authenticate(found.cloned().map(Arc::new)).map_err(|error| error.code())?;
        Ok(client.client_id.to_string())
    }

    #[test]
    fn sr_147_only_the_registered_method_and_the_right_secret_pass() {
        let post = |id: &str, secret: &str| format!("client_id={id}&client_secret={secret}");
        for (header, body, verdict) in [
            (Some(basic(&format!("portal:{SECRET}"))), String::new(), Ok("portal")),
            (Some(basic(&format!("portal:{SECRET}"))), "client_id=portal".to_owned(), Ok("portal")),
            (Some(basic(&format!("portal:{SECRET}")).replace("Basic", "bASIC")), String::new(), Ok("portal")),
            (Some(basic(&format!("rotating:{SECRET}"))), String::new(), Ok("rotating")),
            (Some(basic("rotating:older")), String::new(), Ok("rotating")),
            // RFC 6749 §2.3.1: both halves are form-encoded
            (Some(basic(&format!("a%3Ab+c:{SECRET}"))), String::new(), Ok("a:b c")),
            (None, post("posting", SECRET), Ok("posting")),
            (None, "client_id=spa".to_owned(), Ok("spa")),
            // everything else is one and the same 401
            (Some(basic("portal:wrong")), String::new(), Err(ErrorCode::InvalidClient)),
            (Some(basic("portal:")), String::new(), Err(ErrorCode::InvalidClient)),
            (Some(basic(&format!("nobody:{SECRET}"))), String::new(), Err(ErrorCode::InvalidClient)),
            (Some(basic(&format!("posting:{SECRET}"))), String::new(), Err(ErrorCode::InvalidClient)),
            (Some(basic("spa:")), String::new(), Err(ErrorCode::InvalidClient)),
            (Some(basic("spa:no client has this secret")), String::new(), Err(ErrorCode::InvalidClient)),
            (Some(basic(&format!("portal:{SECRET}"))), "client_id=spa".to_owned(), Err(ErrorCode::InvalidClient)),
            (Some(basic("no colon")), String::new(), Err(ErrorCode::InvalidClient)),
            (Some("Basic ???".to_owned()), String::new(), Err(ErrorCode::InvalidClient)),
            (Some("Bearer abc".to_owned()), String::new(), Err(ErrorCode::InvalidClient)),
            (None, post("portal", SECRET), Err(ErrorCode::InvalidClient)),
            (None, post("spa", "x"), Err(ErrorCode::InvalidClient)),
            (None, "client_id=portal".to_owned(), Err(ErrorCode::InvalidClient)),
            (None, "client_id=nobody".to_owned(), Err(ErrorCode::InvalidClient)),
            (None, String::new(), Err(ErrorCode::InvalidClient)),
            (Some(basic(&format!("portal:{SECRET}"))), post("portal", SECRET), Err(ErrorCode::InvalidRequest)),
        ] {
            assert_eq!(authenticate(header.as_deref(), &body), verdict.map(str::to_owned), "{header:?} {body}");
        }
    }
}
