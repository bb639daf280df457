//! Every page, in every state, in both languages and every theme: rendered, and read as a browser would.
//!
//! What comes out is also left in `target/tmp/pages/`, laid out as a site, for eyes and for accessibility runs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use guichet::clock::Timestamp;
use guichet::identity::language::{Language, Localized};
use guichet::journeys::pages;
use guichet::realm::model::Operator;
use guichet::themes::frame::Frame;
use guichet::themes::theme::Theme;
use guichet::themes::{files, preview};
use scraper::{ElementRef, Html, Selector};

/// 2026-03-03T13:12:00Z.
const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

/// Where the pages are said to be.
const HERE: &str = "/realms/certinomis/sign-in?flow=0199a2b4-0000-7000-8000-000000000001";

/// A rendered page.
struct Sheet {
    theme: &'static str,
    page: &'static str,
    sample: &'static str,
    language: Language,
    source: &'static str,
    html: Html,
}

impl Sheet {
    fn select<'a>(&'a self, selector: &str) -> Vec<ElementRef<'a>> {
        self.html.select(&Selector::parse(selector).unwrap()).collect()
    }

    fn name(&self) -> String {
        format!("{}/{}.{}.{}", self.theme, self.page, self.sample, self.language)
    }

    fn text(&self) -> String {
        self.html.root_element().text().collect()
    }
}

fn theme(name: &str) -> Theme {
    Theme::build(name, "certinomis", "Europe/Paris", &BTreeMap::new()).unwrap()
}

fn sheets() -> impl Iterator<Item = Sheet> {
    RENDERED.iter().map(|((theme, page, sample, language), source)| Sheet {
        theme,
        page,
        sample,
        language: *language,
        source,
        html: Html::parse_document(source),
    })
}

/// A frame with nothing in it that can be left out; the demonstration's banner in its place.
fn bare_frame(language: Language) -> Frame {
    let operator = Operator {
        legal_name: "Guichet".to_owned(),
        support_email: "support@example.com".to_owned(),
        support_phone: None,
        help: None,
        accessibility: None,
        terms: None,
        privacy: None,
    };
    Frame::of(&Localized::same("Guichet"), &operator, language, "/realms/guichet/sign-in?flow=1")
        .in_demo("/demo/mailbox")
}

type Name = (String, &'static str, &'static str, Language);

/// Rendered once for all tests of this file.
static RENDERED: LazyLock<Vec<(Name, String)>> = LazyLock::new(|| {
    let exhibits = pages::all(NOW);
    let mut rendered = Vec::new();
    for name in files::themes() {
        let theme = theme(&name);
        for exhibit in &exhibits {
            for language in Language::ALL {
                let frame = if name == files::BASE { bare_frame(language) } else { preview::frame(language, HERE) };
                let source = exhibit.render(&theme, &frame);
                let source = source.unwrap_or_else(|error| panic!("{}.{}: {error}", exhibit.page, exhibit.sample));
                rendered.push(((name.clone(), exhibit.page, exhibit.sample, language), source));
            }
        }
    }
    rendered
});

#[test]
fn every_page_is_one_document_with_one_heading() {
    for sheet in sheets() {
        let name = sheet.name();
        assert_eq!(sheet.select("h1").len(), 1, "{name}");
        for landmark in ["header", "main#contenu[tabindex='-1']", "footer", "a.skip[href='#contenu']"] {
            assert_eq!(sheet.select(landmark).len(), 1, "{name}: {landmark}");
        }
        assert_eq!(sheet.html.root_element().attr("lang"), Some(sheet.language.tag()), "{name}");
        let heading: String = sheet.select("h1")[0].text().collect();
        let title: String = sheet.select("title")[0].text().collect();
        let opening = if sheet.select("[role=alert]").is_empty() {
            heading
        } else if sheet.language == Language::French {
            format!("Erreur\u{A0}: {heading}")
        } else {
            format!("Error: {heading}")
        };
        assert!(title.starts_with(&opening), "{name}: {title}");
        assert!(sheet.select("[autofocus]").len() <= 1, "{name}: one autofocus at most");
    }
}

