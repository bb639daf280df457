//! `client_secret_jwt`: the secret is the key, and is never sent (OpenID Connect Core §9).

use serde_json::json;

use super::{Asserting, declared, is_known, is_nobody, sealed_secret, shows, shows_with};
use crate::support::signer::Signer;
use crate::support::world::on_each_database;

#[tokio::test]
async fn oidc_core_9_a_client_may_prove_that_it_knows_its_secret_without_showing_it() {
    on_each_database(async |world| {
        let ((secret, sealed), (next, sealed_next)) = (sealed_secret("shop", 71), sealed_secret("shop", 72));
        let secrets = format!("[\"{sealed}\"]");
        let lines = [("token_endpoint_auth_method", "\"client_secret_jwt\""), ("secrets", secrets.as_str())];
        let app = declared(world, "shop", &lines).await;
        let shop = Asserting { app, signer: Signer::sharing(&secret) };
        is_known(&shop.says(&json!({})).await);
        is_nobody(&shows(&shop.app, &Signer::sharing(&next).signs(&shop.claims())).await);
        is_nobody(&shop.says(&json!({"sub": "portal"})).await);
        is_nobody(&shop.says(&json!({"exp": null})).await);
        // The secret itself is no proof: one method for each client.
        is_nobody(&shows_with(&shop.app, &[("client_id", "shop"), ("client_secret", &secret)]).await);
        // SR-146: two are valid during a rotation.
        world.rewrites_client("shop", &[(&sealed, &format!("{sealed}\", \"{sealed_next}"))]).await;
        is_known(&shows(&shop.app, &Signer::sharing(&next).signs(&shop.claims())).await);
        is_known(&shop.says(&json!({})).await);
        let dump = world.database.dump().await;
        assert!(!dump.contains(&secret) && !dump.contains(&next), "a secret is sealed where it rests");
    })
    .await;
}

#[tokio::test]
async fn sr_153_a_published_key_is_no_secret() {
    on_each_database(async |world| {
        let signer = Signer::new("ES256", "one");
        let published = signer.jwk();
        let shop = super::with_key(world, "shop", signer, &[]).await;
        for shared in [published.to_string(), published["x"].as_str().unwrap().to_owned()] {
            is_nobody(&shows(&shop.app, &Signer::sharing(&shared).signs(&shop.claims())).await);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_159_sr_188_a_kept_secret_is_worth_nothing_at_another_client_until_it_is_entered_for_that_one() {
    on_each_database(async |world| {
        for (sealed_for, is_good) in [("other", false), ("mover", true)] {
            let (secret, sealed) = sealed_secret(sealed_for, 73);
            let secrets = format!("[\"{sealed}\"]");
            let lines = [("token_endpoint_auth_method", "\"client_secret_jwt\""), ("secrets", secrets.as_str())];
            let id = if is_good { "mover" } else { "stranger" };
            let app = declared(world, id, &lines).await;
            let shown = Asserting { app, signer: Signer::sharing(&secret) }.says(&json!({})).await;
            if is_good { is_known(&shown) } else { is_nobody(&shown) }
        }
    })
    .await;
}
