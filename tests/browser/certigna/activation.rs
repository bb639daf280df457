//! The activation, step by step, with each mistake that a step tells of; the browser is closed in the middle, the page is
//! left for later, and two tabs show the same step.

use super::visit::{Credentials, EMAIL, FIRST, NAME, PASSWORD, Visit, text};

/// Whom somebody else names.
const HELENE: &str = "helene.marchand@exemple.fr";
/// Whom the administrator adds.
pub(super) const PAUL: &str = "paul.lefevre@exemple.fr";

/// By the mailed link and *Espace client* to the sign-in page: mistakes, and then the mailed password.
pub(super) async fn first_sign_in(visit: &Visit, issued: &Credentials) {
    visit.page.goto(&issued.link).await;
    visit.arrives(visit.words.applications, "mailed-link").await;
    visit.page.follow(visit.words.application).await;
    visit.page.shows(visit.words.front).await;
    visit.page.follow(visit.words.enter).await;
    visit.arrives(visit.words.sign_in, "sign-in").await;
    visit.says(visit.words.sign_in_says).await;
    visit.page.press(visit.words.submit).await;
    visit.says(&visit.words.empty).await;
    for (identifier, password) in [(&*issued.identifier, "Mauvaise-1"), ("ZZ000000", &*issued.password)] {
        visit.signs_in(identifier, password).await;
        // One message for both.
        visit.page.says(visit.words.credentials_wrong).await;
    }
    visit.arrives(visit.words.sign_in, "sign-in-refused").await;
    visit.signs_in(&issued.identifier, &issued.password).await;
}

/// *Mot de passe*: the mailed one must be replaced, and nothing else is open before.
pub(super) async fn chooses_a_password(visit: &Visit, issued: &Credentials) {
    let words = visit.words;
    visit.arrives(words.password, "password").await;
    visit.says(&words.steps).await;
    visit.says(&[words.at[0], NAME, EMAIL]).await;
    assert_eq!(visit.page.value_of("username").await, issued.identifier);
    let here = visit.page.address().await;
    visit.is_nobody_at_the_portal().await;
    visit.page.goto(&here).await;
    let [new, again] = words.new_password;
    let mistakes = ["", "Ab1-", "tilleulx1", issued.password.as_str(), PASSWORD];
    for (typed, said) in mistakes.into_iter().zip(words.password_mistakes) {
        visit.page.fill(new, typed).await;
        visit.page.fill(again, if typed == PASSWORD { "Tilleul-brouette-43" } else { typed }).await;
        visit.page.press(words.next).await;
        visit.page.says(said).await;
    }
    visit.arrives(words.password, "password-refused").await;
    visit.page.fill(new, PASSWORD).await;
    visit.page.fill(again, PASSWORD).await;
    visit.page.press(words.next).await;
    visit.page.shows(words.contacts).await;
}

/// From the portal, in a browser that knows nothing: the step that is owed, and the mailed password is of no use any more.
pub(super) async fn comes_back(visit: &Visit, issued: &mut Credentials) {
    visit.enters().await;
    visit.signs_in(&issued.identifier, &issued.password).await;
    visit.page.says(visit.words.credentials_wrong).await;
    PASSWORD.clone_into(&mut issued.password);
    // Read out, and typed as people do.
    let (letters, digits) = issued.identifier.split_at(2);
    visit.signs_in(&format!(" {} {digits}", letters.to_lowercase()), PASSWORD).await;
}

