//! DOMAIN.md §9.1 to §9.3, UX.md P9: an activation, step by step: password, contacts, users, questions.

use guichet::clock::{Duration, hours, minutes};

use super::chambersign::says_all;
use crate::support::browser::Browser;
use crate::support::client_app::parameter;
use crate::support::organisations::{EXAMPLE, TOWN};
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, on_each_database};

pub(super) const PASSWORD: &str = "required-actions/update-password";
pub(super) const CONTACTS: &str = "required-actions/designate-contacts";
pub(super) const USERS: &str = "required-actions/invite-users";
pub(super) const QUESTION: &str = "required-actions/set-secret-question";

/// Whom somebody else names.
const HELENE: &str = "helene.marchand@exemple.fr";

/// The realm takes organisations, whose administrators owe what the seed asks; people sign in with their address.
pub(crate) async fn takes_organisations(world: &mut World) {
    let four = "\"update_password\", \"designate_contacts\", \"invite_users\", \"set_secret_question\"]";
    world
        .rewrites_realm(&[
            ("\"update_password\", \"set_secret_question\"]", four),
            ("[sessions]\n", "[organisations]\n\n[sessions]\n"),
        ])
        .await;
}

/// The same, with identifiers and temporary passwords.
pub(crate) async fn issues(world: &mut World) {
    takes_organisations(world).await;
    world
        .rewrites_realm(&[
            ("registration = \"verified-email\"", "registration = \"issued-credentials\""),
            ("[\"verify_email\", ", "["),
            ("[organisations]\n", "[issued_credentials]\ntemporary_password = \"72h\"\n\n[organisations]\n"),
        ])
        .await;
}

/// Something that happens while the realm takes persons only.
pub(crate) async fn among_persons<T>(world: &World, happens: impl AsyncFnOnce() -> T) -> T {
    let with = world.files().clone();
    if !with.files["realm.toml"].contains("\n[issued_credentials]") {
        return world.among_persons(happens).await;
    }
    let mut without = with.clone();
    let realm = without.files.get_mut("realm.toml").unwrap();
    let (before, after) = realm.split_once("[organisations]\n").unwrap();
    let after = after.split_once("[sessions]\n").unwrap().1;
    *realm = format!("{before}[sessions]\n{after}").replace("\"designate_contacts\", \"invite_users\", ", "");
    assert!(world.node.house.apply(&[without], "story").await.unwrap().is_ok());
    let happened = happens().await;
    assert!(world.node.house.apply(&[with], "story").await.unwrap().is_ok());
    happened
}

async fn at_activation(story: impl AsyncFn(&mut World)) {
    on_each_database(async |world| {
        takes_organisations(world).await;
        story(world).await;
    })
    .await;
}

/// A browser of somebody who has just confirmed an address, and administers an organisation from then on.
async fn begins(world: &World, person: &Person) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    among_persons(world, async || {
        person.registers(&mut browser).await;
        person.confirms(world, &mut browser).await;
    })
    .await;
    world.administers(person.email, &EXAMPLE).await;
    browser.follows("Continuer").await;
    assert_eq!(browser.place(), PASSWORD, "{}", browser.text());
    browser
}

/// The same, before the contacts.
async fn before_contacts(world: &World, person: &Person) -> Browser {
    let mut browser = begins(world, person).await;
    browser.submits(&person.new_password()).await;
    assert_eq!(browser.place(), CONTACTS, "{}", browser.text());
    browser
}

/// The same, before the users.
pub(crate) async fn before_users(world: &World, person: &Person) -> Browser {
    let mut browser = before_contacts(world, person).await;
    browser.presses("Suivant").await;
    assert_eq!(browser.place(), USERS, "{}", browser.text());
    browser
}

/// From the first step to the portal.
pub(crate) async fn activates(world: &World, person: &Person) -> Browser {
    let mut browser = before_users(world, person).await;
    browser.presses("Terminer").await;
    browser.submits(&person.secret_question()).await;
    assert!(browser.has_left(), "{}", browser.text());
    browser
}

