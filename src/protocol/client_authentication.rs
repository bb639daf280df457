//! Who a client is: what it presented, and whether that proves it (RFC 6749 §2.3). A method is a file here.
//!
//! A request presents one proof, and only the registered method is taken. Unknown client, wrong proof and wrong method
//! cost comparable work and get the same answer (SR-147). What the rules cannot find out for themselves, such as whose
//! signature an assertion bears, comes to them as [`Evidence`], which only a method's own judgement makes.

pub(crate) mod assertion;
pub(crate) mod certificate;
mod none;
mod secret;

use std::ops::Deref;
use std::sync::Arc;

use self::secret::PresentedSecret;
use super::client::{Client, ClientAuthenticationMethod};
use super::error::Error;
use super::parameters::Parameters;
use crate::secret::Secret;
use crate::source::ClientCertificate;

impl ClientAuthenticationMethod {
    /// Those that are understood, in the order in which they are announced.
    pub(crate) const SPOKEN: &[Self] = &[
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::ClientSecretJwt,
        Self::PrivateKeyJwt,
        Self::TlsClientAuth,
        Self::SelfSignedTlsClientAuth,
        Self::None,
    ];

    /// Whether the client shows a certificate, which it can only where we ask for one.
    pub(crate) const fn shows_certificate(self) -> bool {
        matches!(self, Self::TlsClientAuth | Self::SelfSignedTlsClientAuth)
    }
}

/// What of a request may prove a client, beside its form.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shown<'a> {
    /// The one `Authorization` header.
    pub(crate) authorization: Option<&'a str>,
    /// The certificate whose key was proven in the handshake.
    pub(crate) certificate: Option<&'a ClientCertificate>,
}

/// What a request presents to authenticate a client.
#[derive(Debug)]
pub(crate) struct PresentedClient {
    client_id: String,
    proof: Proof,
}

/// The one proof of a request.
#[derive(Debug)]
pub(crate) enum Proof {
    /// A name and nothing else.
    Name,
    /// A secret.
    Secret(PresentedSecret),
    /// `client_assertion`, unread.
    Assertion(Secret<String>),
    /// A certificate, beside a name.
    Certificate(ClientCertificate),
}

/// What was found out about a proof.
#[derive(Debug)]
pub(crate) enum Evidence {
    /// An assertion that stands, and was never seen before.
    Assertion(assertion::Proven),
    /// A certificate that is the client's.
    Certificate(certificate::Proven),
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
    /// Reads what a request presents.
    ///
    /// RFC 6749 §2.3: "The client MUST NOT use more than one authentication method in each request." A certificate
    /// beside another proof is none of these: it is what tokens are bound to (RFC 8705 §3).
    pub(crate) fn read(shown: Shown<'_>, parameters: &Parameters) -> Result<Self, Error> {
        let named = parameters.single("client_id")?;
        let in_body = parameters.single("client_secret")?;
        let assertion = assertion::read(parameters)?;
        let methods = [shown.authorization.is_some(), in_body.is_some(), assertion.is_some()];
        if methods.into_iter().filter(|used| *used).count() > 1 {
            return Err(Error::invalid_request("two client authentication methods in one request"));
        }
        let presented = match (shown.authorization, in_body, assertion, named) {
            (Some(header), ..) => {
                let (client_id, secret) = secret::in_header(header).ok_or(Error::invalid_client())?;
                Some(Self { client_id, proof: Proof::Secret(secret) })
            }
            (_, _, Some(token), _) => {
                let client_id = named.map(str::to_owned).or_else(|| assertion::subject(token));
                client_id.map(|client_id| Self { client_id, proof: Proof::Assertion(Secret::new(token.to_owned())) })
            }
            (_, Some(text), _, Some(named)) => Some(Self::named(named, Proof::Secret(secret::in_body(text)))),
            (_, None, _, Some(named)) => {
                Some(Self::named(named, shown.certificate.cloned().map_or(Proof::Name, Proof::Certificate)))
            }
            (_, _, _, None) => None,
        };
        // Whoever names one client and proves another is neither.
        let agrees = |presented: &Self| named.is_none_or(|named| named == presented.client_id);
        presented.filter(agrees).ok_or(Error::invalid_client())
    }

    fn named(client_id: &str, proof: Proof) -> Self {
        Self { client_id: client_id.to_owned(), proof }
    }

    /// Who it says it is, proven or not.
    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// What it proves that by.
    pub(crate) const fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Whether `found`, which the house knows under that name, is who this says.
    pub(crate) fn authenticate(
        &self,
        found: Option<Arc<Client>>,
        evidence: Option<&Evidence>,
    ) -> Result<AuthenticatedClient, Error> {
        let known = found.filter(|client| client.client_id.as_str() == self.client_id);
        let method = match (&self.proof, evidence) {
            (Proof::Secret(secret), _) => secret.proves(known.as_deref()),
            (Proof::Assertion(_), Some(Evidence::Assertion(proven))) => known.as_deref().and_then(|c| proven.proves(c)),
            (Proof::Certificate(_), Some(Evidence::Certificate(proven))) => {
                known.as_deref().and_then(|client| proven.proves(client))
            }
            // A public client may show a certificate, to have its tokens bound to it (RFC 8705 §4).
            (Proof::Name | Proof::Certificate(_), _) => Some(none::METHOD),
            (Proof::Assertion(_), _) => None,
        };
        let client = known.filter(|client| method == Some(client.authentication));
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
mod tests;
