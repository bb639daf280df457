//! The claim `certificate` (DOMAIN.md §5): the certificate that somebody signed in with, told where it was asked for.

use rcgen::{CustomExtension, date_time_ymd};
use serde_json::{Value, json};

use super::with_client;
use crate::journeys::certificates::Counter;
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, Tokens, claims, issuer, tokens};
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

/// 0.4.0.2042.1 (ETSI EN 319 411-1), alone in `certificatePolicies`.
const NCP: &[u8] = &[0x30, 9, 0x30, 7, 6, 5, 4, 0, 0x8f, 0x7a, 1];

async fn given(browser: &mut Browser, client: &ClientApp, asked: &Asked) -> Tokens {
    browser.opens(&asked.url()).await;
    client.redeems(asked, browser.left_for()).await
}

/// What userinfo and the ID token say of the certificate.
async fn told(client: &ClientApp, given: &Tokens) -> [Option<Value>; 2] {
    let userinfo = client.userinfo(&given.access_token).await.json();
    [userinfo, claims(&given.id_token)].map(|said| said.get("certificate").cloned())
}

#[tokio::test]
async fn sr_164_sr_203_the_certificate_of_a_sign_in_is_told_to_who_asked_for_it_and_as_long_as_the_account_has_it() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        world.rewrites_realm(&[("[certificates]", "[certificates]\npolicies = [\"1.2.3\", \"0.4.0.2042.1\"]")]).await;
        let orders = with_client(world, "orders", &[("scope", "\"openid certificate offline_access\"")]).await;
        let narrow = with_client(world, "narrow", &[("scope", "\"openid\"")]).await;
        let card = counter.card_with(&MARIE, 0xab_cdef, |params| {
            params.not_after = date_time_ymd(2028, 1, 1);
            params.custom_extensions = vec![CustomExtension::from_oid_content(&[2, 5, 29, 32], NCP.to_vec())];
        });
        counter.binds(world, &MARIE, &card).await;
        let (mut by_card, mut by_password) = (world.browser(), world.browser());
        counter.signs_in(world, &mut by_card, &card).await;
        MARIE.signs_in(world, &mut by_password).await;

        let whole = json!({
            "x5t#S256": card.thumbprint(), "issuer": "CN=Autorité des personnes", "serial": "abcdef",
            "not_after": 1_830_297_600, "policy": "0.4.0.2042.1"
        });
        let by_name = |place: &str| json!({place: {"certificate": null}}).to_string();
        for (scope, by_name, in_userinfo, in_id_token) in [
            ("openid", String::new(), false, false),
            ("openid certificate", String::new(), true, false),
            ("openid", by_name("userinfo"), true, false),
            ("openid", by_name("id_token"), false, true),
        ] {
            let asked = |client: &ClientApp| client.asks().with("scope", scope).with("claims", &by_name);
            let expected = [in_userinfo, in_id_token].map(|is| is.then(|| whole.clone()));
            let with_it = given(&mut by_card, &orders, &asked(&orders)).await;
            assert_eq!(told(&orders, &with_it).await, expected, "{scope} {by_name}");
            let again = tokens(&orders.refreshes(with_it.refresh_token.as_ref().unwrap()).await);
            assert_eq!(told(&orders, &again).await, expected, "refreshed: {scope} {by_name}");
            let without = given(&mut by_password, &orders, &asked(&orders)).await;
            assert_eq!(told(&orders, &without).await, [None, None], "no certificate was shown: {scope} {by_name}");
            if scope == "openid" {
                let unregistered = given(&mut by_card, &narrow, &asked(&narrow)).await;
                assert_eq!(told(&narrow, &unregistered).await, [None, None], "{by_name}");
            }
        }
        // Access that outlives the session tells no more of a certificate that was taken away.
        let both = json!({"id_token": {"certificate": null}}).to_string();
        let lasting = orders.asks().with("scope", "openid certificate offline_access").with("claims", &both);
        let lasting = given(&mut by_card, &orders, &lasting).await;
        assert_eq!(told(&orders, &lasting).await, [Some(whole.clone()), Some(whole)]);
        by_password.opens_page("account/certificates").await;
        let bound = by_password.value("certificate").unwrap();
        by_password.submits(&[("certificate", &bound)]).await;
        assert!(by_password.says("Le certificat a été retiré."), "{}", by_password.text());
        assert_eq!(told(&orders, &lasting).await[0], None);
        let later = tokens(&orders.refreshes(lasting.refresh_token.as_ref().unwrap()).await);
        assert_eq!(told(&orders, &later).await, [None, None]);
    })
    .await;
}

#[tokio::test]
async fn certificates_are_announced_where_people_sign_in_with_them_and_named_to_who_is_asked() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let lists = [("scope", "\"openid certificate\""), ("consent", "\"once\"")];
        let orders = with_client(world, "orders", &lists).await;
        let announced = async |client: &ClientApp| {
            let address = format!("{}/.well-known/openid-configuration", issuer());
            let said = super::document(client, &address).await.json();
            ["scopes_supported", "claims_supported"]
                .map(|list| said[list].as_array().unwrap().contains(&json!("certificate")))
        };
        assert_eq!(announced(&orders).await, [false, false]);
        Counter::opens(world).await;
        assert_eq!(announced(&with_client(world, "orders", &lists).await).await, [true, true]);
        for (language, words) in [
            ("fr", "lire le certificat avec lequel vous vous connectez"),
            ("en", "read the certificate that you sign in with"),
        ] {
            let mut browser = world.browser().in_language(language);
            let orders = with_client(world, "orders", &lists).await;
            let asked = orders.asks().with("scope", "openid certificate");
            browser.opens(&asked.url()).await.submits(&MARIE.credentials()).await;
            assert_eq!(browser.place(), "consent", "{}", browser.text());
            assert!(browser.says(words), "{}", browser.text());
        }
    })
    .await;
}
