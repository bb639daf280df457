//! Known and unknown are answered alike, and guessing is slow (SR-1 to SR-19).

use guichet::clock::{Duration, days, hours, minutes};
use http::HeaderName;
use http::header::{CONTENT_LENGTH, DATE, LOCATION, SET_COOKIE};

use super::recovery::futures_of;
use crate::support::browser::Browser;
use crate::support::client_app::Presents;
use crate::support::http::Answer;
use crate::support::page::Form;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, on_each_database};

const WRONG: &str = "Mauvaise-Pioche-3";

/// A page of a fresh journey, and the form with that field on it.
async fn form(world: &World, page: &str, button: &str) -> (Browser, Form) {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    let address = browser.at().as_str().replace("/sign-in", page);
    let form = browser.opens(&address).await.form(button);
    (browser, form)
}

/// What an answer tells, once what is random in it has been made one: the flow, the form token, the reference.
fn told(answer: &Answer, typed: &str) -> String {
    let mut headers: Vec<String> = Vec::new();
    for (name, value) in &answer.headers {
        let value = value.to_str().unwrap();
        let value = match name {
            &DATE | &CONTENT_LENGTH => continue,
            &LOCATION => value.split("flow=").next().unwrap().to_owned(),
            &SET_COOKIE => value.split('=').next().unwrap().to_owned(),
            _ => value.to_owned(),
        };
        let value = if *name == HeaderName::from_static("x-request-id") { String::new() } else { value };
        headers.push(format!("{name}: {value}"));
    }
    let random = |line: &str| line.contains("name=\"_form\"");
    let lines = answer.body.lines().map(|line| if random(line) { "[token]" } else { line });
    let body = lines.collect::<Vec<_>>().join("\n").replace(typed, "[typed]");
    let body = without_flows(&body);
    format!("{}\n{}\n\n{body}", answer.status, headers.join("\n"))
}

/// The text with every `flow=…` made alike.
fn without_flows(text: &str) -> String {
    let mut parts = text.split("flow=");
    let mut kept = parts.next().unwrap().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        kept.push_str("flow=[flow]");
        kept.push_str(rest);
    }
    kept
}

/// Accounts of every kind that a stranger could ask about, and one that does not exist.
async fn peopled(world: &World) -> [&'static str; 4] {
    world.has(&MARIE).await;
    world.has(&PAUL).await;
    world.database.execute("UPDATE users SET state = 'disabled' WHERE first_name = 'Paul'").await;
    // Somebody who proved an address and never chose a password.
    let half = Person { email: "lea.petit@exemple.fr", first_name: "Léa", last_name: "Petit", ..MARIE };
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    half.registers(&mut browser).await;
    half.confirms(world, &mut browser).await;
    [MARIE.email, PAUL.email, half.email, "personne.dutout@exemple.fr"]
}

