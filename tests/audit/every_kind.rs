//! Every kind of event there is, walked through by people, clients and operators: none is forgotten, and each says all that
//! is known of it (SR-194).
//!
//! Long, since one walk meets all kinds: each step leaves what the next one needs.

use std::collections::BTreeSet;
use std::net::IpAddr;

use guichet::clock::{Duration, days, hours, minutes};
use guichet::event::EventKind;
use guichet::registries::{FixedMode, RegistrySettings};
use http::Method;
use http::header::AUTHORIZATION;
use rcgen::date_time_ymd;
use serde_json::{Value, json};

use super::memberships::memberships;
use crate::admin;
use crate::journeys::activation::{before_users, comes_back, takes_organisations};
use crate::journeys::certificates::Counter;
use crate::journeys::challenge_questions::{ANSWERS, SET, answers, has_challenges};
use crate::journeys::invitations::{asks_for, opens};
use crate::journeys::issued_credentials::{Credentials, asks_for_credentials, issues_credentials};
use crate::journeys::organisations::{UNKNOWN, administrator, describes, in_france};
use crate::journeys::passkeys::{makes, offers_passkeys, offers_them_after_passwords, unlocks, unlocks_badly};
use crate::journeys::second_factors::{adds_an_app, keeps_the_codes, knows_the_password, offers_totp};
use crate::oauth::registration::{self, asks, least, posts, registers};
use crate::oauth::services::{JWT_BEARER, for_orders, jwks, vouching, with_issuer};
use crate::oauth::{SECRET, pushed, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, claims, endpoint};
use crate::support::organisations::{Entity, FRIENDS, TOWN};
use crate::support::passkey::{Device, Wrong};
use crate::support::peer::Reply;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::pki::List;
use crate::support::signer::Signer;
use crate::support::world::{REALM, World, link, on_each_database};

/// Who only ever begins to register.
const SOMEBODY: Person = Person { email: "quelquun@exemple.fr", ..MARIE };
/// What Marie chooses next.
const NEXT: Person = Person { password: "Brume-du-soir-11", ..MARIE };

async fn at_sign_in(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    browser
}

async fn asks_for_a_link(world: &World, who: &str) -> Browser {
    let mut browser = at_sign_in(world).await;
    browser.follows("Mot de passe oublié ?").await.submits(&[("username", who)]).await;
    browser
}

async fn at_question(world: &World) -> Browser {
    let mut browser = asks_for_a_link(world, MARIE.email).await;
    browser.opens(&link(&world.mail_to(MARIE.email).await)).await.submits(&[("do", "confirm")]).await;
    browser
}

/// All that can happen before there is an account.
async fn registrations(world: &World) {
    let mut begun = at_sign_in(world).await;
    SOMEBODY.registers(&mut begun).await;
    begun.presses("Cliquez ici").await.submits(&[("code", "000000")]).await;
    let mut elsewhere = world.browser();
    elsewhere.opens(&link(&world.mail_to(SOMEBODY.email).await)).await.presses("Ce n’est pas moi").await;
    world.has(&MARIE).await;
    for _ in 0..11 {
        let mut insists = world.browser().from("203.0.113.9");
        insists.opens(&world.portal().asks().url()).await.follows("S’enregistrer").await;
        insists.submits(&MARIE.registration()).await;
    }
    // Paul leaves before he has a secret question.
    let mut paul = at_sign_in(world).await;
    PAUL.registers(&mut paul).await;
    PAUL.confirms(world, &mut paul).await;
    let go_on = paul.page().link("Continuer").unwrap();
    paul.opens(&go_on).await.submits(&PAUL.new_password()).await;
}

