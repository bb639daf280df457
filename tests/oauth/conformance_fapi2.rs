//! What the FAPI 2.0 security profile plan asks of requests and answers, a story for each module, named after it
//! (`fapi2-security-profile-final-` left out).
//!
//! The clients here push, and prove themselves by a secret: what proves them otherwise, and what binds their tokens, is
//! told with client authentication and with sender constraints. One long file on purpose: it is read beside the list.

use guichet::clock::Duration;
use http::Method;
use serde_json::{Value, json};
use url::Url;

use super::conformance_claims::told;
use super::par::MALFORMED;
use super::request_object::{bare, object, signing};
use super::{declares, document, is_a_page, pushed, pushes, referring, refused, signed_in, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, claims, endpoint, issuer, parameter, tokens};
use crate::support::people::MARIE;
use crate::support::signer::Signer;
use crate::support::world::{World, on_each_database};

/// The first client of the plan.
async fn first(world: &mut World) -> ClientApp {
    let client = with_client(world, "first", &[]).await;
    declares(world, "first", "require_pushed_authorization_requests = true\n").await;
    client
}

/// The second, whose redirect address has a query.
async fn second(world: &mut World) -> ClientApp {
    let redirect_uri = "https://second.example/retour?dummy1=lorem&dummy2=ipsum";
    let lines = [("redirect_uris", "[\"https://second.example/retour?dummy1=lorem&dummy2=ipsum\"]")];
    let mut client = with_client(world, "second", &lines).await;
    declares(world, "second", "require_pushed_authorization_requests = true\n").await;
    redirect_uri.clone_into(&mut client.redirect_uri);
    client
}

/// Pushes, opens and comes back.
async fn returns(browser: &mut Browser, client: &ClientApp, asked: &Asked) -> Url {
    let uri = pushed(client, asked).await;
    browser.opens(&referring(client, &uri)).await;
    browser.left_for().clone()
}

/// The whole way, and what the suite checks of every answer.
async fn happy(browser: &mut Browser, client: &ClientApp, asked: &Asked) -> Value {
    let answer = returns(browser, client, asked).await;
    let own: Vec<_> = Url::parse(&client.redirect_uri).unwrap().query_pairs().into_owned().collect();
    let known = |name: &str| {
        ["code", "session_state", "state", "iss"].contains(&name) || own.iter().any(|(other, _)| other == name)
    };
    assert!(answer.query_pairs().all(|(name, _)| known(&name)), "{answer}");
    assert_eq!(parameter(&answer, "iss"), Some(issuer()));
    let code = parameter(&answer, "code").unwrap_or_else(|| panic!("no code: {answer}"));
    let given = tokens(&client.exchanges(&code, asked).await);
    claims(&given.id_token)
}

#[tokio::test]
async fn discovery_end_point_verification() {
    on_each_database(async |world| {
        let said = document(&world.portal(), &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        assert!(said["response_types_supported"].as_array().unwrap().contains(&json!("code")));
        assert_eq!(said["authorization_response_iss_parameter_supported"], true);
        assert_eq!(said["pushed_authorization_request_endpoint"], endpoint("ext/par/request"));
        assert!(said["require_pushed_authorization_requests"].is_boolean());
        assert!(said["code_challenge_methods_supported"].as_array().unwrap().contains(&json!("S256")));
        let algorithms = said["id_token_signing_alg_values_supported"].as_array().unwrap();
        assert!(["PS256", "ES256", "EdDSA"].iter().any(|algorithm| algorithms.contains(&json!(algorithm))));
    })
    .await;
}

#[tokio::test]
async fn happy_flow() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for client in [first(world).await, second(world).await] {
            let (mut browser, asked) = (world.browser(), client.asks());
            let uri = pushed(&client, &asked).await;
            browser.opens(&referring(&client, &uri)).await.submits(&MARIE.credentials()).await;
            assert!(browser.left_for().as_str().starts_with(&client.redirect_uri), "the registered query is kept");
            let given = client.redeems(&asked, browser.left_for()).await;
            assert_eq!(client.userinfo(&given.access_token).await.status, 200);
        }
    })
    .await;
}

