//! Password, secret question, names and language, changed by their owner (SR-12, SR-30, SR-41, SR-54, SR-99).

use guichet::clock::{Duration, minutes};
use guichet::realm::preset::Preset;
use http::Method;
use http::header::{CONTENT_TYPE, ORIGIN};

use super::{is_out, signed_in};
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{PUBLIC, link, on_each_database};

/// What Marie chooses next.
const NEXT: Person = Person {
    password: "Brume-du-soir-11",
    question: "Quel est le prénom de votre aïeule ?",
    answer: "Ermengarde",
    ..MARIE
};

const SESSION: &str = "__Host-guichet-session-certinomis";

#[tokio::test]
async fn sr_30_a_password_is_changed_by_who_knows_it_and_the_others_are_signed_out() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.advance(minutes(1));
        let (mut other, held) = signed_in(world, &MARIE).await;
        let (mut browser, kept) = signed_in(world, &MARIE).await;
        // A link that somebody asked for is void afterwards (SR-54).
        world.posts().await;
        let mut forgot = world.browser();
        forgot.opens_page("recover/password").await.submits(&[("username", MARIE.email)]).await;
        let reset = link(&world.mail_to(MARIE.email).await);
        world.advance(Duration::from_secs(1));
        let before = browser.cookies().value(SESSION).unwrap();
        browser.opens_page("account/password").await;
        assert!(browser.page().ticked("logout-sessions"), "ticked unless its person unticks it");
        let fields =
            |current| [("password", current), ("password-new", NEXT.password), ("password-confirm", NEXT.password)];
        browser.submits(&fields("Mauvaise-Pioche-3")).await;
        assert_eq!(browser.status(), 422);
        assert_eq!(browser.field_error("password").as_deref(), Some("Le mot de passe actuel ne correspond pas"));
        for field in ["password", "password-new", "password-confirm"] {
            assert_eq!(browser.value(field).as_deref(), Some(""), "{field} is not sent back");
        }
        browser.submits(&fields(MARIE.password)).await;
        assert_eq!(browser.place(), "account");
        assert_eq!(browser.notice().as_deref(), Some("Mot de passe modifié. Un e-mail vous le confirme."));
        assert_eq!(world.mail_to(MARIE.email).await.subject, "Votre mot de passe a été modifié");
        // This session goes on, under a new id (SR-99), without asking anything.
        assert_ne!(browser.cookies().value(SESSION).unwrap(), before);
        browser.opens(&world.portal().asks().url()).await;
        assert!(browser.has_left(), "{}", browser.text());
        assert_eq!(world.portal().refreshes(&kept.refresh_token.unwrap()).await.status, 200);
        let mut thief = world.browser();
        thief.cookies().put(SESSION, &before);
        is_out(&mut thief).await;
        is_out(&mut other).await;
        assert_eq!(world.portal().refreshes(&held.refresh_token.unwrap()).await.status, 400);
        forgot.opens(&reset).await;
        assert_eq!(forgot.status(), 410, "{}", forgot.text());
        // The old one opens nothing, the new one does.
        let mut late = world.browser();
        late.opens(&world.portal().asks().url()).await.submits(&MARIE.credentials()).await;
        assert_eq!(late.status(), 422);
        NEXT.signs_in(world, &mut late).await;
    })
    .await;
}

#[tokio::test]
async fn sr_30_other_sessions_stay_where_their_person_wants_them_to() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut other, _) = signed_in(world, &MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        world.advance(Duration::from_secs(1));
        browser.opens_page("account/password").await.ticks("logout-sessions", false).types("password", MARIE.password);
        browser.submits(&NEXT.new_password()).await;
        assert_eq!(browser.place(), "account", "{}", browser.text());
        other.opens_page("account").await;
        assert_eq!(other.place(), "account");
        // What it proved, it proved with a password that stands no more (SR-104).
        other.opens_page("account/password").await;
        assert_eq!(other.place(), "sign-in");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_keeps_the_rules_and_is_not_the_old_one() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        let refused = [
            ("", NEXT.password, NEXT.password, "password", "Entrez votre mot de passe actuel"),
            (MARIE.password, "court", "court", "password-new", "Le mot de passe doit compter"),
            (MARIE.password, NEXT.password, "Autre-chose-12", "password-confirm", "Les deux mots de passe diffèrent"),
            (MARIE.password, MARIE.password, MARIE.password, "password-new", "Ce mot de passe est déjà le vôtre"),
        ];
        for (present, new, confirm, field, said) in refused {
            browser.opens_page("account/password").await;
            browser.submits(&[("password", present), ("password-new", new), ("password-confirm", confirm)]).await;
            assert_eq!(browser.status(), 422, "{said}");
            assert!(browser.field_error(field).is_some_and(|error| error.starts_with(said)), "{}", browser.text());
        }
        browser.opens(&world.portal().asks().url()).await;
        assert!(browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_12_the_present_password_is_guessed_at_as_slowly_as_anywhere() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account/password").await;
        let mut slowed = false;
        for _ in 0..8 {
            browser.types("password", "Mauvaise-Pioche-3").submits(&NEXT.new_password()).await;
            slowed |= browser.status() == 429;
        }
        assert!(slowed, "{}", browser.text());
        assert!(browser.answer().headers.contains_key("retry-after"));
        // The right one is not looked at either, and nothing has changed.
        browser.types("password", MARIE.password).submits(&NEXT.new_password()).await;
        assert_eq!(browser.status(), 429);
        let told = world.mails_to(MARIE.email).await;
        assert!(told.iter().any(|mail| mail.subject.starts_with("Mots de passe erronés")));
    })
    .await;
}

