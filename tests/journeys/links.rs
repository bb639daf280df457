//! Mailed links (SR-42 to SR-57): what they are bound to, who may open them, what opening them does not do.

use guichet::clock::{days, hours, minutes};
use http::Method;
use url::Url;

use super::recovery::futures_of;
use crate::support::browser::Browser;
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{PUBLIC, World, link, on_each_database};

/// A browser that waits for Marie's confirmation, and the link that was mailed.
async fn registered(world: &World) -> (Browser, String) {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    MARIE.registers(&mut browser).await;
    let link = link(&world.mail_to(MARIE.email).await);
    (browser, link)
}

/// Marie's reset link, asked for in a browser of its own.
async fn reset_link(world: &World) -> String {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await.follows("Mot de passe oublié ?").await;
    browser.submits(&[("username", MARIE.email)]).await;
    link(&world.mail_to(MARIE.email).await)
}

fn token(link: &str) -> String {
    let url = Url::parse(link).unwrap();
    url.query_pairs().find(|(name, _)| name == "token").unwrap().1.into_owned()
}

#[tokio::test]
async fn sr_44_a_link_does_its_own_purpose_only() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let reset = reset_link(world).await;
        let mut browser = world.browser();
        browser.opens(&reset).await;
        assert_eq!(browser.h1(), "Choisissez un nouveau mot de passe");
        // A form field or a parameter does not make it a verification.
        let form = browser.form("Continuer").with("purpose", "verify_email").with("email", PAUL.email);
        browser.sends(&form).await;
        assert_eq!(browser.place(), "recover/password/question");
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 1);
        // Nor does a verification link choose a password of an account that has one.
        world.adds_realm("autre").await;
        let foreign = reset_link(world).await.replace("/realms/certinomis/", "/realms/autre/");
        assert_eq!(world.browser().opens(&foreign).await.status(), 404, "another realm's");
    })
    .await;
}