/// All that can happen on the way back.
async fn sign_ins(world: &World) {
    at_sign_in(world).await.submits(&PAUL.credentials()).await;
    let mut guessed = at_sign_in(world).await;
    for _ in 0..6 {
        guessed.submits(&[("username", MARIE.email), ("password", "Mauvaise-Pioche-3")]).await;
    }
    let mut late = at_sign_in(world).await;
    world.advance(minutes(61));
    late.submits(&MARIE.credentials()).await;
    world.advance(days(2));
    asks_for_a_link(world, "personne@exemple.fr").await;
    let mut forgot = at_question(world).await;
    for _ in 0..5 {
        forgot.submits(&[("answer", "Peugeot")]).await;
    }
    world.advance(days(2));
    let mut both = [at_question(world).await, at_question(world).await];
    for browser in &mut both {
        browser.submits(&[("answer", MARIE.answer)]).await;
    }
    for browser in &mut both {
        world.advance(Duration::from_secs(1));
        browser.submits(&NEXT.new_password()).await;
    }
    let realm = "certinomis".parse().unwrap();
    let paul = world.node.house.user(&realm, PAUL.email).await.unwrap().unwrap();
    world.node.house.set_claims(&realm, &paul, &[("nickname".into(), "Polo".into())]).await.unwrap();
    world.node.house.reset_password(&realm, &paul).await.unwrap();
    for on in [false, true] {
        world.node.house.switch_user(&realm, &paul, on).await.unwrap();
    }
}

/// All that people say to somebody else's application.
async fn consents(world: &mut World) {
    world.rewrites_client("portal", &[("consent = \"skipped\"", "consent = \"once\"")]).await;
    let (portal, mut browser) = (world.portal(), at_sign_in(world).await);
    browser.submits(&NEXT.credentials()).await;
    browser.presses("Refuser").await;
    browser.opens(&portal.asks().url()).await.presses("Autoriser").await;
    let (realm, house) = ("certinomis".parse().unwrap(), &world.node.house);
    let marie = house.user(&realm, MARIE.email).await.unwrap().unwrap();
    assert!(house.take_back_consent(&realm, &marie, "portal").await.unwrap());
    world.rewrites_client("portal", &[("consent = \"once\"", "consent = \"skipped\"")]).await;
}

/// All that people say to terms of use. Their realm asked for none until now.
async fn terms(world: &mut World) {
    let about = "title = { fr = \"Conditions\", en = \"Terms\" }\neffective = \"2026-01-01\"\n";
    let files = [("terms/cgu/1.toml", about), ("terms/cgu/1.fr.md", "# Objet\n"), ("terms/cgu/1.en.md", "# Purpose\n")];
    world.adds_files(&files).await;
    let asked = ("\"set_secret_question\"]", "\"set_secret_question\", \"accept_terms\"]");
    world.rewrites_realm(&[asked]).await;
    let mut browser = at_sign_in(world).await;
    browser.submits(&NEXT.credentials()).await.presses("Refuser et se déconnecter").await;
    let mut again = at_sign_in(world).await;
    again.submits(&NEXT.credentials()).await.submits(&[("accept", "on")]).await;
}

/// All that can become of a device.
async fn devices(world: &mut World) {
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let grants = [("\"authorization_code\", ", &*format!("\"authorization_code\", \"{grant}\", "))];
    world.rewrites_client("portal", &grants).await;
    let (portal, mut browser) = (world.portal(), at_sign_in(world).await);
    browser.submits(&NEXT.credentials()).await;
    for answer in ["Refuser", "Autoriser"] {
        let basic = portal.basic();
        let url = endpoint("auth/device");
        let asked = portal.sends(&Method::POST, &url, &[(AUTHORIZATION, &basic)], "scope=openid").await.json();
        let [code, shown] = ["device_code", "user_code"].map(|name| asked[name].as_str().unwrap().to_owned());
        browser.opens_page("device").await.submits(&[("user_code", "BBBB-BBBB")]).await;
        browser.submits(&[("user_code", &shown)]).await.presses("Continuer").await.presses(answer).await;
        portal.token(&[("grant_type", grant), ("device_code", &code)]).await;
    }
}

