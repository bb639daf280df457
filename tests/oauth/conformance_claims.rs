//! What the OpenID Foundation's suite asks about claims, a story for each module, named after it.

use http::header::AUTHORIZATION;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};

use super::{document, header, signed_in, with_client};
use crate::support::client_app::{ClientApp, Tokens, claims, endpoint, issuer};
use crate::support::people::MARIE;
use crate::support::world::{REALM, World, on_each_database};

/// Every claim that an operator can give, as it is written and as it is told.
const SAID: [(&str, &str); 16] = [
    ("middle_name", "Anne"),
    ("nickname", "Mimi"),
    ("profile", "https://exemple.fr/marie"),
    ("picture", "https://exemple.fr/marie.jpg"),
    ("website", "https://exemple.fr/"),
    ("gender", "female"),
    ("birthdate", "1980-02-29"),
    ("zoneinfo", "Europe/Paris"),
    ("phone_number", "+33 6 12 34 56 78"),
    ("phone_number_verified", "true"),
    ("address.street_address", "1 rue des Lilas\nBâtiment B"),
    ("address.postal_code", "59000"),
    ("address.locality", "Lille"),
    ("address.region", "Nord"),
    ("address.country", "France"),
    ("address.formatted", ""),
];
const SCOPES: &str = "openid profile email address phone";
const PROFILE: [&str; 14] = [
    "birthdate",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// Marie as the suite's test user, and a client that may ask for everything.
pub(super) async fn told(world: &mut World, lines: &[(&str, &str)]) -> (ClientApp, crate::support::browser::Browser) {
    let scopes = format!("\"{SCOPES}\"");
    let lines: Vec<_> = [("scope", scopes.as_str())].into_iter().chain(lines.iter().copied()).collect();
    let shop = with_client(world, "shop", &lines).await;
    let (browser, _) = signed_in(world).await;
    let (realm, claims) = (REALM.parse().unwrap(), SAID.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let marie = world.node.house.user(&realm, MARIE.email).await.unwrap().unwrap();
    world.node.house.set_claims(&realm, &marie, &claims).await.unwrap();
    (shop, browser)
}

/// What userinfo says within that scope, and the tokens that it was asked with.
async fn within(world: &mut World, scope: &str) -> (Value, Tokens) {
    let (shop, mut browser) = told(world, &[]).await;
    let asked = shop.asks().with("scope", scope);
    browser.opens(&asked.url()).await;
    let given = shop.redeems(&asked, browser.left_for()).await;
    assert_eq!(given.answer["scope"].as_str().unwrap().split(' ').count(), scope.split(' ').count());
    let mut answer = shop.userinfo(&given.access_token).await.json();
    assert_eq!(answer.as_object_mut().unwrap().remove("sub"), Some(claims(&given.id_token)["sub"].clone()));
    for claim in answer.as_object().unwrap().keys() {
        assert!(claims(&given.id_token).get(claim).is_none(), "{claim} is told by userinfo alone");
    }
    (answer, given)
}

fn names(answer: &Value) -> Vec<&str> {
    let mut names: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn is_the_profile(answer: &Value) {
    for (claim, value) in SAID.iter().filter(|(claim, _)| PROFILE.contains(claim)) {
        assert_eq!(answer[claim], *value);
    }
    assert_eq!((answer["name"].as_str(), answer["locale"].as_str()), (Some("Marie Durand"), Some("fr")));
    assert_eq!(answer["preferred_username"], MARIE.email);
    assert!(answer["updated_at"].is_i64());
}

fn is_the_address(answer: &Value) {
    let whole = "1 rue des Lilas\nBâtiment B\n59000 Lille\nNord\nFrance";
    let address = json!({
        "formatted": whole, "street_address": "1 rue des Lilas\nBâtiment B", "postal_code": "59000",
        "locality": "Lille", "region": "Nord", "country": "France",
    });
    assert_eq!(answer["address"], address);
}

#[tokio::test]
async fn oidcc_scope_profile() {
    on_each_database(async |world| {
        let (answer, _) = within(world, "openid profile").await;
        assert_eq!(names(&answer), PROFILE);
        is_the_profile(&answer);
    })
    .await;
}

#[tokio::test]
async fn oidcc_scope_email() {
    on_each_database(async |world| {
        let (answer, _) = within(world, "openid email").await;
        assert_eq!(answer, json!({"email": MARIE.email, "email_verified": true}));
    })
    .await;
}

#[tokio::test]
async fn oidcc_scope_address() {
    on_each_database(async |world| {
        let (answer, _) = within(world, "openid address").await;
        assert_eq!(names(&answer), ["address"]);
        is_the_address(&answer);
    })
    .await;
}

#[tokio::test]
async fn oidcc_scope_phone() {
    on_each_database(async |world| {
        let (answer, _) = within(world, "openid phone").await;
        assert_eq!(answer, json!({"phone_number": "+33612345678", "phone_number_verified": true}));
    })
    .await;
}

#[tokio::test]
async fn oidcc_scope_all() {
    on_each_database(async |world| {
        let (answer, _) = within(world, SCOPES).await;
        is_the_profile(&answer);
        is_the_address(&answer);
        assert_eq!(
            (answer["email"].as_str(), answer["phone_number"].as_str()),
            (Some(MARIE.email), Some("+33612345678"))
        );
        let shop = world.portal();
        let said = document(&shop, &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        for claim in names(&answer) {
            assert!(said["claims_supported"].as_array().unwrap().contains(&json!(claim)), "{claim} is announced");
        }
        for scope in SCOPES.split(' ') {
            assert!(said["scopes_supported"].as_array().unwrap().contains(&json!(scope)), "{scope} is announced");
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_userinfo_rs256() {
    on_each_database(async |world| {
        let (shop, mut browser) = told(world, &[("userinfo_signed_response_alg", "\"RS256\"")]).await;
        let asked = shop.asks().with("scope", "openid email");
        browser.opens(&asked.url()).await;
        let given = shop.redeems(&asked, browser.left_for()).await;
        let bearer = format!("Bearer {}", given.access_token);
        for method in [http::Method::GET, http::Method::POST] {
            let answer = shop.sends(&method, &endpoint("userinfo"), &[(AUTHORIZATION, &bearer)], String::new()).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/jwt")));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            let keys: JwkSet = serde_json::from_str(&document(&shop, &endpoint("certs")).await.body).unwrap();
            let header = header(&answer.body);
            assert_eq!(header["alg"], "RS256");
            let key = keys.find(header["kid"].as_str().unwrap()).unwrap();
            let mut expected = Validation::new(Algorithm::RS256);
            expected.set_required_spec_claims(&["iss", "aud", "sub"]);
            expected.validate_exp = false;
            expected.set_issuer(&[issuer()]);
            expected.set_audience(&["shop"]);
            let read = decode::<Value>(&answer.body, &DecodingKey::from_jwk(key).unwrap(), &expected).unwrap();
            assert_eq!(names(&read.claims), ["aud", "email", "email_verified", "iss", "sub"], "no nonce");
            assert_eq!(read.claims["sub"], claims(&given.id_token)["sub"]);
            assert_eq!(read.claims["email"], MARIE.email);
            // Signed by the same keys, and no ID token all the same (SR-155).
            let hinted = shop.asks().with("prompt", "none").with("id_token_hint", &answer.body);
            browser.opens(&hinted.url()).await;
            assert!(browser.left_for().query().unwrap().contains("error=invalid_request"));
        }
        let said = document(&shop, &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        assert!(said["userinfo_signing_alg_values_supported"].as_array().unwrap().contains(&json!("RS256")));
    })
    .await;
}

#[tokio::test]
async fn sr_63_sr_194_what_an_operator_sets_is_judged_whole_and_written_down() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let realm = REALM.parse().unwrap();
        let house = &world.node.house;
        let marie = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        let set = async |claims: &[(&str, &str)]| {
            let claims: Vec<_> = claims.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            house.set_claims(&realm, &marie, &claims).await
        };
        world.advance(guichet::clock::minutes(1));
        for refused in [
            ("email", "autre@exemple.fr"),
            ("email_verified", "false"),
            ("sub", "1"),
            ("birthdate", "hier"),
            ("x", "y"),
        ] {
            assert!(set(&[("nickname", "Mimi"), refused]).await.is_err(), "{refused:?}");
        }
        let now = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        assert_eq!(now.profile, marie.profile, "all or nothing");
        set(&[("nickname", "Mimi")]).await.unwrap();
        // What was read before somebody else changed it is not written over.
        assert!(set(&[("nickname", "Minou")]).await.is_err());
        let now = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        assert_eq!((now.profile.nickname.as_deref(), now.updated_at), (Some("Mimi"), world.now()));
        let written = "SELECT count(*) FROM events WHERE name = 'account.profile_changed'";
        assert_eq!(world.database.count(written).await, 1);
    })
    .await;
}
