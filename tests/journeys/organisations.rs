//! DOMAIN.md §9.1 to §9.3: an organisation registers, whatever its register is and whatever the realm's way of registering.
//!
//! Long, since all stories fill in one form: each row and each error of the procedure, each register, each answer of a registry.

use guichet::clock::{Duration, Stopwatch, days, hours};
use guichet::realm::preset::Preset;
use guichet::registries::{FixedMode, RegistrySettings};

use super::issued_credentials::{Credentials, issues_credentials};
use crate::support::browser::Browser;
use crate::support::client_app::parameter;
use crate::support::organisations::BY_HAND;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{World, link, on_each_database};

/// A company of the built-in register.
const EXEMPLE: &str = "00000101600013";
/// An administration of it.
const MAIRIE: &str = "00000102400017";
/// An establishment that it calls closed.
const CLOSED: &str = "00000104000013";
/// One whose owner objects to publication.
const PARTIAL: &str = "00000105700017";
/// One that it does not know.
pub(crate) const UNKNOWN: &str = "73282932000074";

/// Tells a story of a realm where organisations register and credentials are issued, on each database.
async fn where_organisations_register(table: &str, story: impl AsyncFn(&mut World)) {
    on_each_database(async |world| {
        issues_credentials(world).await;
        let table = format!("[organisations]\n{table}\n[sessions]\n");
        world.rewrites_realm(&[("[sessions]\n", &table)]).await;
        story(world).await;
    })
    .await;
}

/// A browser on the first page of registration, where the portal sent it.
async fn at_registration(world: &World, language: &str) -> Browser {
    let mut browser = world.browser().in_language(language);
    browser.opens(&world.portal().asks().with("prompt", "create").url()).await;
    assert_eq!(browser.place(), "register", "{}", browser.text());
    browser
}

/// The same, once it is said that the organisation is in France.
pub(crate) async fn in_france(world: &World) -> Browser {
    let mut browser = at_registration(world, "fr").await;
    answers(&mut browser, "registered-in", "france").await;
    browser
}

async fn answers(browser: &mut Browser, question: &str, answer: &str) {
    browser.types(question, answer).presses("Suivant").await;
}

fn fills(browser: &mut Browser, fields: &[(&str, &str)]) {
    for (name, value) in fields {
        browser.types(name, value);
    }
}

/// From the first page to the one about the administrator, all by hand.
pub(crate) async fn describes(browser: &mut Browser, siret: &str) {
    fills(browser, &BY_HAND);
    browser.types("organisation-number", siret).presses("Suivant").await;
}

pub(crate) const fn administrator(person: &Person) -> [(&'static str, &'static str); 5] {
    [
        ("firstName", person.first_name),
        ("lastName", person.last_name),
        ("phoneNumber", "06 12 34 56 78"),
        ("email", person.email),
        ("emailConfirm", person.email),
    ]
}

fn is_at_administrator(browser: &Browser) {
    assert_eq!((browser.status(), browser.place()), (200, "register/administrator"), "{}", browser.text());
}

fn says_all(browser: &Browser, words: &[&str]) {
    for words in words {
        assert!(browser.says(words), "« {words} » is not on:\n{}", browser.text());
    }
}

async fn count(world: &World, rows: &str) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM {rows}")).await
}

#[tokio::test]
async fn certigna_v2_asks_where_the_organisation_is_registered() {
    where_organisations_register("", async |world| {
        let mut browser = at_registration(world, "en").await;
        assert_eq!(browser.h1(), "Information about your organization");
        says_all(&browser, &["Step 1 of 2", "Where is your organization officially registered?", "France"]);
        says_all(&browser, &["European Union", "Other"]);
        // Next is never dead: it says what is missing.
        browser.presses("Next").await;
        assert_eq!((browser.status(), browser.place()), (422, "register"));
        says_all(&browser, &["The next step cannot be reached yet"]);
        assert_eq!(browser.error_summary(), ["Say where your organization is registered"]);

        browser.types("registered-in", "european-union").presses("Next").await;
        assert_eq!(browser.page().label("organisation-number").as_deref(), Some("Intra-community VAT"));
        browser.types("registered-in", "elsewhere").presses("Next").await;
        says_all(&browser, &["Does your organization have a VAT number?", "Yes", "No"]);
        assert_eq!(browser.value("organisation-number"), None, "nothing else is asked yet");
        browser.types("has-vat", "yes").presses("Next").await;
        assert_eq!(browser.page().label("organisation-number").as_deref(), Some("VAT Number"));
        browser.types("has-vat", "no").presses("Next").await;
        assert_eq!(browser.page().label("organisation-number").as_deref(), Some("Identification number"));
        says_all(&browser, &["RIDET"]);
    })
    .await;
}

