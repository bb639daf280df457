//! `private_key_jwt`: what an assertion must say, with what it must be signed, and that it counts once (SR-148).

use guichet::clock::Duration;
use serde_json::{Value, json};

use super::{JWT_BEARER, alias, is_known, is_nobody, metadata, shows, shows_with, with_fapi_key, with_key};
use crate::oauth::{SECRET, code, refused, signed_in, with_client};
use crate::support::client_app::{ClientApp, Presents, endpoint, issuer, tokens};
use crate::support::signer::Signer;
use crate::support::world::{PORTAL_SECRET, on_each_database};

/// How long failures are remembered.
const MEMORY: Duration = Duration::from_hours(24 * 30);

#[tokio::test]
async fn rfc_7523_a_client_signs_of_itself_and_gets_what_it_asks_for() {
    on_each_database(async |world| {
        for algorithm in ["RS256", "PS256", "ES256", "ES384", "EdDSA"] {
            let id = format!("shop-{}", algorithm.to_lowercase());
            let shop = with_key(world, &id, Signer::new(algorithm, "one"), &[]).await;
            is_known(&shop.says(&json!({})).await);
        }
        let shop = with_key(world, "shop", Signer::new("ES256", "one").nameless(), &[]).await;
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &shop.app).await;
        let given = tokens(
            &shop
                .asks(&[
                    ("grant_type", "authorization_code"),
                    ("code", &code),
                    ("redirect_uri", &shop.app.redirect_uri),
                    ("code_verifier", &asked.verifier),
                ])
                .await,
        );
        shop.app.checked(&given.id_token, &asked.nonce).await;
        let refresh_token = given.refresh_token.unwrap();
        let fields =
            [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str()), ("client_id", "shop")];
        assert_eq!(shop.asks(&fields).await.status, 200, "a name beside an assertion is welcome");
    })
    .await;
}

#[tokio::test]
async fn sr_148_what_an_assertion_says_is_judged_and_every_flaw_gets_one_answer() {
    on_each_database(async |world| {
        let shop = with_key(world, "shop", Signer::new("ES256", "one"), &[]).await;
        let now = world.now().seconds();
        for changes in [
            json!({"aud": endpoint("token")}),
            json!({"aud": [issuer(), "https://elsewhere.example"]}),
            json!({"exp": now + 300}),
            json!({"iat": null}),
            json!({"nbf": now + 8, "iat": now + 8}),
        ] {
            is_known(&shop.says(&changes).await);
        }
        let flaws: [fn(i64) -> Value; 15] = [
            |_| json!({"iss": "portal"}),
            |_| json!({"iss": null}),
            |_| json!({"sub": "portal"}),
            |_| json!({"aud": null}),
            |_| json!({"aud": "https://elsewhere.example"}),
            |_| json!({"aud": endpoint("userinfo")}),
            |_| json!({"aud": alias("token")}),
            |_| json!({"exp": null}),
            |now| json!({"exp": now}),
            |now| json!({"exp": now + 301}),
            |_| json!({"exp": "tomorrow"}),
            |now| json!({"nbf": now + 61}),
            |now| json!({"iat": now + 61}),
            |_| json!({"jti": null}),
            |_| json!({"jti": 1}),
        ];
        for flaw in flaws {
            // Failures are counted for thirty days.
            world.advance(MEMORY);
            is_nobody(&shop.says(&flaw(world.now().seconds())).await);
        }
        is_known(&shop.says(&json!({})).await);
    })
    .await;
}

