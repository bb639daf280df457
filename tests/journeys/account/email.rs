//! Another e-mail address: confirmed from the new mailbox, undone from the old one, and no word of who has which (SR-1,
//! SR-54, SR-65, SR-66).

use guichet::clock::{Duration, days, hours};
use http::Method;

use super::signed_in;
use crate::support::browser::Browser;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, link, on_each_database};

/// Marie at her new address.
const MOVED: Person = Person { email: "m.durand@ailleurs.example", ..MARIE };

async fn asks(browser: &mut Browser, address: &str) {
    browser.opens_page("account/email").await.submits(&[("email", address)]).await;
}

/// The address that she signs in with, by the database.
async fn address(world: &World) -> Vec<String> {
    world.database.texts("SELECT email FROM users WHERE first_name = 'Marie'").await
}

async fn opens_nothing(world: &World, person: &Person) {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await.submits(&person.credentials()).await;
    assert_eq!(browser.status(), 422, "{}", person.email);
}

#[tokio::test]
async fn sr_65_a_new_address_is_in_force_once_its_mailbox_was_read() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, tokens) = signed_in(world, &MARIE).await;
        asks(&mut browser, " M.Durand@ailleurs.example ").await;
        assert_eq!((browser.place(), browser.status()), ("account/email", 200));
        assert!(browser.says("M.Durand@ailleurs.example"), "{}", browser.text());
        let (new, old) = (world.mail_to("M.Durand@ailleurs.example").await, world.mail_to(MARIE.email).await);
        assert!(new.subject.starts_with("Confirmez votre nouvelle adresse e-mail"), "{}", new.subject);
        assert!(old.subject.starts_with("Votre adresse e-mail va changer"), "{}", old.subject);
        assert!(!old.text.contains("Durand@ailleurs"), "masked: {}", old.text);
        // Until then nothing has changed; opening the link changes nothing either (SR-47).
        assert_eq!(address(world).await, [MARIE.email]);
        opens_nothing(world, &MOVED).await;
        let mut elsewhere = world.browser();
        let url = elsewhere.absolute(&link(&new));
        for method in [Method::HEAD, Method::GET] {
            elsewhere.asks(&method, &url, None, &[]).await;
        }
        elsewhere.opens(&link(&new)).await;
        assert!(!elsewhere.at().as_str().contains("token"), "SR-48: {}", elsewhere.at());
        assert_eq!(address(world).await, [MARIE.email]);
        elsewhere.presses("Confirmer cette adresse").await;
        assert_eq!(elsewhere.h1(), "Adresse modifiée");
        assert!(elsewhere.cookies().value("__Host-guichet-session-certinomis").is_none(), "nobody is signed in");
        let told = world.portal().userinfo(&tokens.access_token).await.json();
        assert_eq!((&told["email"], &told["email_verified"]), (&"M.Durand@ailleurs.example".into(), &true.into()));
        MOVED.signs_in(world, &mut world.browser()).await;
        // A second press, and the same link again, change nothing.
        elsewhere.opens(&link(&new)).await;
        assert_eq!(elsewhere.h1(), "Adresse modifiée");
        let changes = "SELECT count(*) FROM events WHERE name = 'email.changed'";
        assert_eq!(world.database.count(changes).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_1_an_address_that_somebody_has_is_answered_like_one_that_nobody_has() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        let mut seen = Vec::new();
        for wished in [PAUL.email, "personne@exemple.fr"] {
            let rows = async || {
                let count = async |table: &str| world.database.count(&format!("SELECT count(*) FROM {table}")).await;
                (count("email_changes").await, count("outbox").await, count("events").await)
            };
            browser.opens_page("account/email").await;
            let before = rows().await;
            browser.submits(&[("email", wished)]).await;
            let after = rows().await;
            let text = browser.text().replace(wished, "…");
            seen.push((browser.status(), text, after.0 - before.0, after.1 - before.1, after.2 - before.2));
        }
        assert_eq!(seen[0], seen[1]);
        // His mailbox is told, and holds nothing that could take it from him.
        let told = world.mail_to(PAUL.email).await;
        assert!(told.subject.starts_with("Votre adresse sert déjà à un compte"), "{}", told.subject);
        assert!(told.links.iter().all(|link| !link.contains("token=")), "{:?}", told.links);
        PAUL.signs_in(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_65_uniqueness_is_asked_again_when_the_link_is_used() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        asks(&mut browser, PAUL.email).await;
        let mail = world.mail_to(PAUL.email).await;
        world.has(&PAUL).await;
        browser.opens(&link(&mail)).await.presses("Confirmer cette adresse").await;
        assert_eq!((browser.status(), browser.h1().as_str()), (409, "Adresse déjà utilisée"));
        assert_eq!(address(world).await, [MARIE.email]);
        PAUL.signs_in(world, &mut world.browser()).await;
        MARIE.signs_in(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_65_the_old_mailbox_undoes_a_change_before_and_after_it_is_confirmed() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for confirmed in [false, true] {
            let (mut thief, tokens) = signed_in(world, &MARIE).await;
            asks(&mut thief, MOVED.email).await;
            let undo = link(&world.mail_to(MARIE.email).await);
            let confirm = link(&world.mail_to(MOVED.email).await);
            if confirmed {
                thief.opens(&confirm).await.presses("Confirmer cette adresse").await;
                assert_eq!(address(world).await, [MOVED.email]);
            }
            world.advance(hours(20));
            let mut owner = world.browser();
            owner.opens(&undo).await;
            assert_eq!(owner.h1(), "Annuler le changement d’adresse ?");
            owner.presses("Annuler le changement").await;
            assert_eq!(owner.h1(), "Changement annulé");
            assert_eq!(address(world).await, [MARIE.email]);
            // Whoever asked for it is out, their link is void, and the way leads to a new password.
            assert_eq!(world.portal().refreshes(&tokens.refresh_token.unwrap()).await.status, 400);
            thief.opens(&confirm).await;
            assert_eq!(thief.status(), 410, "{}", thief.text());
            opens_nothing(world, &MOVED).await;
            owner.follows("Choisir un nouveau mot de passe").await;
            assert_eq!(owner.place(), "recover/password");
            let taken = "SELECT count(*) FROM identifiers WHERE canonical LIKE '%ailleurs%'";
            assert_eq!(world.database.count(taken).await, 0);
            world.advance(days(2));
        }
    })
    .await;
}

