//! Codes of an app, recovery codes, and who is asked for them: SR-78 to SR-84.
//!
//! Long, since the stories share one person who has an app and codes, and the requirements about both refer to each other.

use guichet::clock::minutes;
use http::Method;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use serde_json::{Value, json};

use crate::oauth::with_client;
use crate::support::authenticator::Authenticator;
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, Tokens, claims, endpoint, issuer, parameter};
use crate::support::database::Engine;
use crate::support::page::plain;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, on_each_database};

const NO_LONGER_VALID: &str = "Ce code n’est plus valable. Attendez le suivant. Si cela se répète, réglez l’heure de votre \
                               téléphone sur automatique.";

/// Each change of a counter lasts for a while, with its row locked.
const SLOWLY: [&str; 2] = [
    "CREATE FUNCTION lasts() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END'",
    "CREATE TRIGGER lasts AFTER INSERT OR UPDATE OR DELETE ON counters FOR EACH ROW EXECUTE FUNCTION lasts()",
];

/// The realm offers codes of apps, and asks for them of these.
pub(crate) async fn offers_totp(world: &mut World, asked: &str) {
    let tables = format!("[totp]\n\n[second_factor]\nasked = \"{asked}\"\n\n[sessions]\n");
    world.rewrites_realm(&[("[sessions]\n", &tables)]).await;
}

/// A browser of that person with the password accepted, at whatever comes next.
pub(crate) async fn knows_the_password(world: &World, person: &Person) -> (Browser, Asked) {
    let (mut browser, asked) = (world.browser(), world.portal().asks());
    browser.opens(&asked.url()).await.submits(&person.credentials()).await;
    (browser, asked)
}

/// Adds an app on the page that asks for it.
pub(crate) async fn adds_an_app(world: &World, browser: &mut Browser) -> Authenticator {
    assert_eq!(browser.place(), "required-actions/configure-totp", "{}", browser.text());
    let app = Authenticator::scans(&browser.page().link("Ouvrir dans mon application").unwrap());
    browser.submits(&[("code", &app.shows(world.now())), ("device-name", "Téléphone du bureau")]).await;
    app
}

/// The codes on the page that shows them.
fn codes(browser: &Browser) -> Vec<String> {
    assert_eq!(browser.place(), "required-actions/save-recovery-codes", "{}", browser.text());
    let text = browser.text();
    let is_code = |word: &&str| word.len() == 19 && word.matches('-').count() == 3;
    let codes: Vec<_> = text.split(' ').filter(is_code).map(str::to_owned).collect();
    assert_eq!(codes.len(), 10, "{text}");
    codes
}

/// Says that they are put away.
pub(crate) async fn keeps_the_codes(browser: &mut Browser) -> Vec<String> {
    let codes = codes(browser);
    browser.ticks("codes-kept", true).presses("Continuer").await;
    codes
}

/// A person with an account, an app and recovery codes, in a realm that asks for them of `asked`.
async fn enrolled(world: &mut World, asked: &str) -> (Authenticator, Vec<String>) {
    world.has(&MARIE).await;
    offers_totp(world, "always").await;
    let (mut browser, _) = knows_the_password(world, &MARIE).await;
    let app = adds_an_app(world, &mut browser).await;
    let codes = keeps_the_codes(&mut browser).await;
    assert!(browser.has_left(), "{}", browser.text());
    if asked != "always" {
        world.rewrites_realm(&[("asked = \"always\"", &format!("asked = \"{asked}\""))]).await;
    }
    // The next code is another one.
    world.advance(minutes(1));
    (app, codes)
}

fn of(tokens: &Tokens) -> (Value, Value) {
    let claims = claims(&tokens.id_token);
    (claims["acr"].clone(), claims["amr"].clone())
}

fn two(method: &str) -> (Value, Value) {
    (json!("two-factors"), json!(["pwd", method, "mfa"]))
}

fn one() -> (Value, Value) {
    (json!("password"), json!(["pwd"]))
}

