//! What tokens say, to whom, and that nothing else passes for one.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::clock::minutes;
use http::Method;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::oauth::{header, jwks, signed_in, tokens, with_client};
use crate::support::client_app::{ClientApp, claims, endpoint, issuer};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::on_each_database;

fn encoded(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

/// The token with another header, its claims and signature as they were.
fn headed(token: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut header = header(token);
    change(&mut header);
    format!("{}.{}", encoded(&header), token.split_once('.').unwrap().1)
}

async fn status(client: &ClientApp, token: &str) -> u16 {
    client.userinfo(token).await.status.as_u16()
}

#[tokio::test]
async fn sr_145_access_tokens_are_short_for_one_audience_and_within_the_registration() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[("scope", "\"openid email\"")]).await;
        let (mut browser, _) = signed_in(world).await;
        let asked = shop.asks().with("scope", "openid profile email admin offline_access");
        browser.opens(&asked.url()).await;
        let given = shop.redeems(&asked, browser.left_for()).await;
        assert_eq!(given.answer["scope"], "email openid");
        assert_eq!(given.answer["token_type"], "Bearer");
        assert_eq!(given.answer["expires_in"], 300);
        assert_eq!(header(&given.access_token)["typ"], "at+jwt");
        let said = claims(&given.access_token);
        assert_eq!(said["scope"], "email openid");
        assert_eq!((&said["iss"], &said["aud"]), (&json!(issuer()), &json!(issuer())));
        assert_eq!(said["client_id"], "shop");
        assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 300);
        world.advance(minutes(5));
        assert_eq!(status(&shop, &given.access_token).await, 401);
    })
    .await;
}

#[tokio::test]
async fn sr_153_the_algorithm_is_the_keys_and_nothing_else_is_believed() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (_, given) = signed_in(world).await;
        let token = &given.access_token;
        assert_eq!(status(&portal, token).await, 200);
        for alg in ["none", "None", "NONE", "nOnE", "HS256", "RS256", "PS256", "ES384", ""] {
            assert_eq!(status(&portal, &headed(token, |header| header["alg"] = json!(alg))).await, 401, "{alg}");
        }
        let (signed, _) = token.rsplit_once('.').unwrap();
        assert_eq!(status(&portal, &format!("{signed}.")).await, 401);
        let (_, body) = signed.split_once('.').unwrap();
        assert_eq!(status(&portal, &format!("{}.{body}.", encoded(&json!({"alg": "none"})))).await, 401);
        // An HMAC with what is public.
        for key in jwks(&portal).await {
            let secret = key["n"].as_str().or(key["x"].as_str()).unwrap();
            for bytes in [secret.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(secret).unwrap(), key.to_string().into()] {
                let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": key["kid"]});
                let message = format!("{}.{body}", encoded(&header));
                let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), message.as_bytes());
                let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac));
                assert_eq!(status(&portal, &forged).await, 401);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sr_154_a_token_chooses_no_key() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (_, given) = signed_in(world).await;
        let token = &given.access_token;
        let own = jwks(&portal).await.remove(0);
        for (name, value) in [
            ("jku", json!("https://ailleurs.example/jwks")),
            ("x5u", json!("https://ailleurs.example/cert")),
            ("jwk", own),
            ("x5c", json!(["MIIB"])),
            ("crit", json!(["exp"])),
            ("b64", json!(false)),
            ("zip", json!("DEF")),
        ] {
            assert_eq!(status(&portal, &headed(token, |header| header[name] = value.clone())).await, 401, "{name}");
        }
        for kid in ["", "../../etc/passwd", "/dev/null", "' OR '1'='1", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(status(&portal, &headed(token, |header| header["kid"] = json!(kid))).await, 401, "{kid}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_155_no_kind_of_token_passes_for_another() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        assert_eq!(status(&portal, &given.id_token).await, 401, "an ID token opens nothing");
        assert_eq!(status(&portal, given.refresh_token.as_ref().unwrap()).await, 401);
        browser.opens(&portal.logout_url(&[("id_token_hint", &given.access_token)])).await;
        assert_eq!(browser.status(), 400, "an access token proves no session to its bearer");
        let refreshed = portal.refreshes(&given.access_token).await;
        assert_eq!(refreshed.json()["error"], "invalid_grant");
        // Signed with the same algorithm, the type alone keeps them apart.
        world
            .rewrites_client(
                "portal",
                &[("access_token_signed_response_alg = \"ES256\"", "access_token_signed_response_alg = \"RS256\"")],
            )
            .await;
        let given = tokens(&mut browser, &portal).await;
        assert_eq!(header(&given.access_token)["kid"], header(&given.id_token)["kid"]);
        assert_eq!(status(&portal, &given.access_token).await, 200);
        assert_eq!(status(&portal, &given.id_token).await, 401);
    })
    .await;
}

