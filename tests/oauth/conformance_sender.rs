//! Modules of the OpenID Foundation's FAPI 2.0 plan that are about who may use a code, a token, a key: each story is
//! named after its module, and asserts all that the module asks of the provider, warnings included (CONFORMANCE.md 2.5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::clock::Duration;
use http::header::{AUTHORIZATION, DATE};
use http::{HeaderName, Method};
use serde_json::{Value, json};

use super::dpop::{bound, with_bound_client};
use super::{code, referring, refused, signed_in};
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, claims as said, endpoint, tokens as read};
use crate::support::holder::{DPOP, Holder, claims, hash, shows};
use crate::support::http::Answer;
use crate::support::world::{World, on_each_database};

/// A client as the plan has one: confidential, its tokens bound by DPoP, its refresh tokens lasting.
async fn with_bank(world: &mut World, id: &str) -> ClientApp {
    with_bound_client(world, id, &[("refresh_token_rotation", "\"never\"")]).await
}

/// A code for that client, asked for with the key that it will be bound to.
async fn code_for(browser: &mut Browser, client: &ClientApp, key: &str) -> (Asked, String) {
    let asked = client.asks().with("dpop_jkt", key);
    browser.opens(&asked.url()).await;
    let code = client.code(&asked, browser.left_for());
    (asked, code)
}

fn error(answer: &Answer) -> (u16, Option<String>) {
    (answer.status.as_u16(), answer.json()["error"].as_str().map(ToOwned::to_owned))
}

