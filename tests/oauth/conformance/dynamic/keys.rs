//! Keys: ours that sign userinfo and change, and the client's that change.

use guichet::clock::Duration;
use http::Method;
use http::header::AUTHORIZATION;
use serde_json::json;

use super::begins;
use crate::oauth::conformance::duties::{Rp as _, answers, exchanges, gives, identifies, publishes_good_keys, signed};
use crate::oauth::conformance::metadata;
use crate::oauth::conformance::registered::{Suite, opens};
use crate::oauth::conformance::run::{Mode, Run};
use crate::oauth::{header, jwks, refused};
use crate::support::client_app::{claims, endpoint};
use crate::support::peer::Reply;
use crate::support::people::MARIE;
use crate::support::signer::Signer;
use crate::support::world::{REALM, on_each_database};

#[tokio::test]
async fn oidcc_userinfo_rs256() {
    on_each_database(async |world| {
        let changes = json!({"userinfo_signed_response_alg": "RS256"});
        let mut run = begins(world, changes).await;
        let app = &run.rp.client.app;
        assert!(metadata::lists(&metadata::of(app).await, "userinfo_signing_alg_values_supported", "RS256"));
        let asked = run.asks().with("scope", "openid email");
        run.goes(&asked).await;
        let (app, answer) = (&run.rp.client.app, run.answer());
        let code = answers(app, &asked, &answer);
        let given = gives(&exchanges(&run.rp, &asked, &code).await);
        identifies(app, &asked, &given).await;
        let bearer = format!("Bearer {}", given.access_token);
        for method in [Method::GET, Method::POST] {
            let answer = app.sends(&method, &endpoint("userinfo"), &[(AUTHORIZATION, &bearer)], String::new()).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/jwt")));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(header(&answer.body)["alg"], "RS256");
            let told = signed(app, &answer.body).await;
            let mut names: Vec<_> = told.as_object().unwrap().keys().collect();
            names.sort_unstable();
            assert_eq!(names, ["aud", "email", "email_verified", "iss", "sub"], "no nonce");
            assert_eq!((&told["sub"], told["email"].as_str()), (&claims(&given.id_token)["sub"], Some(MARIE.email)));
            // Signed by the same keys, and no ID token all the same (SR-155).
            let hinted = app.asks().with("prompt", "none").with("id_token_hint", &answer.body);
            run.browser.opens(&hinted.url()).await;
            assert!(run.browser.left_for().query().unwrap().contains("error=invalid_request"));
        }
        run.rp.ends(world).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_server_rotate_keys() {
    on_each_database(async |world| {
        let mut run = begins(world, json!({})).await;
        run.completes(&run.asks()).await;
        let before = jwks(&run.rp.client.app).await;
        world.node.house.rotate_keys(&REALM.parse().unwrap(), false).await.unwrap();
        let after = jwks(&run.rp.client.app).await;
        publishes_good_keys(&run.rp.client.app).await;
        assert!(before.iter().all(|old| after.contains(old)), "old keys stay");
        let new: Vec<_> = after.iter().filter(|key| !before.contains(key)).collect();
        // The suite reads RSA and EC; of EdDSA, which changes along, it says that the type is unknown to it.
        assert!(new.iter().any(|key| key["kty"] == "RSA") && new.iter().any(|key| key["kty"] == "EC"));
        for key in &new {
            for member in ["kid", "n", "x"].into_iter().filter(|member| key[member].is_string()) {
                assert!(before.iter().all(|old| old[member] != key[member]), "{member} is new");
            }
        }
        let kid = header(&run.completes(&run.asks()).await.id_token)["kid"].clone();
        assert!(new.iter().any(|key| key["kid"] == kid), "the new key signs");
        run.rp.ends(world).await;
    })
    .await;
}

#[tokio::test]
async fn oidcc_refresh_token_rp_key_rotation() {
    on_each_database(async |world| {
        opens(world).await;
        let peer = world.outside.peer("rp.example").await;
        let key = Signer::new("RS256", "one");
        peer.says(Reply::document("application/json", key.jwks().to_string()));
        let changes = json!({
            "jwks": null, "jwks_uri": "https://rp.example/test/a/guichet/jwks",
            "grant_types": ["authorization_code", "refresh_token"],
        });
        let suite = Suite::registers(world, "private_key_jwt", key, &changes).await;
        let mut run = Run::of(world, suite, Mode::Query).await;
        let asked = run.asks().with("scope", "openid offline_access").with("prompt", "consent");
        let refresh_token = run.completes(&asked).await.refresh_token.unwrap();

        let old = std::mem::replace(&mut run.rp.key, Signer::new("RS256", "two"));
        peer.says(Reply::document("application/json", run.rp.key.jwks().to_string()));
        // As long as the suite's `server.jwks_refresh_delay`.
        world.advance(Duration::from_mins(1));
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
        gives(&run.rp.requests(&form).await);
        assert_eq!(peer.heard().len(), 2);
        // The old key is nobody's any more.
        run.rp.key = old;
        assert_eq!(refused(&run.rp.requests(&form).await), "invalid_client");
        run.rp.ends(world).await;
    })
    .await;
}