#[tokio::test]
async fn certigna_v1_the_page_of_the_entity_says_what_the_seed_says() {
    where_organisations_register("fax = true\n", async |world| {
        let mut browser = at_registration(world, "fr").await;
        assert_eq!(browser.h1(), "Informations sur votre entité");
        says_all(&browser, &["Où votre entité est-elle officiellement enregistrée ?", "Union Européenne", "Autre"]);
        answers(&mut browser, "registered-in", "france").await;
        let page = browser.page();
        for (field, label) in [
            ("organisation-number", "Numéro SIRET"),
            ("organisation", "Nom de l’entreprise"),
            ("organisation-phone", "Téléphone"),
            ("street-address", "Adresse"),
            ("fax", "Fax (facultatif)"),
            ("postal-code", "Code postal"),
            ("town", "Ville"),
            ("department", "Département"),
            ("country", "Pays"),
        ] {
            assert_eq!(page.label(field).as_deref(), Some(label));
        }
        says_all(&browser, &["Typologie de l’entité", "Entreprise", "Administration", "Association"]);
        says_all(&browser, &["SIREN (9 chiffres)", "NIC (5 chiffres)", "sans point, tiret, espace"]);
        assert_eq!(browser.value("country").as_deref(), Some("FR"));

        browser.presses("Suivant").await;
        assert_eq!((browser.status(), browser.place()), (422, "register"));
        says_all(&browser, &["Impossible de passer à l’étape suivante"]);
        assert_eq!(
            browser.error_summary(),
            [
                "Entrez le numéro SIRET de votre établissement",
                "Choisissez la typologie de l’entité",
                "Entrez le nom de votre entité",
                "Entrez un numéro de téléphone",
                "Entrez l’adresse : numéro et voie",
                "Entrez le code postal",
                "Entrez la ville",
                "Choisissez le département",
            ]
        );
        assert_eq!(browser.title(), "Erreur : Informations sur votre entité – Certinomis");
        // The label of the name follows the kind, and a department is proposed after the postal code.
        browser.types("organisation-kind", "association").types("postal-code", "20200").presses("Suivant").await;
        assert_eq!(browser.page().label("organisation").as_deref(), Some("Nom de l’association"));
        assert_eq!(browser.value("department").as_deref(), Some("2B"));
    })
    .await;
}

#[tokio::test]
async fn certigna_v1_an_organisation_registers_and_its_administrator_gets_two_mails() {
    where_organisations_register("", async |world| {
        let mut browser = in_france(world).await;
        describes(&mut browser, "732 829 320 00074").await;
        is_at_administrator(&browser);
        assert_eq!(browser.h1(), "Informations sur l’administrateur du compte client");
        says_all(&browser, &["Étape 2 sur 2", "Exemple et filles"]);
        let page = browser.page();
        let labels = ["firstName", "lastName", "phoneNumber", "email", "emailConfirm"];
        let labels = labels.map(|field| page.label(field).unwrap());
        assert_eq!(labels, ["Prénom", "Nom", "Téléphone (direct)", "Email", "Confirmation de l’email"]);

        browser.presses("Valider").await;
        assert_eq!(browser.status(), 422);
        assert_eq!(
            browser.error_summary(),
            [
                "Entrez votre prénom",
                "Entrez votre nom",
                "Entrez un numéro de téléphone",
                "Entrez votre courriel",
                "Entrez une seconde fois votre adresse e-mail",
            ]
        );
        fills(&mut browser, &administrator(&MARIE));
        browser.types("emailConfirm", "marie.durant@exemple.fr").presses("Valider").await;
        let differs = browser.field_error("emailConfirm");
        assert_eq!(differs.as_deref(), Some("Les deux adresses e-mail diffèrent. Entrez deux fois la même"));
        assert_eq!(count(world, "organisations").await, 0);
        // The ends do not count, nor the case of the domain.
        browser.types("emailConfirm", " marie.durand@EXEMPLE.fr ").presses("Valider").await;
        assert_eq!(browser.place(), "register/sent", "{}", browser.text());

        let mails = world.mails_to(MARIE.email).await;
        let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(subjects, ["Votre identifiant Certinomis", "Votre mot de passe temporaire Certinomis"]);
        let number = "organisations WHERE scheme = 'siret' AND country = 'FR' AND number = '73282932000074'";
        assert_eq!(count(world, number).await, 1);
        assert_eq!(count(world, "organisation_roles WHERE role = 'administrator' AND state = 'declared'").await, 1);
        assert_eq!(count(world, "users WHERE profile LIKE '%+33612345678%' AND email_verified_at IS NULL").await, 1);
        assert_eq!(count(world, "events WHERE content LIKE '%organisation.registered%'").await, 1);
        // What was mailed opens the account of its administrator.
        let issued = Credentials::of(world, &MARIE).await;
        let mut again = world.browser();
        again.opens(&world.portal().asks().url()).await.submits(&issued.typed()).await;
        assert_eq!(again.place(), "required-actions/update-password");
    })
    .await;
}

