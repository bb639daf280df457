//! Passkeys: made after a password or in the account, and what they open (SR-82, SR-84, SR-85; UX.md P1, P15).
//!
//! Long, since each way in which an answer can be wrong is a story of one device and one account, told with the same helpers.

use guichet::clock::{Duration, days, minutes};
use http::Method;
use serde_json::{Value, json};

use super::second_factors::{keeps_the_codes, knows_the_password};
use crate::support::browser::Browser;
use crate::support::client_app::{Asked, Tokens, claims, parameter};
use crate::support::database::hex_of;
use crate::support::passkey::{Device, Wrong};
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{PUBLIC, World, link, on_each_database};

const REFUSED: &str = "Cette clé d’accès n’ouvre aucun compte ici. Essayez-en une autre, ou connectez-vous autrement";
const LATE: &str = "Cette page était ouverte depuis plus de 5 minutes. Utilisez de nouveau votre clé d’accès";
const NOT_ADDED: &str =
    "Votre appareil n’a pas pu créer de clé d’accès pour ce compte. Réessayez, ou utilisez un autre appareil";

/// The realm has passkeys, and asks for second factors of these.
pub(crate) async fn offers_passkeys(world: &mut World, asked: &str) {
    let table = format!("[second_factor]\nasked = \"{asked}\"\n\n[sessions]\n");
    let offered = "remember_me = false\npasskeys = \"offered\"\n";
    world.rewrites_realm(&[("remember_me = false\n", offered), ("[sessions]\n", &table)]).await;
}

/// The realm offers one to whoever has typed their password.
pub(crate) async fn offers_them_after_passwords(world: &mut World) {
    world.rewrites_realm(&[("\"set_secret_question\"]", "\"set_secret_question\", \"register_passkey\"]")]).await;
}

/// The device makes a key on the page that asks for it.
pub(crate) async fn makes(browser: &mut Browser, device: &mut Device) {
    let answer = device.makes(&browser.page().ceremony());
    let form = browser.page().ceremony_form().with("credential", &answer);
    browser.sends(&form).await;
}

/// The device answers on the page that asks for a key.
pub(crate) async fn unlocks(browser: &mut Browser, device: &mut Device) {
    unlocks_badly(browser, device, None).await;
}

/// The same, with something wrong.
pub(crate) async fn unlocks_badly(browser: &mut Browser, device: &mut Device, wrong: Option<Wrong>) {
    let answer = device.answers_badly(&browser.page().ceremony(), wrong);
    let form = browser.page().ceremony_form().with("credential", &answer);
    browser.sends(&form).await;
}

/// A device with a key of that person's account, made in the account by somebody who has just typed the password.
async fn device_of(world: &World, person: &Person, mut device: Device) -> Device {
    let mut browser = world.browser();
    person.signs_in(world, &mut browser).await;
    browser.opens_page("account/passkeys").await.presses("Créer une clé d’accès").await;
    assert_eq!(browser.place(), "required-actions/register-passkey", "{}", browser.text());
    makes(&mut browser, &mut device).await;
    keeps_the_codes(&mut browser).await;
    assert_eq!((browser.place(), browser.status()), ("account/passkeys", 200), "{}", browser.text());
    device
}

/// Marie, with an account and a key in that device, where passwords alone are enough.
async fn marie(world: &mut World, device: Device) -> Device {
    world.has(&MARIE).await;
    offers_passkeys(world, "on-demand").await;
    device_of(world, &MARIE, device).await
}

/// A browser in which that device has opened the account.
async fn opened_by(world: &World, device: &mut Device) -> Browser {
    let (mut browser, asked) = at_sign_in(world).await;
    unlocks(&mut browser, device).await;
    world.portal().redeems(&asked, browser.left_for()).await;
    browser
}

/// Whether Marie was told so by mail.
async fn is_told(world: &World, subject: &str) -> bool {
    world.mails_to(MARIE.email).await.iter().any(|mail| mail.subject == subject)
}

/// A browser at the sign-in page of the portal's request.
async fn at_sign_in(world: &World) -> (Browser, Asked) {
    let (mut browser, asked) = (world.browser(), world.portal().asks());
    browser.opens(&asked.url()).await;
    (browser, asked)
}

