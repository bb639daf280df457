//! DOMAIN.md §9.3: « Ce compte client existe déjà », and its administrators are asked for access. Who they are is told to
//! nobody (SR-1), and they hear of nobody who has not read the mailbox.

use guichet::clock::{Duration, days, hours, minutes};
use http::Method;

use super::account::signed_in;
use super::chambersign::says_all;
use super::organisations::{UNKNOWN, describes, in_france};
use crate::support::browser::Browser;
use crate::support::organisations::Entity;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, link, on_each_database};

/// The organisation that has an account.
const ENTITY: Entity = Entity { id: "0199a2b4-0000-7000-8000-00000000000c", name: "HAUT-EXEMPLE SARL", siret: UNKNOWN };
/// Another administrator.
const NOE: Person = Person { first_name: "Noé", last_name: "Petit", email: "noe.petit@exemple.fr", ..MARIE };

async fn with_an_account(story: impl AsyncFn(&mut World)) {
    on_each_database(async |world| {
        for person in [&MARIE, &NOE, &PAUL] {
            world.has(person).await;
        }
        world.rewrites_realm(&[("[sessions]\n", "[organisations]\n\n[sessions]\n")]).await;
        world.administers(MARIE.email, &ENTITY).await;
        world.is_settled(&ENTITY).await;
        story(world).await;
    })
    .await;
}

/// A stranger's browser before the form of the request.
async fn at_the_form(world: &World) -> Browser {
    let mut browser = in_france(world).await;
    describes(&mut browser, UNKNOWN).await;
    assert_eq!(browser.place(), "register/exists", "{}", browser.text());
    browser.follows("Demander l’accès aux administrateurs").await;
    assert_eq!((browser.status(), browser.place()), (200, "register/access"), "{}", browser.text());
    browser
}

/// The same, once that person has asked.
async fn asks(world: &World, person: &Person) -> Browser {
    let mut browser = at_the_form(world).await;
    browser.submits(&person.registration()).await;
    assert_eq!((browser.status(), browser.h1().as_str()), (200, "Consultez vos e-mails"), "{}", browser.text());
    browser
}

/// The mailbox of that person is read, and the request passed on.
async fn proves(world: &World, person: &Person) -> Browser {
    let mut browser = world.browser();
    browser.opens(&link(&world.mail_to(person.email).await)).await.presses("Transmettre ma demande").await;
    assert_eq!(browser.h1(), "Demande transmise", "{}", browser.text());
    browser
}

/// Marie before the request of that person.
async fn decides(world: &World, person: &Person) -> Browser {
    let (mut browser, _) = signed_in(world, &MARIE).await;
    browser.opens_page(&format!("account/organisations/{}/requests", ENTITY.id)).await;
    browser.follows(&format!("Répondre {} {}", person.first_name, person.last_name)).await;
    assert_eq!(browser.status(), 200, "{}", browser.text());
    browser
}

async fn asked_of(world: &World, person: &Person) -> usize {
    let mails = world.mails_to(person.email).await;
    mails.iter().filter(|mail| mail.subject.contains("demande l’accès")).count()
}

async fn states(world: &World) -> Vec<String> {
    world.database.texts("SELECT state FROM access_requests ORDER BY 1").await
}

#[tokio::test]
async fn sr_1_a_request_tells_nothing_and_reaches_administrators_once_its_mailbox_was_read() {
    with_an_account(async |world| {
        let mut paul = at_the_form(world).await;
        assert!(!paul.at().as_str().contains(ENTITY.id) && !paul.answer().body.contains(ENTITY.id));
        paul.submits(&[("firstName", ""), ("lastName", ""), ("email", "paul@")]).await;
        assert_eq!(
            (paul.status(), paul.error_summary().len(), paul.value("email").as_deref()),
            (422, 3, Some("paul@")),
            "{}",
            paul.text()
        );
        paul.submits(&PAUL.registration()).await;
        says_all(&paul, &["Consultez vos e-mails", PAUL.email, "732 829 320 00074"]);
        for secret in [MARIE.first_name, MARIE.last_name, MARIE.email, ENTITY.name] {
            assert!(!paul.answer().body.contains(secret), "{secret}");
        }
        assert_eq!((states(world).await, asked_of(world, &MARIE).await), (vec!["asked".to_owned()], 0));
        // SR-47: opening the link changes nothing, however often.
        let mail = world.mail_to(PAUL.email).await;
        assert_eq!(mail.subject, "Confirmez votre demande d’accès – Certinomis");
        for secret in [MARIE.first_name, MARIE.email, ENTITY.name] {
            assert!(!mail.text.contains(secret), "{secret}");
        }
        let mut mailbox = world.browser();
        let url = mailbox.absolute(&link(&mail));
        for method in [Method::HEAD, Method::GET] {
            mailbox.asks(&method, &url, None, &[]).await;
        }
        mailbox.opens(&link(&mail)).await;
        assert!(!mailbox.at().as_str().contains("token"), "SR-48");
        says_all(&mailbox, &["Transmettre votre demande aux administrateurs", "732 829 320 00074"]);
        assert_eq!((states(world).await, asked_of(world, &MARIE).await), (vec!["asked".to_owned()], 0));
        let twice = mailbox.form("Transmettre ma demande");
        mailbox.presses("Transmettre ma demande").await;
        says_all(&mailbox, &["Demande transmise", "Leur réponse viendra par e-mail."]);
        mailbox.posts(&twice).await;
        assert_eq!((states(world).await, asked_of(world, &MARIE).await), (vec!["proven".to_owned()], 1));
        let told = world.mail_to(MARIE.email).await;
        assert_eq!(told.subject, "Une personne demande l’accès à HAUT-EXEMPLE SARL");
        assert!(told.text.contains("Paul Lefèvre") && !told.text.contains(PAUL.email), "{}", told.text);
    })
    .await;
}

