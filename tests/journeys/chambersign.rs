//! DOMAIN.md §9.4, page by page: registration with a chosen password, from inside an order.

use guichet::clock::{hours, minutes};
use guichet::realm::preset::Preset;

use crate::support::browser::Browser;
use crate::support::client_app::{claims, parameter};
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, code, link, on_each_database};

/// Tells a story of the ChamberSign realm on each database.
pub(super) async fn at_chambersign(story: impl AsyncFn(&mut World)) {
    on_each_database(async |world| {
        world.becomes(Preset::ChamberSign).await;
        story(world).await;
    })
    .await;
}

/// Asserts that the page says each of these words.
pub(super) fn says_all(browser: &Browser, words: &[&str]) {
    for words in words {
        assert!(browser.says(words), "« {words} » is not on:\n{}", browser.text());
    }
}

/// A browser on the first page of a journey that the portal began.
pub(super) async fn at_the_door(world: &World, language: &str) -> Browser {
    let mut browser = world.browser().in_language(language);
    browser.opens(&world.portal().asks().url()).await;
    browser
}

/// The registration page's fields, the password among them.
fn with_password(person: &Person) -> [(&'static str, &'static str); 5] {
    let [first, last, email] = person.registration();
    let [new, again] = person.new_password();
    [first, last, email, new, again]
}

/// From the first page to the page that waits for the mail.
pub(super) async fn registers(person: &Person, browser: &mut Browser) {
    let register = browser.at().as_str().replace("/welcome", "/register");
    browser.opens(&register).await.submits(&with_password(person)).await;
    assert_eq!(browser.place(), "verify-email", "{}", browser.text());
}

#[tokio::test]
async fn chambersign_first_page_lets_people_choose_and_turn_back() {
    at_chambersign(async |world| {
        let browser = at_the_door(world, "fr").await;
        assert_eq!((browser.place(), browser.h1().as_str()), ("welcome", "Connexion à votre compte"));
        says_all(&browser, &["S’inscrire", "Se connecter", "Annuler", "Espace Client & Partenaires", "Français"]);
        let page = browser.page();
        assert!(page.link("S’inscrire").unwrap().contains("/register?flow="));
        assert!(page.link("Se connecter").unwrap().contains("/sign-in?flow="));
        assert!(page.link("English").unwrap().contains("flow="), "the language menu keeps the journey");

        let (portal, mut browser) = (world.portal(), world.browser().in_language("en"));
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        assert_eq!(browser.h1(), "Sign in to your account");
        says_all(&browser, &["Register", "Sign in", "Cancel"]);
        browser.follows("Cancel").await;
        let back = browser.left_for();
        assert_eq!(parameter(back, "error").as_deref(), Some("access_denied"));
        assert_eq!(parameter(back, "state"), Some(asked.state));
    })
    .await;
}

#[tokio::test]
async fn chambersign_whoever_is_expected_is_not_asked_to_choose() {
    at_chambersign(async |world| {
        let (portal, mut browser) = (world.portal(), world.browser());
        for (name, value, place) in
            [("login_hint", MARIE.email, "sign-in"), ("prompt", "create", "register"), ("prompt", "login", "welcome")]
        {
            browser.opens(&portal.asks().with(name, value).url()).await;
            assert_eq!(browser.place(), place, "{name}={value}");
        }
        gets_an_account(world, &MARIE, &mut browser).await;
        world.advance(minutes(1));
        browser.opens(&portal.asks().with("prompt", "login").url()).await;
        assert_eq!(browser.place(), "sign-in", "somebody is to be confirmed");
        let choice = browser.at().as_str().replace("/sign-in", "/welcome");
        browser.opens(&choice).await;
        assert_eq!(browser.place(), "sign-in");
    })
    .await;
}

pub(super) async fn gets_an_account(world: &World, person: &Person, browser: &mut Browser) {
    browser.opens(&world.portal().asks().with("prompt", "create").url()).await;
    registers(person, browser).await;
    person.confirms(world, browser).await;
    browser.follows("Continuer").await;
    accepts(browser).await;
    assert!(browser.has_left(), "{}", browser.text());
}

/// Ticks the box and accepts what is on the page.
pub(super) async fn accepts(browser: &mut Browser) {
    assert_eq!(browser.place(), "required-actions/accept-terms", "{}", browser.text());
    browser.submits(&[("accept", "on")]).await;
}

