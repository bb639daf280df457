//! `client_secret_jwt` and `private_key_jwt`, as far as they need more than rules: the client's keys or its secrets, and
//! the one place where an assertion's name is spent (RFC 7523 §3).

use super::caller::Caller;
use crate::app::client_keys::Unopened;
use crate::keys::client_secret::ClientSecrets;
use crate::keys::foreign::{Expectation, Kind, Opened, Refused, Signer, nobody, open};
use crate::protocol::client::{Client, ClientAuthenticationMethod};
use crate::protocol::client_authentication::assertion::{Assertion, Expected, Flaw, Proven, algorithms, judge};
use crate::protocol::issuer::Endpoint;
use crate::secret::Secret;
use crate::store::StoreError;
use crate::store::spent::{self, Bearer, Name};

/// Why an assertion proves nothing. For the log.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Unopened(#[from] Unopened),
    #[error(transparent)]
    Flawed(#[from] Flaw),
    #[error("its jti was used before")]
    Replayed,
}

/// What an assertion proves of the client that the house knows under the name it gives.
pub(super) async fn proven(
    caller: &Caller,
    token: &Secret<String>,
    known: Option<&Client>,
) -> Result<Option<Proven>, StoreError> {
    let refusal = match judged(caller, token.expose(), known).await {
        Err(refusal) => refusal,
        Ok(assertion) => match spend(caller, assertion).await? {
            Some(proven) => return Ok(Some(proven)),
            None => Refusal::Replayed,
        },
    };
    let client_id = known.map(|client| client.client_id.as_str());
    tracing::info!(client_id, %refusal, "a client assertion was refused");
    Ok(None)
}

async fn judged(caller: &Caller, token: &str, known: Option<&Client>) -> Result<Assertion, Refusal> {
    let kind = Kind::ClientAssertion;
    let (client, opened) = match known {
        Some(client) if client.authentication == ClientAuthenticationMethod::PrivateKeyJwt => {
            let keys = caller.app.client_keys(&caller.house, client, caller.arrival.now);
            (client, keys.open(token, kind, &algorithms(client)).await?)
        }
        Some(client) if client.authentication == ClientAuthenticationMethod::ClientSecretJwt => {
            (client, by_secret(caller, token, client).map_err(Unopened::from)?)
        }
        _ => return Err(Unopened::from(nobody::refuse(token, kind)).into()),
    };
    let issuer = caller.house.issuer.as_str();
    let expected = Expected { issuer, endpoints: &endpoints(caller), now: caller.arrival.now };
    Ok(judge(client, opened.algorithm, &opened.claims, expected)?)
}

/// A secret that was sealed with another master key opens nothing, and the operator hears of it.
fn by_secret(caller: &Caller, token: &str, client: &Client) -> Result<Opened, Refused> {
    let secrets = ClientSecrets::of(&caller.app.sealer, &caller.house.realm.name);
    let opened = client.sealed_secrets.iter().filter_map(|sealed| {
        let failed = |fault| tracing::error!(client_id = %client.client_id, %fault, "a client's secret does not open");
        secrets.open(&client.client_id, sealed).map_err(failed).ok()
    });
    let opened: Vec<_> = opened.collect();
    let signer = Signer::Secrets(&opened);
    open(token, &Expectation { kind: Kind::ClientAssertion, algorithms: &algorithms(client), signer })
}

/// The token endpoint and the one that is asked, with their addresses on the listener for certificates (RFC 8705 §5).
fn endpoints(caller: &Caller) -> Vec<String> {
    let house = &caller.house;
    let asked = caller.path.strip_prefix("/realms/").and_then(|path| path.strip_prefix(house.realm.name.as_str()));
    let asked = asked.filter(|path| path.starts_with('/'));
    let issuers = [Some(&house.issuer), house.alias.as_ref()];
    let of = |issuer: &crate::protocol::issuer::Issuer| {
        [Some(issuer.endpoint(Endpoint::Token)), asked.map(|path| format!("{issuer}{path}"))]
    };
    issuers.into_iter().flatten().flat_map(of).flatten().collect()
}

/// SR-148: once, on all nodes, and for good before anything is done in the client's name.
async fn spend(caller: &Caller, assertion: Assertion) -> Result<Option<Proven>, StoreError> {
    let tx = caller.app.store.begin().await?;
    let parts = [caller.house.realm.name.as_str(), assertion.client_id().as_str(), assertion.jti()];
    let name = Name { bearer: Bearer::ClientAssertion, parts: &parts, until: assertion.until() };
    let first = spent::spend(&tx, name).await?;
    tx.commit_housekeeping().await?;
    Ok(assertion.spent(first))
}
