//! DOMAIN.md §7: terms of use shown, accepted, mailed and proven, and asked again when they change.

use std::process::{Command, Output};

use guichet::clock::{hours, minutes};
use guichet::identity::terms::Digest;
use serde_json::Value;

use super::chambersign::{accepts, at_chambersign, at_the_door, gets_an_account, registers, says_all};
use crate::support::browser::Browser;
use crate::support::client_app::{parameter, tokens};
use crate::support::people::MARIE;
use crate::support::world::{MASTER_KEY, PUBLIC, World};

const PLACE: &str = "required-actions/accept-terms";
const FRENCH: &str = include_str!("../../realm-config/chambersign/terms/cgu/1.fr.md");
const ENGLISH: &str = include_str!("../../realm-config/chambersign/terms/cgu/1.en.md");

/// A browser before the terms, its address proven.
async fn before_the_terms(world: &World, language: &str) -> Browser {
    let mut browser = at_the_door(world, language).await;
    registers(&MARIE, &mut browser).await;
    MARIE.confirms(world, &mut browser).await;
    let go_on = browser.page().link("Continuer").or_else(|| browser.page().link("Continue")).unwrap();
    browser.opens(&go_on).await;
    assert_eq!(browser.place(), PLACE, "{}", browser.text());
    browser
}

/// Publishes another edition of a document, in force from that day on.
async fn publishes(world: &mut World, edition: &str, effective: &str, words: &str) {
    let about = format!(
        "title = {{ fr = \"Conditions {edition}\", en = \"Terms {edition}\" }}\neffective = \"{effective}\"\n\
         changes = {{ fr = \"Un article de plus.\", en = \"One more article.\" }}\n"
    );
    let (fr, en) = (format!("# Objet\n\n{words} (fr)\n"), format!("# Purpose\n\n{words} (en)\n"));
    let path = |end: &str| format!("terms/{edition}{end}");
    world.adds_files(&[(&path(".toml"), about.as_str()), (&path(".fr.md"), &fr), (&path(".en.md"), &en)]).await;
}

async fn acceptances(world: &World) -> i64 {
    world.database.count("SELECT count(*) FROM terms_acceptances").await
}

/// What the database keeps of the newest acceptance.
async fn newest(world: &World) -> Value {
    let all = world.database.texts("SELECT content FROM terms_acceptances ORDER BY number").await;
    serde_json::from_str(all.last().unwrap()).unwrap()
}

#[tokio::test]
async fn chambersign_terms_are_read_in_full_accepted_and_mailed() {
    at_chambersign(async |world| {
        let mut browser = before_the_terms(world, "fr").await;
        assert_eq!((browser.status(), browser.h1().as_str()), (200, "CGU Espace Client & Partenaires"));
        says_all(
            &browser,
            &[
                "Version 1, en vigueur depuis le 1er janvier 2026",
                "Chaque compte appartient à une seule personne",
                "Le texte français fait foi.",
                "Télécharger en PDF",
                "J’ai lu et j’accepte « CGU Espace Client & Partenaires », en vigueur depuis le 1er janvier 2026",
                "J’accepte",
                "Refuser et se déconnecter",
            ],
        );
        assert!(!browser.page().ticked("accept"), "nobody ticked it");
        browser.presses("J’accepte").await;
        assert_eq!(browser.status(), 422);
        assert_eq!(
            browser.field_error("accept").as_deref(),
            Some("Cochez la case pour accepter les conditions, ou refusez")
        );
        assert_eq!(acceptances(world).await, 0);
        accepts(&mut browser).await;
        assert!(browser.has_left(), "{}", browser.text());

        let kept = newest(world).await;
        assert_eq!((kept["key"].as_str(), kept["version"].as_str()), (Some("cgu"), Some("1")));
        assert_eq!((kept["language"].as_str(), kept["method"].as_str()), (Some("fr"), Some("box_and_button")));
        assert_eq!(kept["sha256"], Digest::of(FRENCH).to_string());
        assert_eq!((kept["client"].as_str(), kept["source"].as_str()), (Some("portal"), Some(&*browser.source)));
        assert_eq!(kept["accepted_at"], world.now().millis());
        assert!(kept["user_agent"].as_str().unwrap().contains("Firefox"));

        let mail = world.mail_to(MARIE.email).await;
        assert!(mail.subject.contains("Votre copie des conditions"), "{}", mail.subject);
        let files: Vec<_> = mail.attachments.iter().map(|file| (file.name.as_str(), file.media_type)).collect();
        assert_eq!(files, [("cgu-1.fr.txt", "text/plain; charset=utf-8"), ("cgu-1.fr.pdf", "application/pdf")]);
        assert_eq!(mail.attachments[0].bytes, FRENCH.as_bytes(), "the very bytes that were accepted");
        assert!(mail.attachments[1].bytes.starts_with(b"%PDF-"));
    })
    .await;
}