/// Signs in for the portal, in a browser that nobody used.
pub(crate) async fn comes_back(world: &World, person: &Person) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await.submits(&person.credentials()).await;
    browser
}

/// Which of how many steps the bar says.
fn bar(browser: &Browser) -> String {
    let text = browser.text();
    let start = text.find("Étape ").unwrap_or_else(|| panic!("no bar on:\n{text}"));
    text[start..].chars().take(13).collect::<String>().trim().to_owned()
}

async fn contacts(world: &World) -> Vec<String> {
    let all = "SELECT kind || ' ' || first_name || ' ' || last_name || ' ' || coalesce(email, '-') || ' '
        || CASE WHEN user_id IS NULL THEN 'named' ELSE 'me' END || ' ' || CASE WHEN told_at IS NULL THEN '-' ELSE 'told' END
        FROM organisation_contacts ORDER BY kind";
    world.database.texts(all).await
}

async fn settled(world: &World) -> (i64, i64) {
    let count = async |column| {
        world.database.count(&format!("SELECT count(*) FROM organisations WHERE {column} IS NOT NULL")).await
    };
    (count("contacts_at").await, count("users_at").await)
}

#[tokio::test]
async fn the_four_steps_of_the_seed_lead_to_the_portal_and_none_can_be_left_out() {
    at_activation(async |world| {
        let mut browser = begins(world, &MARIE).await;
        says_all(&browser, &["Activez votre compte.", "Bienvenue. Il reste environ 4 minutes.", "Étape 1 sur 4"]);
        says_all(&browser, &["Mot de passe", "Responsable légal", "Utilisateurs", "Question secrète"]);
        assert!(!browser.says("Enregistrer et reprendre plus tard"), "without a password there is no way back");
        browser.submits(&MARIE.new_password()).await;

        assert_eq!((browser.place(), browser.h1().as_str()), (CONTACTS, "Responsable légal et contacts"));
        says_all(
            &browser,
            &["Étape 2 sur 4", "EXEMPLE SAS", "Marie Durand", MARIE.email, "C’est moi", "Autre personne"],
        );
        says_all(&browser, &["Contact administratif de l’entité (facultatif)", "Contact facturation de l’entité"]);
        assert!(!browser.says("Bienvenue."), "said once");
        assert_eq!(["legal", "administrative", "billing"].map(|name| browser.value(name).unwrap()), ["me"; 3]);
        // SR-73: no other page of the journey leads past it, and the protocol's door does not either.
        for page in [USERS, QUESTION, "go-on", "protocol/openid-connect/auth/resume"] {
            let mut tab = browser.tab();
            let there = browser.at().as_str().replace(CONTACTS, page);
            assert_eq!(tab.opens(&there).await.place(), CONTACTS, "{page}");
        }
        browser.presses("Suivant").await;

        assert_eq!((browser.place(), browser.h1().as_str()), (USERS, "Utilisateurs"));
        says_all(
            &browser,
            &["Étape 3 sur 4", "Prénom Nom", "Rôle(s)", "Ajout d’un utilisateur", "RC serveur", "Mandataire"],
        );
        says_all(&browser, &["Marie Durand", "Responsable légal, Administrateur, Contact facturation"]);
        assert_eq!(world.database.count("SELECT count(*) FROM sessions").await, 0);
        browser.presses("Terminer").await;

        assert_eq!((browser.place(), bar(&browser)), (QUESTION, "Étape 4 sur 4".to_owned()));
        browser.submits(&MARIE.secret_question()).await;
        assert!(parameter(browser.left_for(), "code").is_some());
        let me = |kind: &str| format!("{kind} Marie Durand {} me -", MARIE.email);
        assert_eq!(contacts(world).await, [me("administrative"), me("billing"), me("legal")]);
        assert_eq!(settled(world).await, (1, 1));
        let roles = ["administrator declared", "billing_contact declared", "legal_representative declared"];
        assert_eq!(world.roles(MARIE.email, &EXAMPLE).await, roles);
        assert_eq!(world.mails_to(MARIE.email).await.len(), 1, "whoever names themselves is told nothing");
        // Asked once.
        assert!(comes_back(world, &MARIE).await.has_left());
    })
    .await;
}

