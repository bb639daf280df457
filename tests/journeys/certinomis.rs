//! DOMAIN.md §9.5, page by page: what stands there in French and in English, and what follows from each.

use crate::support::browser::Browser;
use crate::support::client_app::claims;
use crate::support::people::{MARIE, Person};
use crate::support::world::{World, code, link, on_each_database};

/// Asserts that the page says each of these words, typography included up to its kinds of spaces.
fn says_all(browser: &Browser, words: &[&str]) {
    for words in words {
        assert!(browser.says(words), "« {words} » is not on:\n{}", browser.text());
    }
}

/// A browser on the first page of a journey that the portal began.
async fn at_sign_in(world: &World, language: &str) -> Browser {
    let mut browser = world.browser().in_language(language);
    browser.opens(&world.portal().asks().url()).await;
    browser
}

#[tokio::test]
async fn certinomis_somebody_registers_and_comes_back() {
    on_each_database(async |world| {
        let tokens = MARIE.gets_an_account(world, &mut world.browser()).await;
        let told = claims(&tokens.id_token);
        let person = world.portal().userinfo(&tokens.access_token).await.json();
        assert_eq!(person["sub"], told["sub"]);
        assert_eq!((person["given_name"].as_str(), person["family_name"].as_str()), (Some("Marie"), Some("Durand")));
        let again = MARIE.signs_in(world, &mut world.browser()).await;
        assert_eq!(claims(&again.id_token)["sub"], told["sub"]);
    })
    .await;
}

#[tokio::test]
async fn certinomis_sign_in_page_says_what_the_seed_says() {
    on_each_database(async |world| {
        let browser = at_sign_in(world, "fr").await;
        assert_eq!(browser.h1(), "Connectez-vous à votre compte");
        assert_eq!(browser.page().label("username").as_deref(), Some("Courriel"));
        assert_eq!(browser.page().label("password").as_deref(), Some("Mot de passe"));
        says_all(&browser, &["Mot de passe oublié ?", "Connexion", "Ou", "S’enregistrer", "Portail de commande"]);
        let browser = at_sign_in(world, "en").await;
        assert_eq!((browser.h1().as_str(), browser.page().language().as_str()), ("Sign in to your account", "en"));
        says_all(&browser, &["E-mail", "Password", "Sign in", "Register", "Order portal"]);
    })
    .await;
}

#[tokio::test]
async fn certinomis_registration_asks_names_and_address_and_no_password_yet() {
    on_each_database(async |world| {
        let mut browser = at_sign_in(world, "fr").await;
        browser.follows("S’enregistrer").await;
        assert_eq!(browser.h1(), "S’enregistrer");
        let page = browser.page();
        let labels = ["firstName", "lastName", "email"].map(|field| page.label(field).unwrap());
        assert_eq!(labels, ["Prénom", "Nom", "Courriel"]);
        assert!(page.value("password-new").is_none() && page.value("password").is_none());
        assert!(page.link("Retour à la connexion").unwrap().contains("/sign-in?flow="));
        browser.presses("S’enregistrer").await;
        assert_eq!(browser.status(), 422);
        assert_eq!(browser.error_summary(), ["Entrez votre prénom", "Entrez votre nom", "Entrez votre courriel"]);
        assert!(browser.title().starts_with("Erreur :"), "{}", browser.title());

        let mut browser = at_sign_in(world, "en").await;
        browser.follows("Register").await.submits(&[("firstName", "Marie"), ("email", "marie")]).await;
        assert_eq!(browser.value("firstName").as_deref(), Some("Marie"));
        assert_eq!(browser.field_error("email").as_deref(), Some("The e-mail address has no @ sign"));
    })
    .await;
}

#[tokio::test]
async fn certinomis_verification_page_tells_resends_and_goes_on() {
    on_each_database(async |world| {
        let mut browser = at_sign_in(world, "fr").await;
        MARIE.registers(&mut browser).await;
        assert_eq!(browser.h1(), "Vérification du courriel");
        says_all(
            &browser,
            &[
                "Vous devez vérifier votre email pour activer votre compte.",
                "Un courriel avec des instructions à suivre vous a été envoyé.",
                MARIE.email,
                "Vous venez de vérifier votre email ? Cliquez ici pour continuer l’authentification.",
            ],
        );
        // Not yet: the time is told, no countdown.
        says_all(&browser, &["Un nouveau courriel pourra être demandé à 14 h 13"]);
        world.advance(guichet::clock::minutes(1));
        browser.reloads().await;
        says_all(&browser, &["Vous n’avez pas reçu de courriel ? Cliquez ici pour renvoyer le courriel."]);
        browser.presses("Cliquez ici").await;
        assert_eq!(world.mails_to(MARIE.email).await.len(), 2);
        assert_eq!(browser.notice().as_deref(), Some("Un nouveau courriel est parti à 14 h 13."));
        // « J’ai confirmé » before it is true leads back here.
        browser.follows("Cliquez ici").await;
        assert_eq!(browser.h1(), "Vérification du courriel");
    })
    .await;
}