#[test]
fn identifiers_are_unique_and_what_points_to_them_finds_them() {
    for sheet in sheets() {
        let mut ids = BTreeSet::new();
        for element in sheet.select("[id]") {
            assert!(ids.insert(element.attr("id").unwrap()), "{}: {:?} twice", sheet.name(), element.attr("id"));
        }
        for (selector, attribute) in [
            ("[aria-describedby]", "aria-describedby"),
            ("[aria-labelledby]", "aria-labelledby"),
            ("label", "for"),
            ("[list]", "list"),
            ("[data-shows]", "data-shows"),
            ("[data-criteria-of]", "data-criteria-of"),
            ("[data-copies]", "data-copies"),
        ] {
            for element in sheet.select(selector) {
                for id in element.attr(attribute).unwrap().split(' ') {
                    assert!(ids.contains(id), "{}: {attribute}={id}", sheet.name());
                }
            }
        }
        for link in sheet.select("a[href^='#']") {
            assert!(ids.contains(&link.attr("href").unwrap()[1..]), "{}: {}", sheet.name(), link.html());
        }
    }
}

#[test]
fn every_field_has_a_label_and_every_form_its_token() {
    for sheet in sheets() {
        let name = sheet.name();
        let labelled: BTreeSet<_> = sheet.select("label").iter().filter_map(|label| label.attr("for")).collect();
        for field in sheet.select("input:not([type=hidden]), select") {
            assert!(labelled.contains(field.attr("id").unwrap()), "{name}: {}", field.html());
            assert!(
                field.attr("placeholder").or(field.attr("maxlength")).or(field.attr("required")).is_none(),
                "{name}"
            );
        }
        // An answer on its way to an application is the one form that is not for us.
        for form in sheet.select("form:not([action^=http])") {
            let token = Selector::parse("input[type=hidden][name=_form]").unwrap();
            assert_eq!(form.select(&token).count(), 1, "{name}: SR-107");
            assert_eq!((form.attr("method"), form.attr("novalidate")), (Some("post"), Some("")), "{name}: SR-110");
        }
        for wrong in sheet.select("[aria-invalid]") {
            let id = wrong.attr("id").unwrap();
            assert!(
                wrong.attr("aria-describedby").unwrap().split(' ').any(|tie| tie == format!("{id}-error")),
                "{name}"
            );
            assert_eq!(sheet.select(&format!("[role=alert] a[href='#{id}']")).len(), 1, "{name}: {id} in the summary");
        }
    }
}

/// The fields of whom an organisation names.
const CONTACTS: [&str; 9] = [
    "legal-firstName",
    "legal-lastName",
    "legal-email",
    "administrative-firstName",
    "administrative-lastName",
    "administrative-email",
    "billing-firstName",
    "billing-lastName",
    "billing-email",
];

/// The fields of whom an administrator invites.
const INVITED: [&str; 3] = ["firstName", "lastName", "email"];

const CHALLENGE_QUESTIONS: [&str; 6] =
    ["question-1", "question-2", "question-3", "question-4", "question-5", "question-6"];
const CHALLENGE_ANSWERS: [&str; 6] = ["answer-1", "answer-2", "answer-3", "answer-4", "answer-5", "answer-6"];

