//! Forgotten password: mail, question, new password, and the sign-in page at the end (DOMAIN.md §8, SR-35 to SR-58).

use guichet::clock::{days, hours, minutes};
use http::Method;

use crate::support::browser::Browser;
use crate::support::client_app::claims;
use crate::support::page::plain;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, code, link, on_each_database};

/// The password that Marie chooses next.
const NEXT: &str = "Brume-du-soir-11";

/// A browser that asked for a reset link.
async fn asked(world: &World, who: &str) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await.follows("Mot de passe oublié ?").await;
    browser.submits(&[("username", who)]).await;
    assert_eq!(browser.place(), "recover/password/sent", "{}", browser.text());
    browser
}

/// A browser before Marie's secret question.
async fn at_question(world: &World) -> Browser {
    let mut browser = asked(world, MARIE.email).await;
    browser.opens(&link(&world.mail_to(MARIE.email).await)).await.submits(&[("do", "confirm")]).await;
    assert_eq!(browser.place(), "recover/password/question", "{}", browser.text());
    browser
}

/// A browser where Marie has chosen her next password.
async fn recovered(world: &World) -> Browser {
    let mut browser = at_question(world).await;
    browser.submits(&[("answer", MARIE.answer)]).await;
    browser.submits(&[("password-new", NEXT), ("password-confirm", NEXT)]).await;
    browser
}

#[tokio::test]
async fn sr_51_recovery_ends_on_the_sign_in_page_and_signs_nobody_in() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = recovered(world).await;
        assert_eq!(browser.place(), "sign-in");
        assert_eq!(browser.notice().as_deref(), Some("Mot de passe modifié. Connectez-vous avec le nouveau."));
        assert_eq!(browser.value("username").as_deref(), Some(MARIE.email));
        assert!(browser.cookies().value("__Host-guichet-session-certinomis").is_none());
        browser.submits(&MARIE.credentials()).await;
        assert_eq!(browser.status(), 422, "the old one is over");
        browser.submits(&[("password", NEXT)]).await;
        assert!(browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_35_the_question_comes_after_the_mail_and_is_no_factor() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = asked(world, MARIE.email).await;
        let question = browser.at().as_str().replace("/sent", "/question");
        browser.opens(&question).await;
        assert_eq!(browser.place(), "recover/password/sent", "not without the mail");
        world.advance(minutes(1));
        browser = recovered(world).await;
        let asked = world.portal().asks();
        browser.opens(&asked.url()).await.submits(&[("username", MARIE.email), ("password", NEXT)]).await;
        let told = claims(&world.portal().redeems(&asked, browser.left_for()).await.id_token);
        assert_eq!(told["amr"], serde_json::json!(["pwd"]));
    })
    .await;
}

#[tokio::test]
async fn sr_36_the_question_is_shown_only_after_the_link_was_proved_in_that_browser() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut waiting = asked(world, MARIE.email).await;
        let mail = world.mail_to(MARIE.email).await;
        assert!(!mail.text.contains("voiture") && !mail.html.contains("voiture"));
        let mut elsewhere = world.browser();
        elsewhere.opens(&link(&mail)).await;
        assert!(!elsewhere.says("voiture"));
        elsewhere.submits(&[("do", "confirm")]).await;
        assert!(elsewhere.says(MARIE.question), "{}", elsewhere.text());
        // The browser that waits learns nothing of it.
        let question = waiting.at().as_str().replace("/sent", "/question");
        waiting.opens(&question).await;
        assert!(!waiting.says("voiture") && waiting.place() == "recover/password/sent");
        let dump = world.database.dump().await;
        // The realm's own list of questions is no secret; whose is which is.
        assert!(!dump.lines().any(|line| line.contains("voiture") && !line.starts_with("realms:")));
    })
    .await;
}

#[tokio::test]
async fn certinomis_renault_is_not_renault() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = at_question(world).await;
        for wrong in ["renault", "RENAULT", "Renault.", "Rénault"] {
            browser.submits(&[("answer", wrong)]).await;
            assert!(browser.field_error("answer").unwrap().starts_with("Cette réponse ne correspond pas."));
        }
        browser.submits(&[("answer", "Renault")]).await;
        assert_eq!(browser.place(), "recover/password/new");
    })
    .await;
}

#[tokio::test]
async fn certinomis_answers_may_be_folded_where_the_realm_says_so() {
    on_each_database(async |world| {
        world.rewrites_realm(&[("comparison = \"exact\"", "comparison = \"folded\"")]).await;
        world.has(&MARIE).await;
        let mut browser = at_question(world).await;
        assert!(!browser.says("différent de renault"));
        browser.submits(&[("answer", "  RENAULT ")]).await;
        assert_eq!(browser.place(), "recover/password/new");
    })
    .await;
}

