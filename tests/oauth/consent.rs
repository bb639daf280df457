//! Consent: asked of people before somebody else's application learns of them, once for what it asks, and taken back.

use guichet::clock::{hours, minutes};
use http::Method;

use super::{is_a_page, refused, signed_in, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, claims, endpoint, parameter};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{REALM, World, on_each_database};

const KEPT: &str = "SELECT count(*) FROM consents";

/// Somebody else's application, which people are asked about as the file says.
async fn with_other(world: &mut World, consent: &str) -> ClientApp {
    let consent = format!("\"{consent}\"");
    let lines = [
        ("consent", consent.as_str()),
        ("scope", "\"openid profile email offline_access\""),
        ("client_name", "{ fr = \"Espace documents\", en = \"Document room\" }"),
        ("policy_uri", "\"https://docs.example/donnees\""),
        ("tos_uri", "\"https://docs.example/conditions\""),
    ];
    with_client(world, "docs", &lines).await
}

async fn asked(browser: &mut Browser, client: &ClientApp, scope: &str) -> crate::support::client_app::Asked {
    let asked = client.asks().with("scope", scope);
    browser.opens(&asked.url()).await;
    asked
}

fn error(browser: &Browser) -> Option<String> {
    parameter(browser.left_for(), "error")
}

#[tokio::test]
async fn sr_77_the_page_names_the_application_its_domain_and_what_it_asks_and_favours_no_answer() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        world.has(&MARIE).await;
        let mut browser = world.browser();
        let asked = asked(&mut browser, &docs, "openid email").await;
        assert_eq!(browser.place(), "sign-in", "who it is comes first");
        browser.submits(&MARIE.credentials()).await;
        assert_eq!((browser.place(), browser.status()), ("consent", 200), "{}", browser.text());
        assert_eq!(browser.h1(), "Autoriser Espace documents ?");
        for told in
            ["docs.example", "Marie Durand", "vous reconnaître d’une visite à l’autre", "lire votre adresse e-mail"]
        {
            assert!(browser.says(told), "{told}\n{}", browser.text());
        }
        assert!(!browser.says("lire votre nom"), "what is not asked is not told");
        let links =
            ["Données personnelles : ce qu’en fait Espace documents", "Conditions d’utilisation de Espace documents"];
        for (link, href) in links.iter().zip(["https://docs.example/donnees", "https://docs.example/conditions"]) {
            assert_eq!(browser.page().link(link).as_deref(), Some(href));
        }
        assert!(!browser.answer().body.contains("autofocus"));
        browser.opens(&format!("{}&lang=en", browser.at())).await;
        assert_eq!(browser.h1(), "Allow Document room?");
        // GET and HEAD say nothing for anybody (SR-108).
        browser.asks(&Method::HEAD, browser.at(), None, &[]).await;
        assert_eq!(world.database.count(KEPT).await, 0);
        browser.presses("Allow").await;
        let given = docs.redeems(&asked, browser.left_for()).await;
        assert_eq!(docs.userinfo(&given.access_token).await.json()["email"], MARIE.email);
        assert_eq!(world.database.count(KEPT).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_77_who_refuses_is_brought_back_with_nothing() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        let (mut browser, _) = signed_in(world).await;
        for way in ["Refuser", "Revenir à Espace documents"] {
            let asked = asked(&mut browser, &docs, "openid").await;
            match way {
                "Refuser" => browser.presses(way).await,
                _ => browser.follows(way).await,
            };
            assert_eq!(error(&browser).as_deref(), Some("access_denied"));
            assert_eq!(parameter(browser.left_for(), "state").as_ref(), Some(&asked.state));
            assert_eq!(parameter(browser.left_for(), "code"), None);
        }
        assert_eq!(world.database.count(KEPT).await, 0);
        // Nobody else is asked, and saying no once decides nothing for ever.
        let portal = world.portal();
        super::tokens(&mut browser, &portal).await;
        let asked = asked(&mut browser, &docs, "openid").await;
        browser.presses("Autoriser").await;
        docs.redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_agreed_to_is_asked_again_when_it_is_more() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        let (mut browser, _) = signed_in(world).await;
        // (scope, whether the page is shown)
        for (scope, shown) in [
            ("openid email", true),
            ("openid email", false),
            ("openid", false),
            ("openid profile", true),
            ("openid profile email", false),
            // Core §11: offline access is asked for each time.
            ("openid offline_access", true),
            ("openid offline_access", true),
        ] {
            let asked = asked(&mut browser, &docs, scope).await;
            assert_eq!(!browser.has_left(), shown, "{scope}");
            if shown {
                assert_eq!(browser.says("garder ces accès en votre absence"), scope.contains("offline"));
                browser.presses("Autoriser").await;
            }
            docs.redeems(&asked, browser.left_for()).await;
        }
        assert_eq!(world.database.count(KEPT).await, 1, "one row, that grew");
        // It is Marie's alone.
        world.has(&PAUL).await;
        let mut paul = world.browser();
        asked(&mut paul, &docs, "openid").await;
        paul.submits(&PAUL.credentials()).await;
        assert_eq!(paul.place(), "consent");
    })
    .await;
}