fn of(tokens: &Tokens) -> (Value, Value) {
    let claims = claims(&tokens.id_token);
    (claims["acr"].clone(), claims["amr"].clone())
}

/// Why passkeys and second factors were refused, in the order of the words.
async fn reasons(world: &World) -> Vec<String> {
    let events = world.database.texts("SELECT content FROM events").await;
    let events = events.iter().map(|content| serde_json::from_str::<Value>(content).unwrap());
    let kinds = ["sign_in.passkey_refused", "sign_in.second_factor_failed", "passkey.not_added"];
    let refused = events.filter(|event| kinds.contains(&event["kind"].as_str().unwrap()));
    let mut reasons: Vec<_> = refused.map(|event| event["reason"].as_str().unwrap().to_owned()).collect();
    reasons.sort();
    reasons
}

/// The same, as a story expects them.
fn sorted<'a>(reasons: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_unstable();
    reasons
}

#[tokio::test]
async fn sr_84_a_passkey_made_in_the_account_opens_it_without_a_password() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::of_model("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4")).await;
        assert!(is_told(world, "Un moyen de connexion a été ajouté").await);
        world.advance(minutes(20));
        let (mut browser, asked) = at_sign_in(world).await;
        assert!(browser.says("Autres façons de se connecter"), "{}", browser.text());
        unlocks(&mut browser, &mut device).await;
        let tokens = world.portal().redeems(&asked, browser.left_for()).await;
        assert_eq!(of(&tokens), (json!("two-factors"), json!(["pop", "mfa"])));
        assert_eq!(claims(&tokens.id_token)["auth_time"], world.now().seconds());
        // What is kept of it is told to its owner.
        browser.opens_page("account").await;
        assert!(browser.says("1 clé d’accès"), "{}", browser.text());
        browser.follows("Modifier Clés d’accès").await;
        for words in ["Google Password Manager", "3 mars 2026 à 14 h 12", "3 mars 2026 à 14 h 32"] {
            assert!(browser.says(words), "{words}: {}", browser.text());
        }
        // WebAuthn §14.6.1: what devices know the account by is nobody's name.
        let sub = claims(&tokens.id_token)["sub"].as_str().unwrap().replace('-', "");
        let handle = hex_of(device.handle());
        assert!(handle.len() == 32 && handle != sub, "{handle}");
    })
    .await;
}

