//! A passkey in a real browser: made in the account, offered in the list of the user name's field, and asked for by its
//! button. Chromium's own virtual authenticator stands for the device.

use serde_json::{Value, json};

use crate::support::axe;
use crate::support::chromium::{Page, Settings};
use crate::support::demo::{Demo, link};

const REALM: &str = "chambersign";
const EMAIL: &str = "marie.durand@exemple.fr";
const PASSWORD: &str = "Tilleul-brouette-42";

/// A device that keeps passkeys and is unlocked by whoever sits there; returns its name.
async fn plugs_in_a_device(page: &Page) -> Value {
    page.cdp("WebAuthn.enable", json!({ "enableUI": false })).await;
    let options = json!({
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": true,
        "hasUserVerification": true,
        "isUserVerified": true,
        "automaticPresenceSimulation": true,
    });
    page.cdp("WebAuthn.addVirtualAuthenticator", json!({ "options": options })).await["authenticatorId"].clone()
}

/// Whether somebody touches the device as soon as it asks.
async fn is_touched(page: &Page, device: &Value, touched: bool) {
    let asked = json!({ "authenticatorId": device, "enabled": touched });
    page.cdp("WebAuthn.setAutomaticPresenceSimulation", asked).await;
}

/// From the portal to the page of the provider that opens its orders.
async fn orders(page: &Page, demo: &Demo) {
    page.goto(&format!("{}/", demo.portal(REALM))).await;
    page.follow("Commander un certificat").await;
    page.shows("Votre demande de certificat").await;
    page.follow("Valider ma demande").await;
}

/// An account of the demonstration, signed in at the portal.
async fn gets_an_account(page: &Page, demo: &Demo) {
    orders(page, demo).await;
    page.shows("Connexion à votre compte").await;
    page.follow("S’inscrire").await;
    page.shows("Inscription").await;
    for (field, typed) in [("firstName", "Marie"), ("lastName", "Durand"), ("email", EMAIL)] {
        page.fill_named(field, typed).await;
    }
    page.fill_named("password-new", PASSWORD).await;
    page.fill_named("password-confirm", PASSWORD).await;
    page.press("Inscription").await;
    page.shows("Confirmez votre inscription").await;
    page.goto(&link(&demo.mail_to(EMAIL, 0).await)).await;
    page.press("Confirmer mon inscription").await;
    page.shows("Votre courriel a été vérifié.").await;
    page.follow("Continuer").await;
    page.shows("CGU Espace Client & Partenaires").await;
    page.tick("accept").await;
    page.press("J’accepte").await;
    page.shows("Mes demandes").await;
}

/// Leaves the portal; the provider asks first when the session is another one than the portal knows.
async fn signs_out(page: &Page, is_asked: bool) {
    page.follow("Mon compte").await;
    page.shows("Mon compte").await;
    page.press("Se déconnecter").await;
    if is_asked {
        page.shows("Se déconnecter ?").await;
        page.press("Se déconnecter").await;
    }
    page.shows("Commandez et suivez vos certificats").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_made_in_the_account_and_opens_it_from_the_list_and_by_its_button() {
    let Some(page) = Page::open(Settings { width: 360, ..Settings::default() }).await else { return };
    let demo = Demo::start();
    let device = plugs_in_a_device(&page).await;
    gets_an_account(&page, &demo).await;

    page.goto(&format!("{}/account/passkeys", demo.issuer(REALM))).await;
    page.shows("Clés d’accès").await;
    page.says("Aucune clé d’accès n’est enregistrée.").await;
    assert_eq!(axe::findings(&page, "passkeys-none").await, "");
    page.press("Créer une clé d’accès").await;
    page.shows("Créez une clé d’accès").await;
    assert_eq!(axe::findings(&page, "passkeys-offered").await, "");
    page.press("Créer").await;
    page.shows("Conservez vos codes de secours").await;
    page.tick("codes-kept").await;
    page.press("Continuer").await;
    page.shows("Clés d’accès").await;
    page.says("Supprimer").await;
    assert_eq!(axe::findings(&page, "passkeys-one").await, "");
    // The device knows that it has one already.
    page.press("Créer une clé d’accès").await;
    page.shows("Créez une clé d’accès").await;
    page.press("Créer").await;
    page.says("Cet appareil a déjà une clé d’accès pour ce compte.").await;

    // In the list of the field: asked for as the page loads, and nothing typed.
    page.goto(&format!("{}/", demo.portal(REALM))).await;
    signs_out(&page, true).await;
    orders(&page, &demo).await;
    page.shows("Connexion à votre compte").await;
    page.follow("Se connecter").await;
    page.shows("Mes demandes").await;

    // By the button, which takes the place of the request that waits for its person.
    signs_out(&page, false).await;
    is_touched(&page, &device, false).await;
    orders(&page, &demo).await;
    page.shows("Connexion à votre compte").await;
    page.follow("Se connecter").await;
    page.says("Autres façons de se connecter").await;
    assert_eq!(axe::findings(&page, "passkeys-sign-in").await, "");
    let told = page.autocomplete().await;
    assert!(told.contains(&"username=username webauthn".to_owned()), "{told:?}");
    is_touched(&page, &device, true).await;
    page.press("Utiliser une clé d’accès").await;
    page.shows("Mes demandes").await;
    page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_the_page_says_which_other_way_there_is() {
    let Some(page) = Page::open(Settings { scripts: false, ..Settings::default() }).await else { return };
    let demo = Demo::start();
    orders(&page, &demo).await;
    page.shows("Connexion à votre compte").await;
    page.follow("Se connecter").await;
    page.says("Les clés d’accès demandent JavaScript. Connectez-vous avec votre mot de passe.").await;
    page.close().await;
}