#[tokio::test]
async fn the_steps_are_told_in_english_too() {
    at_activation(async |world| {
        let browser = before_contacts(world, &MARIE).await;
        let mut browser = browser.in_language("en");
        let there = format!("{}&lang=en", browser.at());
        browser.opens(&there).await;
        assert_eq!(browser.h1(), "Legal representative and contacts");
        says_all(&browser, &["Activate your account.", "Step 2 of 4", "It is me", "Someone else", "Nobody for now"]);
        browser.presses("Next").await;
        says_all(&browser, &["Users", "Add a user", "Certification agent", "Finish", "Save and continue later"]);
    })
    .await;
}

#[tokio::test]
async fn somebody_else_who_is_named_is_told_so_by_one_mail() {
    at_activation(async |world| {
        let mut browser = before_contacts(world, &MARIE).await;
        let helene = [
            ("legal", "other"),
            ("legal-firstName", "Hélène"),
            ("legal-lastName", "Marchand"),
            ("legal-email", HELENE),
            ("billing", "legal"),
            ("administrative", "other"),
            ("administrative-firstName", "Noé"),
            ("administrative-lastName", "Petit"),
        ];
        browser.submits(&helene).await;
        assert_eq!(browser.place(), USERS, "{}", browser.text());
        let told = |kind: &str| format!("{kind} Hélène Marchand {HELENE} named told");
        assert_eq!(
            contacts(world).await,
            ["administrative Noé Petit - named -".to_owned(), told("billing"), told("legal")],
            "who has no address cannot be told by us"
        );
        assert_eq!(world.roles(MARIE.email, &EXAMPLE).await, ["administrator declared"]);

        let mails = world.mails_to(HELENE).await;
        assert_eq!(mails.len(), 1, "one mail, whatever she was named for");
        let mail = mails[0].text.replace(['\u{a0}', '\u{202f}'], " ");
        assert_eq!(mails[0].subject, "Vos coordonnées ont été données à Certinomis");
        for words in [
            "Bonjour Hélène,",
            "EXEMPLE SAS est cliente de Certinomis",
            "À titre de : Responsable légal de l’entité.",
            "À titre de : Contact facturation de l’entité.",
            "Certinomis a reçu de EXEMPLE SAS votre prénom, votre nom et votre adresse e-mail",
            "intérêt légitime",
            "effacement",
            "saisir la CNIL",
            "assistance@certinomis.example",
        ] {
            assert!(mail.contains(words), "{words}\n{mail}");
        }
        assert!(!mail.contains("Marie"), "which person of the organisation did it is the organisation's business");
        world.advance(hours(2));
        assert_eq!(world.node.house.tell_contacts().await.unwrap(), 0, "told once");
    })
    .await;
}

