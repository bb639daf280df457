//! What a whole run leaves behind: in the database, the log, the mail, the answers (SR-111 to SR-117, SR-181 to SR-199).

use guichet::realm::preset::{PORTAL, Preset};
use http::Method;
use url::Url;

use crate::support::database::{Engine, hex};
use crate::support::log::Lines;
use crate::support::people::{MARIE, Person};
use crate::support::world::{PORTAL_SECRET, PUBLIC, code, link, on_each_database};

#[tokio::test]
async fn sr_197_a_whole_run_leaves_no_secret_in_the_log_or_the_database() {
    on_each_database(async |world| {
        // Her usual answer stands in the realm's own texts, as an example.
        let marie = Person { answer: "Simca 1000 bleue", ..MARIE };
        let (lines, listening) = Lines::listening("debug");
        let (portal, mut browser) = (world.portal(), world.browser());
        let asked = portal.asks();
        browser.opens(&asked.url()).await;
        let typed = "Mon-mot-de-passe-ici-5";
        browser.submits(&[("username", typed), ("password", "Faux-pas-du-jour-9")]).await;
        marie.registers(&mut browser).await;
        let mail = world.mail_to(marie.email).await;
        browser.submits(&[("code", "000000")]).await;
        marie.confirms(world, &mut browser).await;
        marie.activates(&mut browser).await;
        let code_ = portal.code(&asked, browser.left_for());
        let tokens = portal.redeems(&asked, browser.left_for()).await;
        portal.refreshes(&tokens.refresh_token.clone().unwrap()).await;
        portal.userinfo(&tokens.access_token).await;
        let session = browser.cookies().value("__Host-guichet-session-certinomis").unwrap();
        let known = browser.cookies().value("__Host-guichet-browser").unwrap();
        drop(listening);
        let log = lines.text();
        assert!(log.contains("sign-in"), "the log was listened to");
        let dump = world.database.dump().await;
        let link = link(&mail);
        let secrets = [
            ("password", marie.password),
            ("answer", marie.answer),
            ("wrong password", "Faux-pas-du-jour-9"),
            ("link", link.split_once("token=").unwrap().1),
            ("session", &session),
            ("browser", &known),
            ("code", &code_),
            ("access token", &tokens.access_token),
            ("ID token", &tokens.id_token),
            ("client secret", PORTAL_SECRET),
            ("refresh token", tokens.refresh_token.as_deref().unwrap()),
            ("verifier", &asked.verifier),
        ];
        for (name, secret) in secrets {
            let hex = hex(secret);
            assert!(!log.contains(secret), "{name} is in the log");
            assert!(!dump.contains(secret) && !dump.contains(&hex), "{name} is in the database");
        }
        assert!(!log.contains(&code(&mail)), "the mailed code is in the log");
        // SR-198: people type passwords there.
        let kept = dump.lines().any(|line| line.contains(typed) && !line.starts_with("flows:"));
        assert!(!log.contains(typed) && !kept, "a failed identifier is kept");
    })
    .await;
}

#[tokio::test]
async fn sr_198_a_failed_identifier_stands_nowhere_in_clear() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        browser.submits(&[("username", "Mon-mot-de-passe-5"), ("password", "Faux-pas-9")]).await;
        let dump = world.database.dump().await;
        assert!(dump.contains("sign_in.failed") && !dump.contains("Mon-mot-de-passe-5"));
    })
    .await;
}