/// All that a client can do.
async fn tokens(world: &World) {
    let (mut portal, mut browser) = (world.portal(), world.browser());
    let first = NEXT.signs_in(world, &mut browser).await;
    let asked = [portal.asks(), portal.asks()];
    let mut codes = Vec::new();
    for asked in &asked {
        browser.opens(&asked.url()).await;
        codes.push(portal.code(asked, browser.left_for()));
    }
    portal.exchanges(&codes[0], &asked[1]).await;
    for _ in 0..2 {
        portal.exchanges(&codes[1], &asked[1]).await;
    }
    let refresh = first.refresh_token.unwrap();
    for token in ["unknown", &refresh, &refresh] {
        portal.refreshes(token).await;
    }
    browser.opens(&portal.logout_url(&[("id_token_hint", &first.id_token)])).await;
    "not-the-secret".clone_into(&mut portal.secret);
    portal.refreshes("unknown").await;
}

/// All that services can do without a person.
async fn machines(world: &mut World) {
    let key = Signer::new("ES256", "hr-1");
    let desk = with_issuer(world, &jwks(&key)).await;
    let service = |id| ClientApp::new(world, id, SECRET, "");
    let (robot, gateway) = (service("robot"), service("gateway"));
    robot.for_itself(&[]).await;
    let mut browser = world.browser();
    NEXT.signs_in(world, &mut browser).await;
    let given = for_orders(world, &mut browser).await;
    for token in [&given.access_token, &given.id_token] {
        gateway.swaps(token, &[]).await;
    }
    let assertion = key.signs(&vouching(world, "1", NEXT.email, &json!({})));
    for _ in 0..2 {
        desk.token(&[("grant_type", JWT_BEARER), ("assertion", &assertion)]).await;
    }
    world.portal().revokes(given.refresh_token.as_ref().unwrap()).await;
}

/// All that people do to their own account.
async fn accounts(world: &World) {
    let mut browser = world.browser();
    NEXT.signs_in(world, &mut browser).await;
    browser.opens_page("account/password").await.types("password", "Mauvaise-Pioche-3");
    browser.submits(&[("password-new", "Givre-de-midi-13"), ("password-confirm", "Givre-de-midi-13")]).await;
    browser.opens_page("account/identity").await.submits(&[("firstName", "Marianne")]).await;
    NEXT.signs_in(world, &mut world.browser()).await;
    browser.opens_page("account/sessions").await.presses("Fermer toutes les autres sessions").await;
    browser.opens_page("account/applications").await;
    let revoke = browser.page().buttons("Retirer l’accès").remove(0);
    browser.presses(&revoke).await;
    browser.opens_page("account/email").await.submits(&[("email", "ailleurs@exemple.fr")]).await;
    browser.opens_page("account/email").await.presses("Annuler ce changement").await;
    world.advance(Duration::from_secs(1));
    browser.opens_page("account/email").await.submits(&[("email", "ailleurs@exemple.fr")]).await;
    let [confirm, undo] = [link(&world.mail_to("ailleurs@exemple.fr").await), link(&world.mail_to(MARIE.email).await)];
    browser.opens(&confirm).await.presses("Confirmer cette adresse").await;
    browser.opens(&undo).await.presses("Annuler le changement").await;
}

/// All that becomes of questions, and of who forgot what they sign in with.
async fn questions(world: &mut World) {
    has_challenges(world, "").await;
    world.advance(hours(1));
    let portal = world.portal();
    let mut browser = world.browser();
    browser.opens(&portal.asks().with("acr_values", "challenge-answered").url()).await;
    browser.submits(&NEXT.credentials()).await.submits(&SET).await;
    for all in [["Peugeot", "Lille", "Médor"], ANSWERS] {
        browser.submits(&answers(&all)).await;
    }
    browser.opens(&portal.asks().with("acr_values", "challenge-answered").url()).await;
    for _ in 0..5 {
        browser.submits(&answers(&["Peugeot", "Lille", "Médor"])).await;
    }
    for who in [MARIE.email, "personne@exemple.fr"] {
        at_sign_in(world).await.follows("Identifiant oublié ?").await.submits(&[("email", who)]).await;
    }
}

