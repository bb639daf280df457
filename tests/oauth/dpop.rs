//! Proofs of possession: tokens that only the holder of a key can use (RFC 9449).

use guichet::clock::Duration;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use serde_json::json;

use super::{code, document, refused, signed_in, with_client, with_public_client};
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, Tokens, claims as said, endpoint, issuer, tokens as read};
use crate::support::holder::{DPOP, Holder, claims, shows};
use crate::support::http::Answer;
use crate::support::world::{World, on_each_database};

/// A client with a secret whose tokens are always bound.
pub(super) async fn with_bound_client(world: &mut World, id: &str, lines: &[(&str, &str)]) -> ClientApp {
    let client = with_client(world, id, lines).await;
    world.rewrites_client(id, &[("# dpop_bound_access_tokens", "dpop_bound_access_tokens")]).await;
    client
}

/// Tokens for that client and holder out of an open session.
pub(super) async fn bound(world: &World, browser: &mut Browser, client: &ClientApp, holder: &Holder) -> Tokens {
    let (asked, code) = code(browser, client).await;
    read(&holder.redeems(client, &code, &asked, world.now()).await)
}

/// The challenges of an answer.
fn challenges(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all(WWW_AUTHENTICATE).iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn sr_149_a_token_is_bound_to_the_key_that_asked_for_it_and_no_other_can_use_it() {
    on_each_database(async |world| {
        let (mut browser, _) = signed_in(world).await;
        let portal = world.portal();
        for algorithm in ["ES256", "EdDSA", "PS256", "RS256", "ES384"] {
            let (holder, thief) = (Holder::new(algorithm), Holder::new("ES256"));
            let given = bound(world, &mut browser, &portal, &holder).await;
            assert_eq!(given.answer["token_type"], "DPoP");
            assert_eq!(said(&given.access_token)["cnf"], json!({"jkt": holder.thumbprint()}));
            let token = &given.access_token;
            assert_eq!(holder.userinfo(&portal, token, world.now()).await.status, 200, "{algorithm}");
            let stolen = thief.userinfo(&portal, token, world.now()).await;
            assert_eq!((stolen.status.as_u16(), stolen.json()["error"].as_str()), (401, Some("invalid_token")));
            // RFC 9449 §7.2: the scheme does not make it a bearer token.
            let bare = portal.userinfo(token).await;
            assert_eq!((bare.status.as_u16(), bare.json()["error"].as_str()), (401, Some("invalid_token")));
            let alone = shows(&portal, "DPoP", token, &[]).await;
            assert_eq!((alone.status.as_u16(), alone.json()["error"].as_str()), (401, Some("invalid_dpop_proof")));
            let in_form = format!("access_token={token}");
            let in_form = portal.sends(&Method::POST, &endpoint("userinfo"), &[], in_form).await;
            assert_eq!(in_form.status, 401, "nor does the form");
        }
        // A bearer token is none for the DPoP scheme.
        let free = super::tokens(&mut browser, &portal).await;
        let holder = Holder::new("ES256");
        assert_eq!(holder.userinfo(&portal, &free.access_token, world.now()).await.status, 401);
        assert_eq!(portal.userinfo(&free.access_token).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn sr_149_a_client_whose_tokens_are_bound_gets_none_without_a_proof() {
    on_each_database(async |world| {
        let client = with_bound_client(world, "bank", &[]).await;
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &client).await;
        assert_eq!(refused(&client.exchanges(&code, &asked).await), "invalid_dpop_proof");
        // What was refused for its proof was not looked at: the code is as good as before.
        let holder = Holder::new("ES256");
        let given = read(&holder.redeems(&client, &code, &asked, world.now()).await);
        let refresh = given.refresh_token.as_deref().unwrap();
        assert_eq!(refused(&client.refreshes(refresh).await), "invalid_dpop_proof");
        assert_eq!(holder.refreshes(&client, refresh, world.now()).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn sr_149_a_proof_at_the_token_endpoint_is_about_this_request_and_there_is_one() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let (holder, now) = (Holder::new("ES256"), world.now());
        let (asked, code) = code(&mut browser, &portal).await;
        let form = portal.redemption(&code, &asked);
        let good = || claims("POST", &endpoint("token"), None, now);
        let with = |name: &str, value: serde_json::Value| {
            let mut changed = good();
            changed[name] = value;
            holder.signs(&json!({}), &changed)
        };
        for proof in [
            with("htm", json!("GET")),
            with("htu", json!(endpoint("userinfo"))),
            with("iat", json!(now.seconds() - 3600)),
            with("iat", json!(now.seconds() + 3600)),
            with("jti", json!(null)),
            holder.signs(&json!({"typ": "JWT"}), &good()),
            holder.signs(&json!({"jwk": null}), &good()),
            holder.signs(&json!({"jwk": Holder::new("ES256").signer.jwk()}), &good()),
            holder.signs(&json!({"alg": "none"}), &good()),
            String::new(),
            "x.y.z".to_owned(),
            "x".repeat(9000),
        ] {
            let answer = portal.token_with(&form, &[(DPOP, &proof)]).await;
            assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_dpop_proof".into()), "{proof}");
        }
        let (one, two) = (holder.at_token(now), holder.at_token(now));
        let twice = portal.token_with(&form, &[(DPOP, &one), (DPOP, &two)]).await;
        assert_eq!((twice.status.as_u16(), twice.json()["error"].as_str()), (400, Some("invalid_request")), "SR-206");
        assert_eq!(portal.token_with(&form, &[(DPOP, &one)]).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn sr_149_a_proof_is_good_once_on_all_nodes_together() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let (holder, other) = (Holder::new("ES256"), world.another_node().await);
        let mut elsewhere = world.portal();
        elsewhere.node = other.address;
        let given = bound(world, &mut browser, &portal, &holder).await;
        let token = given.access_token.as_str();
        for _ in 0..5 {
            let proof = holder.at_userinfo(token, world.now());
            let one = [proof.as_str()];
            let answers = tokio::join!(
                shows(&portal, "DPoP", token, &one),
                shows(&elsewhere, "DPoP", token, &one),
                shows(&portal, "DPoP", token, &one),
                shows(&elsewhere, "DPoP", token, &one)
            );
            let answers: [Answer; 4] = answers.into();
            let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == StatusCode::OK);
            assert_eq!(won.len(), 1, "{answers:?}");
            assert!(lost.iter().all(|answer| answer.json()["error"] == "invalid_dpop_proof"), "{lost:?}");
        }
        // The name is the key's own: somebody else's proof may be called the same.
        let mut named = claims("GET", &endpoint("userinfo"), Some(token), world.now());
        named["jti"] = json!("the-same");
        let stranger = Holder::new("ES256").signs(&json!({}), &named);
        assert_eq!(shows(&portal, "DPoP", token, &[&stranger]).await.status, 401);
        assert_eq!(shows(&portal, "DPoP", token, &[&holder.signs(&json!({}), &named)]).await.status, 200);

        // At the token endpoint as well, whatever it came with.
        let proof = holder.at_token(world.now());
        let mut outcomes = Vec::new();
        for client in [&portal, &elsewhere] {
            let (asked, code) = code(&mut browser, client).await;
            outcomes.push(client.token_with(&client.redemption(&code, &asked), &[(DPOP, &proof)]).await);
        }
        assert_eq!(outcomes[0].status, 200);
        assert_eq!(refused(&outcomes[1]), "invalid_dpop_proof");
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_149_a_spent_proof_is_remembered_for_longer_than_any_node_would_take_it_and_by_its_hash_alone() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let holder = Holder::new("ES256");
        let given = bound(world, &mut browser, &portal, &holder).await;
        let mut named = claims("GET", &endpoint("userinfo"), Some(&given.access_token), world.now());
        named["jti"] = json!("a-name-of-its-own");
        let proof = holder.signs(&json!({}), &named);
        assert_eq!(shows(&portal, "DPoP", &given.access_token, &[&proof]).await.status, 200);
        // A minute is how long a proof is taken; another one is for nodes whose clocks are behind.
        let until = (world.now() + Duration::from_mins(2)).seconds() * 1000;
        let kept = format!("SELECT count(*) FROM spent_names WHERE expires_at = {until}");
        assert_eq!(world.database.count(&kept).await, 2);
        assert!(!world.database.dump().await.contains("a-name-of-its-own"));
        world.advance(Duration::from_secs(61));
        let late = shows(&portal, "DPoP", &given.access_token, &[&proof]).await;
        assert_eq!(late.json()["error_description"], "iat is too far from the present");
    })
    .await;
}

#[tokio::test]
async fn sr_137_a_code_is_redeemed_by_the_key_that_was_announced_and_burnt_by_any_other() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let (holder, thief) = (Holder::new("ES256"), Holder::new("ES256"));
        let ask = async |browser: &mut Browser, key: &str| {
            let asked = portal.asks().with("dpop_jkt", key);
            browser.opens(&asked.url()).await;
            let code = portal.code(&asked, browser.left_for());
            (asked, code)
        };
        let (asked, code) = ask(&mut browser, &holder.thumbprint()).await;
        assert_eq!(holder.redeems(&portal, &code, &asked, world.now()).await.status, 200);
        for proofs in [Some(&thief), None] {
            let (asked, code) = ask(&mut browser, &holder.thumbprint()).await;
            let answer = match proofs {
                Some(thief) => thief.redeems(&portal, &code, &asked, world.now()).await,
                None => portal.exchanges(&code, &asked).await,
            };
            assert_eq!(refused(&answer), "invalid_dpop_proof");
            let late = holder.redeems(&portal, &code, &asked, world.now()).await;
            assert_eq!(refused(&late), "invalid_grant", "burnt");
        }
        for unfit in ["", "x", &format!("{}=", holder.thumbprint()), &"é".repeat(43)] {
            let asked = portal.asks().with("dpop_jkt", unfit);
            browser.opens(&asked.url()).await;
            assert_eq!(browser.has_left(), unfit.is_empty(), "{unfit}: left out, it passes");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_140_refresh_tokens_of_public_clients_are_bound_to_the_key_and_those_of_others_may_change_it() {
    on_each_database(async |world| {
        let (portal, phone) = (world.portal(), with_public_client(world, "phone").await);
        let (mut browser, _) = signed_in(world).await;
        let (holder, other) = (Holder::new("ES256"), Holder::new("EdDSA"));
        let given = bound(world, &mut browser, &phone, &holder).await;
        let first = given.refresh_token.as_deref().unwrap();
        // Whoever has the token without the key can neither use it nor end the family.
        assert_eq!(refused(&other.refreshes(&phone, first, world.now()).await), "invalid_dpop_proof");
        assert_eq!(refused(&phone.refreshes(first).await), "invalid_dpop_proof");
        let second = read(&holder.refreshes(&phone, first, world.now()).await);
        assert_eq!(refused(&other.refreshes(&phone, first, world.now()).await), "invalid_dpop_proof");
        let second = second.refresh_token.as_deref().unwrap();
        assert_eq!(refused(&other.refreshes(&phone, second, world.now()).await), "invalid_dpop_proof");
        let third = read(&holder.refreshes(&phone, second, world.now()).await);
        // The key's own replay is one.
        assert_eq!(refused(&holder.refreshes(&phone, first, world.now()).await), "invalid_grant");
        let third = third.refresh_token.as_deref().unwrap();
        assert_eq!(refused(&holder.refreshes(&phone, third, world.now()).await), "invalid_grant");

        let given = bound(world, &mut browser, &portal, &holder).await;
        let changed = read(&other.refreshes(&portal, given.refresh_token.as_deref().unwrap(), world.now()).await);
        assert_eq!(said(&changed.access_token)["cnf"], json!({"jkt": other.thumbprint()}));
        assert_eq!(holder.userinfo(&portal, &changed.access_token, world.now()).await.status, 401);
        assert_eq!(other.userinfo(&portal, &changed.access_token, world.now()).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn sr_149_a_realm_that_asks_for_nonces_gives_them_and_every_node_takes_them() {
    on_each_database(async |world| {
        world.rewrites_realm(&[("nonce = \"off\"", "nonce = \"required\"")]).await;
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let (holder, other) = (Holder::new("ES256"), world.another_node().await);
        let mut elsewhere = world.portal();
        elsewhere.node = other.address;
        let (asked, code) = code(&mut browser, &portal).await;
        let form = portal.redemption(&code, &asked);
        let first = portal.token_with(&form, &[(DPOP, &holder.at_token(world.now()))]).await;
        assert_eq!((first.status.as_u16(), refused(&first)), (400, "use_dpop_nonce".into()));
        let nonced = |method: &str, name: &str, token: Option<&str>, nonce: &str| {
            let mut claims = claims(method, &endpoint(name), token, world.now());
            claims["nonce"] = json!(nonce);
            holder.signs(&json!({}), &claims)
        };
        let nonce = first.header("dpop-nonce").unwrap();
        let answer = elsewhere.token_with(&form, &[(DPOP, &nonced("POST", "token", None, nonce))]).await;
        let given = read(&answer);
        assert!(answer.header("dpop-nonce").is_some(), "for the next one");
        let token = given.access_token.as_str();

        let unnonced = holder.userinfo(&portal, token, world.now()).await;
        assert_eq!((unnonced.status.as_u16(), unnonced.json()["error"].as_str()), (401, Some("use_dpop_nonce")));
        assert!(challenges(&unnonced)[0].starts_with("DPoP error=\"use_dpop_nonce\""), "{unnonced:?}");
        let nonce = unnonced.header("dpop-nonce").unwrap();
        let told = shows(&portal, "DPoP", token, &[&nonced("GET", "userinfo", Some(token), nonce)]).await;
        assert_eq!(told.status, 200, "{}", told.body);
        for wrong in ["", "x", &nonce[1..]] {
            let proof = nonced("GET", "userinfo", Some(token), wrong);
            assert_eq!(shows(&portal, "DPoP", token, &[&proof]).await.json()["error"], "use_dpop_nonce");
        }
        // It is over before the access token is not.
        let (asked, code) = super::code(&mut browser, &portal).await;
        world.advance(Duration::from_mins(10));
        let late = nonced("POST", "token", None, nonce);
        let late = portal.token_with(&portal.redemption(&code, &asked), &[(DPOP, &late)]).await;
        assert_eq!(refused(&late), "use_dpop_nonce");
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_149_challenges_and_metadata_say_how_proofs_are_signed() {
    on_each_database(async |world| {
        let portal = world.portal();
        let metadata = document(&portal, &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        let algorithms = metadata["dpop_signing_alg_values_supported"].as_array().unwrap().clone();
        assert_eq!(algorithms, ["RS256", "PS256", "ES256", "ES384", "EdDSA"]);
        assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], false, "nobody asks for certificates here");
        let url = endpoint("userinfo");
        let nothing = portal.sends(&Method::GET, &url, &[], String::new()).await;
        let algs = "DPoP algs=\"RS256 PS256 ES256 ES384 EdDSA\"";
        assert_eq!((nothing.status.as_u16(), challenges(&nothing)), (401, vec!["Bearer", algs]));
        let wrong = portal.sends(&Method::GET, &url, &[(AUTHORIZATION, "DPoP x.y.z")], String::new()).await;
        let told = "DPoP error=\"invalid_token\", algs=\"RS256 PS256 ES256 ES384 EdDSA\"";
        assert_eq!((wrong.status.as_u16(), challenges(&wrong)), (401, vec![told, "Bearer"]));
        assert_eq!(nothing.header("dpop-nonce"), None, "none is asked for");
    })
    .await;
}