#[tokio::test]
async fn sr_39_five_wrong_answers_void_the_link_and_tell_the_owner() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = at_question(world).await;
        for _ in 0..5 {
            browser.submits(&[("answer", "Peugeot")]).await;
        }
        assert_eq!(browser.place(), "sign-in");
        assert!(browser.notice().unwrap().starts_with("Trop de réponses inexactes"), "{}", browser.text());
        let told = world.mail_to(MARIE.email).await;
        assert!(!told.text.contains("Peugeot") && !told.text.contains("link?token"), "{}", told.text);
        assert_eq!(world.database.count("SELECT count(*) FROM events WHERE name = 'recovery.voided'").await, 1);
        // The password is untouched.
        MARIE.signs_in(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_39_ten_wrong_answers_a_day_and_recovery_waits() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for _ in 0..2 {
            world.advance(hours(1));
            let mut browser = at_question(world).await;
            for _ in 0..5 {
                browser.submits(&[("answer", "Peugeot")]).await;
            }
        }
        world.advance(hours(1));
        let mut browser = at_question(world).await;
        browser.submits(&[("answer", MARIE.answer)]).await;
        assert_eq!((browser.status(), browser.answer().header("retry-after").is_some()), (429, true));
        MARIE.signs_in(world, &mut world.browser()).await;
        world.advance(days(1));
        at_question(world).await.submits(&[("answer", MARIE.answer)]).await;
    })
    .await;
}

#[tokio::test]
async fn sr_39_parallel_answers_are_counted_one_by_one() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = at_question(world).await;
        let form = browser.form("Continuer");
        let guess = |answer: &str| form.clone().with("answer", answer);
        let guesses: Vec<_> = (0..12).map(|number| guess(&format!("Peugeot {number}"))).collect();
        futures_of(guesses.iter().map(|form| browser.posts(form))).await;
        let looked_at = "SELECT count(*) FROM events WHERE name IN ('recovery.answer_refused', 'recovery.voided')";
        assert!(world.database.count(looked_at).await <= 5);
        browser.reloads().await;
        assert!(browser.place() == "sign-in" || browser.place() == "recover/password/question");
    })
    .await;
}

/// All at once.
pub(super) async fn futures_of<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, output) in &mut waiting {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => ready = false,
                }
            }
        }
        if ready { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, output)| output).collect()
}

#[tokio::test]
async fn sr_40_the_same_question_until_it_is_answered() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for _ in 0..2 {
            let mut browser = at_question(world).await;
            assert!(browser.says(MARIE.question));
            browser.submits(&[("answer", "Peugeot")]).await;
            assert!(browser.says(MARIE.question));
        }
    })
    .await;
}

#[tokio::test]
async fn sr_53_a_reset_ends_sessions_tokens_links_and_known_browsers_at_once() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (portal, mut laptop) = (world.portal(), world.browser());
        let tokens = MARIE.signs_in(world, &mut laptop).await;
        world.advance(minutes(2));
        let mut other = asked(world, MARIE.email).await;
        let older = link(&world.mail_to(MARIE.email).await);
        world.advance(minutes(2));
        recovered(world).await;
        assert_eq!(portal.userinfo(&tokens.access_token).await.status, 401);
        assert_eq!(portal.refreshes(&tokens.refresh_token.unwrap()).await.json()["error"], "invalid_grant");
        laptop.opens(&portal.asks().url()).await;
        assert_eq!(laptop.place(), "sign-in");
        assert_eq!(other.opens(&older).await.status(), 410);
        assert_eq!(world.database.count("SELECT count(*) FROM devices").await, 0);
        let live =
            "SELECT count(*) FROM links WHERE purpose = 'reset_password' AND spent_at IS NULL AND voided_at IS NULL";
        assert_eq!(world.database.count(live).await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_54_only_the_newest_reset_link_works_and_the_older_says_so() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = asked(world, MARIE.email).await;
        let older = link(&world.mail_to(MARIE.email).await);
        world.advance(minutes(29));
        browser.reloads().await.presses("Cliquez ici").await;
        let newer = link(&world.mail_to(MARIE.email).await);
        let mut elsewhere = world.browser();
        elsewhere.opens(&older).await;
        assert_eq!((elsewhere.status(), elsewhere.h1().as_str()), (410, "Un lien plus récent existe"));
        assert!(elsewhere.says("Un lien plus récent est parti à 14 h 41 : ouvrez celui-là."), "{}", elsewhere.text());
        let mut english = world.browser().in_language("en");
        assert!(english.opens(&older).await.says("A newer link was sent at 14:41: open that one."));
        elsewhere.opens(&newer).await.submits(&[("do", "confirm")]).await;
        assert_eq!(elsewhere.place(), "recover/password/question");
    })
    .await;
}