/// All that becomes of what a realm issues.
async fn issued(world: &mut World) {
    // Terms and questions were asked for on the way here.
    let of_before = "\"verify_email\", \"update_password\", \"set_challenge_questions\", \"accept_terms\"]";
    let plain = "\"verify_email\", \"update_password\", \"set_secret_question\"]";
    world.rewrites_realm(&[(of_before, plain), ("[challenge_questions]\n", "[secret_question]\n")]).await;
    issues_credentials(world).await;
    let mut browser = asks_for_credentials(world, &SOMEBODY).await;
    world.advance(minutes(1));
    browser.presses("Renvoyer les deux messages").await;
    let credentials = Credentials::of(world, &SOMEBODY).await;
    world.advance(hours(72));
    at_sign_in(world).await.submits(&credentials.typed()).await.presses("Recevoir un nouveau mot de passe").await;
    for _ in 0..4 {
        asks_for_credentials(world, &SOMEBODY).await;
    }
    world.advance(days(7));
    assert!(world.node.house.forget_unproven().await.unwrap() > 0);
}

/// All that happens when organisations register.
async fn organisations(world: &mut World) {
    world.rewrites_realm(&[("[sessions]\n", "[organisations]\n\n[sessions]\n")]).await;
    for who in [&SOMEBODY, &MARIE] {
        let mut browser = in_france(world).await;
        describes(&mut browser, UNKNOWN).await;
        if browser.place() == "register/administrator" {
            browser.submits(&administrator(who)).await;
        }
    }
    let mut insists = in_france(world).await;
    // Nobody's number yet.
    for _ in 0..31 {
        insists.types("organisation-number", "21750001600019").presses("Remplir automatiquement").await;
    }
    assert_eq!(insists.status(), 429, "{}", insists.text());
}

/// All that becomes of numbers that VIES did not answer for at once.
async fn tax_numbers(world: &mut World) {
    const KNOWN: Entity =
        Entity { id: "0199a2b4-0000-7000-8000-0000000000e6", siret: "35600000000048", name: "DEUXIÈME EXEMPLE" };
    const UNHEARD_OF: Entity =
        Entity { id: "0199a2b4-0000-7000-8000-0000000000e7", siret: "13002526500013", name: "TROISIÈME EXEMPLE" };
    const UNTOLD: Entity =
        Entity { id: "0199a2b4-0000-7000-8000-0000000000e8", siret: "12002701600563", name: "QUATRIÈME EXEMPLE" };
    for (company, number) in [(&KNOWN, "FR83404833048"), (&UNHEARD_OF, "FR07130025265")] {
        world.has_organisation_in(REALM, company).await;
        world.waits_for_vies(company, number, world.now()).await;
    }
    assert_eq!(world.node.house.ask_vies_again().await.unwrap(), 2);
    world.asks(RegistrySettings::Fixed(FixedMode::Unavailable)).await;
    world.has_organisation_in(REALM, &UNTOLD).await;
    world.waits_for_vies(&UNTOLD, "FR07130025265", world.now() - days(7)).await;
    assert_eq!(world.node.house.ask_vies_again().await.unwrap(), 1);
}

/// All that people do before they leave, and their leaving.
async fn leavings(world: &World) {
    let mut browser = world.browser();
    NEXT.signs_in(world, &mut browser).await;
    browser.opens_page("account/export").await.presses("Télécharger le fichier").await;
    browser.opens_page("account/close").await.presses("Fermer mon compte").await;
    browser.opens_page("account/close").await.presses("Garder mon compte").await;
    browser.opens_page("account/close").await.presses("Fermer mon compte").await;
    world.advance(days(30));
    assert_eq!(world.node.house.close_accounts().await.unwrap(), 1);
}

/// All that becomes of relying parties that register themselves.
async fn registered_clients(world: &mut World) {
    pushed(&world.portal(), &world.portal().asks()).await;
    registration::opens(world, "open").await;
    let (realm, house) = ("certinomis".parse().unwrap(), &world.node.house);
    house.initial_token(&realm, 1, days(7)).await.unwrap();
    let client = registers(world, &least()).await;
    client.manages(world, &Method::GET, None).await;
    client.manages(world, &Method::PUT, Some(&client.changed("client_name", json!("Boutique")))).await;
    asks(world, &Method::GET, &client.uri, Some("made-up"), None).await;
    for on in [false, true] {
        assert!(house.switch_client(&realm, &client.app.id, on).await.unwrap());
    }
    client.manages(world, &Method::DELETE, None).await;
    while posts(world, None, &least()).await.status == 201 {}
    world.advance(days(31));
    assert!(house.forget_clients().await.unwrap() > 0);
}