#[tokio::test]
async fn sr_153_who_signed_is_judged_by_the_registered_keys_and_algorithm() {
    on_each_database(async |world| {
        let shop =
            with_key(world, "shop", Signer::new("PS256", "one"), &[("token_endpoint_auth_signing_alg", "\"PS256\"")])
                .await;
        let claims = || shop.claims();
        let nothing = "eyJhbGciOiJub25lIn0"; // {"alg":"none"}
        let good = shop.signer.signs(&claims());
        let unsigned = format!("{nothing}.{}.", good.split('.').nth(1).unwrap());
        let other = Signer::new("PS256", "one");
        let forgeries = [
            other.signs(&claims()),
            Signer::new("ES256", "one").signs(&claims()),
            other.signs_under(&json!({"jwk": other.jwk()}), &claims()),
            other.signs_under(&json!({"jku": "https://shop.example/keys"}), &claims()),
            shop.signer.signs_under(&json!({"crit": ["exp"]}), &claims()),
            shop.signer.signs_under(&json!({"typ": "at+jwt"}), &claims()),
            shop.signer.signs_under(&json!({"typ": "dpop+jwt"}), &claims()),
            unsigned,
            good.rsplit_once('.').unwrap().0.to_owned(),
            format!("{good}.{good}"),
            good.replacen('.', "..", 1),
        ];
        for forged in forgeries {
            world.advance(MEMORY);
            is_nobody(&shows(&shop.app, &forged).await);
        }
        world.advance(MEMORY);
        // The key fits, the algorithm is another than was registered.
        let rs256 = shop.signer.with_algorithm("RS256");
        let claims = json!({
            "iss": "shop", "sub": "shop", "aud": issuer(), "jti": "rs", "exp": world.now().seconds() + 60,
        });
        is_nobody(&shows(&shop.app, &rs256.signs(&claims)).await);
        for typ in ["JWT", "client-authentication+jwt"] {
            let ps256 = Signer::new("PS256", "two");
            let id = typ.to_lowercase().replace('+', "-");
            let another = with_key(world, &id, ps256, &[]).await;
            let assertion = another.signer.signs_under(&json!({ "typ": typ }), &another.claims());
            is_known(&shows(&another.app, &assertion).await);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_147_one_method_in_one_request_and_only_the_registered_one() {
    on_each_database(async |world| {
        let shop = with_key(world, "shop", Signer::new("ES256", "one"), &[]).await;
        let posting = with_client(world, "poster", &[("token_endpoint_auth_method", "\"client_secret_post\"")]).await;
        let assertion = || shop.signer.signs(&shop.claims());
        let proof = |assertion: &str, more: &[(&str, &str)]| {
            let own = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)];
            [own.as_slice(), more].concat().iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
        };
        for more in [&[("client_secret", SECRET)] as &[_], &[("client_id", "shop"), ("client_secret", SECRET)]] {
            let form = proof(&assertion(), more);
            let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(refused(&shows_with(&shop.app, &form).await), "invalid_request");
        }
        let mut with_header = world.portal();
        with_header.secret = PORTAL_SECRET.to_owned();
        let token = assertion();
        let both = [("client_assertion_type", JWT_BEARER), ("client_assertion", token.as_str())];
        assert_eq!(refused(&shows_with(&with_header, &both).await), "invalid_request");
        assert_eq!(refused(&shows_with(&shop.app, &both[1..]).await), "invalid_request", "of no type");
        assert_eq!(refused(&shows_with(&shop.app, &both[..1]).await), "invalid_request", "nothing of that type");
        let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
        is_nobody(&shows_with(&shop.app, &[("client_assertion_type", saml), ("client_assertion", "x")]).await);
        is_nobody(&shows_with(&shop.app, &[("client_id", "shop")]).await);
        is_nobody(&shows_with(&shop.app, &[("client_id", "shop"), ("client_secret", SECRET)]).await);
        // An assertion is no way in for a client with another method, nor for one that nobody knows.
        let claims = |id: &str| shop.claims_with(&json!({"iss": id, "sub": id}));
        for id in [posting.id.as_str(), "inconnu"] {
            is_nobody(&shows(&shop.app, &shop.signer.signs(&claims(id))).await);
        }
        is_known(&shop.says(&json!({})).await);
    })
    .await;
}

#[tokio::test]
async fn sr_148_an_assertion_counts_once_and_its_name_is_its_clients_own() {
    on_each_database(async |world| {
        let shop = with_key(world, "shop", Signer::new("ES256", "one"), &[]).await;
        let other = with_key(world, "other", Signer::new("ES256", "one"), &[]).await;
        let assertion = shop.signer.signs(&shop.claims_with(&json!({"jti": "once"})));
        is_known(&shows(&shop.app, &assertion).await);
        is_nobody(&shows(&shop.app, &assertion).await);
        // Another signature, the same name.
        is_nobody(&shop.says(&json!({"jti": "once"})).await);
        is_known(&other.says(&json!({"jti": "once"})).await);
        world.restarts().await;
        let mut again = ClientApp::new(world, "shop", "", &shop.app.redirect_uri);
        again.presents = Presents::Nothing;
        is_nobody(&shows(&again, &assertion).await);
        world.advance(Duration::from_secs(61));
        is_nobody(&shows(&again, &assertion).await);
    })
    .await;
}

#[tokio::test]
async fn sr_9_wrong_assertions_are_slowed_as_wrong_secrets_are_and_lock_nobody_out() {
    on_each_database(async |world| {
        let shop = with_key(world, "shop", Signer::new("ES256", "one"), &[]).await;
        let forger = Signer::new("ES256", "one");
        let mut statuses = Vec::new();
        for _ in 0..8 {
            statuses.push(shows(&shop.app, &forger.signs(&shop.claims())).await.status.as_u16());
        }
        assert_eq!((&statuses[..5], statuses.last()), ([401; 5].as_slice(), Some(&429)));
        is_known(&shop.says(&json!({})).await);
    })
    .await;
}

#[tokio::test]
async fn fapi_clients_announce_and_keep_to_stricter_assertions() {
    on_each_database(async |world| {
        let bank = with_fapi_key(world, "bank", Signer::new("ES256", "one")).await;
        let announced = metadata(&bank.app).await;
        let listed = |member: &str| announced[member].as_array().unwrap().clone();
        for method in ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"] {
            assert!(listed("token_endpoint_auth_methods_supported").contains(&method.into()), "{method}");
        }
        for algorithm in ["RS256", "PS256", "ES256", "ES384", "EdDSA", "HS256"] {
            let member = "token_endpoint_auth_signing_alg_values_supported";
            assert!(listed(member).contains(&algorithm.into()), "{algorithm}");
        }
        is_known(&bank.says(&json!({})).await);
        is_nobody(&bank.says(&json!({"aud": endpoint("token")})).await);
        let old = with_fapi_key(world, "old", Signer::new("ES384", "one")).await;
        is_nobody(&old.says(&json!({})).await);
    })
    .await;
}