#[tokio::test]
async fn fapi2_security_profile_final_dpop_negative_tests() {
    on_each_database(async |world| {
        let bank = with_bank(world, "bank").await;
        let (mut browser, _) = signed_in(world).await;
        let (holder, other, now) = (Holder::new("ES256"), Holder::new("ES256"), world.now());
        let given = bound(world, &mut browser, &bank, &holder).await;
        let token = given.access_token.as_str();
        let good = || claims("GET", &endpoint("userinfo"), Some(token), now);
        let with = |name: &str, value: Value| {
            let mut changed = good();
            changed[name] = value;
            holder.signs(&json!({}), &changed)
        };
        let under = |header: &Value| holder.signs(header, &good());
        let unsigned = |algorithm: &str| {
            let header = json!({"typ": "dpop+jwt", "alg": algorithm, "jwk": holder.signer.jwk()});
            let [header, claims] = [header, good()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
            format!("{header}.{claims}.")
        };
        let mut private = holder.signer.jwk();
        private["d"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE");
        let mut tampered = with("htm", json!("GET"));
        tampered.replace_range(tampered.len() - 8.., "AAAAAAAA");
        for (case, proof) in [
            ("typ missing", under(&json!({"typ": null}))),
            ("typ wrong", under(&json!({"typ": "jwt"}))),
            ("typ of an access token", under(&json!({"typ": "at+jwt"}))),
            ("alg missing", under(&json!({"alg": null}))),
            ("alg none", unsigned("none")),
            ("alg None", unsigned("None")),
            ("alg of another kind of key", under(&json!({"alg": "PS256"}))),
            ("alg symmetric", under(&json!({"alg": "HS256"}))),
            ("jwk missing", under(&json!({"jwk": null}))),
            ("jwk of somebody else", under(&json!({"jwk": other.signer.jwk()}))),
            ("jwk private", under(&json!({"jwk": private}))),
            ("jwk by reference", under(&json!({"jwk": null, "kid": "1", "jku": "https://bank.example/jwks"}))),
            ("signature wrong", tampered),
            ("signed with another key", other.signs(&json!({}), &good())),
            ("jti missing", with("jti", json!(null))),
            ("jti empty", with("jti", json!(""))),
            ("htm missing", with("htm", json!(null))),
            ("htm wrong", with("htm", json!("POST"))),
            ("htm in lower case", with("htm", json!("get"))),
            ("htu missing", with("htu", json!(null))),
            ("htu wrong", with("htu", json!("https://elsewhere.example/userinfo"))),
            ("htu of another endpoint", with("htu", json!(endpoint("token")))),
            ("htu over http", with("htu", json!(endpoint("userinfo").replace("https:", "http:")))),
            ("iat missing", with("iat", json!(null))),
            ("iat an hour ago", with("iat", json!(now.seconds() - 3600))),
            ("iat in an hour", with("iat", json!(now.seconds() + 3600))),
            ("iat a text", with("iat", json!(now.seconds().to_string()))),
            ("ath missing", with("ath", json!(null))),
            ("ath wrong", with("ath", json!(hash("another token")))),
            ("ath the token itself", with("ath", json!(token))),
            ("no proof at all", String::new()),
        ] {
            let answer = shows(&bank, "DPoP", token, &[&proof]).await;
            assert_eq!(answer.status, 401, "{case}: {}", answer.body);
            let told = error(&answer).1.unwrap();
            assert!(["invalid_dpop_proof", "invalid_token"].contains(&told.as_str()), "{case}: {told}");
            assert!(answer.header("www-authenticate").unwrap().starts_with("DPoP error="), "{case}");
        }
        let (one, two) = (with("htm", json!("GET")), with("htm", json!("GET")));
        assert_eq!(error(&shows(&bank, "DPoP", token, &[&one, &two]).await).0, 400, "two proofs");
        assert_eq!(error(&shows(&bank, "DPoP", token, &[]).await).0, 401, "no header");
        assert_eq!(error(&shows(&bank, "Bearer", token, &[&one]).await).0, 401, "as a bearer token");
        // What is left out of the comparison, or written otherwise.
        let url = endpoint("userinfo");
        for htu in [
            format!("{url}?x=1"),
            format!("{url}#part"),
            url.replace("https://connexion", "HTTPS://CONNEXION"),
            url.replace(".example/", ".example:443/"),
        ] {
            let answer = shows(&bank, "DPoP", token, &[&with("htu", json!(htu))]).await;
            assert_eq!(answer.status, 200, "{htu}: {}", answer.body);
        }
        let last = with("htm", json!("GET"));
        assert_eq!(shows(&bank, "DPoP", token, &[&last]).await.status, 200, "a good proof still works");
        let again = shows(&bank, "DPoP", token, &[&last]).await;
        assert_eq!(error(&again), (401, Some("invalid_dpop_proof".to_owned())), "once");
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_access_token_type_header_case_sensitivity() {
    on_each_database(async |world| {
        let (bank, portal) = (with_bank(world, "bank").await, world.portal());
        let (mut browser, free) = signed_in(world).await;
        let holder = Holder::new("ES256");
        let given = bound(world, &mut browser, &bank, &holder).await;
        let token = given.access_token.as_str();
        for scheme in ["DPoP", "dpop", "DPOP", "dPoP"] {
            let proof = holder.at_userinfo(token, world.now());
            assert_eq!(shows(&bank, scheme, token, &[&proof]).await.status, 200, "{scheme}");
        }
        for scheme in ["Bearer", "bearer", "BEARER"] {
            assert_eq!(shows(&portal, scheme, &free.access_token, &[]).await.status, 200, "{scheme}");
        }
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_check_dpop_proof_nbf_exp() {
    on_each_database(async |world| {
        let bank = with_bank(world, "bank").await;
        let (mut browser, _) = signed_in(world).await;
        let (holder, now) = (Holder::new("ES256"), world.now().seconds());
        let tolerated = |mut claims: Value| {
            claims["nbf"] = json!(now);
            claims["exp"] = json!(now + 60);
            holder.signs(&json!({}), &claims)
        };
        let (asked, code) = code(&mut browser, &bank).await;
        let proof = tolerated(claims("POST", &endpoint("token"), None, world.now()));
        let given = read(&bank.token_with(&bank.redemption(&code, &asked), &[(DPOP, &proof)]).await);
        let proof = tolerated(claims("GET", &endpoint("userinfo"), Some(&given.access_token), world.now()));
        assert_eq!(shows(&bank, "DPoP", &given.access_token, &[&proof]).await.status, 200);
    })
    .await;
}

/// The whole way with proofs that are off by so many seconds.
async fn succeeds_with_iat(world: &mut World, off: i64) {
    let bank = with_bank(world, "bank").await;
    let (mut browser, _) = signed_in(world).await;
    let holder = Holder::new("ES256");
    let iat = world.now().seconds() + off;
    let off = |mut claims: Value| {
        claims["iat"] = json!(iat);
        holder.signs(&json!({}), &claims)
    };
    let (asked, code) = code(&mut browser, &bank).await;
    let proof = off(claims("POST", &endpoint("token"), None, world.now()));
    let given = read(&bank.token_with(&bank.redemption(&code, &asked), &[(DPOP, &proof)]).await);
    let proof = off(claims("GET", &endpoint("userinfo"), Some(&given.access_token), world.now()));
    let told = shows(&bank, "DPoP", &given.access_token, &[&proof]).await;
    assert_eq!(told.status, 200, "{}", told.body);
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_before_succeeds() {
    on_each_database(async |world| succeeds_with_iat(world, -10).await).await;
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_after_succeeds() {
    on_each_database(async |world| succeeds_with_iat(world, 10).await).await;
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_jkt() {
    on_each_database(async |world| {
        let bank = with_bank(world, "bank").await;
        let (mut browser, _) = signed_in(world).await;
        let (holder, other) = (Holder::new("ES256"), Holder::new("ES256"));
        let (asked, code) = code_for(&mut browser, &bank, &holder.thumbprint()).await;
        assert_eq!(refused(&other.redeems(&bank, &code, &asked, world.now()).await), "invalid_dpop_proof");
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_dpop_auth_code_binding_success() {
    on_each_database(async |world| {
        let bank = with_bank(world, "bank").await;
        let (mut browser, _) = signed_in(world).await;
        let holder = Holder::new("PS256");
        let (asked, code) = code_for(&mut browser, &bank, &holder.thumbprint()).await;
        let given = read(&holder.redeems(&bank, &code, &asked, world.now()).await);
        assert!(given.answer["token_type"].as_str().unwrap().eq_ignore_ascii_case("dpop"));
        assert_eq!(said(&given.access_token)["cnf"]["jkt"], json!(holder.thumbprint()));
        assert_eq!(holder.userinfo(&bank, &given.access_token, world.now()).await.status, 200);
    })
    .await;
}

/// What the endpoint for pushed requests says to that request with a proof of that holder.
async fn pushes_with(world: &World, client: &ClientApp, asked: &Asked, holder: &Holder) -> Answer {
    let url = endpoint("ext/par/request");
    let proof = holder.signs(&json!({}), &claims("POST", &url, None, world.now()));
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    let body = form.extend_pairs(&asked.parameters).finish();
    client.sends(&Method::POST, &url, &[(AUTHORIZATION, &client.basic()), (DPOP, &proof)], body).await
}

/// A code for what was pushed with a proof of that holder.
async fn code_pushed(world: &World, browser: &mut Browser, client: &ClientApp, holder: &Holder) -> (Asked, String) {
    let asked = client.asks();
    let answer = pushes_with(world, client, &asked, holder).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    browser.opens(&referring(client, answer.json()["request_uri"].as_str().unwrap())).await;
    let code = client.code(&asked, browser.left_for());
    (asked, code)
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_mismatched_dpop_jkt_fails() {
    on_each_database(async |world| {
        let bank = with_bank(world, "bank").await;
        let (holder, other) = (Holder::new("ES256"), Holder::new("ES256"));
        let asked = bank.asks().with("dpop_jkt", &other.thumbprint());
        let answer = pushes_with(world, &bank, &asked, &holder).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_dpop_proof".into()));
        let agreeing = bank.asks().with("dpop_jkt", &holder.thumbprint());
        assert_eq!(pushes_with(world, &bank, &agreeing, &holder).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt() {
    on_each_database(async |world| {
        let bank = with_bank(world, "bank").await;
        let (mut browser, _) = signed_in(world).await;
        let (holder, other) = (Holder::new("ES256"), Holder::new("ES256"));
        let (asked, code) = code_pushed(world, &mut browser, &bank, &holder).await;
        assert_eq!(refused(&other.redeems(&bank, &code, &asked, world.now()).await), "invalid_dpop_proof");
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_dpopproof_at_par_endpoint_binding_success() {
    on_each_database(async |world| {
        let bank = with_bank(world, "bank").await;
        let (mut browser, _) = signed_in(world).await;
        let holder = Holder::new("EdDSA");
        let (asked, code) = code_pushed(world, &mut browser, &bank, &holder).await;
        let given = read(&holder.redeems(&bank, &code, &asked, world.now()).await);
        assert_eq!(said(&given.access_token)["cnf"]["jkt"], json!(holder.thumbprint()));
        assert_eq!(holder.userinfo(&bank, &given.access_token, world.now()).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_holder_of_key_required() {
    on_each_database(async |world| {
        let bank = with_bank(world, "bank").await;
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &bank).await;
        let answer = bank.exchanges(&code, &asked).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_dpop_proof".into()));
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_refresh_token() {
    on_each_database(async |world| {
        let (bank, second) = (with_bank(world, "bank").await, with_bank(world, "second").await);
        let (mut browser, _) = signed_in(world).await;
        let (holder, other) = (Holder::new("ES256"), Holder::new("ES256"));
        let given = bound(world, &mut browser, &bank, &holder).await;
        let token = given.refresh_token.as_deref().unwrap();
        // Bound to the client, which must prove itself and hold a key.
        assert_eq!(refused(&holder.refreshes(&second, token, world.now()).await), "invalid_grant");
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let mut nameless = with_nobody(world, "bank");
        nameless.presents = crate::support::client_app::Presents::Name;
        let unproven = nameless.token_with(&form, &[(DPOP, &holder.at_token(world.now()))]).await;
        assert!([400, 401].contains(&unproven.status.as_u16()), "{unproven:?}");
        assert_eq!(refused(&unproven), "invalid_client");
        assert_eq!(refused(&bank.refreshes(token).await), "invalid_dpop_proof");
        let first = read(&holder.refreshes(&bank, token, world.now()).await);
        assert_ne!(first.access_token, given.access_token);
        assert_eq!(holder.userinfo(&bank, &first.access_token, world.now()).await.status, 200);
        // The earlier token is good half a minute later, whatever came of the first use.
        world.advance(Duration::from_secs(30));
        let later = read(&holder.refreshes(&bank, token, world.now()).await);
        assert_eq!(later.refresh_token.as_deref(), Some(token), "it stays");
        // A confidential client may change its key.
        let changed = read(&other.refreshes(&bank, token, world.now()).await);
        assert_eq!(said(&changed.access_token)["cnf"]["jkt"], json!(other.thumbprint()));
        assert_eq!(other.userinfo(&bank, &changed.access_token, world.now()).await.status, 200);
        assert_eq!(holder.userinfo(&bank, &changed.access_token, world.now()).await.status, 401);
    })
    .await;
}

/// Somebody who knows that client's name, and nothing else.
fn with_nobody(world: &World, id: &str) -> ClientApp {
    ClientApp::new(world, id, "", &format!("https://{id}.example/retour"))
}

#[tokio::test]
async fn sr_140_a_refresh_token_that_stays_ends_when_it_rests_or_grows_old() {
    on_each_database(async |world| {
        world
            .rewrites_realm(&[
                ("absolute = \"12h\"", "absolute = \"24h\""),
                ("refresh_idle = \"24h\"", "refresh_idle = \"2h\""),
                ("refresh_absolute = \"30d\"", "refresh_absolute = \"5h\""),
            ])
            .await;
        let bank = with_bank(world, "bank").await;
        let (mut browser, _) = signed_in(world).await;
        let holder = Holder::new("ES256");
        let (busy, idle) =
            (bound(world, &mut browser, &bank, &holder).await, bound(world, &mut browser, &bank, &holder).await);
        let (busy, idle) = (busy.refresh_token.unwrap(), idle.refresh_token.unwrap());
        for _ in 0..4 {
            world.advance(Duration::from_hours(1));
            assert_eq!(holder.refreshes(&bank, &busy, world.now()).await.status, 200, "each use moves its end");
        }
        assert_eq!(refused(&holder.refreshes(&bank, &idle, world.now()).await), "invalid_grant", "idle");
        world.advance(Duration::from_hours(1));
        assert_eq!(refused(&holder.refreshes(&bank, &busy, world.now()).await), "invalid_grant", "absolute");
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_authorization_code_is_bound_to_client() {
    on_each_database(async |world| {
        let (bank, second) = (with_bank(world, "bank").await, with_bank(world, "second").await);
        let (mut browser, _) = signed_in(world).await;
        let holder = Holder::new("ES256");
        let (asked, code) = code(&mut browser, &bank).await;
        let thief = ClientApp::new(world, "second", &second.secret, &bank.redirect_uri);
        let answer = holder.redeems(&thief, &code, &asked, world.now()).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_grant".into()));
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_attempt_reuse_authorization_code_after_one_second() {
    on_each_database(async |world| {
        let bank = with_bank(world, "bank").await;
        let (mut browser, _) = signed_in(world).await;
        let holder = Holder::new("ES256");
        let (asked, code) = code(&mut browser, &bank).await;
        let given = read(&holder.redeems(&bank, &code, &asked, world.now()).await);
        assert_eq!(holder.userinfo(&bank, &given.access_token, world.now()).await.status, 200);
        world.advance(Duration::from_secs(1));
        let again = holder.redeems(&bank, &code, &asked, world.now()).await;
        assert_eq!((again.status.as_u16(), refused(&again)), (400, "invalid_grant".into()));
        assert_eq!(holder.userinfo(&bank, &given.access_token, world.now()).await.status, 401, "revoked");
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_token_endpoint_fails_with_expired_auth_code() {
    on_each_database(async |world| {
        let bank = with_bank(world, "bank").await;
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &bank).await;
        world.advance(Duration::from_secs(62));
        let answer = Holder::new("ES256").redeems(&bank, &code, &asked, world.now()).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_grant".into()));
    })
    .await;
}

/// What a redemption gets whose verifier is that one, or left out.
async fn with_verifier(world: &mut World, verifier: Option<&str>) -> Answer {
    let bank = with_bank(world, "bank").await;
    let (mut browser, _) = signed_in(world).await;
    let (asked, code) = code(&mut browser, &bank).await;
    let mut form = bank.redemption(&code, &asked).to_vec();
    form.retain(|(name, _)| *name != "code_verifier");
    form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    bank.token_with(&form, &[(DPOP, &Holder::new("ES256").at_token(world.now()))]).await
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_pkce_code_verifier_required() {
    on_each_database(async |world| {
        let answer = with_verifier(world, None).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_grant".into()));
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_incorrect_pkce_code_verifier_rejected() {
    on_each_database(async |world| {
        let answer = with_verifier(world, Some(&"v".repeat(43))).await;
        assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_grant".into()));
    })
    .await;
}

#[tokio::test]
async fn fapi2_security_profile_final_resource_answers_have_a_date_and_name_the_interaction() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (_, given) = signed_in(world).await;
        let (interaction, bearer) =
            (HeaderName::from_static("x-fapi-interaction-id"), format!("Bearer {}", given.access_token));
        let id = "C770AEF3-6784-41F7-8E0E-FF5F97BDDB3A";
        for (authorization, status) in [(bearer.as_str(), 200), ("Bearer x", 401)] {
            let headers = [(AUTHORIZATION, authorization), (interaction.clone(), id)];
            let answer = portal.sends(&Method::GET, &endpoint("userinfo"), &headers, String::new()).await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.header(&interaction), Some(id));
            assert!(answer.header(DATE).is_some());
        }
        for odd in ["", "x", "{c770aef3-6784-41f7-8e0e-ff5f97bddb3a}", "<script>alert(1)</script>-6784-41f7-8"] {
            let headers = [(AUTHORIZATION, bearer.as_str()), (interaction.clone(), odd)];
            let answer = portal.sends(&Method::GET, &endpoint("userinfo"), &headers, String::new()).await;
            assert_eq!((answer.status.as_u16(), answer.header(&interaction)), (200, None), "{odd}");
        }
        // FAPI 2.0 §5.3.3: not in the query, not even beside the header.
        let url = format!("{}?access_token={}", endpoint("userinfo"), given.access_token);
        let alone = portal.sends(&Method::GET, &url, &[], String::new()).await;
        let beside = portal.sends(&Method::GET, &url, &[(AUTHORIZATION, &bearer)], String::new()).await;
        assert_eq!((alone.status.as_u16(), beside.status.as_u16()), (401, 400));
    })
    .await;
}
