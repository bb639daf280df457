//! The ChamberSign journey as a person lives it: from inside an order at the portal, and back to a request that is
//! validated. Each row of DOMAIN.md §9.4, in French and in English, with scripts off and on.

use guichet::clock::{Clock as _, SystemClock};

use crate::support::authenticator::Authenticator;
use crate::support::axe;
use crate::support::chromium::{Page, Settings};
use crate::support::demo::{Demo, code, link};

const REALM: &str = "chambersign";
const EMAIL: &str = "marie.durand@exemple.fr";
const PASSWORD: &str = "Tilleul-brouette-42";
const NEXT: &str = "Brume-du-soir-11";

/// The words that lead through the pages, as a person reads them.
struct Words {
    tag: &'static str,
    portal_front: &'static str,
    order: &'static str,
    request: &'static str,
    validate: &'static str,
    welcome: &'static str,
    register: &'static str,
    sign_in: &'static str,
    cancel: &'static str,
    declined: &'static str,
    registration: &'static str,
    have_account: &'static str,
    verify: &'static str,
    confirm: &'static str,
    verified: &'static str,
    go_on: &'static str,
    terms: &'static str,
    accept: &'static str,
    decline: &'static str,
    unticked: &'static str,
    attached: &'static str,
    requests: &'static str,
    menu: [&'static str; 4],
    to_complete: &'static str,
    sign_out: &'static str,
    account: Account,
    other_language: &'static str,
    other_welcome: &'static str,
}

/// The words of the account's pages.
struct Account {
    manage: &'static str,
    title: &'static str,
    password: &'static str,
    new_password: &'static str,
    submit: &'static str,
    changed: &'static str,
    sessions: &'static str,
    sessions_title: &'static str,
    codes: &'static str,
    code_app: &'static str,
    add: &'static str,
    adding: &'static str,
    open: &'static str,
    kept: &'static str,
    left: &'static str,
    asked: &'static str,
    sign_out: &'static str,
    signed_out: &'static str,
}

const FRENCH: Words = Words {
    tag: "fr",
    portal_front: "Commandez et suivez vos certificats",
    order: "Commander un certificat",
    request: "Votre demande de certificat",
    validate: "Valider ma demande",
    welcome: "Connexion à votre compte",
    register: "S’inscrire",
    sign_in: "Se connecter",
    cancel: "Annuler",
    declined: "Vous avez interrompu la connexion",
    registration: "Inscription",
    have_account: "J’ai déjà un compte",
    verify: "Confirmez votre inscription",
    confirm: "Confirmer mon inscription",
    verified: "Votre courriel a été vérifié.",
    go_on: "Continuer",
    terms: "CGU Espace Client & Partenaires",
    accept: "J’accepte",
    decline: "Refuser et se déconnecter",
    unticked: "Cochez la case pour accepter les conditions, ou refusez",
    attached: "Pièces jointes",
    requests: "Mes demandes",
    menu: ["Mes demandes", "Mes pilotes", "Certificats", "Mon compte"],
    to_complete: "À compléter",
    sign_out: "Se déconnecter",
    account: Account {
        manage: "Gérer mon compte",
        title: "Mon compte",
        password: "Modifier Mot de passe",
        new_password: "Choisissez un nouveau mot de passe",
        submit: "Enregistrer",
        changed: "Mot de passe modifié.",
        sessions: "Voir Appareils et sessions",
        sessions_title: "Appareils et sessions",
        codes: "Modifier Application de codes",
        code_app: "Application de codes",
        add: "Ajouter une application de codes",
        adding: "Ajoutez une application de codes",
        open: "Ouvrir dans mon application",
        kept: "Conservez vos codes de secours",
        left: "Il en reste 10",
        asked: "Entrez le code de votre application",
        sign_out: "Me déconnecter",
        signed_out: "Déconnexion effectuée",
    },
    other_language: "English",
    other_welcome: "Sign in to your account",
};

const ENGLISH: Words = Words {
    tag: "en",
    portal_front: "Order and follow your certificates",
    order: "Order a certificate",
    request: "Your certificate request",
    validate: "Validate my request",
    welcome: "Sign in to your account",
    register: "Register",
    sign_in: "Sign in",
    cancel: "Cancel",
    declined: "You stopped signing in",
    registration: "Registration",
    have_account: "I already have an account",
    verify: "Confirm your registration",
    confirm: "Confirm my registration",
    verified: "Your e-mail has been verified.",
    go_on: "Continue",
    terms: "Terms of use of the customer and partner area",
    accept: "I accept",
    decline: "Decline and sign out",
    unticked: "Tick the box to accept the terms, or decline",
    attached: "Attached files",
    requests: "My requests",
    menu: ["My requests", "My drivers", "Certificates", "My account"],
    to_complete: "To complete",
    sign_out: "Sign out",
    account: Account {
        manage: "Manage my account",
        title: "My account",
        password: "Change Password",
        new_password: "Choose a new password",
        submit: "Save",
        changed: "Password changed.",
        sessions: "See Devices and sessions",
        sessions_title: "Devices and sessions",
        codes: "Change Code app",
        code_app: "Code app",
        add: "Add a code app",
        adding: "Add a code app",
        open: "Open in my app",
        kept: "Keep your recovery codes",
        left: "10 left",
        asked: "Enter the code from your app",
        sign_out: "Sign out",
        signed_out: "You are signed out",
    },
    other_language: "Français",
    other_welcome: "Connexion à votre compte",
};

/// One person, one browser, one demonstration.
struct Visit {
    demo: Demo,
    page: Page,
    words: &'static Words,
    looks: bool,
}

impl Visit {
    async fn begin(words: &'static Words, scripts: bool) -> Option<Self> {
        let page = Page::open(Settings { scripts, language: words.tag, ..Settings::default() }).await?;
        Some(Self { demo: Demo::start(), page, words, looks: scripts })
    }