#[tokio::test]
async fn sr_178_an_old_address_is_nobody_elses_until_the_change_can_be_undone_no_more() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        asks(&mut browser, MOVED.email).await;
        let undo = link(&world.mail_to(MARIE.email).await);
        browser.opens(&link(&world.mail_to(MOVED.email).await)).await.presses("Confirmer cette adresse").await;
        let taken = "SELECT count(*) FROM identifiers WHERE canonical = 'marie.durand@exemple.fr'";
        world.advance(days(7).saturating_sub(Duration::from_secs(1)));
        world.node.house.forget_changes().await.unwrap();
        assert_eq!(world.database.count(taken).await, 1);
        world.advance(Duration::from_secs(1));
        let mut late = world.browser();
        late.opens(&undo).await;
        assert_eq!(late.status(), 410);
        world.node.house.forget_changes().await.unwrap();
        assert_eq!(world.database.count(taken).await, 0);
        assert_eq!(world.database.count("SELECT count(*) FROM email_changes").await, 0);
        MOVED.signs_in(world, &mut world.browser()).await;
        // Somebody else may have it now.
        world.has(&MARIE).await;
    })
    .await;
}

#[tokio::test]
async fn sr_66_a_change_that_waits_is_seen_cancelled_and_gives_way() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        asks(&mut browser, "premiere@exemple.fr").await;
        let first = link(&world.mail_to("premiere@exemple.fr").await);
        asks(&mut browser, "seconde@exemple.fr").await;
        let second = link(&world.mail_to("seconde@exemple.fr").await);
        let mut reader = world.browser();
        reader.opens(&first).await;
        assert_eq!(reader.status(), 410, "a newer one took its place: {}", reader.text());
        browser.opens_page("account").await;
        assert!(browser.says("À confirmer : seconde@exemple.fr"), "{}", browser.text());
        browser.follows("Modifier Adresse e-mail").await.presses("Annuler ce changement").await;
        assert_eq!(browser.notice().as_deref(), Some("Changement annulé. Votre adresse reste la même."));
        reader.opens(&second).await;
        assert_eq!(reader.status(), 410);
        // A new password and the end of all other sessions end it as well.
        for (place, third) in
            [("account/sessions", "troisieme@exemple.fr"), ("account/password", "quatrieme@exemple.fr")]
        {
            let (_other, _) = signed_in(world, &MARIE).await;
            world.advance(Duration::from_secs(1));
            asks(&mut browser, third).await;
            browser.opens_page(place).await;
            if place == "account/password" {
                browser.types("password", MARIE.password);
                browser
                    .submits(&[("password-new", "Brume-du-soir-11"), ("password-confirm", "Brume-du-soir-11")])
                    .await;
            } else {
                browser.presses("Fermer toutes les autres sessions").await;
            }
            let waiting = "SELECT count(*) FROM email_changes WHERE ended_at IS NULL";
            assert_eq!(world.database.count(waiting).await, 0, "{place}: {}", browser.text());
        }
    })
    .await;
}