/// All that becomes of a second factor.
async fn second_factors(world: &mut World) {
    offers_totp(world, "always").await;
    let (mut browser, _) = knows_the_password(world, &NEXT).await;
    let app = adds_an_app(world, &mut browser).await;
    // She leaves before she has put her codes away.
    world.advance(minutes(1));
    let (mut browser, _) = knows_the_password(world, &NEXT).await;
    browser.submits(&[("code", &app.never_shows(world.now()))]).await;
    browser.submits(&[("code", &app.shows(world.now()))]).await;
    let codes = keeps_the_codes(&mut browser).await;
    let (mut browser, _) = knows_the_password(world, &NEXT).await;
    browser.follows("Utiliser un code de secours").await.submits(&[("recovery-code", &codes[0])]).await;
    let (realm, house) = ("certinomis".parse().unwrap(), &world.node.house);
    let marie = house.user(&realm, MARIE.email).await.unwrap().unwrap();
    assert!(house.reset_second_factors(&realm, &marie).await.unwrap());
    world.rewrites_realm(&[("[totp]\n\n[second_factor]\nasked = \"always\"\n\n", "")]).await;
}

/// All that becomes of a passkey.
async fn passkeys(world: &mut World) {
    offers_passkeys(world, "when-set").await;
    offers_them_after_passwords(world).await;
    // Later; and then one after all.
    knows_the_password(world, &NEXT).await.0.presses("Plus tard").await;
    world.advance(days(30));
    let (mut browser, _) = knows_the_password(world, &NEXT).await;
    let mut device = Device::new();
    let form = browser.page().ceremony_form().with("credential", "{}");
    browser.sends(&form).await;
    makes(&mut browser, &mut device).await;
    // Right, wrong, and right again while codes are owed.
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    unlocks_badly(&mut browser, &mut device, Some(Wrong::Signature)).await;
    unlocks(&mut browser, &mut device).await;
    keeps_the_codes(&mut browser).await;
    browser.opens_page("account/passkeys").await.presses("Renommer Clé d’accès").await;
    browser.presses("Supprimer Clé d’accès").await;
    world
        .rewrites_realm(&[
            ("\"set_secret_question\", \"register_passkey\"]", "\"set_secret_question\"]"),
            ("passkeys = \"offered\"\n", ""),
            ("[second_factor]\nasked = \"when-set\"\n\n", ""),
        ])
        .await;
}

/// All that happens when nobody is there.
async fn endings(world: &mut World) {
    let hears = world.outside.peer("portal.example").await;
    hears.says(Reply::status(200));
    let (written, commented) = (BACK_CHANNEL, format!("# {BACK_CHANNEL}"));
    world.rewrites_client("portal", &[(&commented, written)]).await;
    for listens in [true, false] {
        NEXT.signs_in(world, &mut world.browser()).await;
        world.advance(days(1));
        assert!(world.node.house.expire_sessions().await.unwrap() >= 1);
        if !listens {
            world.rewrites_client("portal", &[(written, &commented)]).await;
        }
        while world.node.house.tell_one().await.unwrap() {}
    }
}

/// All that somebody says was not them.
async fn denials(world: &World) {
    NEXT.signs_in(world, &mut world.browser()).await;
    world.advance(Duration::from_secs(1));
    let mut guesses = at_sign_in(world).await;
    for _ in 0..4 {
        guesses.submits(&[("username", MARIE.email), ("password", "Mauvaise-Pioche-3")]).await;
    }
    guesses.submits(&NEXT.credentials()).await;
    let mails = world.mails_to(MARIE.email).await;
    for (subject, button) in [("Nouvelle connexion", "Fermer cette session"), ("Connexion à", "Ce n’est pas moi")] {
        let mail = mails.iter().rev().find(|mail| mail.subject.starts_with(subject)).unwrap();
        world.browser().opens(&link(mail)).await.presses(button).await;
        world.advance(Duration::from_secs(1));
    }
    let mut owner = world.browser();
    owner.opens(&link(&world.mail_to(MARIE.email).await)).await.submits(&[("do", "confirm")]).await;
    owner.submits(&[("answer", MARIE.answer)]).await.submits(&NEXT.new_password()).await;
}