#[tokio::test]
async fn user_rejects_authentication() {
    on_each_database(async |world| {
        let client = second(world).await;
        let (mut browser, asked) = (world.browser(), client.asks());
        browser.opens(&referring(&client, &pushed(&client, &asked).await)).await;
        let flow = parameter(browser.at(), "flow").unwrap();
        browser.opens(&format!("{}/cancel?flow={flow}", endpoint("auth"))).await;
        let answer = browser.left_for();
        assert!(answer.as_str().starts_with(&client.redirect_uri), "{answer}");
        assert_eq!(parameter(answer, "error").as_deref(), Some("access_denied"));
        assert_eq!(
            (parameter(answer, "state").as_ref(), parameter(answer, "iss")),
            (Some(&asked.state), Some(issuer()))
        );
    })
    .await;
}

#[tokio::test]
async fn ensure_authorization_request_without_state_success() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        let asked = client.asks().with("state", "");
        assert!(happy(&mut browser, &client, &asked).await.get("s_hash").is_none());
        let answer = returns(&mut browser, &client, &client.asks().with("state", "")).await;
        assert_eq!(parameter(&answer, "state"), None);
    })
    .await;
}

#[tokio::test]
async fn ensure_authorization_request_without_nonce_success() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        assert!(happy(&mut browser, &client, &client.asks().with("nonce", "")).await.get("nonce").is_none());
    })
    .await;
}

#[tokio::test]
async fn ensure_authorization_request_with_64_char_nonce_success_and_with_long_nonce() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        for length in [64, 384] {
            let nonce = "n".repeat(length);
            let said = happy(&mut browser, &client, &client.asks().with("nonce", &nonce)).await;
            assert_eq!(said["nonce"], nonce);
        }
    })
    .await;
}

#[tokio::test]
async fn ensure_authorization_request_with_long_state() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        for length in [128, 384, 1000] {
            let state = "s".repeat(length);
            let answer = returns(&mut browser, &client, &client.asks().with("state", &state)).await;
            assert_eq!(parameter(&answer, "state"), Some(state));
        }
    })
    .await;
}

