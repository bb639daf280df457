//! `acr` "challenge-answered": an application asks for it before it shows a PIN, say; for one request of a fresh sign-in, never a
//! factor (DOMAIN.md §8, SR-35, SR-39, SR-84).

use guichet::clock::{days, minutes};
use http::Method;
use serde_json::{Value, json};

use crate::journeys::challenge_questions::{
    ANSWERS, QUESTIONS, answers, has_challenges, marie_has_set_hers, recovering,
};
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, claims, endpoint, parameter};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{World, on_each_database};

const ACR: &str = "challenge-answered";
/// What the owner is told.
const LOCKED: &str = "Vos questions secrètes sont bloquées pour 24 heures – Certinomis";

fn essential() -> String {
    json!({ "id_token": { "acr": { "essential": true, "value": ACR } } }).to_string()
}

/// A request that prefers it.
fn preferring(world: &World) -> Asked {
    world.portal().asks().with("acr_values", ACR)
}

/// A request that needs it.
fn needing(world: &World) -> Asked {
    world.portal().asks().with("claims", &essential())
}

/// A story of a realm with questions, where Marie has set hers.
async fn where_marie_has_questions(story: impl AsyncFn(&mut World)) {
    on_each_database(async |world| {
        has_challenges(world, "").await;
        marie_has_set_hers(world).await;
        world.advance(minutes(1));
        story(world).await;
    })
    .await;
}

/// A browser in which Marie has signed in for that request, at the questions.
async fn at_the_challenge(world: &World, asked: &Asked) -> Browser {
    let mut browser = world.browser();
    browser.opens(&asked.url()).await.submits(&MARIE.credentials()).await;
    assert_eq!(browser.place(), "challenge", "{}", browser.text());
    browser
}

fn is_unmet(browser: &Browser) {
    let error = parameter(browser.left_for(), "error");
    assert_eq!(error.as_deref(), Some("unmet_authentication_requirements"), "{}", browser.left_for());
}

async fn told(world: &World, asked: &Asked, browser: &Browser) -> (Value, Value) {
    let claims = claims(&world.portal().redeems(asked, browser.left_for()).await.id_token);
    (claims["acr"].clone(), claims["amr"].clone())
}

#[tokio::test]
async fn sr_35_the_answers_are_told_of_one_request_and_are_no_factor() {
    where_marie_has_questions(async |world| {
        for asked in [preferring(world), needing(world)] {
            let mut browser = at_the_challenge(world, &asked).await;
            assert!(browser.says("Portail de commande a besoin de s’assurer que c’est vous."), "{}", browser.text());
            assert!(QUESTIONS.iter().all(|question| browser.says(question)));
            browser.submits(&answers(&["Renault", "Lille", "Rex"])).await;
            assert!(browser.error_summary()[0].starts_with("Ces réponses ne correspondent pas toutes."));
            browser.submits(&answers(&ANSWERS)).await;
            let portal = world.portal();
            let tokens = portal.redeems(&asked, browser.left_for()).await;
            let first = claims(&tokens.id_token);
            assert_eq!((&first["acr"], &first["amr"]), (&json!(ACR), &json!(["pwd"])));
            assert_eq!(claims(&tokens.access_token)["acr"], json!(ACR));
            // Refreshed tokens tell of the sign-in, and of nothing else.
            let again = portal.refreshes(&tokens.refresh_token.unwrap()).await.json();
            for token in ["id_token", "access_token"] {
                assert_eq!(claims(again[token].as_str().unwrap())["acr"], json!("password"), "{token}");
            }
            // Nor does the session remember: another request in the same browser asks again.
            let next = portal.asks().with("claims", &essential());
            browser.opens(&next.url()).await;
            assert_eq!(browser.place(), "challenge", "{}", browser.text());
            let plain = portal.asks();
            browser.opens(&plain.url()).await;
            assert_eq!(told(world, &plain, &browser).await, (json!("password"), json!(["pwd"])));
        }
    })
    .await;
}

