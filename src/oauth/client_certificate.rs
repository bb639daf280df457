//! `tls_client_auth` and `self_signed_tls_client_auth`, as far as they need more than rules: the client's keys
//! (RFC 8705 §2).

use super::caller::Caller;
use crate::keys::foreign::certificate_key;
use crate::protocol::client::{Client, ClientAuthenticationMethod};
use crate::protocol::client_authentication::certificate::{Proven, by_key, by_name};
use crate::source::ClientCertificate;

/// What a certificate proves of the client that the house knows under the name it gives.
pub(super) async fn proven(caller: &Caller, certificate: &ClientCertificate, known: Option<&Client>) -> Option<Proven> {
    let now = caller.arrival.now;
    let client_id = known.map(|client| client.client_id.as_str());
    let proven = match known {
        Some(client) if client.authentication == ClientAuthenticationMethod::SelfSignedTlsClientAuth => {
            let key = certificate_key::thumbprint(certificate)?;
            let keys = caller.app.client_keys(&caller.house, client, now).with(&key).await;
            let keys = keys.inspect_err(|fault| tracing::info!(client_id, %fault, "a client has no keys")).ok()?;
            by_key(client, Some(&key), |key| keys.hold(key))
        }
        known => by_name(known, certificate, &caller.house.realm.trust_anchors, now),
    };
    if proven.is_none() {
        tracing::info!(client_id, certificate = %certificate.thumbprint(), "a client's certificate proves nothing");
    }
    proven
}
