//! What a request shows its sender to hold: the key of the proof in its `DPoP` header (RFC 9449 §4.1), the certificate of
//! its connection (RFC 8705 §3).
//!
//! A proof is good once, on all nodes together.

use axum::response::Response;
use http::{HeaderName, HeaderValue};

use super::call::Call;
use crate::keys::foreign::{self, Expectation, Kind, Signer};
use crate::protocol::client::Client;
use crate::protocol::dpop::{self, Proof, ProvenRequest};
use crate::protocol::error::Error;
use crate::protocol::thumbprint::Thumbprint;
use crate::realm::model::DpopNonce;
use crate::store::spent::{self, Bearer, Name};
use crate::store::{StoreError, Tx};

const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Of a proof that came before.
pub(crate) const USED: &str = "the proof was used before";

/// The proof in the one `DPoP` header, for a request to one of these addresses with that access token, if any.
pub(crate) fn proof(
    call: &Call,
    client: &Client,
    addresses: &[String],
    access_token: Option<&str>,
) -> Result<Option<Proof>, Error> {
    let mut headers = call.headers.get_all(DPOP).iter();
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
    let now = call.arrival.now;
    let nonces = asks_for_nonces(call).then(|| call.app.nonces.good(&call.house.realm.name, now));
    let request =
        ProvenRequest { method: call.method.as_str(), addresses, access_token, nonces: nonces.as_deref(), now };
    dpop::judge(&opened.claims, opened.thumbprint.ok_or(no_key)?, &request).map(Some)
}

/// Spends a proof; `false` when it was spent before (RFC 9449 §11.1).
pub(crate) async fn spend(call: &Call, tx: &Tx, proof: &Proof) -> Result<bool, StoreError> {
    let parts = [call.house.realm.name.as_str(), proof.key().as_str(), proof.jti()];
    let name = Name { bearer: Bearer::DpopProof, parts: &parts, until: proof.until() };
    let first = spent::spend(tx, name).await?;
    if !first {
        tracing::info!(key = proof.key().as_str(), "a DPoP proof came twice");
    }
    Ok(first)
}

/// The certificate that the client holds the key of.
pub(crate) fn certificate(call: &Call) -> Option<Thumbprint> {
    call.certificate.as_ref().map(|certificate| Thumbprint::of_certificate(certificate.der()))
}

fn asks_for_nonces(call: &Call) -> bool {
    call.house.realm.dpop_nonce == DpopNonce::Required
}

/// The answer with the nonce for the next request, where one will be asked for (RFC 9449 §8.2).
pub(crate) fn with_fresh_nonce(call: &Call, mut answer: Response) -> Response {
    if asks_for_nonces(call) {
        let nonce = call.app.nonces.fresh(&call.house.realm.name, call.arrival.now);
        if let Ok(nonce) = HeaderValue::from_str(&nonce) {
            answer.headers_mut().insert(DPOP_NONCE, nonce);
        }
    }
    answer
}