#[tokio::test]
async fn chambersign_what_was_shown_in_english_is_what_was_accepted() {
    at_chambersign(async |world| {
        let mut browser = before_the_terms(world, "en").await;
        assert_eq!(browser.h1(), "Terms of use of the customer and partner area");
        says_all(&browser, &["Version 1, in force since 1 January 2026", "I accept", "Decline and sign out"]);
        accepts(&mut browser).await;
        assert!(browser.has_left());
        let kept = newest(world).await;
        assert_eq!((&kept["language"], &kept["sha256"]), (&"en".into(), &Digest::of(ENGLISH).to_string().into()));
        let mail = world.mail_to(MARIE.email).await;
        assert_eq!(mail.attachments[0].bytes, ENGLISH.as_bytes());
    })
    .await;
}

#[tokio::test]
async fn declining_signs_out_and_tells_the_portal() {
    at_chambersign(async |world| {
        let mut browser = before_the_terms(world, "fr").await;
        browser.presses("Refuser et se déconnecter").await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("access_denied"));
        assert_eq!(acceptances(world).await, 0);
        assert_eq!(world.database.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL").await, 0);
        assert_eq!(world.database.count("SELECT count(*) FROM events WHERE name = 'terms.refused'").await, 1);
        // Nothing was lost: the account is there, and the same page comes at the next sign-in.
        let mut again = at_the_door(world, "fr").await;
        again.follows("Se connecter").await.submits(&MARIE.credentials()).await;
        accepts(&mut again).await;
        assert!(again.has_left());
        let mut later = at_the_door(world, "fr").await;
        later.follows("Se connecter").await.submits(&MARIE.credentials()).await;
        assert!(later.has_left(), "asked once");
    })
    .await;
}

#[tokio::test]
async fn sr_73_a_new_major_version_is_asked_of_live_sessions_and_of_refresh_tokens() {
    at_chambersign(async |world| {
        // Ten minutes to midnight.
        world.advance(hours(9) + minutes(38));
        let (portal, mut browser) = (world.portal(), world.browser());
        gets_an_account(world, &MARIE, &mut browser).await;
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        let given = portal.redeems(&asked, browser.left_for()).await;
        let refresh = given.refresh_token.clone().unwrap();
        publishes(world, "cgu/2", "2026-03-04", "Tout est neuf").await;
        browser.opens(&portal.asks().url()).await;
        assert!(browser.has_left(), "not before its day");

        world.advance(minutes(15));
        let refused = portal.refreshes(&refresh).await;
        assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (400, Some("invalid_grant")));
        assert!(refused.json()["error_description"].as_str().unwrap().contains("terms of use"));
        browser.opens(&portal.asks().url()).await;
        assert_eq!(browser.h1(), "Conditions cgu/2");
        says_all(&browser, &["Ce qui change : Un article de plus.", "Tout est neuf (fr)"]);
        accepts(&mut browser).await;
        assert!(browser.has_left());
        let renewed = portal.refreshes(&refresh).await;
        assert_eq!(renewed.status, 200, "nothing was used up: {}", renewed.body);
        assert!(tokens(&renewed).refresh_token.is_some());
    })
    .await;
}

#[tokio::test]
async fn sr_73_a_live_session_meets_new_terms_and_silence_is_told_to_interact() {
    at_chambersign(async |world| {
        let (portal, mut browser) = (world.portal(), world.browser());
        gets_an_account(world, &MARIE, &mut browser).await;
        publishes(world, "cgu/2", "2026-03-01", "Tout est neuf").await;
        browser.opens(&portal.asks().with("prompt", "none").url()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("interaction_required"));
        browser.opens(&portal.asks().url()).await;
        assert_eq!((browser.place(), browser.h1().as_str()), (PLACE, "Conditions cgu/2"), "{}", browser.text());
        // Declining ends the session that was open.
        browser.presses("Refuser et se déconnecter").await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("access_denied"));
        browser.opens(&portal.asks().url()).await;
        assert_eq!(browser.place(), "welcome");
        browser.follows("Se connecter").await.submits(&MARIE.credentials()).await;
        accepts(&mut browser).await;
        browser.opens(&portal.asks().with("prompt", "none").url()).await;
        assert!(parameter(browser.left_for(), "code").is_some());
    })
    .await;
}