#[tokio::test]
async fn sr_1_sr_2_sign_in_answers_alike_for_every_kind_of_account() {
    on_each_database(async |world| {
        let mut answers = Vec::new();
        for email in peopled(world).await {
            let (browser, form) = form(world, "/sign-in", "Connexion").await;
            let answer = browser.posts(&form.with("username", email).with("password", WRONG)).await;
            assert_eq!(answer.status, 422);
            answers.push(told(&answer, email));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{}", answers.join("\n=====\n"));
    })
    .await;
}

#[tokio::test]
async fn sr_1_sr_6_registration_answers_alike_for_every_kind_of_account() {
    on_each_database(async |world| {
        let (mut answers, mut pages) = (Vec::new(), Vec::new());
        for email in peopled(world).await {
            let (mut browser, form) = form(world, "/register", "S’enregistrer").await;
            let form = form.with("firstName", "Anne").with("lastName", "Onyme").with("email", email);
            answers.push(told(&browser.posts(&form).await, email));
            browser.sends(&form).await;
            pages.push(told(browser.answer(), email));
        }
        answers.dedup();
        pages.dedup();
        assert_eq!((answers.len(), pages.len()), (1, 1), "{}", pages.join("\n=====\n"));
        // What differs goes by mail, to the owner, without a secret.
        let owners = world.mail_to(MARIE.email).await;
        assert!(owners.subject.contains("déjà un compte"), "{}", owners.subject);
        assert!(!owners.text.contains("token=") && !owners.text.contains("Anne"), "{}", owners.text);
        assert!(world.mail_to("personne.dutout@exemple.fr").await.text.contains("token="));
    })
    .await;
}

#[tokio::test]
async fn sr_1_recovery_and_its_resend_answer_alike_for_every_kind_of_account() {
    on_each_database(async |world| {
        let (mut answers, mut pages) = (Vec::new(), Vec::new());
        for email in peopled(world).await {
            let (mut browser, form) = form(world, "/recover/password", "Recevoir le courriel").await;
            let form = form.with("username", email);
            answers.push(told(&browser.posts(&form).await, email));
            browser.sends(&form).await;
            let mut seen = told(browser.answer(), email);
            browser.submits(&[("code", "123456")]).await;
            seen.push_str(&told(browser.answer(), email));
            pages.push(seen);
        }
        answers.dedup();
        pages.dedup();
        assert_eq!((answers.len(), pages.len()), (1, 1), "{}", pages.join("\n=====\n"));
    })
    .await;
}

#[tokio::test]
async fn sr_5_mail_is_queued_in_the_request_and_sent_by_nobody_in_it() {
    on_each_database(async |world| {
        let (browser, form) = form(world, "/register", "S’enregistrer").await;
        let form = form.with("firstName", "Marie").with("lastName", "Durand").with("email", MARIE.email);
        browser.posts(&form).await;
        assert!(world.mailbox.letters().is_empty());
        assert_eq!(world.database.count("SELECT count(*) FROM outbox WHERE state = 'queued'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_8_throttling_is_the_same_for_known_and_unknown_and_hides_the_right_password() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut seen = Vec::new();
        for (email, last) in
            [(MARIE.email, WRONG), (MARIE.email, MARIE.password), ("personne.dutout@exemple.fr", WRONG)]
        {
            let (browser, form) = form(world, "/sign-in", "Connexion").await;
            let form = form.with("username", email);
            let mut answers = Vec::new();
            if last == WRONG {
                for _ in 0..6 {
                    answers.push(told(&browser.posts(&form.clone().with("password", WRONG)).await, email));
                }
            }
            let throttled = browser.posts(&form.clone().with("password", last)).await;
            assert_eq!((throttled.status.as_u16(), throttled.header("retry-after")), (429, Some("1")), "{email}");
            seen.push((answers, told(&throttled, email)));
        }
        assert_eq!(seen[0], seen[2]);
        assert_eq!(seen[0].1, seen[1].1, "right and wrong cannot be told apart while throttled");
    })
    .await;
}

#[tokio::test]
async fn sr_10_every_spelling_of_an_address_hits_one_counter() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for spellings in [
            [
                "marie.durand@exemple.fr",
                " Marie.Durand@exemple.fr",
                "MARIE.DURAND@EXEMPLE.FR ",
                "marie.durand@Exemple.fr",
                "Marie.Durand@EXEMPLE.fr",
            ],
            ["zoé@exemple.fr", "ZOE\u{301}@exemple.fr", " zoé@exemple.fr ", "zoe\u{301}@EXEMPLE.FR", "Zoé@exemple.fr"],
        ] {
            for spelling in spellings {
                let (browser, form) = form(world, "/sign-in", "Connexion").await;
                browser.posts(&form.with("username", spelling).with("password", WRONG)).await;
            }
            let (browser, form) = form(world, "/sign-in", "Connexion").await;
            let answer = browser.posts(&form.with("username", spellings[0]).with("password", WRONG)).await;
            assert_eq!(answer.status, 429, "{}", spellings[0]);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_11_parallel_guesses_get_no_more_verifications_than_sequential_ones() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut waiting = Vec::new();
        for _ in 0..14 {
            let (browser, form) = form(world, "/sign-in", "Connexion").await;
            waiting.push((browser, form.with("username", MARIE.email).with("password", WRONG)));
        }
        let answers = futures_of(waiting.iter().map(|(browser, form)| browser.posts(form))).await;
        let looked_at = answers.iter().filter(|answer| answer.status == 422).count();
        let slowed = answers.iter().filter(|answer| answer.status == 429).count();
        assert_eq!((looked_at, slowed), (5, 9));
    })
    .await;
}

#[tokio::test]
async fn sr_13_strangers_cannot_keep_somebody_out_of_their_own_browser() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut own = world.browser();
        MARIE.signs_in(world, &mut own).await;
        own.cookies().forget("__Host-guichet-session-certinomis");
        // Strangers fail, from everywhere, as long as they like.
        let mut longest = 0;
        for _ in 0..20 {
            let (browser, form) = form(world, "/sign-in", "Connexion").await;
            let answer = browser.posts(&form.with("username", MARIE.email).with("password", WRONG)).await;
            if let Some(wait) = answer.header("retry-after") {
                longest = wait.parse().unwrap();
                world.advance(Duration::from_secs(longest));
            }
        }
        assert!(longest > 60, "delays grow: {longest}");
        let (stranger, form) = form(world, "/sign-in", "Connexion").await;
        stranger.posts(&form.clone().with("username", MARIE.email).with("password", WRONG)).await;
        let slowed = stranger.posts(&form.with("username", MARIE.email).with("password", MARIE.password)).await;
        assert_eq!(slowed.status, 429);
        MARIE.signs_in(world, &mut own).await;
        // Delays end by themselves.
        world.advance(minutes(16));
        MARIE.signs_in(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_15_a_success_resets_its_own_counter_only() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let guess = async |who: &Person, password: &str| {
            let (browser, form) = form(world, "/sign-in", "Connexion").await;
            browser.posts(&form.with("username", who.email).with("password", password)).await.status.as_u16()
        };
        for _ in 0..4 {
            assert_eq!((guess(&MARIE, WRONG).await, guess(&PAUL, WRONG).await), (422, 422));
        }
        assert_eq!(guess(&MARIE, MARIE.password).await, 303);
        for _ in 0..5 {
            assert_eq!(guess(&MARIE, WRONG).await, 422, "begins again");
        }
        assert_eq!((guess(&PAUL, WRONG).await, guess(&PAUL, WRONG).await), (422, 429), "goes on");
    })
    .await;
}