#[tokio::test]
async fn sr_55_mail_goes_to_the_stored_address_and_to_one_only() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let before = world.mailbox.letters().len();
        asked(world, "MARIE.DURAND@Exemple.FR").await;
        assert_eq!(world.mails_to(MARIE.email).await.len(), before + 1);
        let form = {
            let mut browser = world.browser();
            browser.opens(&world.portal().asks().url()).await.follows("Mot de passe oublié ?").await;
            let form = browser.form("Recevoir le courriel");
            (browser, form)
        };
        let (browser, form) = form;
        for several in [
            "marie.durand@exemple.fr,mallory@evil.example",
            "marie.durand@exemple.fr;mallory@evil.example",
            "marie.durand@exemple.fr mallory@evil.example",
            "marie.durand@exemple.fr\r\nBcc: mallory@evil.example",
            "\"marie.durand@exemple.fr\" <mallory@evil.example>",
            "marie.durand@exemple.fr%0a%0dcc:mallory@evil.example",
        ] {
            browser.posts(&form.clone().with("username", several)).await;
        }
        let mut twice = form.clone().with("username", MARIE.email);
        twice.fields.push(("username".to_owned(), "mallory@evil.example".to_owned()));
        assert_eq!(browser.posts(&twice).await.status, 400);
        twice.fields.retain(|(name, _)| name != "username");
        twice.fields.push(("username[]".to_owned(), "mallory@evil.example".to_owned()));
        browser.posts(&twice).await;
        world.posts().await;
        assert_eq!(world.mailbox.letters().len(), before + 1);
        assert!(
            world
                .mailbox
                .letters()
                .iter()
                .all(|letter| letter.to == MARIE.email && !letter.headers.contains("mallory"))
        );
    })
    .await;
}

#[tokio::test]
async fn sr_57_no_step_of_recovery_is_reached_out_of_order() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut browser = asked(world, MARIE.email).await;
        let (sent, next) = (browser.at().clone(), [("password-new", NEXT), ("password-confirm", NEXT)]);
        let form = browser.form("Continuer").without("code");
        for (step, fields) in [("question", &[("answer", MARIE.answer)][..]), ("new", &next[..])] {
            let address = sent.as_str().replace("/sent", &format!("/{step}"));
            assert_eq!(browser.opens(&address).await.place(), "recover/password/sent", "{step}");
            let mut forged = form.clone();
            for (name, value) in fields {
                forged = forged.with(name, value);
            }
            forged.action = Some(address);
            let answer = browser.posts(&forged).await;
            assert_eq!((answer.status.as_u16(), answer.location().map(|to| to.contains("/sent"))), (303, Some(true)));
        }
        // With the mail, and without the answer.
        let mut browser = at_question(world).await;
        let (question, form) = (browser.at().clone(), browser.form("Continuer").without("answer"));
        let new = question.as_str().replace("/question", "/new");
        assert_eq!(browser.opens(&new).await.place(), "recover/password/question");
        let mut forged = form.with("password-new", NEXT).with("password-confirm", NEXT);
        forged.action = Some(new.clone());
        assert!(browser.posts(&forged).await.location().unwrap().contains("/question"));
        // And in no other browser.
        let mut other = asked(world, PAUL.email).await;
        assert_eq!(other.opens(&new).await.h1(), "Quelle application voulez-vous ouvrir ?");
        MARIE.signs_in(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_58_a_recovery_is_told_by_mail_when_it_succeeds_and_when_it_fails() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        recovered(world).await;
        let told = world.mail_to(MARIE.email).await;
        assert_eq!(told.subject, "Votre mot de passe a été modifié");
        assert!(plain(&told.text).contains("le 3 mars 2026 à 14 h 12 depuis Firefox"), "{}", told.text);
        assert!(!told.text.contains(NEXT), "{}", told.text);
        // The one secret in it takes away, and gives nothing (ADR 0049).
        assert_eq!(told.text.matches("token=").count(), told.text.matches("/not-me?token=").count(), "{}", told.text);
    })
    .await;
}