#[tokio::test]
async fn an_accepted_request_is_an_invitation_with_the_roles_that_were_chosen() {
    with_an_account(async |world| {
        asks(world, &PAUL).await;
        let mut mailbox = proves(world, &PAUL).await;
        let (mut marie, _) = signed_in(world, &MARIE).await;
        marie.opens_page(&format!("account/organisations/{}", ENTITY.id)).await;
        says_all(&marie, &["1 personne demande l’accès à cette organisation."]);
        let mut marie = decides(world, &PAUL).await;
        says_all(
            &marie,
            &["Demande de Paul Lefèvre", PAUL.email, "La personne a lu un message envoyé à cette adresse."],
        );
        marie.sends(&marie.form("Accepter").without("role-user")).await;
        assert_eq!(marie.field_error("roles").as_deref(), Some("Cochez au moins un rôle"), "{}", marie.text());
        marie.sends(&marie.form("Accepter").with("role-billing_contact", "on")).await;
        assert_eq!(marie.notice().as_deref(), Some("Demande acceptée : une invitation est partie."));
        says_all(&marie, &["Personne ne demande l’accès à HAUT-EXEMPLE SARL."]);
        let invitation = world.mail_to(PAUL.email).await;
        assert!(invitation.links[0].contains("/invitation?"), "{}", invitation.text);
        let roles = world.database.texts("SELECT roles FROM invitations").await;
        assert_eq!(roles, ["billing_contact user"]);
        mailbox.reloads().await;
        assert_eq!(mailbox.h1(), "Demande acceptée");
        assert_eq!(world.database.count("SELECT count(*) FROM memberships").await, 1, "nobody joins by it alone");
    })
    .await;
}

#[tokio::test]
async fn a_refused_request_is_told_without_a_name_and_not_asked_again_for_a_month() {
    with_an_account(async |world| {
        asks(world, &PAUL).await;
        proves(world, &PAUL).await;
        let mut marie = decides(world, &PAUL).await;
        marie.presses("Refuser").await;
        assert!(marie.notice().is_some_and(|told| told.starts_with("Demande refusée.")), "{}", marie.text());
        let mail = world.mail_to(PAUL.email).await;
        assert_eq!(mail.subject, "Votre rattachement à HAUT-EXEMPLE SARL");
        assert!(!mail.text.contains("Marie") && !mail.text.contains("Durand"), "{}", mail.text);
        world.advance(days(2));
        asks(world, &PAUL).await;
        let mut again = world.browser();
        again.opens(&link(&world.mail_to(PAUL.email).await)).await;
        assert_eq!(again.h1(), "Demande refusée", "{}", again.text());
        assert_eq!((states(world).await, asked_of(world, &MARIE).await), (vec!["refused".to_owned()], 1));
        // SR-200: a month later nothing is kept of it.
        world.advance(days(30));
        world.node.house.purge().await.unwrap();
        assert!(states(world).await.is_empty());
        asks(world, &PAUL).await;
        proves(world, &PAUL).await;
        assert_eq!(asked_of(world, &MARIE).await, 2);
    })
    .await;
}

#[tokio::test]
async fn sr_1_who_belongs_to_it_already_is_told_in_their_mailbox_alone() {
    with_an_account(async |world| {
        world.joins(PAUL.email, &ENTITY, "user").await;
        let stranger = asks(world, &Person { email: "nobody@exemple.fr", ..PAUL }).await;
        let member = asks(world, &PAUL).await;
        let plain = |browser: &Browser, email: &str| browser.text().replace(email, "…");
        assert_eq!(plain(&stranger, "nobody@exemple.fr"), plain(&member, PAUL.email));
        let mut mailbox = world.browser();
        mailbox.opens(&link(&world.mail_to(PAUL.email).await)).await;
        assert_eq!(mailbox.h1(), "Vous avez déjà un accès", "{}", mailbox.text());
        assert_eq!(asked_of(world, &MARIE).await, 0);
    })
    .await;
}