#[tokio::test]
async fn sr_82_sr_78_whoever_must_have_a_second_factor_adds_an_app_and_puts_codes_away() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_totp(world, "always").await;
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        assert_eq!(browser.place(), "required-actions/configure-totp");
        let flow = parameter(browser.at(), "flow").unwrap();
        let app = Authenticator::scans(&browser.page().link("Ouvrir dans mon application").unwrap());
        assert_eq!((app.label.as_str(), app.key().len()), ("Certinomis", 20));
        // What is typed by hand is the same key.
        let key = app.written.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap()).collect::<Vec<_>>();
        assert!(browser.says(&key.join(" ")), "{}", browser.text());
        // A wrong code keeps the key, and what was typed beside it.
        browser.submits(&[("code", &app.never_shows(world.now())), ("device-name", "Bureau")]).await;
        assert_eq!((browser.status(), browser.field_error("code").as_deref()), (422, Some(NO_LONGER_VALID)));
        assert_eq!(browser.value("device-name").as_deref(), Some("Bureau"));
        let again = Authenticator::scans(&browser.page().link("Ouvrir dans mon application").unwrap());
        assert_eq!(again.key(), app.key());
        for (typed, told) in [("", "Entrez le code à 6 chiffres"), ("12345", "Le code compte 6 chiffres")] {
            browser.submits(&[("code", typed)]).await;
            assert_eq!(browser.field_error("code").as_deref(), Some(told));
        }
        // Leaving half-way changes nothing.
        assert_eq!(world.database.count("SELECT count(*) FROM totp_seeds").await, 0);
        browser.submits(&[("code", &app.shows(world.now()))]).await;
        let shown = codes(&browser);
        browser.presses("Continuer").await;
        assert_eq!(browser.field_error("codes-kept").as_deref(), Some("Rangez vos codes, puis cochez la case"));
        assert_eq!(codes(&browser), shown, "the same once more");
        assert_eq!(world.database.count("SELECT count(*) FROM recovery_codes").await, 0);
        keeps_the_codes(&mut browser).await;
        let tokens = world.portal().redeems(&asked, browser.left_for()).await;
        assert_eq!(of(&tokens), two("otp"));
        // Shown once; nothing of either rests in the database as it is.
        browser.opens_page(&format!("required-actions/save-recovery-codes?flow={flow}")).await;
        assert!(browser.says("Cette étape est déjà faite.") && !browser.says(&shown[0]), "{}", browser.text());
        let dump = world.database.dump().await;
        let hex = app.key().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        assert!(!dump.to_lowercase().contains(&hex) && !dump.contains(&shown[0]) && !dump.contains(&app.written));
        let subjects: Vec<_> = world.mails_to(MARIE.email).await.into_iter().map(|mail| mail.subject).collect();
        for subject in ["Un moyen de connexion a été ajouté", "Vos codes de secours ont été remplacés"] {
            assert!(subjects.iter().any(|told| told == subject), "{subjects:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_79_a_code_is_good_once_on_whatever_node() {
    on_each_database(async |world| {
        let (app, _) = enrolled(world, "when-set").await;
        let other = world.another_node().await;
        let code = app.shows(world.now());
        let mut browsers = [knows_the_password(world, &MARIE).await.0, knows_the_password(world, &MARIE).await.0];
        assert_eq!(browsers[0].place(), "sign-in/code");
        assert_eq!(browsers[0].h1(), "Entrez le code de votre application");
        browsers[1].reaches(other.address);
        // Sent at once to two nodes: one enters.
        let forms = browsers.each_ref().map(|browser| browser.form("Connexion").with("code", &code));
        let (first, second) = tokio::join!(browsers[0].posts(&forms[0]), browsers[1].posts(&forms[1]));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        // Neither it nor an older one is good again.
        for code in [code, app.of_step(world.now().seconds() / 30 - 1)] {
            let (mut again, _) = knows_the_password(world, &MARIE).await;
            again.submits(&[("code", &code)]).await;
            assert_eq!((again.status(), again.field_error("code").as_deref()), (422, Some(NO_LONGER_VALID)));
        }
        let replayed = "SELECT count(*) FROM events WHERE content LIKE '%second_factor_failed%replayed%'";
        assert_eq!(world.database.count(replayed).await, 3);
        other.stop().await;
    })
    .await;
}

/// PostgreSQL alone has two writers at once. What touches a counter takes its time there, so that both are in the middle.
#[tokio::test]
async fn sr_19_whoever_guesses_and_whoever_has_guessed_right_do_not_wait_for_each_other() {
    on_each_database(async |world| {
        if world.database.engine != Engine::Postgres {
            return;
        }
        let (app, _) = enrolled(world, "when-set").await;
        let other = world.another_node().await;
        let mut browsers = [knows_the_password(world, &MARIE).await.0, knows_the_password(world, &MARIE).await.0];
        browsers[1].reaches(other.address);
        for statement in SLOWLY {
            world.database.execute(statement).await;
        }
        let code = app.shows(world.now());
        let forms = browsers.each_ref().map(|browser| browser.form("Connexion").with("code", &code));
        let (first, second) = tokio::join!(browsers[0].posts(&forms[0]), browsers[1].posts(&forms[1]));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_80_the_code_of_the_last_step_is_taken_and_no_older_or_later_one() {
    on_each_database(async |world| {
        let (app, _) = enrolled(world, "when-set").await;
        for (past_steps, steps) in
            [("1", [(1, false), (-2, false), (-1, true)]), ("0", [(1, false), (-1, false), (0, true)])]
        {
            world.advance(minutes(20));
            if past_steps == "0" {
                world.rewrites_realm(&[("[totp]\n\n", "[totp]\npast_steps = 0\n\n")]).await;
            }
            let (mut browser, asked) = knows_the_password(world, &MARIE).await;
            for (ahead, taken) in steps {
                browser.submits(&[("code", &app.of_step(world.now().seconds() / 30 + ahead))]).await;
                assert_eq!(browser.has_left(), taken, "{past_steps} {ahead}");
            }
            assert_eq!(of(&world.portal().redeems(&asked, browser.left_for()).await), two("otp"));
        }
    })
    .await;
}

#[tokio::test]
async fn sr_80_a_realm_may_ask_for_eight_digits() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_totp(world, "always").await;
        world.rewrites_realm(&[("[totp]\n\n", "[totp]\ndigits = 8\n\n")]).await;
        let (mut browser, _) = knows_the_password(world, &MARIE).await;
        let app = adds_an_app(world, &mut browser).await;
        keeps_the_codes(&mut browser).await;
        // Whoever added an app keeps its digits, whatever new ones get.
        world.rewrites_realm(&[("digits = 8", "digits = 6")]).await;
        world.advance(minutes(1));
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        assert!(browser.says("8 chiffres, ceux qu’affiche maintenant « Téléphone du bureau »."), "{}", browser.text());
        browser.submits(&[("code", &app.shows(world.now()))]).await;
        world.portal().redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_81_sr_9_guesses_at_codes_are_counted_for_themselves_and_the_owner_hears_of_it() {
    on_each_database(async |world| {
        let (app, codes) = enrolled(world, "when-set").await;
        let wrong = app.never_shows(world.now());
        for _ in 0..5 {
            // Each time another browser, another journey, and the right password once more.
            let (mut guesses, _) = knows_the_password(world, &MARIE).await;
            guesses.submits(&[("code", &wrong)]).await;
            assert_eq!(guesses.status(), 422);
        }
        // Slowed, the right code and a wrong one get the same answer (SR-8).
        let (mut guesses, _) = knows_the_password(world, &MARIE).await;
        for code in [&wrong, &app.shows(world.now())] {
            guesses.submits(&[("code", code)]).await;
            assert_eq!(guesses.status(), 429);
            assert!(guesses.answer().header(RETRY_AFTER).is_some());
        }
        let mails = world.mails_to(MARIE.email).await;
        let told = mails.iter().filter(|mail| mail.subject == "Codes erronés pour votre compte Certinomis");
        assert_eq!(told.count(), 1, "once");
        // The other way stays open (SR-14), and its guesses are counted for themselves.
        guesses.follows("Utiliser un code de secours").await.submits(&[("recovery-code", &codes[0])]).await;
        assert!(guesses.has_left(), "{}", guesses.text());
        world.advance(minutes(1));
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        browser.submits(&[("code", &app.shows(world.now()))]).await;
        world.portal().redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_83_a_recovery_code_is_good_once_and_a_used_up_set_is_replaced() {
    on_each_database(async |world| {
        let (_, codes) = enrolled(world, "when-set").await;
        for (number, code) in codes.iter().enumerate() {
            let (mut browser, asked) = knows_the_password(world, &MARIE).await;
            browser.follows("Utiliser un code de secours").await;
            if number == 0 {
                for wrong in ["", "ABCD", "2222-3333-4444-5555"] {
                    browser.submits(&[("recovery-code", wrong)]).await;
                    assert_eq!(browser.status(), 422, "{wrong}");
                }
            }
            let typed = if number % 2 == 0 { code.clone() } else { code.to_lowercase().replace('-', " ") };
            browser.submits(&[("recovery-code", &typed)]).await;
            let told = format!("Un code de secours a servi : il en reste {}", 9 - number);
            let mails = world.mails_to(MARIE.email).await;
            assert!(mails.iter().any(|mail| plain(&mail.subject) == told), "{told}");
            if number == 9 {
                let fresh = keeps_the_codes(&mut browser).await;
                assert!(fresh.iter().all(|code| !codes.contains(code)));
            }
            assert_eq!(of(&world.portal().redeems(&asked, browser.left_for()).await), two("recovery"));
            let (mut again, _) = knows_the_password(world, &MARIE).await;
            again.follows("Utiliser un code de secours").await.submits(&[("recovery-code", code)]).await;
            let told = "Ce code de secours ne convient pas, ou il a déjà servi. Vérifiez-le, ou prenez-en un autre";
            assert_eq!((again.status(), again.field_error("recovery-code").as_deref()), (422, Some(told)));
            world.advance(minutes(1));
        }
    })
    .await;
}

#[tokio::test]
async fn sr_83_one_recovery_code_sent_at_once_to_two_nodes_opens_one_session() {
    on_each_database(async |world| {
        let (_, codes) = enrolled(world, "when-set").await;
        let other = world.another_node().await;
        let mut browsers = [knows_the_password(world, &MARIE).await.0, knows_the_password(world, &MARIE).await.0];
        for browser in &mut browsers {
            browser.follows("Utiliser un code de secours").await;
        }
        browsers[1].reaches(other.address);
        let forms = browsers.each_ref().map(|browser| browser.form("Connexion").with("recovery-code", &codes[3]));
        let (one, two) = tokio::join!(browsers[0].posts(&forms[0]), browsers[1].posts(&forms[1]));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_73_a_password_alone_opens_nothing_and_changes_nothing() {
    on_each_database(async |world| {
        let (app, _) = enrolled(world, "when-set").await;
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        let flow = parameter(browser.at(), "flow").unwrap();
        for page in [
            "required-actions/configure-totp",
            "required-actions/save-recovery-codes",
            "required-actions/set-secret-question",
            "required-actions/update-password",
            "protocol/openid-connect/auth/resume",
            "consent",
            "go-on",
        ] {
            browser.opens_page(&format!("{page}?flow={flow}")).await;
            assert_eq!(browser.place(), "sign-in/code", "{page}: {}", browser.text());
        }
        let mut silent = browser.tab();
        silent.opens(&world.portal().asks().with("prompt", "none").url()).await;
        assert_eq!(parameter(silent.left_for(), "error").as_deref(), Some("login_required"));
        browser.submits(&[("code", &app.shows(world.now()))]).await;
        world.portal().redeems(&asked, browser.left_for()).await;
        // Back: the step is done.
        browser.opens_page(&format!("sign-in/code?flow={flow}")).await;
        assert!(browser.says("Cette étape est déjà faite."), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_74_whoever_took_the_wrong_account_turns_to_another() {
    on_each_database(async |world| {
        world.has(&PAUL).await;
        enrolled(world, "when-set").await;
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        browser.presses("Utiliser un autre compte").await;
        assert_eq!((browser.place(), browser.value("username").as_deref()), ("sign-in", Some("")));
        browser.submits(&PAUL.credentials()).await;
        let tokens = world.portal().redeems(&asked, browser.left_for()).await;
        assert_eq!(world.portal().userinfo(&tokens.access_token).await.json()["email"], PAUL.email);
    })
    .await;
}

#[tokio::test]
async fn sr_72_an_offer_of_another_journey_or_of_yesterday_adds_nothing() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_totp(world, "always").await;
        let (mallory, _) = knows_the_password(world, &MARIE).await;
        let foreign = mallory.value("seed").unwrap();
        let app = Authenticator::scans(&mallory.page().link("Ouvrir dans mon application").unwrap());
        let (mut browser, _) = knows_the_password(world, &MARIE).await;
        for seed in [foreign.as_str(), "", "AAAA"] {
            let form = browser.form("Continuer").with("seed", seed).with("code", &app.shows(world.now()));
            browser.sends(&form).await;
            assert_eq!(browser.place(), "required-actions/configure-totp", "{}", browser.text());
        }
        assert_eq!(world.database.count("SELECT count(*) FROM totp_seeds").await, 0);
        // Two tabs with an offer each: the first that is answered stands.
        let mut tab = browser.tab();
        tab.opens(browser.at().clone().as_str()).await;
        let first = adds_an_app(world, &mut browser).await;
        let late = Authenticator::scans(&tab.page().link("Ouvrir dans mon application").unwrap());
        tab.submits(&[("code", &late.shows(world.now()))]).await;
        assert!(tab.says("Cette étape est déjà faite."), "{}", tab.text());
        keeps_the_codes(tab.follows("Continuer").await).await;
        world.advance(minutes(1));
        let (mut again, asked) = knows_the_password(world, &MARIE).await;
        again.submits(&[("code", &first.shows(world.now()))]).await;
        world.portal().redeems(&asked, again.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_84_step_up_in_an_open_session_asks_for_what_is_missing_alone() {
    on_each_database(async |world| {
        let (app, _) = enrolled(world, "on-demand").await;
        let portal = world.portal();
        let mut browser = world.browser();
        let first = MARIE.signs_in(world, &mut browser).await;
        assert_eq!(of(&first), one());
        world.advance(minutes(12));
        let demand = json!({ "id_token": { "acr": { "essential": true, "value": "two-factors" } } }).to_string();
        for (name, value) in [("acr_values", "two-factors"), ("claims", &demand)] {
            browser.opens(&portal.asks().with("prompt", "none").with(name, value).url()).await;
            assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("login_required"), "{name}");
        }
        let asked = portal.asks().with("acr_values", "two-factors");
        browser.opens(&asked.url()).await;
        assert_eq!(browser.place(), "sign-in/code", "no password once more");
        browser.submits(&[("code", &app.shows(world.now()))]).await;
        let second = portal.redeems(&asked, browser.left_for()).await;
        assert_eq!(of(&second), two("otp"));
        let (before, after) = (claims(&first.id_token), claims(&second.id_token));
        assert_ne!(before["sid"], after["sid"], "SR-99");
        assert_eq!(after["auth_time"], world.now().seconds());
        // From then on the session has it.
        for (name, value) in [("acr_values", "two-factors"), ("claims", &demand)] {
            let silent = portal.asks().with("prompt", "none").with(name, value);
            browser.opens(&silent.url()).await;
            assert_eq!(of(&portal.redeems(&silent, browser.left_for()).await), two("otp"), "{name}");
        }
        // Both factors again where the application wants the person again.
        world.advance(minutes(1));
        let asked = portal.asks().with("prompt", "login").with("acr_values", "two-factors");
        browser.opens(&asked.url()).await.submits(&[("password", MARIE.password)]).await;
        assert_eq!(browser.place(), "sign-in/code");
        browser.submits(&[("code", &app.shows(world.now()))]).await;
        portal.redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_84_a_session_opened_in_another_tab_is_not_enough_for_a_journey_that_asks_more() {
    on_each_database(async |world| {
        let (app, _) = enrolled(world, "on-demand").await;
        let portal = world.portal();
        let (mut browser, asked) = (world.browser(), portal.asks().with("acr_values", "two-factors"));
        browser.opens(&asked.url()).await;
        let mut tab = browser.tab();
        tab.opens(&portal.asks().url()).await.submits(&MARIE.credentials()).await;
        assert!(tab.has_left());
        browser.reloads().await.presses("Continuer").await;
        assert_eq!(browser.place(), "sign-in/code", "{}", browser.text());
        browser.submits(&[("code", &app.shows(world.now()))]).await;
        assert_eq!(of(&portal.redeems(&asked, browser.left_for()).await), two("otp"));
    })
    .await;
}

#[tokio::test]
async fn sr_84_whoever_has_no_second_factor_adds_one_where_it_is_essential_and_passes_where_it_is_not() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let portal = world.portal();
        let demand = json!({ "id_token": { "acr": { "essential": true, "value": "two-factors" } } }).to_string();
        let wished = portal.asks().with("acr_values", "two-factors");
        let demanded = portal.asks().with("claims", &demand);
        // A realm without second factors reaches no such level.
        let mut browser = world.browser();
        browser.opens(&demanded.url()).await;
        assert!(!browser.has_left() && browser.status() == 400, "{}", browser.text());
        offers_totp(world, "on-demand").await;
        browser.opens(&wished.url()).await.submits(&MARIE.credentials()).await;
        assert_eq!(of(&portal.redeems(&wished, browser.left_for()).await), one());
        // Just signed in: the app can be added at once.
        browser.opens(&demanded.url()).await;
        adds_an_app(world, &mut browser).await;
        keeps_the_codes(&mut browser).await;
        assert_eq!(of(&portal.redeems(&demanded, browser.left_for()).await), two("otp"));
    })
    .await;
}

#[tokio::test]
async fn sr_82_sr_104_an_old_session_adds_no_factor() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_totp(world, "on-demand").await;
        let portal = world.portal();
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        world.advance(minutes(6));
        let demand = json!({ "id_token": { "acr": { "essential": true, "value": "two-factors" } } }).to_string();
        browser.opens(&portal.asks().with("claims", &demand).with("prompt", "none").url()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("login_required"));
        let asked = portal.asks().with("claims", &demand);
        browser.opens(&asked.url()).await;
        assert_eq!((browser.place(), browser.value("username").as_deref()), ("sign-in", Some(MARIE.email)));
        browser.submits(&[("password", MARIE.password)]).await;
        adds_an_app(world, &mut browser).await;
        keeps_the_codes(&mut browser).await;
        assert_eq!(of(&portal.redeems(&asked, browser.left_for()).await), two("otp"));
    })
    .await;
}

#[tokio::test]
async fn sr_84_a_clients_minimum_holds_whatever_its_request_says() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_totp(world, "on-demand").await;
        let grants = "[\"authorization_code\", \"urn:ietf:params:oauth:grant-type:device_code\"]";
        let lines = [("minimum_acr", "\"two-factors\""), ("grant_types", grants)];
        let vault = with_client(world, "vault", &lines).await;
        let mut browser = world.browser();
        assert_eq!(of(&MARIE.signs_in(world, &mut browser).await), one());
        // Single sign-on does not carry that far.
        for level in ["", "password"] {
            browser.opens(&vault.asks().with("acr_values", level).url()).await;
            assert_eq!(browser.place(), "required-actions/configure-totp", "{level}: {}", browser.text());
        }
        // Nor does a code typed for a device.
        let basic = vault.basic();
        let answer =
            vault.sends(&Method::POST, &endpoint("auth/device"), &[(AUTHORIZATION, &basic)], "scope=openid").await;
        let shown = answer.json()["user_code"].as_str().unwrap().to_owned();
        browser.opens_page("device").await.submits(&[("user_code", &shown)]).await.presses("Continuer").await;
        let app = adds_an_app(world, &mut browser).await;
        keeps_the_codes(&mut browser).await;
        assert_eq!(browser.place(), "device/confirm", "{}", browser.text());
        let asked = vault.asks();
        browser.opens(&asked.url()).await;
        assert_eq!(of(&vault.redeems(&asked, browser.left_for()).await), two("otp"));
        // The portal asks for no more than it did.
        world.advance(minutes(1));
        let mut fresh = world.browser();
        assert_eq!(of(&MARIE.signs_in(world, &mut fresh).await), one());
        let asked = vault.asks();
        fresh.opens(&asked.url()).await.submits(&[("code", &app.shows(world.now()))]).await;
        assert_eq!(of(&vault.redeems(&asked, fresh.left_for()).await), two("otp"));
    })
    .await;
}

#[tokio::test]
async fn a_lost_app_is_taken_away_by_support_and_its_owner_is_told() {
    on_each_database(async |world| {
        enrolled(world, "when-set").await;
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        browser.follows("Je n’ai plus mon téléphone").await;
        assert!(browser.says("assistance@certinomis.example") && browser.says("01 00 00 00 00"), "{}", browser.text());
        let (realm, house) = ("certinomis".parse().unwrap(), &world.node.house);
        let marie = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        assert!(house.reset_second_factors(&realm, &marie).await.unwrap());
        assert!(!house.reset_second_factors(&realm, &marie).await.unwrap(), "there is nothing left");
        let mail = world.mail_to(MARIE.email).await;
        assert_eq!(mail.subject, "L’assistance a modifié votre compte Certinomis");
        // The page that waited goes on, and the password alone lets in; a form opens the session, no link does.
        browser.follows("Revenir au code de l’application").await;
        assert_eq!((browser.place(), browser.h1().as_str()), ("go-on", "Tout est prêt"));
        browser.presses("Continuer").await;
        assert_eq!(of(&world.portal().redeems(&asked, browser.left_for()).await), one());
        assert_eq!(of(&MARIE.signs_in(world, &mut world.browser()).await), one());
        assert_eq!(world.database.count("SELECT count(*) FROM recovery_codes").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_realm_that_switches_second_factors_off_asks_for_none() {
    on_each_database(async |world| {
        let discovered = async |world: &World| {
            let url = format!("{}/.well-known/openid-configuration", issuer());
            let answer = world.portal().sends(&Method::GET, &url, &[], String::new()).await;
            answer.json()["acr_values_supported"].clone()
        };
        assert_eq!(discovered(world).await, json!(["password"]));
        enrolled(world, "when-set").await;
        assert_eq!(discovered(world).await, json!(["password", "two-factors"]));
        world.rewrites_realm(&[("[totp]\n\n[second_factor]\nasked = \"when-set\"\n\n", "")]).await;
        assert_eq!(discovered(world).await, json!(["password"]));
        assert_eq!(of(&MARIE.signs_in(world, &mut world.browser()).await), one());
    })
    .await;
}

#[tokio::test]
async fn sr_82_an_application_has_an_app_or_codes_added_and_is_told_that_they_were() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_totp(world, "on-demand").await;
        let (portal, mut browser) = (world.portal(), world.browser());
        MARIE.signs_in(world, &mut browser).await;
        // Nothing is owed, and still something is to be done: silence cannot do it.
        let silent = portal.asks().with("kc_action", "CONFIGURE_TOTP").with("prompt", "none");
        browser.opens(&silent.url()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("interaction_required"));
        let asked = portal.asks().with("kc_action", "CONFIGURE_TOTP");
        browser.opens(&asked.url()).await;
        let app = adds_an_app(world, &mut browser).await;
        let old = keeps_the_codes(&mut browser).await;
        assert_eq!(parameter(browser.left_for(), "kc_action_status").as_deref(), Some("success"));
        assert_eq!(of(&portal.redeems(&asked, browser.left_for()).await), two("otp"));
        // Later it takes all that the account has.
        world.advance(minutes(6));
        let asked = portal.asks().with("kc_action", "save_recovery_codes");
        browser.opens(&asked.url()).await;
        assert_eq!(browser.place(), "sign-in");
        browser.submits(&[("password", MARIE.password)]).await.submits(&[("code", &app.shows(world.now()))]).await;
        let new = keeps_the_codes(&mut browser).await;
        assert!(old.iter().all(|code| !new.contains(code)));
        portal.redeems(&asked, browser.left_for()).await;
        // What is not asked for is not told.
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        assert_eq!(parameter(browser.left_for(), "kc_action_status"), None);
    })
    .await;
}