#[tokio::test]
async fn sr_156_tokens_of_others_and_misshapen_ones_are_refused() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (_, given) = signed_in(world).await;
        let token = &given.access_token;
        // The same realm name, keys of its own: another issuer's token is nobody's here.
        world.adds_realm("autre").await;
        let there = endpoint("userinfo").replace("/realms/certinomis/", "/realms/autre/");
        let bearer = format!("Bearer {token}");
        let answer = portal.sends(&Method::GET, &there, &[(AUTHORIZATION, &bearer)], String::new()).await;
        assert_eq!(answer.status, 401);
        let (head, rest) = token.split_once('.').unwrap();
        let (body, signature) = rest.split_once('.').unwrap();
        let nested = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
        for odd in [
            String::new(),
            ".".to_owned(),
            "..".to_owned(),
            "...".to_owned(),
            format!("{token}.{signature}"),
            format!("{head}.{body}"),
            format!("{head}.{}.{signature}", encoded(&json!({"sub": "x"}))),
            format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode("{\"alg\":\"ES256\",\"alg\":\"none\"}")),
            format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode(nested)),
            format!("{token}="),
            format!("{head}.{body}.{}", signature.to_uppercase()),
            "x".repeat(9000),
        ] {
            assert_eq!(status(&portal, &odd).await, 401, "{odd:.80}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_161_sub_is_opaque_lasting_and_each_persons_own() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        let of_paul = PAUL.gets_an_account(world, &mut world.browser()).await;
        let (mut browser, of_marie) = signed_in(world).await;
        let sub = claims(&of_marie.id_token)["sub"].as_str().unwrap().to_owned();
        assert_ne!(claims(&of_paul.id_token)["sub"], sub.as_str());
        for part in [MARIE.email, MARIE.first_name, MARIE.last_name] {
            assert!(!sub.to_lowercase().contains(&part.to_lowercase()));
        }
        for again in [tokens(&mut browser, &shop).await, MARIE.signs_in(world, &mut world.browser()).await] {
            assert_eq!(claims(&again.id_token)["sub"], sub.as_str());
            assert_eq!(claims(&again.access_token)["sub"], sub.as_str());
            assert_eq!(shop.userinfo(&again.access_token).await.json()["sub"], sub.as_str());
        }
        // It is the account's own name, and holds what it names only.
        assert!(sub.len() <= 255 && sub.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    })
    .await;
}

#[tokio::test]
async fn sr_203_an_id_token_names_nobody() {
    on_each_database(async |world| {
        let (_, given) = signed_in(world).await;
        let said = claims(&given.id_token);
        let names: Vec<_> = said.as_object().unwrap().keys().map(String::as_str).collect();
        let mut expected =
            ["iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"];
        expected.sort_unstable();
        let mut names = names;
        names.sort_unstable();
        assert_eq!(names, expected);
        for token in [&given.id_token, &given.access_token] {
            assert!(!claims(token).to_string().to_lowercase().contains("durand"));
        }
    })
    .await;
}
