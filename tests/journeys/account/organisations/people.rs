//! Members: roles given and withdrawn, people removed, and an administrator who always stays (SR-184, SR-185, SR-191).

use guichet::clock::Duration;

use super::{LEA, at_member, at_organisation, gets, page_of};
use crate::journeys::account::signed_in;
use crate::journeys::chambersign::says_all;
use crate::support::organisations::EXAMPLE;
use crate::support::people::{MARIE, PAUL};
use crate::support::world::World;

async fn administrators(world: &World) -> i64 {
    let text = "SELECT count(*) FROM organisation_roles WHERE role = 'administrator' AND state <> 'revoked'";
    world.database.count(text).await
}

#[tokio::test]
async fn sr_184_roles_are_given_and_withdrawn_and_verified_by_nobody_here() {
    at_organisation(async |world| {
        gets(world, PAUL.email, &EXAMPLE, "certification_agent", "verified").await;
        let (mut marie, _) = signed_in(world, &MARIE).await;
        at_member(&mut marie, &EXAMPLE, &PAUL).await;
        says_all(&marie, &["Paul Lefèvre", "Mandataire vérifié par l’autorité le 3 mars 2026"]);
        let given = marie.form("Enregistrer").with("role-billing_contact", "on").without("role-certification_agent");
        marie.sends(&given).await;
        assert_eq!(marie.place(), page_of(&EXAMPLE, "users"), "{}", marie.text());
        let roles = ["billing_contact declared", "certification_agent revoked", "user declared"];
        assert_eq!(world.roles(PAUL.email, &EXAMPLE).await, roles);
        let mail = world.mail_to(PAUL.email).await;
        assert_eq!(mail.subject, "Votre rattachement à EXEMPLE SAS");
        assert!(mail.text.contains("Contact facturation") && mail.text.contains("Utilisateur"), "{}", mail.text);
        assert!(!mail.text.contains("Mandataire") && !mail.text.contains("Marie"), "{}", mail.text);
        // Given anew, it is a declaration again.
        at_member(&mut marie, &EXAMPLE, &PAUL).await;
        marie.sends(&marie.form("Enregistrer").with("role-certification_agent", "on")).await;
        assert!(world.roles(PAUL.email, &EXAMPLE).await.contains(&"certification_agent declared".to_owned()));
        // What the realm does not let administrators give is kept where it is, and not given.
        world.rewrites_realm(&[("fax = true\n", "fax = true\nroles = [\"administrator\", \"user\"]\n")]).await;
        at_member(&mut marie, &EXAMPLE, &PAUL).await;
        let form = marie.form("Enregistrer").with("role-legal_representative", "on");
        assert_eq!(marie.posts(&form).await.status, 400);
        let (paul, none) = (world.roles(PAUL.email, &EXAMPLE).await, "legal_representative declared".to_owned());
        assert!(!paul.contains(&none) && paul.contains(&"certification_agent declared".to_owned()), "{paul:?}");
        // Nothing changed: nobody is written to.
        let mails = world.mails_to(PAUL.email).await.len();
        marie.presses("Enregistrer").await;
        assert_eq!(world.mails_to(PAUL.email).await.len(), mails);
    })
    .await;
}

