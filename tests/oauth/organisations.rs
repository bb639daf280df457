//! Organisations for clients (DOMAIN.md §5, docs/adr/0065): what each scope tells, for which one somebody acts, and how
//! little is left when they leave it.

use std::time::Duration;

use serde_json::{Value, json};

use super::with_client;
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, ClientApp, Tokens, claims, issuer, parameter, tokens};
use crate::support::organisations::{EXAMPLE, Entity, FRIENDS, TOWN};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{REALM, World, on_each_database};

/// All that a portal may ask.
const SCOPE: &str =
    "openid profile address organization entity siret siren org_roles usual_name organizational_unit uid";

/// A portal that may ask for all of it, in a realm that has organisations.
async fn portal_of_organisations(world: &mut World, id: &str) -> ClientApp {
    if !world.files().files["realm.toml"].contains("\n[organisations]\n") {
        world.knows_organisations().await;
    }
    with_client(world, id, &[("scope", &format!("\"{SCOPE} offline_access\""))]).await
}

async fn given(browser: &mut Browser, client: &ClientApp, asked: &Asked) -> Tokens {
    browser.opens(&asked.url()).await;
    assert!(browser.has_left(), "{}: {}", browser.place(), browser.text());
    client.redeems(asked, browser.left_for()).await
}

async fn told(client: &ClientApp, given: &Tokens) -> Value {
    client.userinfo(&given.access_token).await.json()
}

/// Marie, signed in, a member of these.
async fn member(world: &World, companies: &[(&Entity, &[&str])]) -> Browser {
    world.has(&MARIE).await;
    for (company, roles) in companies {
        world.has_organisation_in(REALM, company).await;
        world.enrols(&MARIE, company, roles).await;
    }
    let mut browser = world.browser();
    MARIE.signs_in(world, &mut browser).await;
    browser
}

fn error(browser: &Browser) -> Option<String> {
    parameter(browser.left_for(), "error")
}

#[tokio::test]
async fn sr_164_sr_203_the_only_organisation_of_somebody_is_told_without_asking_them_and_each_scope_tells_its_own() {
    on_each_database(async |world| {
        let portal = portal_of_organisations(world, "orders").await;
        let roles = &["administrator=declared", "certification_agent=verified", "user=revoked"][..];
        let mut browser = member(world, &[(&EXAMPLE, roles)]).await;
        let organization = json!({EXAMPLE.alias(): {
            "id": EXAMPLE.id, "legal_name": ["EXEMPLE SAS"],
            "roles": ["administrator", "certification_agent"], "roles_verified": ["certification_agent"]
        }});
        let entity = json!({
            "scheme": "siret", "id": EXAMPLE.siret, "country": "FR", "legal_name": "EXEMPLE SAS",
            "category": "company", "source": "fixed", "active": true
        });
        for (scope, expected) in [
            ("openid", json!({})),
            ("openid organization", json!({"organization": organization})),
            ("openid organization:*", json!({"organization": organization})),
            ("openid organization:fr-00000101600013", json!({"organization": organization})),
            ("openid organization:fr-00000102400017 siret entity", json!({})),
            ("openid entity", json!({"entity": entity})),
            ("openid siret siren", json!({"siret": EXAMPLE.siret, "siren": "000001016"})),
            (
                "openid org_roles",
                json!({
                    "org_roles": ["administrator", "certification_agent"], "org_roles_verified": ["certification_agent"]
                }),
            ),
            ("openid usual_name uid organizational_unit", json!({"usual_name": "Durand", "uid": MARIE.email})),
            // Their own address is not told for the organisation's, nor the other way round.
            ("openid address", json!({})),
        ] {
            let asked = portal.asks().with("scope", scope);
            let given = given(&mut browser, &portal, &asked).await;
            let mut said = told(&portal, &given).await;
            said.as_object_mut().unwrap().remove("sub");
            assert_eq!(said, expected, "{scope}");
            let in_id_token = claims(&given.id_token);
            for claim in ["organization", "entity", "siret", "org_roles", "uid"] {
                assert!(in_id_token.get(claim).is_none(), "{scope}: {claim} in the ID token");
            }
            let again = tokens(&portal.refreshes(given.refresh_token.as_ref().unwrap()).await);
            let mut said = told(&portal, &again).await;
            said.as_object_mut().unwrap().remove("sub");
            assert_eq!(said, expected, "refreshed: {scope}");
        }
        let asked = portal.asks().with("scope", "openid address siret");
        let given = given(&mut browser, &portal, &asked).await;
        let address = told(&portal, &given).await["address"].clone();
        assert_eq!(address["formatted"], "31 rue des Lilas\n59000 Lille\nFrance");
    })
    .await;
}