/// Where the portal may hear of the end of sessions.
const BACK_CHANNEL: &str = "backchannel_logout_uri = \"https://portal.example/logout/back\"";

/// Events that say which of these they concern, by the beginning of their names.
const USER: [&str; 60] = [
    "activation.",
    "organisation.contacts_designated",
    "organisation.users_settled",
    "invitation.sent",
    "invitation.withdrawn",
    "invitation.accepted",
    "challenge",
    "identifiers.sent",
    "credentials.issued",
    "credentials.renewed",
    "sign_in.temporary_lapsed",
    "certificate.added",
    "certificate.removed",
    "certificate.found_revoked",
    "certificate.reminded",
    "passkey.",
    "sign_in.passkey_accepted",
    "link.change_denied",
    "link.session_denied",
    "consent.",
    "terms.a",
    "terms.r",
    "device.allowed",
    "device.refused",
    "token.device_redeemed",
    "sign_in.succeeded",
    "sign_in.password_accepted",
    "sign_in.second_factor",
    "totp.",
    "second_factors.",
    "recovery_codes.",
    "registration.verified",
    "recovery.asked",
    "recovery.mail_read",
    "recovery.answer",
    "recovery.voided",
    "recovery.finished",
    "password.changed",
    "secret_question.changed",
    "session.ended",
    "session.expired",
    "logout.",
    "token.code_issued",
    "token.code_re",
    "token.refresh_replayed",
    "token.exchanged",
    "token.assertion_redeemed",
    "token.revoked",
    "account.",
    "session.",
    "identity.",
    "email.",
    "data.",
    "closing.",
    "membership.",
    "organisation.changed",
    "organisation.closed",
    "organisation.registered",
    "organisation.chosen",
    "role.",
];
const CLIENT: [&str; 15] = [
    "terms.a",
    "terms.r",
    "token.",
    "request.pushed",
    "client.registered",
    "client.re",
    "client.d",
    "client.enabled",
    "client.forgotten",
    "consent.",
    "device.a",
    "device.refused",
    "logout.",
    "organisation.chosen",
    "role.",
];
const SESSION: [&str; 24] = [
    "certificate.removed",
    "link.session_denied",
    "device.allowed",
    "device.refused",
    "consent.given",
    "consent.refused",
    "sign_in.succeeded",
    "session.ended",
    "session.expired",
    "logout.",
    "token.code_issued",
    "token.code_redeemed",
    "token.refresh_replayed",
    "session.others_ended",
    "password.not_confirmed",
    "identity.",
    "email.change_asked",
    "data.",
    "closing.asked",
    "membership.",
    "organisation.changed",
    "access.accepted",
    "access.refused",
    "organisation.chosen",
];
const FLOW: [&str; 29] = [
    "activation.",
    "organisation.contacts_designated",
    "organisation.users_settled",
    "challenge",
    "identifiers.",
    "credentials.",
    "terms.a",
    "terms.r",
    "certificate.a",
    "certificate.judged_good",
    "certificate.refused",
    "certificate.o",
    "certificate.p",
    "device.allowed",
    "device.refused",
    "consent.given",
    "consent.refused",
    "journey.",
    "sign_in.",
    "registration.",
    "recovery.",
    "password.changed",
    "totp.",
    "recovery_codes.",
    "secret_question.",
    "link.code_refused",
    "access.asked",
    "organisation.registered",
    "organisation.chosen",
];
const OURS: [&str; 20] = [
    "organisation.vat_",
    "invitation.reminded",
    "organisation.contact_told",
    "certificate.found_revoked",
    "certificate.reminded",
    "realm.",
    "terms.published",
    "key.",
    "account.",
    "closing.carried_out",
    "second_factors.",
    "client.initial_token_made",
    "client.disabled",
    "client.enabled",
    "client.forgotten",
    "consent.taken_back",
    "session.expired",
    "logout.",
    "closing.postponed",
    "organisation.closed",
];

