//! `resource` (RFC 8707): what tokens are for, asked for at the authorization endpoint and narrowed at the token endpoint.

use serde_json::{Value, json};

use super::{code, declares, refused, signed_in, with_client};
use crate::support::client_app::{Asked, ClientApp, claims, issuer, parameter, tokens};
use crate::support::world::{World, on_each_database};

const ORDERS: &str = "https://api.certinomis.example/";
const FILES: &str = "https://fichiers.certinomis.example/";

/// A client that may ask tokens for two of three resources.
async fn shop(world: &mut World) -> ClientApp {
    let commented = "# [[resources]]\n# uri = \"https://api.certinomis.example/\"\n# scopes = [\"orders:read\"]\n";
    let tables =
        [ORDERS, FILES, "https://autre.certinomis.example/"].map(|uri| format!("[[resources]]\nuri = \"{uri}\"\n"));
    world.rewrites_realm(&[(commented, &tables.concat())]).await;
    let shop = with_client(world, "shop", &[]).await;
    declares(world, "shop", &format!("resources = [\"{ORDERS}\", \"{FILES}\"]\n")).await;
    shop
}

fn asking(client: &ClientApp, resources: &[&str]) -> Asked {
    let mut asked = client.asks();
    asked.parameters.extend(resources.iter().map(|uri| ("resource".to_owned(), (*uri).to_owned())));
    asked
}

async fn redeems(client: &ClientApp, asked: &Asked, code: &str, resources: &[&str]) -> crate::support::http::Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &client.redirect_uri),
        ("code_verifier", &asked.verifier),
    ];
    let narrowed = resources.iter().map(|uri| ("resource", *uri));
    client.token(&form.into_iter().chain(narrowed).collect::<Vec<_>>()).await
}

fn audience(access_token: &str) -> Value {
    claims(access_token)["aud"].clone()
}

#[tokio::test]
async fn sr_145_tokens_are_for_the_resources_that_were_asked_and_for_fewer_when_the_client_says_so() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        let (mut browser, _) = signed_in(world).await;
        let (asked, first) = code(&mut browser, &shop).await;
        assert_eq!(audience(&tokens(&redeems(&shop, &asked, &first, &[]).await).access_token), json!(issuer()));
        for (narrowed, for_whom) in [
            (vec![], json!([ORDERS, issuer(), FILES])),
            (vec![FILES], json!([issuer(), FILES])),
            (vec![FILES, ORDERS], json!([ORDERS, issuer(), FILES])),
        ] {
            let asked = asking(&shop, &[ORDERS, FILES]);
            browser.opens(&asked.url()).await;
            let code = shop.code(&asked, browser.left_for());
            let given = tokens(&redeems(&shop, &asked, &code, &narrowed).await);
            assert_eq!(audience(&given.access_token), for_whom);
            // What was granted stands: a refresh may ask for all of it, or for another part.
            let again = shop
                .token(&[
                    ("grant_type", "refresh_token"),
                    ("refresh_token", given.refresh_token.as_ref().unwrap()),
                    ("resource", ORDERS),
                ])
                .await;
            assert_eq!(audience(&tokens(&again).access_token), json!([ORDERS, issuer()]));
        }
    })
    .await;
}

#[tokio::test]
async fn sr_145_what_a_client_did_not_declare_or_was_not_granted_is_no_target() {
    on_each_database(async |world| {
        let shop = shop(world).await;
        let (mut browser, _) = signed_in(world).await;
        for other in [
            "https://autre.certinomis.example/",
            "https://api.certinomis.example",
            "https://api.certinomis.example/#x",
            "https://API.certinomis.example/",
            "/orders",
        ] {
            let asked = asking(&shop, &[ORDERS, other]).with("prompt", "none");
            browser.opens(&asked.url()).await;
            assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("invalid_target"), "{other}");
        }
        let asked = asking(&shop, &[ORDERS]);
        browser.opens(&asked.url()).await;
        let code = shop.code(&asked, browser.left_for());
        assert_eq!(refused(&redeems(&shop, &asked, &code, &[FILES]).await), "invalid_target");
        assert_eq!(refused(&redeems(&shop, &asked, &code, &[]).await), "invalid_grant", "the code is burnt");
        let asked = asking(&shop, &[ORDERS]);
        browser.opens(&asked.url()).await;
        let given = shop.redeems(&asked, browser.left_for()).await;
        let refresh = given.refresh_token.unwrap();
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str()), ("resource", FILES)];
        assert_eq!(refused(&shop.token(&form).await), "invalid_target");
        tokens(&shop.refreshes(&refresh).await);
    })
    .await;
}