#[tokio::test]
async fn sr_15_a_success_does_not_free_the_address_it_came_from() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut statuses = Vec::new();
        for number in 0..40 {
            let mut browser = world.browser().from("203.0.113.7");
            browser.opens(&world.portal().asks().url()).await;
            let who = format!("personne.{number}@exemple.fr");
            browser.types("username", &who).types("password", WRONG);
            if number == 20 {
                browser.types("username", MARIE.email).types("password", MARIE.password);
            }
            statuses.push(browser.posts(&browser.form("Connexion")).await.status.as_u16());
        }
        assert_eq!(statuses[20], 303);
        assert_eq!(statuses.iter().position(|status| *status == 429), Some(30), "thirty a minute");
        world.advance(minutes(1));
        MARIE.signs_in(world, &mut world.browser().from("203.0.113.7")).await;
    })
    .await;
}

#[tokio::test]
async fn sr_18_requests_that_send_mail_are_limited_and_nobody_sees_it() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let before = world.mails_to(MARIE.email).await.len();
        let mut pages = Vec::new();
        for _ in 0..8 {
            let (mut browser, form) = form(world, "/recover/password", "Recevoir le courriel").await;
            browser.sends(&form.with("username", MARIE.email)).await;
            pages.push(told(browser.answer(), MARIE.email));
            world.posts().await;
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "the page says the same");
        // Three a day with the verification mail of the registration, then one an hour.
        let sent = world.mails_to(MARIE.email).await.len() - before;
        assert_eq!(sent, 2);
        world.advance(hours(1));
        let (browser, form) = form(world, "/recover/password", "Recevoir le courriel").await;
        browser.posts(&form.with("username", MARIE.email)).await;
        assert_eq!(world.mails_to(MARIE.email).await.len() - before, 3);
        world.advance(days(1));
    })
    .await;
}