#[tokio::test]
async fn ensure_other_scope_order_succeeds() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        for scope in ["email openid profile", "profile email openid"] {
            happy(&mut browser, &client, &client.asks().with("scope", scope)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn test_claims_parameter_identity_claims() {
    on_each_database(async |world| {
        let (client, mut browser) = told(world, &[]).await;
        declares(world, "shop", "require_pushed_authorization_requests = true\n").await;
        let said = document(&client, &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        assert_eq!(said["claims_parameter_supported"], true);
        let supported: Vec<_> =
            said["claims_supported"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let every: serde_json::Map<_, _> = supported.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
        let mut every = Value::Object(every);
        every["unheard_of"] = json!({"essential": true});
        for place in ["userinfo", "id_token"] {
            let asked = client.asks().with("scope", "openid").with("claims", &json!({ place: every }).to_string());
            let answer = returns(&mut browser, &client, &asked).await;
            let given = client.redeems(&asked, &answer).await;
            let (token, userinfo) = (claims(&given.id_token), client.userinfo(&given.access_token).await.json());
            for name in &supported {
                assert!(token.get(name).is_some() || userinfo.get(name).is_some(), "{name} in {place}");
            }
            // In the place that was named, and in no other.
            for name in ["email", "birthdate", "address", "phone_number"] {
                let told = (token.get(name).is_some(), userinfo.get(name).is_some());
                assert_eq!(told, (place == "id_token", place == "userinfo"), "{name} in {place}");
            }
            assert!(token.get("unheard_of").is_none() && userinfo.get("unheard_of").is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn ensure_different_nonce_and_state_inside_and_outside_request_object() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        let asked = client.asks();
        let mut url: Url = referring(&client, &pushed(&client, &asked).await).parse().unwrap();
        url.query_pairs_mut().append_pair("nonce", "outside").append_pair("state", "outside");
        browser.opens(url.as_str()).await;
        // Its checks are of the pushed state and nonce.
        client.redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn state_only_outside_request_object_not_used() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        let uri = pushed(&client, &client.asks().with("state", "")).await;
        browser.opens(&format!("{}&state=outside", referring(&client, &uri))).await;
        assert_eq!(parameter(browser.left_for(), "state"), None);
        assert!(parameter(browser.left_for(), "code").is_some());
    })
    .await;
}

#[tokio::test]
async fn ensure_request_object_without_redirect_uri_fails_and_ensure_redirect_uri_in_authorization_request() {
    on_each_database(async |world| {
        let client = first(world).await;
        assert_eq!(refused(&pushes(&client, &client.asks().with("redirect_uri", "")).await), "invalid_request");
        let key = Signer::new("PS256", "k-1");
        let signer = signing(world, "signer", &key, "require_pushed_authorization_requests = true\n").await;
        let jwt = key.signs(&object(world, &signer.asks(), &json!({"redirect_uri": null})));
        let asked = bare(&signer, "request", &jwt).with("redirect_uri", &signer.redirect_uri);
        assert_eq!(refused(&pushes(&signer, &asked).await), "invalid_request");
    })
    .await;
}

#[tokio::test]
async fn plain_fapi_tolerate_unregistered_redirect_uri() {
    on_each_database(async |world| {
        let client = first(world).await;
        // Refused, and always: an address is registered or is none.
        for n in 0..2 {
            let asked = client.asks().with("redirect_uri", &format!("{}/{n}", client.redirect_uri));
            assert_eq!(refused(&pushes(&client, &asked).await), "invalid_request");
        }
    })
    .await;
}

#[tokio::test]
async fn ensure_unsigned_authorization_request_without_using_par_fails() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        let asked = client.asks();
        browser.opens(&asked.url()).await;
        is_a_page(&browser, 400, MALFORMED);
        browser.opens(&asked.with("prompt", "none").url()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("invalid_request"));
        assert_eq!(parameter(browser.left_for(), "code"), None);
    })
    .await;
}

#[tokio::test]
async fn ensure_response_type_code_idtoken_fails_and_ensure_response_type_token_fails() {
    on_each_database(async |world| {
        let client = first(world).await;
        for flow in ["code id_token", "token"] {
            let answer = pushes(&client, &client.asks().with("response_type", flow)).await;
            assert_eq!(refused(&answer), "unsupported_response_type", "{flow}");
        }
    })
    .await;
}

#[tokio::test]
async fn par_ensure_reused_request_uri_prior_to_auth_completion_succeeds() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let client = first(world).await;
        let (mut browser, asked) = (world.browser(), client.asks());
        let uri = pushed(&client, &asked).await;
        browser.opens(&referring(&client, &uri)).await;
        assert_eq!(browser.place(), "sign-in");
        browser.opens(&referring(&client, &uri)).await.submits(&MARIE.credentials()).await;
        client.redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn par_attempt_reuse_request_uri() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        let asked = client.asks();
        let uri = pushed(&client, &asked).await;
        browser.opens(&referring(&client, &uri)).await;
        client.redeems(&asked, browser.left_for()).await;
        browser.opens(&referring(&client, &uri)).await;
        is_a_page(&browser, 400, MALFORMED);
    })
    .await;
}

#[tokio::test]
async fn par_attempt_to_use_expired_request_uri() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        let answer = pushes(&client, &client.asks()).await.json();
        let lives = answer["expires_in"].as_u64().unwrap();
        assert!((5..=600).contains(&lives));
        world.advance(Duration::from_secs(lives));
        browser.opens(&referring(&client, answer["request_uri"].as_str().unwrap())).await;
        is_a_page(&browser, 400, MALFORMED);
    })
    .await;
}

