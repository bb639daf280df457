//! The people of the stories, and the ways that every story walks: getting an account, signing in.

use super::browser::Browser;
use super::client_app::Tokens;
use super::world::{World, link};

/// Somebody who wants an account, or has one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) password: &'static str,
    pub(crate) question: &'static str,
    pub(crate) answer: &'static str,
}

/// A customer.
pub(crate) const MARIE: Person = Person {
    first_name: "Marie",
    last_name: "Durand",
    email: "marie.durand@exemple.fr",
    password: "Rosée-du-matin-7",
    question: "Quelle est la marque de votre première voiture ?",
    answer: "Renault",
};

/// Somebody else.
pub(crate) const PAUL: Person = Person {
    first_name: "Paul",
    last_name: "Lefèvre",
    email: "paul.lefevre@exemple.fr",
    password: "Trois-Pommes-vertes-4",
    question: "Dans quelle rue habitait votre meilleur ami d’enfance ?",
    answer: "rue des Lilas",
};

impl Person {
    /// The registration page's fields.
    pub(crate) const fn registration(&self) -> [(&'static str, &'static str); 3] {
        [("firstName", self.first_name), ("lastName", self.last_name), ("email", self.email)]
    }

    /// The sign-in page's.
    pub(crate) const fn credentials(&self) -> [(&'static str, &'static str); 2] {
        [("username", self.email), ("password", self.password)]
    }

    /// The first password's page.
    pub(crate) const fn new_password(&self) -> [(&'static str, &'static str); 2] {
        [("password-new", self.password), ("password-confirm", self.password)]
    }

    /// The secret question's page.
    pub(crate) const fn secret_question(&self) -> [(&'static str, &'static str); 2] {
        [("question", self.question), ("answer", self.answer)]
    }

    /// From a journey's first page to the waiting page.
    pub(crate) async fn registers(&self, browser: &mut Browser) {
        let register = browser.at().as_str().replace("/sign-in", "/register");
        browser.opens(&register).await.submits(&self.registration()).await;
        assert_eq!(browser.place(), "verify-email", "{}", browser.text());
    }

    /// Opens the newest mailed link and presses its button.
    pub(crate) async fn confirms(&self, world: &World, browser: &mut Browser) {
        let link = link(&world.mail_to(self.email).await);
        browser.opens(&link).await.submits(&[("do", "confirm")]).await;
    }

    /// From the confirmed address to the end of the journey.
    pub(crate) async fn activates(&self, browser: &mut Browser) {
        let go_on = browser.page().link("Continuer").or_else(|| browser.page().link("Continue"));
        browser.opens(&go_on.unwrap_or_else(|| panic!("no way on:\n{}", browser.text()))).await;
        browser.submits(&self.new_password()).await;
        assert_eq!(browser.place(), "required-actions/set-secret-question", "{}", browser.text());
        browser.submits(&self.secret_question()).await;
    }

    /// The whole way to an account, in that browser, and the client's tokens.
    pub(crate) async fn gets_an_account(&self, world: &World, browser: &mut Browser) -> Tokens {
        let portal = world.portal();
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        self.registers(browser).await;
        self.confirms(world, browser).await;
        self.activates(browser).await;
        portal.redeems(&asked, browser.left_for()).await
    }

    /// Signs in for the portal, in that browser, and the client's tokens.
    pub(crate) async fn signs_in(&self, world: &World, browser: &mut Browser) -> Tokens {
        let portal = world.portal();
        let asked = portal.asks();
        browser.opens(&asked.url()).await.submits(&self.credentials()).await;
        portal.redeems(&asked, browser.left_for()).await
    }
}

impl World {
    /// A world in which that person has an account, made in a browser that nobody has any more.
    pub(crate) async fn has(&self, person: &Person) {
        self.among_persons(async || person.gets_an_account(self, &mut self.browser()).await).await;
    }

    /// Something that happens while the realm is as its preset has it, when it takes organisations otherwise.
    pub(crate) async fn among_persons<T>(&self, happens: impl AsyncFnOnce() -> T) -> T {
        let with = self.files();
        if !with.files["realm.toml"].contains("\n[organisations]") {
            return happens().await;
        }
        let without = Self::as_its_preset_has_it();
        assert!(self.node.house.apply(&[without], "story").await.unwrap().is_ok());
        let happened = happens().await;
        assert!(self.node.house.apply(std::slice::from_ref(with), "story").await.unwrap().is_ok());
        happened
    }
}