#[tokio::test]
async fn somebody_removed_from_an_organisation_is_told_and_keeps_their_account() {
    at_organisation(async |world| {
        let (mut paul, _) = signed_in(world, &PAUL).await;
        paul.opens_page(&page_of(&EXAMPLE, "")).await;
        let leave = paul.form("Quitter l’organisation");
        let (mut marie, _) = signed_in(world, &MARIE).await;
        at_member(&mut marie, &EXAMPLE, &PAUL).await;
        marie.presses("Retirer de l’organisation Paul Lefèvre").await;
        says_all(&marie, &["La personne n’appartient plus à l’organisation."]);
        assert!(world.roles(PAUL.email, &EXAMPLE).await.is_empty());
        let mail = world.mail_to(PAUL.email).await;
        assert_eq!(mail.subject, "Votre rattachement à EXEMPLE SAS");
        assert!(mail.text.contains("vous a retiré de son compte client"), "{}", mail.text);
        assert_eq!(paul.posts(&leave).await.status, 404);
        paul.opens_page("account").await;
        assert!(paul.status() == 200 && !paul.says("EXEMPLE SAS"), "{}", paul.text());
        let told = "SELECT count(*) FROM events WHERE name = 'membership.removed' AND content LIKE '%organisation %'";
        assert_eq!(world.database.count(told).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_191_the_last_administrator_neither_leaves_nor_loses_the_role() {
    at_organisation(async |world| {
        let (mut marie, _) = signed_in(world, &MARIE).await;
        marie.opens_page(&page_of(&EXAMPLE, "")).await;
        says_all(&marie, &["nommez d’abord un autre administrateur"]);
        assert!(marie.page().buttons("Quitter").is_empty());
        // Nor by a form that was made when there were two.
        gets(world, PAUL.email, &EXAMPLE, "administrator", "declared").await;
        marie.reloads().await;
        let leave = marie.form("Quitter l’organisation");
        at_member(&mut marie, &EXAMPLE, &MARIE).await;
        assert!(marie.page().buttons("Retirer de l’organisation").is_empty(), "oneself");
        let step_down = marie.form("Enregistrer").without("role-administrator");
        let (mut paul, _) = signed_in(world, &PAUL).await;
        at_member(&mut paul, &EXAMPLE, &PAUL).await;
        paul.sends(&paul.form("Enregistrer").without("role-administrator")).await;
        says_all(&paul, &["Vous n’administrez plus cette organisation."]);
        marie.sends(&step_down).await;
        assert_eq!(marie.status(), 422);
        let words = "Nommez d’abord un autre administrateur : une organisation en a toujours un";
        assert_eq!(marie.field_error("roles").as_deref(), Some(words), "{}", marie.text());
        marie.opens_page(&page_of(&EXAMPLE, "")).await;
        marie.sends(&leave).await;
        assert_eq!((marie.status(), marie.error_summary()), (422, vec![words.to_owned()]));
        assert_eq!(world.roles(MARIE.email, &EXAMPLE).await, ["administrator declared"]);
        // A successor named, she goes.
        at_member(&mut marie, &EXAMPLE, &PAUL).await;
        marie.sends(&marie.form("Enregistrer").with("role-administrator", "on")).await;
        marie.opens_page(&page_of(&EXAMPLE, "")).await.presses("Quitter l’organisation").await;
        assert_eq!(marie.notice().as_deref(), Some("Vous avez quitté l’organisation."), "{}", marie.text());
        assert!(world.roles(MARIE.email, &EXAMPLE).await.is_empty());
        assert_eq!(administrators(world).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_191_of_two_administrators_who_remove_each_other_at_once_one_stays() {
    at_organisation(async |world| {
        gets(world, PAUL.email, &EXAMPLE, "administrator", "declared").await;
        let ((mut marie, _), (mut paul, _)) = (signed_in(world, &MARIE).await, signed_in(world, &PAUL).await);
        at_member(&mut marie, &EXAMPLE, &PAUL).await;
        at_member(&mut paul, &EXAMPLE, &MARIE).await;
        let hers = marie.form("Retirer de l’organisation Paul Lefèvre");
        let his = paul.form("Retirer de l’organisation Marie Durand");
        let (first, second) = tokio::join!(marie.posts(&hers), paul.posts(&his));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 404], "one is gone before the other's word counts");
        assert_eq!(administrators(world).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_191_of_two_administrators_who_step_down_at_once_one_stays() {
    at_organisation(async |world| {
        gets(world, PAUL.email, &EXAMPLE, "administrator", "declared").await;
        let ((mut marie, _), (mut paul, _)) = (signed_in(world, &MARIE).await, signed_in(world, &PAUL).await);
        at_member(&mut marie, &EXAMPLE, &MARIE).await;
        paul.opens_page(&page_of(&EXAMPLE, "")).await;
        let hers = marie.form("Enregistrer").without("role-administrator");
        let his = paul.form("Quitter l’organisation");
        let (first, second) = tokio::join!(marie.posts(&hers), paul.posts(&his));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        assert_eq!(administrators(world).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_185_an_open_page_of_a_former_administrator_does_nothing() {
    at_organisation(async |world| {
        gets(world, PAUL.email, &EXAMPLE, "administrator", "declared").await;
        world.joins(LEA.email, &EXAMPLE, "user").await;
        let (mut paul, _) = signed_in(world, &PAUL).await;
        paul.opens_page(&page_of(&EXAMPLE, "details")).await;
        let details = paul.form("Enregistrer").with("department", "59").with("organisation-phone", "03 20 20 20 20");
        let mut contacts = paul.tab();
        contacts.opens_page(&page_of(&EXAMPLE, "contacts")).await;
        let named = contacts.form("Enregistrer").with("legal", "me").with("administrative", "me");
        let mut invitations = paul.tab();
        invitations.opens_page(&page_of(&EXAMPLE, "invitations")).await;
        let invite = invitations.form("Envoyer l’invitation").with("email", "x@exemple.fr").with("firstName", "X");
        let mut member = paul.tab();
        at_member(&mut member, &EXAMPLE, &LEA).await;
        let remove = member.form("Retirer de l’organisation Léa Martin");

        let (mut marie, _) = signed_in(world, &MARIE).await;
        at_member(&mut marie, &EXAMPLE, &PAUL).await;
        world.advance(Duration::from_secs(1));
        marie.sends(&marie.form("Enregistrer").without("role-administrator")).await;
        let before = world.database.dump().await;
        let kept = |dump: &str| {
            let of_it = |line: &&str| line.starts_with("organisation") || line.starts_with("memberships");
            dump.lines().filter(of_it).map(ToOwned::to_owned).collect::<Vec<_>>()
        };
        for (browser, form) in
            [(&paul, &details), (&contacts, &named), (&invitations, &invite.with("lastName", "Y")), (&member, &remove)]
        {
            let answer = browser.posts(form).await;
            assert_eq!(answer.status, 403, "{}", browser.place());
        }
        assert_eq!(kept(&world.database.dump().await), kept(&before));
        assert_eq!(world.database.count("SELECT count(*) FROM invitations").await, 0);
    })
    .await;
}