#[tokio::test]
async fn domain_2_the_form_is_filled_in_from_the_register_and_every_field_can_be_changed() {
    where_organisations_register("", async |world| {
        let mut browser = in_france(world).await;
        browser.types("organisation-number", EXEMPLE).types("town", "Roubaix");
        browser.presses("Remplir automatiquement").await;
        assert_eq!((browser.status(), browser.place()), (200, "register"));
        says_all(&browser, &["Les champs vides ont été remplis", "Trouvé dans le registre", "000 001 016 00013"]);
        assert_eq!(browser.value("organisation").as_deref(), Some("FILATURE DES DEUX MONTS"));
        assert_eq!(browser.value("organisation-kind").as_deref(), Some("company"));
        assert_eq!(browser.value("town").as_deref(), Some("Roubaix"), "what a person wrote stays");
        // Confirmed too early: what the register cannot know is asked for.
        browser.presses("C’est bien mon organisation").await;
        assert_eq!((browser.status(), browser.field_error("organisation-phone").is_some()), (422, true));
        assert_eq!(browser.error_summary(), ["Entrez un numéro de téléphone"]);
        browser.types("organisation-phone", "+33 (0)3 20 20 20 20").types("organisation", "Exemple");
        // Looked up once more, nothing that was changed comes back.
        browser.presses("Remplir automatiquement").await;
        assert_eq!(browser.value("organisation").as_deref(), Some("Exemple"));
        browser.presses("C’est bien mon organisation").await;
        is_at_administrator(&browser);
        fills(&mut browser, &administrator(&MARIE));
        browser.presses("Valider").await;
        let sources = "organisations WHERE details LIKE '%\"street\":\"fixed\"%' AND details NOT LIKE '%\"town\":\"fixed\"%' \
            AND details NOT LIKE '%\"legal_name\":\"fixed\"%'";
        assert_eq!(count(world, sources).await, 1, "where each field came from is kept");
    })
    .await;
}

#[tokio::test]
async fn domain_2_another_organisation_takes_what_was_filled_in_with_it() {
    where_organisations_register("", async |world| {
        let mut browser = in_france(world).await;
        browser.types("organisation-number", EXEMPLE).presses("Remplir automatiquement").await;
        browser.presses("Ce n’est pas la mienne").await;
        assert_eq!(
            (browser.value("organisation"), browser.value("organisation-number")),
            (Some(String::new()), Some(String::new()))
        );
        browser.types("organisation-number", MAIRIE).presses("Remplir automatiquement").await;
        assert_eq!(browser.value("organisation-kind").as_deref(), Some("administration"));
        assert_eq!(browser.page().label("organisation").as_deref(), Some("Nom de l’administration"));
    })
    .await;
}

#[tokio::test]
async fn domain_2_closed_partial_and_unknown_numbers_are_told_and_the_form_goes_on_by_hand() {
    where_organisations_register("", async |world| {
        for (siret, words) in [
            (CLOSED, "Le registre indique que cet établissement est fermé."),
            (PARTIAL, "le registre ne publie pas tout"),
            (UNKNOWN, "Le registre ne connaît pas le SIRET 732 829 320 00074."),
        ] {
            let mut browser = in_france(world).await;
            browser.types("organisation-number", siret).presses("Remplir automatiquement").await;
            says_all(&browser, &[words]);
            assert!(!browser.says("[ND]") && !browser.says("NON-DIFFUSIBLE"));
            describes(&mut browser, siret).await;
            is_at_administrator(&browser);
        }
    })
    .await;
}

