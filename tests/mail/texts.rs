//! Every mail, in every state, language and theme: what it must hold, and what it must not.

use guichet::clock::{Timestamp, days, hours, minutes};
use guichet::identity::language::{Language, Localized};
use guichet::mail::message::{Mail, Sample};
use guichet::mail::render::{Rendered, render};
use guichet::realm::model::{
    DpopNonce, Entrance, LinkPolicy, MailPolicy, Operator, PasswordPolicy, Realm, RegistrationKind, RegistryPolicy,
    SessionPolicy, TokenPolicy,
};
use guichet::themes::files;
use guichet::themes::theme::Theme;
use guichet::x509::TrustAnchors;
use scraper::{Html, Selector};

/// 3 March 2026, 14:12 in Paris.
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);
pub(super) const ACCOUNT: &str = "marie.durand@exemple.example";
const ISSUER: &str = "https://compte.certinomis.example/realms/certinomis/";

/// A realm as its operator might declare it.
pub(super) fn realm(theme: &str) -> Realm {
    Realm {
        name: "certinomis".parse().unwrap(),
        display_name: Localized::same("Certinomis"),
        default_language: Language::French,
        time_zone: "Europe/Paris".to_owned(),
        entrance: Entrance::SignIn,
        registration: Some(RegistrationKind::VerifiedEmail),
        issued: None,
        remember_me: true,
        organisations: None,
        registries: RegistryPolicy::default(),
        required_actions: Vec::new(),
        password: PasswordPolicy { min_length: 12, max_length: 128, min_classes: 0, exempt_from_classes_at: None },
        secret_question: None,
        challenge_questions: None,
        totp: None,
        passkeys: guichet::realm::model::Passkeys::default(),
        second_factor: guichet::realm::model::Asked::default(),
        sessions: SessionPolicy { idle: minutes(30), absolute: hours(12), remembered: days(30) },
        links: LinkPolicy { verify_email: hours(24), verify_email_code: minutes(30), reset_password: minutes(30) },
        tokens: TokenPolicy {
            code: minutes(1),
            pushed_request: minutes(1),
            id_token: minutes(5),
            access_token: minutes(5),
            refresh_idle: minutes(30),
            refresh_absolute: hours(12),
            refresh_grace: minutes(0),
        },
        pushed: guichet::protocol::client::PushedRequests::Optional,
        dpop_nonce: DpopNonce::Off,
        rsa_bits: 3072,
        client_registration: guichet::realm::model::ClientRegistration::default(),
        mail: MailPolicy {
            from: "compte@certinomis.example".to_owned(),
            from_name: "Certinomis".to_owned(),
            reply_to: Some("assistance@certinomis.example".to_owned()),
        },
        theme: theme.to_owned(),
        operator: Operator {
            legal_name: "Certinomis SA".to_owned(),
            support_email: "assistance@certinomis.example".to_owned(),
            support_phone: Some("01\u{a0}23\u{a0}45\u{a0}67\u{a0}89".to_owned()),
            help: None,
            accessibility: None,
            terms: None,
            privacy: None,
        },
        terms: Vec::new(),
        resources: Vec::new(),
        trusted_issuers: Vec::new(),
        clients: Vec::new(),
        certificates: None,
        trust_anchors: TrustAnchors::default(),
        messages: std::collections::BTreeMap::default(),
    }
}

/// A sample in words, and what it is.
struct Worded {
    what: String,
    language: Language,
    sample: Sample,
    words: Rendered,
}

fn all() -> Vec<Worded> {
    let mut worded = Vec::new();
    for name in files::themes() {
        let realm = realm(&name);
        let theme = Theme::of(&realm).unwrap();
        for language in Language::ALL {
            for sample in Mail::samples(NOW) {
                let words = render(&sample.mail, &realm, &theme, language, ACCOUNT).unwrap();
                let what = format!("{} ({}, {language}, {name})", sample.mail.kind(), sample.name);
                worded.push(Worded { what, language, sample, words });
            }
        }
    }
    assert!(worded.len() >= 2 * 21, "{}", worded.len());
    worded
}