/// Events that say which organisation they concern.
const ORGANISATION: [&str; 10] = [
    "organisation.vat_",
    "organisation.contact",
    "organisation.users_settled",
    "organisation.registered",
    "organisation.c",
    "membership.",
    "access.",
    "closing.postponed",
    "invitation.",
    "role.",
];

/// All that becomes of an activation, and of those who are invited in it.
async fn activations(world: &mut World) {
    takes_organisations(world).await;
    let boss = Person { email: "direction@exemple.fr", ..PAUL };
    let guest = Person { email: "invitee@exemple.fr", ..PAUL };
    let mut browser = before_users(world, &boss).await;
    browser.presses("Enregistrer et reprendre plus tard").await;
    let mut browser = comes_back(world, &boss).await;
    for _ in 0..4 {
        browser.sends(&asks_for(&browser, &guest, &["user"])).await;
        browser.presses("Retirer Paul Lefèvre").await;
    }
    let others = ["decline@exemple.fr", "accepte@exemple.fr", "attend@exemple.fr"];
    let others = others.map(|email| Person { email, ..PAUL });
    for person in &others {
        browser.sends(&asks_for(&browser, person, &["user"])).await;
    }
    opens(world, &others[0]).await.presses("Refuser").await;
    opens(world, &others[1]).await.presses("Accepter").await;
    browser.presses("Terminer").await.submits(&boss.secret_question()).await;
    world.advance(days(5));
    assert_eq!(world.node.house.remind_of_invitations().await.unwrap(), 1);
    // The mailbox of whoever is named has had enough for today.
    world.administers(boss.email, &TOWN).await;
    let mut browser = comes_back(world, &boss).await;
    for _ in 0..3 {
        asks_for_a_link(world, others[1].email).await;
    }
    let named = [
        ("legal", "other"),
        ("legal-firstName", "Hélène"),
        ("legal-lastName", "Marchand"),
        ("legal-email", others[1].email),
    ];
    browser.submits(&named).await;
    world.advance(days(2));
    assert_eq!(world.node.house.tell_contacts().await.unwrap(), 1);
    let four = "\"update_password\", \"designate_contacts\", \"invite_users\", \"set_secret_question\"]";
    world
        .rewrites_realm(&[
            (four, "\"update_password\", \"set_secret_question\"]"),
            ("[organisations]\n\n[sessions]\n", "[sessions]\n"),
        ])
        .await;
}

/// All that happens around the organisation that somebody acts for.
async fn acting_for(world: &mut World) {
    const OTHER: Entity =
        Entity { id: "0199a2b4-0000-7000-8000-0000000000e5", siret: "48146308100036", name: "AUTRE EXEMPLE" };
    admin::opens(world).await;
    for company in [&FRIENDS, &OTHER] {
        world.has_organisation_in(REALM, company).await;
        world.enrols(&MARIE, company, &["certification_agent=declared"]).await;
    }
    let directory = with_client(world, "directory", &[("scope", "\"openid siret\"")]).await;
    let office = admin::office(world, "office", admin::ALL).await;
    let mut browser = world.browser();
    let marie = claims(&MARIE.signs_in(world, &mut browser).await.id_token)["sub"].as_str().unwrap().to_owned();
    browser.opens(&directory.asks().with("scope", "openid siret").url()).await.chooses(FRIENDS.name).await;
    let (token, path) = (admin::token(&office).await, admin::role(&FRIENDS, &marie, "certification_agent"));
    for verdict in [r#"{"state":"verified"}"#, r#"{"state":"revoked"}"#] {
        let said = admin::asks(&office, &token, &Method::PUT, &path, verdict).await;
        assert_eq!(said.status, 200, "{}", said.body);
    }
    world.removes_client("directory").await;
    world.rewrites_realm(&[("[organisations]\n\n[sessions]\n", "[sessions]\n")]).await;
}