#[tokio::test]
async fn certigna_numbers_are_refused_in_words_that_say_what_to_do() {
    where_organisations_register("", async |world| {
        let mut browser = in_france(world).await;
        let mistyped = "Ce numéro comporte une erreur de frappe : vérifiez-le chiffre par chiffre.";
        for (typed, words) in [
            ("732829320", "Ces 9 chiffres sont un SIREN. Le SIRET en compte 14"),
            ("7328293200007", "Le SIRET compte 14 chiffres ; vous en avez entré 13."),
            ("73282932000079", mistyped),
            ("73282932800887", mistyped),
            ("00000000000000", mistyped),
            ("FR 73282932000074", "Le SIRET ne compte que des chiffres"),
        ] {
            for button in ["Remplir automatiquement", "Suivant"] {
                browser.types("organisation-number", typed).presses(button).await;
                let said = browser.field_error("organisation-number").unwrap_or_default();
                assert!(said.starts_with(words), "{typed}: {said}");
                assert_eq!((browser.status(), browser.value("organisation-number").as_deref()), (422, Some(typed)));
            }
        }
        for pasted in
            ["732.829.320.00074", "732-829-320-00074", "732\u{a0}829\u{202f}320 00074", "７３２８２９３２００００７４"]
        {
            let mut browser = in_france(world).await;
            describes(&mut browser, pasted).await;
            is_at_administrator(&browser);
        }
    })
    .await;
}

#[tokio::test]
async fn certigna_v1_1_asks_whether_there_is_a_siret() {
    where_organisations_register("first_question = \"has-siret\"\n", async |world| {
        let mut browser = at_registration(world, "fr").await;
        says_all(&browser, &["Disposez-vous d’un numéro SIRET ?", "Oui", "Non"]);
        browser.presses("Suivant").await;
        assert_eq!(browser.error_summary(), ["Indiquez si vous disposez d’un numéro SIRET"]);
        answers(&mut browser, "has-siret", "yes").await;
        says_all(&browser, &["Numéro SIRET", "Remplir automatiquement"]);
        answers(&mut browser, "has-siret", "no").await;
        says_all(&browser, &["Où votre entité est-elle officiellement enregistrée ?"]);
        answers(&mut browser, "registered-in", "france").await;
        assert!(!browser.says("Remplir automatiquement"), "all by hand");
        fills(&mut browser, &BY_HAND);
        browser.types("organisation-number", UNKNOWN).presses("Suivant").await;
        let said = browser.field_error("organisation-number").unwrap_or_default();
        assert!(said.starts_with("C’est un numéro SIREN ou SIRET."), "{said}");
        browser.types("organisation-number", "W751234567").presses("Suivant").await;
        is_at_administrator(&browser);
    })
    .await;
}

