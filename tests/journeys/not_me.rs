//! « Ce n’est pas moi »: the links of mails that tell what was done to an account. They take away and never give
//! (docs/adr/0049).

use guichet::clock::{Duration, days};
use http::Method;

use super::second_factors::{adds_an_app, knows_the_password, offers_totp};
use crate::support::browser::Browser;
use crate::support::client_app::Tokens;
use crate::support::page::plain;
use crate::support::people::{MARIE, Person};
use crate::support::world::{World, link, on_each_database};

/// What the thief chooses.
const STOLEN: Person = Person { password: "Givre-de-midi-13", ..MARIE };
/// What Marie chooses next.
const RENEWED: Person = Person { password: "Brume-du-soir-11", ..MARIE };

const BACK_CHANNEL: &str = "backchannel_logout_uri = \"https://portal.example/logout/back\"";

/// Mails of one moment have no order.
fn moment(world: &World) {
    world.advance(Duration::from_secs(1));
}

async fn signed_in(world: &World) -> (Browser, Tokens) {
    moment(world);
    let mut browser = world.browser();
    let tokens = MARIE.signs_in(world, &mut browser).await;
    (browser, tokens)
}

/// Somebody knows Marie's password, and changes it; what they have, and the link that she is mailed.
async fn steals(world: &mut World) -> (Browser, Tokens, String) {
    world.has(&MARIE).await;
    world.rewrites_client("portal", &[(&format!("# {BACK_CHANNEL}"), BACK_CHANNEL)]).await;
    let (mut thief, tokens) = signed_in(world).await;
    moment(world);
    thief.opens_page("account/password").await.types("password", MARIE.password);
    thief.submits(&STOLEN.new_password()).await;
    assert_eq!(thief.place(), "account", "{}", thief.text());
    let mail = world.mail_to(MARIE.email).await;
    assert_eq!(mail.subject, "Votre mot de passe a été modifié");
    assert!(plain(&mail.text).contains("valable 7 jours"), "{}", mail.text);
    (thief, tokens, link(&mail))
}

async fn is_in(browser: &mut Browser) -> bool {
    browser.opens_page("account").await;
    browser.status() == 200
}

async fn opens_nothing(world: &World, person: &Person) {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await.submits(&person.credentials()).await;
    assert_eq!(browser.status(), 422, "{}", person.password);
}

async fn events(world: &World, name: &str) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM events WHERE name = '{name}'")).await
}

#[tokio::test]
async fn sr_53_sr_57_sr_58_who_says_that_it_was_somebody_else_shuts_them_out_and_chooses_a_password_by_mail() {
    on_each_database(async |world| {
        let (mut thief, tokens, mailed) = steals(world).await;
        let mut owner = world.browser();
        // SR-47: a scanner opens it, and nothing has changed.
        let url = owner.absolute(&mailed);
        for method in [Method::HEAD, Method::GET] {
            owner.asks(&method, &url, None, &[]).await;
        }
        owner.opens(&mailed).await;
        assert_eq!(owner.h1(), "Ce n’était pas vous ?");
        assert!(!owner.at().as_str().contains("token"), "SR-48: {}", owner.at());
        assert!(owner.says("Le mot de passe de ce compte a été modifié."), "{}", owner.text());
        assert!(owner.says("depuis Firefox sur Linux") && !owner.says(MARIE.email), "SR-49: {}", owner.text());
        assert!(is_in(&mut thief).await);

        moment(world);
        owner.presses("Ce n’est pas moi").await;
        assert_eq!(owner.place(), "recover/password/sent", "{}", owner.text());
        assert!(owner.notice().is_some_and(|told| told.starts_with("C’est noté")), "{}", owner.text());
        assert!(owner.cookies().value("__Host-guichet-session-certinomis").is_none(), "nobody is signed in");
        assert!(!is_in(&mut thief).await);
        assert_eq!(world.portal().refreshes(&tokens.refresh_token.unwrap()).await.status, 400);
        assert!(world.database.count("SELECT count(*) FROM logout_notices").await > 0, "the portal is told");
        for person in [&STOLEN, &MARIE] {
            opens_nothing(world, person).await;
        }

        // The link itself sets no password: the mailbox and the question do, as for anybody who forgot.
        let reset = world.mail_to(MARIE.email).await;
        assert!(reset.subject.starts_with("Choisissez un nouveau mot de passe"), "{}", reset.subject);
        owner.opens(&link(&reset)).await.submits(&[("do", "confirm")]).await;
        assert_eq!(owner.place(), "recover/password/question");
        owner.submits(&[("answer", MARIE.answer)]).await.submits(&RENEWED.new_password()).await;
        assert_eq!(owner.place(), "sign-in", "SR-51: {}", owner.text());
        RENEWED.signs_in(world, &mut owner).await;

        owner.opens(&mailed).await;
        assert_eq!((owner.status(), owner.h1().as_str()), (410, "Ce lien a déjà servi"));
        assert_eq!((events(world, "link.change_denied").await, events(world, "recovery.asked").await), (1, 1));
        owner.opens_page("account/activity").await;
        assert!(owner.says("« Ce n’est pas moi » : sessions fermées"), "{}", owner.text());
    })
    .await;
}

