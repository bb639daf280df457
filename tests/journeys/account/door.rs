//! The door of the account pages: the session, the recent authentication, and the way back.

use guichet::clock::{Duration, minutes};
use http::Method;

use super::{is_out, signed_in};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::on_each_database;

/// Every page that changes something, a field or button of its form, and the words of that button.
const SENSITIVE: [(&str, &str); 3] =
    [("account/identity", "Enregistrer"), ("account/password", "Soumettre"), ("account/secret-question", "Valider")];

#[tokio::test]
async fn sign_in_leads_back_to_the_page_of_the_account_that_was_asked() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for page in ["account", "account/sessions", "account/password"] {
            let mut browser = world.browser();
            browser.opens_page(page).await;
            assert_eq!(browser.place(), "sign-in", "{page}");
            assert!(browser.notice().is_none(), "nobody is confirmed: {}", browser.text());
            browser.submits(&MARIE.credentials()).await;
            assert_eq!((browser.place(), browser.status()), (page, 200), "{}", browser.text());
        }
    })
    .await;
}

#[tokio::test]
async fn the_account_shows_its_owner_a_line_for_each_section() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account").await;
        assert_eq!(browser.h1(), "Mon compte");
        for words in
            ["Marie Durand", MARIE.email, "2 sessions ouvertes", "1 application", "Une question est enregistrée."]
        {
            assert!(browser.says(words), "{words}: {}", browser.text());
        }
        for (link, place) in [
            ("Modifier Identité", "account/identity"),
            ("Modifier Mot de passe", "account/password"),
            ("Modifier Question secrète", "account/secret-question"),
            ("Voir Appareils et sessions", "account/sessions"),
            ("Voir Applications", "account/applications"),
            ("Voir Activité récente", "account/activity"),
        ] {
            browser.opens_page("account").await.follows(link).await;
            assert_eq!((browser.place(), browser.status()), (place, 200), "{link}");
            browser.follows("Revenir à Mon compte").await;
            assert_eq!(browser.place(), "account");
        }
        let policy = browser.answer().headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.ends_with("form-action 'self'"), "{policy}");
        // UX §1.1: the language of the account, unless one was chosen here.
        let mut english = world.browser().in_language("en");
        MARIE.signs_in(world, &mut english).await;
        english.opens_page("account").await;
        assert_eq!(english.h1(), "Mon compte");
        english.follows("English").await;
        assert_eq!(english.h1(), "My account");
    })
    .await;
}

#[tokio::test]
async fn sr_104_a_page_that_changes_something_asks_who_this_is_after_five_minutes() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        for (page, _) in SENSITIVE {
            browser.opens_page(page).await;
            assert_eq!(browser.place(), page, "just signed in");
        }
        world.advance(minutes(5));
        browser.opens_page("account").await;
        assert_eq!(browser.place(), "account", "to look around, a session is enough");
        for (page, _) in SENSITIVE {
            browser.opens_page(page).await;
            assert_eq!(
                (browser.place(), browser.h1().as_str()),
                ("sign-in", "Confirmez que c’est bien vous"),
                "{page}"
            );
            assert_eq!(browser.value("username").as_deref(), Some(MARIE.email));
            browser.submits(&[("password", MARIE.password)]).await;
            assert_eq!(browser.place(), page);
            world.advance(minutes(5));
        }
    })
    .await;
}

#[tokio::test]
async fn sr_104_an_act_that_comes_too_late_does_nothing_and_asks_who_this_is() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for (page, button) in SENSITIVE {
            let (mut browser, _) = signed_in(world, &MARIE).await;
            browser.opens_page(page).await;
            let before = world.database.dump().await;
            world.advance(minutes(5).saturating_sub(Duration::from_secs(1)));
            browser.presses(button).await;
            assert_ne!(browser.place(), "sign-in", "still fresh: {page}");
            browser.opens_page(page).await;
            world.advance(Duration::from_secs(1));
            browser.presses(button).await;
            assert_eq!(browser.place(), "sign-in", "{page}");
            let of = |dump: &str, table: &str| -> Vec<String> {
                dump.lines().filter(|line| line.starts_with(table)).map(str::to_owned).collect()
            };
            let after = world.database.dump().await;
            for table in ["passwords:", "secret_questions:"] {
                assert_eq!(of(&before, table), of(&after, table), "{page}");
            }
        }
        let (mut browser, _) = signed_in(world, &MARIE).await;
        let (mut other, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account/sessions").await;
        world.advance(minutes(6));
        browser.presses("Fermer toutes les autres sessions").await;
        assert_eq!(browser.place(), "sign-in");
        other.opens(&world.portal().asks().url()).await;
        assert!(other.has_left(), "the other session lives");
        browser.submits(&[("password", MARIE.password)]).await;
        assert_eq!(browser.place(), "account/sessions");
        browser.presses("Fermer toutes les autres sessions").await;
        other.opens(&world.portal().asks().url()).await;
        assert_eq!(other.place(), "sign-in");
    })
    .await;
}

