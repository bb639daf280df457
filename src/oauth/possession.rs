//! What a request shows its sender to hold: the key of the proof in its `DPoP` header (RFC 9449 §4.1), the certificate of
//! its connection (RFC 8705 §3).
//!
//! A proof is good once, on all nodes together. Its name is spent before anything is given for it, in the transaction
//! of what is given where that is one: who needs a proof asks for a [`Sender`], and the only way to one spends it.

use super::caller::Caller;
use super::fault::Fault;
use crate::app::possession::{USED, certificate, proof, spend};
use crate::protocol::client::{Client, SenderConstraint};
use crate::protocol::dpop::Proof;
use crate::protocol::error::Error;
use crate::protocol::issuer::Endpoint;
use crate::protocol::sender::Sender;
use crate::protocol::thumbprint::Thumbprint;
use crate::store::Tx;

/// What a client's request shows, judged and not spent yet.
pub(super) struct Possession {
    sender: Sender,
    proof: Option<Proof>,
}

impl Possession {
    /// Of a request of that client for tokens, held to what the client's tokens are bound to.
    pub(super) fn read(caller: &Caller, client: &Client, endpoint: Endpoint) -> Result<Self, Error> {
        let proof = proof(caller, client, &caller.addresses(endpoint), None)?;
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
        let addresses = caller.addresses(Endpoint::PushedAuthorizationRequest);
        let proof = proof(caller, client, &addresses, None)?;
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