#[tokio::test]
async fn sr_18_one_source_cannot_write_to_the_whole_world() {
    on_each_database(async |world| {
        let mut statuses = Vec::new();
        for number in 0..12 {
            let mut browser = world.browser().from("203.0.113.9");
            browser.opens(&world.portal().asks().url()).await.follows("S’enregistrer").await;
            let email = format!("victime.{number}@exemple.fr");
            browser.submits(&[("firstName", "A"), ("lastName", "B"), ("email", &email)]).await;
            statuses.push(browser.status());
        }
        assert_eq!(statuses, [[200; 10].as_slice(), &[429, 429]].concat());
        world.posts().await;
        assert_eq!(world.mailbox.letters().len(), 10);
    })
    .await;
}

#[tokio::test]
async fn sr_19_counters_survive_a_restart_and_hold_across_nodes() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let other = world.another_node().await;
        for number in 0..5 {
            let (mut browser, form) = form(world, "/sign-in", "Connexion").await;
            if number % 2 == 0 {
                browser.reaches(other.address);
            }
            let answer = browser.posts(&form.with("username", MARIE.email).with("password", WRONG)).await;
            assert_eq!(answer.status, 422);
        }
        world.restarts().await;
        let (browser, form) = form(world, "/sign-in", "Connexion").await;
        assert_eq!(
            browser.posts(&form.with("username", MARIE.email).with("password", MARIE.password)).await.status,
            429
        );
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_20_a_sign_in_from_a_new_browser_is_told_by_mail() {
    on_each_database(async |world| {
        let mut own = world.browser();
        MARIE.gets_an_account(world, &mut own).await;
        let before = world.mails_to(MARIE.email).await.len();
        own.cookies().forget("__Host-guichet-session-certinomis");
        MARIE.signs_in(world, &mut own).await;
        assert_eq!(world.mails_to(MARIE.email).await.len(), before, "a known browser is no news");
        MARIE.signs_in(world, &mut world.browser()).await;
        assert_eq!(world.mails_to(MARIE.email).await.len(), before + 1);
    })
    .await;
}

#[tokio::test]
async fn sr_12_every_way_to_a_password_counts_on_one_counter() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (portal, mut own) = (world.portal(), world.browser());
        let mut early = own.tab();
        early.opens(&portal.asks().url()).await;
        MARIE.signs_in(world, &mut own).await;
        world.advance(Duration::from_secs(1));
        let mut again = own.tab();
        again.opens(&portal.asks().with("prompt", "login").url()).await;
        assert_eq!(again.value("username").as_deref(), Some(MARIE.email), "{}", again.text());
        // The sign-in page and the one that asks an open session to prove itself, by turns.
        let sign_in = async |password: &str| {
            let form = early.form("Connexion").with("username", MARIE.email).with("password", password);
            early.posts(&form).await.status.as_u16()
        };
        let confirm = async |password: &str| {
            again
                .posts(
                    &again
                        .page()
                        .form_with("password", &[("password".to_owned(), password.to_owned())].into())
                        .unwrap(),
                )
                .await
                .status
                .as_u16()
        };
        for _ in 0..2 {
            assert_eq!((sign_in(WRONG).await, confirm(WRONG).await), (422, 422));
        }
        assert_eq!(sign_in(WRONG).await, 422);
        assert_eq!((confirm(MARIE.password).await, sign_in(MARIE.password).await), (429, 429), "right ones too");
        // No endpoint takes a password by another way (SR-130).
        let granted = portal.token(&[
            ("grant_type", "password"),
            ("username", MARIE.email),
            ("password", MARIE.password),
            ("scope", "openid"),
        ]);
        assert_eq!(granted.await.json()["error"], "unsupported_grant_type");
        world.advance(Duration::from_secs(2));
        assert_eq!(confirm(MARIE.password).await, 303);
    })
    .await;
}

