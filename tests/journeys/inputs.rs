//! What people and programs put into forms: every form answers, keeps what was typed, and changes nothing.

use crate::support::browser::Browser;
use crate::support::page::Form;
use crate::support::people::MARIE;
use crate::support::world::{World, link, on_each_database};

/// Texts that no field wants.
fn odd() -> Vec<String> {
    vec![
        String::new(),
        "   ".to_owned(),
        "x".repeat(5_000),
        "é".repeat(300),
        "a\u{0}b".to_owned(),
        "a\u{7}\u{1b}[2Jb".to_owned(),
        "a\r\nSet-Cookie: x=1".to_owned(),
        "\u{202e}eiram\u{202c}@exemple.fr".to_owned(),
        "ma\u{200b}rie@exemple.fr".to_owned(),
        "mаrie@exemple.fr".to_owned(), // a Cyrillic а
        "マリー".to_owned(),
        "' OR '1'='1'; DROP TABLE users; --".to_owned(),
        "<script>alert(1)</script>".to_owned(),
        "{{ 7 * 7 }}${7*7}%s%n".to_owned(),
        "[object Object]".to_owned(),
        "-1".to_owned(),
        "\u{feff}\u{fffd}\u{10ffff}".to_owned(),
    ]
}

/// Everything that a refused form must leave alone.
async fn state(world: &World) -> String {
    let dump = world.database.dump().await;
    let matters = |line: &&str| {
        ["users:", "identifiers:", "passwords:", "secret_questions:", "sessions:", "grants:"]
            .iter()
            .any(|table| line.starts_with(table))
    };
    dump.lines().filter(matters).collect::<Vec<_>>().join("\n")
}

/// Sends the form with each odd text in each field, then each field twice, missing, and as a list.
async fn abused(browser: &Browser, form: &Form, fields: &[&str]) {
    let mut forms = Vec::new();
    for field in fields {
        forms.extend(odd().iter().map(|text| form.clone().with(field, text)));
        let mut twice = form.clone().with(field, "a");
        twice.fields.push(((*field).to_owned(), "b".to_owned()));
        forms.extend([
            twice,
            form.clone().without(field),
            form.clone().without(field).with(&format!("{field}[]"), "a"),
        ]);
    }
    forms.push(form.clone().with("do", "something-else"));
    forms.push(form.clone().with("_form", "' OR 1=1"));
    for form in forms {
        let answer = browser.posts(&form).await;
        let status = answer.status.as_u16();
        assert!(matches!(status, 200 | 303 | 400 | 403 | 413 | 422 | 429), "{status} for {:?}", form.fields);
        assert!(!answer.body.contains("<script>alert(1)</script>"));
        assert!(answer.cookies().all(|cookie| !cookie.contains("session")), "{:?}", form.fields);
    }
}

#[tokio::test]
async fn inputs_no_form_before_sign_in_fails_or_changes_anything() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let before = state(world).await;
        for (page, button, fields) in [
            ("sign-in", "Connexion", &["username", "password"][..]),
            ("register", "S’enregistrer", &["firstName", "lastName", "email"]),
            ("recover/password", "Recevoir le courriel", &["username"]),
        ] {
            for field in fields {
                let mut browser = world.browser();
                browser.opens(&world.portal().asks().url()).await;
                let address = browser.at().as_str().replace("/sign-in", &format!("/{page}"));
                let form = browser.opens(&address).await.form(button);
                abused(&browser, &form, &[field]).await;
                world.advance(guichet::clock::hours(1));
            }
        }
        assert_eq!(state(world).await, before);
    })
    .await;
}

#[tokio::test]
async fn inputs_no_form_of_an_activation_fails_or_skips_a_step() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        MARIE.registers(&mut browser).await;
        abused(&browser, &browser.form("Vérifier mon courriel"), &["code"]).await;
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 0);
        let link = link(&world.mail_to(MARIE.email).await);
        browser.opens(&link).await;
        let confirm = browser.form("Vérifier mon courriel");
        assert_eq!(browser.posts(&confirm.clone().with("_form", "x")).await.status, 403);
        browser.sends(&confirm).await.follows("Continuer").await;
        let before = state(world).await;
        let form = browser.form("Soumettre");
        for text in odd() {
            let both = form.clone().with("password-new", &text).with("password-confirm", &format!("{text}?"));
            assert!(matches!(browser.posts(&both).await.status.as_u16(), 400 | 422), "{text:?}");
        }
        assert_eq!(state(world).await, before);
        browser.submits(&MARIE.new_password()).await;
        let before = state(world).await;
        let form = browser.form("Valider").with("question", MARIE.question);
        for text in ["", "  ", "abc", "Durand", MARIE.email] {
            assert_eq!(browser.posts(&form.clone().with("answer", text)).await.status, 422, "{text:?}");
        }
        assert_eq!(state(world).await, before);
    })
    .await;
}

#[tokio::test]
async fn inputs_what_was_typed_is_kept_except_secrets() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        browser.submits(&[("username", " <b>Marie</b> & \"co\" "), ("password", "Secret-1-secret")]).await;
        assert_eq!(browser.value("username").as_deref(), Some(" <b>Marie</b> & \"co\" "));
        assert!(!browser.answer().body.contains("Secret-1-secret"));
        browser.follows("S’enregistrer").await;
        browser.submits(&[("firstName", "Zoé-Ève"), ("lastName", ""), ("email", "zoé@")]).await;
        assert_eq!(browser.value("firstName").as_deref(), Some("Zoé-Ève"));
        assert_eq!(browser.value("email").as_deref(), Some("zoé@"));
        assert!(browser.field_error("lastName").is_some() && browser.field_error("email").is_some());
    })
    .await;
}

#[tokio::test]
async fn inputs_unknown_realms_and_pages_are_not_found() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        for path in [
            "/realms/autre/sign-in",
            "/realms/CERTINOMIS/sign-in",
            "/realms/certinomis%00/sign-in",
            "/realms/../etc/passwd",
            "/realms/certinomis/nulle-part",
            "/realms//sign-in",
            "/realms/certinomis/sign-in/",
            "/nulle-part",
            "/",
        ] {
            browser.opens(path).await;
            assert_eq!(browser.status(), 404, "{path}");
            assert_eq!(browser.h1(), "Page introuvable", "{path}");
        }
    })
    .await;
}