#[tokio::test]
async fn sr_135_silence_never_skips_consent() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        let (mut browser, _) = signed_in(world).await;
        let silent = |scope: &str| docs.asks().with("prompt", "none").with("scope", scope);
        browser.opens(&silent("openid").url()).await;
        assert_eq!(error(&browser).as_deref(), Some("consent_required"));
        let given = asked(&mut browser, &docs, "openid").await;
        browser.presses("Autoriser").await;
        docs.redeems(&given, browser.left_for()).await;
        let again = silent("openid");
        browser.opens(&again.url()).await;
        docs.redeems(&again, browser.left_for()).await;
        for scope in ["openid email", "openid offline_access"] {
            browser.opens(&silent(scope).url()).await;
            assert_eq!(error(&browser).as_deref(), Some("consent_required"), "{scope}");
        }
        // Not signed in comes first.
        let mut stranger = world.browser();
        stranger.opens(&silent("openid").url()).await;
        assert_eq!(error(&stranger).as_deref(), Some("login_required"));
    })
    .await;
}

#[tokio::test]
async fn oidcc_prompt_consent() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        let (portal, (mut browser, _)) = (world.portal(), signed_in(world).await);
        for client in [&docs, &docs, &portal] {
            let asked = client.asks().with("prompt", "consent");
            browser.opens(&asked.url()).await;
            assert_eq!(browser.place(), "consent", "the client itself wants the page");
            browser.presses("Autoriser").await;
            client.redeems(&asked, browser.left_for()).await;
        }
        world.advance(minutes(1));
        let asked = docs.asks().with("prompt", "login consent");
        browser.opens(&asked.url()).await.submits(&[("password", MARIE.password)]).await;
        assert_eq!(browser.place(), "consent");
    })
    .await;
}

#[tokio::test]
async fn a_client_whose_people_are_asked_each_time_is_asked_about_each_time() {
    on_each_database(async |world| {
        let docs = with_other(world, "always").await;
        let (mut browser, _) = signed_in(world).await;
        for _ in 0..2 {
            let asked = asked(&mut browser, &docs, "openid").await;
            browser.presses("Autoriser").await;
            docs.redeems(&asked, browser.left_for()).await;
        }
        browser.opens(&docs.asks().with("prompt", "none").url()).await;
        assert_eq!(error(&browser).as_deref(), Some("consent_required"));
    })
    .await;
}

#[tokio::test]
async fn sr_77_claims_that_are_asked_for_by_name_are_agreed_to_like_the_scope_that_tells_them() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        let (mut browser, _) = signed_in(world).await;
        asked(&mut browser, &docs, "openid").await;
        browser.presses("Autoriser").await;
        let by_name = |place: &str| {
            docs.asks().with("scope", "openid").with("claims", &format!("{{\"{place}\": {{\"email\": null}}}}"))
        };
        for place in ["userinfo", "id_token"] {
            browser.opens(&by_name(place).with("prompt", "none").url()).await;
            assert_eq!(error(&browser).as_deref(), Some("consent_required"), "{place}");
        }
        let asked = by_name("userinfo");
        browser.opens(&asked.url()).await;
        assert!(browser.says("lire votre adresse e-mail"), "{}", browser.text());
        browser.presses("Autoriser").await;
        let given = docs.redeems(&asked, browser.left_for()).await;
        assert_eq!(docs.userinfo(&given.access_token).await.json()["email"], MARIE.email);
        // What the client may no longer have is told no more (SR-164), in neither place.
        world
            .rewrites_client("docs", &[("openid profile email offline_access", "openid profile offline_access")])
            .await;
        assert!(docs.userinfo(&given.access_token).await.json().get("email").is_none());
    })
    .await;
}