#[tokio::test]
async fn sr_104_what_was_typed_is_kept_while_its_person_confirms_who_they_are() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser
            .opens_page("account/identity")
            .await
            .types("firstName", "Marianne")
            .types("phoneNumber", "+33612345678");
        world.advance(minutes(6));
        browser.presses("Enregistrer").await.submits(&[("password", MARIE.password)]).await;
        assert_eq!(browser.place(), "account/identity");
        assert_eq!(browser.value("firstName").as_deref(), Some("Marianne"));
        assert_eq!(browser.value("lastName").as_deref(), Some(MARIE.last_name));
        assert_eq!(browser.value("phoneNumber").as_deref(), Some("+33612345678"));
        // The journey's address shows it to nobody else.
        let kept = browser.at().clone();
        browser.presses("Enregistrer").await;
        assert!(browser.says("Marianne Durand"), "{}", browser.text());
        world.has(&PAUL).await;
        browser.opens_page("account").await.presses("Me déconnecter").await;
        PAUL.signs_in(world, &mut browser).await;
        browser.opens(kept.as_str()).await;
        assert_eq!(browser.value("firstName").as_deref(), Some(PAUL.first_name));
    })
    .await;
}

#[tokio::test]
async fn sr_74_only_the_owner_of_the_session_confirms_it() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        world.advance(minutes(6));
        browser.opens_page("account/password").await;
        let form = browser.form("Connexion").with("username", PAUL.email).with("password", PAUL.password);
        browser.sends(&form).await;
        assert_eq!((browser.place(), browser.status()), ("sign-in", 422));
        // Whoever is somebody else says so, and finds nothing of hers.
        browser.opens_page("account/identity").await.presses("Utiliser un autre compte").await;
        browser.submits(&PAUL.credentials()).await;
        assert_eq!(browser.place(), "account/identity");
        assert_eq!(browser.value("firstName").as_deref(), Some(PAUL.first_name));
    })
    .await;
}

#[tokio::test]
async fn sr_105_sr_107_a_form_of_the_account_is_good_for_whom_it_was_shown_to() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account/identity").await.types("firstName", "Volée");
        let form = browser.form("Enregistrer");
        // Somebody else's session in the same browser, and the same person's in another.
        browser.opens_page("account").await.presses("Me déconnecter").await;
        PAUL.signs_in(world, &mut browser).await;
        browser.opens_page("account/identity").await;
        assert_eq!(browser.posts(&form).await.status, 403);
        let (mut other, _) = signed_in(world, &MARIE).await;
        other.opens_page("account/identity").await;
        assert_eq!(other.posts(&form).await.status, 403);
        // A form of another page, and none of ours.
        let moved = other.form("Enregistrer");
        other.opens_page("account/secret-question").await;
        assert_eq!(other.posts(&moved.with("question", MARIE.question)).await.status, 403);
        other.opens_page("account/identity").await;
        let form = other.form("Enregistrer").without("_form");
        assert_eq!(other.posts(&form).await.status, 403);
        assert_eq!(world.database.count("SELECT count(*) FROM users WHERE first_name = 'Volée'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_form_of_the_account_sent_twice_acts_once_and_is_answered_alike() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account/identity").await.types("firstName", "Marianne");
        let form = browser.form("Enregistrer");
        let answers = [browser.posts(&form).await, browser.posts(&form).await];
        for answer in &answers {
            assert_eq!(answer.status, 303);
            assert_eq!(answer.location(), answers[0].location());
        }
        let changes = "SELECT count(*) FROM events WHERE name = 'identity.changed'";
        assert_eq!(world.database.count(changes).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_108_looking_at_the_account_from_afar_begins_no_journey() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let browser = world.browser();
        let before = world.database.count("SELECT count(*) FROM flows").await;
        for page in ["account", "account/password"] {
            let url = browser.absolute(&format!("/realms/certinomis/{page}"));
            assert_eq!(browser.asks(&Method::HEAD, &url, None, &[]).await.status, 303, "{page}");
        }
        let (browser, _) = signed_in(world, &MARIE).await;
        let began = world.database.count("SELECT count(*) FROM flows").await;
        world.advance(minutes(6));
        let url = browser.absolute("/realms/certinomis/account/password");
        assert_eq!(browser.asks(&Method::HEAD, &url, None, &[]).await.status, 303);
        assert_eq!(world.database.count("SELECT count(*) FROM flows").await, began);
        assert_eq!(began, before + 1);
        // SR-120: no address of somebody else's is led back to.
        let mut browser = world.browser();
        browser.opens_page("account/nowhere").await;
        assert_eq!(browser.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn sr_101_reading_ones_account_is_being_there() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        for _ in 0..3 {
            world.advance(minutes(20));
            browser.opens_page("account").await;
            assert_eq!(browser.place(), "account");
        }
        world.advance(minutes(30));
        is_out(&mut browser).await;
    })
    .await;
}

#[tokio::test]
async fn sr_102_an_account_that_was_switched_off_shows_nothing_any_more() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        let realm = "certinomis".parse().unwrap();
        let marie = world.node.house.user(&realm, MARIE.email).await.unwrap().unwrap();
        world.node.house.switch_user(&realm, &marie, false).await.unwrap();
        is_out(&mut browser).await;
    })
    .await;
}

#[tokio::test]
async fn sr_113_signing_out_of_the_account_ends_the_session_and_empties_the_browser() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, tokens) = signed_in(world, &MARIE).await;
        browser.opens_page("account").await;
        assert_eq!(browser.answer().headers["cache-control"], "no-store");
        let form = browser.form("Me déconnecter");
        let answer = browser.posts(&form).await;
        assert_eq!(answer.status, 303);
        assert_eq!(answer.headers["clear-site-data"], "\"cache\", \"storage\"");
        browser.opens_page("account").await;
        assert_eq!(browser.place(), "sign-in");
        assert_eq!(world.portal().refreshes(&tokens.refresh_token.unwrap()).await.status, 400);
    })
    .await;
}
