//! Request objects (RFC 9101, OpenID Connect Core §6): by value at both endpoints, and by a registered reference.

use guichet::clock::Duration;
use serde_json::{Value, json};

use super::client_authentication::{Asserting, with_fapi_key};
use super::par::MALFORMED;
use super::{declares, is_a_page, jwks_line, pushed, pushes, referring, refused, signed_in, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, issuer, parameter};
use crate::support::peer::Reply;
use crate::support::signer::Signer;
use crate::support::world::{World, on_each_database};

/// A client with a key of its own, and these lines besides.
pub(super) async fn signing(world: &mut World, id: &str, key: &Signer, lines: &str) -> ClientApp {
    let client = with_client(world, id, &[]).await;
    declares(world, id, &format!("{}{lines}", jwks_line(key))).await;
    client
}

/// The object that says all of a request, with members replaced; `null` leaves one out.
pub(super) fn object(world: &World, asked: &Asked, changes: &Value) -> Value {
    let now = world.now().seconds();
    let client = asked.parameters.iter().find(|(name, _)| name == "client_id").map(|(_, id)| id.clone());
    let mut claims = json!({"iss": client, "aud": issuer(), "iat": now, "nbf": now, "exp": now + 300});
    for (name, value) in &asked.parameters {
        claims[name] = json!(value);
    }
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

/// A request of the client's name and one other parameter.
pub(super) fn bare(client: &ClientApp, name: &str, value: &str) -> Asked {
    let asked = client.asks();
    Asked {
        parameters: vec![("client_id".to_owned(), client.id.clone()), (name.to_owned(), value.to_owned())],
        ..asked
    }
}

async fn succeeds(browser: &mut Browser, client: &ClientApp, asked: &Asked, url: &str) {
    browser.opens(url).await;
    client.redeems(asked, browser.left_for()).await;
}

#[tokio::test]
async fn sr_134_a_signed_request_is_obeyed_by_each_algorithm_at_both_endpoints() {
    on_each_database(async |world| {
        let (mut browser, _) = signed_in(world).await;
        for algorithm in ["RS256", "PS256", "ES256", "ES384", "EdDSA"] {
            let key = Signer::new(algorithm, "k-1");
            let client = signing(world, &algorithm.to_lowercase(), &key, "").await;
            let asked = client.asks();
            let jwt = key.signs_under(&json!({"typ": "oauth-authz-req+jwt"}), &object(world, &asked, &json!({})));
            succeeds(&mut browser, &client, &asked, &bare(&client, "request", &jwt).url()).await;
            let uri = pushed(&client, &bare(&client, "request", &jwt)).await;
            succeeds(&mut browser, &client, &asked, &referring(&client, &uri)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sr_153_an_object_is_signed_by_the_algorithm_that_is_registered_or_one_of_the_profile() {
    on_each_database(async |world| {
        let registered = Signer::new("RS256", "k-1");
        let shop = signing(world, "shop", &registered, "request_object_signing_alg = \"PS256\"\n").await;
        let bank = with_fapi_key(world, "bank", Signer::new("RS256", "k-1")).await;
        let asked = shop.asks();
        let claims = object(world, &asked, &json!({}));
        let answer = pushes(&shop, &bare(&shop, "request", &registered.signs(&claims))).await;
        assert_eq!(refused(&answer), "invalid_request_object", "its own key, by another algorithm");
        let registered = registered.with_algorithm("PS256");
        pushed(&shop, &bare(&shop, "request", &registered.signs(&claims))).await;
        // Nothing is registered: what FAPI 2.0 §5.4.1 allows.
        let claims = object(world, &bank.app.asks(), &json!({}));
        let of_bank = |bank: &Asserting| bare(&bank.app, "request", &bank.signer.signs(&claims));
        let by_rsa = of_bank(&bank);
        let bank = Asserting { signer: bank.signer.with_algorithm("PS256"), app: bank.app };
        assert_eq!(refused(&bank.pushes(&by_rsa, &json!({})).await), "invalid_request_object");
        assert_eq!(bank.pushes(&of_bank(&bank), &json!({})).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn sr_134_an_object_that_is_not_as_registered_is_refused_and_moves_nobody() {
    on_each_database(async |world| {
        let (key, other) = (Signer::new("ES256", "k-1"), Signer::new("ES256", "k-1"));
        let shop = signing(world, "shop", &key, "request_object_signing_alg = \"ES256\"\n").await;
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = shop.asks();
        let good = object(world, &asked, &json!({}));
        let signed = key.signs(&good);
        let now = world.now().seconds();
        let with = |changes: Value| key.signs(&object(world, &asked, &changes));
        let rsa = Signer::new("RS256", "k-1");
        for (case, jwt) in [
            ("another key", other.signs(&good)),
            ("an unknown name", Signer::new("ES256", "k-2").signs(&good)),
            ("a nameless key of somebody else", Signer::new("ES256", "k-1").nameless().signs(&good)),
            ("a key of another kind", rsa.signs(&good)),
            ("the secret", Signer::sharing(&shop.secret).signs(&good)),
            ("none", format!("eyJhbGciOiJub25lIn0.{}.", signed.split('.').nth(1).unwrap())),
            ("no signature", format!("{}.", signed.rsplit_once('.').unwrap().0)),
            ("another type", key.signs_under(&json!({"typ": "at+jwt"}), &good)),
            ("critical", key.signs_under(&json!({"crit": ["exp"]}), &good)),
            ("key by address", other.signs_under(&json!({"jku": "https://shop.example/jwks"}), &good)),
            ("key in the header", other.signs_under(&json!({"kid": null, "jwk": other.jwk()}), &good)),
            ("nonsense", "a.b.c".to_owned()),
            ("over", with(json!({"exp": now - 1}))),
            ("not yet", with(json!({"nbf": now + 120}))),
            ("of another", with(json!({"iss": "portal"}))),
            ("for another", with(json!({"aud": "https://ailleurs.example"}))),
            ("another client", with(json!({"client_id": "portal"}))),
            ("an assertion", with(json!({"sub": "shop"}))),
            ("another object inside", with(json!({"request": "a.b.c"}))),
            ("a reference inside", with(json!({"request_uri": "https://shop.example/o"}))),
            ("a list as scope", with(json!({"scope": ["openid"]}))),
        ] {
            assert_eq!(
                refused(&pushes(&shop, &bare(&shop, "request", &jwt)).await),
                "invalid_request_object",
                "{case}"
            );
            browser.opens(&bare(&shop, "request", &jwt).url()).await;
            is_a_page(&browser, 400, MALFORMED);
        }
        // Another client's object is nobody's either.
        assert_eq!(refused(&pushes(&portal, &bare(&portal, "request", &signed)).await), "invalid_request_object");
        let both = bare(&shop, "request", &signed).with("request_uri", "https://shop.example/o");
        browser.opens(&both.url()).await;
        is_a_page(&browser, 400, MALFORMED);
        succeeds(&mut browser, &shop, &asked, &bare(&shop, "request", &signed).url()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_127_of_a_signed_request_the_inside_alone_counts() {
    on_each_database(async |world| {
        let key = Signer::new("ES256", "k-1");
        let shop = signing(world, "shop", &key, "").await;
        let (mut browser, _) = signed_in(world).await;
        let asked = shop.asks().with("scope", "openid");
        let jwt = key.signs(&object(world, &asked, &json!({"max_age": 3600})));
        let beside = bare(&shop, "request", &jwt)
            .with("redirect_uri", "https://ailleurs.example/")
            .with("scope", "openid profile email")
            .with("state", "outside")
            .with("response_mode", "form_post")
            .with("prompt", "login");
        browser.opens(&beside.url()).await;
        let given = shop.redeems(&asked, browser.left_for()).await;
        assert_eq!(given.answer["scope"], "openid");
        // Without the address inside there is none, wherever another stands.
        let jwt = key.signs(&object(world, &asked, &json!({"redirect_uri": null})));
        browser.opens(&bare(&shop, "request", &jwt).with("redirect_uri", &shop.redirect_uri).url()).await;
        is_a_page(&browser, 400, "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.");
        assert_eq!(refused(&pushes(&shop, &bare(&shop, "request", &jwt)).await), "invalid_request");
    })
    .await;
}

#[tokio::test]
async fn sr_134_who_has_to_sign_is_held_to_bounded_times_and_named_parties() {
    on_each_database(async |world| {
        let key = Signer::new("PS256", "k-1");
        let shop = signing(world, "shop", &key, "require_signed_request_object = true\n").await;
        let (mut browser, _) = signed_in(world).await;
        let asked = shop.asks();
        assert_eq!(refused(&pushes(&shop, &asked).await), "invalid_request");
        browser.opens(&asked.clone().with("prompt", "none").url()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("invalid_request"));
        let now = world.now().seconds();
        for (changes, status) in [
            (json!({}), 201),
            (json!({"nbf": now - 3600, "exp": now}), 400),
            (json!({"nbf": now - 3599, "exp": now + 1}), 201),
            (json!({"nbf": now - 3601, "exp": now + 1}), 400),
            (json!({"exp": now + 3600}), 201),
            (json!({"exp": now + 3601}), 400),
            (json!({"nbf": null}), 400),
            (json!({"exp": null}), 400),
            (json!({"aud": null}), 400),
            (json!({"iss": null}), 400),
        ] {
            let jwt = key.signs(&object(world, &asked, &changes));
            assert_eq!(pushes(&shop, &bare(&shop, "request", &jwt)).await.status, status, "{changes}");
        }
        // What was pushed signed is signed when the browser comes, though the object's time is over by then.
        let jwt = key.signs(&object(world, &asked, &json!({"exp": now + 30})));
        let uri = pushed(&shop, &bare(&shop, "request", &jwt)).await;
        world.advance(Duration::from_mins(1));
        succeeds(&mut browser, &shop, &asked, &referring(&shop, &uri)).await;
    })
    .await;
}

#[tokio::test]
async fn sr_134_a_registered_address_is_asked_for_the_object_and_no_other_is() {
    on_each_database(async |world| {
        let key = Signer::new("ES256", "k-1");
        let uri = "https://shop.example/request.jwt#not-the-hash-of-anything";
        let shop = signing(world, "shop", &key, &format!("request_uris = [\"{uri}\"]\n")).await;
        let peer = world.outside.peer("shop.example").await;
        let (mut browser, _) = signed_in(world).await;
        let asked = shop.asks();
        let jwt = key.signs(&object(world, &asked, &json!({})));
        peer.says(Reply::document("application/oauth-authz-req+jwt", jwt));
        succeeds(&mut browser, &shop, &asked, &bare(&shop, "request_uri", uri).url()).await;
        let met = peer.met();
        for other in
            ["https://shop.example/request.jwt", "https://shop.example/", "https://ailleurs.example/", "file:///x"]
        {
            browser.opens(&bare(&shop, "request_uri", other).url()).await;
            is_a_page(&browser, 400, MALFORMED);
        }
        assert_eq!(peer.met(), met, "nobody is asked for what nobody registered");
        assert_eq!(refused(&pushes(&shop, &bare(&shop, "request_uri", uri)).await), "invalid_request");
        // What is there now is another object, and not one of the client's.
        peer.says(Reply::document(
            "application/jwt",
            Signer::new("ES256", "k-1").signs(&object(world, &asked, &json!({}))),
        ));
        browser.opens(&bare(&shop, "request_uri", uri).url()).await;
        is_a_page(&browser, 400, MALFORMED);
        peer.says(Reply::status(404));
        let beside = bare(&shop, "request_uri", uri).with("redirect_uri", &shop.redirect_uri);
        browser.opens(&beside.url()).await;
        is_a_page(&browser, 400, MALFORMED);
        let back: url::Url = browser.page().link("Revenir à Portail de commande").unwrap().parse().unwrap();
        assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_request_uri"));
    })
    .await;
}

#[tokio::test]
async fn sr_134_keys_that_a_client_publishes_are_fetched_and_again_when_one_is_new() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        declares(world, "shop", "jwks_uri = \"https://shop.example/jwks\"\n").await;
        let peer = world.outside.peer("shop.example").await;
        let (mut browser, _) = signed_in(world).await;
        for kid in ["k-1", "k-2"] {
            let key = Signer::new("ES256", kid);
            peer.says(Reply::document("application/json", key.jwks().to_string()));
            let asked = shop.asks();
            let jwt = key.signs(&object(world, &asked, &json!({})));
            succeeds(&mut browser, &shop, &asked, &bare(&shop, "request", &jwt).url()).await;
            world.advance(Duration::from_secs(31));
        }
    })
    .await;
}

#[tokio::test]
async fn sr_207_an_object_may_be_long_and_not_endless() {
    on_each_database(async |world| {
        let key = Signer::new("ES256", "k-1");
        let shop = signing(world, "shop", &key, "").await;
        let asked = shop.asks();
        let fill = |parameters: usize| {
            let mut claims = object(world, &asked, &json!({}));
            for n in 0..parameters {
                claims[format!("x{n}")] = json!("x".repeat(2000));
            }
            key.signs(&claims)
        };
        assert_eq!(pushes(&shop, &bare(&shop, "request", &fill(9))).await.status, 201);
        assert_eq!(refused(&pushes(&shop, &bare(&shop, "request", &fill(13))).await), "invalid_request");
    })
    .await;
}
