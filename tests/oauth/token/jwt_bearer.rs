//! Somebody whom the realm trusts vouches for a person or for a client (RFC 7523 §2.1): once, for minutes, for us.

use guichet::clock::minutes;
use serde_json::{Value, json};

use crate::oauth::refused;
use crate::oauth::services::{JWT_BEARER, ORDERS, alone, jwks, service, vouching, with_issuer};
use crate::support::client_app::{ClientApp, claims, endpoint, issuer};
use crate::support::http::Answer;
use crate::support::peer::Reply;
use crate::support::people::MARIE;
use crate::support::signer::Signer;
use crate::support::world::{REALM, on_each_database};

impl ClientApp {
    async fn asserts(&self, assertion: &str, more: &[(&str, &str)]) -> Answer {
        self.token(&[&[("grant_type", JWT_BEARER), ("assertion", assertion)], more].concat()).await
    }
}

#[tokio::test]
async fn sr_152_a_person_who_is_vouched_for_is_spoken_for_without_a_session() {
    on_each_database(async |world| {
        let marie = MARIE.gets_an_account(world, &mut world.browser()).await;
        let marie = claims(&marie.access_token)["sub"].as_str().unwrap().to_owned();
        let key = Signer::new("ES256", "hr-1");
        let desk = with_issuer(world, &jwks(&key)).await;
        let by_name = key.signs(&vouching(world, "1", " Marie.Durand@exemple.fr", &json!({"aud": endpoint("token")})));
        let answer = desk.asserts(&by_name, &[]).await;
        let token = alone(&answer);
        assert_eq!(answer.json()["scope"], "email openid orders:read profile", "and nothing for when she is away");
        let said = claims(&token);
        assert_eq!((&said["client_id"], &said["aud"]), (&json!("desk"), &json!([issuer(), ORDERS])));
        for absent in ["auth_time", "acr", "amr", "sid"] {
            assert!(said[absent].is_null(), "nobody saw her: {said}");
        }
        assert_eq!(desk.userinfo(&token).await.json()["email"], MARIE.email);
        assert_eq!(desk.introspects(&token).await["active"], true);
        assert_eq!(said["sub"], marie);
        let by_id = key.signs(&vouching(world, "2", &marie, &json!({})));
        assert_eq!(claims(&alone(&desk.asserts(&by_id, &[("scope", "orders:read")]).await))["sub"], marie);
        // It stands and falls with the account.
        let realm = REALM.parse().unwrap();
        let account = world.node.house.user(&realm, MARIE.email).await.unwrap().unwrap();
        world.node.house.switch_user(&realm, &account, false).await.unwrap();
        assert_eq!(desk.userinfo(&token).await.status, 401);
        let late = key.signs(&vouching(world, "3", MARIE.email, &json!({})));
        assert_eq!(refused(&desk.asserts(&late, &[]).await), "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn sr_148_sr_152_an_assertion_counts_once_for_us_and_from_whom_we_trust() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (key, other) = (Signer::new("ES256", "hr-1"), Signer::new("ES256", "hr-1"));
        let desk = with_issuer(world, &jwks(&key)).await;
        let now = world.now().seconds();
        let signed = |jti: &str, more: Value| key.signs(&vouching(world, jti, MARIE.email, &more));
        let good = signed("once", json!({}));
        alone(&desk.asserts(&good, &[]).await);
        let longer = signed("once", json!({"exp": now + 120}));
        let by_another = other.signs(&vouching(world, "a", MARIE.email, &json!({})));
        let by_secret = Signer::sharing(crate::oauth::SECRET).signs(&vouching(world, "b", MARIE.email, &json!({})));
        let dpop = key.signs_under(&json!({"typ": "dpop+jwt"}), &vouching(world, "c", MARIE.email, &json!({})));
        let none = key.signs_under(&json!({"alg": "none"}), &vouching(world, "d", MARIE.email, &json!({})));
        for (case, assertion) in [
            ("replay", good),
            ("the same name once more", longer),
            ("another key of that name", by_another),
            ("a secret", by_secret),
            ("another kind", dpop),
            ("no signature", none),
            ("another issuer", signed("e", json!({"iss": "https://other.example"}))),
            ("for another", signed("f", json!({"aud": "https://other.example"}))),
            ("over", signed("g", json!({"exp": now}))),
            ("long", signed("h", json!({"exp": now + 3600}))),
            ("without an end", signed("i", json!({"exp": null}))),
            ("without a name", signed("j", json!({"jti": null}))),
            ("about nobody", signed("k", json!({"sub": null}))),
            ("about somebody unknown", signed("l", json!({"sub": "personne@exemple.fr"}))),
            ("about a client", signed("m", json!({"sub": "desk"}))),
            ("nonsense", "a.b.c".to_owned()),
        ] {
            let answer = desk.asserts(&assertion, &[]).await;
            assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_grant".to_owned()), "{case}");
        }
        for (more, code) in [
            (("scope", "orders:write"), "invalid_scope"),
            (("scope", "offline_access"), "invalid_scope"),
            (("resource", "https://billing.example/"), "invalid_target"),
        ] {
            assert_eq!(refused(&desk.asserts(&signed(more.1, json!({})), &[more]).await), code);
        }
        assert_eq!(refused(&desk.token(&[("grant_type", JWT_BEARER)]).await), "invalid_request");
        assert_eq!(refused(&world.portal().asserts(&signed("n", json!({})), &[]).await), "unauthorized_client");
        let other = format!("grant_types = [\"{JWT_BEARER}\"]\nscope = \"orders:read\"\n");
        let other = service(world, "other", &other).await;
        let late = key.signs(&vouching(world, "o", MARIE.email, &json!({})));
        assert_eq!(refused(&other.asserts(&late, &[]).await), "invalid_grant", "another client's issuer");
    })
    .await;
}

#[tokio::test]
async fn sr_150_an_issuer_of_clients_vouches_for_the_client_that_asks_and_for_nobody_else() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let key = Signer::new("EdDSA", "hr-1");
        let desk = with_issuer(world, &format!("subjects = \"client\"\n{}", jwks(&key))).await;
        let itself = key.signs(&vouching(world, "1", "desk", &json!({})));
        let said = claims(&alone(&desk.asserts(&itself, &[]).await));
        assert_eq!((&said["sub"], &said["scope"]), (&json!("client:desk"), &json!("orders:read")));
        for (jti, subject) in [("2", "robot"), ("3", MARIE.email), ("4", "client:desk")] {
            let other = key.signs(&vouching(world, jti, subject, &json!({})));
            assert_eq!(refused(&desk.asserts(&other, &[]).await), "invalid_grant", "{subject}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_issuer_publishes_its_keys_and_changes_them() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let peer = world.outside.peer("hr.example").await;
        let (old, new) = (Signer::new("ES256", "old"), Signer::new("ES256", "new"));
        let kind = "application/jwk-set+json";
        peer.says(Reply::document(kind, old.jwks().to_string()));
        let desk = with_issuer(world, "jwks_uri = \"https://hr.example/jwks.json\"").await;
        for jti in ["1", "2"] {
            alone(&desk.asserts(&old.signs(&vouching(world, jti, MARIE.email, &json!({}))), &[]).await);
        }
        assert_eq!(peer.met(), 1, "they are kept");
        world.advance(minutes(2));
        peer.says(Reply::document(kind, new.jwks().to_string()));
        alone(&desk.asserts(&new.signs(&vouching(world, "3", MARIE.email, &json!({}))), &[]).await);
        let gone = old.signs(&vouching(world, "4", MARIE.email, &json!({})));
        assert_eq!(refused(&desk.asserts(&gone, &[]).await), "invalid_grant");
    })
    .await;
}