#[tokio::test]
async fn sr_85_an_answer_counts_for_its_challenge_site_and_key_only() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::counting()).await;
        let (mut browser, asked) = at_sign_in(world).await;
        let all = [
            (Wrong::Origin, "origin"),
            (Wrong::Framed, "origin"),
            (Wrong::RelyingParty, "relying_party"),
            (Wrong::Locked, "unverified"),
            (Wrong::Absent, "unverified"),
            (Wrong::Challenge, "challenge"),
            (Wrong::Kind, "malformed"),
            (Wrong::Signature, "signature"),
            (Wrong::Handle, "other_account"),
            (Wrong::NoHandle, "other_account"),
            (Wrong::Cut, "malformed"),
        ];
        let mut pages = std::collections::BTreeSet::new();
        for (wrong, _) in all {
            unlocks_badly(&mut browser, &mut device, Some(wrong)).await;
            assert_eq!((browser.status(), browser.error_summary()), (422, vec![REFUSED.to_owned()]), "{wrong:?}");
            pages.insert(browser.text());
        }
        assert_eq!(pages.len(), 1, "one page for all of them");
        assert_eq!(reasons(world).await, sorted(all.map(|(_, reason)| reason)));
        unlocks(&mut browser, &mut device).await;
        world.portal().redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_85_a_challenge_is_answered_once_whatever_the_answer() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::new()).await;
        let (mut browser, asked) = at_sign_in(world).await;
        let (options, form) = (browser.page().ceremony(), browser.page().ceremony_form());
        // A wrong answer spends it, on whatever node, and the right one comes too late.
        let other = world.another_node().await;
        browser.reaches(other.address);
        browser.sends(&form.clone().with("credential", "{}")).await;
        browser.reaches(world.node.address);
        let good = device.answers(&options);
        let (ceremony, credential) = (form.value("ceremony").to_owned(), good.clone());
        let again = browser.page().ceremony_form().with("ceremony", &ceremony).with("credential", &credential);
        browser.sends(&again).await;
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![REFUSED.to_owned()]));
        // A right answer that was taken is worth nothing in another journey, nor for another purpose.
        let options = browser.page().ceremony();
        let form = browser.page().ceremony_form().with("credential", &device.answers(&options));
        let taken = form.clone();
        browser.sends(&form).await;
        world.portal().redeems(&asked, browser.left_for()).await;
        let (mut thief, _) = at_sign_in(world).await;
        let stolen = thief.page().ceremony_form();
        let stolen = stolen.with("ceremony", taken.value("ceremony")).with("credential", taken.value("credential"));
        thief.sends(&stolen).await;
        assert_eq!((thief.status(), thief.error_summary()), (422, vec![LATE.to_owned()]));
        assert_eq!(reasons(world).await, ["expired", "malformed", "replayed"]);
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_85_a_challenge_is_good_for_five_minutes() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::new()).await;
        let (mut browser, asked) = at_sign_in(world).await;
        world.advance(minutes(5) + Duration::from_millis(1));
        unlocks(&mut browser, &mut device).await;
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![LATE.to_owned()]));
        world.advance(minutes(5));
        unlocks(&mut browser, &mut device).await;
        world.portal().redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_52_whoever_denies_a_passkey_by_mail_closes_everything_and_takes_no_factor_off() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::new()).await;
        let mut inside = opened_by(world, &mut device).await;
        let mails = world.mails_to(MARIE.email).await;
        let told = mails.iter().find(|mail| mail.subject == "Un moyen de connexion a été ajouté").unwrap();
        let mut browser = world.browser();
        browser.opens(&link(told)).await.presses("Ce n’est pas moi").await;
        assert_eq!(browser.place(), "recover/password/sent", "{}", browser.text());
        inside.opens_page("account").await;
        assert_ne!(inside.status(), 200, "the session is closed");
        // Whoever reads the mailbox alone could undo the owner's own (ADR 0049).
        assert_eq!(world.database.count("SELECT count(*) FROM passkeys").await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_70_the_first_passkey_closes_what_the_password_opened_and_a_further_one_closes_nothing() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_passkeys(world, "on-demand").await;
        let mut thief = world.browser();
        MARIE.signs_in(world, &mut thief).await;
        let mut device = device_of(world, &MARIE, Device::new()).await;
        assert!(!thief.opens(&world.portal().asks().url()).await.has_left(), "{}", thief.text());
        let (mut laptop, mut desk) = (opened_by(world, &mut device).await, opened_by(world, &mut device).await);
        desk.opens_page("account/passkeys").await.presses("Créer une clé d’accès").await;
        assert!(!desk.says("Partout ailleurs où votre compte est ouvert"), "{}", desk.text());
        makes(&mut desk, &mut Device::new()).await;
        assert_eq!(world.database.count("SELECT count(*) FROM passkeys").await, 2, "{}", desk.text());
        assert!(laptop.opens(&world.portal().asks().url()).await.has_left(), "{}", laptop.text());
    })
    .await;
}

