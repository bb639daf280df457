//! Taking one's data along and leaving: a copy without secrets, an end a month ahead, and what is left of it (SR-178,
//! SR-201, SR-202).

use guichet::clock::{Duration, days, minutes};
use http::Method;
use serde_json::Value;

use super::signed_in;
use crate::support::browser::Browser;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, link, on_each_database};

const SESSION: &str = "__Host-guichet-session-certinomis";

async fn asks_for_the_end(browser: &mut Browser) {
    browser.opens_page("account/close").await.presses("Fermer mon compte").await;
    assert_eq!(browser.place(), "account", "{}", browser.text());
}

async fn closes(world: &World) -> u64 {
    world.node.house.close_accounts().await.unwrap()
}

#[tokio::test]
async fn sr_201_a_copy_holds_ones_own_data_without_secrets_or_other_people() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let (mut browser, tokens) = signed_in(world, &MARIE).await;
        browser.opens_page("account/export").await;
        let form = browser.form("Télécharger le fichier");
        let answer = browser.posts(&form).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (200, &"application/json".parse().unwrap())
        );
        assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"certinomis.json\"");
        assert_eq!(answer.headers["cache-control"], "no-store");
        let copy: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((&copy["version"], &copy["account"]["email"]), (&1.into(), &MARIE.email.into()));
        assert_eq!(copy["account"]["email_verified_at"], "2026-03-03T13:12:00Z");
        assert!(copy["sessions"].as_array().is_some_and(|sessions| !sessions.is_empty()));
        assert!(copy["applications"].as_array().unwrap().iter().any(|one| one["client_id"] == "portal"));
        assert!(copy["activity"].as_array().unwrap().iter().any(|one| one["what"] == "sign_in.succeeded"));
        let session = browser.cookies().value(SESSION).unwrap();
        let secrets =
            [MARIE.password, MARIE.question, MARIE.answer, "argon2", &tokens.access_token, &session, PAUL.email];
        for secret in secrets {
            assert!(!answer.body.contains(secret), "{secret}");
        }
        let taken = "SELECT count(*) FROM events WHERE name = 'data.exported'";
        assert_eq!(world.database.count(taken).await, 1);
        // Not too often, and not without a recent sign-in.
        for _ in 0..4 {
            assert_eq!(browser.posts(&form).await.status, 200);
        }
        assert_eq!(browser.posts(&form).await.status, 429);
        world.advance(minutes(6));
        let answer = browser.posts(&form).await;
        assert!(answer.location().is_some_and(|to| to.contains("/sign-in?flow=")), "{}", answer.status);
    })
    .await;
}

#[tokio::test]
async fn sr_204_a_copy_is_no_table_that_a_spreadsheet_computes() {
    on_each_database(async |world| {
        const FORMULA: &str = "=HYPERLINK(\"https://evil.example\")";
        world.has(&MARIE).await;
        let mut browser = world.browser().named(FORMULA);
        MARIE.signs_in(world, &mut browser).await;
        browser.opens_page("account/export").await;
        let answer = browser.posts(&browser.form("Télécharger le fichier")).await;
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"certinomis.json\"");
        let copy: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(answer.body.starts_with('{') && copy.is_object(), "{}", answer.body);
        assert!(!answer.body.lines().any(|line| line.starts_with(['=', '+', '-', '@'])), "{}", answer.body);
    })
    .await;
}

#[tokio::test]
async fn sr_202_an_account_closes_a_month_after_it_was_asked_for_and_not_before() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        world.advance(Duration::from_secs(1));
        asks_for_the_end(&mut browser).await;
        assert!(browser.says("Votre compte sera fermé le 2 avril 2026"), "{}", browser.text());
        let mail = world.mail_to(MARIE.email).await;
        assert!(mail.subject.starts_with("Votre compte Certinomis sera fermé le 2\u{a0}avril"), "{}", mail.subject);
        world.advance(days(30).saturating_sub(Duration::from_secs(1)));
        assert_eq!(closes(world).await, 0);
        let tokens = MARIE.signs_in(world, &mut world.browser()).await;
        world.advance(Duration::from_secs(1));
        assert_eq!(closes(world).await, 1);
        assert_eq!(closes(world).await, 0, "once");
        assert_eq!(world.portal().refreshes(&tokens.refresh_token.unwrap()).await.status, 400);
        assert_eq!(world.portal().userinfo(&tokens.access_token).await.status, 401);
        assert!(world.mail_to(MARIE.email).await.subject.starts_with("Votre compte Certinomis est fermé"));
        let mut late = world.browser();
        late.opens(&world.portal().asks().url()).await.submits(&MARIE.credentials()).await;
        assert_eq!(late.status(), 422, "as for nobody");
    })
    .await;
}

