//! The Certinomis journey as a person lives it, from the portal's front page to its home page and back.
//!
//! Each row of the seed (registration, proof of the address, password, secret question, arrival, forgotten password)
//! is walked in French and in English, with scripts off and on; then the ways in which it may go astray.

use std::time::Duration;

use crate::support::axe;
use crate::support::chromium::{Page, Settings};
use crate::support::demo::{Demo, code, link};

const REALM: &str = "certinomis";
const EMAIL: &str = "marie.durand@exemple.fr";
const PASSWORD: &str = "tilleul-brouette-42";
const NEW_PASSWORD: &str = "verger-lanterne-73";

/// The words that lead through the pages, as a person reads them.
struct Words {
    tag: &'static str,
    portal_front: &'static str,
    portal_register: &'static str,
    portal_sign_in: &'static str,
    portal_sign_out: &'static str,
    portal_greeting: &'static str,
    register: &'static str,
    verify: &'static str,
    already_verified: &'static str,
    landing: &'static str,
    confirm: &'static str,
    confirmed: &'static str,
    confirmed_elsewhere: &'static str,
    password: &'static str,
    submit: &'static str,
    question: &'static str,
    validate: &'static str,
    sign_in: &'static str,
    enter: &'static str,
    forgotten: &'static str,
    recover: &'static str,
    send: &'static str,
    go_on: &'static str,
    expired: &'static str,
    new_link: &'static str,
}

const FRENCH: Words = Words {
    tag: "fr",
    portal_front: "Commandez et suivez vos certificats",
    portal_register: "Créer un compte",
    portal_sign_in: "Se connecter",
    portal_sign_out: "Se déconnecter",
    portal_greeting: "Bonjour Marie Durand",
    register: "S’enregistrer",
    verify: "Vérification du courriel",
    already_verified: "Cliquez ici pour continuer",
    landing: "Vérification du courriel",
    confirm: "Vérifier mon courriel",
    confirmed: "Courriel vérifié",
    confirmed_elsewhere: "C’est confirmé",
    password: "Mise à jour du mot de passe",
    submit: "Soumettre",
    question: "Création de la question secrète",
    validate: "Valider",
    sign_in: "Connectez-vous à votre compte",
    enter: "Connexion",
    forgotten: "Mot de passe oublié ?",
    recover: "Mot de passe oublié ?",
    send: "Recevoir le courriel",
    go_on: "Continuer",
    expired: "Ce lien a expiré",
    new_link: "Recevoir un nouveau lien",
};

const ENGLISH: Words = Words {
    tag: "en",
    portal_front: "Order and follow your certificates",
    portal_register: "Create an account",
    portal_sign_in: "Sign in",
    portal_sign_out: "Sign out",
    portal_greeting: "Hello Marie Durand",
    register: "Register",
    verify: "E-mail verification",
    already_verified: "Click here to continue",
    landing: "E-mail verification",
    confirm: "Verify my e-mail address",
    confirmed: "E-mail verified",
    confirmed_elsewhere: "Confirmed",
    password: "Password update",
    submit: "Submit",
    question: "Creating the secret question",
    validate: "Confirm",
    sign_in: "Sign in to your account",
    enter: "Sign in",
    forgotten: "Forgotten password?",
    recover: "Forgotten password?",
    send: "Send me the e-mail",
    go_on: "Continue",
    expired: "This link has expired",
    new_link: "Send me a new link",
};

/// One person, one browser, one demonstration.
struct Visit {
    demo: Demo,
    page: Page,
    words: &'static Words,
    scripts: bool,
}

impl Visit {
    async fn begin(words: &'static Words, scripts: bool) -> Option<Self> {
        let page = Page::open(Settings { scripts, language: words.tag, ..Settings::default() }).await?;
        Some(Self { demo: Demo::start(), page, words, scripts })
    }

    /// The page with this heading has come: keeps its picture, and asks axe about it where scripts may run.
    async fn arrives(&self, heading: &str, picture: &str) {
        self.page.shows(heading).await;
        assert_eq!(self.page.language().await, self.words.tag, "{heading}");
        self.page.screenshot(&format!("certinomis-{picture}-{}-{}", self.words.tag, self.scripts)).await;
        if self.scripts {
            assert_eq!(axe::findings(&self.page).await, "", "{heading}");
        }
    }

