//! Sets of questions: set at the first sign-in, changed at the account, asked after a mailed link (DOMAIN.md §8, SR-34 to
//! SR-41). What an application asks of them is in `oauth::challenge_step_up`.

use guichet::clock::{days, hours, minutes};

use super::recovery::futures_of;
use crate::support::browser::Browser;
use crate::support::people::{MARIE, Person};
use crate::support::world::{World, link, on_each_database};

/// What Marie is asked, in the order of her set.
pub(crate) const QUESTIONS: [&str; 3] =
    [MARIE.question, "Dans quelle ville votre mère est-elle née ?", "Premier animal ?"];
/// What she answers.
pub(crate) const ANSWERS: [&str; 3] = ["Renault", "Lille", "Médor"];
/// The password that she chooses next.
const NEXT: &str = "Brume-du-soir-11";

/// The fields of a whole set.
pub(crate) const SET: [(&str, &str); 6] = [
    ("question-1", QUESTIONS[0]),
    ("answer-1", ANSWERS[0]),
    ("question-2", QUESTIONS[1]),
    ("answer-2", ANSWERS[1]),
    ("question-3", QUESTIONS[2]),
    ("answer-3", ANSWERS[2]),
];

/// The realm has a set of questions in the place of the secret question, as these lines of its table say.
pub(crate) async fn has_challenges(world: &mut World, lines: &str) {
    let file = world.files().files["realm.toml"].clone();
    let (start, end) = (file.find("[secret_question]").unwrap(), file.find("# Codes of an app").unwrap());
    let table = format!("[challenge_questions]\n{lines}\n");
    let actions = ("\"set_secret_question\"", "\"set_challenge_questions\"");
    world.rewrites_realm(&[(&file[start..end], &table), actions]).await;
}

/// A browser of that person before the page where the set is set.
async fn at_the_set(world: &World, person: &Person) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    person.registers(&mut browser).await;
    person.confirms(world, &mut browser).await;
    let go_on = browser.page().link("Continuer").unwrap();
    browser.opens(&go_on).await.submits(&person.new_password()).await;
    assert_eq!(browser.place(), "required-actions/set-challenge-questions", "{}", browser.text());
    browser
}

/// Marie has an account, and has set her questions.
pub(crate) async fn marie_has_set_hers(world: &World) {
    let mut browser = at_the_set(world, &MARIE).await;
    browser.submits(&SET).await;
    assert!(browser.has_left(), "{}", browser.text());
}

/// Tells a story of such a realm, where Marie has her account.
async fn where_marie_has_set_hers(lines: &str, story: impl AsyncFn(&mut World)) {
    on_each_database(async |world| {
        has_challenges(world, lines).await;
        marie_has_set_hers(world).await;
        story(world).await;
    })
    .await;
}

/// Answers, as the fields of those that are asked.
pub(crate) fn answers<'a>(all: &[&'a str]) -> Vec<(&'static str, &'a str)> {
    ["answer-1", "answer-2", "answer-3"].into_iter().zip(all.iter().copied()).collect()
}

/// A browser that asked for a reset link and opened it.
pub(crate) async fn recovering(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await.follows("Mot de passe oublié ?").await;
    browser.submits(&[("username", MARIE.email)]).await;
    browser.opens(&link(&world.mail_to(MARIE.email).await)).await.submits(&[("do", "confirm")]).await;
    browser
}

/// The same, before the questions.
async fn asked(world: &World) -> Browser {
    let browser = recovering(world).await;
    assert_eq!(browser.place(), "recover/password/question", "{}", browser.text());
    browser
}

const NOT_ALL: &str = "Ces réponses ne correspondent pas toutes.";