#[tokio::test]
async fn a_minor_version_is_not_asked_about() {
    at_chambersign(async |world| {
        let mut browser = world.browser();
        gets_an_account(world, &MARIE, &mut browser).await;
        publishes(world, "cgu/1.1", "2026-03-01", "Une virgule").await;
        browser.opens(&world.portal().asks().url()).await;
        assert!(browser.has_left());
        // Who comes now accepts the text that is in force.
        let mut paul = at_the_door(world, "fr").await;
        registers(&crate::support::people::PAUL, &mut paul).await;
        crate::support::people::PAUL.confirms(world, &mut paul).await;
        paul.follows("Continuer").await;
        assert_eq!(paul.h1(), "Conditions cgu/1.1");
    })
    .await;
}

#[tokio::test]
async fn terms_that_change_while_their_page_is_open_are_shown_again_and_nothing_is_recorded() {
    at_chambersign(async |world| {
        let mut browser = before_the_terms(world, "fr").await;
        publishes(world, "cgu/2", "2026-03-01", "Tout est neuf").await;
        accepts(&mut browser).await;
        assert_eq!((browser.status(), browser.place()), (409, PLACE));
        assert!(browser.notice().unwrap().starts_with("Les conditions ont changé pendant que cette page"));
        assert_eq!(browser.h1(), "Conditions cgu/2");
        assert_eq!(acceptances(world).await, 0);
        accepts(&mut browser).await;
        assert!(browser.has_left(), "{}", browser.text());
        assert_eq!(newest(world).await["version"], "2");
        assert_eq!(acceptances(world).await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_documents_are_accepted_in_one_pass_and_mailed_together() {
    at_chambersign(async |world| {
        publishes(world, "charte/1", "2026-01-01", "Soyons aimables").await;
        let mut browser = before_the_terms(world, "fr").await;
        assert_eq!(browser.h1(), "Conditions à accepter");
        says_all(&browser, &["CGU Espace Client & Partenaires", "Conditions charte/1", "Soyons aimables (fr)"]);
        accepts(&mut browser).await;
        assert!(browser.has_left());
        assert_eq!(acceptances(world).await, 2);
        assert_eq!(world.database.count("SELECT count(*) FROM events WHERE name = 'terms.accepted'").await, 2);
        assert_eq!(world.mail_to(MARIE.email).await.attachments.len(), 4);
        assert!(evidence(world).await.holds());
    })
    .await;
}

#[tokio::test]
async fn sr_72_a_form_that_names_another_text_or_comes_twice_records_nothing_more() {
    at_chambersign(async |world| {
        let mut browser = before_the_terms(world, "fr").await;
        let form = browser.ticks("accept", true).form("J’accepte");
        let other = format!("en:{}", Digest::of(FRENCH));
        for shown in ["", "fr:", "fr", &other, "fr:0000"] {
            assert_eq!(browser.posts(&form.clone().with("shown", shown)).await.status, 409, "{shown}");
        }
        assert_eq!(acceptances(world).await, 0);
        let first = browser.posts(&form).await;
        let second = browser.posts(&form).await;
        assert_eq!((first.status, first.location()), (second.status, second.location()));
        assert_eq!(acceptances(world).await, 1);
        let page = browser.at().clone();
        browser.opens(page.as_str()).await;
        assert!(browser.says("Cette étape est déjà faite."), "{}", browser.text());
    })
    .await;
}

#[tokio::test]
async fn the_claim_terms_tells_what_was_accepted_last() {
    at_chambersign(async |world| {
        let (portal, mut browser) = (world.portal(), world.browser());
        gets_an_account(world, &MARIE, &mut browser).await;
        let first = world.now().seconds();
        world.advance(minutes(1));
        for (scope, told) in [("openid terms", true), ("openid", false)] {
            let asked = portal.asks().with("scope", scope);
            browser.opens(&asked.url()).await;
            let given = portal.redeems(&asked, browser.left_for()).await;
            let said = portal.userinfo(&given.access_token).await.json();
            let terms = serde_json::json!([{ "key": "cgu", "version": "1", "accepted_at": first }]);
            assert_eq!(said.get("terms"), told.then_some(&terms), "{scope}");
        }
    })
    .await;
}

#[tokio::test]
async fn editions_stay_to_be_read_and_kept() {
    at_chambersign(async |world| {
        publishes(world, "cgu/2", "2026-03-01", "Tout est neuf").await;
        let mut browser = world.browser();
        browser.opens_page("terms/cgu/1").await;
        assert_eq!((browser.status(), browser.h1().as_str()), (200, "CGU Espace Client & Partenaires"));
        says_all(&browser, &["La révocation d’un certificat est définitive."]);
        let file = browser.page().link("Télécharger en texte – CGU Espace Client & Partenaires").unwrap();
        browser.opens(&file).await;
        assert_eq!(browser.answer().body, FRENCH);
        assert_eq!(browser.answer().header("content-type"), Some("text/markdown; charset=utf-8"));
        for missing in ["terms/cgu/9", "terms/cgu/1/de.md", "terms/cgu/1/fr.doc", "terms/cgu/01", "terms/x/1/fr.md"] {
            browser.opens_page(missing).await;
            assert_eq!(browser.status(), 404, "{missing}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_published_text_cannot_be_changed_and_a_removed_one_stays_readable() {
    at_chambersign(async |world| {
        let mut changed = world.files().clone();
        let text = changed.files.get_mut("terms/cgu/1.fr.md").unwrap();
        *text = text.replace("30 minutes", "60 minutes");
        let refused = world.node.house.apply(&[changed.clone()], "story").await.unwrap().unwrap_err().to_string();
        assert!(refused.contains("E0136") && refused.contains("terms/cgu/1.fr.md"), "{refused}");
        let published = world.node.house.publish_terms(&changed, "story").await.unwrap();
        assert!(published.is_err());
        // The same text under another version is what one does.
        let text = changed.files["terms/cgu/1.fr.md"].clone();
        changed.files.insert("terms/cgu/1.fr.md".into(), FRENCH.to_owned());
        for (path, text) in [("terms/cgu/1.1.fr.md", text), ("terms/cgu/1.1.en.md", ENGLISH.to_owned())] {
            changed.files.insert(path.to_owned(), text);
        }
        let about = changed.files["terms/cgu/1.toml"].clone();
        changed.files.insert("terms/cgu/1.1.toml".into(), about);
        assert_eq!(world.node.house.publish_terms(&changed, "story").await.unwrap().unwrap(), 2);
        assert_eq!(world.node.house.publish_terms(&changed, "story").await.unwrap().unwrap(), 0, "once");
        let lines = world.node.house.terms(&"certinomis".parse().unwrap()).await.unwrap();
        let current: Vec<_> = lines.iter().filter(|line| line.in_force).map(|line| line.version.as_str()).collect();
        assert_eq!((lines.len(), current), (4, vec!["1.1", "1.1"]));
    })
    .await;
}

/// What proves what Marie accepted.
async fn evidence(world: &World) -> guichet::assembly::EvidenceOf {
    let house = &world.node.house;
    let marie = house.user(&"certinomis".parse().unwrap(), MARIE.email).await.unwrap().unwrap();
    house.terms_evidence(&marie).await.unwrap()
}

#[tokio::test]
async fn sr_195_evidence_holds_and_one_changed_byte_makes_it_fail() {
    at_chambersign(async |world| {
        gets_an_account(world, &MARIE, &mut world.browser()).await;
        publishes(world, "cgu/2", "2026-03-01", "Tout est neuf").await;
        let mut browser = at_the_door(world, "fr").await;
        browser.follows("Se connecter").await.submits(&MARIE.credentials()).await;
        accepts(&mut browser).await;
        world.posts().await;
        let sound = evidence(world).await;
        assert!(sound.holds(), "{sound:?}");
        assert_eq!(sound.acceptances.len(), 2);
        let first = &sound.acceptances[0];
        assert_eq!(first.mail_state.as_deref(), Some("sent"));
        assert!(first.message_id.as_deref().unwrap().ends_with("@chambersign.example>"), "{first:?}");

        let newest = "(SELECT max(number) FROM terms_acceptances)";
        for (change, back, fault) in [
            (
                "UPDATE terms_acceptances SET content = replace(content, '\"fr\"', '\"en\"') WHERE number = 1",
                "UPDATE terms_acceptances SET content = replace(content, '\"en\"', '\"fr\"') WHERE number = 1",
                "the seal is wrong",
            ),
            (
                "UPDATE terms_acceptances SET accepted_at = accepted_at + 1 WHERE number = 2",
                "UPDATE terms_acceptances SET accepted_at = accepted_at - 1 WHERE number = 2",
                "the columns do not say what the evidence says",
            ),
            (
                "UPDATE terms SET sha256 = (SELECT sha256 FROM terms WHERE version = '2' AND language = 'en') \
                 WHERE version = '2' AND language = 'fr'",
                "",
                "the document is not the one that was shown",
            ),
        ] {
            assert!(world.database.execute(change).await > 0, "{change}");
            let broken = evidence(world).await;
            assert!(!broken.holds());
            let faults: Vec<_> = broken.acceptances.iter().filter_map(|line| line.fault).collect();
            assert_eq!(faults, [fault], "{change}");
            if !back.is_empty() {
                world.database.execute(back).await;
                assert!(evidence(world).await.holds(), "{back}");
            }
        }
        world.database.execute(&format!("DELETE FROM terms_acceptances WHERE number = {newest}")).await;
        assert_eq!(evidence(world).await.missing, Some("the audit trail tells of an acceptance that is not here"));
        world.database.execute("UPDATE terms_acceptances SET number = 2").await;
        assert_eq!(evidence(world).await.acceptances[0].fault, Some("an acceptance before this one is missing"));
    })
    .await;
}

/// Runs the binary on the database of a story.
fn guichet(world: &World, words: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let (key, settings) = (folder.path().join("master.key"), folder.path().join("guichet.toml"));
    std::fs::write(&key, MASTER_KEY).unwrap();
    let text = format!(
        "public_url = \"{PUBLIC}\"\nmaster_key_file = \"{}\"\n[listen]\npublic = [\"127.0.0.1:8443\"]\n\
         [proxy]\ntrusted = [\"127.0.0.1\"]\n[database]\nurl = \"{}\"\n[smtp]\nhost = \"127.0.0.1\"\nsecurity = \"none\"\n",
        key.display(),
        world.database.url().expose()
    );
    std::fs::write(&settings, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    command.args(words).arg("--config").arg(&settings).output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_publishes_lists_and_proves() {
    at_chambersign(async |world| {
        gets_an_account(world, &MARIE, &mut world.browser()).await;
        world.posts().await;
        let said = |output: &Output| {
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        };
        let listed = guichet(world, &["terms", "list", "certinomis"]);
        let line = format!("cgu 1 fr  {}  accepted by 1  in force", Digest::of(FRENCH));
        assert!(listed.status.success() && said(&listed).contains(&line), "{}", said(&listed));

        let proof = guichet(world, &["terms", "evidence", "certinomis", MARIE.email]);
        assert!(proof.status.success(), "{}", said(&proof));
        for words in
            ["Marie Durand", "3 March 2026 at 13:12", "copy sent as <", "Every acceptance is as it was written"]
        {
            assert!(said(&proof).replace('\u{a0}', " ").contains(words), "{words}: {}", said(&proof));
        }
        let json = guichet(world, &["terms", "evidence", "certinomis", MARIE.email, "--json"]);
        let json: Value = serde_json::from_slice(&json.stdout).unwrap();
        assert_eq!((&json["version"], &json["holds"]), (&1.into(), &true.into()));
        assert_eq!(json["acceptances"][0]["sha256"], Digest::of(FRENCH).to_string());

        let folder = tempfile::tempdir().unwrap();
        let realm = folder.path().join("certinomis");
        for (path, text) in &world.files().files {
            let file = realm.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let named = realm.to_str().unwrap();
        let nothing = guichet(world, &["terms", "publish", named]);
        assert!(nothing.status.success() && said(&nothing).contains("Nothing new"), "{}", said(&nothing));
        for end in ["toml", "fr.md", "en.md"] {
            std::fs::copy(realm.join(format!("terms/cgu/1.{end}")), realm.join(format!("terms/cgu/1.1.{end}")))
                .unwrap();
        }
        let new = guichet(world, &["terms", "publish", named]);
        assert!(new.status.success() && said(&new).contains("2 texts were published"), "{}", said(&new));
        std::fs::write(realm.join("terms/cgu/1.fr.md"), "# Autre chose\n").unwrap();
        let refused = guichet(world, &["terms", "publish", named]);
        assert_eq!(refused.status.code(), Some(3), "{}", said(&refused));
        assert!(said(&refused).contains("E0136"), "{}", said(&refused));

        world.database.execute("UPDATE terms_acceptances SET key = 'cgv'").await;
        let broken = guichet(world, &["terms", "evidence", "certinomis", MARIE.email]);
        assert_eq!(broken.status.code(), Some(1));
        assert!(said(&broken).contains("E0660"), "{}", said(&broken));
    })
    .await;
}