#[tokio::test]
async fn sr_84_the_answers_are_good_once_however_often_the_browser_comes_back() {
    where_marie_has_questions(async |world| {
        for (asked, essential) in [(preferring(world), false), (needing(world), true)] {
            let mut browser = at_the_challenge(world, &asked).await;
            let flow = parameter(browser.at(), "flow").unwrap();
            browser.submits(&answers(&ANSWERS)).await;
            assert_eq!(told(world, &asked, &browser).await.0, json!(ACR));
            browser.opens(&format!("{}/resume?flow={flow}", endpoint("auth"))).await;
            if essential {
                is_unmet(&browser);
            } else {
                assert_eq!(told(world, &asked, &browser).await.0, json!("password"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sr_84_a_session_of_before_signs_in_again_first() {
    where_marie_has_questions(async |world| {
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        world.advance(minutes(4));
        browser.opens(&preferring(world).url()).await;
        assert_eq!(browser.place(), "challenge", "a moment ago is fresh");
        world.advance(minutes(2));
        let asked = preferring(world);
        browser.opens(&asked.url()).await;
        assert_eq!(browser.place(), "sign-in", "{}", browser.text());
        assert_eq!(browser.value("username").as_deref(), Some(MARIE.email));
        browser.submits(&[("password", MARIE.password)]).await.submits(&answers(&ANSWERS)).await;
        assert_eq!(told(world, &asked, &browser).await.0, json!(ACR));
        // What was answered too long ago is told of nothing.
        let asked = needing(world);
        let mut browser = at_the_challenge(world, &asked).await;
        let silent = needing(world).with("prompt", "none");
        let mut other = browser.tab();
        other.opens(&silent.url()).await;
        assert_eq!(parameter(other.left_for(), "error").as_deref(), Some("login_required"));
        browser.submits(&answers(&ANSWERS)).await;
        assert!(browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_84_whoever_has_no_questions_fails_only_where_they_are_essential() {
    on_each_database(async |world| {
        world.has(&PAUL).await;
        // The realm asks nobody to set them; Paul never has.
        has_challenges(world, "").await;
        world.rewrites_realm(&[(", \"set_challenge_questions\"", "")]).await;
        world.advance(minutes(1));
        let wished = preferring(world);
        let mut browser = world.browser();
        browser.opens(&wished.url()).await.submits(&PAUL.credentials()).await;
        assert_eq!(told(world, &wished, &browser).await.0, json!("password"));
        browser.opens(&needing(world).url()).await;
        is_unmet(&browser);
    })
    .await;
}

#[tokio::test]
async fn sr_39_whoever_misses_too_often_is_signed_in_and_the_application_is_told() {
    where_marie_has_questions(async |world| {
        for (asked, locked) in [(preferring(world), 1), (needing(world), 2)] {
            let mut browser = at_the_challenge(world, &asked).await;
            for _ in 0..5 {
                browser.submits(&answers(&["Peugeot", "Lille", "Médor"])).await;
            }
            is_unmet(&browser);
            // Beside the mail of a sign-in from elsewhere.
            let mails = world.mails_to(MARIE.email).await;
            let letters = mails.iter().filter(|mail| mail.subject == LOCKED).count();
            assert_eq!(letters, locked, "{:?}", mails.iter().map(|mail| &mail.subject).collect::<Vec<_>>());
            // Locked here, in another browser, and in recovery; not at sign-in.
            let mut elsewhere = at_the_challenge(world, &needing(world)).await;
            elsewhere.submits(&answers(&ANSWERS)).await;
            assert_eq!((elsewhere.status(), elsewhere.answer().header("retry-after").is_some()), (429, true));
            let mut lost = recovering(world).await;
            lost.submits(&answers(&ANSWERS)).await;
            assert_eq!((lost.place(), lost.status()), ("recover/password/question", 429));
            let plain = world.portal().asks();
            browser.opens(&plain.url()).await;
            assert_eq!(told(world, &plain, &browser).await.0, json!("password"));
            world.advance(days(1) + minutes(1));
        }
    })
    .await;
}

#[tokio::test]
async fn the_level_is_announced_where_there_are_questions_and_is_nobodys_minimum() {
    on_each_database(async |world| {
        let announced = async |world: &World| {
            let url = format!("{}/.well-known/openid-configuration", crate::support::client_app::issuer());
            let answer = world.portal().sends(&Method::GET, &url, &[], "").await.json();
            answer["acr_values_supported"].clone()
        };
        assert_eq!(announced(world).await, json!(["password"]));
        // Where nobody can answer, nobody is asked to sign in first; the way back says why.
        let mut browser = world.browser();
        browser.opens(&needing(world).url()).await;
        let back = browser.page().link("Revenir à Portail de commande").unwrap_or_default();
        assert!(back.contains("error=unmet_authentication_requirements"), "{back}\n{}", browser.text());
        has_challenges(world, "").await;
        assert_eq!(announced(world).await, json!(["password", ACR]));
        marie_has_set_hers(world).await;
        world.advance(minutes(1));
        let line = "# default_acr_values = [\"password\"]";
        world.rewrites_client("portal", &[(line, "default_acr_values = [\"challenge-answered\"]")]).await;
        at_the_challenge(world, &world.portal().asks()).await;
    })
    .await;
}