#[tokio::test]
async fn sr_85_an_unknown_passkey_and_one_that_was_removed_are_answered_alike() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::new()).await;
        // A key that was made and never kept: the page was closed.
        let mut browser = opened_by(world, &mut device).await;
        browser.opens_page("account/passkeys").await.presses("Créer une clé d’accès").await;
        let mut unknown = Device::new();
        unknown.makes(&browser.page().ceremony());
        let (mut stranger, _) = at_sign_in(world).await;
        unlocks(&mut stranger, &mut unknown).await;
        assert_eq!((stranger.status(), stranger.error_summary()), (422, vec![REFUSED.to_owned()]));
        // Removed by its owner, it is such a key.
        browser.opens_page("account/passkeys").await.presses("Supprimer Clé d’accès").await;
        assert!(browser.notice().unwrap().starts_with("Clé d’accès supprimée."), "{}", browser.text());
        assert_eq!(browser.place(), "account");
        assert!(is_told(world, "Un moyen de connexion a été retiré").await);
        let (mut late, _) = at_sign_in(world).await;
        unlocks(&mut late, &mut device).await;
        assert_eq!((late.status(), late.text()), (422, stranger.text()));
        assert_eq!(reasons(world).await, ["unknown", "unknown"]);
        let named = "SELECT count(*) FROM events WHERE name = 'sign_in.passkey_refused' AND user_id IS NOT NULL";
        assert_eq!(world.database.count(named).await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_85_a_copied_key_is_told_by_its_count() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::counting()).await;
        let mut copy = device.copied();
        for _ in 0..2 {
            let (mut browser, asked) = at_sign_in(world).await;
            unlocks(&mut browser, &mut device).await;
            world.portal().redeems(&asked, browser.left_for()).await;
        }
        let (mut browser, _) = at_sign_in(world).await;
        unlocks(&mut browser, &mut copy).await;
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![REFUSED.to_owned()]));
        assert_eq!(reasons(world).await, ["counter"]);
        // Two uses of one count at the same time, on two nodes: one at most enters.
        let other = world.another_node().await;
        let mut twin = device.copied();
        let (first, _) = at_sign_in(world).await;
        let (mut second, _) = at_sign_in(world).await;
        second.reaches(other.address);
        let forms = [(&first, &mut device), (&second, &mut twin)].map(|(browser, device)| {
            browser.page().ceremony_form().with("credential", &device.answers(&browser.page().ceremony()))
        });
        let (first, second) = tokio::join!(first.posts(&forms[0]), second.posts(&forms[1]));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_74_sr_85_nobody_elses_passkey_confirms_who_one_is() {
    on_each_database(async |world| {
        world.has(&PAUL).await;
        let mut hers = marie(world, Device::new()).await;
        let mut his = device_of(world, &PAUL, Device::new()).await;
        let portal = world.portal();
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        world.advance(minutes(1));
        let asked = portal.asks().with("prompt", "login");
        browser.opens(&asked.url()).await;
        assert_eq!(browser.value("username").as_deref(), Some(MARIE.email));
        unlocks(&mut browser, &mut his).await;
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![REFUSED.to_owned()]));
        unlocks(&mut browser, &mut hers).await;
        assert_eq!(of(&portal.redeems(&asked, browser.left_for()).await).1, json!(["pop", "mfa"]));
        // Beside a password neither.
        world.rewrites_realm(&[("asked = \"on-demand\"", "asked = \"when-set\"")]).await;
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        assert_eq!((browser.place(), browser.h1().as_str()), ("sign-in/passkey", "Confirmez avec votre clé d’accès"));
        unlocks(&mut browser, &mut his).await;
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![REFUSED.to_owned()]));
        unlocks(&mut browser, &mut hers).await;
        let told = of(&portal.redeems(&asked, browser.left_for()).await);
        assert_eq!(told, (json!("two-factors"), json!(["pwd", "pop", "mfa"])));
        assert_eq!(reasons(world).await, ["other_account", "other_account"]);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_of_another_realm_is_an_unknown_one() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::new()).await;
        world.adds_realm("voisin").await;
        let mut browser = world.browser();
        browser.opens("/realms/voisin/account").await;
        unlocks(&mut browser, &mut device).await;
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![REFUSED.to_owned()]));
        let unknown = "SELECT count(*) FROM events WHERE realm = 'voisin' AND content LIKE '%\"unknown\"%'";
        assert_eq!(world.database.count(unknown).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_85_a_new_key_is_made_for_this_site_by_somebody_who_unlocks_it() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_passkeys(world, "on-demand").await;
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        browser.opens_page("account/passkeys").await;
        assert!(browser.says("Aucune clé d’accès n’est enregistrée."), "{}", browser.text());
        browser.presses("Créer une clé d’accès").await;
        let mut device = Device::new();
        let all = [
            (Wrong::Origin, "origin"),
            (Wrong::Framed, "origin"),
            (Wrong::RelyingParty, "relying_party"),
            (Wrong::Locked, "unverified"),
            (Wrong::Absent, "unverified"),
            (Wrong::Challenge, "challenge"),
            (Wrong::Kind, "malformed"),
            (Wrong::Cut, "malformed"),
        ];
        let mut last = None;
        for (wrong, _) in all {
            let (options, form) = (browser.page().ceremony(), browser.page().ceremony_form());
            let answer = device.makes_badly(&options, Some(wrong));
            browser.sends(&form.clone().with("credential", &answer)).await;
            assert_eq!((browser.status(), browser.error_summary()), (422, vec![NOT_ADDED.to_owned()]), "{wrong:?}");
            last = Some((options, form));
        }
        // A right answer to a challenge that was answered wrongly, and one that comes too late.
        let (options, form) = last.unwrap();
        let again = browser.page().ceremony_form().with("ceremony", form.value("ceremony"));
        browser.sends(&again.with("credential", &device.makes(&options))).await;
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![NOT_ADDED.to_owned()]));
        world.advance(minutes(5) + Duration::from_millis(1));
        makes(&mut browser, &mut device).await;
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![LATE.to_owned()]));
        let expected = all.iter().map(|(_, reason)| *reason).chain(["expired", "replayed"]);
        assert_eq!(reasons(world).await, sorted(expected));
        assert_eq!(world.database.count("SELECT count(*) FROM passkeys").await, 0);
        let mut device = Device::new();
        makes(&mut browser, &mut device).await;
        keeps_the_codes(&mut browser).await;
        assert_eq!(world.database.count("SELECT count(*) FROM passkeys").await, 1);
        // Another one knows the account by the same handle, and is told of the first.
        browser.opens_page("account/passkeys").await.presses("Créer une clé d’accès").await;
        let options: Value = serde_json::from_str(&browser.page().ceremony()).unwrap();
        assert_eq!(options["excludeCredentials"].as_array().map(Vec::len), Some(1));
        let mut second = Device::new();
        makes(&mut browser, &mut second).await;
        assert_eq!(browser.place(), "account/passkeys", "{}", browser.text());
        assert_eq!(second.handle(), device.handle());
        let added = world.mails_to(MARIE.email).await;
        assert_eq!(added.iter().filter(|mail| mail.subject == "Un moyen de connexion a été ajouté").count(), 2);
        // Turning back is no error.
        browser.presses("Créer une clé d’accès").await.presses("Annuler").await;
        assert_eq!((browser.place(), browser.status()), ("account/passkeys", 200), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_renamed_and_removed_by_its_owner_alone() {
    on_each_database(async |world| {
        world.has(&PAUL).await;
        let mut device = marie(world, Device::new()).await;
        let mut browser = opened_by(world, &mut device).await;
        browser.opens_page("account/passkeys").await;
        let rename = browser.form("Renommer Clé d’accès");
        let removal = browser.form("Supprimer Clé d’accès");
        // Paul has her passkey's name, from wherever.
        let mut stranger = world.browser();
        PAUL.signs_in(world, &mut stranger).await;
        stranger.opens_page("account/passkeys").await;
        let token = stranger.form("Créer une clé d’accès").value("_form").to_owned();
        for act in ["rename", "remove"] {
            let form = removal.clone().with("_form", &token).with("do", act);
            stranger.sends(&form).await;
            assert_eq!(world.database.count("SELECT count(*) FROM passkeys WHERE name = ''").await, 1, "{act}");
        }
        browser.sends(&rename.clone().with("device-name", &"x".repeat(41))).await;
        assert_eq!(browser.status(), 422, "{}", browser.text());
        browser.opens_page("account/passkeys").await;
        let form = browser.form("Renommer Clé d’accès").with("device-name", "Téléphone de Marie");
        browser.sends(&form).await;
        assert_eq!(browser.notice().as_deref(), Some("Nom enregistré."));
        browser.presses("Supprimer Téléphone de Marie").await;
        assert_eq!(world.database.count("SELECT count(*) FROM passkeys").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_82_whoever_changes_passkeys_shows_all_that_the_account_has() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::new()).await;
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        // The passkey is asked for beside the password, however fresh that is.
        browser.opens_page("account/passkeys").await;
        assert_eq!(browser.place(), "sign-in");
        browser.submits(&[("password", MARIE.password)]).await;
        assert_eq!(browser.place(), "sign-in/passkey", "{}", browser.text());
        unlocks(&mut browser, &mut device).await;
        assert_eq!((browser.place(), browser.status()), ("account/passkeys", 200), "{}", browser.text());
        // And once more when that is a while ago; the passkey alone is all of it.
        world.advance(minutes(6));
        browser.opens_page("account/passkeys").await;
        assert_eq!(browser.place(), "sign-in");
        unlocks(&mut browser, &mut device).await;
        assert_eq!((browser.place(), browser.status()), ("account/passkeys", 200), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn the_last_way_into_an_account_is_not_removed() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::new()).await;
        let mut browser = opened_by(world, &mut device).await;
        browser.opens_page("account/passkeys").await;
        // Where everybody has to have a second factor, the only one stays.
        world.rewrites_realm(&[("asked = \"on-demand\"", "asked = \"always\"")]).await;
        browser.presses("Supprimer Clé d’accès").await;
        let told = "Un second moyen de connexion est demandé à tous. Créez d’abord une autre clé d’accès";
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![told.to_owned()]));
        // So does the only way in.
        world.rewrites_realm(&[("asked = \"always\"", "asked = \"on-demand\"")]).await;
        world.database.execute("DELETE FROM passwords").await;
        browser.presses("Supprimer Clé d’accès").await;
        let told =
            "Votre compte n’a pas d’autre moyen de connexion que cette clé d’accès. Choisissez d’abord un mot de passe";
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![told.to_owned()]));
        assert_eq!(world.database.count("SELECT count(*) FROM passkeys").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_offered_after_a_password_and_later_means_in_thirty_days() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_passkeys(world, "on-demand").await;
        offers_them_after_passwords(world).await;
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        assert_eq!(
            (browser.place(), browser.h1().as_str()),
            ("required-actions/register-passkey", "Créez une clé d’accès")
        );
        // Closing the browser's own question sends nothing: the page is as it was, and no error.
        browser.reloads().await;
        assert!(browser.error_summary().is_empty());
        browser.presses("Plus tard").await;
        assert_eq!(of(&world.portal().redeems(&asked, browser.left_for()).await).1, json!(["pwd"]));
        for (later, offered) in [(days(29), false), (days(1), true)] {
            world.advance(later);
            let (browser, _) = knows_the_password(world, &MARIE).await;
            assert_eq!(!browser.has_left(), offered, "{}", browser.text());
        }
        // Nobody who is signed in is stopped for it.
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        let mut device = Device::new();
        makes(&mut browser, &mut device).await;
        keeps_the_codes(&mut browser).await;
        let tokens = world.portal().redeems(&asked, browser.left_for()).await;
        assert_eq!(of(&tokens), (json!("two-factors"), json!(["pwd", "pop", "mfa"])));
        let again = world.portal().asks().with("prompt", "none");
        browser.opens(&again.url()).await;
        world.portal().redeems(&again, browser.left_for()).await;
        // Whoever has one is not offered another.
        assert!(knows_the_password(world, &MARIE).await.0.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_84_where_a_second_factor_is_demanded_and_passkeys_are_the_only_kind_one_is_made() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_passkeys(world, "always").await;
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        assert_eq!(browser.place(), "required-actions/register-passkey", "{}", browser.text());
        assert!(browser.page().buttons("Plus tard").is_empty(), "it does not wait");
        let forged = browser.page().ceremony_form().with("do", "later");
        browser.sends(&forged).await;
        assert_eq!((browser.place(), browser.has_left()), ("required-actions/register-passkey", false));
        makes(&mut browser, &mut Device::new()).await;
        let codes = keeps_the_codes(&mut browser).await;
        assert_eq!(of(&world.portal().redeems(&asked, browser.left_for()).await).0, json!("two-factors"));
        // Lost, it is made good by a recovery code.
        let (mut browser, asked) = knows_the_password(world, &MARIE).await;
        browser.follows("Je n’ai plus ma clé d’accès").await;
        assert_eq!(browser.h1(), "Vous n’avez plus votre clé d’accès");
        browser.follows("Revenir à la clé d’accès").await;
        assert_eq!(browser.place(), "sign-in/passkey");
        browser.follows("Utiliser un code de secours").await.submits(&[("recovery-code", &codes[0])]).await;
        let told = of(&world.portal().redeems(&asked, browser.left_for()).await);
        assert_eq!(told, (json!("two-factors"), json!(["pwd", "recovery", "mfa"])));
    })
    .await;
}