/// What a person sees of an HTML part, without the preview line.
fn seen(html: &str) -> String {
    let document = Html::parse_document(html);
    let body = Selector::parse("body > [role=main]").unwrap();
    let texts: Vec<_> = document.select(&body).flat_map(|main| main.text()).collect();
    texts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn links(html: &str) -> Vec<String> {
    let document = Html::parse_document(html);
    let anchors = Selector::parse("[href]").unwrap();
    document.select(&anchors).filter_map(|anchor| anchor.attr("href").map(str::to_owned)).collect()
}

#[test]
fn subjects_are_the_agreed_ones() {
    let realm = realm("base");
    let theme = Theme::of(&realm).unwrap();
    for (kind, french, english) in [
        ("verify_address", "Confirmez votre adresse e-mail – Certinomis", "Confirm your e-mail address – Certinomis"),
        ("account_exists", "Vous avez déjà un compte – Certinomis", "You already have an account – Certinomis"),
        ("reset_password", "Choisissez un nouveau mot de passe – Certinomis", "Choose a new password – Certinomis"),
        ("identifier_issued", "Votre identifiant Certinomis", "Your Certinomis identifier"),
        ("password_issued", "Votre mot de passe temporaire Certinomis", "Your temporary Certinomis password"),
        (
            "reset_one_of_several",
            "Choisissez un nouveau mot de passe – Certinomis",
            "Choose a new password – Certinomis",
        ),
        ("identifier_reminder", "Vos identifiants Certinomis", "Your Certinomis identifiers"),
        (
            "challenge_questions_changed",
            "Vos questions secrètes ont été modifiées",
            "Your challenge questions were changed",
        ),
        (
            "challenge_locked",
            "Vos questions secrètes sont bloquées pour 24 heures – Certinomis",
            "Your challenge questions are locked for 24 hours – Certinomis",
        ),
        ("password_changed", "Votre mot de passe a été modifié", "Your password was changed"),
        ("secret_question_changed", "Votre question secrète a été modifiée", "Your secret question was changed"),
        (
            "recovery_refused",
            "Échec d’une demande de nouveau mot de passe – Certinomis",
            "A request for a new password failed – Certinomis",
        ),
        ("new_device", "Nouvelle connexion à votre compte Certinomis", "New sign-in to your Certinomis account"),
        (
            "signed_in_after_failures",
            "Connexion à votre compte Certinomis après plusieurs échecs",
            "Sign-in to your Certinomis account after several failures",
        ),
        (
            "guessing_slowed",
            "Mots de passe erronés pour votre compte Certinomis",
            "Wrong passwords for your Certinomis account",
        ),
        (
            "access_revoked",
            "L’accès d’une application à votre compte a été fermé – Certinomis",
            "An application lost its access to your account – Certinomis",
        ),
        (
            "certificate_ends",
            "Votre certificat expire le 2\u{a0}avril 2026",
            "Your certificate expires on 2\u{a0}April 2026",
        ),
        ("invitation", "Activez votre compte Certinomis", "Activate your Certinomis account"),
        (
            "invitation_reminder",
            "Plus que 2\u{a0}jours pour activer votre compte",
            "2\u{a0}days left to activate your account",
        ),
        (
            "contact_named",
            "Vos coordonnées ont été données à Certinomis",
            "Your contact details were given to Certinomis",
        ),
        ("roles_changed", "Votre rattachement à EXEMPLE SAS", "Your membership of EXEMPLE SAS"),
        ("membership_ended", "Votre rattachement à EXEMPLE SAS", "Your membership of EXEMPLE SAS"),
        ("access_refused", "Votre rattachement à EXEMPLE SAS", "Your membership of EXEMPLE SAS"),
        (
            "confirm_access",
            "Confirmez votre demande d’accès – Certinomis",
            "Confirm your request for access – Certinomis",
        ),
        ("access_asked", "Une personne demande l’accès à EXEMPLE SAS", "Somebody asks for access to EXEMPLE SAS"),
        (
            "closing_postponed",
            "Votre compte Certinomis n’a pas pu être fermé",
            "Your Certinomis account could not be closed",
        ),
        ("operator_test", "E-mail de test de Certinomis", "Test e-mail from Certinomis"),
    ] {
        let sample = Mail::samples(NOW).into_iter().find(|sample| sample.mail.kind() == kind).unwrap();
        for (language, subject) in [(Language::French, french), (Language::English, english)] {
            assert_eq!(render(&sample.mail, &realm, &theme, language, ACCOUNT).unwrap().subject, subject);
        }
    }
}

#[test]
fn every_mail_is_whole() {
    for Worded { what, words, .. } in all() {
        for part in [&words.subject, &words.text, &words.html] {
            assert!(!part.is_empty(), "{what}");
            assert!(!part.contains("{{") && !part.contains("{%") && !part.contains("mail."), "{what}: {part}");
        }
        assert!(words.html.len() < 12 * 1024, "{what}: {} bytes", words.html.len());
        assert!(words.html.contains("color-scheme\" content=\"light dark\""), "{what}");
        assert!(words.html.trim_start().starts_with("<!doctype html>"), "{what}");
        assert!(!words.text.contains("\n\n\n"), "{what}: gaps in\n{}", words.text);
        // An account that signs in with what its realm issued is named by that: several may have one address.
        let account = if words.text.contains(ACCOUNT) { ACCOUNT } else { "EK700962" };
        for line in ["Certinomis", "Certinomis SA", "assistance@certinomis.example", account] {
            assert!(words.text.contains(line) && seen(&words.html).contains(line), "{what}: {line}");
        }
    }
}

#[test]
fn sr_180_both_parts_say_the_same() {
    let squeezed = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    for Worded { what, words, .. } in all() {
        let html = squeezed(&seen(&words.html));
        for line in words.text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "--") {
            // The language link stands behind its label in HTML, and below it in the text.
            if !line.contains("lang=") {
                assert!(html.contains(&squeezed(line)), "{what}: {line}");
            }
        }
    }
}