#[tokio::test]
async fn sr_18_a_contact_whose_mailbox_had_enough_is_told_later() {
    at_activation(async |world| {
        // Somebody floods her mailbox by the page of a forgotten password.
        among_persons(world, async || MARIE.gets_an_account(world, &mut world.browser()).await).await;
        for _ in 0..3 {
            world.advance(minutes(2));
            let mut browser = world.browser();
            browser.opens(&world.portal().asks().url()).await.follows("Mot de passe oublié ?").await;
            browser.submits(&[("username", MARIE.email)]).await;
        }
        let mut browser = before_contacts(world, &PAUL).await;
        let marie = [
            ("legal", "other"),
            ("legal-firstName", "Marie"),
            ("legal-lastName", "Durand"),
            ("legal-email", MARIE.email),
        ];
        browser.submits(&marie).await;
        assert_eq!(browser.place(), USERS, "{}", browser.text());
        let legal = |told: &str| format!("legal Marie Durand {} named {told}", MARIE.email);
        assert_eq!(contacts(world).await[2], legal("-"), "and nobody is told that she was not");
        assert_eq!(world.node.house.tell_contacts().await.unwrap(), 0);
        world.advance(hours(25));
        assert_eq!(world.node.house.tell_contacts().await.unwrap(), 1);
        assert_eq!(contacts(world).await[2], legal("told"));
        assert!(world.mail_to(MARIE.email).await.subject.starts_with("Vos coordonnées"));
        assert_eq!(world.node.house.tell_contacts().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_contact_is_said_at_its_field_and_nothing_is_asked_twice() {
    at_activation(async |world| {
        let mut browser = before_contacts(world, &MARIE).await;
        browser
            .submits(&[
                ("legal", "other"),
                ("legal-lastName", "Marchand"),
                ("legal-email", "helene@"),
                ("billing", "legal"),
            ])
            .await;
        assert_eq!(browser.status(), 422);
        assert_eq!(
            browser.error_summary(),
            ["Remplissez le champ « Prénom » de cette personne", "Entrez un courriel complet, comme nom@exemple.fr"]
        );
        let kept = ["legal", "legal-lastName", "legal-email", "billing", "administrative"];
        assert_eq!(kept.map(|name| browser.value(name).unwrap()), ["other", "Marchand", "helene@", "legal", "me"]);
        assert_eq!(contacts(world).await.len(), 0);
        // The legal representative must be named, an invoice goes to nobody who is not, and no other answer is one.
        let form = browser.form("Suivant");
        for (legal, billing, field, words) in [
            ("nobody", "me", "legal", "Choisissez une réponse"),
            ("", "me", "legal", "Choisissez une réponse"),
            ("legal", "me", "legal", "Choisissez une réponse"),
            ("me", "somebody", "billing", "Choisissez une réponse"),
            ("nobody", "legal", "billing", "Désignez d’abord le responsable légal, ou choisissez une autre réponse"),
        ] {
            browser.sends(&form.clone().with("legal", legal).with("billing", billing)).await;
            assert_eq!(browser.status(), 422, "{legal} {billing}");
            assert_eq!(browser.field_error(field).as_deref(), Some(words), "{legal} {billing}");
        }
        browser.submits(&[("legal", "me"), ("administrative", "nobody"), ("billing", "nobody")]).await;
        assert_eq!(browser.place(), USERS, "{}", browser.text());
        assert_eq!(contacts(world).await, [format!("legal Marie Durand {} me -", MARIE.email)]);
    })
    .await;
}

#[tokio::test]
async fn a_realm_says_which_contacts_are_asked_for_and_which_must_be_named() {
    at_activation(async |world| {
        let table =
            "[organisations]\ncontacts = [\"billing\", \"administrative\"]\nrequired_contacts = [\"billing\"]\n";
        world.rewrites_realm(&[("[organisations]\n", table)]).await;
        let mut browser = before_contacts(world, &MARIE).await;
        assert_eq!(browser.h1(), "Contacts");
        assert!(browser.value("legal").is_none() && !browser.says("Responsable légal"), "{}", browser.text());
        let form = browser.form("Suivant");
        browser.sends(&form.clone().with("billing", "legal")).await;
        assert_eq!(browser.status(), 422, "there is no such choice");
        browser.submits(&[("billing", "me"), ("administrative", "nobody")]).await;
        assert_eq!(contacts(world).await.len(), 1);
        assert_eq!(world.roles(MARIE.email, &EXAMPLE).await, ["administrator declared", "billing_contact declared"]);
    })
    .await;
}

#[tokio::test]
async fn sr_73_whoever_leaves_comes_back_to_the_step_where_they_were_and_no_portal_is_told() {
    at_activation(async |world| {
        let mut browser = before_contacts(world, &MARIE).await;
        let page = browser.at().clone();
        browser.types("legal", "other").types("legal-firstName", "Hélène").types("legal-lastName", "Marchand");
        browser.types("legal-email", HELENE).types("billing", "legal");
        browser.presses("Enregistrer et reprendre plus tard").await;
        assert_eq!((browser.place(), browser.status()), ("required-actions/later", 200));
        assert_eq!(browser.h1(), "Vos étapes terminées sont enregistrées");
        assert_eq!(world.database.count("SELECT count(*) FROM sessions").await, 0);
        // Nobody else goes on in that browser.
        let mut behind = browser.tab();
        assert_eq!(behind.opens(page.as_str()).await.place(), "sign-in");
        assert_eq!(settled(world).await, (0, 0));
        assert!(world.mails_to(HELENE).await.is_empty(), "nobody is named before the step is settled");
        world.advance(hours(3));
        assert_eq!(world.node.house.tell_contacts().await.unwrap(), 0);

        // Elsewhere, later: the same step, with what was typed.
        let mut elsewhere = comes_back(world, &MARIE).await;
        assert_eq!((elsewhere.place(), bar(&elsewhere)), (CONTACTS, "Étape 2 sur 4".to_owned()));
        let kept = ["legal", "legal-firstName", "legal-lastName", "legal-email", "billing", "administrative"];
        let typed = ["other", "Hélène", "Marchand", HELENE, "legal", "me"];
        assert_eq!(kept.map(|name| elsewhere.value(name).unwrap()), typed);
        elsewhere.presses("Suivant").await.presses("Terminer").await;
        assert_eq!(world.mails_to(HELENE).await.len(), 1);
        elsewhere.presses("Enregistrer et reprendre plus tard").await;
        // The last step alone: the bar still tells of four.
        elsewhere.follows("Me connecter et reprendre").await.submits(&MARIE.credentials()).await;
        assert_eq!((elsewhere.place(), bar(&elsewhere)), (QUESTION, "Étape 4 sur 4".to_owned()));
        elsewhere.submits(&MARIE.secret_question()).await;
        assert!(parameter(elsewhere.left_for(), "code").is_some(), "the portal's request was kept");
    })
    .await;
}

#[tokio::test]
async fn sr_72_a_step_that_is_passed_says_so_and_a_form_that_comes_twice_does_nothing_more() {
    at_activation(async |world| {
        let mut browser = before_contacts(world, &MARIE).await;
        let (page, form, mut tab) = (browser.at().to_string(), browser.form("Suivant"), browser.tab());
        tab.opens(&page).await;
        let first = browser.posts(&form).await;
        let second = browser.posts(&form).await;
        assert_eq!((first.status, first.location()), (second.status, second.location()));
        browser.opens(&page).await;
        assert_eq!(browser.h1(), "Étape déjà faite");
        assert!(browser.says("Étape 3 sur 4"), "{}", browser.text());
        browser.follows("Continuer").await;
        assert_eq!(browser.place(), USERS);
        // The done steps of the bar lead to the same.
        browser.follows("Responsable légal").await;
        assert_eq!(browser.h1(), "Étape déjà faite");
        // The other tab still shows the contacts: what it sends changes nothing.
        tab.submits(&[("legal", "other"), ("legal-firstName", "Hélène"), ("legal-lastName", "Marchand")]).await;
        assert!(tab.says("Cette étape est déjà faite.") || tab.place() == USERS, "{}", tab.text());
        assert!(contacts(world).await.iter().all(|contact| contact.ends_with("me -")));
        let events = "SELECT count(*) FROM events WHERE name = 'organisation.contacts_designated'";
        assert_eq!(world.database.count(events).await, 1);
    })
    .await;
}

#[tokio::test]
async fn several_organisations_are_settled_one_after_the_other_and_a_tab_of_one_never_writes_into_the_next() {
    at_activation(async |world| {
        let mut browser = begins(world, &MARIE).await;
        world.advance(Duration::from_secs(1));
        world.administers(MARIE.email, &TOWN).await;
        browser.submits(&MARIE.new_password()).await;
        assert!(browser.says(EXAMPLE.name) && !browser.says(TOWN.name), "{}", browser.text());
        let mut tab = browser.tab();
        tab.opens(browser.at().clone().as_str()).await;
        browser.presses("Suivant").await;
        assert_eq!(browser.place(), CONTACTS);
        assert!(browser.says(TOWN.name) && !browser.says(EXAMPLE.name), "{}", browser.text());
        tab.submits(&[("legal", "other"), ("legal-firstName", "Hélène"), ("legal-lastName", "Marchand")]).await;
        assert_eq!(settled(world).await, (1, 0));
        assert!(tab.says(TOWN.name), "{}", tab.text());
        browser.presses("Suivant").await;
        assert_eq!((browser.place(), settled(world).await), (USERS, (2, 0)));
        assert!(contacts(world).await.iter().all(|contact| contact.contains("Marie")));
        browser.presses("Terminer").await;
        assert_eq!((browser.place(), settled(world).await), (USERS, (2, 1)));
        browser.presses("Terminer").await;
        assert_eq!(browser.place(), QUESTION);
    })
    .await;
}

#[tokio::test]
async fn sr_76_a_page_that_was_open_for_over_an_hour_starts_again_and_what_was_settled_stays() {
    at_activation(async |world| {
        let mut browser = before_contacts(world, &MARIE).await;
        let form = browser.form("Suivant");
        world.advance(minutes(61));
        browser.sends(&form).await;
        assert_eq!((browser.place(), settled(world).await), ("sign-in", (0, 0)));
        browser.submits(&MARIE.credentials()).await;
        assert_eq!(browser.place(), CONTACTS, "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn sr_191_whoever_is_no_administrator_any_more_settles_nothing() {
    at_activation(async |world| {
        let mut browser = before_contacts(world, &MARIE).await;
        let form = browser.form("Suivant");
        world.database.execute("UPDATE organisation_roles SET state = 'revoked'").await;
        browser.sends(&form).await;
        assert_eq!((browser.place(), settled(world).await), (QUESTION, (0, 0)), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn two_steps_are_a_bar_of_two_and_one_alone_is_none() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        MARIE.registers(&mut browser).await;
        MARIE.confirms(world, &mut browser).await;
        assert!(!browser.says("Étape"), "no bar before the first step");
        browser.follows("Continuer").await;
        says_all(&browser, &["Bienvenue. Il reste environ 2 minutes.", "Étape 1 sur 2"]);
        browser.submits(&MARIE.new_password()).await;
        assert!(browser.says("Étape 2 sur 2"));
        browser.submits(&MARIE.secret_question()).await;
        // Everyday life: a realm that asks for one thing more.
        world.database.execute("DELETE FROM secret_questions").await;
        let browser = comes_back(world, &MARIE).await;
        assert_eq!(browser.place(), QUESTION);
        assert!(!browser.says("Étape"), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn an_administrator_of_long_standing_activates_a_further_organisation() {
    at_activation(async |world| {
        activates(world, &MARIE).await;
        world.advance(minutes(1));
        world.administers(MARIE.email, &TOWN).await;
        let mut browser = comes_back(world, &MARIE).await;
        assert_eq!((browser.place(), bar(&browser)), (CONTACTS, "Étape 1 sur 2".to_owned()));
        browser.presses("Suivant").await.presses("Terminer").await;
        assert!(browser.has_left(), "{}", browser.text());
    })
    .await;
}