#[tokio::test]
async fn sr_202_what_named_the_person_is_gone_and_the_trail_names_a_number() {
    on_each_database(async |world| {
        let unheard =
            Person { first_name: "Ermelinde", last_name: "Quasimodal", email: "e.quasimodal@exemple.fr", ..MARIE };
        world.has(&unheard).await;
        let (mut browser, _) = signed_in(world, &unheard).await;
        browser.opens_page("account/identity").await.submits(&[("phoneNumber", "+33612345678")]).await;
        asks_for_the_end(&mut browser).await;
        world.posts().await;
        world.advance(days(30));
        assert_eq!(closes(world).await, 1);
        world.posts().await;
        // Journeys, links of registrations and mails that went go by themselves, each after its own time.
        let dump = world.database.dump().await;
        let kept: Vec<_> = dump
            .lines()
            .filter(|line| !["flows:", "links:", "outbox:"].iter().any(|own| line.starts_with(own)))
            .collect();
        for trace in ["Ermelinde", "Quasimodal", "quasimodal", "33612345678"] {
            assert!(!kept.iter().any(|line| line.contains(trace)), "{trace}: {kept:?}");
        }
        let count = async |sql: &str| world.database.count(sql).await;
        assert_eq!(count("SELECT count(*) FROM users WHERE state = 'erased' AND email IS NULL").await, 1);
        assert_eq!(
            count("SELECT count(*) FROM events WHERE name = 'closing.carried_out' AND user_id IS NOT NULL").await,
            1
        );
        for table in [
            "passwords",
            "passkeys",
            "secret_questions",
            "sessions",
            "grants",
            "identifiers",
            "devices",
            "consents",
            "closings",
            "warnings",
        ] {
            assert_eq!(count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        browser.opens_page("account").await;
        assert_eq!(browser.place(), "sign-in");
    })
    .await;
}

#[tokio::test]
async fn sr_202_who_changes_their_mind_keeps_the_account_from_its_pages_or_from_the_mail() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for mailed in [false, true] {
            let (mut browser, _) = signed_in(world, &MARIE).await;
            world.posts().await;
            asks_for_the_end(&mut browser).await;
            if mailed {
                let keep = link(&world.mail_to(MARIE.email).await);
                let mut elsewhere = world.browser();
                let url = elsewhere.absolute(&keep);
                for method in [Method::HEAD, Method::GET] {
                    elsewhere.asks(&method, &url, None, &[]).await;
                }
                assert_eq!(world.database.count("SELECT count(*) FROM closings").await, 1, "SR-47");
                elsewhere.opens(&keep).await;
                assert!(!elsewhere.at().as_str().contains("token"), "SR-48");
                elsewhere.presses("Garder mon compte").await;
                assert_eq!(elsewhere.place(), "sign-in", "nobody is signed in by it");
                elsewhere.opens(&keep).await;
                assert_eq!(elsewhere.status(), 410);
            } else {
                browser.opens_page("account/close").await.presses("Garder mon compte").await;
                assert_eq!(browser.notice().as_deref(), Some("Vous gardez votre compte."));
            }
            assert_eq!(world.database.count("SELECT count(*) FROM closings").await, 0);
            world.advance(days(31));
            assert_eq!(closes(world).await, 0);
        }
        MARIE.signs_in(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_178_the_address_of_a_closed_account_rests_and_its_sub_is_nobody_elses() {
    on_each_database(async |world| {
        let tokens = MARIE.gets_an_account(world, &mut world.browser()).await;
        let portal = world.portal();
        let first = crate::support::client_app::claims(&tokens.id_token)["sub"].clone();
        let (mut browser, _) = signed_in(world, &MARIE).await;
        asks_for_the_end(&mut browser).await;
        world.advance(days(30));
        assert_eq!(closes(world).await, 1);
        world.posts().await;
        let mut again = world.browser();
        again.opens(&portal.asks().url()).await;
        MARIE.registers(&mut again).await;
        MARIE.confirms(world, &mut again).await;
        assert_eq!(again.status(), 409);
        assert!(again.says("Cette adresse servait il y a peu à un compte"), "{}", again.text());
        // Nor does another account take it.
        world.has(&PAUL).await;
        let (mut paul, _) = signed_in(world, &PAUL).await;
        world.advance(Duration::from_secs(1));
        paul.opens_page("account/email").await.submits(&[("email", MARIE.email)]).await;
        paul.opens(&link(&world.mail_to(MARIE.email).await)).await.presses("Confirmer cette adresse").await;
        assert_eq!(paul.status(), 409, "{}", paul.text());
        world.advance(days(91));
        let tokens = MARIE.gets_an_account(world, &mut world.browser()).await;
        assert_ne!(crate::support::client_app::claims(&tokens.id_token)["sub"], first);
    })
    .await;
}
