//! SR-60, UX.md P9, P22: invitations into an organisation, from the form of an administrator to the mailbox of the
//! invited, and what becomes of them.
//!
//! Long, since each way in which an invitation ends is a story of one organisation and one mailbox.

use guichet::clock::{Duration, days, hours, minutes};
use guichet::mail::mailbox::Letter;
use http::Method;

use super::activation::{
    QUESTION, USERS, activates, among_persons, before_users, comes_back, issues, takes_organisations,
};
use super::chambersign::says_all;
use super::issued_credentials::{Credentials, asks_for_credentials, told};
use super::recovery::futures_of;
use crate::support::browser::Browser;
use crate::support::organisations::{EXAMPLE, TOWN};
use crate::support::page::Form;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{REALM, World, link, on_each_database};

/// Somebody who shares a mailbox with Paul.
const PAULA: Person = Person { first_name: "Paula", ..PAUL };

async fn at_organisations(story: impl AsyncFn(&mut World)) {
    on_each_database(async |world| {
        takes_organisations(world).await;
        story(world).await;
    })
    .await;
}

/// The form of the wizard, filled in.
pub(crate) fn asks_for(browser: &Browser, person: &Person, roles: &[&str]) -> Form {
    let form = browser.form("Ajouter");
    let form = person.registration().into_iter().fold(form, |form, (name, value)| form.with(name, value));
    let form = form.without("role-user");
    roles.iter().fold(form, |form, role| form.with(&format!("role-{role}"), "on"))
}

/// Marie is at the users of her organisation, and has invited that person.
async fn invites(world: &World, person: &Person, roles: &[&str]) -> Browser {
    let mut browser = before_users(world, &MARIE).await;
    let form = asks_for(&browser, person, roles);
    browser.sends(&form).await;
    assert_eq!((browser.place(), browser.status()), (USERS, 200), "{}", browser.text());
    browser
}

/// A browser that has opened the newest invitation to that person.
pub(crate) async fn opens(world: &World, person: &Person) -> Browser {
    let mut browser = world.browser();
    browser.opens(&link(&newest(world, person).await)).await;
    assert_eq!(browser.place(), "invitation", "{}", browser.text());
    browser
}

/// The newest mail with an invitation to that person.
async fn newest(world: &World, person: &Person) -> Letter {
    let mut mails = world.mails_to(person.email).await;
    mails.retain(|mail| mail.links.iter().any(|link| link.contains("/invitation?")));
    mails.pop().unwrap_or_else(|| panic!("no invitation for {}", person.email))
}

async fn accounts(world: &World, person: &Person) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM users WHERE email = '{}'", person.email)).await
}

async fn events(world: &World, name: &str) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM events WHERE name = '{name}'")).await
}