#[tokio::test]
async fn certinomis_verification_by_code_in_english() {
    on_each_database(async |world| {
        let mut browser = at_sign_in(world, "en").await;
        MARIE.registers(&mut browser).await;
        assert_eq!(browser.h1(), "E-mail verification");
        let mail = world.mail_to(MARIE.email).await;
        assert!(mail.subject.contains("Certinomis"), "{}", mail.subject);
        browser.submits(&[("code", "000000")]).await;
        assert!(browser.field_error("code").unwrap().starts_with("This code does not match"), "{}", browser.text());
        // As people copy it: with spaces around and in the middle.
        let code = code(&mail);
        browser.submits(&[("code", &format!(" {} {} ", &code[..3], &code[3..]))]).await;
        assert_eq!(browser.h1(), "Password update");
        says_all(&browser, &["You must update your password to activate your account."]);
    })
    .await;
}

#[tokio::test]
async fn certinomis_link_lands_on_one_button_and_says_what_it_is_about() {
    on_each_database(async |world| {
        let mut browser = at_sign_in(world, "fr").await;
        MARIE.registers(&mut browser).await;
        let link = link(&world.mail_to(MARIE.email).await);
        browser.opens(&link).await;
        assert_eq!((browser.h1().as_str(), browser.status()), ("Vérification du courriel", 200));
        says_all(
            &browser,
            &[
                "Confirmer marie.•••@exemple.fr ?",
                "Demandé le 3 mars 2026 à 14 h 12 depuis Firefox sur Linux.",
                "Pour protéger votre compte, confirmez d’un clic.",
                "Ce n’est pas moi",
            ],
        );
        browser.presses("Vérifier mon courriel").await;
        assert_eq!(browser.h1(), "Courriel vérifié");
        browser.follows("Continuer").await;
        assert_eq!(browser.h1(), "Mise à jour du mot de passe");

        browser.opens(&link).await;
        assert_eq!((browser.h1().as_str(), browser.status()), ("Ce lien a déjà servi", 410));
    })
    .await;
}

#[tokio::test]
async fn certinomis_this_was_not_me_ends_the_link() {
    on_each_database(async |world| {
        let mut browser = at_sign_in(world, "fr").await;
        MARIE.registers(&mut browser).await;
        let (link, mut elsewhere) = (link(&world.mail_to(MARIE.email).await), world.browser());
        elsewhere.opens(&link).await.presses("Ce n’est pas moi").await;
        assert_eq!(elsewhere.h1(), "C’est noté");
        elsewhere.opens(&link).await;
        assert_eq!(elsewhere.status(), 410);
        let told = world.database.count("SELECT count(*) FROM events WHERE name = 'link.denied'").await;
        assert_eq!((told, world.database.count("SELECT count(*) FROM users").await), (1, 0));
        // The code of the same mail is void too.
        browser.submits(&[("code", &code(&world.mail_to(MARIE.email).await))]).await;
        assert_eq!(browser.place(), "verify-email");
    })
    .await;
}

