//! The device grant (RFC 8628): a device shows a code, its person types it elsewhere, compares, and answers once.

use guichet::clock::{Duration, hours, minutes};
use http::Method;
use serde_json::{Value, json};

use super::{document, refused, signed_in, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, Presents, Tokens, claims, endpoint, issuer, tokens as read};
use crate::support::http::Answer;
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{REALM, World, on_each_database};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A television: it can keep no secret.
async fn television(world: &mut World) -> ClientApp {
    let grants = format!("[\"{GRANT}\", \"refresh_token\"]");
    let lines = [
        ("token_endpoint_auth_method", "\"none\""),
        ("secrets", ""),
        ("client_name", "{ fr = \"Télévision du salon\", en = \"Living-room television\" }"),
        ("grant_types", grants.as_str()),
        ("redirect_uris", ""),
        ("post_logout_redirect_uris", ""),
        ("client_uri", ""),
    ];
    let mut client = with_client(world, "television", &lines).await;
    client.presents = Presents::Name;
    client
}

/// What the device is told when it asks to be let in.
struct Device {
    code: String,
    shown: String,
    answer: Value,
}

async fn ask(client: &ClientApp, form: &str) -> Answer {
    let body = format!("client_id={}&{form}", client.id);
    client.sends(&Method::POST, &endpoint("auth/device"), &[], body).await
}

async fn waits(client: &ClientApp, scope: &str) -> Device {
    let answer = ask(client, &format!("scope={}", scope.replace(' ', "+"))).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, Some("no-store")), "{}", answer.body);
    let answer = answer.json();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    Device { code: text("device_code"), shown: text("user_code"), answer }
}

async fn polls(client: &ClientApp, device: &Device) -> Answer {
    client.token(&[("grant_type", GRANT), ("device_code", &device.code)]).await
}

async fn fetches(client: &ClientApp, device: &Device) -> Tokens {
    read(&polls(client, device).await)
}

/// Somebody types the code, and is brought to the question.
async fn types(browser: &mut Browser, code: &str) {
    browser.opens_page("device").await.submits(&[("user_code", code)]).await;
}