#[tokio::test]
async fn an_application_may_ask_for_a_passkey_and_is_told_whether_it_was_made() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_passkeys(world, "on-demand").await;
        let portal = world.portal();
        for (action, made) in [("register_passkey", false), ("webauthn-register", true)] {
            let (mut browser, asked) = (world.browser(), portal.asks().with("kc_action", action));
            browser.opens(&asked.url()).await.submits(&MARIE.credentials()).await;
            assert_eq!(browser.place(), "required-actions/register-passkey", "{}", browser.text());
            if made {
                makes(&mut browser, &mut Device::new()).await;
                keeps_the_codes(&mut browser).await;
            } else {
                browser.presses("Annuler").await;
            }
            let status = parameter(browser.left_for(), "kc_action_status");
            assert_eq!(status.as_deref(), made.then_some("success"), "{action}");
            portal.redeems(&asked, browser.left_for()).await;
        }
        // Turning back is no « Plus tard ».
        assert_eq!(world.database.count("SELECT count(*) FROM passkey_offers").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_application_that_demands_two_factors_is_content_with_a_passkey() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::new()).await;
        let demand = json!({ "id_token": { "acr": { "essential": true, "value": "two-factors" } } }).to_string();
        let portal = world.portal();
        let asked = portal.asks().with("claims", &demand);
        let mut browser = world.browser();
        browser.opens(&asked.url()).await;
        unlocks(&mut browser, &mut device).await;
        assert_eq!(of(&portal.redeems(&asked, browser.left_for()).await).0, json!("two-factors"));
        // Who came with a password alone steps up.
        let mut browser = world.browser();
        MARIE.signs_in(world, &mut browser).await;
        let asked = portal.asks().with("claims", &demand);
        browser.opens(&asked.url()).await;
        assert_eq!(browser.place(), "sign-in/passkey", "{}", browser.text());
        unlocks(&mut browser, &mut device).await;
        assert_eq!(of(&portal.redeems(&asked, browser.left_for()).await).1, json!(["pwd", "pop", "mfa"]));
    })
    .await;
}