#[tokio::test]
async fn certinomis_recovery_by_code_in_the_same_tab_and_for_accounts_without_a_question() {
    on_each_database(async |world| {
        world
            .rewrites_realm(&[(
                "[\"verify_email\", \"update_password\", \"set_secret_question\"]",
                "[\"verify_email\", \"update_password\"]",
            )])
            .await;
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        PAUL.registers(&mut browser).await;
        PAUL.confirms(world, &mut browser).await;
        browser.follows("Continuer").await.submits(&PAUL.new_password()).await;
        assert!(browser.has_left());
        let mut browser = asked(world, PAUL.email).await;
        browser.submits(&[("code", "000000")]).await;
        assert!(browser.field_error("code").is_some());
        browser.submits(&[("code", &code(&world.mail_to(PAUL.email).await))]).await;
        assert_eq!(browser.place(), "recover/password/new");
        browser.submits(&[("password-new", NEXT), ("password-confirm", NEXT)]).await;
        assert_eq!(browser.place(), "sign-in");
        Person { password: NEXT, ..PAUL }.signs_in(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn certinomis_a_reset_link_lives_half_an_hour_and_is_renewed_with_one_button() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        asked(world, MARIE.email).await;
        let link_ = link(&world.mail_to(MARIE.email).await);
        world.advance(minutes(30));
        let mut browser = world.browser();
        browser.opens(&link_).await;
        assert_eq!((browser.status(), browser.h1().as_str()), (410, "Ce lien a expiré"));
        assert!(browser.says("Il était valable 30 minutes, jusqu’au 3 mars 2026 à 14 h 42"), "{}", browser.text());
        browser.presses("Recevoir un nouveau lien").await;
        assert_eq!(browser.place(), "recover/password/sent");
        browser.opens(&link(&world.mail_to(MARIE.email).await)).await;
        assert_eq!(browser.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn sr_46_a_scanner_may_keep_a_reset_link_warm_and_it_still_ends() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        asked(world, MARIE.email).await;
        let reset = link(&world.mail_to(MARIE.email).await);
        let mut browser = world.browser();
        browser.opens(&reset).await;
        let form = browser.form("Continuer");
        for _ in 0..3 {
            world.advance(minutes(10));
            let scanner = world.browser();
            scanner.asks(&Method::GET, &scanner.absolute(&reset), None, &[]).await;
        }
        // The page was shown in time; the button comes too late, no job having run.
        browser.sends(&form).await;
        assert_eq!((browser.status(), browser.h1().as_str()), (410, "Ce lien a expiré"));
        world.advance(hours(24));
        MARIE.signs_in(world, &mut world.browser()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_30_a_password_changes_by_recovery_alone_is_told_and_ends_what_was_open() {
    on_each_database(async |world| {
        let (portal, mut own) = (world.portal(), world.browser());
        let given = MARIE.gets_an_account(world, &mut own).await;
        // An open session is not enough to choose another one.
        for page in ["required-actions/update-password", "recover/password/new"] {
            own.opens(&portal.asks().with("prompt", "login").url()).await;
            let step = own.at().as_str().replace("/sign-in", &format!("/{page}"));
            own.opens(&step).await;
            assert!(own.value("password-new").is_none(), "{page}: {}", own.text());
        }
        let (mails, sessions) =
            (world.mails_to(MARIE.email).await.len(), "SELECT count(*) FROM sessions WHERE ended_at IS NULL");
        assert_eq!(world.database.count(sessions).await, 1);
        recovered(world).await;
        let letters = world.mails_to(MARIE.email).await;
        assert_eq!(letters.len(), mails + 2, "the link, and the notice");
        assert_eq!(letters.last().unwrap().subject, "Votre mot de passe a été modifié");
        assert_eq!(world.database.count(sessions).await, 0);
        assert_eq!(portal.refreshes(&given.refresh_token.unwrap()).await.json()["error"], "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn sr_67_an_identifier_in_another_spelling_is_the_same_account_and_never_a_second_one() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for spelling in ["MARIE.DURAND@EXEMPLE.FR", " Marie.Durand@exemple.FR "] {
            let mut browser = world.browser();
            browser.opens(&world.portal().asks().url()).await.follows("S’enregistrer").await;
            let fields = [("firstName", "Marie"), ("lastName", "Durand"), ("email", spelling)];
            browser.submits(&fields).await;
            assert_eq!(world.database.count("SELECT count(*) FROM users").await, 1, "{spelling}");
            let mut browser = world.browser();
            browser.opens(&world.portal().asks().url()).await;
            browser.submits(&[("username", spelling), ("password", MARIE.password)]).await;
            assert!(browser.has_left(), "{spelling}: {}", browser.text());
        }
    })
    .await;
}

#[tokio::test]
async fn sr_175_an_address_is_kept_as_typed_for_sending_and_found_by_its_canonical_form() {
    on_each_database(async |world| {
        let typed = Person { email: "Marie.DURAND@Exemple.fr", ..MARIE };
        typed.gets_an_account(world, &mut world.browser()).await;
        for (number, spelling) in [MARIE.email, " MARIE.DURAND@EXEMPLE.FR "].iter().enumerate() {
            asked(world, spelling).await;
            let letters = world.mails_to(typed.email).await;
            assert_eq!(letters.len(), 2 + number, "{spelling}");
            assert!(letters.last().unwrap().subject.starts_with("Choisissez un nouveau mot de passe"));
            assert_eq!(world.mailbox.letters().len(), letters.len(), "to no other spelling");
        }
    })
    .await;
}