#[tokio::test]
async fn sr_12_every_way_to_a_clients_secret_counts_on_one_counter() {
    on_each_database(async |world| {
        let mut portal = world.portal();
        "not-the-secret".clone_into(&mut portal.secret);
        let code = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "x"), ("code_verifier", "x")];
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", "x")];
        let mut statuses = Vec::new();
        for number in 0..8 {
            portal.presents = if number % 2 == 0 { Presents::Basic } else { Presents::Post };
            let answer = if number % 3 == 0 { portal.token(&refresh).await } else { portal.token(&code).await };
            statuses.push(answer.status.as_u16());
        }
        assert_eq!(statuses, [[401; 5].as_slice(), &[429; 3]].concat(), "five without delay, however presented");
    })
    .await;
}

/// The mails to that address whose subject begins so.
async fn told_of(world: &World, address: &str, subject: &str) -> usize {
    world.mails_to(address).await.iter().filter(|letter| letter.subject.starts_with(subject)).count()
}

#[tokio::test]
async fn sr_20_a_sign_in_after_several_failures_is_told_by_mail() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for (failures, told) in [(2, 0), (3, 1), (0, 1), (4, 2)] {
            let (mut browser, form) = form(world, "/sign-in", "Connexion").await;
            for _ in 0..failures {
                browser.posts(&form.clone().with("username", MARIE.email).with("password", WRONG)).await;
            }
            browser.submits(&MARIE.credentials()).await;
            assert!(browser.has_left(), "{}", browser.text());
            let subject = "Connexion à votre compte Certinomis après plusieurs échecs";
            assert_eq!(told_of(world, MARIE.email, subject).await, told, "{failures}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_20_a_slowed_account_is_told_once_and_nobody_costs_the_same_row() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let paul = world.node.house.user(&"certinomis".parse().unwrap(), PAUL.email).await.unwrap().unwrap();
        world.node.house.switch_user(&"certinomis".parse().unwrap(), &paul, false).await.unwrap();
        let nobody = "Mon-mot-de-passe-5";
        let guess = async |who: &str, times: usize| {
            for _ in 0..times {
                let (browser, form) = form(world, "/sign-in", "Connexion").await;
                let answer = browser.posts(&form.with("username", who).with("password", WRONG)).await;
                assert_eq!(answer.status, 422);
                world.advance(minutes(16));
            }
        };
        let rows = async |who: &str| {
            guess(who, 4).await;
            let before = world.database.count("SELECT count(*) FROM outbox").await;
            guess(who, 1).await;
            world.database.count("SELECT count(*) FROM outbox").await - before
        };
        assert_eq!((rows(MARIE.email).await, rows(PAUL.email).await, rows(nobody).await), (1, 1, 1));
        guess(MARIE.email, 3).await;
        let subject = "Mots de passe erronés pour votre compte Certinomis";
        assert_eq!(told_of(world, MARIE.email, subject).await, 1, "once");
        assert_eq!(told_of(world, PAUL.email, subject).await, 0, "switched off");
        let held = "SELECT count(*) FROM outbox WHERE kind = 'guessing_slowed' AND state = 'held'";
        assert_eq!(world.database.count(held).await, 2);
        assert!(!world.database.dump().await.contains(nobody), "people type passwords there (SR-198)");
        // After a right one it is news again.
        MARIE.signs_in(world, &mut world.browser()).await;
        guess(MARIE.email, 5).await;
        assert_eq!(told_of(world, MARIE.email, subject).await, 2);
    })
    .await;
}
