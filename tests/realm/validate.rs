//! What an operator reads when everything is wrong at once.

use std::collections::BTreeMap;

use guichet::code::Code;
use guichet::identity::language::Language;
use guichet::realm::check::{NoThemes, Objection, Wording, check};
use guichet::realm::document::Bundle;
use guichet::realm::finding::Findings;
use guichet::realm::preset::{PORTAL, Preset};

/// One theme with two texts.
struct OneTheme;

impl Wording for OneTheme {
    fn themes(&self) -> Vec<String> {
        vec!["base".to_owned(), "certinomis".to_owned()]
    }

    fn keys(&self, theme: &str) -> Vec<String> {
        let keys: &[&str] = if theme == "certinomis" { &["mail.life", "sign_in.title"] } else { &[] };
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    fn objections(&self, _: &str, _: Language, key: &str, sentence: &str) -> Vec<Objection> {
        let fits = key != "mail.life" || sentence.contains("{until}");
        let objection = || Objection { code: Code::E0302, message: "{until} is missing".to_owned() };
        (!fits).then(objection).into_iter().collect()
    }
}

fn findings(folder: &str, files: &[(&str, &str)]) -> Findings {
    let files: BTreeMap<_, _> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    check(&Bundle { folder: folder.to_owned(), files }, &OneTheme).findings
}

#[test]
fn sr_189_every_mistake_is_told_in_one_run() {
    let realm = r#"
display_nane = "Certinomis"
default_language = "de"
time_zone = "Europe/Pari"
theme = "certinomi"
registration = "verified_email"
required_actions = ["update_password", "verify_email", "update_password", "set_secret_question", "dance"]
remember_me = "yes"
pasword_policy = "cnil-80"

[password]
min_length = 4
max_length = "long"
min_classes = 3

[sessions]
idle = "13h"
absolute = "12"
remembered = "1000d"

[links]
verify_email = "10m"
verify_email_code = "30m"
reset_password = "48h"

[tokens]
code = 60

[keys]
rsa_bits = 1024

[mail]
from = "Certinomis <noreply@certinomis.example>"
from_name = " "

[operator]
legal_name = "Certinomis"
help = "javascript:alert(1)"
terms = "www.certinomis.example"
accessibility.status = "partiel"
"#;
    let messages = r#"
sign_in.titel = "Entrer"
sign_in.title = ""
[mail]
life = "valable longtemps"
count = 3
"#;
    insta::assert_snapshot!(findings(
        "realm-config/certinomis",
        &[
            ("realm.toml", realm),
            ("messages.fr.toml", messages),
            ("messages.en.toml", "mail.life = \"good until {until}\"\n"),
            ("messages.de.toml", ""),
            ("mesages.fr.toml", ""),
            ("client/portal.toml", ""),
        ],
    ));
}

#[test]
fn every_mistake_of_clients_is_told_in_one_run() {
    let realm = "display_name = \"Acme\"\nmail.from = \"a@b.example\"\n\
                 operator = { legal_name = \"Acme\", support_email = \"a@b.example\" }\n";
    let portal = r#"
client_id = "order portal"
client_name = { fr = "Portail" }
client_uri = "data:text/html,hello"
redirect_uris = [
  "http://portail.acme.example/retour",
  "https://portail.acme.example/*",
  "https://portail.acme.example/a/../b#c",
  "https://portail.acme.example/retour?state=1",
  "https://portail.acme.example/retour?state=1",
  "com.example.app:/retour",
  7,
]
post_logout_redirect_uris = ["/bye"]
secrets = ["tilleul-brouette-42"]
grant_types = ["refresh_token", "password"]
scope = "profil email"
pkce = "optional"
id_token_signed_response_alg = "none"
"#;
    let phone = r#"
client_id = "phone"
client_name = "Phone"
redirect_uris = []
token_endpoint_auth_method = "none"
secrets = ["sha256:u7YzqJt2nTXFQ3V7Q7mVxX8oBqS2tq7gHc0mRkGd7aA"]
pkce = "optional"
"#;
    let bare = "client_id = \"phone\"\nclient_name = \"Bare\"\nredirect_uris = [\"https://a.example/\"]\n";
    let three = "sha256:u7YzqJt2nTXFQ3V7Q7mVxX8oBqS2tq7gHc0mRkGd7aA";
    let three = format!(
        "client_id = \"three\"\nclient_name = \"Three\"\nredirect_uris = [\"https://a.example/\"]\nsecrets = {:?}\n",
        [three; 3]
    );
    insta::assert_snapshot!(findings(
        "realms/acme",
        &[
            ("realm.toml", realm),
            ("clients/portal.toml", portal),
            ("clients/phone.toml", phone),
            ("clients/bare.toml", bare),
            ("clients/three.toml", &three),
            ("clients/broken.toml", "client_id = \"x\nclient_name = y\n"),
        ],
    ));
}

#[test]
fn a_folder_without_a_realm_and_with_an_unfit_name_is_told() {
    insta::assert_snapshot!(findings("realms/Acme_1", &[]), @r"
    error[E0106]: `Acme_1` cannot name a realm  --> realms/Acme_1
     hint: a realm's name has 2 to 40 characters: a-z, 0-9 and, inside, hyphens
    error[E0120]: the folder has no realm.toml  --> realms/Acme_1
     hint: write one with `guichet realm init NAME`
    2 errors in 0 files. Nothing was contacted or changed. More: guichet explain E0106
    ");
}

#[test]
fn overriding_texts_are_those_of_the_theme_in_both_languages() {
    let preset = Preset::Certinomis.bundle("certinomis");
    let files = |fr: &'static str, en: &'static str| {
        let mut bundle = preset.clone();
        bundle.files.insert("messages.fr.toml".to_owned(), fr.to_owned());
        bundle.files.insert("messages.en.toml".to_owned(), en.to_owned());
        let verdict = check(&bundle, &OneTheme);
        let codes: Vec<_> = verdict.findings.list.iter().map(|finding| finding.code).collect();
        (verdict.realm, codes)
    };
    for (fr, en, code) in [
        ("sign_in.titel = 'a'", "sign_in.titel = 'b'", Code::E0301),
        ("sign_in.title = 'a'", "", Code::E0312),
        ("", "sign_in.title = 'a'", Code::E0312),
        ("sign_in.title = 'a'", "sign_in.title = ' '", Code::E0303),
        ("sign_in.title = 'Entrer ?'", "sign_in.title = 'Enter?'", Code::E0304),
        ("mail.life = 'a'", "mail.life = 'until {until}'", Code::E0302),
        ("sign_in = 'a'", "[sign_in]\ntitle = 2", Code::E0103),
    ] {
        let (realm, codes) = files(fr, en);
        assert!(realm.is_none() && codes.contains(&code), "{fr} / {en}: {codes:?}");
    }
    let (realm, _) = files("sign_in.title = 'Entrer'", "[sign_in]\ntitle = 'Enter'");
    let messages = realm.unwrap().messages;
    assert_eq!(messages[&Language::French]["sign_in.title"], "Entrer");
    assert_eq!(messages[&Language::English]["sign_in.title"], "Enter");
}

#[test]
fn sr_146_a_secret_in_clear_is_not_repeated() {
    let mut bundle = Preset::Certinomis.bundle("certinomis");
    let portal = bundle.files[PORTAL].replace("sha256:", "tilleul-brouette-42");
    bundle.files.insert(PORTAL.to_owned(), portal);
    let told = check(&bundle, &NoThemes).findings.to_string();
    assert!(told.contains("E0206") && !told.contains("tilleul"), "{told}");
}

/// The Certinomis realm with one line of a file replaced: which codes come of it.
fn codes_with(file: &str, line: &str, instead: &str) -> Vec<Code> {
    let mut bundle = Preset::Certinomis.bundle("certinomis");
    let text = bundle.files[file].clone();
    assert!(text.contains(line), "{line}");
    bundle.files.insert(file.to_owned(), text.replace(line, instead));
    let verdict = check(&bundle, &OneTheme);
    let sound = verdict.findings.errors() == 0;
    assert_eq!(verdict.realm.is_some(), sound, "a realm comes of sound files only");
    verdict.findings.list.iter().map(|finding| finding.code).filter(|code| *code != Code::E0117).collect()
}

/// One row per case: the line, what stands there instead, the codes that come of it.
fn table(file: &str, rows: &[(&str, &str, &[Code])]) {
    for (line, instead, codes) in rows {
        assert_eq!(codes_with(file, line, instead), *codes, "{instead}");
    }
}

#[test]
fn sr_22_passwords_may_be_long_and_never_endless() {
    table(
        "realm.toml",
        &[
            ("max_length = 256", "max_length = 64", &[]),
            ("max_length = 256", "max_length = 63", &[Code::E0109]),
            ("max_length = 256", "max_length = 257", &[Code::E0109]),
            ("min_length = 8", "min_length = 7", &[Code::E0109]),
            ("min_classes = 4", "min_classes = 0", &[Code::E0116]),
        ],
    );
}

#[test]
fn sr_34_secret_questions_are_off_unless_declared_and_declaring_them_shows_the_deviation() {
    let preset = Preset::Certinomis.bundle("certinomis");
    let declared = check(&preset, &OneTheme);
    let shown = |findings: &Findings| findings.list.iter().any(|finding| finding.code == Code::E0117);
    assert!(shown(&declared.findings) && declared.realm.unwrap().secret_question.is_some());

    let mut silent = preset.clone();
    let text = &preset.files["realm.toml"];
    let (before, rest) = text.split_once("[secret_question]").unwrap();
    let (_, after) = rest.split_once("[sessions]").unwrap();
    let text = format!("{before}[sessions]{after}");
    silent.files.insert("realm.toml".to_owned(), text.replace(", \"set_secret_question\"", ""));
    let verdict = check(&silent, &OneTheme);
    assert!(!shown(&verdict.findings) && verdict.realm.unwrap().secret_question.is_none());

    silent.files.insert("realm.toml".to_owned(), text);
    assert!(check(&silent, &OneTheme).realm.is_none(), "a step that asks for what is off");
}

#[test]
fn sr_46_mailed_links_live_a_day_at_most() {
    table(
        "realm.toml",
        &[
            ("verify_email = \"24h\"", "verify_email = \"25h\"", &[Code::E0111]),
            ("reset_password = \"30m\"", "reset_password = \"24h\"", &[]),
            ("reset_password = \"30m\"", "reset_password = \"2d\"", &[Code::E0111]),
        ],
    );
}

#[test]
fn sr_101_sessions_end() {
    table(
        "realm.toml",
        &[
            ("idle = \"30m\" ", "idle = \"13h\" ", &[Code::E0112]),
            ("absolute = \"12h\"", "absolute = \"24h\"", &[]),
            ("absolute = \"12h\"", "absolute = \"25h\"", &[Code::E0111]),
        ],
    );
}

#[test]
fn sr_142_the_grace_of_refresh_tokens_is_ten_seconds_at_most() {
    table(
        "realm.toml",
        &[
            ("refresh_grace = \"0s\"", "refresh_grace = \"10s\"", &[]),
            ("refresh_grace = \"0s\"", "refresh_grace = \"11s\"", &[Code::E0111]),
        ],
    );
}

#[test]
fn sr_157_rsa_keys_have_3072_bits_or_2048_with_a_warning() {
    table(
        "realm.toml",
        &[
            ("rsa_bits = 3072", "rsa_bits = 2048", &[Code::E0118]),
            ("rsa_bits = 3072", "rsa_bits = 1024", &[Code::E0109]),
            ("rsa_bits = 3072", "rsa_bits = 4096", &[Code::E0109]),
        ],
    );
}

#[test]
fn sr_128_only_confidential_clients_are_exempted_from_pkce() {
    table(
        PORTAL,
        &[
            ("pkce = \"required\"", "pkce = \"optional\"", &[Code::E0208]),
            ("pkce = \"required\"", "pkce = \"plain\"", &[Code::E0108]),
        ],
    );
}

#[test]
fn sr_122_registered_addresses_are_kept_as_they_were_written() {
    let mut bundle = Preset::Certinomis.bundle("certinomis");
    let written = "HTTPS://Portal.Example:443/Callback?a=%7E&&b";
    let portal = bundle.files[PORTAL].replace("http://127.0.0.1:8090/callback", written);
    bundle.files.insert(PORTAL.to_owned(), portal);
    assert_eq!(check(&bundle, &OneTheme).realm.unwrap().clients[0].redirect_uris, [written]);
}

/// An issuer of assertions with these lines, before the table of mails.
fn issuer(lines: &str) -> String {
    format!("[[trusted_issuers]]\nissuer = \"https://i.example\"\n{lines}\n\n[mail]")
}

#[test]
fn rules_of_realms() {
    table(
        "realm.toml",
        &[
            ("remember_me = false", "remember_me = true", &[]),
            ("set_secret_question\"]", "set_secret_question\", \"set_secret_question\"]", &[Code::E0114]),
            ("\"update_password\", ", "", &[Code::E0114]),
            ("[\"verify_email\", \"update_password\",", "[\"update_password\", \"verify_email\",", &[Code::E0114]),
            ("theme = \"certinomis\"", "theme = \"certigna\"", &[Code::E0307]),
            ("own_question = true", "own_question = \"true\"", &[Code::E0103]),
            ("from_name = \"Certinomis\"", "from_name = \"Cert\\u202Einomis\"", &[Code::E0303]),
            ("reply_to = \"assistance@", "reply_to = \"assistance ", &[Code::E0241]),
            ("première voiture\u{202F}?", "première voiture ?", &[Code::E0304]),
            ("help = \"https://", "help = \"", &[Code::E0230]),
            ("[mail]", "[[resources]]\nuri = \"https://a.example/\"\nclient_id = \"portal\"\n\n[mail]", &[]),
            (
                "[mail]",
                "[[resources]]\nuri = \"https://a.example/\"\nclient_id = \"portail\"\n\n[mail]",
                &[Code::E0227],
            ),
            ("[mail]", &issuer("jwks_uri = \"https://i.example/k\"\nclients = [\"portal\"]"), &[]),
            ("[mail]", &issuer("jwks_uri = \"https://i.example/k\"\nclients = [\"other\"]"), &[Code::E0227]),
            ("[mail]", &issuer("jwks_uri = \"http://i.example/k\"\nclients = [\"portal\"]"), &[Code::E0216]),
            ("[mail]", &issuer("clients = [\"portal\"]"), &[Code::E0228]),
            ("[mail]", &issuer("jwks = { keys = [{ kty = \"oct\", k = \"eA\" }] }\nclients = []"), &[Code::E0214]),
        ],
    );
}

#[test]
fn rules_of_clients() {
    table(
        PORTAL,
        &[
            ("\"client_secret_basic\"", "\"client_secret_post\"", &[]),
            ("\"client_secret_basic\"", "\"none\"", &[Code::E0204]),
            ("secrets = [", "secrets = [] #", &[Code::E0203]),
            ("openid profile", "profile", &[Code::E0210]),
            ("openid profile", "openid admin", &[Code::E0209]),
            ("openid profile", "openid offline_access", &[]),
            ("\"http://127.0.0.1:8090/callback\"", "\"http://localhost:8090/callback\"", &[Code::E0231]),
            ("\"authorization_code\", ", "", &[Code::E0212]),
            ("\"RS256\"", "\"HS256\"", &[Code::E0108]),
            ("client_id = \"portal\"", "", &[Code::E0102]),
            ("\"refresh_token\"]", "\"urn:ietf:params:oauth:grant-type:token-exchange\"]", &[Code::E0226]),
            ("consent = ", "token_exchange = { subjects = [\"portal\"] }\nconsent = ", &[Code::E0226]),
            (
                "\"refresh_token\"]",
                "\"urn:ietf:params:oauth:grant-type:token-exchange\"]\ntoken_exchange = { subjects = [\"other\"] }",
                &[Code::E0227],
            ),
            (
                "\"refresh_token\"]",
                "\"urn:ietf:params:oauth:grant-type:token-exchange\"]\ntoken_exchange = { subjects = [\"portal\"] }",
                &[],
            ),
            ("[\"authorization_code\", \"refresh_token\"]", "[\"client_credentials\"]", &[]),
        ],
    );
}

proptest::proptest! {
    /// Whatever stands in the files, they are judged and shown.
    #[test]
    fn any_text_is_judged(realm in "\\PC*", client in "redirect_uris = \\[\"[ -~éx%./:?#@\\[\\]]*\"\\]", text in "[a-z.]* = '\\PC*'") {
        let found = findings("acme", &[("realm.toml", &realm), ("clients/a.toml", &client), ("messages.fr.toml", &text)]);
        proptest::prop_assert!(found.errors() > 0 && found.to_string().contains("guichet explain E"));
    }
}