/// *Responsable légal* and contacts: somebody else, oneself, and the legal representative again.
pub(super) async fn names_contacts(visit: &Visit, issued: &Credentials) {
    let words = visit.words;
    visit.arrives(words.contacts, "contacts").await;
    visit.says(&[words.at[1], FIRST.name, NAME, EMAIL]).await;
    visit.says(words.contacts_say).await;
    visit.page.choose("legal", "other").await;
    visit.page.press(words.next).await;
    visit.says(words.nameless).await;
    visit.fills(&[("legal-firstName", "Hélène"), ("legal-lastName", "Marchand"), ("legal-email", "helene@")]).await;
    visit.page.choose("administrative", "legal").await;
    visit.page.press(words.next).await;
    visit.page.says(words.address_malformed).await;
    visit.arrives(words.contacts, "contacts-refused").await;
    visit.page.fill_named("legal-email", HELENE).await;

    // Left for later: saved, and no portal until the end.
    visit.page.press(words.later).await;
    visit.arrives(words.left, "later").await;
    visit.is_nobody_at_the_portal().await;
    visit.enters().await;
    visit.signs_in(&issued.identifier, PASSWORD).await;
    visit.page.shows(words.contacts).await;
    for (name, typed) in [("legal-firstName", "Hélène"), ("legal-lastName", "Marchand"), ("legal-email", HELENE)] {
        assert_eq!(visit.page.value_of(name).await, typed);
    }
    assert!(visit.demo.mails_to(HELENE).await.is_empty(), "nobody is named before the step is settled");

    // Two tabs: what one has settled the other does not change.
    let here = visit.page.address().await;
    visit.page.opens_tab(&here).await;
    visit.page.shows(words.contacts).await;
    visit.page.turns_to(0).await;
    visit.page.press(words.next).await;
    visit.arrives(words.users, "users").await;
    visit.page.turns_to(1).await;
    visit.page.choose("legal", "me").await;
    visit.page.press(words.next).await;
    visit.arrives(words.step_done, "step-done").await;
    visit.page.follow(words.go_on).await;
    visit.page.shows(words.users).await;

    let mail = visit.demo.mail_to(HELENE, 0).await;
    for said in words.notice {
        assert!(text(&mail).contains(said), "{said}\n{}", text(&mail));
    }
    visit.reads(&mail, "mail-notice").await;
    visit.page.turns_to(0).await;
}

/// *Utilisateurs*: one is added and removed, one is added, and the list is finished.
pub(super) async fn invites(visit: &Visit) {
    let words = visit.words;
    visit.says(&[words.at[2], NAME]).await;
    visit.says(words.users_say).await;
    visit.says(&words.roles).await;
    visit.page.press(words.add).await;
    visit.page.says(words.unnamed).await;
    visit.fills(&[("firstName", "Marie"), ("lastName", "Durand"), ("email", EMAIL)]).await;
    visit.page.press(words.add).await;
    visit.page.says(words.oneself).await;
    visit.fills(&[("firstName", "Léa"), ("lastName", "Martin"), ("email", "lea.martin@exemple.fr")]).await;
    visit.page.tick("role-user").await;
    visit.page.press(words.add).await;
    visit.page.says(words.unticked).await;
    visit.arrives(words.users, "users-refused").await;
    visit.page.tick("role-user").await;
    visit.page.press(words.add).await;
    visit.page.says(words.waits).await;
    visit.page.press(words.withdraw).await;
    visit.page.shows(words.users).await;
    assert_eq!(visit.page.evaluate("document.body.textContent.includes('lea.martin')").await, false);

    visit.fills(&[("firstName", "Paul"), ("lastName", "Lefèvre"), ("email", PAUL)]).await;
    visit.page.tick("role-server_certificate_manager").await;
    visit.page.press(words.add).await;
    visit.says(&[words.waits, "Paul Lefèvre", PAUL]).await;
    visit.arrives(words.users, "users-invited").await;
    visit.page.press(words.finish).await;
}

/// What Marie is asked from now on, and what she answers.
pub(super) const ANSWERS: [&str; 3] = ["Renault", "Lille", "Médor"];

/// The questions: the last step, which opens the portal.
pub(super) async fn sets_questions(visit: &Visit) {
    let words = visit.words;
    visit.arrives(words.questions, "questions").await;
    visit.says(&[words.at[3]]).await;
    visit.says(words.questions_say).await;
    let [first, second, third] = words.asked;
    let [_, lille, medor] = ANSWERS;
    let usual = [first, "Renault", second, lille, third, medor];
    let tries = [
        [""; 6],
        [first, "Renault", first, lille, third, medor],
        [first, "R5", second, lille, third, medor],
        [first, NAME, second, lille, third, medor],
    ];
    for (typed, said) in tries.into_iter().zip(words.question_mistakes) {
        types_questions(visit, typed).await;
        visit.page.says(said).await;
    }
    visit.arrives(words.questions, "questions-refused").await;
    types_questions(visit, usual).await;
}

/// Fills in questions and answers, and presses *Terminer*.
pub(super) async fn types_questions(visit: &Visit, [q1, a1, q2, a2, q3, a3]: [&str; 6]) {
    visit.fills(&[("question-1", q1), ("question-2", q2), ("question-3", q3)]).await;
    visit.fills(&[("answer-1", a1), ("answer-2", a2), ("answer-3", a3)]).await;
    visit.page.press(visit.words.finish).await;
}

/// The answers to what is asked.
pub(super) async fn answers(visit: &Visit, [a1, a2, a3]: [&str; 3]) {
    visit.fills(&[("answer-1", a1), ("answer-2", a2), ("answer-3", a3)]).await;
    visit.page.press(visit.words.go_on).await;
}