#[test]
fn sr_26_browsers_and_password_managers_are_told_what_each_field_is() {
    let mut expected: BTreeMap<(&str, &str), &str> = BTreeMap::from([
        (("sign-in", "username"), "username"),
        (("sign-in", "password"), "current-password"),
        (("register", "firstName"), "given-name"),
        (("register", "lastName"), "family-name"),
        (("register", "email"), "email"),
        (("register-password", "firstName"), "given-name"),
        (("register-password", "lastName"), "family-name"),
        (("register-password", "email"), "email"),
        (("register-password", "password-new"), "new-password"),
        (("register-password", "password-confirm"), "new-password"),
        (("register-issued", "firstName"), "given-name"),
        (("register-issued", "lastName"), "family-name"),
        (("register-issued", "email"), "email"),
        (("register-issued", "emailConfirm"), "email"),
        (("register-organisation", "organisation-number"), "off"),
        (("register-organisation", "organisation"), "organization"),
        (("register-organisation", "vat-number"), "off"),
        (("register-organisation", "organisation-phone"), "tel"),
        (("register-organisation", "street-address"), "address-line1"),
        (("register-organisation", "address-complement"), "address-line2"),
        (("register-organisation", "fax"), "off"),
        (("register-organisation", "postal-code"), "postal-code"),
        (("register-organisation", "town"), "address-level2"),
        (("register-organisation", "department"), "address-level1"),
        (("register-organisation", "country"), "country"),
        (("register-administrator", "firstName"), "given-name"),
        (("register-administrator", "lastName"), "family-name"),
        (("register-administrator", "phoneNumber"), "tel"),
        (("register-administrator", "email"), "email"),
        (("register-administrator", "emailConfirm"), "email"),
        (("register-administrator", "password-new"), "new-password"),
        (("register-administrator", "password-confirm"), "new-password"),
        (("verify-email", "code"), "one-time-code"),
        (("update-password", "username"), "username"),
        (("update-password", "password"), "current-password"),
        (("update-password", "password-new"), "new-password"),
        (("update-password", "password-confirm"), "new-password"),
        (("second-factor", "code"), "one-time-code"),
        (("recovery-code", "recovery-code"), "off"),
        (("configure-totp", "device-name"), "off"),
        (("configure-totp", "code"), "one-time-code"),
        (("secret-question", "question"), "off"),
        (("secret-question", "answer"), "off"),
        (("register-access", "firstName"), "given-name"),
        (("register-access", "lastName"), "family-name"),
        (("register-access", "email"), "email"),
        (("recover-identifier", "email"), "email"),
        (("recover-password", "username"), "username"),
        (("recover-sent", "code"), "one-time-code"),
        (("recover-question", "answer"), "off"),
        (("device", "user_code"), "off"),
        (("account-passkeys", "device-name"), "off"),
        (("account-email", "email"), "email"),
        (("account-identity", "firstName"), "given-name"),
        (("account-identity", "lastName"), "family-name"),
        (("account-identity", "phoneNumber"), "tel"),
        (("account-identity", "locale"), "language"),
        (("account-organisation-details", "vat-number"), "off"),
        (("account-organisation-details", "organisation"), "organization"),
        (("account-organisation-details", "organisation-phone"), "tel"),
        (("account-organisation-details", "street-address"), "address-line1"),
        (("account-organisation-details", "address-complement"), "address-line2"),
        (("account-organisation-details", "fax"), "off"),
        (("account-organisation-details", "postal-code"), "postal-code"),
        (("account-organisation-details", "town"), "address-level2"),
        (("account-organisation-details", "department"), "address-level1"),
    ]);
    // Other people, and what no browser may remember.
    for (page, fields) in [
        ("designate-contacts", &CONTACTS[..]),
        ("account-organisation-contacts", &CONTACTS),
        ("invite-users", &INVITED),
        ("account-organisation-invitations", &INVITED),
        ("challenge-questions", &CHALLENGE_QUESTIONS),
        ("challenge-questions", &CHALLENGE_ANSWERS),
        ("recover-question", &CHALLENGE_ANSWERS[..3]),
        ("challenge", &CHALLENGE_ANSWERS[..3]),
    ] {
        expected.extend(fields.iter().map(|field| ((page, *field), "off")));
    }
    let mut seen = BTreeSet::new();
    for sheet in sheets() {
        for field in sheet.select("input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select") {
            let key = (sheet.page, field.attr("name").unwrap());
            let token = expected.iter().find(|(known, _)| **known == key);
            let (key, token) = token.unwrap_or_else(|| panic!("{}: {key:?} is not in the table", sheet.name()));
            // Passkeys stand in the field's own list, where there is one to be asked for (UX.md P1).
            let keys = !sheet.select("[data-passkey]").is_empty()
                && key == &("sign-in", "username")
                && field.attr("readonly").is_none();
            let token = if keys { format!("{token} webauthn") } else { (*token).to_owned() };
            assert_eq!(field.attr("autocomplete"), Some(&*token), "{}: {key:?}", sheet.name());
            let secret = key.1.starts_with("password");
            assert_eq!(field.attr("type") == Some("password"), secret, "{}: {key:?}", sheet.name());
            seen.insert(*key);
        }
    }
    assert_eq!(seen.len(), expected.len(), "the table names a field that no page has");
}

