//! Browser sessions and cookies (SR-98 to SR-106), and forms of other sites (SR-107, SR-108, SR-110).

use guichet::clock::{hours, minutes};
use http::Method;
use http::header::{HeaderName, ORIGIN};
use url::Url;

use crate::support::browser::Browser;
use crate::support::client_app::{endpoint, parameter};
use crate::support::database::hex;
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{PUBLIC, World, on_each_database};

const SESSION: &str = "__Host-guichet-session-certinomis";

fn session(browser: &Browser) -> Option<String> {
    browser.cookies().value(SESSION)
}

/// Whether the open session answers the portal's request by itself.
async fn is_known(world: &World, browser: &mut Browser) -> bool {
    browser.opens(&world.portal().asks().url()).await;
    browser.has_left()
}

#[tokio::test]
async fn sr_98_a_session_id_is_random_hashed_at_rest_and_in_a_cookie_only() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = world.browser();
        let asked = world.portal().asks();
        browser.opens(&asked.url()).await.submits(&MARIE.credentials()).await;
        let id = session(&browser).unwrap();
        assert_eq!(id.len(), 43, "256 bits");
        assert!(!browser.left_for().as_str().contains(&id));
        let dump = world.database.dump().await;
        let hex = hex(&id);
        assert!(!dump.contains(&id) && !dump.contains(&hex));
        // Cut, longer or otherwise spelled it is nobody's.
        for other in [id[..42].to_owned(), format!("{id}A"), id.to_lowercase(), String::new()] {
            let mut thief = world.browser();
            thief.cookies().put(SESSION, &other);
            assert!(!is_known(world, &mut thief).await, "{other}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_99_every_sign_in_makes_a_new_id_and_ends_the_old_one() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = world.browser();
        let planted = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
        browser.cookies().put(SESSION, planted);
        MARIE.signs_in(world, &mut browser).await;
        let first = session(&browser).unwrap();
        assert_ne!(first, planted, "an id from outside is never adopted");
        world.advance(guichet::clock::Duration::from_secs(1));
        browser.opens(&world.portal().asks().with("prompt", "login").url()).await;
        browser.submits(&[("password", MARIE.password)]).await;
        assert!(browser.has_left());
        assert_ne!(session(&browser).unwrap(), first);
        let mut thief = world.browser();
        thief.cookies().put(SESSION, &first);
        assert!(!is_known(world, &mut thief).await, "the old one is over");
    })
    .await;
}

#[tokio::test]
async fn sr_101_a_session_ends_after_thirty_idle_minutes_or_twelve_hours() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut idle = world.browser();
        MARIE.signs_in(world, &mut idle).await;
        world.advance(minutes(29));
        assert!(is_known(world, &mut idle).await);
        world.advance(minutes(31));
        assert!(!is_known(world, &mut idle).await, "idle");

        let mut busy = world.browser();
        MARIE.signs_in(world, &mut busy).await;
        for _ in 0..23 {
            world.advance(minutes(29));
            assert!(is_known(world, &mut busy).await);
        }
        world.advance(minutes(29));
        world.advance(minutes(29));
        assert!(!is_known(world, &mut busy).await, "absolute");
    })
    .await;
}

#[tokio::test]
async fn sr_101_an_application_that_asks_in_silence_keeps_no_session_alive() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (portal, mut browser) = (world.portal(), world.browser());
        MARIE.signs_in(world, &mut browser).await;
        for told in ["code", "code", "error"] {
            world.advance(minutes(10));
            browser.opens(&portal.asks().with("prompt", "none").url()).await;
            assert!(parameter(browser.left_for(), told).is_some(), "{}", browser.left_for());
        }
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("login_required"));
        // What a person sees happen is their activity.
        MARIE.signs_in(world, &mut browser).await;
        for _ in 0..3 {
            world.advance(minutes(10));
            assert!(is_known(world, &mut browser).await);
        }
        browser.opens(&portal.asks().with("prompt", "none").url()).await;
        assert!(parameter(browser.left_for(), "code").is_some(), "{}", browser.left_for());
    })
    .await;
}

#[tokio::test]
async fn certinomis_a_remembered_session_outlives_the_browser_where_the_realm_allows_it() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.rewrites_realm(&[("remember_me = false", "remember_me = true")]).await;
        for remembered in [false, true] {
            let mut browser = world.browser();
            browser.opens(&world.portal().asks().url()).await;
            assert!(!browser.page().ticked("rememberMe"), "off unless asked for");
            assert!(browser.says("Garder ma session ouverte 30 jours sur cet appareil"), "{}", browser.text());
            browser.ticks("rememberMe", remembered).submits(&MARIE.credentials()).await;
            assert!(browser.has_left());
            browser.cookies().close();
            world.advance(hours(13));
            assert_eq!(is_known(world, &mut browser).await, remembered);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_102_the_end_of_a_session_is_immediate_on_every_node() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (portal, mut browser) = (world.portal(), world.browser());
        let tokens = MARIE.signs_in(world, &mut browser).await;
        let (other, kept) = (world.another_node().await, session(&browser).unwrap());
        browser.opens(&portal.logout_url(&[("id_token_hint", &tokens.id_token)])).await;
        let mut elsewhere = world.browser();
        elsewhere.reaches(other.address);
        elsewhere.cookies().put(SESSION, &kept);
        assert!(!is_known(world, &mut elsewhere).await);
        assert_eq!(portal.refreshes(&tokens.refresh_token.unwrap()).await.status, 400);
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_105_a_second_user_of_a_browser_inherits_nothing() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let (portal, mut browser) = (world.portal(), world.browser());
        let maries = MARIE.signs_in(world, &mut browser).await;
        let first = session(&browser).unwrap();
        world.advance(guichet::clock::Duration::from_secs(1));
        let asked = portal.asks();
        browser.opens(&asked.clone().with("prompt", "select_account").url()).await;
        if browser.page().value("password").is_none() {
            browser.presses("Utiliser un autre compte").await;
        }
        assert!(!browser.says(MARIE.last_name), "{}", browser.text());
        browser.submits(&PAUL.credentials()).await;
        let pauls = portal.redeems(&asked, browser.left_for()).await;
        assert_ne!(session(&browser).unwrap(), first);
        assert_eq!(portal.userinfo(&pauls.access_token).await.json()["email"], PAUL.email);
        let mut thief = world.browser();
        thief.cookies().put(SESSION, &first);
        assert!(!is_known(world, &mut thief).await, "Marie's session is over");
        assert_eq!(portal.refreshes(&maries.refresh_token.unwrap()).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn sr_106_knowing_an_id_gives_no_right() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        let as_text = match world.database.engine {
            crate::support::database::Engine::Sqlite => "SELECT lower(hex(id)) FROM sessions",
            crate::support::database::Engine::Postgres => "SELECT id::text FROM sessions",
        };
        for id in world.database.texts(as_text).await {
            let mut thief = world.browser();
            thief.cookies().put(SESSION, &id);
            assert!(!is_known(world, &mut thief).await);
            thief.opens(&format!("{}?flow={id}", endpoint("auth/resume"))).await;
            assert!(!thief.has_left());
        }
    })
    .await;
}