    async fn portal(&self, path: &str) {
        self.page.goto(&format!("{}{path}", self.demo.portal(REALM))).await;
    }

    /// From the front page to *Vérification du courriel*.
    async fn registers(&self) {
        self.portal("/").await;
        self.arrives(self.words.portal_front, "portal").await;
        self.page.follow(self.words.portal_register).await;
        self.arrives(self.words.register, "register").await;
        self.page.fill_named("firstName", "Marie").await;
        self.page.fill_named("lastName", "Durand").await;
        self.page.fill_named("email", EMAIL).await;
        self.page.press(self.words.register).await;
        self.arrives(self.words.verify, "verify-email").await;
    }

    /// Opens the mailed link and confirms with a click.
    async fn proves_the_address(&self) {
        let mail = self.demo.mail_to(EMAIL, 0).await;
        self.page.goto(&link(&mail)).await;
        self.arrives(self.words.landing, "link").await;
        self.page.press(self.words.confirm).await;
        self.arrives(self.words.confirmed, "confirmed").await;
        self.page.follow(self.words.go_on).await;
    }

    async fn chooses_a_password(&self) {
        self.arrives(self.words.password, "password").await;
        self.page.fill_named("password-new", PASSWORD).await;
        self.page.fill_named("password-confirm", PASSWORD).await;
        self.page.press(self.words.submit).await;
    }

    async fn sets_the_question(&self) {
        self.arrives(self.words.question, "question").await;
        self.page.fill_named("question", "Marque de la première voiture").await;
        self.page.fill_named("answer", "Renault").await;
        self.page.press(self.words.validate).await;
    }

    /// The whole registration, up to the portal's home page.
    async fn joins(&self) {
        self.registers().await;
        self.proves_the_address().await;
        self.chooses_a_password().await;
        self.sets_the_question().await;
        self.is_home().await;
    }

    async fn is_home(&self) {
        self.arrives(self.words.portal_greeting, "home").await;
        assert_eq!(self.page.text_of("person-name").await, "Marie Durand");
        assert_eq!(self.page.text_of("person-email").await, EMAIL);
    }

    async fn signs_out(&self) {
        self.page.press(self.words.portal_sign_out).await;
        self.page.shows(self.words.portal_front).await;
    }

    async fn signs_in(&self, password: &str) {
        self.page.fill_named("username", EMAIL).await;
        self.page.fill_named("password", password).await;
        self.page.press(self.words.enter).await;
    }

    /// From the sign-in page to the question behind the mailed link.
    async fn forgets_the_password(&self, mails: usize) {
        self.portal("/").await;
        self.page.follow(self.words.portal_sign_in).await;
        self.page.follow(self.words.forgotten).await;
        self.arrives(self.words.recover, "recover").await;
        self.page.fill_named("username", EMAIL).await;
        self.page.press(self.words.send).await;
        let mail = self.demo.mail_to(EMAIL, mails).await;
        self.page.goto(&link(&mail)).await;
        self.page.press(self.words.go_on).await;
    }

    async fn answers(&self, answer: &str) {
        self.page.fill_named("answer", answer).await;
        self.page.press(self.words.go_on).await;
    }
}