#[test]
fn sr_111_nothing_runs_or_styles_inside_a_page() {
    for sheet in sheets() {
        let name = sheet.name();
        assert!(sheet.select("style, [style], object, embed, base, script:not([src])").is_empty(), "{name}");
        // One page has frames, of addresses that applications registered, under a policy of its own.
        let frames = sheet.select("iframe");
        assert!(frames.is_empty() || sheet.page == "signed-out", "{name}");
        assert!(frames.iter().all(|frame| frame.attr("hidden").is_some() && frame.attr("sandbox").is_some()), "{name}");
        for element in sheet.select("*") {
            assert!(!element.value().attrs().any(|(attribute, _)| attribute.starts_with("on")), "{name}");
        }
    }
}

#[test]
fn sr_114_a_page_loads_its_own_files_only_and_stays_under_30_kb() {
    for name in files::themes() {
        let theme = theme(&name);
        let assets: BTreeMap<_, _> = theme.assets().iter().map(|asset| (asset.address(), asset.body.len())).collect();
        for sheet in sheets().filter(|sheet| sheet.theme == name) {
            let loaded = sheet.select("link[rel=stylesheet], link[rel=icon], script[src], img[src]");
            let addresses = loaded.iter().map(|file| file.attr("href").or(file.attr("src")).unwrap());
            let weights: Vec<_> = addresses.map(|address| assets[address]).collect();
            let weight = sheet.source.len() + weights.iter().sum::<usize>();
            assert!(weight < 30 * 1024, "{}: {weight} bytes", sheet.name());
            assert!(sheet.select("link[rel=stylesheet], script[src], img[src]").len() <= 2, "three requests at most");
        }
        let script = theme.assets().iter().find(|asset| asset.name == "guichet.js").unwrap();
        assert!(script.body.len() <= 5 * 1024, "{} bytes of script", script.body.len());
    }
}

#[test]
fn no_page_shows_a_key_or_a_gap() {
    let keys: BTreeSet<String> =
        theme(files::BASE).voice(Language::French).catalogue().texts().map(|(key, _)| key.to_owned()).collect();
    for sheet in sheets() {
        let text = sheet.text();
        for word in text.split(|letter: char| !(letter.is_ascii_alphanumeric() || "._".contains(letter))) {
            assert!(!keys.contains(word), "{}: {word}", sheet.name());
        }
        for gap in ["{", "}", "**", "undefined", " none", "None"] {
            assert!(!text.contains(gap), "{}: {gap}", sheet.name());
        }
    }
}

#[test]
fn the_language_link_names_the_other_language_in_itself() {
    for sheet in sheets() {
        let link = sheet.select("a.switch")[0];
        let other = sheet.language.other();
        assert_eq!((link.attr("lang"), link.attr("hreflang")), (Some(other.tag()), Some(other.tag())));
        assert_eq!(link.text().collect::<String>(), other.own_name());
        assert!(link.attr("href").unwrap().contains("flow="), "{}: the flow is kept", sheet.name());
    }
}

