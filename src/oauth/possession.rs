//! What a request shows its sender to hold: the key of the proof in its `DPoP` header (RFC 9449 §4.1), the certificate of
//! its connection (RFC 8705 §3).
//!
//! A proof is good once, on all nodes together. Its name is spent before anything is given for it, in the transaction
//! of what is given where that is one: who needs a proof asks for a [`Sender`], and the only way to one spends it.

use axum::response::Response;
use http::{HeaderName, HeaderValue};

use super::caller::Caller;
use super::fault::Fault;
use crate::keys::foreign::{self, Expectation, Kind, Signer};
use crate::protocol::client::{Client, SenderConstraint};
use crate::protocol::dpop::{self, Proof, ProvenRequest};
use crate::protocol::error::Error;
use crate::protocol::issuer::Endpoint;
use crate::protocol::sender::Sender;
use crate::protocol::thumbprint::Thumbprint;
use crate::realm::model::DpopNonce;
use crate::store::Tx;
use crate::store::spent::{self, Bearer, Name};

const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// What a client's request shows, judged and not spent yet.
pub(super) struct Possession {
    sender: Sender,
    proof: Option<Proof>,
}

impl Possession {
    /// Of a request of that client for tokens, held to what the client's tokens are bound to.
    pub(super) fn read(caller: &Caller, client: &Client, endpoint: Endpoint) -> Result<Self, Error> {
        let proof = proof(caller, client, endpoint, None)?;
        let key = proof.as_ref().map(Proof::key).cloned();
        let sender = Sender::new(client.sender, key, certificate(caller))?;
        Ok(Self { sender, proof })
    }

    /// Spends the proof, if there is one.
    pub(super) async fn spend(self, caller: &Caller, tx: &Tx) -> Result<Sender, Fault> {
        if let Some(proof) = &self.proof
            && !spend(caller, tx, proof).await?
        {
            return Err(Fault::Client(Error::invalid_dpop_proof(USED)));
        }
        Ok(self.sender)
    }
}

impl Possession {
    /// Of an authorization request that is pushed: a proof announces the key (RFC 9449 §10.1), and none has to come.
    pub(super) fn with_request(caller: &Caller, client: &Client) -> Result<Self, Error> {
        let proof = proof(caller, client, Endpoint::PushedAuthorizationRequest, None)?;
        let key = proof.as_ref().map(Proof::key).cloned();
        Ok(Self { sender: Sender::new(SenderConstraint::None, key, certificate(caller))?, proof })
    }

    /// The key of the proof, if there is one.
    pub(super) const fn key(&self) -> Option<&Thumbprint> {
        self.sender.key()
    }

    /// The same in a transaction of its own, for what writes later than it decides.
    pub(super) async fn spend_alone(self, caller: &Caller) -> Result<Sender, Fault> {
        if self.proof.is_none() {
            return Ok(self.sender);
        }
        let tx = caller.app.store.begin().await?;
        let sender = self.spend(caller, &tx).await?;
        tx.commit_housekeeping().await?;
        Ok(sender)
    }
}

/// Of a proof that came before.
pub(super) const USED: &str = "the proof was used before";

/// The proof in the one `DPoP` header, for a request with that access token, if any.
pub(super) fn proof(
    caller: &Caller,
    client: &Client,
    endpoint: Endpoint,
    access_token: Option<&str>,
) -> Result<Option<Proof>, Error> {
    let mut headers = caller.headers.get_all(DPOP).iter();
    let Some(header) = headers.next() else { return Ok(None) };
    // RFC 9449 §4.3 no. 1
    if headers.next().is_some() {
        return Err(Error::invalid_dpop_proof("the DPoP header is repeated"));
    }
    let expected = Expectation { kind: Kind::DpopProof, algorithms: client.may_sign_with(), signer: Signer::HeaderKey };
    let opened = foreign::open(header.to_str().unwrap_or_default(), &expected).map_err(|refused| {
        tracing::debug!(%refused, "a DPoP proof was refused");
        Error::invalid_dpop_proof("the proof is not a dpop+jwt signed by the key in its header")
    })?;
    let no_key = Error::invalid_dpop_proof("the proof has no key");
    let now = caller.arrival.now;
    let nonces = asks_for_nonces(caller).then(|| caller.app.nonces.good(&caller.house.realm.name, now));
    let issuers = [Some(&caller.house.issuer), caller.house.alias.as_ref()];
    let addresses: Vec<_> = issuers.into_iter().flatten().map(|issuer| issuer.endpoint(endpoint)).collect();
    let request = ProvenRequest {
        method: caller.method.as_str(),
        addresses: &addresses,
        access_token,
        nonces: nonces.as_deref(),
        now,
    };
    dpop::judge(&opened.claims, opened.thumbprint.ok_or(no_key)?, &request).map(Some)
}

/// Spends a proof; `false` when it was spent before (RFC 9449 §11.1).
pub(super) async fn spend(caller: &Caller, tx: &Tx, proof: &Proof) -> Result<bool, Fault> {
    let parts = [caller.house.realm.name.as_str(), proof.key().as_str(), proof.jti()];
    let name = Name { bearer: Bearer::DpopProof, parts: &parts, until: proof.until() };
    let first = spent::spend(tx, name).await?;
    if !first {
        tracing::info!(key = proof.key().as_str(), "a DPoP proof came twice");
    }
    Ok(first)
}

/// The certificate that the client holds the key of.
pub(super) fn certificate(caller: &Caller) -> Option<Thumbprint> {
    caller.certificate.as_ref().map(|certificate| Thumbprint::of_certificate(certificate.der()))
}

fn asks_for_nonces(caller: &Caller) -> bool {
    caller.house.realm.dpop_nonce == DpopNonce::Required
}

/// The answer with the nonce for the next request, where one will be asked for (RFC 9449 §8.2).
pub(super) fn with_fresh_nonce(caller: &Caller, mut answer: Response) -> Response {
    if asks_for_nonces(caller) {
        let nonce = caller.app.nonces.fresh(&caller.house.realm.name, caller.arrival.now);
        if let Ok(nonce) = HeaderValue::from_str(&nonce) {
            answer.headers_mut().insert(DPOP_NONCE, nonce);
        }
    }
    answer
}