    /// The page with this heading has come; with scripts on it is looked at in all ways.
    async fn arrives(&self, heading: &str, picture: &str) {
        self.page.shows(heading).await;
        assert_eq!(self.page.language().await, self.words.tag, "{heading}");
        if self.looks {
            let name = format!("chambersign/{picture}-{}", self.words.tag);
            assert_eq!(axe::findings(&self.page, &name).await, "", "{heading}");
        }
    }

    /// From the portal's front page through an order to the choice that the provider offers.
    async fn orders(&self) {
        self.page.goto(&format!("{}/", self.demo.portal(REALM))).await;
        self.arrives(self.words.portal_front, "portal").await;
        self.page.follow(self.words.order).await;
        self.arrives(self.words.request, "order").await;
        self.page.follow(self.words.validate).await;
        self.arrives(self.words.welcome, "welcome").await;
    }

    /// Fills the registration page, and waits for the mail.
    async fn registers(&self) {
        self.page.follow(self.words.register).await;
        self.arrives(self.words.registration, "registration").await;
        for (field, typed) in [("firstName", "Marie"), ("lastName", "Durand"), ("email", EMAIL)] {
            self.page.fill_named(field, typed).await;
        }
        self.page.fill_named("password-new", PASSWORD).await;
        self.page.fill_named("password-confirm", PASSWORD).await;
        self.page.press(self.words.registration_button()).await;
        self.arrives(self.words.verify, "verify").await;
    }

    /// Opens the mailed link and confirms with a click.
    async fn confirms(&self) {
        let mail = self.demo.mail_to(EMAIL, 0).await;
        self.demo.scans(&link(&mail)).await;
        self.page.goto(&link(&mail)).await;
        self.page.press(self.words.confirm).await;
        self.arrives(self.words.verified, "verified").await;
        self.page.says(self.words.verified).await;
        self.page.follow(self.words.go_on).await;
    }

    /// Reads the terms, forgets the box once, and accepts.
    async fn accepts(&self) {
        self.arrives(self.words.terms, "terms").await;
        self.page.press(self.words.accept).await;
        self.page.says(self.words.unticked).await;
        self.arrives(self.words.terms, "terms-unticked").await;
        self.page.tick("accept").await;
        self.page.press(self.words.accept).await;
    }

    /// At the list of requests, with the order that was validated.
    async fn has_validated(&self, picture: &str) {
        self.arrives(self.words.requests, picture).await;
        self.page.says(self.words.to_complete).await;
        for entry in self.words.menu {
            self.page.says(entry).await;
        }
    }
}

impl Words {
    fn registration_button(&self) -> &'static str {
        if self.tag == "fr" { "Inscription" } else { "Register" }
    }
}

/// *Mon compte*: from the portal to the pages of the account, to change what they hold, and out.
async fn my_account(words: &'static Words, scripts: bool) {
    let Some(visit) = Visit::begin(words, scripts).await else { return };
    let (page, account) = (&visit.page, &words.account);
    visit.orders().await;
    visit.registers().await;
    visit.confirms().await;
    visit.accepts().await;
    visit.has_validated("requests").await;
    page.follow(words.menu[3]).await;
    page.follow(account.manage).await;
    visit.arrives(account.title, "my-account").await;
    let home = page.address().await;
    page.follow(account.password).await;
    visit.arrives(account.new_password, "my-password").await;
    for (field, typed) in [("password", PASSWORD), ("password-new", NEXT), ("password-confirm", NEXT)] {
        page.fill_named(field, typed).await;
    }
    page.press(account.submit).await;
    page.says(account.changed).await;
    visit.arrives(account.title, "my-password-changed").await;
    page.follow(account.sessions).await;
    visit.arrives(account.sessions_title, "my-sessions").await;
    page.back().await;

    page.follow(account.codes).await;
    visit.arrives(account.code_app, "my-code-app").await;
    page.press(account.add).await;
    visit.arrives(account.adding, "my-code-app-scanned").await;
    let app = Authenticator::scans(&page.leads(account.open).await);
    page.fill_named("code", &app.shows(SystemClock.now())).await;
    page.press(words.go_on).await;
    visit.arrives(account.kept, "my-recovery-codes").await;
    page.tick("codes-kept").await;
    page.press(words.go_on).await;
    visit.arrives(account.code_app, "my-code-app-added").await;
    page.says(account.left).await;

    page.goto(&home).await;
    page.press(account.sign_out).await;
    visit.arrives(account.signed_out, "my-sign-out").await;
    // The portal was told: whoever comes back there is nobody.
    visit.orders().await;
    page.follow(words.sign_in).await;
    page.fill_named("username", EMAIL).await;
    page.fill_named("password", NEXT).await;
    page.press(words.sign_in).await;
    visit.arrives(account.asked, "code-asked").await;
    visit.page.close().await;
}

