//! Whole ways through the plans, good to the end or to where a person turns back.

use http::header::{ACCEPT, AUTHORIZATION, DATE};
use http::{HeaderName, Method};
use serde_json::json;

use super::checks::has_modern_tls;
use super::party::Party;
use super::stage::{By, Plan, Stage, Variant};
use crate::oauth::referring;
use crate::support::client_app::{Asked, Tokens, claims};
use crate::support::holder::DPOP;
use crate::support::people::MARIE;

pub(crate) async fn happy_flow(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        let (first, second) = (stage.first(variant).await, stage.second(variant).await);
        let given = logs_in(stage, &first, &first.asks()).await;
        for unasked in ["name", "email", "given_name", "s_hash"] {
            assert!(claims(&given.id_token).get(unasked).is_none(), "{unasked}");
        }
        resource_is_asked_otherwise(&first, &given.access_token).await;
        // RFC 9449 §10.1: the key said in the request alone, without a proof.
        let asked = match variant.binds {
            By::Jwt => second.asks().with("dpop_jkt", &second.holder.thumbprint()),
            By::Certificate => second.asks(),
        };
        let other = logs_in(stage, &second, &asked).await;
        refuses_at_resource(&first, &other.access_token).await;
        refuses_at_resource(&second, &given.access_token).await;
        if stage.plan == Plan::MessageSigning {
            introspection_is_signed(&first, &given.access_token).await;
        }
    }
    has_modern_tls(&stage.tls).await;
}

/// Marie signs in, in a browser that was never used.
async fn logs_in(stage: &Stage<'_>, client: &Party, asked: &Asked) -> Tokens {
    let mut browser = stage.world.browser();
    client.opens(&mut browser, asked).await.submits(&MARIE.credentials()).await;
    client.completes(asked, &browser).await
}

/// A token in other hands than those that it was bound to.
async fn refuses_at_resource(client: &Party, token: &str) {
    let answer = client.userinfo(token).await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (401, Some("invalid_token")));
}

/// By headers that the suite sends, and by an address that nobody may send a token in.
async fn resource_is_asked_otherwise(client: &Party, token: &str) {
    let asks = async |further: &[(HeaderName, &str)]| {
        client.shows(client.scheme(), token, &client.resource_proofs(token), further).await
    };
    for accepted in ["application/json", "application/json;charset=utf-8", "application/json, application/*+json, */*"]
    {
        let answer = asks(&[(ACCEPT, accepted)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
    }
    let name = HeaderName::from_static("x-fapi-interaction-id");
    let id = "c770aef3-6784-41f7-8e0e-ff5f97bddb3a";
    let answer = asks(&[(name.clone(), id)]).await;
    assert_eq!((answer.status.as_u16(), answer.header(&name)), (200, Some(id)));
    assert!(answer.header(DATE).is_some());
    assert_eq!(asks(&[]).await.header(&name), None, "nobody named it");
    // FAPI 2.0 §5.3.4: not in the query, not even beside the header.
    let address = format!("userinfo?access_token={token}");
    for (beside, status) in [(false, 401), (true, 400)] {
        let (scheme, proofs) = (format!("{} {token}", client.scheme()), client.resource_proofs(token));
        let headers = proofs.iter().map(|proof| (DPOP, proof.as_str()));
        let headers: Vec<_> = headers.chain(beside.then_some((AUTHORIZATION, scheme.as_str()))).collect();
        let answer = client.sends(&Method::GET, &address, &headers, String::new()).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

/// FAPI 2.0 Message Signing §5.5: what is told of a token is signed for whoever asks for that (RFC 9701 §5).
async fn introspection_is_signed(client: &Party, token: &str) {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&[("token", token)])
        .extend_pairs(client.credentials())
        .finish();
    let media_type = "application/token-introspection+jwt";
    let answer = client.sends(&Method::POST, "token/introspect", &[(ACCEPT, media_type)], body).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some(media_type)));
    let said = client.verified(&answer.body).await;
    let told = &said["token_introspection"];
    assert_eq!((&told["active"], &told["cnf"]), (&json!(true), &claims(token)["cnf"]));
}

pub(crate) async fn user_rejects_authentication(stage: &mut Stage<'_>) {
    for variant in Variant::ALL {
        for client in [stage.first(variant).await, stage.second(variant).await] {
            let (mut browser, asked) = (stage.world.browser(), client.asks());
            client.opens(&mut browser, &asked).await;
            assert_eq!(browser.place(), "sign-in");
            browser.follows("Revenir à Banque").await;
            assert_eq!(client.error(&asked, &browser).await, "access_denied");
        }
    }
}

pub(crate) async fn ensure_other_scope_order_succeeds(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        for scope in ["email openid profile", "profile email openid"] {
            bank.happy(&mut browser, &bank.asks().with("scope", scope)).await;
        }
    }
}

pub(crate) async fn access_token_type_header_case_sensitivity(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let given = bank.happy(&mut browser, &bank.asks()).await;
        let token = given.access_token.as_str();
        let schemes = match variant.binds {
            By::Jwt => ["DPoP", "dpop", "DPOP", "dPOp"],
            By::Certificate => ["Bearer", "bearer", "BEARER", "bEARER"],
        };
        for scheme in schemes {
            let answer = bank.shows(scheme, token, &bank.resource_proofs(token), &[]).await;
            assert_eq!(answer.status, 200, "{scheme}: {}", answer.body);
        }
    }
}

pub(crate) async fn par_without_duplicate_parameters(stage: &mut Stage<'_>) {
    let mut browser = stage.signed_in().await;
    for variant in Variant::ALL {
        let bank = stage.first(variant).await;
        let asked = bank.asks();
        let address = referring(&bank.app, &bank.pushed(&asked).await);
        let names: Vec<_> =
            url::Url::parse(&address).unwrap().query_pairs().map(|(name, _)| name.into_owned()).collect();
        assert_eq!(names, ["client_id", "request_uri"], "these are enough");
        browser.opens(&address).await;
        bank.completes(&asked, &browser).await;
    }
}