#[tokio::test]
async fn chambersign_registration_asks_all_at_once_and_states_its_rule() {
    at_chambersign(async |world| {
        let mut browser = at_the_door(world, "fr").await;
        browser.follows("S’inscrire").await;
        assert_eq!(browser.h1(), "Inscription");
        let page = browser.page();
        let labels = ["firstName", "lastName", "email", "password-new", "password-confirm"];
        let labels = labels.map(|field| page.label(field).unwrap());
        assert_eq!(labels, ["Prénom", "NOM", "Adresse e-mail", "Mot de passe", "Confirmer votre mot de passe"]);
        says_all(&browser, &["J’ai déjà un compte", "Annuler", "au moins 8 caractères", "au moins 4 de ces sortes"]);
        assert!(page.link("J’ai déjà un compte").unwrap().contains("/sign-in?flow="));
        browser.presses("Inscription").await;
        assert_eq!(browser.status(), 422);
        assert_eq!(
            browser.error_summary(),
            ["Entrez votre prénom", "Entrez votre nom", "Entrez votre adresse e-mail", "Entrez un mot de passe"]
        );
        for (new, again, field, words) in [
            ("Court-7", "Court-7", "password-new", "Le mot de passe doit compter au moins 8 caractères"),
            // Length makes up for nothing here: a lower case letter, an upper case one, a digit and another sign.
            ("longue phrase en minuscules", "", "password-new", "Mêlez au moins 4 sortes de caractères"),
            ("Sanschiffre-ici", "", "password-new", "Mêlez au moins 4 sortes de caractères"),
            ("P@ssw0rd", "P@ssw0rd", "password-new", "Ce mot de passe figure dans des fuites connues."),
            (MARIE.email, MARIE.email, "password-new", "Mêlez au moins 4 sortes"),
            (MARIE.password, "Rosée-du-matin-8", "password-confirm", "Les deux mots de passe diffèrent."),
            (MARIE.password, "", "password-confirm", "Entrez le mot de passe une seconde fois"),
        ] {
            let [first, last, email] = MARIE.registration();
            browser.submits(&[first, last, email, ("password-new", new), ("password-confirm", again)]).await;
            let said = browser.field_error(field).unwrap_or_default();
            assert!(browser.status() == 422 && said.starts_with(words), "{new}: {words}\n{}", browser.text());
            assert_eq!(browser.value("firstName").as_deref(), Some("Marie"), "nothing is asked twice");
            assert_eq!(browser.value("password-new").as_deref(), Some(""), "a password never comes back");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM links").await, 0);

        let mut browser = at_the_door(world, "en").await;
        browser.follows("Register").await;
        let page = browser.page();
        let labels = ["firstName", "lastName", "password-new", "password-confirm"].map(|it| page.label(it).unwrap());
        assert_eq!(labels, ["First name", "LAST NAME", "Password", "Confirm your password"]);
        says_all(&browser, &["I already have an account", "Cancel"]);
    })
    .await;
}

#[tokio::test]
async fn chambersign_somebody_registers_confirms_and_comes_back() {
    at_chambersign(async |world| {
        let (portal, mut browser) = (world.portal(), world.browser());
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        registers(&MARIE, &mut browser).await;
        says_all(&browser, &["Confirmez votre inscription", "Un courriel automatique vient de vous être envoyé."]);
        MARIE.confirms(world, &mut browser).await;
        assert_eq!(browser.h1(), "Votre courriel a été vérifié.");
        assert!(browser.title().starts_with("Votre courriel a été vérifié."));
        says_all(&browser, &["Votre courriel a été vérifié. Votre compte est actif."]);
        browser.follows("Continuer").await;
        accepts(&mut browser).await;
        let told = claims(&portal.redeems(&asked, browser.left_for()).await.id_token);
        assert_eq!((told["amr"][0].as_str(), told["auth_time"].as_i64()), (Some("pwd"), Some(world.now().seconds())));
        let names = "SELECT count(*) FROM events WHERE name = 'password.changed'";
        assert_eq!(world.database.count(names).await, 1, "what was done with the link is told whole (SR-194)");

        let mut browser = at_the_door(world, "en").await;
        browser.follows("Sign in").await.submits(&MARIE.credentials()).await;
        assert!(browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn chambersign_the_code_does_what_the_link_does() {
    at_chambersign(async |world| {
        let mut browser = at_the_door(world, "en").await;
        registers(&MARIE, &mut browser).await;
        browser.submits(&[("code", &code(&world.mail_to(MARIE.email).await))]).await;
        accepts(&mut browser).await;
        assert!(browser.has_left(), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_61_a_chosen_password_opens_nothing_before_its_address_is_proven() {
    at_chambersign(async |world| {
        let mut browser = at_the_door(world, "fr").await;
        registers(&MARIE, &mut browser).await;
        let mut elsewhere = at_the_door(world, "fr").await;
        elsewhere.follows("Se connecter").await.submits(&MARIE.credentials()).await;
        assert_eq!((elsewhere.status(), elsewhere.place()), (422, "sign-in"));
        assert_eq!(world.database.count("SELECT count(*) FROM passwords").await, 0);
        let kept = world.database.count("SELECT count(*) FROM flows WHERE journey LIKE '%Rosée%'").await;
        assert_eq!(kept, 0, "what waits is a hash");
    })
    .await;
}

#[tokio::test]
async fn sr_62_a_password_of_somebody_who_cannot_read_the_mail_never_becomes_the_accounts() {
    at_chambersign(async |world| {
        // A stranger registers with Marie's address and a password that they know.
        let mut stranger = at_the_door(world, "fr").await;
        registers(&Person { password: "Connu-du-voleur-1", ..MARIE }, &mut stranger).await;
        // Marie opens the link, in her own browser, and chooses a password of her own.
        let mut marie = world.browser();
        MARIE.confirms(world, &mut marie).await;
        says_all(&marie, &["Revenez à l’écran où vous avez commencé"]);
        assert_eq!(world.database.count("SELECT count(*) FROM passwords").await, 0);
        marie.follows("Je préfère continuer ici").await;
        assert_eq!(marie.place(), "required-actions/update-password");
        says_all(&marie, &["choisissez ici votre mot de passe"]);
        marie.submits(&MARIE.new_password()).await;
        // The stranger's tab waits for a code that only Marie reads, and their password is nobody's.
        stranger.reloads().await;
        assert_eq!(stranger.place(), "verify-email");
        let mut again = at_the_door(world, "fr").await;
        again.follows("Se connecter").await;
        again.submits(&[("username", MARIE.email), ("password", "Connu-du-voleur-1")]).await;
        assert_eq!(again.status(), 422);
        again.submits(&MARIE.credentials()).await;
        assert_eq!(again.place(), "required-actions/accept-terms", "{}", again.text());
    })
    .await;
}

#[tokio::test]
async fn sr_62_the_browser_that_chose_the_password_goes_on_by_the_code_after_a_link_opened_elsewhere() {
    at_chambersign(async |world| {
        let mut browser = at_the_door(world, "fr").await;
        registers(&MARIE, &mut browser).await;
        let mail = world.mail_to(MARIE.email).await;
        world.browser().opens(&link(&mail)).await.submits(&[("do", "confirm")]).await;
        browser.submits(&[("code", &code(&mail))]).await;
        accepts(&mut browser).await;
        assert!(browser.has_left(), "{}", browser.text());
        let mut again = at_the_door(world, "fr").await;
        again.follows("Se connecter").await.submits(&MARIE.credentials()).await;
        assert!(again.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_62_a_mail_read_hours_later_keeps_the_password_and_asks_for_it_once() {
    at_chambersign(async |world| {
        let mut browser = at_the_door(world, "fr").await;
        registers(&MARIE, &mut browser).await;
        let link = link(&world.mail_to(MARIE.email).await);
        world.advance(hours(3));
        browser.opens(&link).await.submits(&[("do", "confirm")]).await;
        assert_eq!(browser.h1(), "Votre courriel a été vérifié.");
        browser.follows("Continuer").await;
        assert_eq!(browser.place(), "sign-in");
        says_all(&browser, &["Votre courriel a été vérifié. Connectez-vous pour continuer."]);
        assert_eq!(browser.value("username").as_deref(), Some(MARIE.email));
        browser.submits(&MARIE.credentials()).await;
        accepts(&mut browser).await;
        assert!(browser.has_left(), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_6_a_known_address_gets_the_same_page_and_keeps_its_password() {
    at_chambersign(async |world| {
        gets_an_account(world, &MARIE, &mut world.browser()).await;
        let mut browser = at_the_door(world, "fr").await;
        registers(&Person { password: "Tout-autre-chose-9", ..MARIE }, &mut browser).await;
        assert!(world.mail_to(MARIE.email).await.subject.contains("déjà un compte"));
        let mut other = at_the_door(world, "fr").await;
        registers(&PAUL, &mut other).await;
        let without = |browser: &Browser, person: &Person| browser.text().replace(person.email, "");
        assert_eq!(without(&browser, &MARIE), without(&other, &PAUL));
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 1);
        let mut again = at_the_door(world, "fr").await;
        again.follows("Se connecter").await.submits(&MARIE.credentials()).await;
        assert!(again.has_left());
    })
    .await;
}

#[tokio::test]
async fn a_changed_address_takes_the_password_that_was_chosen_with_it() {
    at_chambersign(async |world| {
        let mut browser = at_the_door(world, "fr").await;
        registers(&Person { email: "marie@exemple.fr", password: "Premier-essai-1", ..MARIE }, &mut browser).await;
        let first = link(&world.mail_to("marie@exemple.fr").await);
        browser.follows("Modifier l’adresse").await.submits(&with_password(&MARIE)).await;
        MARIE.confirms(world, &mut browser).await;
        browser.follows("Continuer").await;
        accepts(&mut browser).await;
        assert!(browser.has_left());
        // The earlier mail was replaced by what was done with the later one.
        browser.opens(&first).await;
        assert_eq!(browser.status(), 410);
        let mut again = at_the_door(world, "fr").await;
        again.follows("Se connecter").await.submits(&MARIE.credentials()).await;
        assert!(again.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_9_registrations_are_counted_before_their_password_is_hashed() {
    at_chambersign(async |world| {
        let mut browser = at_the_door(world, "fr").await;
        let register = browser.at().as_str().replace("/welcome", "/register");
        for _ in 0..10 {
            browser.opens(&register).await.submits(&with_password(&MARIE)).await;
            assert_eq!(browser.place(), "verify-email");
            world.advance(minutes(1));
        }
        browser.opens(&register).await.submits(&with_password(&MARIE)).await;
        assert_eq!((browser.status(), browser.place()), (429, "register"));
        assert!(browser.answer().headers.contains_key("retry-after"));
        assert_eq!(browser.value("email").as_deref(), Some(MARIE.email));
    })
    .await;
}