#[test]
fn subjects_hold_no_code_and_parts_hold_it_once() {
    for Worded { what, words, sample, .. } in all() {
        assert!(!words.subject.contains("482913"), "{what}");
        let kept = serde_json::to_value(&sample.mail).unwrap();
        let times = usize::from(kept.get("code").is_some());
        assert_eq!(words.text.matches("482913").count(), times, "{what}");
        assert_eq!(words.html.matches("482913").count(), times, "{what}");
    }
}

#[test]
fn sr_181_links_lead_to_the_issuer_alone() {
    for Worded { what, words, .. } in all() {
        let in_text = words.text.split_whitespace().filter(|word| word.contains("://")).map(str::to_owned);
        for link in in_text.chain(links(&words.html)) {
            assert!(link.starts_with(ISSUER), "{what}: {link}");
            // Nothing that breaks when a reader wraps lines, no tracking.
            let query = link.split_once('?').map_or("", |(_, query)| query);
            let known = |pair: &str| pair.starts_with("token=") || pair.starts_with("lang=");
            assert!(query.is_empty() || query.split('&').all(known), "{what}: {link}");
            assert!(!link.contains('+') && link.matches('=').count() <= 2 && !link.ends_with('='), "{what}: {link}");
        }
        let elsewhere = seen(&words.html).replace(ISSUER, "");
        assert!(!elsewhere.contains("://"), "{what}: {elsewhere}");
    }
}

#[test]
fn nothing_remote_is_loaded() {
    for Worded { what, words, .. } in all() {
        let lower = words.html.to_lowercase();
        for loading in ["<img", "<script", "<link", "src=", "url(", "@import", "<iframe", "background=", "<form"] {
            assert!(!lower.contains(loading), "{what}: {loading}");
        }
    }
}

#[test]
fn sr_180_a_strangers_words_are_harmless() {
    for Worded { what, words, sample, .. } in all() {
        if sample.name != "hostile" {
            continue;
        }
        for part in [&words.text, &words.html] {
            for poison in ["evil.example", "a@evil", "<a href='https://evil", "Bcc:", "\r", "script>"] {
                assert!(!part.contains(poison), "{what}: {poison}");
            }
        }
    }
}