/// All that can become of a certificate.
async fn certificates(world: &mut World) {
    let counter = Counter::opens(world).await;
    let (card, revoked) = (counter.card(&NEXT, 7), counter.card(&NEXT, 13));
    counter.binds(world, &NEXT, &card).await;
    let mut browser = world.browser();
    counter.signs_in(world, &mut browser, &card).await;
    world.advance(Duration::from_secs(1));
    browser.opens(&world.portal().asks().with("prompt", "login").url()).await;
    browser.follows("Se connecter avec un certificat").await;
    counter.shows(&mut browser, Some(&revoked)).await;
    browser.follows("Choisir un autre certificat").await;
    counter.shows(&mut browser, Some(&counter.card(&NEXT, 8))).await;
    browser.presses("Se connecter et associer ce certificat").await;
    browser.submits(&[("password", NEXT.password)]).await.presses("Plus tard").await;
    browser.opens_page("account/certificates").await;
    let bound = browser.value("certificate").unwrap();
    browser.submits(&[("certificate", &bound)]).await;
    // Its end is near, and then it is revoked while nobody shows it.
    let old = counter.card_with(&NEXT, 9, |params| params.not_after = date_time_ymd(2026, 3, 20));
    counter.binds(world, &NEXT, &old).await;
    world.advance(Duration::from_secs(1));
    counter.signs_in(world, &mut world.browser(), &old).await;
    assert_eq!(world.node.house.remind_of_certificates().await.unwrap(), 1);
    world
        .adds_file("revocation-lists/ours.pem", List { days: (2, 30), ..List::of(&[9]) }.pem(&counter.authority))
        .await;
    world.advance(hours(1));
    assert_eq!(world.node.house.ask_about_certificates().await.unwrap(), 1);
}

#[tokio::test]
async fn sr_194_every_kind_of_event_is_written_with_all_that_is_known_of_it() {
    on_each_database(async |world| {
        registrations(world).await;
        activations(world).await;
        acting_for(world).await;
        sign_ins(world).await;
        certificates(world).await;
        memberships(world).await;
        tokens(world).await;
        machines(world).await;
        consents(world).await;
        devices(world).await;
        registered_clients(world).await;
        second_factors(world).await;
        passkeys(world).await;
        terms(world).await;
        endings(world).await;
        denials(world).await;
        accounts(world).await;
        questions(world).await;
        leavings(world).await;
        issued(world).await;
        organisations(world).await;
        tax_numbers(world).await;
        let events = world.database.texts("SELECT content FROM events").await;
        let events: Vec<Value> = events.iter().map(|content| serde_json::from_str(content).unwrap()).collect();
        let written: BTreeSet<_> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        let kinds: BTreeSet<_> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(kinds.difference(&written).collect::<Vec<_>>(), Vec::<&&str>::new());
        for event in &events {
            let kind = event["kind"].as_str().unwrap();
            let is = |of: &[&str]| of.iter().any(|start| kind.starts_with(start));
            assert_eq!(event["realm"], "certinomis");
            assert!(event["at"].as_i64().is_some_and(|at| at <= world.now().millis()), "{event}");
            let before_its_client =
                kind == "client.registration_throttled" || kind == "client.registration_token_refused";
            let unknown_code = kind == "token.code_rejected";
            for (member, needed) in [
                ("user", is(&USER) && !unknown_code),
                ("client", is(&CLIENT) && !before_its_client),
                ("session", is(&SESSION)),
                ("flow", is(&FLOW)),
                ("reason", is(&ORGANISATION)),
                ("reason", is(&["sign_in.failed", "sign_in.second_factor_failed", "sign_in.passkey_refused"])),
            ] {
                assert!(!needed || event[member].is_string(), "{member} of {event}");
            }
            let (source, reference) = (event["source"].as_str().unwrap(), event["reference"].as_str().unwrap());
            if is(&OURS) {
                assert_eq!(source, "system");
            } else {
                assert!(source.parse::<IpAddr>().is_ok() && !reference.is_empty(), "{event}");
            }
        }
    })
    .await;
}