async fn whole_journey(words: &'static Words, scripts: bool) {
    let Some(visit) = Visit::begin(words, scripts).await else { return };
    // *Annuler* at the first page goes back to the portal with nothing done.
    visit.orders().await;
    visit.page.follow(words.cancel).await;
    visit.arrives(words.declined, "declined").await;
    visit.orders().await;
    visit.registers().await;
    visit.confirms().await;
    visit.accepts().await;
    visit.has_validated("requests").await;
    visit.page.follow(words.menu[1]).await;
    visit.arrives(words.menu[1], "drivers").await;
    visit.page.follow(words.menu[2]).await;
    visit.arrives(words.menu[2], "certificates").await;
    visit.page.follow(words.menu[3]).await;
    visit.arrives(words.menu[3], "account").await;
    assert_eq!(visit.page.text_of("person-email").await, EMAIL);
    visit.page.press(words.sign_out).await;
    visit.page.shows(words.portal_front).await;

    visit.orders().await;
    visit.page.follow(words.register).await;
    visit.page.follow(words.have_account).await;
    visit.arrives(words.welcome, "sign-in").await;
    visit.page.fill_named("username", EMAIL).await;
    visit.page.fill_named("password", PASSWORD).await;
    visit.page.press(words.sign_in).await;
    visit.has_validated("requests-again").await;
    // The copy lies in the mailbox, as text and as PDF.
    let copy = visit.demo.mail_to(EMAIL, 1).await;
    assert_eq!(
        copy["files"],
        serde_json::json!([format!("cgu-1.{0}.txt", words.tag), format!("cgu-1.{0}.pdf", words.tag)])
    );
    let address = format!("{}/{}?lang={}", visit.demo.mailbox(), copy["id"].as_str().unwrap(), words.tag);
    visit.page.goto(&address).await;
    visit.arrives(copy["subject"].as_str().unwrap(), "mail-with-terms").await;
    visit.page.says(words.attached).await;
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chambersign_in_french_without_scripts() {
    whole_journey(&FRENCH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chambersign_in_french_with_scripts_looked_at() {
    whole_journey(&FRENCH, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chambersign_in_english_without_scripts() {
    whole_journey(&ENGLISH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chambersign_in_english_with_scripts_looked_at() {
    whole_journey(&ENGLISH, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chambersign_my_account_in_french_without_scripts() {
    my_account(&FRENCH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chambersign_my_account_in_french_with_scripts_looked_at() {
    my_account(&FRENCH, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chambersign_my_account_in_english_without_scripts() {
    my_account(&ENGLISH, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chambersign_my_account_in_english_with_scripts_looked_at() {
    my_account(&ENGLISH, true).await;
}

/// The menu opens by itself, without scripts, and the journey goes on in the other language.
#[tokio::test(flavor = "multi_thread")]
async fn chambersign_language_menu_keeps_the_journey_without_scripts() {
    for words in [&FRENCH, &ENGLISH] {
        let Some(visit) = Visit::begin(words, false).await else { return };
        visit.orders().await;
        visit.page.open_menu().await;
        visit.page.follow(words.other_language).await;
        visit.page.shows(words.other_welcome).await;
        visit.page.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn chambersign_a_link_opened_elsewhere_leaves_the_password_with_the_first_screen() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    visit.orders().await;
    visit.registers().await;
    let mail = visit.demo.mail_to(EMAIL, 0).await;
    let Some(other) = Page::open(Settings { language: "fr", width: 360, ..Settings::default() }).await else { return };
    other.goto(&link(&mail)).await;
    other.press(FRENCH.confirm).await;
    other.shows(FRENCH.verified).await;
    other.says("entrez-y le code").await;
    other.close().await;
    visit.page.fill_named("code", &code(&mail)).await;
    visit.page.press("Confirmer mon adresse").await;
    visit.accepts().await;
    visit.has_validated("requests").await;
    visit.page.close().await;
}

/// Declining leads back to the portal, which says so, and nobody is signed in.
#[tokio::test(flavor = "multi_thread")]
async fn chambersign_declining_the_terms_leaves_without_scripts() {
    for words in [&FRENCH, &ENGLISH] {
        let Some(visit) = Visit::begin(words, false).await else { return };
        visit.orders().await;
        visit.registers().await;
        visit.confirms().await;
        visit.arrives(words.terms, "terms").await;
        visit.page.press(words.decline).await;
        visit.arrives(words.declined, "declined").await;
        visit.orders().await;
        visit.page.close().await;
    }
}
