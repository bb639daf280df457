//! `prompt`, `max_age`, hints: which page is shown, whether somebody has to prove who they are, and what silence gets.

use guichet::clock::{Duration, minutes};

use super::{is_a_page, signed_in, tokens};
use crate::support::client_app::{claims, endpoint, parameter};
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{REALM, on_each_database};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[tokio::test]
async fn sr_135_silence_shows_no_page_and_skips_nothing() {
    on_each_database(async |world| {
        let portal = world.portal();
        let mut stranger = world.browser();
        let asked = portal.asks().with("prompt", "none");
        stranger.opens(&asked.url()).await;
        assert_eq!(parameter(stranger.left_for(), "error").as_deref(), Some("login_required"));
        assert_eq!(parameter(stranger.left_for(), "state").as_ref(), Some(&asked.state));
        assert_eq!(parameter(stranger.left_for(), "code"), None);

        // Half-way through a sign-in is not signed in.
        let mut halfway = world.browser();
        halfway.opens(&portal.asks().url()).await;
        PAUL.registers(&mut halfway).await;
        halfway.opens(&portal.asks().with("prompt", "none").url()).await;
        assert_eq!(parameter(halfway.left_for(), "error").as_deref(), Some("login_required"));

        let (mut browser, first) = signed_in(world).await;
        world.advance(minutes(5));
        let silent = portal.asks().with("prompt", "none");
        browser.opens(&silent.url()).await;
        let second = portal.redeems(&silent, browser.left_for()).await;
        assert_eq!(claims(&second.id_token)["sub"], claims(&first.id_token)["sub"]);
        assert_eq!(claims(&second.id_token)["auth_time"], claims(&first.id_token)["auth_time"]);
        // None stands alone.
        browser.opens(&portal.asks().with("prompt", "none login").url()).await;
        is_a_page(&browser, 400, "La demande de l’application est incomplète ou mal formée.");
    })
    .await;
}

#[tokio::test]
async fn sr_135_sr_73_what_has_become_owed_interrupts_silence_and_is_asked_of_an_open_session() {
    on_each_database(async |world| {
        let portal = world.portal();
        world
            .rewrites_realm(&[(
                "\"verify_email\", \"update_password\", \"set_secret_question\"",
                "\"verify_email\", \"update_password\"",
            )])
            .await;
        let mut browser = world.browser();
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        MARIE.registers(&mut browser).await;
        MARIE.confirms(world, &mut browser).await;
        let go_on = browser.page().link("Continuer").unwrap();
        browser.opens(&go_on).await.submits(&MARIE.new_password()).await;
        portal.redeems(&asked, browser.left_for()).await;

        world
            .rewrites_realm(&[(
                "\"verify_email\", \"update_password\"",
                "\"verify_email\", \"update_password\", \"set_secret_question\"",
            )])
            .await;
        browser.opens(&portal.asks().with("prompt", "none").url()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("interaction_required"));
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        // Neither a code before it is done, nor a page between.
        assert_eq!(browser.place(), "required-actions/set-secret-question", "{}", browser.text());
        browser.submits(&MARIE.secret_question()).await;
        portal.redeems(&asked, browser.left_for()).await;
        tokens(&mut browser, &portal).await;
    })
    .await;
}

#[tokio::test]
async fn sr_135_prompt_login_and_max_age_force_a_new_authentication() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, mut before) = signed_in(world).await;
        for (name, value) in [("prompt", "login"), ("max_age", "60"), ("max_age", "0"), ("max_age", "1")] {
            world.advance(seconds(61));
            let asked = portal.asks().with(name, value);
            browser.opens(&asked.url()).await;
            assert_eq!(browser.place(), "sign-in", "{name}={value}");
            // Reloading, or coming in anew, does not get round it.
            browser.reloads().await;
            assert_eq!(browser.place(), "sign-in");
            browser.submits(&[("password", MARIE.password)]).await;
            let after = portal.redeems(&asked, browser.left_for()).await;
            let (then, now) = (&claims(&before.id_token)["auth_time"], &claims(&after.id_token)["auth_time"]);
            assert!(now.as_i64() > then.as_i64(), "{name}={value}: {now} after {then}");
            assert_eq!(now.as_i64(), Some(world.now().seconds()));
            before = after;
        }
        // Silence with too old an authentication.
        world.advance(seconds(61));
        browser.opens(&portal.asks().with("prompt", "none").with("max_age", "60").url()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("login_required"));
        // Fresh enough.
        let asked = portal.asks().with("max_age", "62");
        browser.opens(&asked.url()).await;
        portal.redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_135_confirming_a_session_with_another_persons_password_is_refused() {
    on_each_database(async |world| {
        let portal = world.portal();
        world.has(&PAUL).await;
        let (mut browser, _) = signed_in(world).await;
        world.advance(seconds(1));
        browser.opens(&portal.asks().with("prompt", "login").url()).await;
        let form = browser.form("Connexion").with("username", PAUL.email).with("password", PAUL.password);
        browser.sends(&form).await;
        assert_eq!((browser.place(), browser.status()), ("sign-in", 422));
    })
    .await;
}