#[tokio::test]
async fn sr_77_sr_107_an_answer_is_good_for_its_own_request_session_and_browser_only() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        world.has(&PAUL).await;
        let (mut browser, _) = signed_in(world).await;
        asked(&mut browser, &docs, "openid").await;
        let (of_one, first) = (browser.form("Autoriser"), browser.at().clone());
        let mut tab = browser.tab();
        asked(&mut tab, &docs, "openid email profile").await;
        let elsewhere = tab.posts(&of_one).await;
        assert_eq!(elsewhere.status, 403, "another request in the same browser");
        let mut stranger = world.browser();
        stranger.opens(&world.portal().asks().url()).await;
        let theirs = stranger.asks(&Method::POST, &first, Some(of_one.encoded()), &[]).await;
        let on = theirs.location().unwrap_or_default();
        assert!(theirs.status == 403 || !on.contains("code="), "another browser: {} {on}", theirs.status);
        assert_eq!(world.database.count(KEPT).await, 0, "another browser");
        for tampered in [
            of_one.clone().without("session"),
            of_one.clone().with("session", "0199a2b4-0000-7000-8000-000000000001"),
            of_one.clone().with("_form", "AAAA"),
        ] {
            assert_eq!(browser.posts(&tampered).await.status, 403, "{tampered:?}");
        }
        assert_eq!(browser.posts(&of_one.clone().with("do", "perhaps")).await.status, 400);
        // Marie's page stays open; she signs out, and Paul signs in by the same journey.
        browser.tab().opens(&world.portal().logout_url(&[])).await.presses("Se déconnecter").await;
        browser.opens(first.as_str()).await;
        assert_eq!(browser.place(), "sign-in", "{}", browser.text());
        browser.submits(&PAUL.credentials()).await;
        assert_eq!(browser.place(), "consent");
        assert_eq!(browser.posts(&of_one).await.status, 403, "another session");
        assert_eq!(world.database.count(KEPT).await, 0, "nobody agreed to anything");
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_pressed_twice_gone_back_to_and_asked_in_two_tabs() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        let (mut browser, _) = signed_in(world).await;
        let (first, page) = (asked(&mut browser, &docs, "openid").await, browser.at().clone());
        let mut tab = browser.tab();
        let second = asked(&mut tab, &docs, "openid").await;
        assert_eq!(tab.place(), "consent");
        let form = browser.form("Autoriser");
        let (one, two) = tokio::join!(browser.posts(&form), browser.posts(&form));
        assert_eq!((one.status.as_u16(), one.location()), (303, two.location()));
        let said = "SELECT count(*) FROM events WHERE name = 'consent.given'";
        assert_eq!(world.database.count(said).await, 1);
        browser.opens(page.as_str()).await;
        assert!(browser.says("Cette étape est déjà faite."), "{}", browser.text());
        browser.follows("Continuer").await;
        docs.redeems(&first, browser.left_for()).await;
        // What the other tab would ask is said already.
        tab.reloads().await;
        docs.redeems(&second, tab.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_an_answer_that_comes_late_says_nothing_for_nobody() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        let (mut browser, _) = signed_in(world).await;
        let request = asked(&mut browser, &docs, "openid").await;
        let mut tab = browser.tab();
        asked(&mut tab, &docs, "openid").await;
        world.advance(minutes(40));
        browser.presses("Autoriser").await;
        assert_eq!(browser.place(), "sign-in", "the session is over, the request is not");
        browser.submits(&MARIE.credentials()).await.presses("Autoriser").await;
        docs.redeems(&request, browser.left_for()).await;
        let before = world.database.count("SELECT count(*) FROM events WHERE name LIKE 'consent.%'").await;
        world.advance(hours(25));
        tab.presses("Autoriser").await;
        is_a_page(&tab, 200, "Quelle application voulez-vous ouvrir ?");
        assert_eq!(world.database.count("SELECT count(*) FROM events WHERE name LIKE 'consent.%'").await, before);
    })
    .await;
}