#[test]
fn lifetimes_are_told_as_duration_and_clock_time() {
    let realm = realm("base");
    let theme = Theme::of(&realm).unwrap();
    let told = |kind: &str, language| {
        let sample = Mail::samples(NOW).into_iter().find(|sample| sample.mail.kind() == kind).unwrap();
        render(&sample.mail, &realm, &theme, language, ACCOUNT).unwrap().text.replace(['\u{a0}', '\u{202f}'], " ")
    };
    for (kind, language, sentence) in [
        (
            "verify_address",
            Language::French,
            "Le lien est valable 24 heures, jusqu’au 4 mars 2026 à 14 h 12 ; le code est valable 30 minutes, jusqu’à 14 h 42 (heure de Paris).",
        ),
        (
            "verify_address",
            Language::English,
            "The link is valid for 24 hours, until 4 March 2026 at 14:12; the code is valid for 30 minutes, until 14:42 (Paris time).",
        ),
        (
            "reset_password",
            Language::French,
            "Le lien et le code sont valables 30 minutes, jusqu’à 14 h 42 (heure de Paris).",
        ),
        (
            "reset_password",
            Language::English,
            "The link and the code are valid for 30 minutes, until 14:42 (Paris time).",
        ),
        ("verify_address", Language::French, "demandé le 3 mars 2026 à 14 h 12 depuis Firefox sur Windows."),
        ("verify_address", Language::English, "requested on 3 March 2026 at 14:12 from Firefox on Windows."),
    ] {
        assert!(told(kind, language).contains(sentence), "{kind}: {sentence}\n{}", told(kind, language));
    }
}

#[test]
fn french_is_set_as_the_french_set_it() {
    for Worded { what, language, words, .. } in all() {
        if language != Language::French {
            continue;
        }
        // Names and addresses are other people's; the last label is in English on purpose.
        let ours =
            |line: &&str| !line.contains("://") && !line.starts_with("Bonjour") && !line.starts_with("Read this page");
        let text = words.text.lines().filter(ours).fold(words.subject, |text, line| format!("{text}\n{line}"));
        let mut before = ' ';
        for character in text.chars() {
            match character {
                '?' | '!' | ';' => assert_eq!(before, '\u{202f}', "{what}: before {character}"),
                ':' => assert_eq!(before, '\u{a0}', "{what}: before {character}"),
                '\'' | '"' | '“' | '”' => panic!("{what}: {character}"),
                _ => {}
            }
            before = character;
        }
        assert!(!text.contains("..."), "{what}");
    }
}

#[test]
fn help_without_a_telephone_is_by_mail() {
    let mut realm = realm("base");
    realm.operator.support_phone = None;
    let theme = Theme::of(&realm).unwrap();
    for language in Language::ALL {
        let words = render(&Mail::samples(NOW)[0].mail, &realm, &theme, language, ACCOUNT).unwrap();
        assert!(words.text.contains("assistance@certinomis.example.\n"), "{}", words.text);
    }
}

#[test]
fn no_sentence_of_the_catalogue_is_without_use() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src/mail"), root.join("themes/base/templates/mail")];
    let mut sources = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { sources += &std::fs::read_to_string(path).unwrap() }
        }
    }
    let theme = Theme::of(&realm("base")).unwrap();
    for language in Language::ALL {
        let keys = theme.voice(language).catalogue().texts().map(|(key, _)| key).filter(|key| key.starts_with("mail."));
        let unused: Vec<_> = keys.filter(|key| !sources.contains(&format!("\"{key}\""))).collect();
        assert!(unused.is_empty(), "{language}: {unused:?}");
    }
}

#[test]
fn what_people_read() {
    let realm = realm("base");
    let theme = Theme::of(&realm).unwrap();
    for language in Language::ALL {
        // Long names and hostile ones look alike in every mail: one kind shows them.
        let shown = |sample: &Sample| sample.name == "usual" || sample.mail.kind() == "verify_address";
        for sample in Mail::samples(NOW).into_iter().filter(shown) {
            let words = render(&sample.mail, &realm, &theme, language, ACCOUNT).unwrap();
            let name = format!("{}-{}-{language}", sample.mail.kind(), sample.name);
            insta::assert_snapshot!(name, format!("Subject: {}\n\n{}", words.subject, words.text));
        }
    }
}
