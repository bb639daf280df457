//! `oidcc-dynamic-certification-test-plan`: clients that register themselves, prove themselves by `private_key_jwt`, and are
//! taken back at the end.

mod addresses;
mod keys;
mod registrations;
mod request_objects;

use guichet::clock::Duration;
use serde_json::{Value, json};

use super::duties::{Rp as _, gives};
use super::registered::{Suite, key, opens};
use super::run::{Mode, Run};
use super::{code_flow, metadata};
use crate::oauth::registration::address;
use crate::oauth::{header, refused};
use crate::support::client_app::{claims, issuer};
use crate::support::world::{World, on_each_database};

/// A run with a client that registered itself with these changes.
async fn begins(world: &mut World, changes: Value) -> Run<Suite> {
    let suite = Suite::begins(world, changes).await;
    Run::of(world, suite, Mode::Query).await
}

#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    on_each_database(async |world| {
        opens(world).await;
        let said = metadata::verified(&world.portal()).await;
        assert_eq!(said["registration_endpoint"], address());
        assert!(metadata::lists(&said, "subject_types_supported", "pairwise"));
        assert!(metadata::lists(&said, "token_endpoint_auth_methods_supported", "private_key_jwt"));
        // Here the plan wants id_token and `id_token token` as well, and the grant `implicit` (OpenID Connect Core §15.2).
        // There is the code flow and no other (SR-130), and the document announces nothing that is not there.
        assert_eq!(said["response_types_supported"], json!(["code"]));
        assert!(!metadata::lists(&said, "grant_types_supported", "implicit"));
    })
    .await;
}

#[tokio::test]
async fn oidcc_server() {
    on_each_database(async |world| {
        let mut run = begins(world, json!({})).await;
        assert!(run.goes(&run.asks()).await, "somebody has to sign in");
        run.completes(&run.asks()).await;
        run.rp.ends(world).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_idtoken_unsigned() {
    on_each_database(async |world| code_flow::oidcc_idtoken_unsigned(world, Mode::Query).await).await;
}

#[tokio::test]
async fn oidcc_idtoken_rs256() {
    on_each_database(async |world| {
        let mut run = begins(world, json!({"id_token_signed_response_alg": "RS256"})).await;
        let given = run.completes(&run.asks()).await;
        assert_eq!(header(&given.id_token)["alg"], "RS256");
        run.rp.ends(world).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_refresh_token() {
    on_each_database(async |world| {
        let grants = json!({"grant_types": ["authorization_code", "refresh_token"]});
        let mut run = begins(world, grants.clone()).await;
        let other = Suite::registers(world, "private_key_jwt", key(), &grants).await;
        let asked = run.asks().with("scope", "openid offline_access").with("prompt", "consent");
        let first = run.completes(&asked).await;
        world.advance(Duration::from_secs(5));
        let form = [("grant_type", "refresh_token"), ("refresh_token", first.refresh_token.as_deref().unwrap())];
        let stolen = other.requests(&form).await;
        assert_eq!((stolen.status.as_u16(), refused(&stolen)), (400, "invalid_grant".into()));
        let second = gives(&run.rp.requests(&form).await);
        code_flow::is_the_same_but_newer(&claims(&first.id_token), &claims(&second.id_token));
        assert_eq!(claims(&second.id_token)["iss"], issuer());
        run.rp.ends(world).await;
        other.ends(world).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_ensure_client_assertion_with_iss_aud_succeeds() {
    on_each_database(async |world| {
        let mut run = begins(world, json!({})).await;
        // Everywhere else in this plan `aud` is the token endpoint, and that goes as well.
        run.completes(&run.asks()).await;
        run.rp.audience = issuer();
        run.completes(&run.asks()).await;
        run.rp.ends(world).await;
    })
    .await;
}