#[tokio::test]
async fn par_attempt_to_use_request_uri_for_different_client() {
    on_each_database(async |world| {
        let (client, other) = (first(world).await, second(world).await);
        let (mut browser, _) = signed_in(world).await;
        let uri = pushed(&client, &client.asks()).await;
        browser.opens(&referring(&other, &uri)).await;
        is_a_page(&browser, 400, MALFORMED);
    })
    .await;
}

#[tokio::test]
async fn par_authorization_request_containing_request_uri_form_param() {
    on_each_database(async |world| {
        let client = first(world).await;
        let uri = pushed(&client, &client.asks()).await;
        for value in [uri.as_str(), "https://first.example/request"] {
            assert_eq!(refused(&pushes(&client, &client.asks().with("request_uri", value)).await), "invalid_request");
        }
    })
    .await;
}

#[tokio::test]
async fn par_attempt_invalid_http_method() {
    on_each_database(async |world| {
        let client = first(world).await;
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = client.sends(&method, &endpoint("ext/par/request"), &[], String::new()).await;
            assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("POST")), "{method}");
        }
    })
    .await;
}

#[tokio::test]
async fn par_ensure_pkce_required_and_par_plain_pkce_rejected() {
    on_each_database(async |world| {
        let client = first(world).await;
        let without = client.asks().with("code_challenge", "").with("code_challenge_method", "");
        let asked = client.asks();
        let plain = asked.clone().with("code_challenge", &asked.verifier).with("code_challenge_method", "plain");
        for asked in [without, plain] {
            assert_eq!(refused(&pushes(&client, &asked).await), "invalid_request");
        }
    })
    .await;
}

#[tokio::test]
async fn par_without_duplicate_parameters() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        let asked = client.asks();
        let uri = pushed(&client, &asked).await;
        let url = Url::parse(&referring(&client, &uri)).unwrap();
        assert_eq!(url.query_pairs().count(), 2, "the name and the reference are enough");
        browser.opens(url.as_str()).await;
        client.redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn ensure_pkce_code_verifier_required_and_incorrect_pkce_code_verifier_rejected() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        let wrong = "w".repeat(43);
        for verifier in [None, Some(wrong.as_str())] {
            let asked = client.asks();
            let code = parameter(&returns(&mut browser, &client, &asked).await, "code").unwrap();
            let mut form =
                vec![("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &client.redirect_uri)];
            form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
            let answer = client.token(&form).await;
            assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_grant".to_owned()), "{verifier:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn ensure_authorization_code_is_bound_to_client() {
    on_each_database(async |world| {
        let (client, other) = (first(world).await, second(world).await);
        let (mut browser, _) = signed_in(world).await;
        let asked = client.asks();
        let code = parameter(&returns(&mut browser, &client, &asked).await, "code").unwrap();
        // The client is all that differs.
        let other = ClientApp::new(world, "second", &other.secret, &client.redirect_uri);
        let answer = other.exchanges(&code, &asked).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_grant".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn attempt_reuse_authorization_code_after_one_second() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        let asked = client.asks();
        let code = parameter(&returns(&mut browser, &client, &asked).await, "code").unwrap();
        let given = tokens(&client.exchanges(&code, &asked).await);
        world.advance(Duration::from_secs(1));
        let answer = client.exchanges(&code, &asked).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_grant".to_owned()));
        assert_eq!(client.userinfo(&given.access_token).await.status, 401, "what it bought is revoked");
    })
    .await;
}

#[tokio::test]
async fn ensure_token_endpoint_fails_with_expired_auth_code() {
    on_each_database(async |world| {
        let client = first(world).await;
        let (mut browser, _) = signed_in(world).await;
        let asked = client.asks();
        let code = parameter(&returns(&mut browser, &client, &asked).await, "code").unwrap();
        world.advance(Duration::from_secs(62));
        let answer = client.exchanges(&code, &asked).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_grant".to_owned()));
    })
    .await;
}