#[tokio::test]
async fn an_administrator_adds_users_and_takes_invitations_back() {
    at_organisations(async |world| {
        let mut browser = invites(world, &PAUL, &["user", "server_certificate_manager"]).await;
        says_all(
            &browser,
            &[
                "Paul Lefèvre",
                PAUL.email,
                "RC serveur, Utilisateur",
                "Invitation envoyée, valable jusqu’au 10 mars 2026",
            ],
        );
        assert_eq!(browser.value("firstName").as_deref(), Some(""), "the form is empty again");
        let mail = newest(world, &PAUL).await;
        assert_eq!(mail.subject, "Activez votre compte Certinomis");
        let text = mail.text.replace(['\u{a0}', '\u{202f}'], " ");
        for words in [
            "EXEMPLE SAS vous invite à rejoindre son compte client Certinomis.",
            "Rôle prévu : RC serveur.",
            "valable 7 jours, jusqu’au 10 mars 2026",
            "Vos données personnelles : Certinomis a reçu de EXEMPLE SAS",
            "saisir la CNIL",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        assert!(!text.contains("Marie") && !text.contains("Durand"), "who invited is the organisation's business");

        let mut invited = opens(world, &PAUL).await;
        browser.presses("Retirer Paul Lefèvre").await;
        assert!(browser.place() == USERS && !browser.says(PAUL.email), "{}", browser.text());
        invited.presses("Accepter").await;
        assert_eq!((invited.status(), invited.h1().as_str()), (410, "Cette invitation a été retirée"));
        says_all(&invited, &["EXEMPLE SAS a retiré cette invitation.", "Demandez-en une autre à un administrateur"]);
        assert_eq!(accounts(world, &PAUL).await, 0);
        for event in ["invitation.sent", "invitation.withdrawn"] {
            assert_eq!(events(world, event).await, 1, "{event}");
        }
        // Nobody has to be added.
        browser.presses("Terminer").await;
        assert_eq!(browser.place(), QUESTION);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_an_invitation_is_said_and_what_was_typed_is_kept() {
    at_organisations(async |world| {
        let mut browser = before_users(world, &MARIE).await;
        browser.sends(&browser.form("Ajouter").without("role-user")).await;
        let empty = ["Prénom", "Nom", "Courriel"];
        let empty = empty.map(|field| format!("Remplissez le champ « {field} » de cette personne"));
        assert_eq!((browser.status(), &browser.error_summary()[..3]), (422, &empty[..]));
        let unknown = asks_for(&browser, &PAUL, &["boss"]);
        browser.sends(&unknown).await;
        assert_eq!(browser.field_error("roles").as_deref(), Some("Cochez au moins un rôle"));
        let paul = asks_for(&browser, &PAUL, &["certification_agent"]);
        browser.sends(&paul).await;
        assert_eq!(browser.status(), 200);
        for (email, words) in [
            ("Marie.DURAND@exemple.fr", "Cette adresse est la vôtre : vous faites déjà partie des utilisateurs"),
            (
                "PAUL.lefevre@Exemple.fr",
                "Une invitation attend déjà cette personne. Retirez-la pour en envoyer une autre",
            ),
            ("paul@", "Entrez un courriel complet, comme nom@exemple.fr"),
            ("paul@exemple.fr, lea@exemple.fr", "Entrez un courriel complet, comme nom@exemple.fr"),
        ] {
            browser.sends(&asks_for(&browser, &PAUL, &["administrator"]).with("email", email)).await;
            assert_eq!((browser.status(), browser.field_error("email").as_deref()), (422, Some(words)), "{email}");
            assert_eq!(browser.value("email").as_deref(), Some(email));
            assert!(browser.page().ticked("role-administrator") && !browser.page().ticked("role-user"));
        }
        assert_eq!(events(world, "invitation.sent").await, 1);
        // Once Paul has come, he is a user.
        let mut paul = opens(world, &PAUL).await;
        paul.presses("Accepter").await;
        browser.sends(&asks_for(&browser, &PAUL, &["user"])).await;
        assert_eq!(browser.field_error("email").as_deref(), Some("Cette personne fait déjà partie des utilisateurs"));
        assert!(browser.says("Mandataire"), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_76_an_organisation_has_so_many_invitations_that_wait_and_no_more() {
    at_organisations(async |world| {
        let mut browser = invites(world, &PAUL, &["user"]).await;
        let copies =
            "INSERT INTO invitations (id, realm, organisation_id, email, first_name, last_name, language, roles,
                token, created_at, sent_at, expires_at)
            WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 49)
            SELECT ID, i.realm, i.organisation_id, 'n' || n || '@exemple.fr', 'N', 'N', 'fr', 'user', TOKEN,
                i.created_at, i.sent_at, i.expires_at FROM invitations i, n";
        let (id, token) = match world.database.engine() {
            crate::support::database::Engine::Sqlite => ("randomblob(16)", "randomblob(32)"),
            crate::support::database::Engine::Postgres => ("gen_random_uuid()", "sha256(n::text::bytea)"),
        };
        world.database.execute(&copies.replace("ID,", &format!("{id},")).replace("TOKEN", token)).await;
        let lea = Person { email: "lea@exemple.fr", ..PAUL };
        browser.sends(&asks_for(&browser, &lea, &["user"])).await;
        let words = "50 invitations attendent déjà une réponse. Retirez-en, ou attendez que des personnes acceptent";
        assert_eq!((browser.status(), browser.error_summary()), (422, vec![words.to_owned()]));
        // Expired ones count no more.
        world.database.execute("UPDATE invitations SET expires_at = sent_at WHERE email = 'n1@exemple.fr'").await;
        browser.sends(&asks_for(&browser, &lea, &["user"])).await;
        assert_eq!(browser.status(), 200, "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_18_so_many_invitations_to_one_mailbox_are_sent_and_nobody_learns_that_more_are_not() {
    at_organisations(async |world| {
        let mut browser = invites(world, &PAUL, &["user"]).await;
        for _ in 0..4 {
            browser.presses("Retirer Paul Lefèvre").await;
            browser.sends(&asks_for(&browser, &PAUL, &["user"])).await;
            assert!(browser.says("Invitation envoyée"), "{}", browser.text());
        }
        // The withdrawn ones were sent by nobody: what waited for the relay was of no use any more.
        assert!(world.mails_to(PAUL.email).await.len() <= 1);
        assert_eq!(world.database.count("SELECT count(*) FROM outbox WHERE state = 'held'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn sr_60_an_invitation_makes_one_account_of_its_address_and_roles_and_is_consumed() {
    at_organisations(async |world| {
        invites(world, &PAUL, &["user", "certification_agent"]).await;
        let mut browser = opens(world, &PAUL).await;
        assert_eq!((browser.status(), browser.h1().as_str()), (200, "Invitation de EXEMPLE SAS"));
        says_all(
            &browser,
            &["Paul Lefèvre", "paul.l•••@exemple.fr", "Mandataire, Utilisateur", "10 mars 2026 à 14 h 12"],
        );
        assert!(!browser.says("Marie"), "{}", browser.text());
        // Nothing that a form adds changes who is invited, and to be what.
        let form = browser.form("Accepter").with("role-administrator", "on").with("email", MARIE.email);
        let form = form.with("organisation", TOWN.id).with("firstName", "Mallory");
        let mut late = browser.tab();
        late.opens(browser.at().as_str()).await;
        browser.sends(&form).await;
        assert_eq!(browser.place(), "required-actions/update-password", "{}", browser.text());
        says_all(&browser, &["Étape 1 sur 2", "Question secrète"]);
        assert_eq!(browser.value("username").as_deref(), Some(PAUL.email));
        assert!(!browser.says("Utilisateurs") && !browser.says("Responsable légal"), "those are an administrator's");
        let proven = "SELECT first_name || ' ' || email FROM users WHERE email_verified_at IS NOT NULL ORDER BY 1";
        assert_eq!(
            world.database.texts(proven).await,
            [format!("Marie {}", MARIE.email), format!("Paul {}", PAUL.email)]
        );
        assert_eq!(world.roles(PAUL.email, &EXAMPLE).await, ["certification_agent declared", "user declared"]);
        assert_eq!(world.database.count("SELECT count(*) FROM sessions").await, 0, "no session before the end");

        // Used up: whoever presses again, or opens the link once more, is told so.
        late.presses("Accepter").await;
        assert_eq!(late.h1(), "Invitation acceptée");
        let mut again = opens(world, &PAUL).await;
        says_all(&again, &["Cette invitation de EXEMPLE SAS a été acceptée. Elle ne peut plus servir."]);
        assert!(again.page().buttons("").is_empty());
        again.opens_page("sign-in").await;
        assert_eq!((accounts(world, &PAUL).await, events(world, "invitation.accepted").await), (1, 1));

        browser.submits(&PAUL.new_password()).await.submits(&PAUL.secret_question()).await;
        assert_eq!(browser.place(), "applications", "{}", browser.text());
        assert!(comes_back(world, &PAUL).await.has_left());
    })
    .await;
}

#[tokio::test]
async fn sr_45_of_those_who_press_at_once_one_joins() {
    at_organisations(async |world| {
        invites(world, &PAUL, &["user"]).await;
        let mut browsers = Vec::new();
        for _ in 0..4 {
            browsers.push(opens(world, &PAUL).await);
        }
        let pressed = browsers.iter().map(async |browser| browser.posts(&browser.form("Accepter")).await);
        let answers = futures_of(pressed).await;
        let led_on = answers.iter().filter(|answer| answer.location().is_some_and(|to| to.contains("update-password")));
        assert_eq!(led_on.count(), 1);
        assert_eq!((accounts(world, &PAUL).await, events(world, "invitation.accepted").await), (1, 1));
        assert_eq!(world.database.count("SELECT count(*) FROM memberships").await, 2);
    })
    .await;
}

#[tokio::test]
async fn sr_47_scanners_open_an_invitation_as_often_as_they_like() {
    at_organisations(async |world| {
        invites(world, &PAUL, &["user"]).await;
        let mailed = link(&newest(world, &PAUL).await);
        let before = world.database.dump().await;
        for method in [Method::HEAD, Method::GET, Method::HEAD, Method::GET] {
            let mut browser = world.browser();
            let answer = browser.asks(&method, &mailed.parse().unwrap(), None, &[]).await;
            assert_eq!(answer.status, 303);
            // SR-48: the token leaves the address at once, and waits in a cookie.
            assert_eq!(answer.location(), Some("/realms/certinomis/invitation"), "{method}");
            assert_eq!(browser.cookies().value("__Host-guichet-link").is_some(), method == Method::GET);
            browser.opens_page("invitation").await;
            assert_eq!(browser.status(), if method == Method::GET { 200 } else { 404 });
        }
        assert_eq!(world.database.dump().await, before, "nothing changed");
        // SR-107: without the page's own form nothing is accepted.
        let mut forged = opens(world, &PAUL).await;
        forged.sends(&forged.form("Accepter").with("_form", "made-up")).await;
        assert_eq!((forged.status(), accounts(world, &PAUL).await), (403, 0));
        // SR-43: the database does not hold the token.
        let token = mailed.split_once("token=").unwrap().1.to_owned();
        let hex = crate::support::database::hex(&token);
        let dump = world.database.dump().await;
        assert!(!dump.contains(&token) && !dump.contains(&hex));
    })
    .await;
}

#[tokio::test]
async fn sr_64_an_account_of_the_address_joins_only_when_its_person_has_signed_in() {
    at_organisations(async |world| {
        among_persons(world, async || world.has(&PAUL).await).await;
        let mail = world.mails_to(PAUL.email).await.len();
        invites(world, &PAUL, &["user"]).await;
        assert_eq!(
            world.mails_to(PAUL.email).await.len(),
            mail + 1,
            "the form says nothing of his account, and asks alike"
        );
        let mut browser = opens(world, &PAUL).await;
        says_all(&browser, &["Un compte existe avec cette adresse.", "Se connecter", "Refuser"]);
        assert!(browser.page().form_of("Accepter", &std::collections::BTreeMap::new()).is_none());
        // Whoever has the link alone does not get in, whatever they send.
        let accept = browser.form("Se connecter").with("do", "accept");
        assert_eq!(browser.posts(&accept).await.status, 200);
        assert_eq!(world.roles(PAUL.email, &EXAMPLE).await, Vec::<String>::new());
        browser.reloads().await.presses("Se connecter").await;
        assert_eq!((browser.place(), browser.value("username").as_deref()), ("sign-in", Some(PAUL.email)));
        browser.submits(&[("password", "Mauvaise-Pioche-3")]).await;
        assert_eq!(browser.status(), 422);
        browser.submits(&PAUL.credentials()).await;
        assert_eq!(browser.place(), "invitation", "{}", browser.text());
        says_all(&browser, &["Session ouverte au nom de Paul Lefèvre."]);
        browser.presses("Accepter").await;
        assert_eq!((browser.status(), browser.h1().as_str()), (200, "Invitation acceptée"));
        assert_eq!(world.roles(PAUL.email, &EXAMPLE).await, ["user declared"]);
        assert_eq!(accounts(world, &PAUL).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_60_an_invitation_is_for_its_address_whoever_is_signed_in() {
    at_organisations(async |world| {
        let mut marie = activates(world, &MARIE).await;
        world.advance(minutes(1));
        world.administers(MARIE.email, &TOWN).await;
        marie.opens(&world.portal().asks().url()).await.presses("Suivant").await;
        assert_eq!(marie.place(), USERS, "{}", marie.text());
        marie.sends(&asks_for(&marie, &PAUL, &["user"])).await;
        // Marie opens the mail that she was not sent.
        marie.opens(&link(&newest(world, &PAUL).await)).await;
        assert_eq!(marie.status(), 409, "{}", marie.text());
        says_all(&marie, &["Une session est ouverte ici au nom de Marie Durand", "Fermer cette session et continuer"]);
        let accept = marie.form("Fermer cette session et continuer").with("do", "accept");
        assert_eq!(marie.posts(&accept).await.status, 409);
        assert_eq!(world.roles(MARIE.email, &TOWN).await.len(), 3, "hers are as they were");
        marie.reloads().await.presses("Fermer cette session et continuer").await;
        assert_eq!(world.database.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL").await, 0);
        marie.presses("Accepter").await;
        assert_eq!(marie.place(), "required-actions/update-password");
        assert_eq!(world.roles(PAUL.email, &TOWN).await, ["user declared"]);
    })
    .await;
}

#[tokio::test]
async fn sr_46_an_invitation_ends_after_seven_days_whether_anybody_cleans_or_not() {
    at_organisations(async |world| {
        let mut marie = invites(world, &PAUL, &["user"]).await;
        marie.presses("Terminer").await;
        newest(world, &PAUL).await;
        world.advance(days(7).saturating_sub(Duration::from_secs(1)));
        let mut browser = opens(world, &PAUL).await;
        assert_eq!(browser.status(), 200);
        let form = browser.form("Accepter");
        world.advance(Duration::from_secs(1));
        browser.presses("Accepter").await;
        assert_eq!((browser.status(), browser.h1().as_str()), (410, "Cette invitation a expiré"));
        says_all(
            &browser,
            &["était valable jusqu’au 10 mars 2026 à 14 h 12", "Demandez-en une autre à un administrateur"],
        );
        assert_eq!(browser.posts(&form).await.status, 410);
        assert_eq!(accounts(world, &PAUL).await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_invited_may_decline_and_that_is_that() {
    at_organisations(async |world| {
        invites(world, &PAUL, &["user"]).await;
        let mut browser = opens(world, &PAUL).await;
        browser.presses("Refuser").await;
        assert_eq!((browser.status(), browser.h1().as_str()), (200, "Invitation refusée"));
        assert_eq!((accounts(world, &PAUL).await, events(world, "invitation.refused").await), (0, 1));
        let mut again = opens(world, &PAUL).await;
        assert_eq!(again.h1(), "Invitation refusée");
        again.opens_page("sign-in").await;
        // He may be asked once more.
        let mut marie = comes_back(world, &MARIE).await;
        marie.sends(&asks_for(&marie, &PAUL, &["user"])).await;
        assert_eq!(opens(world, &PAUL).await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn sr_54_a_reminder_comes_once_two_days_ahead_and_its_link_takes_the_place_of_the_first() {
    at_organisations(async |world| {
        let mut marie = invites(world, &PAUL, &["user"]).await;
        marie.presses("Terminer").await;
        let first = newest(world, &PAUL).await;
        let remind = async |world: &World| world.node.house.remind_of_invitations().await.unwrap();
        world.advance(days(5).saturating_sub(Duration::from_secs(1)));
        assert_eq!(remind(world).await, 0);
        world.advance(Duration::from_secs(1));
        assert_eq!((remind(world).await, remind(world).await), (1, 0), "of several nodes one reminds, once");
        let second = newest(world, &PAUL).await;
        assert_eq!(second.subject.replace('\u{a0}', " "), "Plus que 2 jours pour activer votre compte");
        assert!(
            second.text.replace('\u{a0}', " ").contains("valable 2 jours, jusqu’au 10 mars 2026"),
            "{}",
            second.text
        );
        let mut browser = world.browser();
        browser.opens(&link(&first)).await;
        assert_eq!((browser.status(), browser.h1().as_str()), (410, "Un lien plus récent existe"));
        assert!(browser.says("Un message plus récent est parti le 8 mars 2026"), "{}", browser.text());
        browser.opens(&link(&second)).await.presses("Accepter").await;
        assert_eq!(browser.place(), "required-actions/update-password");
        world.advance(hours(1));
        assert_eq!((remind(world).await, events(world, "invitation.reminded").await), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_short_invitation_is_not_reminded_of() {
    at_organisations(async |world| {
        world.rewrites_realm(&[("[organisations]\n", "[organisations]\ninvitation = \"3d\"\n")]).await;
        invites(world, &PAUL, &["user"]).await;
        newest(world, &PAUL).await;
        world.advance(days(2));
        assert_eq!(world.node.house.remind_of_invitations().await.unwrap(), 0);
        assert_eq!(opens(world, &PAUL).await.status(), 200);
        world.advance(days(1));
        assert_eq!(opens(world, &PAUL).await.status(), 410);
    })
    .await;
}

#[tokio::test]
async fn sr_44_a_link_of_one_kind_is_none_of_another_and_realms_are_apart() {
    at_organisations(async |world| {
        invites(world, &PAUL, &["user"]).await;
        let mailed = link(&newest(world, &PAUL).await);
        world.adds_realm("autre").await;
        let mut browser = world.browser();
        for elsewhere in [
            mailed.replace("/invitation?", "/link?"),
            mailed.replace("/invitation?", "/email-change?"),
            mailed.replace(&format!("/realms/{REALM}/"), "/realms/autre/"),
        ] {
            browser.opens(&elsewhere).await;
            assert_eq!(browser.status(), 404, "{elsewhere}");
        }
        // And the other way round: the link of a registration is no invitation.
        let mut registers = world.browser();
        registers.opens(&world.portal().asks().url()).await;
        among_persons(world, async || PAUL.registers(&mut registers).await).await;
        let other = link(&world.mail_to(PAUL.email).await);
        browser.opens(&other.replace("/link?", "/invitation?")).await;
        assert_eq!((browser.status(), browser.h1().as_str()), (404, "Ce lien est incomplet"));
    })
    .await;
}

#[tokio::test]
async fn sr_68_a_closed_registration_closes_no_invitation() {
    at_organisations(async |world| {
        invites(world, &PAUL, &["user"]).await;
        world.rewrites_realm(&[("registration = \"verified-email\"\n", "")]).await;
        opens(world, &PAUL).await.presses("Accepter").await;
        assert_eq!(accounts(world, &PAUL).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_202_what_was_written_of_the_invited_goes_with_their_account() {
    at_organisations(async |world| {
        let mut marie = invites(world, &PAUL, &["user"]).await;
        let lea = Person { email: "lea@exemple.fr", ..PAUL };
        marie.sends(&asks_for(&marie, &lea, &["user"])).await;
        let mut browser = opens(world, &PAUL).await;
        browser.presses("Accepter").await.submits(&PAUL.new_password()).await.submits(&PAUL.secret_question()).await;
        browser.opens_page("account/close").await.presses("Fermer mon compte").await;
        world.advance(days(30));
        world.node.house.close_accounts().await.unwrap();
        let kept = "SELECT email FROM invitations";
        assert_eq!(world.database.texts(kept).await, [lea.email]);
    })
    .await;
}

/// Somebody who was issued an account, administers an organisation, and has just signed in.
async fn issued(world: &World, person: &Person) -> Browser {
    among_persons(world, async || asks_for_credentials(world, person).await).await;
    world.administers(person.email, &EXAMPLE).await;
    let credentials = Credentials::of(world, person).await;
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await.submits(&credentials.typed()).await;
    browser
}

#[tokio::test]
async fn where_identifiers_are_issued_the_invited_gets_one_and_an_address_may_be_two_peoples() {
    on_each_database(async |world| {
        issues(world).await;
        // Marie registers, and gets her identifier and her password by two mails.
        let mut marie = issued(world, &MARIE).await;
        says_all(&marie, &["Étape 1 sur 4", "Enregistrer et reprendre plus tard"]);
        marie.submits(&MARIE.new_password()).await.presses("Suivant").await;
        assert_eq!(marie.place(), USERS, "{}", marie.text());
        // Two people who share a mailbox are two; one of them twice is not.
        for (person, status) in [(&PAUL, 200), (&PAULA, 200), (&PAUL, 422)] {
            marie.sends(&asks_for(&marie, person, &["user"])).await;
            assert_eq!(marie.status(), status, "{}", marie.text());
        }
        let mut mails = world.mails_to(PAUL.email).await;
        let (paula, paul) = (mails.pop().unwrap(), mails.pop().unwrap());

        let mut browser = world.browser();
        browser.opens(&link(&paul)).await.presses("Accepter").await;
        assert!(browser.says("Étape 1 sur 2"), "{}", browser.text());
        let mails = world.mails_to(PAUL.email).await;
        let issued = mails.iter().rev().find_map(|mail| told(mail, "Votre identifiant")).unwrap();
        assert_eq!(browser.value("username"), Some(issued.clone()));
        browser.submits(&PAUL.new_password()).await.submits(&PAUL.secret_question()).await;
        assert_eq!(browser.place(), "applications");
        let mut back = world.browser();
        back.opens(&world.portal().asks().url()).await;
        assert!(back.submits(&[("username", &issued), ("password", PAUL.password)]).await.has_left());

        // Paula's mail goes to the same box: whose account is there already, she knows, and we do not.
        let mut browser = world.browser();
        browser.opens(&link(&paula)).await;
        says_all(&browser, &["J’ai déjà un compte", "Créer mon compte", "Refuser", "Paula Lefèvre"]);
        let mut other = browser.tab();
        other.opens_page("invitation").await.presses("J’ai déjà un compte").await;
        assert_eq!((other.place(), other.value("username").as_deref()), ("sign-in", Some("")));
        browser.presses("Créer mon compte").await;
        assert_eq!(browser.place(), "required-actions/update-password", "{}", browser.text());
        assert_eq!(accounts(world, &PAUL).await, 2);
        assert_ne!(browser.value("username"), Some(issued));
    })
    .await;
}

#[tokio::test]
async fn where_addresses_are_shared_whoever_has_an_account_may_join_with_it() {
    on_each_database(async |world| {
        issues(world).await;
        let mut paul = issued(world, &PAUL).await;
        paul.submits(&PAUL.new_password()).await.presses("Suivant").await;
        // A colleague who reads the same mailbox is invited, and has nothing yet; Paul's own account is known by names.
        paul.sends(&asks_for(&paul, &PAULA, &["administrator"])).await;
        assert_eq!(paul.status(), 200, "{}", paul.text());
        paul.presses("Terminer").await.submits(&PAUL.secret_question()).await;
        assert!(paul.has_left());
        // Signed in, he would join with his own account: the organisation knows him already, with one role more.
        paul.opens(&link(&newest(world, &PAULA).await)).await;
        assert!(paul.says("Session ouverte au nom de Paul Lefèvre."), "{}", paul.text());
        paul.presses("Accepter").await;
        assert_eq!(paul.h1(), "Invitation acceptée");
        assert_eq!(accounts(world, &PAUL).await, 1);
    })
    .await;
}
