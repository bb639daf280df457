//! « Identifiant oublié »: what is known leaves by mail only, to an address that is proven (UX.md P11, SR-59).

use guichet::clock::{days, hours, minutes};
use http::Method;

use super::issued_credentials::{Credentials, asks_for_credentials, issues_credentials};
use crate::support::browser::Browser;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, link, on_each_database};

/// A second account of Marie's, at the same address.
const MARIE_TOO: Person = Person { password: "Trois-Poires-mures-9", ..MARIE };

/// From nothing to an account of issued credentials that its person has made their own; returns its identifier.
pub(super) async fn has_an_account(world: &World, person: &Person) -> String {
    asks_for_credentials(world, person).await;
    let issued = Credentials::of(world, person).await;
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await.submits(&issued.typed()).await;
    browser.submits(&person.new_password()).await;
    assert!(browser.has_left(), "{}", browser.text());
    issued.identifier
}

/// A browser that asked for the identifiers of that address.
async fn asked(world: &World, address: &str) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await.follows("Identifiant oublié ?").await;
    assert_eq!((browser.place(), browser.h1().as_str()), ("recover/identifier", "Identifiant oublié"));
    browser.submits(&[("email", address)]).await;
    browser
}

#[tokio::test]
async fn sr_59_every_identifier_of_a_proven_address_comes_by_mail_with_its_dates() {
    on_each_database(async |world| {
        issues_credentials(world).await;
        let first = has_an_account(world, &MARIE).await;
        world.advance(days(40));
        let second = has_an_account(world, &MARIE_TOO).await;
        // Whoever has not used what was mailed has proven nothing.
        asks_for_credentials(world, &MARIE).await;
        let unproven = Credentials::of(world, &MARIE).await.identifier;
        has_an_account(world, &PAUL).await;
        world.advance(days(2));
        asked(world, " Marie.Durand@EXEMPLE.fr ").await;
        let mail = world.mail_to(MARIE.email).await;
        assert_eq!(mail.subject, "Vos identifiants Certinomis");
        let lines: Vec<_> = mail.text.lines().filter(|line| line.contains("compte créé le")).collect();
        assert_eq!(
            lines,
            [
                format!("{first}\u{a0}: compte créé le 3\u{a0}mars 2026, utilisé le 3\u{a0}mars 2026 pour la dernière fois."),
                format!(
                    "{second}\u{a0}: compte créé le 12\u{a0}avril 2026, utilisé le 12\u{a0}avril 2026 pour la dernière fois."
                ),
            ],
            "{}",
            mail.text
        );
        assert!(!mail.text.contains(&unproven) && !mail.text.contains("token="), "{}", mail.text);
        for identifier in [&first, &second] {
            assert!(mail.html.contains(identifier.as_str()));
        }
        // What it lists opens the account together with the password.
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        browser.submits(&[("username", &second), ("password", MARIE_TOO.password)]).await;
        assert!(browser.has_left(), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_1_sr_5_every_address_is_answered_alike_and_the_same_rows_are_written() {
    on_each_database(async |world| {
        issues_credentials(world).await;
        has_an_account(world, &MARIE).await;
        // Whose mails wait is not known before they are read.
        asks_for_credentials(world, &PAUL).await;
        world.advance(days(2));
        world.posts().await;
        let letters = world.mailbox.letters().len();
        let mut answers = Vec::new();
        for address in [MARIE.email, PAUL.email, "personne@exemple.fr"] {
            let before = world.database.count("SELECT count(*) FROM outbox").await;
            let browser = asked(world, address).await;
            assert_eq!((browser.place(), browser.status()), ("recover/identifier/sent", 200));
            assert!(browser.says(address), "what was typed is shown, and nothing of what is known");
            answers.push(browser.text().replace(address, "…"));
            assert_eq!(world.database.count("SELECT count(*) FROM outbox").await, before + 1, "{address}");
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        world.posts().await;
        let sent = world.mailbox.letters();
        assert_eq!(sent.len(), letters + 1, "nothing leaves for whom nothing is proven (SR-59)");
        assert!(sent.iter().all(|letter| letter.to != "personne@exemple.fr"));
    })
    .await;
}

#[tokio::test]
async fn sr_59_where_people_sign_in_with_their_address_the_mail_says_so() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = asked(world, MARIE.email).await;
        let mail = world.mail_to(MARIE.email).await;
        assert!(mail.text.contains("Votre adresse e-mail est l’identifiant de votre compte"), "{}", mail.text);
        assert!(
            mail.text.contains(&format!("{}\u{a0}: compte créé le 3\u{a0}mars 2026", MARIE.email)),
            "{}",
            mail.text
        );
        // Back to sign-in by the page or by the mail, which opens nothing.
        browser.follows("Me connecter").await;
        assert_eq!(browser.place(), "sign-in");
        browser.submits(&MARIE.credentials()).await;
        assert!(browser.has_left(), "{}", browser.text());
        let mut elsewhere = world.browser();
        elsewhere.opens(&link(&mail)).await;
        assert!(elsewhere.cookies().value("__Host-guichet-session-certinomis").is_none());
    })
    .await;
}

#[tokio::test]
async fn sr_18_nobody_is_flooded_and_nobody_learns_of_it() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.advance(days(2));
        world.posts().await;
        let letters = world.mailbox.letters().len();
        let mut browser = asked(world, MARIE.email).await;
        browser.presses("Cliquez ici").await;
        assert!(browser.notice().unwrap().starts_with("Un nouve"), "{}", browser.text());
        let again = browser.form("Cliquez ici");
        assert_eq!(browser.posts(&again).await.status, 429, "a moment later it is too soon");
        for _ in 0..5 {
            let browser = asked(world, MARIE.email).await;
            assert_eq!((browser.place(), browser.status()), ("recover/identifier/sent", 200));
        }
        world.posts().await;
        assert_eq!(world.mailbox.letters().len(), letters + 3, "three a day");
        world.advance(hours(25));
        asked(world, MARIE.email).await;
        world.posts().await;
        assert_eq!(world.mailbox.letters().len(), letters + 4);
    })
    .await;
}

#[tokio::test]
async fn sr_55_one_address_of_the_usual_shape_and_a_mistake_says_what_to_do() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        // Bookmarks and password managers come without a journey.
        browser.opens_page("recover/identifier").await;
        for (typed, words) in [
            ("", "Entrez votre"),
            ("marie.durand", "Il manque le signe @"),
            ("marie@exemple.fr,paul@exemple.fr", "L’adresse e-mail"),
            ("marie@", "L’adresse e-mail"),
        ] {
            browser.submits(&[("email", typed)]).await;
            let said = browser.field_error("email").unwrap_or_default();
            assert!(browser.status() == 422 && !said.is_empty(), "{typed}: {said}");
            assert!(
                said.starts_with(words) || said.contains("adresse") || said.contains("courriel"),
                "{typed}: {said}"
            );
        }
        let scanner = world.browser();
        let page = browser.absolute("/realms/certinomis/recover/identifier");
        let before = world.database.count("SELECT count(*) FROM flows").await;
        scanner.asks(&Method::HEAD, &page, None, &[]).await;
        assert_eq!(world.database.count("SELECT count(*) FROM flows").await, before, "who only looks begins nothing");
        world.advance(minutes(1));
        assert_eq!(world.mailbox.letters().len(), 0);
    })
    .await;
}