#[tokio::test]
async fn an_application_that_is_gone_meanwhile_gets_no_answer() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        let (mut browser, _) = signed_in(world).await;
        asked(&mut browser, &docs, "openid").await;
        world.removes_client("docs").await;
        browser.presses("Autoriser").await;
        is_a_page(&browser, 400, "Nous n’avons pas pu terminer");
        assert_eq!(world.database.count(KEPT).await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_144_what_is_taken_back_ends_tokens_and_is_asked_again() {
    on_each_database(async |world| {
        let docs = with_other(world, "once").await;
        let (portal, (mut browser, of_portal)) = (world.portal(), signed_in(world).await);
        let request = asked(&mut browser, &docs, "openid offline_access").await;
        browser.presses("Autoriser").await;
        let given = docs.redeems(&request, browser.left_for()).await;
        let (realm, house) = (REALM.parse().unwrap(), &world.node.house);
        let marie = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        let lines = house.consents(&marie).await.unwrap();
        assert_eq!((lines.len(), lines[0].client.as_str()), (1, "docs"));
        assert_eq!((lines[0].scope.as_str(), lines[0].given_at), ("offline_access openid", world.now().seconds()));
        assert!(!house.take_back_consent(&realm, &marie, "nobody").await.unwrap());
        assert!(house.take_back_consent(&realm, &marie, "docs").await.unwrap());
        assert!(house.consents(&marie).await.unwrap().is_empty());
        assert_eq!(refused(&docs.refreshes(given.refresh_token.as_deref().unwrap()).await), "invalid_grant");
        assert_eq!(docs.userinfo(&given.access_token).await.status, 401);
        asked(&mut browser, &docs, "openid").await;
        assert_eq!(browser.place(), "consent");
        // Nobody else loses anything.
        assert_eq!(portal.userinfo(&of_portal.access_token).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn prompt_select_account_offers_the_open_sessions_account_or_another() {
    on_each_database(async |world| {
        let portal = world.portal();
        world.has(&PAUL).await;
        let (mut browser, of_marie) = signed_in(world).await;
        world.advance(minutes(1));
        let choosing = || portal.asks().with("prompt", "select_account");
        let asked = choosing();
        browser.opens(&asked.url()).await;
        assert_eq!((browser.place(), browser.h1()), ("sign-in", "Choisissez un compte".to_owned()));
        assert!(browser.says("Marie Durand") && browser.says(MARIE.email));
        browser.presses("Continuer avec ce compte").await;
        let same = portal.redeems(&asked, browser.left_for()).await;
        for claim in ["sub", "auth_time"] {
            assert_eq!(claims(&same.id_token)[claim], claims(&of_marie.id_token)[claim], "chosen, not proven anew");
        }
        let asked = choosing();
        browser.opens(&asked.url()).await.presses("Utiliser un autre compte").await;
        assert_eq!((browser.place(), browser.h1()), ("sign-in", "Connectez-vous à votre compte".to_owned()));
        browser.submits(&PAUL.credentials()).await;
        let of_paul = portal.redeems(&asked, browser.left_for()).await;
        assert_ne!(claims(&of_paul.id_token)["sub"], claims(&of_marie.id_token)["sub"]);
        // SR-105: nothing of Marie's session is left.
        assert_eq!(portal.userinfo(&of_marie.access_token).await.status, 401);
        // With nobody signed in there is nothing to choose from; with `login` choosing is not enough.
        let mut nobody = world.browser();
        nobody.opens(&choosing().url()).await;
        assert_eq!(nobody.value("username").as_deref(), Some(""));
        world.advance(minutes(1));
        browser.opens(&portal.asks().with("prompt", "select_account login").url()).await;
        assert!(browser.value("password").is_some(), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_74_whoever_must_confirm_may_choose_to_be_somebody_else_and_says_so() {
    on_each_database(async |world| {
        let portal = world.portal();
        world.has(&PAUL).await;
        let (mut browser, of_marie) = signed_in(world).await;
        world.advance(minutes(1));
        let asked = portal.asks().with("prompt", "login");
        browser.opens(&asked.url()).await;
        assert_eq!(browser.value("username").as_deref(), Some(MARIE.email));
        browser.presses("Utiliser un autre compte").await;
        assert_eq!((browser.place(), browser.value("username").as_deref()), ("sign-in", Some("")));
        browser.submits(&PAUL.credentials()).await;
        let of_paul = portal.redeems(&asked, browser.left_for()).await;
        assert_eq!(portal.userinfo(&of_paul.access_token).await.json()["email"], PAUL.email);
        assert_eq!(portal.userinfo(&of_marie.access_token).await.status, 401, "her session ended by the choice");
        assert!(!browser.left_for().as_str().contains(&endpoint("auth")));
    })
    .await;
}