async fn whole_journey(words: &'static Words, scripts: bool) {
    let Some(visit) = Visit::begin(words, scripts).await else { return };
    visit.joins().await;
    visit.signs_out().await;
    visit.page.follow(words.portal_sign_in).await;
    visit.arrives(words.sign_in, "sign-in").await;
    visit.signs_in(PASSWORD).await;
    visit.is_home().await;
    visit.signs_out().await;

    visit.forgets_the_password(1).await;
    visit.answers("Renault").await;
    visit.arrives(words.password, "new-password").await;
    visit.page.fill_named("password-new", NEW_PASSWORD).await;
    visit.page.fill_named("password-confirm", NEW_PASSWORD).await;
    visit.page.press(words.submit).await;
    visit.page.shows(words.sign_in).await;
    visit.signs_in(NEW_PASSWORD).await;
    visit.is_home().await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_journey_in_french_without_scripts() {
    whole_journey(&FRENCH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_journey_in_french_with_scripts() {
    whole_journey(&FRENCH, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_journey_in_english_without_scripts() {
    whole_journey(&ENGLISH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_journey_in_english_with_scripts() {
    whole_journey(&ENGLISH, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_that_opens_the_link_ten_times_changes_nothing() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    visit.registers().await;
    let address = link(&visit.demo.mail_to(EMAIL, 0).await);
    for _ in 0..10 {
        visit.demo.scans(&address).await;
    }
    visit.proves_the_address().await;
    visit.page.shows(FRENCH.password).await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opened_in_another_browser_confirms_there_and_goes_on_here_with_its_code() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    visit.registers().await;
    let mail = visit.demo.mail_to(EMAIL, 0).await;
    let Some(other) = Page::open(Settings { language: "fr", width: 360, ..Settings::default() }).await else { return };
    other.goto(&link(&mail)).await;
    other.shows(FRENCH.landing).await;
    other.press(FRENCH.confirm).await;
    other.shows(FRENCH.confirmed_elsewhere).await;
    other.says("entrez-y le code du courriel").await;
    // That browser is not signed in: its portal knows nobody.
    other.goto(&format!("{}/home", visit.demo.portal(REALM))).await;
    other.shows(FRENCH.sign_in).await;
    other.close().await;
    // Somebody else may have asked for the mail: this browser goes on with what only its reader knows (ADR 0004).
    visit.page.follow(FRENCH.already_verified).await;
    visit.page.says("vérifié depuis un autre navigateur").await;
    visit.page.fill_named("code", &code(&mail)).await;
    visit.page.press(FRENCH.confirm).await;
    visit.chooses_a_password().await;
    visit.page.shows(FRENCH.question).await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn renault_is_not_the_answer_renault() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    visit.joins().await;
    visit.signs_out().await;
    visit.forgets_the_password(1).await;
    visit.answers("renault").await;
    visit.page.says("Cette réponse ne correspond pas").await;
    visit.answers("Renault").await;
    visit.page.shows(FRENCH.password).await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_link_says_so_and_sends_another_without_retyping() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    visit.registers().await;
    let late = link(&visit.demo.mail_to(EMAIL, 0).await);
    visit.demo.advance(Duration::from_hours(25)).await;
    visit.page.goto(&late).await;
    visit.arrives(FRENCH.expired, "expired").await;
    visit.page.press(FRENCH.new_link).await;
    let fresh = link(&visit.demo.mail_to(EMAIL, 1).await);
    visit.page.goto(&fresh).await;
    visit.page.shows(FRENCH.landing).await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_and_reload_after_a_step_lose_nothing() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    visit.registers().await;
    visit.page.reload().await;
    visit.page.shows(FRENCH.verify).await;
    visit.proves_the_address().await;
    visit.chooses_a_password().await;
    visit.page.shows(FRENCH.question).await;
    visit.page.back().await;
    visit.page.says("Cette étape est déjà faite").await;
    visit.page.follow(FRENCH.go_on).await;
    visit.sets_the_question().await;
    visit.is_home().await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_keeps_what_was_typed_and_takes_the_focus() {
    let Some(visit) = Visit::begin(&FRENCH, true).await else { return };
    visit.portal("/register").await;
    visit.page.shows(FRENCH.register).await;
    visit.page.fill_named("firstName", "Marie").await;
    visit.page.fill_named("email", "marie.durand").await;
    visit.page.press(FRENCH.register).await;
    visit.page.says("Il y a un problème").await;
    assert_eq!(visit.page.value_of("firstName").await, "Marie");
    assert_eq!(visit.page.value_of("email").await, "marie.durand");
    assert_eq!(visit.page.evaluate("document.activeElement.getAttribute('role')").await, "alert");
    assert_eq!(axe::findings(&visit.page).await, "");
    visit.page.close().await;
}