#[tokio::test]
async fn an_association_without_a_siren_has_a_door_of_its_own_and_back() {
    where_organisations_register("", async |world| {
        let mut browser = in_france(world).await;
        browser.types("town", "Lille").presses("Mon organisation n’a pas de SIREN").await;
        assert_eq!(browser.page().label("organisation-number").as_deref(), Some("Numéro RNA ou d’enregistrement"));
        assert_eq!(browser.value("town").as_deref(), Some("Lille"), "nothing is asked twice");
        browser.presses("Mon organisation a un SIRET").await;
        assert_eq!(browser.page().label("organisation-number").as_deref(), Some("Numéro SIRET"));
        browser.presses("Mon organisation n’a pas de SIREN").await;
        browser.types("organisation-number", "W12").presses("Suivant").await;
        let said = browser.field_error("organisation-number").unwrap_or_default();
        assert!(said.starts_with("Un numéro RNA compte la lettre W et 9 chiffres"), "{said}");
        fills(&mut browser, &BY_HAND);
        browser.types("organisation-number", "w 751 234 567").types("organisation-kind", "association");
        browser.presses("Suivant").await;
        is_at_administrator(&browser);
        fills(&mut browser, &administrator(&MARIE));
        browser.presses("Valider").await;
        assert_eq!(count(world, "organisations WHERE scheme = 'rna' AND number = 'W751234567'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn domain_3_an_organisation_of_the_union_registers_by_its_vat_number() {
    where_organisations_register("", async |world| {
        let mut browser = at_registration(world, "fr").await;
        answers(&mut browser, "registered-in", "european-union").await;
        assert!(browser.says("Irlande du Nord") && browser.value("department").is_none());
        fills(&mut browser, &BY_HAND[..4]);
        browser.types("town", "Berlin").types("organisation-number", "ATU13585627").types("country", "DE");
        browser.presses("Suivant").await;
        let said = browser.field_error("organisation-number").unwrap_or_default();
        assert!(said.starts_with("Ce numéro commence par les lettres d’un autre pays"), "{said}");
        // A postal code is no duty abroad.
        browser.types("organisation-number", "DE 136 695 977").presses("Suivant").await;
        let said = browser.field_error("organisation-number").unwrap_or_default();
        assert!(said.starts_with("Ce numéro comporte une erreur de frappe"), "{said}");
        browser.types("organisation-number", "DE 136 695 976").presses("Suivant").await;
        is_at_administrator(&browser);
        fills(&mut browser, &administrator(&MARIE));
        browser.presses("Valider").await;
        let number = "scheme = 'vat' AND country = 'DE' AND number = 'DE136695976'";
        let checked = "details LIKE '%\"vat_status\":\"valid\"%' AND details LIKE '%\"registry\":\"fixed\"%'";
        assert_eq!(count(world, &format!("organisations WHERE {number} AND {checked}")).await, 1);
    })
    .await;
}

#[tokio::test]
async fn domain_3_a_number_that_its_administration_does_not_know_is_told_and_may_be_kept() {
    where_organisations_register("", async |world| {
        for (table, kept) in [("", true), ("[registries]\nvat_must_be_valid = true\n\n", false)] {
            world.rewrites_realm(&[("[organisations]\n", &format!("{table}[organisations]\n"))]).await;
            let mut browser = at_registration(world, "fr").await;
            answers(&mut browser, "registered-in", "european-union").await;
            fills(&mut browser, &BY_HAND[..4]);
            browser.types("town", "Tampere").types("organisation-number", "20774740").types("country", "FI");
            browser.presses("Suivant").await;
            let said = browser.field_error("organisation-number").unwrap_or_default();
            assert_eq!(browser.status(), 422);
            assert!(said.starts_with("L’administration fiscale ne connaît pas ce numéro."), "{said}");
            assert_eq!(browser.says("Continuer avec ce numéro"), kept);
            if kept {
                browser.presses("Continuer avec ce numéro").await;
                is_at_administrator(&browser);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn domain_2_whatever_becomes_of_the_register_the_form_answers_in_time_and_goes_on_by_hand() {
    where_organisations_register("", async |world| {
        for mode in [FixedMode::Hangs, FixedMode::Unavailable, FixedMode::RateLimited] {
            world.asks(RegistrySettings::Fixed(mode)).await;
            let mut browser = in_france(world).await;
            browser.types("organisation-number", UNKNOWN);
            let began = Stopwatch::start();
            browser.presses("Remplir automatiquement").await;
            let took = began.elapsed();
            assert!(took < Duration::from_millis(3500), "{mode:?}: {took:?}");
            says_all(&browser, &["Le registre ne répond pas pour le moment."]);
            describes(&mut browser, UNKNOWN).await;
            is_at_administrator(&browser);
        }
    })
    .await;
}

#[tokio::test]
async fn domain_2_a_realm_may_refuse_closed_establishments_however_they_are_typed() {
    where_organisations_register("", async |world| {
        world.rewrites_realm(&[("[organisations]\n", "[registries]\nrefuse_closed = true\n\n[organisations]\n")]).await;
        let mut browser = in_france(world).await;
        describes(&mut browser, CLOSED).await;
        let said = browser.field_error("organisation-number").unwrap_or_default();
        assert!(said.starts_with("Cet établissement est fermé."), "{said}");
        browser.types("organisation-number", UNKNOWN).presses("Suivant").await;
        is_at_administrator(&browser);
        // Nobody is refused because nobody could tell.
        world.asks(RegistrySettings::Fixed(FixedMode::Unavailable)).await;
        let mut browser = in_france(world).await;
        describes(&mut browser, CLOSED).await;
        is_at_administrator(&browser);
    })
    .await;
}

#[tokio::test]
async fn domain_4_elsewhere_the_number_is_the_countrys_own() {
    where_organisations_register("", async |world| {
        for (has_vat, country, number, kept) in [
            ("no", "NC", "1 234 567.001", "scheme = 'ridet' AND country = 'NC' AND number = '1234567001'"),
            ("no", "PF", "A12345-001", "scheme = 'tahiti' AND country = 'PF' AND number = 'A12345001'"),
            ("yes", "Suisse", "CHE-100.155.212", "scheme = 'vat' AND country = 'CH'"),
            ("no", "WF", "2024/17", "scheme = 'other' AND country = 'WF'"),
        ] {
            let mut browser = at_registration(world, "fr").await;
            answers(&mut browser, "registered-in", "elsewhere").await;
            answers(&mut browser, "has-vat", has_vat).await;
            fills(&mut browser, &BY_HAND[..4]);
            browser.types("town", "Là-bas").types("organisation-number", number).types("country", country);
            browser.types("organisation-phone", "+687 25 00 00").presses("Suivant").await;
            is_at_administrator(&browser);
            let email = format!("{}@exemple.org", country.to_lowercase());
            fills(&mut browser, &administrator(&MARIE));
            browser.types("phoneNumber", "+33 6 12 34 56 78").types("email", &email).types("emailConfirm", &email);
            browser.presses("Valider").await;
            assert_eq!(browser.place(), "register/sent", "{country}: {}", browser.text());
            assert_eq!(count(world, &format!("organisations WHERE {kept}")).await, 1, "{kept}");
        }
    })
    .await;
}

#[tokio::test]
async fn certigna_v1_1_a_customer_account_that_exists_is_told_and_nothing_of_its_people() {
    where_organisations_register("", async |world| {
        let mut first = in_france(world).await;
        describes(&mut first, UNKNOWN).await;
        fills(&mut first, &administrator(&MARIE));
        first.presses("Valider").await;

        let mut second = in_france(world).await;
        describes(&mut second, UNKNOWN).await;
        assert_eq!((second.status(), second.place()), (200, "register/exists"), "{}", second.text());
        assert_eq!(second.h1(), "Ce compte client existe déjà");
        says_all(&second, &["732 829 320 00074", "la personne de votre organisation qui l’a créé"]);
        assert!(second.page().link("Demander l’accès aux administrateurs").unwrap().contains("/register/access?flow="));
        for secret in [MARIE.first_name, MARIE.last_name, MARIE.email, "Exemple et filles"] {
            assert!(!second.answer().body.contains(secret), "SR-1: {secret}");
        }
        // Another establishment of the same company is another customer.
        second.presses("Corriger le numéro").await;
        assert_eq!(second.value("organisation-number").as_deref(), Some(UNKNOWN));
        second.types("organisation-number", "732 829 320 00082").presses("Suivant").await;
        is_at_administrator(&second);
        // Somebody who has access after all.
        let mut third = in_france(world).await;
        describes(&mut third, UNKNOWN).await;
        third.presses("J’ai déjà un accès").await;
        assert_eq!(third.place(), "sign-in");
    })
    .await;
}

#[tokio::test]
async fn sr_210_of_two_who_register_one_siret_at_the_same_instant_one_does() {
    where_organisations_register("", async |world| {
        let (mut one, mut other) = (in_france(world).await, in_france(world).await);
        for (browser, person) in [(&mut one, &MARIE), (&mut other, &PAUL)] {
            describes(browser, UNKNOWN).await;
            is_at_administrator(browser);
            fills(browser, &administrator(person));
        }
        tokio::join!(one.presses("Valider"), other.presses("Valider"));
        let mut places = [one.place(), other.place()];
        places.sort_unstable();
        assert_eq!(places, ["register/exists", "register/sent"]);
        assert_eq!(count(world, "organisations").await, 1);
        assert_eq!(count(world, "users").await, 1, "whoever came second has no account that waits for nothing");
        assert_eq!(count(world, "memberships").await, 1);
        let mails = world.mails_to(MARIE.email).await.len() + world.mails_to(PAUL.email).await.len();
        assert_eq!(mails, 2);
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_survives_errors_going_back_another_language_and_an_hour() {
    where_organisations_register("", async |world| {
        let mut browser = in_france(world).await;
        fills(&mut browser, &BY_HAND);
        browser.types("organisation-number", "732829320").presses("Suivant").await;
        browser.follows("English").await;
        assert_eq!(browser.h1(), "Information about your organization");
        assert_eq!(browser.value("organisation").as_deref(), Some("Exemple et filles"));
        assert_eq!(browser.value("organisation-number").as_deref(), Some("732829320"));
        assert_eq!(
            (browser.value("organisation-kind").as_deref(), browser.value("department").as_deref()),
            (Some("company"), Some("59"))
        );
        browser.types("organisation-number", UNKNOWN).presses("Next").await;
        assert_eq!(browser.h1(), "Administrator Information");
        fills(&mut browser, &administrator(&MARIE));
        browser.types("emailConfirm", "").presses("Validate").await;
        browser.follows("Change the information about the organization").await;
        assert_eq!(browser.value("town").as_deref(), Some("Lille"));
        browser.presses("Next").await;
        assert_eq!(
            (browser.value("firstName").as_deref(), browser.value("phoneNumber").as_deref()),
            (Some("Marie"), Some("06 12 34 56 78"))
        );
        // Open for over an hour: the journey starts at its first page, and nothing has to be typed again.
        world.advance(hours(2));
        browser.types("lastName", "Durand-Petit").types("emailConfirm", MARIE.email).presses("Validate").await;
        assert_eq!(browser.place(), "register");
        says_all(&browser, &["your answers are kept"]);
        assert_eq!(browser.value("organisation").as_deref(), Some("Exemple et filles"));
        browser.presses("Next").await;
        assert_eq!(
            (browser.value("lastName").as_deref(), browser.value("emailConfirm").as_deref()),
            (Some("Durand-Petit"), Some(MARIE.email))
        );
        browser.presses("Validate").await;
        assert_eq!(browser.place(), "register/sent", "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn turning_back_from_a_registration_answers_the_application() {
    where_organisations_register("", async |world| {
        let (portal, mut browser) = (world.portal(), world.browser());
        let asked = portal.asks().with("prompt", "create");
        browser.opens(&asked.url()).await;
        browser.follows("Annuler").await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("access_denied"));
        assert_eq!(parameter(browser.left_for(), "state"), Some(asked.state.clone()));
        browser.opens(&portal.asks().url().replace("/auth?", "/registrations?")).await;
        assert_eq!(browser.place(), "register");
        // The second page without the first leads to the first.
        let second = browser.at().as_str().replace("/register?", "/register/administrator?");
        browser.opens(&second).await;
        assert_eq!(browser.place(), "register");
        let third = browser.at().as_str().replace("/register?", "/register/exists?");
        browser.opens(&third).await;
        assert_eq!(browser.place(), "sign-in");
    })
    .await;
}

#[tokio::test]
async fn sr_68_where_no_organisations_register_their_pages_do_not_exist() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().with("prompt", "create").url()).await;
        assert!(browser.value("firstName").is_some(), "persons register here");
        let second = browser.at().as_str().replace("/register?", "/register/administrator?");
        browser.opens(&second).await;
        assert_eq!(browser.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn sr_9_walking_through_numbers_is_slow_and_the_form_stays() {
    where_organisations_register("", async |world| {
        let mut browser = in_france(world).await;
        for _ in 0..30 {
            browser.types("organisation-number", EXEMPLE).presses("Remplir automatiquement").await;
            assert_eq!(browser.status(), 200);
        }
        browser.types("organisation-number", MAIRIE).presses("Remplir automatiquement").await;
        assert_eq!((browser.status(), browser.place()), (429, "register"));
        assert!(browser.answer().headers.contains_key("retry-after"));
        says_all(&browser, &["Trop de numéros recherchés."]);
        assert_eq!(browser.value("organisation-number").as_deref(), Some(MAIRIE));
        world.advance(hours(1));
        browser.reloads().await.presses("Remplir automatiquement").await;
        assert_eq!(browser.status(), 200);
    })
    .await;
}

/// A realm where persons prove their address before they have an account, and register their organisation.
async fn with_verified_email(story: impl AsyncFn(&mut World)) {
    on_each_database(async |world| {
        world.rewrites_realm(&[("[sessions]\n", "[organisations]\n\n[sessions]\n")]).await;
        story(world).await;
    })
    .await;
}

#[tokio::test]
async fn with_a_verified_address_the_organisation_is_opened_when_the_address_is_proven() {
    with_verified_email(async |world| {
        let mut browser = in_france(world).await;
        describes(&mut browser, UNKNOWN).await;
        fills(&mut browser, &administrator(&MARIE));
        browser.presses("Valider").await;
        assert_eq!(browser.place(), "verify-email", "{}", browser.text());
        assert_eq!(count(world, "organisations").await, 0, "SR-61: nobody holds a number by asking");
        // A mistyped address is put right on the page where it was typed.
        browser.follows("Modifier le courriel").await;
        is_at_administrator(&browser);
        assert_eq!(browser.value("email").as_deref(), Some(MARIE.email));
        browser.presses("Valider").await;
        MARIE.confirms(world, &mut browser).await;
        assert_eq!(browser.place(), "link/done");
        assert_eq!(count(world, "organisations").await, 1);
        assert_eq!(count(world, "organisation_roles WHERE role = 'administrator' AND state = 'declared'").await, 1);
        assert_eq!(count(world, "users WHERE profile LIKE '%+33612345678%'").await, 1);
        MARIE.activates(&mut browser).await;
        assert!(browser.has_left());
    })
    .await;
}

#[tokio::test]
async fn whoever_proves_their_address_too_late_has_an_account_and_is_told_about_the_organisation() {
    with_verified_email(async |world| {
        let (mut one, mut other) = (in_france(world).await, in_france(world).await);
        for (browser, person) in [(&mut one, &MARIE), (&mut other, &PAUL)] {
            describes(browser, UNKNOWN).await;
            fills(browser, &administrator(person));
            browser.presses("Valider").await;
        }
        MARIE.confirms(world, &mut one).await;
        // In a browser that knows nothing of the registration.
        let mut elsewhere = world.browser();
        PAUL.confirms(world, &mut elsewhere).await;
        elsewhere.follows("Je préfère continuer ici").await;
        assert_eq!(elsewhere.place(), "register/exists", "{}", elsewhere.text());
        says_all(
            &elsewhere,
            &["Ce compte client existe déjà", "Votre compte personnel existe, sans cette organisation."],
        );
        assert!(elsewhere.page().link("Demander l’accès aux administrateurs").is_some());
        elsewhere.presses("Continuer").await;
        assert_eq!(elsewhere.place(), "required-actions/update-password");
        assert_eq!((count(world, "users").await, count(world, "memberships").await), (2, 1));
    })
    .await;
}

#[tokio::test]
async fn with_a_chosen_password_the_same_two_pages_ask_for_it() {
    on_each_database(async |world| {
        world.becomes(Preset::ChamberSign).await;
        world.rewrites_realm(&[("[sessions]\n", "[organisations]\n\n[sessions]\n")]).await;
        let mut browser = in_france(world).await;
        describes(&mut browser, UNKNOWN).await;
        is_at_administrator(&browser);
        fills(&mut browser, &administrator(&MARIE));
        browser.presses("Valider").await;
        assert_eq!(browser.field_error("password-new").as_deref(), Some("Entrez un mot de passe"));
        fills(&mut browser, &MARIE.new_password());
        browser.presses("Valider").await;
        assert_eq!(browser.place(), "verify-email", "{}", browser.text());
        let link = link(&world.mail_to(MARIE.email).await);
        browser.opens(&link).await.submits(&[("do", "confirm")]).await;
        assert_eq!(count(world, "organisations").await, 1);
        browser.follows("Continuer").await;
        assert_eq!(browser.place(), "required-actions/accept-terms");
    })
    .await;
}

#[tokio::test]
async fn a_mistyped_address_does_not_hold_the_number_of_an_organisation() {
    where_organisations_register("", async |world| {
        let mut browser = in_france(world).await;
        describes(&mut browser, UNKNOWN).await;
        fills(&mut browser, &administrator(&MARIE));
        browser.types("email", "marie@exemple.frr").types("emailConfirm", "marie@exemple.frr").presses("Valider").await;
        assert_eq!(browser.place(), "register/sent");
        let back = browser.at().as_str().replace("/register/sent?", "/register?");
        browser.opens(&back).await.presses("Suivant").await;
        is_at_administrator(&browser);
        fills(&mut browser, &administrator(&MARIE));
        browser.presses("Valider").await;
        assert_eq!(browser.place(), "register/sent", "{}", browser.text());
        assert_eq!((count(world, "organisations").await, count(world, "users").await), (1, 1));
        let issued = Credentials::of(world, &MARIE).await;
        let mut again = world.browser();
        again.opens(&world.portal().asks().url()).await.submits(&issued.typed()).await;
        assert_eq!(again.place(), "required-actions/update-password");
        // Once the address is proven, the journey that began it can take nothing back.
        again.submits(&MARIE.new_password()).await;
        browser.opens(&back).await.presses("Suivant").await;
        fills(&mut browser, &administrator(&PAUL));
        browser.presses("Valider").await;
        assert_eq!((browser.place(), count(world, "users").await), ("register/exists", 1));
    })
    .await;
}

#[tokio::test]
async fn another_organisation_in_the_same_journey_takes_nothing_from_the_first() {
    where_organisations_register("", async |world| {
        let mut browser = in_france(world).await;
        describes(&mut browser, UNKNOWN).await;
        fills(&mut browser, &administrator(&MARIE));
        browser.presses("Valider").await;
        let back = browser.at().as_str().replace("/register/sent?", "/register?");
        browser.opens(&back).await.types("organisation-number", "732 829 320 00082").presses("Suivant").await;
        fills(&mut browser, &administrator(&MARIE));
        browser.presses("Valider").await;
        assert_eq!(browser.place(), "register/sent", "{}", browser.text());
        assert_eq!((count(world, "organisations").await, count(world, "users").await), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn sr_61_an_organisation_that_nobody_activates_gives_its_number_back() {
    where_organisations_register("", async |world| {
        let mut browser = in_france(world).await;
        describes(&mut browser, UNKNOWN).await;
        fills(&mut browser, &administrator(&MARIE));
        browser.presses("Valider").await;
        assert_eq!(count(world, "organisations").await, 1);
        world.advance(days(8));
        assert_eq!(world.node.house.forget_unproven().await.unwrap(), 1);
        assert_eq!((count(world, "users").await, count(world, "organisations").await), (0, 0));
    })
    .await;
}
