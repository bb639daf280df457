//! Organisations in the account: what members see, what administrators change, and who stays (SR-106, SR-185, SR-191).

mod leaving;
mod people;

use guichet::clock::{Duration, minutes};

use super::signed_in;
use crate::journeys::chambersign::says_all;
use crate::support::browser::Browser;
use crate::support::organisations::{EXAMPLE, Entity, TOWN};
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, on_each_database};

/// A third person.
pub(super) const LEA: Person =
    Person { first_name: "Léa", last_name: "Martin", email: "lea.martin@exemple.fr", ..MARIE };

/// A page of an organisation.
pub(super) fn page_of(entity: &Entity, page: &str) -> String {
    let below = if page.is_empty() { String::new() } else { format!("/{page}") };
    format!("account/organisations/{}{below}", entity.id)
}

/// Told where Marie administers an organisation, Paul is its user, and Léa has an account.
pub(super) async fn at_organisation(story: impl AsyncFn(&mut World)) {
    on_each_database(async |world| {
        for person in [&MARIE, &PAUL, &LEA] {
            world.has(person).await;
        }
        world.rewrites_realm(&[("[sessions]\n", "[organisations]\nfax = true\n\n[sessions]\n")]).await;
        world.administers(MARIE.email, &EXAMPLE).await;
        world.is_settled(&EXAMPLE).await;
        world.joins(PAUL.email, &EXAMPLE, "user").await;
        story(world).await;
    })
    .await;
}

/// What they call the role that is told in a row.
pub(super) async fn gets(world: &World, email: &str, entity: &Entity, role: &str, state: &str) {
    let (id, now) = (world.uuid(entity.id), world.now().millis());
    let statement = format!(
        "INSERT INTO organisation_roles (organisation_id, user_id, role, state, declared_at, changed_at)
        SELECT {id}, id, '{role}', '{state}', {now}, {now} FROM users WHERE email = '{email}'"
    );
    assert_eq!(world.database.execute(&statement).await, 1, "{statement}");
}

/// The page of that member.
pub(super) async fn at_member(browser: &mut Browser, entity: &Entity, person: &Person) {
    browser.opens_page(&page_of(entity, "users")).await;
    browser.follows(&format!("Modifier {} {}", person.first_name, person.last_name)).await;
    assert_eq!(browser.status(), 200, "{}", browser.text());
}

#[tokio::test]
async fn a_member_sees_the_organisation_their_own_roles_and_who_administers_it() {
    at_organisation(async |world| {
        world.joins(LEA.email, &EXAMPLE, "certification_agent").await;
        let (mut paul, _) = signed_in(world, &PAUL).await;
        paul.opens_page("account").await;
        says_all(&paul, &["Mon organisation", "EXEMPLE SAS"]);
        paul.follows("Voir Mon organisation").await;
        assert_eq!((paul.place().to_owned(), paul.h1()), (page_of(&EXAMPLE, ""), "EXEMPLE SAS".to_owned()));
        says_all(
            &paul,
            &[
                "SIRET000 001 016 00013",
                "31 rue des Lilas",
                "Saisi dans ce compte",
                "Utilisateur déclaré le 3 mars 2026",
                "Marie Durand",
            ],
        );
        for other in [MARIE.email, LEA.last_name, LEA.email, "Mandataire", "Modifier"] {
            assert!(!paul.says(other), "{other}: {}", paul.text());
        }
        for page in ["details", "contacts", "users", "invitations", "requests"] {
            paul.opens_page(&page_of(&EXAMPLE, page)).await;
            assert_eq!(paul.status(), 403, "{page}");
            says_all(&paul, &["Seuls les administrateurs de cette organisation peuvent faire cela."]);
        }
    })
    .await;
}

#[tokio::test]
async fn somebody_may_act_for_several_organisations_and_for_none() {
    at_organisation(async |world| {
        world.administers(PAUL.email, &TOWN).await;
        let (mut paul, _) = signed_in(world, &PAUL).await;
        paul.opens_page("account").await;
        says_all(&paul, &["Mes organisations", "2 organisations"]);
        paul.follows("Voir Mes organisations").await;
        says_all(&paul, &["EXEMPLE SAS", "MAIRIE D’EXEMPLE", "000 001 024 00017", "Administrateur"]);
        let (mut lea, _) = signed_in(world, &LEA).await;
        lea.opens_page("account").await;
        assert!(!lea.says("rganisation"), "{}", lea.text());
        lea.opens_page("account/organisations").await;
        says_all(&lea, &["Vous n’appartenez à aucune organisation."]);
    })
    .await;
}

