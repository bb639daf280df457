//! The committed JSON Schemas are those of the binary, and say the defaults that are in force.

use guichet::realm::check::{NoThemes, check};
use guichet::realm::document::{Bundle, client_schema, realm_schema, terms_schema};
use guichet::realm::preset::Preset;
use serde_json::Value;

#[test]
fn committed_schemas_are_fresh() {
    for (name, schema) in [("realm", realm_schema()), ("client", client_schema()), ("terms", terms_schema())] {
        let path = format!("{}/docs/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let stale = format!("stale: run `guichet realm schema {name} > docs/schemas/{name}.schema.json`");
        assert_eq!(committed, format!("{schema:#}\n"), "{stale}");
    }
}

/// The least a realm must say.
const LEAST: &str = r#"
display_name = "Acme"
mail.from = "noreply@acme.example"
operator.legal_name = "Acme SA"
operator.support_email = "help@acme.example"
"#;

const LEAST_CLIENT: &str = r#"
client_id = "app"
client_name = "App"
redirect_uris = ["https://app.example/callback"]
"#;

fn realm(toml: &str, client: &str) -> String {
    let files = [("realm.toml", toml), ("clients/app.toml", client)];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let verdict = check(&Bundle { folder: "acme".to_owned(), files: files.into() }, &NoThemes);
    let realm = verdict.realm.unwrap_or_else(|| panic!("{toml}{client}\n{}", verdict.findings));
    format!("{realm:?}")
}

/// The key and default of every setting that has one, as lines of TOML.
fn defaults(schema: &Value, root: &Value, prefix: &str) -> Vec<String> {
    let schema = match schema["$ref"].as_str() {
        Some(path) => &root["$defs"][path.trim_start_matches("#/$defs/")],
        None => schema,
    };
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .flat_map(|(name, property)| match property.get("default") {
            Some(default) => vec![format!("{prefix}{name} = {default}\n")],
            None => defaults(property, root, &format!("{prefix}{name}.")),
        })
        .collect()
}

#[test]
fn documented_defaults_are_the_ones_in_force() {
    let secret = "secrets = [\"sha256:u7YzqJt2nTXFQ3V7Q7mVxX8oBqS2tq7gHc0mRkGd7aA\"]\n";
    let client = format!("{LEAST_CLIENT}{secret}");
    let (realm_document, client_document) = (realm_schema(), client_schema());
    // Without a word about questions, second factors, issued credentials or organisations there are none, so their
    // defaults are compared with an empty table. Certificates want an authority besides: `realm::anchors` looks at theirs.
    let optional = [
        "secret_question.",
        "challenge_questions.",
        "certificates.",
        "totp.",
        "second_factor.",
        "issued_credentials.",
        "organisations.",
    ];
    for (least, settings) in [
        (LEAST.to_owned(), defaults(&realm_document, &realm_document, "")),
        (format!("{LEAST}secret_question = {{}}\n"), vec![]),
    ] {
        let plain = realm(&least, &client);
        for setting in settings.iter().filter(|setting| !optional.iter().any(|table| setting.starts_with(table))) {
            assert_eq!(realm(&format!("{least}{setting}"), &client), plain, "{setting}");
        }
        assert!(settings.is_empty() || settings.len() > 20, "the walk found the settings");
    }
    for (definition, table) in [
        ("SecretQuestionDocument", "secret_question"),
        ("ChallengeQuestionsDocument", "challenge_questions"),
        ("IssuedCredentialsDocument", "issued_credentials"),
        ("OrganisationsDocument", "organisations"),
    ] {
        let empty = realm(&format!("{LEAST}{table} = {{}}\n"), &client);
        for setting in defaults(&realm_document["$defs"][definition], &realm_document, &format!("{table}.")) {
            assert_eq!(realm(&format!("{LEAST}{setting}"), &client), empty, "{setting}");
        }
    }
    let with_factors = realm(&format!("{LEAST}totp = {{}}\n"), &client);
    for (definition, table) in [("TotpDocument", "totp."), ("SecondFactorDocument", "totp = {}\nsecond_factor.")] {
        for setting in defaults(&realm_document["$defs"][definition], &realm_document, table) {
            assert_eq!(realm(&format!("{LEAST}{setting}"), &client), with_factors, "{setting}");
        }
    }
    let plain = realm(LEAST, &client);
    for setting in defaults(&client_document, &client_document, "") {
        assert_eq!(realm(LEAST, &format!("{client}{setting}")), plain, "{setting}");
    }
}

#[test]
fn presets_say_every_setting_of_the_schema() {
    for preset in Preset::ALL {
        let bundle = preset.bundle(preset.name());
        for (file, schema) in [("realm.toml", realm_schema()), ("clients/portal.toml", client_schema())] {
            let text = &bundle.files[file];
            let written: toml::Table = text.parse().unwrap();
            // What goes with another way of doing things stands there as a comment.
            let mentioned = |key: &str| {
                let tables = [format!("# [[{key}]]"), format!("# [{key}]")];
                text.lines().any(|line| line.starts_with(&format!("# {key} = ")) || tables.iter().any(|it| it == line))
            };
            let mut expected = schema["properties"].as_object().unwrap().keys().collect::<Vec<_>>();
            expected.retain(|key| !written.contains_key(*key) && !mentioned(key));
            assert!(expected.is_empty(), "{file} of {} does not show {expected:?}", preset.name());
        }
    }
}
