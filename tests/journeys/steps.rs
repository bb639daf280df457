//! The flow engine (SR-61 to SR-76): a journey is on the server, belongs to one browser, and skips nothing.

use guichet::clock::{days, hours, minutes};
use http::Method;
use url::Url;

use super::recovery::futures_of;
use crate::support::browser::Browser;
use crate::support::client_app::{endpoint, parameter};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{World, link, on_each_database};

async fn begun(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    browser
}

/// A browser before Marie's first password.
async fn confirmed(world: &World) -> Browser {
    let mut browser = begun(world).await;
    MARIE.registers(&mut browser).await;
    MARIE.confirms(world, &mut browser).await;
    browser.follows("Continuer").await;
    browser
}

/// Where the code would come from.
fn resume(browser: &Browser) -> String {
    format!("{}?flow={}", endpoint("auth/resume"), parameter(browser.at(), "flow").unwrap())
}

#[tokio::test]
async fn sr_61_an_unverified_registration_gives_and_holds_nothing() {
    on_each_database(async |world| {
        let (mut one, mut two) = (begun(world).await, begun(world).await);
        MARIE.registers(&mut one).await;
        MARIE.registers(&mut two).await;
        for sql in ["SELECT count(*) FROM users", "SELECT count(*) FROM sessions", "SELECT count(*) FROM codes"] {
            assert_eq!(world.database.count(sql).await, 0, "{sql}");
        }
        one.opens(&resume(&one)).await;
        assert_eq!(one.place(), "verify-email");
        // The address is nobody's until a link is followed; after its time nothing is left of it.
        world.advance(hours(25));
        MARIE.gets_an_account(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_62_no_password_is_chosen_before_the_address_is_proven() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        MARIE.registers(&mut browser).await;
        let early = browser.form("Vérifier mon courriel").with("password-new", "Piege-de-Mallory-1");
        browser.posts(&early.with("password-confirm", "Piege-de-Mallory-1").with("password", "x")).await;
        assert_eq!(world.database.count("SELECT count(*) FROM passwords").await, 0);
        // Whoever confirms elsewhere without choosing one leaves none behind either.
        MARIE.confirms(world, &mut world.browser()).await;
        assert_eq!(world.database.count("SELECT count(*) FROM passwords").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_63_the_address_is_verified_as_it_was_proved_and_by_nothing_else() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        browser.follows("S’enregistrer").await;
        for (field, value) in MARIE.registration() {
            browser.types(field, value);
        }
        // Mallory mails the link to her own box and swaps the address while it is on its way.
        let form = browser.form("S’enregistrer").with("email", "mallory@exemple.fr");
        browser.sends(&form).await;
        let mallorys = link(&world.mail_to("mallory@exemple.fr").await);
        let register = browser.at().as_str().replace("verify-email", "register");
        world.advance(minutes(2));
        browser.opens(&register).await.submits(&MARIE.registration()).await;
        browser.opens(&mallorys).await.submits_if(&[("do", "confirm")]).await;
        let verified = world.database.texts("SELECT email FROM users WHERE email_verified_at IS NOT NULL").await;
        assert!(verified == ["mallory@exemple.fr"] || verified.is_empty(), "{verified:?}");
    })
    .await;
}

#[tokio::test]
async fn sr_68_closed_registration_refuses_every_way_in() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        browser.follows("S’enregistrer").await;
        for (field, value) in MARIE.registration() {
            browser.types(field, value);
        }
        let (form, page) = (browser.form("S’enregistrer"), browser.at().to_string());
        world.rewrites_realm(&[("registration = \"verified-email\"\n", "")]).await;
        assert_eq!(browser.posts(&form).await.status, 403);
        assert_eq!(browser.opens(&page).await.status(), 403);
        assert!(browser.says("La création de compte n’est pas ouverte ici."));
        browser.opens(&world.portal().asks().url()).await;
        assert!(browser.page().link("S’enregistrer").is_none());
        for wish in [
            world.portal().asks().with("prompt", "create").url(),
            world.portal().asks().url().replace("/auth?", "/registrations?"),
        ] {
            let mut browser = world.browser();
            browser.opens(&wish).await;
            assert!(browser.has_left() || browser.place() != "register", "{wish}");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM links").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_69_a_registration_takes_what_it_declares_and_nothing_privileged() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        browser.follows("S’enregistrer").await;
        for (field, value) in MARIE.registration() {
            browser.types(field, value);
        }
        let mut form = browser.form("S’enregistrer");
        for (name, value) in [
            ("roles", "overlord"),
            ("email_verified", "true"),
            ("emailVerified", "true"),
            ("id", "1"),
            ("state", "active"),
            ("user_id", "00000000-0000-0000-0000-000000000000"),
            ("password", "Piege-1-mallory"),
            ("groups", "staff"),
        ] {
            form = form.with(name, value);
        }
        browser.sends(&form).await;
        let refused = world.mails_to(MARIE.email).await.is_empty();
        if !refused {
            MARIE.confirms(world, &mut browser).await;
            let dump = world.database.dump().await;
            assert!(!dump.contains("overlord") && !dump.contains("staff") && !dump.contains("00000000-0000-0000"));
            assert_eq!(world.database.count("SELECT count(*) FROM passwords").await, 0);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_71_a_journey_cannot_be_moved_to_another_browser() {
    on_each_database(async |world| {
        let mut own = confirmed(world).await;
        let (page, form) = (own.at().to_string(), own.form("Soumettre"));
        for known in [false, true] {
            let mut thief = world.browser();
            if known {
                thief.opens(&world.portal().asks().url()).await;
            }
            thief.opens(&page).await;
            assert!(!thief.says(MARIE.email) && thief.page().value("password-new").is_none(), "{}", thief.text());
            let mut forged = form.clone().with("password-new", PAUL.password).with("password-confirm", PAUL.password);
            forged.action = Some(page.clone());
            let answer = thief.posts(&forged).await;
            assert!(
                answer.status != 303 && answer.cookies().all(|cookie| !cookie.contains("session")),
                "{}",
                answer.status
            );
            thief.opens(&resume(&own)).await;
            assert!(!thief.has_left());
        }
        assert_eq!(world.database.count("SELECT count(*) FROM passwords").await, 0);
        // A cookie that was guessed or planted is not adopted either.
        let mut planted = world.browser();
        planted.cookies().put("__Host-guichet-browser", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        planted.opens(&page).await;
        assert!(!planted.says(MARIE.email));
        own.submits(&MARIE.new_password()).await;
        assert_eq!(own.place(), "required-actions/set-secret-question");
    })
    .await;
}

#[tokio::test]
async fn sr_72_no_submission_completes_a_step_that_is_not_its_own() {
    on_each_database(async |world| {
        let mut browser = confirmed(world).await;
        let at = browser.at().to_string();
        let form = browser.form("Soumettre");
        // The question before the password, with the password page's own token; and everything at once.
        let mut early = form.clone().with("question", MARIE.question).with("answer", MARIE.answer);
        early.action = Some(at.replace("update-password", "set-secret-question"));
        assert!(browser.posts(&early).await.location().unwrap().contains("update-password"));
        let mut browser_form = form.clone();
        for (field, value) in MARIE.new_password().into_iter().chain(MARIE.secret_question()) {
            browser_form = browser_form.with(field, value);
        }
        browser.sends(&browser_form).await;
        assert_eq!(browser.place(), "required-actions/set-secret-question");
        assert_eq!(world.database.count("SELECT count(*) FROM secret_questions").await, 0);
        // A form of another journey of the same browser does not count in this one.
        let mut other = browser.tab();
        other
            .opens(&world.portal().asks().url())
            .await
            .types("username", MARIE.email)
            .types("password", MARIE.password);
        let mut crossed = other.form("Connexion");
        crossed.action = Some(browser.at().to_string());
        assert_eq!(browser.posts(&crossed.with("question", "Q ?").with("answer", "Rrrr")).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn sr_72_parallel_submissions_of_one_step_count_once() {
    on_each_database(async |world| {
        let mut browser = confirmed(world).await;
        let (mut forms, mut tabs) = (Vec::new(), Vec::new());
        for number in 0..4 {
            let mut tab = browser.tab();
            tab.opens(browser.at().as_str()).await;
            let password = format!("Rosée-du-soir-{number}");
            forms.push(tab.form("Soumettre").with("password-new", &password).with("password-confirm", &password));
            tabs.push(tab);
        }
        futures_of(tabs.iter().zip(&forms).map(|(tab, form)| tab.posts(form))).await;
        assert_eq!(world.database.count("SELECT count(*) FROM events WHERE name = 'password.changed'").await, 1);
        browser.reloads().await.submits_if(&[("question", MARIE.question), ("answer", MARIE.answer)]).await;
    })
    .await;
}

#[tokio::test]
async fn sr_73_nothing_is_issued_until_every_action_is_done() {
    on_each_database(async |world| {
        let mut browser = confirmed(world).await;
        for _ in 0..2 {
            browser.opens(&resume(&browser)).await;
            assert!(!browser.has_left());
            assert!(browser.place().starts_with("required-actions/"), "{}", browser.place());
            // Another tab, another client request: the policy is asked from the beginning.
            let mut tab = browser.tab();
            tab.opens(&world.portal().asks().url()).await;
            assert_eq!(tab.place(), "sign-in");
            assert_eq!(world.database.count("SELECT count(*) FROM sessions").await, 0);
            browser.submits_if(&MARIE.new_password()).await;
        }
        // With the right password in a fresh browser the question is still owed.
        let mut fresh = begun(world).await;
        fresh.submits(&MARIE.credentials()).await;
        assert_eq!(fresh.place(), "required-actions/set-secret-question");
        assert!(fresh.cookies().value("__Host-guichet-session-certinomis").is_none());
        let mut silent = fresh.tab();
        silent.opens(&world.portal().asks().with("prompt", "none").url()).await;
        assert_eq!(parameter(silent.left_for(), "error").as_deref(), Some("login_required"));
    })
    .await;
}

#[tokio::test]
async fn sr_73_an_action_that_becomes_owed_later_is_asked_of_everybody() {
    on_each_database(async |world| {
        let both = "[\"verify_email\", \"update_password\", \"set_secret_question\"]";
        let one = "[\"verify_email\", \"update_password\"]";
        world.rewrites_realm(&[(both, one)]).await;
        let mut browser = begun(world).await;
        MARIE.registers(&mut browser).await;
        MARIE.confirms(world, &mut browser).await;
        browser.follows("Continuer").await.submits(&MARIE.new_password()).await;
        assert!(browser.has_left());
        world.rewrites_realm(&[(one, both)]).await;
        browser.opens(&world.portal().asks().url()).await;
        assert_eq!(browser.place(), "required-actions/set-secret-question", "{}", browser.text());
        browser.submits(&MARIE.secret_question()).await;
        assert!(browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_74_a_cancelled_confirmation_never_yields_another_user() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let (portal, mut browser) = (world.portal(), world.browser());
        MARIE.signs_in(world, &mut browser).await;
        let before = browser.cookies().value("__Host-guichet-session-certinomis");
        world.advance(guichet::clock::Duration::from_secs(1));
        browser.opens(&portal.asks().with("prompt", "login").url()).await;
        assert!(!browser.has_left(), "{}", browser.left_for());
        assert_eq!(browser.h1(), "Confirmez que c’est bien vous");
        let form = browser.form("Connexion").with("username", PAUL.email).with("password", PAUL.password);
        browser.sends(&form).await;
        assert!(!browser.has_left() && browser.status() == 422, "{}", browser.text());
        // Given up: it is still Marie's session, under the same id.
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        assert_eq!(browser.cookies().value("__Host-guichet-session-certinomis"), before);
        let tokens = portal.redeems(&asked, browser.left_for()).await;
        assert_eq!(portal.userinfo(&tokens.access_token).await.json()["email"], MARIE.email);
    })
    .await;
}

#[tokio::test]
async fn sr_75_a_database_that_fails_refuses_with_a_reference_and_loses_nothing() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (portal, mut browser) = (world.portal(), world.browser());
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        browser.types("username", MARIE.email).types("password", MARIE.password);
        let form = browser.form("Connexion");
        world.node.house.clone().close().await.unwrap();
        let failed = browser.posts(&form).await;
        assert_eq!(failed.status, 500);
        let page = crate::support::page::Page::parse(&failed.body);
        assert_eq!(page.h1(), "Nous n’avons pas pu terminer");
        assert!(page.text().contains("Référence") && !failed.body.contains("sqlx") && !failed.body.contains("pool"));
        assert!(failed.cookies().all(|cookie| !cookie.contains("session")));
        for address in [portal.asks().url(), endpoint("userinfo"), endpoint("token")] {
            let url = Url::parse(&address).unwrap();
            let method = if address.ends_with("token") { Method::POST } else { Method::GET };
            let body = "grant_type=authorization_code&code=x&redirect_uri=y&client_id=portal&client_secret=z";
            let answer = browser.asks(&method, &url, Some(body.to_owned()), &[]).await;
            assert!(answer.status.is_server_error() || answer.status == 401, "{address}: {}", answer.status);
        }
        world.restarts().await;
        browser.reaches(world.node.address);
        browser.sends(&form).await;
        let portal = world.portal();
        portal.redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_76_journeys_end_and_cost_strangers_little() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        // Idle for an hour it starts again, after a day it is gone.
        world.advance(hours(23));
        assert_eq!(browser.reloads().await.place(), "sign-in");
        assert_eq!(browser.h1(), "Connectez-vous à votre compte");
        world.advance(hours(2));
        assert_eq!(browser.reloads().await.h1(), "Quelle application voulez-vous ouvrir ?");
        // One source begins 120 a minute.
        let hasty = world.browser().from("203.0.113.66");
        let url = Url::parse(&world.portal().asks().url()).unwrap();
        for number in 0..121 {
            hasty.cookies().forget("__Host-guichet-browser");
            let answer = hasty.asks(&Method::GET, &url, None, &[]).await;
            let expected = if number < 120 { 303 } else { 429 };
            assert_eq!(answer.status, expected, "{number}");
        }
        world.advance(days(1));
    })
    .await;
}

#[tokio::test]
async fn certinomis_a_disabled_account_is_told_so_after_the_right_password_only() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (portal, mut open) = (world.portal(), world.browser());
        let tokens = MARIE.signs_in(world, &mut open).await;
        world.database.execute("UPDATE users SET state = 'disabled'").await;
        let mut browser = begun(world).await;
        browser.submits(&[("username", MARIE.email), ("password", "Mauvaise-Pioche-3")]).await;
        assert_eq!((browser.status(), browser.says("suspendu")), (422, false));
        browser.submits(&MARIE.credentials()).await;
        assert!(browser.status() == 403 && browser.says("Ce compte est suspendu."), "{}", browser.text());
        assert!(browser.cookies().value("__Host-guichet-session-certinomis").is_none());
        // What was open is over as well.
        open.opens(&portal.asks().url()).await;
        assert!(!open.has_left(), "no code for a disabled account");
        assert_eq!(portal.refreshes(&tokens.refresh_token.unwrap()).await.status, 400);
        assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
    })
    .await;
}
