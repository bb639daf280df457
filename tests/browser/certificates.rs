//! Certificates in a real browser, from the demonstration: its cards in the browser's own store, its listener reached over
//! TLS that the browser trusts, and the way there and back between two hosts (DOMAIN.md §6, UX.md P12 and P13).

use std::time::Duration;

use crate::support::axe;
use crate::support::chromium::{Page, Settings};
use crate::support::demo::{Demo, link};
use crate::support::held::Held;

const REALM: &str = "chambersign";
const EMAIL: &str = "marie.durand@exemple.fr";
const PASSWORD: &str = "Tilleul-brouette-42";
const EIGHT_DAYS: Duration = Duration::from_hours(8 * 24);

/// The words that lead through the pages, as a person reads them.
struct Words {
    tag: &'static str,
    order: &'static str,
    request: &'static str,
    validate: &'static str,
    welcome: &'static str,
    register: &'static str,
    registration: [&'static str; 2],
    verify: &'static str,
    confirm: &'static str,
    verified: &'static str,
    go_on: &'static str,
    terms: &'static str,
    accept: &'static str,
    requests: &'static str,
    my_account: &'static str,
    sign_in: &'static str,
    sign_out: &'static str,
    signed_out: &'static str,
    mine: &'static str,
    none_yet: &'static str,
    add: &'static str,
    by_certificate: &'static str,
    choose: &'static str,
    unknown: &'static str,
    associate: &'static str,
    is_it_you: &'static str,
    associating: [&'static str; 2],
    unused: &'static str,
    told: &'static str,
    known: &'static str,
    refused: &'static str,
    no_certificate: &'static str,
    /// None shown, revoked, of somebody unknown, expired.
    reasons: [&'static str; 4],
    other_way: &'static str,
    offered: &'static str,
    offered_by: &'static str,
}

const FRENCH: Words = Words {
    tag: "fr",
    order: "Commander un certificat",
    request: "Votre demande de certificat",
    validate: "Valider ma demande",
    welcome: "Connexion à votre compte",
    register: "S’inscrire",
    registration: ["Inscription", "Inscription"],
    verify: "Confirmez votre inscription",
    confirm: "Confirmer mon inscription",
    verified: "Votre courriel a été vérifié.",
    go_on: "Continuer",
    terms: "CGU Espace Client & Partenaires",
    accept: "J’accepte",
    requests: "Mes demandes",
    my_account: "Mon compte",
    sign_in: "Se connecter",
    sign_out: "Se déconnecter",
    signed_out: "Commandez et suivez vos certificats",
    mine: "Certificats",
    none_yet: "Aucun certificat ne permet de se connecter à votre compte.",
    add: "Associer un certificat",
    by_certificate: "Se connecter avec un certificat",
    choose: "Choisir mon certificat",
    unknown: "Certificat sans compte",
    associate: "Se connecter et associer ce certificat",
    is_it_you: "Confirmez que c’est bien vous",
    associating: ["Associer ce certificat", "Associer"],
    unused: "jamais utilisé",
    told: "Un moyen de connexion a été ajouté",
    known: "Continuer avec ce certificat ?",
    refused: "Ce certificat ne peut pas servir ici",
    no_certificate: "Aucun certificat présenté",
    reasons: [
        "Aucun certificat n’a été présenté.",
        "Ce certificat a été révoqué.",
        "Ce certificat vient d’une autorité qui n’est pas acceptée ici.",
        "La validité de ce certificat est terminée.",
    ],
    other_way: "Se connecter autrement",
    offered: "Certificats de démonstration",
    offered_by: "Boîte aux lettres",
};

const ENGLISH: Words = Words {
    tag: "en",
    order: "Order a certificate",
    request: "Your certificate request",
    validate: "Validate my request",
    welcome: "Sign in to your account",
    register: "Register",
    registration: ["Registration", "Register"],
    verify: "Confirm your registration",
    confirm: "Confirm my registration",
    verified: "Your e-mail has been verified.",
    go_on: "Continue",
    terms: "Terms of use of the customer and partner area",
    accept: "I accept",
    requests: "My requests",
    my_account: "My account",
    sign_in: "Sign in",
    sign_out: "Sign out",
    signed_out: "Order and follow your certificates",
    mine: "Certificates",
    none_yet: "No certificate can be used to sign in to your account.",
    add: "Link a certificate",
    by_certificate: "Sign in with a certificate",
    choose: "Choose my certificate",
    unknown: "Certificate without an account",
    associate: "Sign in and link this certificate",
    is_it_you: "Confirm it is you",
    associating: ["Link this certificate", "Link"],
    unused: "never used",
    told: "A sign-in method was added",
    known: "Continue with this certificate?",
    refused: "This certificate cannot be used here",
    no_certificate: "No certificate presented",
    reasons: [
        "No certificate was presented.",
        "This certificate has been revoked.",
        "This certificate comes from an authority that is not accepted here.",
        "This certificate is no longer valid.",
    ],
    other_way: "Sign in another way",
    offered: "Demonstration certificates",
    offered_by: "Mailbox",
};

/// One person, one browser that holds what it holds, one demonstration.
struct Visit<'a> {
    demo: &'a Demo,
    page: Page,
    words: &'static Words,
    looks: bool,
}

impl<'a> Visit<'a> {
    async fn begin(demo: &'a Demo, (words, scripts): (&'static Words, bool), card: Option<&str>) -> Option<Self> {
        let held = Held::of(demo, card).await;
        let settings = Settings { scripts, language: words.tag, ..Settings::default() };
        let page = Page::open_holding(settings, Some(&held)).await?;
        Some(Self { demo, page, words, looks: scripts })
    }

    /// The page with this heading has come; with scripts on it is looked at in all ways.
    async fn arrives(&self, heading: &str, picture: &str) {
        self.page.shows(heading).await;
        assert_eq!(self.page.language().await, self.words.tag, "{heading}");
        if self.looks {
            let name = format!("certificates/{picture}-{}", self.words.tag);
            assert_eq!(axe::findings(&self.page, &name).await, "", "{heading}");
        }
    }

    /// From the portal's front page to the choice that the provider offers.
    async fn orders(&self) {
        self.page.goto(&format!("{}/", self.demo.portal(REALM))).await;
        self.page.follow(self.words.order).await;
        self.page.shows(self.words.request).await;
        self.page.follow(self.words.validate).await;
        self.page.shows(self.words.welcome).await;
    }

    /// An account, signed in at the portal.
    async fn gets_an_account(&self) {
        let (page, words) = (&self.page, self.words);
        self.orders().await;
        page.follow(words.register).await;
        page.shows(words.registration[0]).await;
        for (field, typed) in [("firstName", "Marie"), ("lastName", "Durand"), ("email", EMAIL)] {
            page.fill_named(field, typed).await;
        }
        page.fill_named("password-new", PASSWORD).await;
        page.fill_named("password-confirm", PASSWORD).await;
        page.press(words.registration[1]).await;
        page.shows(words.verify).await;
        page.goto(&link(&self.demo.mail_to(EMAIL, 0).await)).await;
        page.press(words.confirm).await;
        page.shows(words.verified).await;
        page.follow(words.go_on).await;
        page.shows(words.terms).await;
        page.tick("accept").await;
        page.press(words.accept).await;
        page.shows(words.requests).await;
    }

    /// To the other host and back, by the button alone.
    async fn shows_a_certificate(&self) {
        self.arrives(self.words.by_certificate, "before").await;
        self.page.press(self.words.choose).await;
    }

    /// From the portal through the provider's pages to whatever becomes of the certificate.
    async fn tries_a_certificate(&self) {
        self.orders().await;
        self.page.follow(self.words.sign_in).await;
        self.arrives(self.words.welcome, "sign-in").await;
        self.page.follow(self.words.by_certificate).await;
        self.shows_a_certificate().await;
    }
}

/// *Mon compte*, « Associer un certificat », the card, the password once more, and back; then the card alone.
async fn bound_and_used(manner: (&'static Words, bool)) {
    let demo = Demo::start();
    let Some(visit) = Visit::begin(&demo, manner, Some("marie.p12")).await else { return };
    let (page, words) = (&visit.page, visit.words);
    visit.gets_an_account().await;
    page.goto(&format!("{}/account/certificates", demo.issuer(REALM))).await;
    visit.arrives(words.mine, "mine-none").await;
    page.says(words.none_yet).await;
    page.press(words.add).await;
    visit.shows_a_certificate().await;
    visit.arrives(words.unknown, "unknown").await;
    page.says("Exemple SA").await;
    page.press(words.associate).await;
    visit.arrives(words.is_it_you, "is-it-you").await;
    assert_eq!(page.value_of("username").await, EMAIL);
    page.fill_named("password", PASSWORD).await;
    page.press(words.sign_in).await;
    visit.arrives(words.associating[0], "associate").await;
    page.press(words.associating[1]).await;
    visit.arrives(words.mine, "mine-one").await;
    page.says("Guichet Démonstration Personnes").await;
    page.says(words.unused).await;
    // After the link to confirm the address, and the terms that were accepted.
    assert_eq!(demo.mail_to(EMAIL, 2).await["subject"], words.told);

    page.goto(&format!("{}/account", demo.portal(REALM))).await;
    page.press(words.sign_out).await;
    leaves(&visit).await;
    visit.tries_a_certificate().await;
    visit.arrives(words.known, "known").await;
    page.says("Marie Durand").await;
    page.press(words.go_on).await;
    visit.arrives(words.requests, "home").await;
    page.follow(words.my_account).await;
    assert_eq!(page.text_of("person-name").await, "Marie Durand");
    visit.page.close().await;
}

/// The session is another one than the portal knows, since somebody signed in once more: the provider asks first.
async fn leaves(visit: &Visit<'_>) {
    let question = if visit.words.tag == "fr" { "Se déconnecter ?" } else { "Sign out?" };
    visit.page.shows(question).await;
    visit.page.press(visit.words.sign_out).await;
    visit.page.shows(visit.words.signed_out).await;
}

/// None, and each that is of no use: its page says why, and leads to another way of signing in.
async fn refused(manner: (&'static Words, bool)) {
    let demo = Demo::start();
    let cards = [None, Some("paul-revoked.p12"), Some("luc-foreign.p12"), Some("jeanne-brief.p12")];
    for (card, reason) in cards.into_iter().zip(manner.0.reasons) {
        if card == Some("jeanne-brief.p12") {
            demo.advance(EIGHT_DAYS).await;
        }
        let Some(visit) = Visit::begin(&demo, manner, card).await else { return };
        visit.tries_a_certificate().await;
        let heading = if card.is_some() { visit.words.refused } else { visit.words.no_certificate };
        visit.arrives(heading, card.unwrap_or("none")).await;
        visit.page.says(reason).await;
        visit.page.follow(visit.words.other_way).await;
        visit.page.shows(visit.words.welcome).await;
        visit.page.fill_named("username", EMAIL).await;
        visit.page.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_bound_in_the_account_and_opens_it_in_french_without_scripts() {
    bound_and_used((&FRENCH, false)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_bound_in_the_account_and_opens_it_in_english_with_scripts_looked_at() {
    bound_and_used((&ENGLISH, true)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_no_use_says_why_in_french_with_scripts_looked_at() {
    refused((&FRENCH, true)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_no_use_says_why_in_english_without_scripts() {
    refused((&ENGLISH, false)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_that_offers_certificates_is_found_from_the_mailbox_and_is_for_everyone() {
    let demo = Demo::start();
    for words in [&FRENCH, &ENGLISH] {
        let Some(page) = Page::open(Settings { language: words.tag, ..Settings::default() }).await else { return };
        page.goto(demo.mailbox()).await;
        page.follow(words.offered).await;
        page.shows(words.offered).await;
        assert_eq!(page.address().await, demo.cards());
        assert_eq!(axe::findings(&page, &format!("certificates/offered-{}", words.tag)).await, "");
        page.says(demo.listener()).await;
        for file in ["marie.p12", "marie-renewed.p12", "tls-authority.pem"] {
            assert!(page.leads(file).await.ends_with(file));
            assert!(!demo.offers(file).await.is_empty());
        }
        page.follow(words.offered_by).await;
        page.shows(words.offered_by).await;
        page.close().await;
    }
}