#[tokio::test]
async fn sr_152_a_person_lets_a_device_in_by_its_code() {
    on_each_database(async |world| {
        let television = television(world).await;
        world.has(&MARIE).await;
        let device = waits(&television, "openid email").await;
        let page = format!("{}/device", issuer());
        assert_eq!(device.answer["verification_uri"], page);
        assert_eq!(device.answer["verification_uri_complete"], format!("{page}?user_code={}", device.shown));
        assert_eq!((device.answer["expires_in"].as_u64(), device.answer["interval"].as_u64()), (Some(600), Some(5)));
        assert_eq!(refused(&polls(&television, &device).await), "authorization_pending");
        // Forgiving: lower case, spaces, no hyphen.
        let mut browser = world.browser();
        let typed = format!(" {} ", device.shown.to_lowercase().replace('-', " "));
        types(&mut browser, &typed).await;
        assert_eq!(browser.place(), "sign-in", "the ordinary sign-in");
        browser.submits(&MARIE.credentials()).await;
        assert_eq!(browser.place(), "device/confirm", "{}", browser.text());
        for told in [device.shown.as_str(), "Télévision du salon", "Marie Durand", "lire votre adresse e-mail"] {
            assert!(browser.says(told), "{told}\n{}", browser.text());
        }
        // §5.4: what to beware of stands before the answer, and no answer has the focus.
        assert!(browser.says("Refusez si quelqu’un vous l’a envoyé ou dicté"), "{}", browser.text());
        assert!(!browser.answer().body.contains("autofocus"));
        world.advance(seconds(5));
        assert_eq!(refused(&polls(&television, &device).await), "authorization_pending", "shown is not allowed");
        browser.presses("Autoriser").await;
        assert_eq!(browser.h1(), "Appareil connecté");
        world.advance(seconds(5));
        let given = fetches(&television, &device).await;
        assert_eq!(given.answer["scope"], "email openid");
        assert_eq!(television.userinfo(&given.access_token).await.json()["email"], MARIE.email);
        let told = claims(&given.id_token);
        assert_eq!((told["aud"].as_str(), told.get("sid")), (Some("television"), None));
        // Once (§3.4), and told at the same address when it is opened again.
        assert_eq!(refused(&polls(&television, &device).await), "invalid_grant");
        browser.reloads().await;
        assert_eq!(browser.h1(), "Appareil connecté");
        // The device stays when its person signs out here.
        browser.opens(&world.portal().logout_url(&[])).await.presses("Se déconnecter").await;
        let next = read(&television.refreshes(given.refresh_token.as_deref().unwrap()).await);
        assert_eq!(television.userinfo(&next.access_token).await.status, 200);
        // What was agreed to can be taken back (SR-103, SR-144).
        let (realm, house) = (REALM.parse().unwrap(), &world.node.house);
        let marie = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        assert!(house.take_back_consent(&realm, &marie, "television").await.unwrap());
        assert_eq!(refused(&television.refreshes(next.refresh_token.as_deref().unwrap()).await), "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn a_code_that_came_with_the_address_is_only_written_into_the_field() {
    on_each_database(async |world| {
        let television = television(world).await;
        let (mut browser, _) = signed_in(world).await;
        let device = waits(&television, "openid").await;
        browser.opens(device.answer["verification_uri_complete"].as_str().unwrap()).await;
        assert_eq!((browser.place(), browser.value("user_code").as_deref()), ("device", Some(device.shown.as_str())));
        let begun = "SELECT count(*) FROM flows";
        let before = world.database.count(begun).await;
        browser.reloads().await;
        assert_eq!(world.database.count(begun).await, before, "GET begins nothing (SR-108)");
        browser.presses("Continuer").await;
        // An open session is offered, not taken.
        assert!(browser.says("Une session est ouverte au nom de Marie Durand. Continuer ?"), "{}", browser.text());
        browser.presses("Continuer").await.presses("Autoriser").await;
        assert_eq!(browser.h1(), "Appareil connecté");
        fetches(&television, &device).await;
        // In English too, and what is no code is not written anywhere.
        let mut english = world.browser().in_language("en");
        english.opens_page("device?user_code=%3Cscript%3E").await;
        assert_eq!((english.h1().as_str(), english.value("user_code").as_deref()), ("Connect a device", Some("")));
    })
    .await;
}

#[tokio::test]
async fn who_refuses_a_device_gives_it_nothing() {
    on_each_database(async |world| {
        let television = television(world).await;
        let (mut browser, _) = signed_in(world).await;
        let device = waits(&television, "openid").await;
        types(&mut browser, &device.shown).await;
        browser.presses("Continuer").await;
        let (question, allow) = (browser.at().clone(), browser.form("Autoriser"));
        browser.presses("Refuser").await;
        assert_eq!(browser.h1(), "Appareil refusé");
        assert_eq!(refused(&polls(&television, &device).await), "access_denied");
        // One answer counts: Back, and the other button of a page that was still open.
        browser.opens(question.as_str()).await;
        assert_eq!(browser.h1(), "Appareil refusé");
        let late = browser.posts(&allow).await;
        assert!(late.status == 303 || late.body.contains("Appareil refusé"), "{}", late.status);
        assert_eq!(refused(&polls(&television, &device).await), "access_denied");
        assert_eq!(world.database.count("SELECT count(*) FROM consents").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_device_that_nobody_answers_hears_so_and_one_that_hurries_waits_longer() {
    on_each_database(async |world| {
        let television = television(world).await;
        let (mut browser, _) = signed_in(world).await;
        let device = waits(&television, "openid").await;
        for (pause, told) in [
            (0, "authorization_pending"),
            (4, "slow_down"),
            (6, "slow_down"),
            (15, "authorization_pending"),
            (15, "authorization_pending"),
        ] {
            world.advance(seconds(pause));
            assert_eq!(refused(&polls(&television, &device).await), told, "after {pause} s");
        }
        types(&mut browser, &device.shown).await;
        browser.presses("Continuer").await;
        world.advance(minutes(10));
        browser.presses("Autoriser").await;
        assert_eq!(browser.h1(), "Ce code n’est plus valable");
        assert_eq!(refused(&polls(&television, &device).await), "expired_token");
        browser.follows("Entrer un nouveau code").await.submits(&[("user_code", &device.shown)]).await;
        assert_eq!(browser.status(), 422, "{}", browser.text());
        assert_eq!(world.database.count("SELECT count(*) FROM grants WHERE client_id = 'television'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_152_codes_are_guessed_at_slowly_and_all_wrong_ones_look_alike() {
    on_each_database(async |world| {
        let television = television(world).await;
        let spent = waits(&television, "openid").await;
        let (mut marie, _) = signed_in(world).await;
        types(&mut marie, &spent.shown).await;
        marie.presses("Continuer").await.presses("Autoriser").await;
        let device = waits(&television, "openid").await;
        let mut browser = world.browser();
        let wrong = "Aucun appareil n’attend avec ce code. Vérifiez-le, ou demandez-en un nouveau à l’appareil";
        for (typed, told) in [
            ("", "Entrez le code affiché sur l’appareil"),
            ("BCDF", "Le code compte 8 lettres, sans voyelle ni chiffre"),
            ("AEIO-UYAE", "Le code compte 8 lettres, sans voyelle ni chiffre"),
            ("BBBB-BBBB", wrong),
            (spent.shown.as_str(), wrong),
        ] {
            types(&mut browser, typed).await;
            assert_eq!((browser.status(), browser.field_error("user_code").as_deref()), (422, Some(told)), "{typed}");
        }
        // What was typed wrongly by shape cost nothing; what was looked up did.
        for _ in 0..4 {
            types(&mut browser, "CCCC-CCCC").await;
        }
        types(&mut browser, &device.shown).await;
        assert_eq!(browser.status(), 429, "{}", browser.text());
        assert!(browser.answer().header("retry-after").is_some());
        // Others are not slowed, nor is this one for ever.
        let mut elsewhere = world.browser();
        types(&mut elsewhere, &device.shown).await;
        assert_eq!(elsewhere.place(), "sign-in");
        world.advance(minutes(2));
        types(&mut browser, &device.shown).await;
        assert_eq!(browser.place(), "sign-in");
        // A code of one's own buys no guesses at those of others (SR-15).
        types(&mut browser, "CCCC-CCCC").await;
        types(&mut browser, &device.shown).await;
        assert_eq!(browser.status(), 429, "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_77_sr_107_a_device_is_answered_for_by_its_own_form_session_and_browser() {
    on_each_database(async |world| {
        let television = television(world).await;
        world.has(&PAUL).await;
        let (mut browser, _) = signed_in(world).await;
        let device = waits(&television, "openid").await;
        types(&mut browser, &device.shown).await;
        browser.presses("Continuer").await;
        let (question, form) = (browser.at().clone(), browser.form("Autoriser"));
        for (tampered, status) in [
            (form.clone().without("session"), 403),
            (form.clone().without("_form"), 403),
            (form.clone().with("do", "perhaps"), 400),
        ] {
            assert_eq!(browser.posts(&tampered).await.status, status, "{tampered:?}");
        }
        // The address of the question is worth nothing elsewhere.
        let mut stranger = world.browser();
        stranger.opens_page("device").await.opens(question.as_str()).await;
        assert!(!stranger.says(&device.shown), "{}", stranger.text());
        // Marie signs out; Paul signs in by the same journey; her form answers nothing.
        browser.tab().opens(&world.portal().logout_url(&[])).await.presses("Se déconnecter").await;
        browser.opens(question.as_str()).await.submits(&PAUL.credentials()).await;
        assert_eq!(browser.place(), "device/confirm", "the device still waits");
        assert_eq!(browser.posts(&form).await.status, 403);
        // Twice at once: one answer.
        let his = browser.form("Autoriser");
        let (one, two) = tokio::join!(browser.posts(&his), browser.posts(&his));
        assert_eq!((one.status.as_u16(), one.location()), (303, two.location()));
        assert_eq!(world.database.count("SELECT count(*) FROM grants WHERE client_id = 'television'").await, 1);
        let given = fetches(&television, &device).await;
        let (realm, house) = (REALM.parse().unwrap(), &world.node.house);
        let paul = house.user(&realm, PAUL.email).await.unwrap().unwrap();
        assert_eq!(claims(&given.id_token)["sub"], paul.id.to_string());
    })
    .await;
}

#[tokio::test]
async fn sr_152_sr_143_what_was_given_is_fetched_once_by_its_own_client_while_the_account_stands() {
    on_each_database(async |world| {
        let television = television(world).await;
        let (mut browser, _) = signed_in(world).await;
        let mut allowed = async |scope: &str| {
            let device = waits(&television, scope).await;
            types(&mut browser, &device.shown).await;
            browser.presses("Continuer").await.presses("Autoriser").await;
            device
        };
        let (first, barred) = (allowed("openid").await, allowed("openid").await);
        // Another client that may use the grant, and one that may not.
        let grants = format!("[\"authorization_code\", \"{GRANT}\"]");
        let radio = with_client(world, "radio", &[("grant_types", &grants)]).await;
        assert_eq!(refused(&polls(&radio, &first).await), "invalid_grant");
        assert_eq!(refused(&polls(&world.portal(), &first).await), "unauthorized_client");
        assert_eq!(refused(&ask(&world.portal(), "scope=openid").await), "invalid_client", "its name is no proof");
        let (one, two) = tokio::join!(polls(&television, &first), polls(&television, &first));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
        let (realm, house) = (REALM.parse().unwrap(), &world.node.house);
        let marie = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        house.switch_user(&realm, &marie, false).await.unwrap();
        assert_eq!(refused(&polls(&television, &barred).await), "invalid_grant");
        house.switch_user(&realm, &marie, true).await.unwrap();
        assert_eq!(refused(&polls(&television, &barred).await), "invalid_grant", "spent it stays");
    })
    .await;
}

#[tokio::test]
async fn bad_questions_of_devices_are_told_by_their_codes_and_codes_are_kept_as_hashes() {
    on_each_database(async |world| {
        let television = television(world).await;
        for (form, told) in [
            ("scope=martian", "invalid_scope"),
            ("scope=a++b", "invalid_scope"),
            ("scope=openid&scope=openid", "invalid_request"),
        ] {
            assert_eq!(refused(&ask(&television, form).await), told, "{form}");
        }
        assert_eq!(refused(&television.token(&[("grant_type", GRANT)]).await), "invalid_request");
        let unknown = [("grant_type", GRANT), ("device_code", "unknown")];
        assert_eq!(refused(&television.token(&unknown).await), "invalid_grant");
        let said = document(&television, &format!("{}/.well-known/openid-configuration", issuer())).await.json();
        assert_eq!(said["device_authorization_endpoint"], endpoint("auth/device"));
        assert!(said["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT)));
        let device = waits(&television, "").await;
        let dump = world.database.dump().await;
        for secret in [device.code.clone(), device.shown.clone(), device.shown.replace('-', "")] {
            assert!(!dump.contains(&secret), "{secret} is kept in clear");
        }
        // A page that is opened long after leads on as any other.
        let mut browser = world.browser();
        types(&mut browser, &device.shown).await;
        world.advance(hours(25));
        browser.submits(&MARIE.credentials()).await;
        assert!(browser.says("Quelle application voulez-vous ouvrir ?"), "{}", browser.text());
    })
    .await;
}