#[tokio::test]
async fn sr_136_hints_authenticate_nobody_and_tell_nothing() {
    on_each_database(async |world| {
        let portal = world.portal();
        let mut known = world.browser();
        let mut unknown = world.browser();
        world.has(&MARIE).await;
        known.opens(&portal.asks().with("login_hint", MARIE.email).url()).await;
        unknown.opens(&portal.asks().with("login_hint", "personne@exemple.fr").url()).await;
        assert_eq!(known.value("username").as_deref(), Some(MARIE.email));
        assert_eq!(unknown.value("username").as_deref(), Some("personne@exemple.fr"));
        assert_eq!(known.text(), unknown.text());
        for hint in ["<script>alert(1)</script>", "a\u{202e}b", "\r\nx", &"a".repeat(300), "%"] {
            unknown.opens(&portal.asks().with("login_hint", hint).url()).await;
            assert_eq!((unknown.place(), unknown.status()), ("sign-in", 200), "{hint}");
            assert!(!unknown.answer().body.contains("<script>alert"));
        }
        // Hints alone bring no silent answer.
        known.opens(&portal.asks().with("prompt", "none").with("login_hint", MARIE.email).url()).await;
        assert_eq!(parameter(known.left_for(), "error").as_deref(), Some("login_required"));
        known.opens(&portal.asks().with("acr_values", "password gold").with("prompt", "none").url()).await;
        assert_eq!(parameter(known.left_for(), "error").as_deref(), Some("login_required"));
    })
    .await;
}

#[tokio::test]
async fn sr_136_a_hint_at_somebody_else_never_gets_this_persons_code() {
    on_each_database(async |world| {
        let portal = world.portal();
        let of_paul = PAUL.gets_an_account(world, &mut world.browser()).await.id_token;
        let (mut browser, _) = signed_in(world).await;
        let hinted = || portal.asks().with("id_token_hint", &of_paul);
        browser.opens(&hinted().with("prompt", "none").url()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("login_required"));
        // With a page: only Paul's own sign-in answers it.
        let asked = hinted();
        browser.opens(&asked.url()).await;
        assert_eq!(browser.place(), "sign-in", "{}", browser.text());
        browser.submits(&MARIE.credentials()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("login_required"));
        assert_eq!(parameter(browser.left_for(), "code"), None);
        let asked = hinted();
        browser.opens(&asked.url()).await.submits(&PAUL.credentials()).await;
        portal.redeems(&asked, browser.left_for()).await;
        // A token that is not ours is no hint at anybody.
        let forged = format!("{}x", &of_paul[..of_paul.len() - 1]);
        for bad in [forged.as_str(), "x.y.z", "eyJhbGciOiJub25lIn0.e30."] {
            browser.opens(&portal.asks().with("id_token_hint", bad).with("prompt", "none").url()).await;
            assert_eq!(parameter(browser.left_for(), "code"), None, "{bad}");
            assert!(parameter(browser.left_for(), "error").is_some());
        }
    })
    .await;
}

#[tokio::test]
async fn prompt_create_and_the_registrations_address_begin_with_registration() {
    on_each_database(async |world| {
        let portal = world.portal();
        let mut browser = world.browser();
        browser.opens(&portal.asks().with("prompt", "create").url()).await;
        assert_eq!(browser.place(), "register");
        let asked = portal.asks();
        let registrations = asked.url().replace(&endpoint("auth"), &endpoint("registrations"));
        browser.opens(&registrations).await;
        assert_eq!(browser.place(), "register");
        browser.submits(&MARIE.registration()).await;
        MARIE.confirms(world, &mut browser).await;
        MARIE.activates(&mut browser).await;
        portal.redeems(&asked, browser.left_for()).await;
        // An open session does not answer it.
        browser.opens(&registrations).await;
        assert_eq!(browser.place(), "register");
        // A bad request there is a page like everywhere.
        browser.opens(&registrations.replace("client_id=portal", "client_id=x")).await;
        is_a_page(&browser, 400, "L’application qui vous envoie ici n’est pas connue de ce service.");
        world.rewrites_realm(&[("registration = \"verified-email\"", "")]).await;
        browser.opens(&portal.asks().with("prompt", "create").url()).await;
        assert_eq!((browser.has_left(), browser.status()), (false, 400));
    })
    .await;
}

#[tokio::test]
async fn ui_locales_choose_the_language_of_the_pages() {
    on_each_database(async |world| {
        let portal = world.portal();
        for (asked, spoken) in
            [("en", "en"), ("fr", "fr"), ("de en fr", "en"), ("se", "fr"), ("en-GB", "en"), ("\u{1}", "fr")]
        {
            let mut browser = world.browser();
            browser.opens(&portal.asks().with("ui_locales", asked).url()).await;
            assert_eq!(browser.page().language(), spoken, "{asked:?}");
            assert_eq!(browser.at().path(), format!("/realms/{REALM}/sign-in"));
        }
    })
    .await;
}