#[tokio::test]
async fn sr_107_forms_of_other_sites_other_browsers_and_nobody_change_nothing() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        browser.types("username", MARIE.email).types("password", MARIE.password);
        let (form, at) = (browser.form("Connexion"), browser.at().clone());
        let site = HeaderName::from_static("sec-fetch-site");
        let send = async |form: &crate::support::page::Form, headers: &[(HeaderName, &str)]| {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (name.clone(), (*value).to_owned())).collect();
            browser.asks(&Method::POST, &at, Some(form.encoded()), &headers).await.status.as_u16()
        };
        for headers in [
            &[(ORIGIN, "https://evil.example")][..],
            &[(ORIGIN, "null")],
            &[(site.clone(), "cross-site")],
            &[(ORIGIN, PUBLIC), (site.clone(), "same-site")],
            &[],
        ] {
            assert_eq!(send(&form, headers).await, 403, "{headers:?}");
        }
        // Ours by its origin, with a token that is missing, altered, or of another browser (login CSRF).
        let mut other = world.browser();
        other.opens(&world.portal().asks().url()).await;
        let foreign = other.form("Connexion").fields.into_iter().find(|(name, _)| name == "_form").unwrap().1;
        for token in ["", "x", foreign.as_str()] {
            let forged = form.clone().with("_form", token);
            assert_eq!(send(&forged, &[(ORIGIN, PUBLIC)]).await, 403, "{token}");
        }
        assert_eq!(send(&form.clone().without("_form"), &[(ORIGIN, PUBLIC)]).await, 403);
        assert_eq!(world.database.count("SELECT count(*) FROM sessions").await, 1, "the one of the registration");
        assert_eq!(send(&form, &[(ORIGIN, PUBLIC)]).await, 303);
    })
    .await;
}

#[tokio::test]
async fn sr_108_reading_methods_change_nothing_and_unknown_ones_are_refused() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        let pages = ["sign-in", "register", "verify-email", "link", "recover/password", "sign-out", "applications"];
        let changes = "SELECT count(*) FROM events WHERE name NOT IN ('journey.began')";
        let before = (world.database.count(changes).await, world.database.count("SELECT count(*) FROM users").await);
        for page in pages {
            let url = Url::parse(&format!("{PUBLIC}/realms/certinomis/{page}")).unwrap();
            for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                let answer = browser.asks(&method, &url, None, &[]).await;
                assert!(!answer.status.is_server_error(), "{method} {page}: {}", answer.status);
            }
            for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
                let answer = browser.asks(&method, &url, None, &[(ORIGIN, PUBLIC.to_owned())]).await;
                assert_eq!(answer.status, 405, "{method} {page}");
            }
        }
        let after = (world.database.count(changes).await, world.database.count("SELECT count(*) FROM users").await);
        assert_eq!(before, after);
        assert!(is_known(world, &mut browser).await);
    })
    .await;
}

#[tokio::test]
async fn sr_108_looking_whether_a_mailed_page_is_there_begins_no_journey() {
    on_each_database(async |world| {
        let page = Url::parse(&format!("{PUBLIC}/realms/certinomis/recover/password")).unwrap();
        let before = world.database.dump().await;
        let answer = world.browser().asks(&Method::HEAD, &page, None, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.cookies().count()), (200, 0));
        assert_eq!(world.database.dump().await, before);
        let mut browser = world.browser();
        browser.opens(page.as_str()).await;
        assert!(browser.value("username").is_some() && world.database.dump().await != before);
    })
    .await;
}

#[tokio::test]
async fn sr_110_forms_are_posted_and_answered_with_303() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        let html = scraper::Html::parse_document(&browser.answer().body);
        let forms = scraper::Selector::parse("form").unwrap();
        assert!(html.select(&forms).all(|form| form.attr("method") == Some("post")));
        // Every redirect on the way was a 303: the browser refuses any other.
        browser.submits(&MARIE.credentials()).await;
        assert!(browser.has_left());
        // A secret in the address does nothing.
        let mut other = world.browser();
        other.opens(&world.portal().asks().url()).await;
        let address = format!("{}&username={}&password={}", other.at(), MARIE.email, MARIE.password);
        other.opens(&address).await;
        assert!(!other.has_left() && other.place() == "sign-in");
    })
    .await;
}