#[tokio::test]
async fn sr_45_two_presses_at_once_count_once_and_the_same_form_gets_the_same_answer() {
    on_each_database(async |world| {
        let (_thief, _, mailed) = steals(world).await;
        let (mut one, mut other) = (world.browser(), world.browser());
        one.opens(&mailed).await;
        other.opens(&mailed).await;
        let forms = [one.form("Ce n’est pas moi"), other.form("Ce n’est pas moi")];
        let (first, second) = tokio::join!(one.posts(&forms[0]), other.posts(&forms[1]));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 410]);
        assert_eq!((events(world, "link.change_denied").await, events(world, "recovery.asked").await), (1, 1));
        let (winner, form) = if first.status == 303 { (&one, &forms[0]) } else { (&other, &forms[1]) };
        let before = events(world, "recovery.asked").await;
        winner.posts(form).await;
        assert_eq!(events(world, "recovery.asked").await, before, "the mail goes out once");
    })
    .await;
}

#[tokio::test]
async fn sr_44_sr_46_a_link_is_for_a_week_for_one_realm_and_for_the_address_that_it_was_sent_to() {
    on_each_database(async |world| {
        let (mut thief, _, mailed) = steals(world).await;
        let mut owner = world.browser();
        owner.opens_page("not-me?token=abc").await;
        assert_eq!((owner.status(), owner.h1().as_str()), (404, "Ce lien est incomplet"));
        world.adds_realm("autre").await;
        owner.opens(&mailed.replace("/certinomis/", "/autre/")).await;
        assert_eq!(owner.status(), 404, "{}", owner.text());

        // The account moves to another address: the link of that change does more, and this one nothing.
        thief.opens_page("account/email").await.submits(&[("email", "voleur@exemple.fr")]).await;
        thief.opens(&link(&world.mail_to("voleur@exemple.fr").await)).await.presses("Confirmer cette adresse").await;
        owner.opens(&mailed).await;
        assert_eq!((owner.status(), owner.h1().as_str()), (410, "Ce lien ne sert plus"));
        assert!(owner.says("« Votre adresse e-mail va changer »"), "{}", owner.text());
        assert!(is_in(&mut thief).await);
        owner.opens(&link(&world.mail_to(MARIE.email).await)).await.presses("Annuler le changement").await;
        assert!(!is_in(&mut thief).await);

        // It is hers again, and the link good until its end.
        owner.opens(&mailed).await;
        assert_eq!(owner.h1(), "Ce n’était pas vous ?");
        world.advance(days(7));
        owner.presses("Ce n’est pas moi").await;
        assert_eq!((owner.status(), owner.h1().as_str()), (410, "Ce lien a expiré"));
        assert_eq!(events(world, "link.change_denied").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_20_the_session_of_a_new_device_is_closed_from_its_mail_wherever_it_has_gone_on() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.rewrites_client("portal", &[(&format!("# {BACK_CHANNEL}"), BACK_CHANNEL)]).await;
        let (mut hers, _) = signed_in(world).await;
        let (mut thief, tokens) = signed_in(world).await;
        let mail = world.mail_to(MARIE.email).await;
        assert!(mail.subject.starts_with("Nouvelle connexion"), "{}", mail.subject);
        // Another authentication makes another session of it (SR-99).
        moment(world);
        thief.opens(&world.portal().asks().with("prompt", "login").url()).await;
        thief.submits(&[("password", MARIE.password)]).await;
        assert!(thief.has_left() && is_in(&mut thief).await, "{}", thief.text());

        let mut owner = world.browser();
        owner.opens(&link(&mail)).await;
        assert_eq!(owner.h1(), "Fermer cette session ?");
        owner.presses("Fermer cette session").await;
        assert_eq!((owner.status(), owner.h1().as_str()), (200, "Session fermée"));
        assert!(!is_in(&mut thief).await && is_in(&mut hers).await);
        assert_eq!(world.portal().refreshes(&tokens.refresh_token.unwrap()).await.status, 400);
        assert!(world.database.count("SELECT count(*) FROM logout_notices").await >= 1);
        assert_eq!(events(world, "link.session_denied").await, 1);
        owner.follows("Choisir un nouveau mot de passe").await;
        assert_eq!(owner.place(), "recover/password");
        owner.opens(&link(&mail)).await;
        assert_eq!(owner.h1(), "Session fermée", "again, and nothing happens");
        assert_eq!(events(world, "link.session_denied").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_of_ones_own_settles_what_earlier_mails_told() {
    on_each_database(async |world| {
        let (_thief, _, mailed) = steals(world).await;
        let mut owner = world.browser();
        moment(world);
        owner.opens_page("recover/password").await.submits(&[("username", MARIE.email)]).await;
        owner.opens(&link(&world.mail_to(MARIE.email).await)).await;
        owner.submits(&[("do", "confirm")]).await.submits(&[("answer", MARIE.answer)]).await;
        owner.submits(&RENEWED.new_password()).await;
        owner.opens(&mailed).await;
        assert_eq!((owner.status(), owner.h1().as_str()), (410, "Ce lien a déjà servi"));
        RENEWED.signs_in(world, &mut owner).await;
    })
    .await;
}

#[tokio::test]
async fn sr_18_a_network_that_asks_for_too_many_mails_shuts_a_thief_out_all_the_same() {
    on_each_database(async |world| {
        let (mut thief, _, mailed) = steals(world).await;
        let source = "203.0.113.77";
        for _ in 0..30 {
            let mut somebody = world.browser().from(source);
            somebody.opens_page("recover/password").await.submits(&[("username", "personne@exemple.fr")]).await;
        }
        let mut owner = world.browser().from(source);
        owner.opens(&mailed).await.presses("Ce n’est pas moi").await;
        assert_eq!(owner.place(), "recover/password", "{}", owner.text());
        assert!(!is_in(&mut thief).await);
        opens_nothing(world, &STOLEN).await;
        assert_eq!(events(world, "link.change_denied").await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_52_sr_82_a_second_factor_is_not_taken_off_by_a_mailed_link() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        offers_totp(world, "always").await;
        moment(world);
        let (mut browser, _) = knows_the_password(world, &MARIE).await;
        adds_an_app(world, &mut browser).await;
        let mails = world.mails_to(MARIE.email).await;
        let added = mails.iter().find(|mail| mail.subject == "Un moyen de connexion a été ajouté").unwrap();
        let mut owner = world.browser();
        owner.opens(&link(added)).await;
        assert!(owner.says("Une application de codes a été ajoutée à ce compte."), "{}", owner.text());
        owner.presses("Ce n’est pas moi").await;
        assert_eq!(owner.place(), "recover/password/sent");
        assert_eq!(world.database.count("SELECT count(*) FROM totp_seeds").await, 1, "whoever reads mail could");
        opens_nothing(world, &MARIE).await;
    })
    .await;
}