#[tokio::test]
async fn certinomis_password_page_states_its_rules_and_ticks_the_box() {
    on_each_database(async |world| {
        let mut browser = at_sign_in(world, "fr").await;
        MARIE.registers(&mut browser).await;
        MARIE.confirms(world, &mut browser).await;
        browser.follows("Continuer").await;
        let page = browser.page();
        assert_eq!(page.label("password-new").as_deref(), Some("Nouveau mot de passe"));
        assert_eq!(page.label("password-confirm").as_deref(), Some("Confirmation du nouveau mot de passe"));
        assert!(page.ticked("logout-sessions"), "ticked by default");
        says_all(
            &browser,
            &[
                "Vous devez mettre à jour votre mot de passe pour activer votre compte.",
                "Se déconnecter des autres appareils",
                "compter au moins 8 caractères",
                "Soumettre",
            ],
        );
        for (new, confirmed, field, words) in [
            ("", "", "password-new", "Entrez un nouveau mot de passe"),
            (
                "Court-7",
                "Court-7",
                "password-new",
                "Le mot de passe doit compter au moins 8 caractères ; il en compte 7",
            ),
            ("toutpetit", "toutpetit", "password-new", "Mêlez au moins 4 sortes de caractères dans le mot de passe"),
            ("P@ssw0rd", "P@ssw0rd", "password-new", "Ce mot de passe figure dans des fuites connues."),
            (MARIE.email, MARIE.email, "password-new", "Ce mot de passe reprend votre nom"),
            (MARIE.password, "Rosée-du-matin-8", "password-confirm", "Les deux mots de passe diffèrent."),
            (MARIE.password, "", "password-confirm", "Entrez le nouveau mot de passe une seconde fois"),
        ] {
            browser.submits(&[("password-new", new), ("password-confirm", confirmed)]).await;
            assert_eq!(browser.status(), 422, "{new}");
            assert!(
                browser.field_error(field).is_some_and(|said| said.starts_with(words)),
                "{words}\n{}",
                browser.text()
            );
            assert_eq!(browser.value("password-new").as_deref(), Some(""), "a password never comes back");
        }
        browser.submits(&MARIE.new_password()).await;
        assert_eq!(browser.h1(), "Création de la question secrète");
    })
    .await;
}

#[tokio::test]
async fn certinomis_secret_question_page_says_that_renault_is_not_renault() {
    on_each_database(async |world| {
        let mut browser = at_sign_in(world, "fr").await;
        MARIE.registers(&mut browser).await;
        MARIE.confirms(world, &mut browser).await;
        browser.follows("Continuer").await.submits(&MARIE.new_password()).await;
        let page = browser.page();
        assert_eq!(page.label("question").as_deref(), Some("Quelle est votre question secrète ?"));
        assert_eq!(page.label("answer").as_deref(), Some("Quelle est votre réponse à la question secrète ?"));
        says_all(&browser, &["Renault est différent de renault", "Valider"]);
        for (question, answer, field, words) in [
            ("", "Renault", "question", "Choisissez ou écrivez une question"),
            ("Ma question", "", "answer", "Entrez votre réponse"),
            ("Ma question", "abc", "answer", "La réponse doit compter au moins 4 caractères"),
            ("Ma question", "Durand", "answer", "Cette réponse se devine."),
            ("Ma question", "ma question", "answer", "Cette réponse se devine."),
        ] {
            browser.submits(&[("question", question), ("answer", answer)]).await;
            let said = browser.field_error(field);
            assert!(said.is_some_and(|said| said.starts_with(words)), "{words}\n{}", browser.text());
            assert_eq!(browser.value("question").as_deref(), Some(question));
        }
        browser.submits(&MARIE.secret_question()).await;
        assert!(browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn certinomis_an_address_is_one_person_on_the_portal() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = at_sign_in(world, "fr").await;
        let other = Person { first_name: "Jeanne", email: "Marie.Durand@EXEMPLE.fr", ..MARIE };
        other.registers(&mut browser).await;
        assert_eq!(browser.h1(), "Vérification du courriel");
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 1);
        assert!(world.mail_to(MARIE.email).await.subject.contains("déjà un compte"));
    })
    .await;
}

#[tokio::test]
async fn certinomis_signing_out_is_asked_unless_the_portal_proves_it() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (portal, mut browser) = (world.portal(), world.browser());
        MARIE.signs_in(world, &mut browser).await;
        browser.opens(&portal.logout_url(&[])).await;
        assert_eq!(browser.h1(), "Se déconnecter ?");
        says_all(&browser, &["Une session est ouverte au nom de Marie Durand."]);
        browser.opens(&portal.asks().url()).await;
        assert!(browser.has_left(), "asking ends nothing");
        browser.opens(&portal.logout_url(&[])).await.presses("Se déconnecter").await;
        assert_eq!(browser.h1(), "Déconnexion effectuée");
        browser.opens(&portal.asks().url()).await;
        assert_eq!(browser.place(), "sign-in");

        let tokens = MARIE.signs_in(world, &mut browser).await;
        let home = crate::support::world::PORTAL_HOME;
        let proven =
            [("id_token_hint", tokens.id_token.as_str()), ("post_logout_redirect_uri", home), ("state", "é&1")];
        browser.opens(&portal.logout_url(&proven)).await;
        assert_eq!(browser.left_for().as_str(), "https://portail.example/?state=%C3%A9%261");
        browser.opens(&portal.asks().url()).await;
        assert_eq!(browser.place(), "sign-in");
    })
    .await;
}
