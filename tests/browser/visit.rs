//! A person on their way through the Certinomis realm: the words that lead them, and the steps they take.

use crate::support::axe;
use crate::support::chromium::{Page, Settings};
use crate::support::demo::{Demo, link};

pub(super) const REALM: &str = "certinomis";
pub(super) const EMAIL: &str = "marie.durand@exemple.fr";
pub(super) const PASSWORD: &str = "tilleul-brouette-42";

/// The words that lead through the pages, as a person reads them.
pub(super) struct Words {
    pub(super) tag: &'static str,
    pub(super) portal_front: &'static str,
    pub(super) portal_register: &'static str,
    pub(super) portal_sign_in: &'static str,
    pub(super) portal_sign_out: &'static str,
    pub(super) portal_greeting: &'static str,
    pub(super) register: &'static str,
    pub(super) verify: &'static str,
    pub(super) already_verified: &'static str,
    pub(super) landing: &'static str,
    pub(super) confirm: &'static str,
    pub(super) confirmed: &'static str,
    pub(super) confirmed_elsewhere: &'static str,
    pub(super) password: &'static str,
    pub(super) submit: &'static str,
    pub(super) question: &'static str,
    pub(super) validate: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) enter: &'static str,
    pub(super) forgotten: &'static str,
    pub(super) recover: &'static str,
    pub(super) send: &'static str,
    pub(super) go_on: &'static str,
    pub(super) expired: &'static str,
    pub(super) new_link: &'static str,
    pub(super) mailbox: &'static str,
}

pub(super) const FRENCH: Words = Words {
    tag: "fr",
    portal_front: "Commandez et suivez vos certificats",
    portal_register: "Créer un compte",
    portal_sign_in: "Se connecter",
    portal_sign_out: "Se déconnecter",
    portal_greeting: "Bonjour Marie Durand",
    register: "S’enregistrer",
    verify: "Vérification du courriel",
    already_verified: "Cliquez ici",
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
    mailbox: "Boîte aux lettres",
};

pub(super) const ENGLISH: Words = Words {
    tag: "en",
    portal_front: "Order and follow your certificates",
    portal_register: "Create an account",
    portal_sign_in: "Sign in",
    portal_sign_out: "Sign out",
    portal_greeting: "Hello Marie Durand",
    register: "Register",
    verify: "E-mail verification",
    already_verified: "Click here",
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
    mailbox: "Mailbox",
};

/// One person, one browser, one demonstration.
pub(super) struct Visit {
    pub(super) demo: Demo,
    pub(super) page: Page,
    words: &'static Words,
    looks: bool,
}

impl Visit {
    pub(super) async fn begin(words: &'static Words, scripts: bool) -> Option<Self> {
        let page = Page::open(Settings { scripts, language: words.tag, ..Settings::default() }).await?;
        Some(Self { demo: Demo::start(), page, words, looks: false })
    }

    /// Looks at each page on the way, in all ways; scripts must be on.
    pub(super) fn looking(self) -> Self {
        Self { looks: true, ..self }
    }

    /// The page with this heading has come: looks at it if this visit does.
    pub(super) async fn arrives(&self, heading: &str, picture: &str) {
        self.page.shows(heading).await;
        assert_eq!(self.page.language().await, self.words.tag, "{heading}");
        if self.looks {
            let name = format!("journey/{picture}-{}", self.words.tag);
            assert_eq!(axe::findings(&self.page, &name).await, "", "{heading}");
        }
    }

    pub(super) async fn portal(&self, path: &str) {
        self.page.goto(&format!("{}{path}", self.demo.portal(REALM))).await;
    }

    /// From the front page to *Vérification du courriel*.
    pub(super) async fn registers(&self) {
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

    /// Reads the mail on the demonstration's mailbox page.
    pub(super) async fn looks_into_the_mailbox(&self) {
        let mail = self.demo.mail_to(EMAIL, 0).await;
        let mailbox = format!("{}?lang={}", self.demo.mailbox(), self.words.tag);
        self.page.goto(&mailbox).await;
        self.arrives(self.words.mailbox, "mailbox").await;
        self.page.follow(mail["subject"].as_str().unwrap()).await;
        self.arrives(mail["subject"].as_str().unwrap(), "mail").await;
    }

    /// Opens the mailed link and confirms with a click.
    pub(super) async fn proves_the_address(&self) {
        let mail = self.demo.mail_to(EMAIL, 0).await;
        self.page.goto(&link(&mail)).await;
        self.arrives(self.words.landing, "link").await;
        self.page.press(self.words.confirm).await;
        self.arrives(self.words.confirmed, "confirmed").await;
        self.page.follow(self.words.go_on).await;
    }

    pub(super) async fn chooses_a_password(&self) {
        self.arrives(self.words.password, "password").await;
        self.page.fill_named("password-new", PASSWORD).await;
        self.page.fill_named("password-confirm", PASSWORD).await;
        self.page.press(self.words.submit).await;
    }

    pub(super) async fn sets_the_question(&self) {
        self.arrives(self.words.question, "question").await;
        self.page.fill_named("question", "Marque de la première voiture").await;
        self.page.fill_named("answer", "Renault").await;
        self.page.press(self.words.validate).await;
    }

    /// The whole registration, up to the portal's home page.
    pub(super) async fn joins(&self) {
        self.registers().await;
        self.looks_into_the_mailbox().await;
        self.proves_the_address().await;
        self.chooses_a_password().await;
        self.sets_the_question().await;
        self.is_home().await;
    }

    pub(super) async fn is_home(&self) {
        self.arrives(self.words.portal_greeting, "home").await;
        assert_eq!(self.page.text_of("person-name").await, "Marie Durand");
        assert_eq!(self.page.text_of("person-email").await, EMAIL);
    }

    pub(super) async fn signs_out(&self) {
        self.page.press(self.words.portal_sign_out).await;
        self.page.shows(self.words.portal_front).await;
    }

    pub(super) async fn signs_in(&self, password: &str) {
        self.page.fill_named("username", EMAIL).await;
        self.page.fill_named("password", password).await;
        self.page.press(self.words.enter).await;
    }

    /// From the sign-in page to the question behind the mailed link.
    pub(super) async fn forgets_the_password(&self, mails: usize) {
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

    pub(super) async fn answers(&self, answer: &str) {
        self.page.fill_named("answer", answer).await;
        self.page.press(self.words.go_on).await;
    }
}