#[tokio::test]
async fn a_realm_without_passkeys_has_no_trace_of_them() {
    on_each_database(async |world| {
        let endpoints = async |world: &World| {
            let url = format!("{PUBLIC}/.well-known/passkey-endpoints").parse().unwrap();
            world.browser().asks(&Method::GET, &url, None, &[]).await
        };
        assert_eq!(endpoints(world).await.status, 404);
        let mut device = marie(world, Device::new()).await;
        let told = endpoints(world).await.json();
        let page = format!("{PUBLIC}/realms/certinomis/account/passkeys");
        assert_eq!(told, json!({ "enroll": page, "manage": page }));
        let (mut browser, _) = at_sign_in(world).await;
        let (options, form) = (browser.page().ceremony(), browser.page().ceremony_form());
        world
            .rewrites_realm(&[
                ("passkeys = \"offered\"", "passkeys = \"off\""),
                ("[second_factor]\nasked = \"on-demand\"\n\n", ""),
            ])
            .await;
        browser.sends(&form.with("credential", &device.answers(&options))).await;
        assert_eq!((browser.status(), browser.has_left()), (422, false), "a page that was open");
        assert!(!browser.says("clé d’accès pour"), "{}", browser.text());
        MARIE.signs_in(world, &mut browser).await;
        assert_eq!(browser.opens_page("account/passkeys").await.status(), 404);
        browser.opens_page("account").await;
        assert!(!browser.says("Clés d’accès"), "{}", browser.text());
        assert_eq!(endpoints(world).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn support_takes_passkeys_away_and_they_are_in_the_copy_of_ones_data() {
    on_each_database(async |world| {
        let mut device = marie(world, Device::new()).await;
        let mut browser = opened_by(world, &mut device).await;
        browser.opens_page("account/export").await;
        let form = browser.form("Télécharger le fichier");
        let copy = browser.posts(&form).await.json();
        assert_eq!(copy["sign_in"]["passkeys"].as_array().map(Vec::len), Some(1), "{copy}");
        assert_eq!(copy["sign_in"]["passkeys"][0]["created_at"], "2026-03-03T13:12:00Z");
        let (realm, house) = ("certinomis".parse().unwrap(), &world.node.house);
        let marie = house.user(&realm, MARIE.email).await.unwrap().unwrap();
        assert!(house.reset_second_factors(&realm, &marie).await.unwrap());
        assert!(!house.reset_second_factors(&realm, &marie).await.unwrap(), "there is nothing left");
        assert!(is_told(world, "L’assistance a modifié votre compte Certinomis").await);
        let (mut late, _) = at_sign_in(world).await;
        unlocks(&mut late, &mut device).await;
        assert_eq!(late.status(), 422);
    })
    .await;
}