/// DOMAIN.md §9.5, word for word: what the seed's people read stands on our pages.
#[test]
fn the_certinomis_pages_say_what_the_seed_says() {
    let all: Vec<_> = sheets().collect();
    for (page, sample, texts) in [
        (
            "sign-in",
            "first-visit",
            &[
                "Connectez-vous à votre compte",
                "Courriel",
                "Mot de passe",
                "Mot de passe oublié\u{202F}?",
                "Connexion",
                "Ou",
                "S’enregistrer",
            ][..],
        ),
        ("register", "first-visit", &["S’enregistrer", "Prénom", "Nom", "Courriel", "Retour à la connexion"]),
        (
            "verify-email",
            "first-visit",
            &[
                "Vérification du courriel",
                "Vous devez vérifier votre email pour activer votre compte.",
                "Un courriel avec des instructions à suivre vous a été envoyé.",
                "Vous n’avez pas reçu de courriel\u{202F}? Cliquez ici pour renvoyer le courriel.",
                "Vous venez de vérifier votre email\u{202F}? Cliquez ici pour continuer l’authentification.",
            ],
        ),
        (
            "update-password",
            "first-visit",
            &[
                "Mise à jour du mot de passe",
                "Vous devez mettre à jour votre mot de passe pour activer votre compte.",
                "Nouveau mot de passe",
                "Confirmation du nouveau mot de passe",
                "Se déconnecter des autres appareils",
                "Soumettre",
            ],
        ),
        (
            "secret-question",
            "first-visit",
            &[
                "Création de la question secrète",
                "Quelle est votre question secrète\u{202F}?",
                "Quelle est votre réponse à la question secrète\u{202F}?",
                "Renault est différent de renault",
                "Valider",
            ],
        ),
    ] {
        let is_it = |sheet: &&Sheet| {
            (sheet.theme, sheet.page, sheet.sample, sheet.language) == ("certinomis", page, sample, Language::French)
        };
        let sheet = all.iter().find(is_it).unwrap();
        let said =
            sheet.select("main")[0].text().collect::<String>().split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        for text in texts {
            assert!(said.contains(text), "{page}: {text}\n{said}");
        }
    }
    let ticked = all.iter().find(|sheet| (sheet.page, sheet.sample) == ("update-password", "first-visit")).unwrap();
    assert_eq!(ticked.select("input[name=logout-sessions][checked]").len(), 1);
}

#[test]
fn sr_119_no_page_asks_for_a_file() {
    for sheet in sheets() {
        assert!(sheet.select("input[type=file], [enctype], [formenctype]").is_empty(), "{}", sheet.name());
    }
}

/// What a person reads in the states that matter most, as text.
#[test]
fn pages_read_as_they_were_reviewed() {
    let mut read: BTreeMap<(&str, Language), String> = BTreeMap::new();
    for sheet in sheets().filter(|sheet| sheet.theme == "certinomis") {
        let text = sheet.select("main")[0].text().flat_map(str::split_ascii_whitespace).collect::<Vec<_>>().join(" ");
        let all = read.entry((sheet.page, sheet.language)).or_default();
        write!(all, "[{}]\n{text}\n\n", sheet.sample).unwrap();
    }
    for ((page, language), text) in read {
        insta::assert_snapshot!(format!("{page}.{language}"), text);
    }
}

/// Leaves the pages as a site: `index.html`, one folder per theme, the assets at their addresses.
#[test]
fn pages_are_laid_out_for_eyes() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    let write = |path: PathBuf, body: &[u8]| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, body).unwrap();
    };
    let mut index = String::from("<!doctype html><meta charset=utf-8><title>Pages</title><ul>");
    for sheet in sheets() {
        write!(index, "<li><a href=\"{0}.html\">{0}</a>", sheet.name()).unwrap();
        write(root.join(format!("{}.html", sheet.name())), sheet.source.as_bytes());
    }
    for asset in files::themes().iter().flat_map(|name| theme(name).assets().to_vec()) {
        write(root.join(asset.address().trim_start_matches('/')), &asset.body);
    }
    write(root.join("index.html"), index.as_bytes());
    assert!(root.join("certinomis/sign-in.first-visit.fr.html").is_file());
}