#[tokio::test]
async fn another_mail_makes_the_former_link_void_and_a_link_lasts_a_day() {
    with_an_account(async |world| {
        let mut paul = asks(world, &PAUL).await;
        let first = link(&world.mail_to(PAUL.email).await);
        paul.presses("Envoyer un nouvel e-mail").await;
        assert_eq!(paul.status(), 429, "{}", paul.text());
        world.advance(minutes(1));
        paul.presses("Envoyer un nouvel e-mail").await;
        assert_eq!(paul.status(), 200, "{}", paul.text());
        let second = link(&world.mail_to(PAUL.email).await);
        assert_ne!(first, second);
        let mut mailbox = world.browser();
        mailbox.opens(&first).await;
        assert_eq!(mailbox.status(), 404, "{}", mailbox.text());
        world.advance(hours(24));
        mailbox.opens(&second).await;
        assert_eq!(mailbox.status(), 410, "{}", mailbox.text());
        assert!(mailbox.page().buttons("Transmettre").is_empty());
        // The wrong address can be mended.
        let mut paul = asks(world, &PAUL).await;
        paul.presses("Ce n’est pas la bonne adresse").await;
        assert_eq!(paul.value("email").as_deref(), Some(PAUL.email));
    })
    .await;
}

#[tokio::test]
async fn of_two_administrators_who_decide_at_once_one_does() {
    with_an_account(async |world| {
        world.joins(NOE.email, &ENTITY, "administrator").await;
        asks(world, &PAUL).await;
        proves(world, &PAUL).await;
        assert_eq!((asked_of(world, &MARIE).await, asked_of(world, &NOE).await), (1, 1), "each of them");
        let marie = decides(world, &PAUL).await;
        let (mut noe, _) = signed_in(world, &NOE).await;
        noe.opens(marie.at().path()).await;
        let (yes, no) = (marie.form("Accepter"), noe.form("Refuser"));
        let (first, second) = tokio::join!(marie.posts(&yes), noe.posts(&no));
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (303, 303));
        let decided = states(world).await;
        let invited = world.database.count("SELECT count(*) FROM invitations").await;
        assert!(matches!((decided[0].as_str(), invited), ("accepted", 1) | ("refused", 0)), "{decided:?} {invited}");
        let events = "SELECT count(*) FROM events WHERE name IN ('access.accepted', 'access.refused')";
        assert_eq!(world.database.count(events).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_request_is_about_the_organisation_that_its_journey_came_upon_and_no_other() {
    with_an_account(async |world| {
        let mut fresh = world.browser();
        fresh.opens(&world.portal().asks().with("prompt", "create").url()).await;
        let page = fresh.at().as_str().replace("/register?", "/register/access?");
        fresh.opens(&page).await;
        assert_eq!(fresh.place(), "sign-in", "{}", fresh.text());
        let mut other = at_the_form(world).await;
        let form = other.form("Envoyer la demande");
        // A form of another journey, with whatever was added to it.
        let mut mine = at_the_form(world).await;
        mine.opens(mine.at().clone().as_str()).await;
        assert_eq!(mine.posts(&form.clone().with("email", PAUL.email)).await.status, 403);
        other.sends(&form.with("organisation", "0199a2b4-0000-7000-8000-0000000000ff").with("email", PAUL.email)).await;
        assert_eq!(other.status(), 422, "names are missing: {}", other.text());
        assert!(states(world).await.is_empty());
        // The account has closed meanwhile: its number is free.
        world.database.execute("DELETE FROM organisations").await;
        mine.reloads().await;
        assert_ne!(mine.place(), "register/access");
    })
    .await;
}

#[tokio::test]
async fn sr_18_sr_76_one_source_asks_for_access_ten_times_an_hour() {
    with_an_account(async |world| {
        let mut browser = at_the_form(world).await;
        for number in 0..10 {
            let email = format!("personne-{number}@exemple.fr");
            browser.submits(&[("firstName", "A"), ("lastName", "B"), ("email", &email)]).await;
            assert_eq!(browser.status(), 200, "{number}: {}", browser.text());
            browser.presses("Ce n’est pas la bonne adresse").await;
        }
        browser.submits(&PAUL.registration()).await;
        assert_eq!(browser.status(), 429, "{}", browser.text());
        assert!(browser.answer().header("retry-after").is_some());
        assert_eq!(browser.value("email").as_deref(), Some(PAUL.email));
        world.advance(hours(1) + Duration::from_secs(1));
        assert_eq!(states(world).await.len(), 10);
    })
    .await;
}

#[tokio::test]
async fn a_request_after_its_month_is_decided_by_nobody() {
    with_an_account(async |world| {
        asks(world, &PAUL).await;
        proves(world, &PAUL).await;
        world.advance(days(30).saturating_sub(minutes(2)));
        let mut marie = decides(world, &PAUL).await;
        world.advance(minutes(3));
        marie.presses("Accepter").await;
        says_all(&marie, &["Personne ne demande l’accès à HAUT-EXEMPLE SARL."]);
        assert_eq!(world.database.count("SELECT count(*) FROM invitations").await, 0);
    })
    .await;
}
