//! UX.md §1.2: what happens when people go back, press twice, come late, or come another way.

use guichet::clock::{hours, minutes};

use crate::support::browser::Browser;
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{PORTAL_HOME, World, code, link, on_each_database};

async fn begun(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    browser
}

/// A browser whose person has confirmed their address and stands before the password page.
async fn confirmed(world: &World) -> Browser {
    let mut browser = begun(world).await;
    MARIE.registers(&mut browser).await;
    MARIE.confirms(world, &mut browser).await;
    browser.follows("Continuer").await;
    browser
}

#[tokio::test]
async fn ux_1_2_back_to_a_passed_step_says_that_it_is_done() {
    on_each_database(async |world| {
        let mut browser = confirmed(world).await;
        let password = browser.at().to_string();
        browser.submits(&MARIE.new_password()).await;
        assert_eq!(browser.place(), "required-actions/set-secret-question");
        for passed in [password.clone(), password.replace("required-actions/update-password", "verify-email")] {
            browser.opens(&passed).await;
            assert!(browser.says("Cette étape est déjà faite."), "{passed}\n{}", browser.text());
            browser.follows("Continuer").await;
            assert_eq!(browser.place(), "required-actions/set-secret-question");
        }
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_back_after_the_end_never_replays_the_activation() {
    on_each_database(async |world| {
        let mut browser = confirmed(world).await;
        let password = browser.at().to_string();
        browser.submits(&MARIE.new_password()).await;
        let question = browser.form("Valider");
        browser.submits(&MARIE.secret_question()).await;
        assert!(browser.has_left());
        browser.opens(&password).await;
        assert!(browser.says("Cette étape est déjà faite."), "{}", browser.text());
        // The form of the last step, found again with the back button, in another words.
        let before = world.database.texts("SELECT answer FROM secret_questions").await;
        browser.opens(&password.replace("update-password", "set-secret-question")).await;
        browser.posts(&question.with("question", "Autre ?").with("answer", "Peugeot")).await;
        assert_eq!(world.database.texts("SELECT answer FROM secret_questions").await, before);
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_double_submit_gets_the_same_answer_session_cookie_included() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = begun(world).await;
        browser.types("username", MARIE.email).types("password", MARIE.password);
        let form = browser.form("Connexion");
        let (first, second) = (browser.posts(&form).await, browser.posts(&form).await);
        assert_eq!((first.status.as_u16(), first.location()), (303, second.location()));
        let cookies =
            |answer: &crate::support::http::Answer| answer.cookies().map(ToOwned::to_owned).collect::<Vec<_>>();
        assert!(cookies(&first).iter().any(|cookie| cookie.starts_with("__Host-guichet-session-")));
        assert_eq!(cookies(&first), cookies(&second));
        assert_eq!(world.database.count("SELECT count(*) FROM sessions WHERE user_agent LIKE '%'").await, 2);

        // At the very same time, too.
        let mut browser = begun(world).await;
        MARIE.registers(&mut browser).await;
        let mails = world.mails_to(MARIE.email).await.len();
        world.advance(minutes(2));
        let again = browser.reloads().await.form("Cliquez ici");
        let (first, second) = tokio::join!(browser.posts(&again), browser.posts(&again));
        assert_eq!((first.status, first.location()), (second.status, second.location()));
        assert_eq!(world.mails_to(MARIE.email).await.len(), mails + 1);
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_two_tabs_are_two_journeys() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let portal = world.portal();
        let mut one = world.browser();
        let (asked, other) = (portal.asks(), portal.asks());
        one.opens(&asked.url()).await;
        let mut two = one.tab();
        two.opens(&other.url()).await;
        assert_ne!(one.at(), two.at());
        one.submits(&MARIE.credentials()).await;
        portal.redeems(&asked, one.left_for()).await;
        // The other tab meets the open session when it is looked at again.
        two.reloads().await;
        assert!(two.says("Une session est ouverte au nom de Marie Durand. Continuer ?"), "{}", two.text());
        two.presses("Continuer").await;
        portal.redeems(&other, two.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_signed_in_elsewhere_another_account_may_be_used() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let (portal, mut one) = (world.portal(), begun(world).await);
        let mut two = one.tab();
        let asked = portal.asks();
        two.opens(&asked.url()).await;
        one.submits(&MARIE.credentials()).await;
        two.reloads().await.presses("Utiliser un autre compte").await;
        assert_eq!(two.place(), "sign-in");
        two.submits(&PAUL.credentials()).await;
        let tokens = portal.redeems(&asked, two.left_for()).await;
        assert_eq!(portal.userinfo(&tokens.access_token).await.json()["email"], PAUL.email);
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_after_an_hour_the_journey_starts_again_with_what_was_typed() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (asked, mut browser) = (portal.asks(), world.browser());
        browser.opens(&asked.url()).await.follows("S’enregistrer").await;
        browser.types("firstName", "Marie").types("lastName", "Durand").types("email", MARIE.email);
        let form = browser.form("S’enregistrer");
        world.advance(minutes(61));
        browser.sends(&form).await;
        assert_eq!(browser.place(), "register");
        assert!(browser.notice().unwrap().starts_with("Cette page était ouverte depuis plus d’une heure."));
        let kept = ["firstName", "lastName", "email"].map(|field| browser.value(field).unwrap());
        assert_eq!(kept, ["Marie", "Durand", MARIE.email]);
        assert!(world.mailbox.letters().is_empty() && world.mails_to(MARIE.email).await.is_empty());
        // The client's request is still there: the journey ends where it began.
        browser.presses("S’enregistrer").await;
        MARIE.confirms(world, &mut browser).await;
        MARIE.activates(&mut browser).await;
        portal.redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_after_an_hour_a_password_is_asked_for_again() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = begun(world).await;
        browser.types("username", MARIE.email).types("password", MARIE.password);
        let form = browser.form("Connexion");
        world.advance(minutes(61));
        browser.sends(&form).await;
        assert_eq!((browser.place(), browser.value("username").as_deref()), ("sign-in", Some(MARIE.email)));
        assert!(browser.notice().unwrap().starts_with("Cette page était ouverte depuis plus d’une heure."));
        browser.submits(&[("password", MARIE.password)]).await;
        assert!(browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_a_lost_request_or_a_bookmark_lists_the_applications() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        let bookmark = browser.at().to_string();
        world.advance(hours(25));
        for address in [bookmark.as_str(), "/realms/certinomis/sign-in", "/realms/certinomis/register?flow=x"] {
            browser.opens(address).await;
            assert_eq!(browser.h1(), "Quelle application voulez-vous ouvrir ?", "{address}");
            // Whoever never had a way back, as by the link of a mail, has lost none.
            assert_eq!(
                browser.says("Cette page ne sait plus d’où vous veniez."),
                address.contains("flow="),
                "{address}"
            );
            assert_eq!(browser.page().link("Portail de commande").as_deref(), Some(PORTAL_HOME));
        }
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_cookies_refused_is_explained_and_the_identifier_kept() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let portal = world.portal();
        let (asked, mut browser) = (portal.asks(), world.browser());
        browser.opens(&asked.url()).await;
        browser.types("username", MARIE.email).types("password", MARIE.password);
        let form = browser.form("Connexion");
        browser.refuses_cookies();
        browser.sends(&form).await;
        assert_eq!(browser.status(), 400);
        assert!(browser.says("Votre navigateur refuse les cookies de ce site. Autorisez-les, puis réessayez."));
        assert!(!browser.answer().body.contains(MARIE.password));
        // Allowed now.
        let mut browser = browser.allows_cookies();
        browser.follows("Réessayer").await;
        assert_eq!((browser.place(), browser.value("username").as_deref()), ("sign-in", Some(MARIE.email)));
        browser.submits(&[("password", MARIE.password)]).await;
        // SR-71: a client's request is for the browser that brought it; the application is one step away.
        assert_eq!((browser.place(), browser.has_left()), ("applications", false), "{}", browser.text());
        let again = portal.asks();
        browser.opens(&again.url()).await;
        portal.redeems(&again, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_cookies_refused_from_the_start_is_explained() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (asked, mut browser) = (portal.asks(), world.browser());
        browser.refuses_cookies();
        browser.opens(&asked.url()).await;
        assert!(browser.says("Votre navigateur refuse les cookies de ce site."), "{}", browser.text());
        let mut browser = browser.allows_cookies();
        browser.follows("Réessayer").await;
        assert_eq!(browser.place(), "sign-in", "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_a_link_opened_elsewhere_confirms_there_and_the_code_lets_the_first_go_on() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (asked, mut waiting) = (portal.asks(), world.browser());
        waiting.opens(&asked.url()).await;
        MARIE.registers(&mut waiting).await;
        let mail = world.mail_to(MARIE.email).await;
        let mut phone = world.browser().named("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1");
        phone.opens(&link(&mail)).await.submits(&[("do", "confirm")]).await;
        assert!(phone.says("Revenez à l’écran où vous avez commencé (Firefox sur Linux)"), "{}", phone.text());
        assert!(!phone.has_left() && phone.cookies().value("__Host-guichet-session-certinomis").is_none());
        // The tab that waits is told, and not let in.
        waiting.follows("Cliquez ici").await;
        assert_eq!(waiting.place(), "verify-email");
        assert!(waiting.notice().unwrap().contains("depuis un autre navigateur"), "{}", waiting.text());
        waiting.submits(&[("code", &code(&mail))]).await;
        assert_eq!(waiting.h1(), "Mise à jour du mot de passe");
        waiting.submits(&MARIE.new_password()).await.submits(&MARIE.secret_question()).await;
        portal.redeems(&asked, waiting.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_of_several_mails_the_last_three_verification_links_stay_good() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        MARIE.registers(&mut browser).await;
        for _ in 0..2 {
            world.advance(minutes(2));
            browser.reloads().await.presses("Cliquez ici").await;
        }
        let three = world.mails_to(MARIE.email).await;
        for mail in &three {
            let mut elsewhere = world.browser();
            elsewhere.opens(&link(mail)).await;
            assert_eq!((elsewhere.status(), elsewhere.h1().as_str()), (200, "Vérification du courriel"));
        }
        // Past three a day they come one an hour (SR-18); the fourth is this one, the first ends.
        world.advance(minutes(58));
        browser.reloads().await.presses("Cliquez ici").await;
        assert_eq!(world.mails_to(MARIE.email).await.len(), 4);
        let mut elsewhere = world.browser();
        elsewhere.opens(&link(&three[0])).await;
        assert_eq!(elsewhere.h1(), "Un lien plus récent existe");
        assert!(elsewhere.says("Un lien plus récent est parti à 15 h 14 : ouvrez celui-là."), "{}", elsewhere.text());
        elsewhere.opens(&link(&three[1])).await.submits(&[("do", "confirm")]).await;
        assert_eq!(elsewhere.h1(), "C’est confirmé");
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_too_many_tries_tell_the_time_and_leave_other_ways_open() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = begun(world).await;
        for _ in 0..5 {
            browser.submits(&[("username", MARIE.email), ("password", "Faux-pas-9")]).await;
            assert_eq!(browser.status(), 422);
            assert!(browser.says("Le courriel et le mot de passe ne correspondent pas."), "{}", browser.text());
        }
        browser.submits(&MARIE.credentials()).await;
        assert_eq!((browser.status(), browser.answer().header("retry-after")), (429, Some("1")));
        assert!(browser.says("Trop d’essais. Réessayez à 14 h 12"), "{}", browser.text());
        assert_eq!(browser.value("username").as_deref(), Some(MARIE.email));
        assert!(browser.page().link("Mot de passe oublié ?").is_some());
        world.advance(guichet::clock::Duration::from_secs(1));
        browser.submits(&[("password", MARIE.password)]).await;
        assert!(browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_mail_down_saves_the_work_and_says_what_is_delayed() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        MARIE.registers(&mut browser).await;
        assert_eq!(browser.notice(), None);
        world.advance(minutes(6));
        browser.reloads().await;
        assert_eq!(
            browser.notice().as_deref(),
            Some("Le courriel partira dès que possible. Vous pouvez fermer cette page.")
        );
        let mut english = world.browser().in_language("en");
        english.opens(&world.portal().asks().url()).await.follows("Forgotten password?").await;
        english.submits(&[("username", "nobody@exemple.fr")]).await;
        let told = "The e-mail will go out as soon as possible. You can close this page.";
        assert_eq!(english.notice().as_deref(), Some(told), "told alike to somebody and nobody");
        // The relay is back: nothing has to be typed again.
        MARIE.confirms(world, &mut browser).await;
        assert_eq!(browser.h1(), "Courriel vérifié");
        browser.tab().opens(&world.portal().asks().url()).await;
        english.reloads().await;
        assert_eq!(english.notice(), None);
    })
    .await;
}

#[tokio::test]
async fn ux_1_2_a_browser_has_ten_journeys_the_oldest_gives_way() {
    on_each_database(async |world| {
        let mut first = begun(world).await;
        let mut tabs = Vec::new();
        for _ in 0..10 {
            world.advance(guichet::clock::Duration::from_secs(1));
            let mut tab = first.tab();
            tab.opens(&world.portal().asks().url()).await;
            tabs.push(tab);
        }
        first.reloads().await;
        assert_eq!(first.h1(), "Quelle application voulez-vous ouvrir ?");
        for tab in &mut tabs {
            assert_eq!(tab.reloads().await.h1(), "Connectez-vous à votre compte");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM flows").await, 10);
    })
    .await;
}