#[tokio::test]
async fn sr_44_a_link_ends_with_the_state_of_the_account_that_it_was_made_for() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let reset = reset_link(world).await;
        let mut browser = world.browser();
        browser.opens(&reset).await;
        world.database.execute("UPDATE users SET state = 'disabled'").await;
        browser.submits(&[("do", "confirm")]).await;
        browser.submits_if(&[("answer", MARIE.answer)]).await;
        browser.submits_if(&[("password-new", "Brume-du-soir-11"), ("password-confirm", "Brume-du-soir-11")]).await;
        world.database.execute("UPDATE users SET state = 'active'").await;
        MARIE.signs_in(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_45_of_simultaneous_uses_one_succeeds() {
    on_each_database(async |world| {
        let (_, link) = registered(world).await;
        let node = world.another_node().await;
        let mut browsers = Vec::new();
        for number in 0..6 {
            let mut browser = world.browser();
            if number % 2 == 0 {
                browser.reaches(node.address);
            }
            browser.opens(&link).await;
            let form = browser.form("Vérifier mon courriel");
            browsers.push((browser, form));
        }
        let answers = futures_of(browsers.iter().map(|(browser, form)| browser.posts(form))).await;
        let won = answers.iter().filter(|answer| answer.status == 303).count();
        assert_eq!((won, answers.iter().filter(|answer| answer.status == 410).count()), (1, 5));
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 1);
        node.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_47_a_scanner_may_open_a_link_any_number_of_times() {
    on_each_database(async |world| {
        world.has(&PAUL).await;
        let (mut waiting, link) = registered(world).await;
        let before = state(world).await;
        for _ in 0..10 {
            for method in [Method::HEAD, Method::GET] {
                let scanner = world.browser();
                let first = scanner.asks(&method, &scanner.absolute(&link), None, &[]).await;
                assert_eq!(first.status, 303);
                let page = scanner.asks(&method, &scanner.absolute(first.location().unwrap()), None, &[]).await;
                assert!(page.status == 200 || (method == Method::HEAD && page.status == 404), "{}", page.status);
                assert!(first.cookies().chain(page.cookies()).all(|cookie| !cookie.contains("session")));
            }
        }
        assert_eq!(state(world).await, before);
        waiting.opens(&link).await.presses("Vérifier mon courriel").await;
        assert_eq!(waiting.h1(), "Courriel vérifié");
    })
    .await;
}

/// Everything that opening a page could have changed.
async fn state(world: &World) -> String {
    let dump = world.database.dump().await;
    let counted = |line: &&str| {
        ["users:", "links:", "sessions:", "flows:", "passwords:", "outbox:", "events:"]
            .iter()
            .any(|table| line.starts_with(table))
    };
    dump.lines().filter(counted).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn sr_48_the_token_leaves_the_address_bar() {
    on_each_database(async |world| {
        let (_, link) = registered(world).await;
        let mut browser = world.browser();
        let first = browser.asks(&Method::GET, &browser.absolute(&link), None, &[]).await;
        assert_eq!(first.location(), Some("/realms/certinomis/link"));
        let cookie = first.cookies().find(|cookie| cookie.starts_with("__Host-guichet-link=")).unwrap();
        assert!(cookie.contains("Max-Age=3600") && cookie.contains("HttpOnly"), "{cookie}");
        browser.opens(&link).await;
        assert_eq!((browser.at().query(), browser.at().path()), (None, "/realms/certinomis/link"));
        assert!(!browser.answer().body.contains(&token(&link)));
        assert_eq!(browser.answer().header("referrer-policy"), Some("same-origin"));
        // Pressed, it is forgotten.
        browser.submits(&[("do", "confirm")]).await;
        assert!(browser.cookies().value("__Host-guichet-link").is_none());
    })
    .await;
}

#[tokio::test]
async fn sr_49_a_link_opened_elsewhere_never_advances_the_browser_that_waits() {
    on_each_database(async |world| {
        let (mut waiting, link) = registered(world).await;
        let mut elsewhere = world.browser();
        elsewhere.opens(&link).await;
        assert!(elsewhere.says("marie.•••@exemple.fr"), "it says what it is about");
        elsewhere.submits(&[("do", "confirm")]).await;
        for _ in 0..2 {
            waiting.reloads().await;
            assert_eq!(waiting.place(), "verify-email");
        }
        let form = waiting.form("Vérifier mon courriel").without("code");
        waiting.sends(&form).await;
        assert_eq!(waiting.place(), "verify-email");
        assert!(waiting.cookies().value("__Host-guichet-session-certinomis").is_none());
        let password = waiting.at().as_str().replace("verify-email", "required-actions/update-password");
        assert_eq!(waiting.opens(&password).await.place(), "verify-email");
    })
    .await;
}

#[tokio::test]
async fn sr_50_somebody_elses_verification_does_not_complete_a_waiting_registration() {
    on_each_database(async |world| {
        // Mallory registers Marie's address; Marie, annoyed or curious, confirms it on her own computer.
        let (mut mallory, link) = registered(world).await;
        let mut marie = world.browser();
        marie.opens(&link).await.submits(&[("do", "confirm")]).await;
        marie.follows("Je préfère continuer ici").await;
        marie.submits(&MARIE.new_password()).await.submits(&MARIE.secret_question()).await;
        // Mallory's tab still stands where it stood, and guessing the code ends after five tries.
        for guess in 0..6 {
            mallory.submits(&[("code", &format!("{guess:06}"))]).await;
            assert_eq!(mallory.place(), "verify-email");
        }
        assert_eq!(mallory.field_error("code").as_deref(), Some("Ce code n’est plus valable. Demandez-en un autre"));
        MARIE.signs_in(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_54_a_used_code_or_link_makes_the_others_of_the_registration_useless() {
    on_each_database(async |world| {
        let (mut browser, first) = registered(world).await;
        world.advance(minutes(2));
        browser.reloads().await.presses("Cliquez ici").await;
        let second = link(&world.mail_to(MARIE.email).await);
        browser.opens(&second).await.submits(&[("do", "confirm")]).await;
        let mut other = world.browser();
        other.opens(&first).await;
        assert_eq!((other.status(), other.h1().as_str()), (410, "Ce lien a déjà servi"));
        assert!(other.says("Votre courriel a été vérifié."));
    })
    .await;
}

#[tokio::test]
async fn sr_56_links_are_built_from_the_configured_address_whatever_headers_say() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        for name in ["x-forwarded-host", "x-forwarded-port", "forwarded", "x-original-url", "x-rewrite-url", "x-host"] {
            browser = browser.always_sending(name.parse().unwrap(), "evil.example");
        }
        browser = browser.always_sending(http::header::HOST, "evil.example");
        let asked = browser.asks(&Method::GET, &Url::parse(&world.portal().asks().url()).unwrap(), None, &[]).await;
        assert!(asked.location().is_none_or(|to| to.starts_with("/realms/") || to.starts_with(PUBLIC)), "{asked:?}");
        assert!(!format!("{:?}{}", asked.headers, asked.body).contains("evil.example"));
        // A name that is not ours may be refused; with ours, the rest must change nothing.
        let mut browser = world.browser();
        for name in ["x-forwarded-host", "forwarded", "x-host"] {
            browser = browser.always_sending(name.parse().unwrap(), "evil.example");
        }
        browser.opens(&world.portal().asks().url()).await;
        MARIE.registers(&mut browser).await;
        let mail = world.mail_to(MARIE.email).await;
        assert!(mail.links.iter().all(|link| link.starts_with(PUBLIC)), "{:?}", mail.links);
        assert!(!mail.html.contains("evil.example") && !mail.headers.contains("evil.example"));
    })
    .await;
}

#[tokio::test]
async fn sr_42_tampered_cut_and_foreign_links_open_nothing_and_say_one_thing() {
    on_each_database(async |world| {
        let (_, link) = registered(world).await;
        let token = token(&link);
        let mut flipped = token.clone();
        let last = if flipped.ends_with('A') { 'B' } else { 'A' };
        flipped.replace_range(0..1, if token.starts_with('A') { "B" } else { "A" });
        let mut ends_otherwise = token.clone();
        ends_otherwise.pop();
        ends_otherwise.push(last);
        let longer = format!("{token}A");
        for wrong in [
            &flipped,
            &ends_otherwise,
            &longer,
            &token[..token.len() - 1],
            &token.to_uppercase(),
            &token.to_lowercase(),
            "",
            "%00",
            "' OR '1'='1",
            "..%2f..%2f",
            "é",
        ] {
            if wrong == token {
                continue;
            }
            let mut browser = world.browser();
            let mut url = Url::parse(&format!("{PUBLIC}/realms/certinomis/link")).unwrap();
            url.query_pairs_mut().append_pair("token", wrong);
            browser.opens(url.as_str()).await;
            assert_eq!((browser.status(), browser.h1().as_str()), (404, "Ce lien est incomplet"), "{wrong}");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM links WHERE spent_at IS NOT NULL").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_46_a_verification_link_lives_a_day_and_its_code_half_an_hour() {
    on_each_database(async |world| {
        let (mut waiting, link_) = registered(world).await;
        let mail = world.mail_to(MARIE.email).await;
        world.advance(minutes(30));
        waiting.submits(&[("code", &crate::support::world::code(&mail))]).await;
        assert_eq!(waiting.field_error("code").as_deref(), Some("Ce code n’est plus valable. Demandez-en un autre"));
        world.advance(hours(23));
        let mut browser = world.browser();
        assert_eq!(browser.opens(&link_).await.status(), 200);
        world.advance(minutes(30));
        browser.reloads().await;
        assert_eq!((browser.status(), browser.h1().as_str()), (410, "Ce lien a expiré"));
        assert!(browser.says("Il était valable 24 heures, jusqu’au 4 mars 2026 à 14 h 12"), "{}", browser.text());
        world.advance(days(1));
        browser.presses("Recevoir un nouveau lien").await;
        assert_eq!(browser.place(), "verify-email");
        MARIE.confirms(world, &mut browser).await;
        assert_eq!(browser.h1(), "C’est confirmé");
    })
    .await;
}

#[tokio::test]
async fn sr_11_parallel_guesses_at_a_code_are_counted_before_they_are_looked_at() {
    on_each_database(async |world| {
        let (browser, _) = registered(world).await;
        let right = crate::support::world::code(&world.mail_to(MARIE.email).await);
        let form = browser.form("Vérifier mon courriel");
        let number: u32 = right.parse().unwrap();
        let wrong = |step: u32| form.clone().with("code", &format!("{:06}", (number + step) % 1_000_000));
        let guesses: Vec<_> = (1..=10).map(wrong).collect();
        futures_of(guesses.iter().map(|guess| browser.posts(guess))).await;
        // Five were looked at; the right one comes too late.
        let answer = browser.posts(&form.with("code", &right)).await;
        assert_eq!(answer.status, 422);
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 0);
    })
    .await;
}