#[tokio::test]
async fn sr_38_each_question_is_another_and_no_answer_can_be_guessed() {
    on_each_database(async |world| {
        has_challenges(world, "").await;
        let mut browser = at_the_set(world, &MARIE).await;
        assert_eq!(browser.h1(), "Choisissez vos questions");
        assert!(browser.says("3 questions vous seront posées") && browser.says("Renault est différent de renault"));
        for (fields, field, words) in [
            (vec![("question-2", "")], "question-2", "Choisissez"),
            (
                vec![("question-2", " quelle est la marque de votre PREMIÈRE voiture ? ")],
                "question-2",
                "Cette question",
            ),
            (vec![("answer-3", "")], "answer-3", "Entrez"),
            (vec![("answer-3", "abc")], "answer-3", "La réponse"),
            (vec![("answer-1", "DURAND")], "answer-1", "Cette réponse se devine."),
            (vec![("answer-1", "marie durand")], "answer-1", "Cette réponse se devine."),
            (vec![("answer-2", MARIE.email)], "answer-2", "Cette réponse se devine."),
            (vec![("answer-3", QUESTIONS[2])], "answer-3", "Cette réponse se devine."),
            (vec![("answer-2", MARIE.password)], "answer-2", "Cette réponse se devine."),
        ] {
            let typed = SET
                .map(|(name, value)| fields.iter().find(|(other, _)| *other == name).copied().unwrap_or((name, value)));
            browser.submits(&typed).await;
            let said = browser.field_error(field).unwrap_or_default();
            assert!(browser.status() == 422 && said.starts_with(words), "{fields:?}: {said}\n{}", browser.text());
            assert_eq!(browser.error_summary().len(), 1, "{}", browser.text());
            assert_eq!(browser.value("answer-1").as_deref(), Some(""), "an answer never travels back");
        }
        assert_eq!(browser.value("question-3").as_deref(), Some(QUESTIONS[2]), "a question does");
        browser.submits(&SET).await;
        assert!(browser.has_left(), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_36_sr_37_neither_questions_nor_answers_can_be_read_where_they_rest() {
    where_marie_has_set_hers("", async |world| {
        let dump = world.database.dump().await;
        let rows: Vec<_> = dump.lines().filter(|line| line.starts_with("challenge_questions:")).collect();
        assert_eq!(rows.len(), 3, "{rows:?}");
        for words in QUESTIONS.iter().chain(&ANSWERS) {
            assert!(!rows.iter().any(|row| row.contains(words)), "{words}");
        }
        let hashes = world.database.texts("SELECT answer FROM challenge_questions").await;
        let salts: std::collections::BTreeSet<_> = hashes.iter().map(|hash| hash.split('$').nth(4)).collect();
        assert!(salts.len() == 3 && hashes.iter().all(|hash| hash.starts_with("$argon2id$")), "{hashes:?}");
    })
    .await;
}

#[tokio::test]
async fn sr_35_all_that_is_asked_after_the_mailed_link_must_be_right() {
    where_marie_has_set_hers("", async |world| {
        world.advance(minutes(1));
        let mut browser = asked(world).await;
        assert_eq!(browser.h1(), "Répondez à vos questions");
        for (number, question) in (1..).zip(QUESTIONS) {
            assert_eq!(browser.page().label(&format!("answer-{number}")).as_deref(), Some(question));
        }
        for wrong in [["Renault", "Lille", "médor"], ["Peugeot", "Lille", "Médor"], ["Lille", "Renault", "Médor"]] {
            browser.submits(&answers(&wrong)).await;
            // Which of them is not told, by words or by place.
            let said = browser.error_summary();
            assert!(said.len() == 1 && said[0].starts_with(NOT_ALL), "{said:?}");
            assert!((1..=3).all(|number| browser.field_error(&format!("answer-{number}")).is_none()));
        }
        browser.submits(&answers(&["Renault", "", "Médor"])).await;
        assert!(browser.field_error("answer-2").unwrap().starts_with("Entrez"), "what is left out costs no guess");
        browser.submits(&answers(&ANSWERS)).await;
        assert_eq!(browser.place(), "recover/password/new");
        browser.submits(&[("password-new", NEXT), ("password-confirm", NEXT)]).await;
        assert_eq!(browser.place(), "sign-in");
        browser.submits(&[("username", MARIE.email), ("password", NEXT)]).await;
        assert!(browser.has_left(), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_40_the_same_are_asked_until_they_are_answered_and_then_others() {
    where_marie_has_set_hers("set = 3\nasked = 1\n", async |world| {
        for (question, answer) in [(0, 0), (1, 1), (2, 2), (0, 0)] {
            for _ in 0..2 {
                world.advance(hours(2));
                let mut browser = asked(world).await;
                assert!(browser.says(QUESTIONS[question]), "{}", browser.text());
                browser.submits(&[("answer-1", "Rien du tout")]).await;
                assert!(browser.says(QUESTIONS[question]), "a new link does not change it");
            }
            world.advance(hours(2));
            asked(world).await.submits(&[("answer-1", ANSWERS[answer])]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sr_39_five_misses_lock_the_questions_for_a_day_and_sign_in_is_unaffected() {
    where_marie_has_set_hers("", async |world| {
        world.advance(minutes(1));
        // Two with one link, three with the next: a new link does not start them anew.
        for _ in 0..2 {
            asked(world).await.submits(&answers(&["Peugeot", "Lille", "Médor"])).await;
            world.advance(hours(2));
        }
        let mut browser = asked(world).await;
        for _ in 0..3 {
            browser.submits(&answers(&["Peugeot", "Lille", "Médor"])).await;
        }
        assert_eq!(browser.place(), "sign-in", "{}", browser.text());
        assert!(browser.notice().unwrap().starts_with("Trop de réponses inexactes"), "{}", browser.text());
        let told = world.mail_to(MARIE.email).await;
        assert_eq!(told.subject, "Vos questions secrètes sont bloquées pour 24 heures – Certinomis");
        assert!(!told.text.contains("Peugeot") && !told.text.contains("link?token"), "{}", told.text);
        world.advance(hours(23));
        let mut browser = asked(world).await;
        browser.submits(&answers(&ANSWERS)).await;
        assert_eq!((browser.status(), browser.answer().header("retry-after").is_some()), (429, true));
        assert!(browser.says("Réessayez après le 4 mars 2026"), "{}", browser.text());
        MARIE.signs_in(world, &mut world.browser()).await;
        world.advance(hours(2));
        let mut browser = asked(world).await;
        browser.submits(&answers(&ANSWERS)).await;
        assert_eq!(browser.place(), "recover/password/new");
        let counters = world.database.count("SELECT count(*) FROM events WHERE name = 'recovery.voided'").await;
        assert_eq!(counters, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_39_parallel_answers_are_counted_one_by_one() {
    where_marie_has_set_hers("", async |world| {
        world.advance(minutes(1));
        let browser = asked(world).await;
        let form = browser.form("Continuer").with("answer-2", "Lille").with("answer-3", "Médor");
        let guesses: Vec<_> =
            (0..12).map(|number| form.clone().with("answer-1", &format!("Peugeot {number}"))).collect();
        futures_of(guesses.iter().map(|form| browser.posts(form))).await;
        let looked_at = "SELECT count(*) FROM events WHERE name IN ('recovery.answer_refused', 'recovery.voided')";
        assert!(world.database.count(looked_at).await <= 5);
    })
    .await;
}

#[tokio::test]
async fn sr_41_another_set_needs_a_fresh_sign_in_and_is_told_by_mail() {
    where_marie_has_set_hers("", async |world| {
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        browser.opens_page("account").await;
        assert!(browser.says("Vos questions sont enregistrées."), "{}", browser.text());
        world.advance(minutes(6));
        browser.opens_page("account/challenge-questions").await;
        assert_eq!(browser.place(), "sign-in", "five minutes are over");
        browser.submits(&[("password", MARIE.password)]).await;
        assert_eq!(browser.place(), "account/challenge-questions");
        assert!(QUESTIONS.iter().all(|question| !browser.says(question)), "the present ones are not shown");
        let mut other = SET;
        other[1].1 = "Peugeot";
        browser.submits(&other).await;
        assert_eq!(browser.notice().as_deref(), Some("Questions enregistrées. Un e-mail vous le confirme."));
        let told = world.mail_to(MARIE.email).await;
        assert_eq!(told.subject, "Vos questions secrètes ont été modifiées");
        world.advance(minutes(1));
        let mut browser = asked(world).await;
        browser.submits(&answers(&ANSWERS)).await;
        assert_eq!(browser.status(), 422, "the earlier set is over");
        browser.submits(&answers(&["Peugeot", "Lille", "Médor"])).await;
        assert_eq!(browser.place(), "recover/password/new");
    })
    .await;
}

#[tokio::test]
async fn sr_34_where_questions_are_given_up_those_that_were_set_count_for_nothing() {
    where_marie_has_set_hers("", async |world| {
        let off = ("[challenge_questions]\n", "");
        world.rewrites_realm(&[off, (", \"set_challenge_questions\"", "")]).await;
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        browser.opens_page("account").await;
        assert!(!browser.says("Questions secrètes"), "{}", browser.text());
        assert_eq!(browser.opens_page("account/challenge-questions").await.status(), 404);
        world.advance(days(1));
        let browser = recovering(world).await;
        assert_eq!(browser.place(), "recover/password/new");
    })
    .await;
}