#[tokio::test]
async fn sr_203_an_id_token_tells_small_claims_by_name_and_never_the_objects() {
    on_each_database(async |world| {
        let portal = portal_of_organisations(world, "orders").await;
        let mut browser = member(world, &[(&EXAMPLE, &["administrator=declared"])]).await;
        let by_name =
            json!({"id_token": {"siret": null, "org_roles": null, "organization": null, "entity": null}}).to_string();
        let asked = portal.asks().with("scope", "openid").with("claims", &by_name);
        let given = given(&mut browser, &portal, &asked).await;
        let said = claims(&given.id_token);
        assert_eq!((&said["siret"], &said["org_roles"]), (&json!(EXAMPLE.siret), &json!(["administrator"])));
        assert!(said.get("organization").is_none() && said.get("entity").is_none(), "{said}");
        assert_eq!(told(&portal, &given).await.as_object().unwrap().len(), 1, "userinfo was asked nothing");
        // It is read again with each token.
        world.sets_role(&MARIE, &EXAMPLE, "administrator", "revoked").await;
        let again = tokens(&portal.refreshes(given.refresh_token.as_ref().unwrap()).await);
        assert_eq!(claims(&again.id_token)["org_roles"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn who_belongs_to_several_says_for_which_once_for_each_application_of_a_session() {
    on_each_database(async |world| {
        let orders = portal_of_organisations(world, "orders").await;
        let billing = portal_of_organisations(world, "billing").await;
        let both = [(&EXAMPLE, &["administrator=declared"][..]), (&TOWN, &["user=declared"][..])];
        let mut browser = member(world, &both).await;
        let asked = |client: &ClientApp| client.asks().with("scope", "openid siret org_roles");

        let first = asked(&orders);
        browser.opens(&first.url()).await;
        assert_eq!((browser.place(), browser.status()), ("choose-organisation", 200), "{}", browser.text());
        assert_eq!(browser.h1(), "Pour quelle organisation ?");
        for words in ["EXEMPLE SAS", "000 001 016 00013", "MAIRIE D’EXEMPLE", "Portail de commande"] {
            assert!(browser.says(words), "{words}\n{}", browser.text());
        }
        browser.chooses("MAIRIE D’EXEMPLE").await;
        let given = orders.redeems(&first, browser.left_for()).await;
        let said = told(&orders, &given).await;
        assert_eq!((&said["siret"], &said["org_roles"]), (&json!(TOWN.siret), &json!(["user"])));
        // It goes with the grant.
        let again = tokens(&orders.refreshes(given.refresh_token.as_ref().unwrap()).await);
        assert_eq!(told(&orders, &again).await["siret"], TOWN.siret);
        // The same application is answered at once, in silence too.
        for silent in ["", "none"] {
            let asked = asked(&orders).with("prompt", silent);
            let later = self::given(&mut browser, &orders, &asked).await;
            assert_eq!(told(&orders, &later).await["siret"], TOWN.siret);
        }
        // Another one asks for itself, and may act for another.
        browser.opens(&asked(&billing).with("prompt", "none").url()).await;
        assert_eq!(error(&browser).as_deref(), Some("interaction_required"));
        let second = asked(&billing);
        browser.opens(&second.url()).await;
        browser.chooses("EXEMPLE SAS").await;
        let given = billing.redeems(&second, browser.left_for()).await;
        assert_eq!(told(&billing, &given).await["siret"], EXAMPLE.siret);
        // Nobody is asked who is asked nothing that hangs on it, nor whose organisation the client names.
        for (scope, siret) in [
            ("openid profile uid", Value::Null),
            ("openid organization:*", Value::Null),
            ("openid siret organization:fr-00000101600013", json!(EXAMPLE.siret)),
        ] {
            let asked = orders.asks().with("scope", scope).with("prompt", "none");
            let given = self::given(&mut browser, &orders, &asked).await;
            assert_eq!(told(&orders, &given).await["siret"], siret, "{scope}");
        }
        // A new session, a new choice.
        let mut elsewhere = world.browser();
        MARIE.signs_in(world, &mut elsewhere).await;
        elsewhere.opens(&asked(&orders).url()).await;
        assert_eq!(elsewhere.place(), "choose-organisation");
    })
    .await;
}

#[tokio::test]
async fn who_wants_to_act_for_another_organisation_chooses_again() {
    on_each_database(async |world| {
        let orders = portal_of_organisations(world, "orders").await;
        let mut browser = member(world, &[(&EXAMPLE, &[]), (&TOWN, &[])]).await;
        let asked = |prompt: &str| orders.asks().with("scope", "openid siret").with("prompt", prompt);
        let first = asked("");
        browser.opens(&first.url()).await;
        browser.chooses("EXEMPLE SAS").await;
        orders.redeems(&first, browser.left_for()).await;
        let again = asked("select_account");
        browser.opens(&again.url()).await;
        browser.presses("Continuer avec ce compte").await;
        assert_eq!(browser.place(), "choose-organisation", "{}", browser.text());
        world.advance(Duration::from_secs(1));
        browser.chooses("MAIRIE D’EXEMPLE").await;
        let given = orders.redeems(&again, browser.left_for()).await;
        assert_eq!(told(&orders, &given).await["siret"], TOWN.siret);
        // That is the word that counts from now on.
        let silent = asked("none");
        let given = self::given(&mut browser, &orders, &silent).await;
        assert_eq!(told(&orders, &given).await["siret"], TOWN.siret);
    })
    .await;
}

#[tokio::test]
async fn the_choice_comes_after_the_sign_in_and_before_consent_and_is_bound_to_its_session() {
    on_each_database(async |world| {
        let orders = portal_of_organisations(world, "orders").await;
        world.rewrites_client("orders", &[("consent = \"skipped\"", "consent = \"once\"")]).await;
        drop(member(world, &[(&EXAMPLE, &[]), (&TOWN, &[])]).await);
        let mut browser = world.browser();
        let asked = orders.asks().with("scope", "openid organization siret");
        browser.opens(&asked.url()).await;
        assert_eq!(browser.place(), "sign-in", "who it is comes first");
        browser.submits(&MARIE.credentials()).await;
        assert_eq!(browser.place(), "choose-organisation", "{}", browser.text());
        // An organisation that is not theirs is none to choose, and what another session was shown is no answer.
        let form = browser.form(&browser.page().buttons("EXEMPLE SAS")[0]);
        let answer = browser.posts(&form.clone().without("organisation").with("organisation", FRIENDS.id)).await;
        assert!(answer.location().unwrap().contains("/choose-organisation?"), "{:?}", answer.location());
        let foreign = form.clone().without("session").with("session", EXAMPLE.id);
        assert_eq!(browser.posts(&foreign).await.status, 403);
        browser.reloads().await;
        browser.chooses("EXEMPLE SAS").await;
        assert_eq!(browser.place(), "consent", "{}", browser.text());
        assert!(browser.says("savoir pour quelle organisation vous agissez"), "{}", browser.text());
        // The choice is made: its page says so.
        let consent = browser.at().clone();
        browser.opens(&consent.as_str().replace("/consent", "/choose-organisation")).await;
        assert!(browser.says("Cette étape est déjà faite."), "{}", browser.text());
        browser.opens(consent.as_str()).await.presses("Autoriser").await;
        let given = orders.redeems(&asked, browser.left_for()).await;
        assert_eq!(told(&orders, &given).await["siret"], EXAMPLE.siret);
        let chosen = "SELECT count(*) FROM events WHERE name = 'organisation.chosen'";
        assert_eq!(world.database.count(chosen).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_185_a_role_that_was_taken_back_and_a_membership_that_ended_are_told_no_more() {
    on_each_database(async |world| {
        let orders = portal_of_organisations(world, "orders").await;
        let roles = &["administrator=declared", "certification_agent=verified"][..];
        let mut browser = member(world, &[(&EXAMPLE, roles), (&TOWN, &[])]).await;
        let asked = orders.asks().with("scope", "openid offline_access entity org_roles organization address siret");
        browser.opens(&asked.url()).await;
        browser.chooses("EXEMPLE SAS").await;
        let given = orders.redeems(&asked, browser.left_for()).await;
        assert_eq!(told(&orders, &given).await["org_roles_verified"], json!(["certification_agent"]));
        world.sets_role(&MARIE, &EXAMPLE, "certification_agent", "revoked").await;
        let said = told(&orders, &given).await;
        assert_eq!((&said["org_roles"], &said["org_roles_verified"]), (&json!(["administrator"]), &json!([])));
        assert!(!said.to_string().contains("certification_agent"), "{said}");

        world.leaves(&MARIE, &EXAMPLE).await;
        let said = told(&orders, &given).await;
        assert_eq!(said.as_object().unwrap().keys().collect::<Vec<_>>(), ["sub"], "{said}");
        let again = tokens(&orders.refreshes(given.refresh_token.as_ref().unwrap()).await);
        assert_eq!(told(&orders, &again).await, said, "the tokens go on, and say nothing of it");
        // The next request asks nothing: one organisation is left.
        let next = orders.asks().with("scope", "openid siret");
        let given = self::given(&mut browser, &orders, &next).await;
        assert_eq!(told(&orders, &given).await["siret"], TOWN.siret);
    })
    .await;
}

#[tokio::test]
async fn all_organisations_of_somebody_are_told_to_who_may_know_them_each_with_its_roles() {
    on_each_database(async |world| {
        let orders = portal_of_organisations(world, "orders").await;
        let narrow = with_client(world, "narrow", &[("scope", "\"openid entity\"")]).await;
        let both = [(&EXAMPLE, &["administrator=verified"][..]), (&TOWN, &["user=declared"][..])];
        let mut browser = member(world, &both).await;
        // Somebody else's organisations are nobody's business.
        world.has(&PAUL).await;
        world.has_organisation_in(REALM, &FRIENDS).await;
        world.enrols(&PAUL, &FRIENDS, &["administrator=declared"]).await;
        let asked = orders.asks().with("scope", "openid organization:*");
        let given = given(&mut browser, &orders, &asked).await;
        let all = told(&orders, &given).await["organization"].clone();
        assert_eq!(all.as_object().unwrap().len(), 2, "{all}");
        assert_eq!(all[EXAMPLE.alias()]["roles_verified"], json!(["administrator"]));
        assert_eq!(all[TOWN.alias()]["roles"], json!(["user"]));
        // Whose word `organization` was not registered gets none of its forms.
        let asked = narrow.asks().with("scope", "openid organization:*");
        let given = self::given(&mut browser, &narrow, &asked).await;
        assert!(told(&narrow, &given).await.get("organization").is_none());
        // One way of asking at a time.
        browser
            .opens(&orders.asks().with("scope", "openid organization organization:*").with("prompt", "none").url())
            .await;
        assert_eq!(error(&browser).as_deref(), Some("invalid_scope"));
    })
    .await;
}

#[tokio::test]
async fn organisations_are_announced_and_granted_in_realms_that_have_them() {
    on_each_database(async |world| {
        let told = async |world: &World| {
            let address = format!("{}/.well-known/openid-configuration", issuer());
            super::document(&world.portal(), &address).await.json()
        };
        let of = ["organization", "entity", "siret", "siren", "org_roles", "usual_name", "organizational_unit", "uid"];
        let announced =
            |said: &Value| of.map(|word| said["scopes_supported"].as_array().unwrap().contains(&json!(word)));
        assert_eq!(announced(&told(world).await), [false; 8]);
        portal_of_organisations(world, "orders").await;
        let said = told(world).await;
        assert_eq!(announced(&said), [true; 8]);
        let claims = said["claims_supported"].as_array().unwrap();
        assert!(of.iter().chain(&["org_roles_verified"]).all(|claim| claims.contains(&json!(claim))), "{claims:?}");
    })
    .await;
}
