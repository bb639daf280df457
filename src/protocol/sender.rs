//! What the sender of a request holds, beside the client's name: a key, a certificate. It decides what tokens are bound
//! to, and whether a bound one is in the right hands (RFC 9449 §5, RFC 8705 §3).

use std::ops::Deref;

use super::client::{Client, SenderConstraint};
use super::client_authentication::AuthenticatedClient;
use super::confirmation::Confirmation;
use super::error::Error;
use super::thumbprint::Thumbprint;

/// A sender who holds what its client's tokens have to be bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sender {
    key: Option<Thumbprint>,
    certificate: Option<Thumbprint>,
    confirmation: Option<Confirmation>,
}

impl Sender {
    /// With the key of its proof and the certificate of its connection, as far as there are any.
    pub(crate) fn new(
        constraint: SenderConstraint,
        key: Option<Thumbprint>,
        certificate: Option<Thumbprint>,
    ) -> Result<Self, Error> {
        let confirmation = match (constraint, &key, &certificate) {
            // RFC 9449 §5.2
            (SenderConstraint::Dpop, None, _) => return Err(Error::invalid_dpop_proof("a DPoP proof is missing")),
            // A token has one confirmation: a proof that would not count is not passed over in silence.
            (SenderConstraint::Certificate, Some(_), _) => {
                return Err(Error::invalid_request("the client's tokens are bound to its certificate, not to a key"));
            }
            // RFC 8705 §3
            (SenderConstraint::Certificate, None, None) => {
                return Err(Error::invalid_request("a client certificate is missing"));
            }
            (SenderConstraint::Certificate, None, Some(certificate)) => {
                Some(Confirmation::Certificate(certificate.clone()))
            }
            (SenderConstraint::Dpop | SenderConstraint::None, Some(key), _) => Some(Confirmation::Key(key.clone())),
            (SenderConstraint::None, None, _) => None,
        };
        Ok(Self { key, certificate, confirmation })
    }

    /// The key of its proof.
    pub(crate) const fn key(&self) -> Option<&Thumbprint> {
        self.key.as_ref()
    }

    /// `cnf` of the tokens that it is given.
    pub(crate) const fn confirmation(&self) -> Option<&Confirmation> {
        self.confirmation.as_ref()
    }

    /// Whether it holds that.
    pub(crate) fn holds(&self, bound: &Confirmation) -> bool {
        match bound {
            Confirmation::Key(key) => self.key.as_ref() == Some(key),
            Confirmation::Certificate(certificate) => self.certificate.as_ref() == Some(certificate),
        }
    }
}

/// Who makes a request: which client, and with what in hand.
#[derive(Clone, Copy)]
pub(crate) struct Requester<'a> {
    /// The client, proven.
    pub(crate) client: &'a AuthenticatedClient,
    /// What its sender holds.
    pub(crate) sender: &'a Sender,
}

impl Deref for Requester<'_> {
    type Target = Client;
    fn deref(&self) -> &Client {
        self.client
    }
}

impl Requester<'_> {
    /// What a refresh token of this client is bound to. One that proves who it is may change its key (RFC 9449 §5), and
    /// its certificate (RFC 8705 §3): its refresh tokens are its own by its authentication.
    pub(crate) fn binding(&self) -> Option<&Confirmation> {
        self.sender.confirmation().filter(|_| self.client.is_public())
    }
}

#[cfg(test)]
impl Sender {
    /// For tests of what comes after the proofs: with that key, or nothing.
    pub(crate) fn assumed(key: Option<&Thumbprint>) -> Self {
        Self { key: key.cloned(), certificate: None, confirmation: key.cloned().map(Confirmation::Key) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::tests::{confidential, public};
    use crate::protocol::error::ErrorCode;

    fn key(text: &str) -> Thumbprint {
        Thumbprint::of(text)
    }

    #[test]
    fn sr_149_sr_96_tokens_are_bound_to_what_the_client_is_held_to() {
        use ErrorCode::{InvalidDpopProof, InvalidRequest};
        use SenderConstraint::{Certificate, Dpop, None as Nothing};
        let (k, c) = (|| Some(key("k")), || Some(key("c")));
        let (to_key, to_certificate) = (Confirmation::Key(key("k")), Confirmation::Certificate(key("c")));
        for (constraint, key, certificate, verdict) in [
            (Nothing, None, None, Ok(None)),
            (Nothing, None, c(), Ok(None)),
            (Nothing, k(), c(), Ok(Some(&to_key))),
            (Dpop, k(), None, Ok(Some(&to_key))),
            (Dpop, k(), c(), Ok(Some(&to_key))),
            (Dpop, None, None, Err(InvalidDpopProof)),
            (Dpop, None, c(), Err(InvalidDpopProof)),
            (Certificate, None, c(), Ok(Some(&to_certificate))),
            (Certificate, None, None, Err(InvalidRequest)),
            (Certificate, k(), c(), Err(InvalidRequest)),
            (Certificate, k(), None, Err(InvalidRequest)),
        ] {
            let sender = Sender::new(constraint, key, certificate);
            let told = sender.as_ref().map(Sender::confirmation).map_err(Error::code);
            assert_eq!(told, verdict, "{constraint:?}");
        }
    }

    #[test]
    fn what_is_bound_is_held_by_whoever_shows_the_very_same() {
        let sender = Sender::new(SenderConstraint::None, Some(key("k")), Some(key("c"))).unwrap();
        for (bound, held) in [
            (Confirmation::Key(key("k")), true),
            (Confirmation::Certificate(key("c")), true),
            (Confirmation::Key(key("c")), false),
            (Confirmation::Certificate(key("k")), false),
        ] {
            assert_eq!(sender.holds(&bound), held, "{bound:?}");
        }
    }

    #[test]
    fn sr_140_refresh_tokens_of_public_clients_are_bound_and_those_of_others_need_not_be() {
        let sender = Sender::assumed(Some(&key("k")));
        for (client, bound) in [(public("spa"), Some(&Confirmation::Key(key("k")))), (confidential("shop"), None)] {
            let client = AuthenticatedClient::assumed(&client);
            assert_eq!(Requester { client: &client, sender: &sender }.binding(), bound);
        }
    }
}