#[tokio::test]
async fn sr_106_an_organisation_that_somebody_does_not_belong_to_has_no_page_for_them() {
    at_organisation(async |world| {
        world.administers(LEA.email, &TOWN).await;
        let (mut lea, _) = signed_in(world, &LEA).await;
        lea.opens_page(&page_of(&TOWN, "details")).await;
        let form = lea.form("Enregistrer").with("organisation", "À MOI SAS");
        for page in ["", "details", "contacts", "users", "invitations", "requests"] {
            lea.opens_page(&page_of(&EXAMPLE, page)).await;
            assert_eq!(lea.status(), 404, "{page}");
            assert_eq!(lea.posts(&form).await.status, if page == "users" || page == "requests" { 405 } else { 403 });
        }
        for odd in ["unheard-of", "0", "%2e%2e", "0199a2b4-0000-7000-8000-0000000000ff"] {
            lea.opens_page(&format!("account/organisations/{odd}")).await;
            assert_eq!(lea.status(), 404, "{odd}");
        }
        let name = "SELECT count(*) FROM organisations WHERE details LIKE '%À MOI%'";
        assert_eq!(world.database.count(name).await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_changes_what_an_organisation_says_and_what_it_said_is_kept() {
    at_organisation(async |world| {
        let (mut marie, _) = signed_in(world, &MARIE).await;
        marie.opens_page(&page_of(&EXAMPLE, "")).await.follows("Modifier les informations").await;
        says_all(&marie, &["SIRET000 001 016 00013", "ne se modifient pas ici : écrivez à l’assistance"]);
        assert!(marie.value("organisation-number").is_none() && marie.value("country").is_none());
        assert_eq!(marie.value("organisation").as_deref(), Some("EXEMPLE SAS"));
        // What is missing is said, and what was typed stays.
        marie.submits(&[("organisation", " "), ("town", "Roubaix"), ("postal-code", "591"), ("fax", "12")]).await;
        assert_eq!(marie.status(), 422);
        assert_eq!(marie.value("town").as_deref(), Some("Roubaix"));
        for (field, words) in [
            ("organisation", "Entrez le nom de votre entité"),
            ("postal-code", "Un code postal français compte 5 chiffres"),
            ("department", "Choisissez le département"),
            ("organisation-phone", "Entrez un numéro de téléphone"),
            ("fax", "Entrez un numéro de téléphone, comme 03 20 20 20 20 ou +33 3 20 20 20 20"),
        ] {
            assert_eq!(marie.field_error(field).as_deref(), Some(words), "{field}");
        }
        let mut stale = marie.tab();
        stale.opens_page(&page_of(&EXAMPLE, "details")).await;
        let late = stale.form("Enregistrer").with("organisation", "TROP TARD SAS");
        let good = [
            ("organisation", "EXEMPLE ET FILLES"),
            ("organisation-kind", "association"),
            ("postal-code", "59100"),
            ("department", "59"),
            ("organisation-phone", "03 20 20 20 20"),
            ("fax", ""),
        ];
        world.advance(Duration::from_secs(1));
        marie.submits(&good).await;
        assert_eq!(marie.notice().as_deref(), Some("Informations enregistrées."), "{}", marie.text());
        says_all(&marie, &["EXEMPLE ET FILLES", "Association", "59100 Roubaix", "Nord", "+33 3 20 20 20 20"]);
        let kept = "SELECT details FROM organisation_history WHERE changed_by IS NOT NULL";
        let kept = world.database.texts(kept).await;
        assert!(matches!(kept.as_slice(), [one] if one.contains("EXEMPLE SAS")), "{kept:?}");
        // Whoever had the page open is not told that theirs was saved, and writes the newer one over knowingly.
        world.advance(Duration::from_secs(1));
        let late =
            late.with("department", "59").with("postal-code", "59000").with("organisation-phone", "03 20 20 20 20");
        stale.sends(&late).await;
        assert_eq!(world.database.count("SELECT count(*) FROM organisation_history").await, 2);
        let (mut paul, _) = signed_in(world, &PAUL).await;
        paul.opens_page("account/activity").await;
        assert!(!paul.says("Informations de l’organisation modifiées"));
        marie.opens_page("account/activity").await;
        says_all(&marie, &["Informations de l’organisation modifiées"]);
    })
    .await;
}

#[tokio::test]
async fn sr_104_what_administrators_do_takes_a_recent_sign_in_and_keeps_what_was_typed() {
    at_organisation(async |world| {
        let (mut marie, _) = signed_in(world, &MARIE).await;
        marie.opens_page(&page_of(&EXAMPLE, "details")).await;
        world.advance(minutes(6));
        marie.submits(&[("organisation", "EXEMPLE ET FILLES")]).await;
        assert_eq!(marie.place(), "sign-in", "{}", marie.text());
        assert_eq!(world.database.count("SELECT count(*) FROM organisation_history").await, 0);
        marie.submits(&[("password", MARIE.password)]).await;
        assert_eq!(marie.place(), page_of(&EXAMPLE, "details"), "{}", marie.text());
        assert_eq!(marie.value("organisation").as_deref(), Some("EXEMPLE ET FILLES"));
        world.advance(minutes(6));
        for page in ["users", "contacts", "invitations", "requests"] {
            marie.opens_page(&page_of(&EXAMPLE, page)).await;
            assert_eq!(marie.place(), "sign-in", "{page}");
        }
        // Reading one's own organisation takes none.
        marie.opens_page(&page_of(&EXAMPLE, "")).await;
        assert_eq!(marie.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn contacts_are_replaced_and_who_is_named_by_another_is_told() {
    at_organisation(async |world| {
        let (mut marie, _) = signed_in(world, &MARIE).await;
        marie.opens_page(&page_of(&EXAMPLE, "")).await;
        says_all(&marie, &["Responsable légal de l’entitéÀ désigner", "Contact facturation de l’entitéPersonne"]);
        marie.follows("Modifier les contacts").await;
        let named = marie
            .form("Enregistrer")
            .with("legal", "other")
            .with("legal-firstName", "Hélène")
            .with("legal-lastName", "Marchand")
            .with("legal-email", "helene.marchand@exemple.fr")
            .with("administrative", "me")
            .with("billing", "nobody");
        marie.sends(&named.clone().with("legal", "nobody")).await;
        assert_eq!(marie.field_error("legal").as_deref(), Some("Choisissez une réponse"), "{}", marie.text());
        let named = marie.form("Enregistrer").with("legal", "other").with("legal-firstName", "Hélène");
        let named = named.with("legal-lastName", "Marchand").with("legal-email", "helene.marchand@exemple.fr");
        marie.sends(&named.with("administrative", "me").with("billing", "nobody")).await;
        assert_eq!(marie.notice().as_deref(), Some("Contacts enregistrés."), "{}", marie.text());
        says_all(&marie, &["Hélène Marchand", "Contact administratif de l’entitéMarie Durand"]);
        let told = world.mails_to("helene.marchand@exemple.fr").await;
        assert_eq!(told.len(), 1, "GDPR, article 14");
        // Another administrator changes one line: the others stay as they were, and nobody is told twice.
        gets(world, PAUL.email, &EXAMPLE, "administrator", "declared").await;
        let (mut paul, _) = signed_in(world, &PAUL).await;
        paul.opens_page(&page_of(&EXAMPLE, "contacts")).await;
        paul.sends(&paul.form("Enregistrer").with("billing", "me")).await;
        assert_eq!(paul.notice().as_deref(), Some("Contacts enregistrés."), "{}", paul.text());
        assert_eq!(world.mails_to("helene.marchand@exemple.fr").await.len(), 1);
        let of = |email: &str| {
            format!(
                "SELECT c.kind FROM organisation_contacts c JOIN users u ON u.id = c.user_id WHERE u.email = '{email}'"
            )
        };
        assert_eq!(world.database.texts(&of(MARIE.email)).await, ["administrative"]);
        assert_eq!(world.database.texts(&of(PAUL.email)).await, ["billing"]);
        assert!(world.roles(PAUL.email, &EXAMPLE).await.contains(&"billing_contact declared".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn others_are_invited_invited_again_and_not_after_all() {
    at_organisation(async |world| {
        let (mut marie, _) = signed_in(world, &MARIE).await;
        marie.opens_page(&page_of(&EXAMPLE, "users")).await.follows("Inviter quelqu’un").await;
        for (email, words) in [(MARIE.email, "refusal"), (PAUL.email, "refusal")] {
            let form = marie.form("Envoyer l’invitation").with("firstName", "P").with("lastName", "L");
            marie.sends(&form.with("email", email).with("role-user", "on")).await;
            assert_eq!(marie.status(), 422, "{words}");
            assert!(marie.field_error("email").is_some(), "{}", marie.text());
        }
        let invite = marie.form("Envoyer l’invitation");
        let invite = LEA.registration().into_iter().fold(invite, |form, (name, value)| form.with(name, value));
        marie.sends(&invite.with("role-user", "on")).await;
        assert_eq!(marie.notice().as_deref(), Some("L’invitation est partie."), "{}", marie.text());
        says_all(&marie, &["Léa Martin", LEA.email]);
        let first = world.mail_to(LEA.email).await;
        world.advance(Duration::from_secs(1));
        marie.presses("Renvoyer l’invitation Léa Martin").await;
        let second = world.mail_to(LEA.email).await;
        assert_ne!(first.links, second.links);
        marie.presses("Retirer Léa Martin").await;
        assert_eq!(marie.notice().as_deref(), Some("Invitation retirée : son lien ne sert plus."));
        let mut lea = world.browser();
        lea.opens(&crate::support::world::link(&second)).await;
        assert!(!lea.says("Accepter"), "{}", lea.text());
        // One of another organisation is nobody's here.
        let id = marie.opens_page(&page_of(&EXAMPLE, "invitations")).await.form("Envoyer l’invitation");
        let again = LEA.registration().into_iter().fold(id, |form, (name, value)| form.with(name, value));
        marie.sends(&again.with("role-user", "on")).await;
        let theirs = marie.value("invitation").unwrap();
        world.administers(PAUL.email, &TOWN).await;
        let (mut paul, _) = signed_in(world, &PAUL).await;
        paul.opens_page(&page_of(&TOWN, "invitations")).await;
        for act in ["withdraw", "resend"] {
            let form = paul.form("Envoyer l’invitation").with("do", act).with("invitation", &theirs);
            assert_eq!(paul.posts(&form).await.status, 303);
        }
        let open = "SELECT count(*) FROM invitations WHERE withdrawn_at IS NULL AND former_token IS NULL";
        assert_eq!(world.database.count(open).await, 1);
    })
    .await;
}
