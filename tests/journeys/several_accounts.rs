//! A new password where an address has several accounts: one mail with a link for each, each with all the rules of a reset
//! (DOMAIN.md §9.3, SR-53, SR-54, ADR 0062).

use guichet::clock::{days, minutes};

use super::identifier_recovery::has_an_account;
use super::issued_credentials::issues_credentials;
use crate::support::browser::Browser;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, code, on_each_database};

/// A second account of Marie's, at the same address.
const MARIE_TOO: Person = Person { password: "Trois-Poires-mures-9", ..MARIE };
/// What she chooses next.
const NEXT: Person = Person { password: "Brume-du-soir-11", ..MARIE };

/// A browser that asked for a new password under that name.
async fn asked(world: &World, who: &str) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await.follows("Mot de passe oublié ?").await;
    browser.submits(&[("username", who)]).await;
    assert_eq!((browser.place(), browser.status()), ("recover/password/sent", 200), "{}", browser.text());
    browser
}

/// The links of Marie's newest mail, by the identifier that each is for.
async fn links(world: &World) -> Vec<(String, String)> {
    let mail = world.mail_to(MARIE.email).await;
    assert_eq!(mail.subject, "Choisissez un nouveau mot de passe – Certinomis");
    let mut text = mail.text.lines();
    let mut links = Vec::new();
    while let Some(line) = text.next() {
        if let Some(identifier) = line.strip_prefix("Nouveau mot de passe pour ") {
            let identifier = identifier.trim_end_matches(['\u{a0}', ':']).to_owned();
            links.push((identifier, text.next().unwrap().trim().to_owned()));
        }
    }
    links
}

/// Chooses the next password by that link.
async fn resets(world: &World, (identifier, link): &(String, String)) -> Browser {
    let mut browser = world.browser();
    browser.opens(link).await;
    assert!(browser.says(identifier), "whose password it is about (SR-49): {}", browser.text());
    browser.submits(&[("do", "confirm")]).await;
    assert_eq!(browser.place(), "recover/password/new", "{}", browser.text());
    browser.submits(&NEXT.new_password()).await;
    assert_eq!(browser.place(), "sign-in", "{}", browser.text());
    browser
}

async fn signs_in(world: &World, identifier: &str, password: &str) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    browser.submits(&[("username", identifier), ("password", password)]).await;
    browser
}

/// A story of a realm of issued credentials in which Marie has two accounts: their identifiers are told.
async fn where_marie_has_two(story: impl AsyncFn(&World, &str, &str)) {
    on_each_database(async |world| {
        issues_credentials(world).await;
        let first = has_an_account(world, &MARIE).await;
        let second = has_an_account(world, &MARIE_TOO).await;
        has_an_account(world, &PAUL).await;
        world.advance(days(2));
        story(world, &first, &second).await;
    })
    .await;
}

#[tokio::test]
async fn sr_53_each_account_has_a_link_of_its_own_which_resets_it_alone() {
    where_marie_has_two(async |world, first, second| {
        let mut kept = signs_in(world, first, MARIE.password).await;
        let mut lost = signs_in(world, second, MARIE_TOO.password).await;
        world.advance(minutes(2));
        asked(world, MARIE.email).await;
        let links = links(world).await;
        let named: Vec<_> = links.iter().map(|(identifier, _)| identifier.as_str()).collect();
        assert_eq!(named, [second, first], "the newest first");
        world.advance(minutes(2));
        let browser = resets(world, &links[0]).await;
        assert_eq!(browser.value("username").as_deref(), Some(second));
        assert!(signs_in(world, second, NEXT.password).await.has_left());
        assert!(signs_in(world, first, MARIE.password).await.has_left(), "the other password stands");
        assert!(!signs_in(world, second, MARIE_TOO.password).await.has_left());
        // What was open of the one is over, and nothing of the other (SR-53).
        let portal = world.portal();
        lost.opens(&portal.asks().url()).await;
        assert_eq!(lost.place(), "sign-in");
        kept.opens(&portal.asks().url()).await;
        assert!(kept.has_left(), "{}", kept.text());
        // Nor is the other's link touched: it still does its work, once.
        let mut elsewhere = world.browser();
        elsewhere.opens(&links[0].1).await;
        assert_eq!((elsewhere.status(), elsewhere.h1().as_str()), (410, "Ce lien a déjà servi"));
        resets(world, &links[1]).await;
        assert!(signs_in(world, first, NEXT.password).await.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_54_a_newer_request_voids_the_links_of_all_accounts_of_the_address() {
    where_marie_has_two(async |world, first, _| {
        asked(world, MARIE.email).await;
        let older = links(world).await;
        world.advance(minutes(3));
        asked(world, MARIE.email).await;
        for (_, link) in &older {
            let mut browser = world.browser();
            browser.opens(link).await;
            assert_eq!((browser.status(), browser.h1().as_str()), (410, "Un lien plus récent existe"));
        }
        // By its identifier one account alone is meant, and the link of the other stays good.
        let newer = links(world).await;
        world.advance(minutes(3));
        asked(world, first).await;
        let mut browser = world.browser();
        assert_eq!(browser.opens(&newer[1].1).await.status(), 410, "{}", newer[1].0);
        assert_eq!(browser.opens(&newer[0].1).await.status(), 200, "{}", newer[0].0);
    })
    .await;
}

#[tokio::test]
async fn a_code_comes_with_one_account_and_not_with_several() {
    where_marie_has_two(async |world, first, _| {
        let mut waiting = asked(world, MARIE.email).await;
        assert!(waiting.says("Si plusieurs comptes ont cette adresse"), "{}", waiting.text());
        let several = world.mail_to(MARIE.email).await;
        let digits = |text: &str| {
            text.split_whitespace().any(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()))
        };
        assert!(!digits(&several.text), "{}", several.text);
        waiting.submits(&[("code", "482913")]).await;
        assert_eq!(waiting.status(), 422);
        world.advance(minutes(3));
        let mut waiting = asked(world, first).await;
        let one = world.mail_to(MARIE.email).await;
        waiting.submits(&[("code", &code(&one))]).await;
        assert_eq!(waiting.place(), "recover/password/new", "{}", waiting.text());
        waiting.submits(&NEXT.new_password()).await;
        assert!(signs_in(world, first, NEXT.password).await.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_1_one_account_or_several_or_none_are_answered_alike() {
    where_marie_has_two(async |world, first, _| {
        let mut answers = Vec::new();
        for who in [MARIE.email, first, PAUL.email, "personne@exemple.fr", "ZZ000000"] {
            let before = world.database.count("SELECT count(*) FROM outbox").await;
            let browser = asked(world, who).await;
            answers.push(browser.text().replace(who, "…"));
            assert_eq!(world.database.count("SELECT count(*) FROM outbox").await, before + 1, "{who}");
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    })
    .await;
}