#[tokio::test]
async fn sr_182_a_mail_that_was_sent_is_forgotten() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        MARIE.registers(&mut browser).await;
        let sealed = world.database.dump().await;
        world.posts().await;
        assert!(!sealed.contains("token=") && !sealed.contains("746f6b656e3d"), "sealed while it waits");
        assert_eq!(world.database.count("SELECT count(*) FROM outbox WHERE content IS NOT NULL").await, 0);
        assert_eq!(world.database.count("SELECT count(*) FROM outbox WHERE state = 'sent'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn sr_181_mail_carries_no_password_answer_or_session() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        MARIE.gets_an_account(world, &mut browser).await;
        MARIE.signs_in(world, &mut world.browser()).await;
        let session = browser.cookies().value("__Host-guichet-session-certinomis").unwrap();
        for mail in world.mails_to(MARIE.email).await {
            for secret in [MARIE.password, MARIE.answer, &session] {
                assert!(!mail.text.contains(secret) && !mail.html.contains(secret), "{}", mail.subject);
            }
            assert!(mail.links.iter().all(|link| link.starts_with(PUBLIC)), "{:?}", mail.links);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_111_sr_112_sr_113_sr_114_every_page_carries_its_headers_and_loads_only_from_us() {
    on_each_database(async |world| {
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        let flow = browser.at().query().unwrap().to_owned();
        for path in [
            &format!("sign-in?{flow}"),
            &format!("register?{flow}"),
            &format!("recover/password?{flow}"),
            "link",
            "applications",
            "sign-out",
            "signed-out",
            "nowhere",
            "protocol/openid-connect/auth?client_id=x",
        ] {
            browser.opens_page(path).await;
            let answer = browser.answer();
            let csp = answer.header("content-security-policy").unwrap_or_else(|| panic!("{path} has none"));
            for directive in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
                assert!(csp.contains(directive) && !csp.contains("unsafe"), "{path}: {csp}");
            }
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("cache-control", "no-store"),
                ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{path}: {name}");
            }
            let html = scraper::Html::parse_document(&answer.body);
            let loads = scraper::Selector::parse("script, link[rel=stylesheet], link[rel=icon], img, iframe").unwrap();
            for element in html.select(&loads) {
                let source = element.attr("src").or(element.attr("href")).unwrap_or_else(|| panic!("{path}: inline"));
                assert!(source.starts_with("/assets/"), "{path}: {source}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sr_117_sr_115_what_strangers_send_is_shown_escaped_or_not_at_all() {
    on_each_database(async |world| {
        let evil = "\"><script>alert(1)</script>{{7*7}}";
        let asked = world.portal().asks().with("login_hint", evil).with("state", evil).with("ui_locales", evil);
        let mut browser = world.browser();
        browser.opens(&asked.url()).await;
        assert!(!browser.answer().body.contains("<script>alert") && !browser.says("49"), "{}", browser.text());
        browser.follows("S’enregistrer").await;
        browser.submits(&[("firstName", evil), ("lastName", evil), ("email", evil)]).await;
        assert_eq!(browser.value("email").as_deref(), Some(evil), "kept as it was typed");
        assert!(!browser.answer().body.contains("<script>alert"));
        for path in ["register?flow=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "%3Cscript%3Ealert(1)%3C/script%3E"] {
            browser.opens_page(path).await;
            assert!(!browser.answer().body.contains("<script>alert"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_120_return_parameters_lead_nowhere_else() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for target in
            ["//evil.example", "/\\evil.example", "https://evil.example", "%2f%2fevil.example", "/\t/evil.example"]
        {
            let mut browser = world.browser();
            browser.opens(&world.portal().asks().url()).await;
            let mut url = browser.at().clone();
            for name in
                ["redirect", "return_to", "next", "continue", "again", "redirect_uri", "post_logout_redirect_uri"]
            {
                url.query_pairs_mut().append_pair(name, target);
            }
            browser.opens(url.as_str()).await.submits(&MARIE.credentials()).await;
            assert!(browser.left_for().as_str().starts_with("https://portail.example/retour"));
            let mut out = Url::parse(&format!("{PUBLIC}/realms/certinomis/sign-out")).unwrap();
            out.query_pairs_mut().append_pair("post_logout_redirect_uri", target).append_pair("client_id", "portal");
            browser.opens(out.as_str()).await.submits(&[("do", "sign-out")]).await;
            assert!(!browser.has_left(), "{target}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_199_errors_tell_a_reference_and_nothing_of_ours() {
    on_each_database(async |world| {
        let browser = world.browser();
        world.node.house.clone().close().await.unwrap();
        let url = Url::parse(&world.portal().asks().url()).unwrap();
        let answer = browser.asks(&Method::GET, &url, None, &[]).await;
        assert_eq!(answer.status, 500);
        assert!(answer.body.contains("Référence"), "{}", answer.body);
        for told in ["sqlx", "sea_orm", "SELECT", "pool", "panicked", "src/", "guichet.db", env!("CARGO_PKG_VERSION")] {
            assert!(!answer.body.contains(told), "{told}");
        }
        world.restarts().await;
    })
    .await;
}

#[tokio::test]
async fn sr_32_a_new_house_has_no_account_and_no_secret_that_could_be_known() {
    on_each_database(async |world| {
        for table in ["users", "identifiers", "passwords", "secret_questions", "sessions", "grants"] {
            assert_eq!(world.database.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        let shipped = Preset::Certinomis.bundle("certinomis").files[PORTAL].clone();
        world.adds_client("shipped", shipped.replace("client_id = \"portal\"", "client_id = \"shipped\"")).await;
        let mut client = world.portal();
        "shipped".clone_into(&mut client.id);
        for (number, usual) in ["admin", "guichet", "portal", "shipped", "secret", "password"].into_iter().enumerate() {
            let mut browser = world.browser();
            browser
                .opens(&world.portal().asks().url())
                .await
                .submits(&[("username", usual), ("password", usual)])
                .await;
            assert_eq!(browser.status(), 422, "{usual}");
            usual.clone_into(&mut client.secret);
            let refused = client.refreshes("x").await.status.as_u16();
            assert_eq!(refused, if number < 5 { 401 } else { 429 }, "{usual}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_33_no_hint_at_a_password_is_asked_kept_or_shown() {
    on_each_database(async |world| {
        let marie = Person { password: "Escarpolette-Zinzolin-7", ..MARIE };
        let mut browser = world.browser();
        browser.opens(&world.portal().asks().url()).await;
        marie.registers(&mut browser).await;
        marie.confirms(world, &mut browser).await;
        let go_on = browser.page().link("Continuer").unwrap();
        browser.opens(&go_on).await;
        let fields = browser.page().form_with("password-new", &[].into()).unwrap().fields;
        let mut named: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        named.sort_unstable();
        assert_eq!(named, ["_form", "logout-sessions", "password-confirm", "password-new", "username"]);
        browser.submits(&marie.new_password()).await.submits(&marie.secret_question()).await;
        // No part of it is anywhere, and after wrong ones nothing more is told than after the first.
        let mut stranger = world.browser();
        stranger.opens(&world.portal().asks().url()).await;
        let mut pages = Vec::new();
        for _ in 0..3 {
            stranger.submits(&[("username", marie.email), ("password", "Faux-pas-du-jour-9")]).await;
            pages.push(stranger.text());
        }
        pages.dedup();
        assert_eq!(pages.len(), 1);
        let dump = world.database.dump().await;
        for part in ["Escarpolette", "Zinzolin", &hex("Escarpolette"), &hex("Zinzolin")] {
            assert!(!dump.contains(part) && !pages[0].contains(part), "{part}");
        }
        let columns = match world.database.engine {
            Engine::Sqlite => "SELECT sql FROM sqlite_master WHERE type = 'table'",
            Engine::Postgres => {
                "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public'"
            }
        };
        let columns = world.database.texts(columns).await;
        assert!(columns.len() > 10 && !columns.iter().any(|column| column.contains("hint")), "{columns:?}");
    })
    .await;
}