#[tokio::test]
async fn sr_46_a_change_is_confirmed_within_a_day_or_not_at_all() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        asks(&mut browser, MOVED.email).await;
        let confirm = link(&world.mail_to(MOVED.email).await);
        let mut reader = world.browser();
        reader.opens(&confirm).await;
        world.advance(hours(24));
        reader.presses("Confirmer cette adresse").await;
        assert_eq!((reader.status(), reader.h1().as_str()), (410, "Ce lien a expiré"));
        assert_eq!(address(world).await, [MARIE.email]);
    })
    .await;
}

#[tokio::test]
async fn sr_54_a_new_address_makes_older_links_void() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut forgot = world.browser();
        forgot.opens_page("recover/password").await.submits(&[("username", MARIE.email)]).await;
        let reset = link(&world.mail_to(MARIE.email).await);
        let (mut browser, _) = signed_in(world, &MARIE).await;
        asks(&mut browser, MOVED.email).await;
        browser.opens(&link(&world.mail_to(MOVED.email).await)).await.presses("Confirmer cette adresse").await;
        forgot.opens(&reset).await;
        assert_eq!(forgot.status(), 410, "{}", forgot.text());
    })
    .await;
}

#[tokio::test]
async fn what_is_no_new_address_is_said_at_the_field() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        for (typed, said) in [
            ("", "Entrez votre courriel"),
            ("marie.durand.exemple.fr", "Il manque le signe @"),
            ("marie@", "Entrez un courriel complet"),
            ("MARIE.DURAND@EXEMPLE.FR", "C’est déjà l’adresse de votre compte"),
        ] {
            asks(&mut browser, typed).await;
            assert_eq!(browser.status(), 422, "{typed}");
            assert!(browser.field_error("email").is_some_and(|error| error.starts_with(said)), "{}", browser.text());
        }
        assert_eq!(world.database.count("SELECT count(*) FROM email_changes").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_18_new_addresses_are_not_a_way_to_flood_mailboxes() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        for _ in 0..6 {
            asks(&mut browser, PAUL.email).await;
            assert_eq!(browser.status(), 200, "not told to who asks");
        }
        assert!(world.mails_to(PAUL.email).await.len() <= 4);
    })
    .await;
}

#[tokio::test]
async fn sr_45_two_presses_at_once_confirm_once() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        asks(&mut browser, MOVED.email).await;
        let confirm = link(&world.mail_to(MOVED.email).await);
        let (mut one, mut other) = (world.browser(), world.browser());
        one.opens(&confirm).await;
        other.opens(&confirm).await;
        let forms = [one.form("Confirmer cette adresse"), other.form("Confirmer cette adresse")];
        tokio::join!(one.posts(&forms[0]), other.posts(&forms[1]));
        let changes = "SELECT count(*) FROM events WHERE name = 'email.changed'";
        assert_eq!(world.database.count(changes).await, 1);
    })
    .await;
}