#[tokio::test]
async fn sr_41_another_secret_question_is_set_and_told_by_mail() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account/secret-question").await;
        assert!(!browser.says(MARIE.question), "SR-36: {}", browser.text());
        browser.submits(&[("question", NEXT.question), ("answer", "Marie")]).await;
        assert_eq!((browser.status(), browser.value("question").as_deref()), (422, Some(NEXT.question)));
        // Mails of one moment leave in any order.
        world.advance(Duration::from_secs(1));
        browser.submits(&NEXT.secret_question()).await;
        assert_eq!(browser.place(), "account");
        assert_eq!(world.mail_to(MARIE.email).await.subject, "Votre question secrète a été modifiée");
        world.posts().await;
        let mut forgot = world.browser();
        forgot.opens_page("recover/password").await.submits(&[("username", MARIE.email)]).await;
        forgot.opens(&link(&world.mail_to(MARIE.email).await)).await.submits(&[("do", "confirm")]).await;
        assert!(forgot.says(NEXT.question), "{}", forgot.text());
        forgot.submits(&[("answer", MARIE.answer)]).await;
        assert_eq!(forgot.status(), 422);
        forgot.submits(&[("answer", NEXT.answer)]).await;
        assert_eq!(forgot.place(), "recover/password/new");
    })
    .await;
}

#[tokio::test]
async fn sr_34_a_realm_without_secret_questions_has_no_page_for_them() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let file = Preset::Certinomis.bundle("certinomis").files["realm.toml"].clone();
        let (from, to) = (file.find("[secret_question]").unwrap(), file.find("[sessions]").unwrap());
        world.rewrites_realm(&[(", \"set_secret_question\"", ""), (&file[from..to], "")]).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account").await;
        assert!(!browser.says("Question secrète"), "{}", browser.text());
        browser.opens_page("account/secret-question").await;
        assert_eq!(browser.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn names_number_and_language_are_their_owners_to_change() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, tokens) = signed_in(world, &MARIE).await;
        browser.opens_page("account/identity").await;
        browser
            .submits(&[("firstName", " "), ("lastName", "Du<rand"), ("phoneNumber", "0612345678"), ("locale", "it")])
            .await;
        assert_eq!(browser.status(), 422);
        assert_eq!(browser.error_summary().len(), 4, "{}", browser.text());
        let fields = [("firstName", "Marianne"), ("lastName", "Durand-Petit"), ("phoneNumber", "+33 6 12 34 56 78")];
        for (name, value) in fields {
            browser.types(name, value);
        }
        browser.submits(&[("locale", "en")]).await;
        assert_eq!((browser.place(), browser.h1().as_str()), ("account", "My account"));
        assert!(browser.says("Marianne Durand-Petit"), "{}", browser.text());
        let told = world.portal().userinfo(&tokens.access_token).await.json();
        assert_eq!((&told["given_name"], &told["locale"]), (&"Marianne".into(), &"en".into()));
        let kept = world.database.texts("SELECT profile FROM users").await;
        assert!(kept[0].contains("+33612345678"), "{kept:?}");
        // Mails speak it, too.
        world.advance(Duration::from_secs(1));
        browser.opens_page("account/password").await.types("password", MARIE.password);
        browser.submits(&NEXT.new_password()).await;
        assert_eq!(world.mail_to(MARIE.email).await.subject, "Your password was changed");
    })
    .await;
}

#[tokio::test]
async fn sr_119_a_picture_that_is_sent_to_the_account_is_not_taken() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account/identity").await;
        let token = browser.form("Enregistrer").fields.into_iter().find(|(name, _)| name == "_form").unwrap().1;
        let part = |of: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; {of}\r\n\r\n{value}\r\n");
        let (form, svg) = (part("name=\"_form\"", &token), "<svg onload=\"alert(1)\"/>");
        let body = format!("{form}{}--x--\r\n", part("name=\"picture\"; filename=\"me.svg\"", svg));
        let kind = (CONTENT_TYPE, "multipart/form-data; boundary=x".to_owned());
        let headers = [kind, (ORIGIN, PUBLIC.to_owned())];
        let answer = browser.asks(&Method::POST, browser.at(), Some(body), &headers).await;
        assert!(answer.status.is_client_error() && !answer.body.contains("<svg onload"), "{}", answer.status);
    })
    .await;
}

#[tokio::test]
async fn sr_69_a_form_of_the_account_changes_what_it_asks_and_nothing_else() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let (mut browser, _) = signed_in(world, &MARIE).await;
        browser.opens_page("account/identity").await;
        let form = browser.form("Enregistrer").with("email", "autre@exemple.fr").with("email_verified", "true");
        let form = form.with("id", "0199a2b4-0000-7000-8000-000000000001").with("state", "disabled");
        browser.sends(&form).await;
        let mut addresses = world.database.texts("SELECT email FROM users WHERE state = 'active'").await;
        addresses.sort();
        assert_eq!(addresses, [MARIE.email, PAUL.email]);
    })
    .await;
}
