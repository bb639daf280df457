//! Statements that people and programs try to slip in: what they send is data, to the letter, on each database (SR-190).

use http::Method;
use http::header::AUTHORIZATION;

use super::begun;
use crate::support::client_app::{ClientApp, endpoint, issuer};
use crate::support::people::{MARIE, Person};
use crate::support::world::{CALLBACK, PORTAL_SECRET, World, on_each_database};

/// Texts that mean something to a database, should one ever be put into a statement.
const SLIPPED: [&str; 14] = [
    "'",
    "' OR '1'='1",
    "' OR 1=1 --",
    "'; DROP TABLE users; --",
    "'; UPDATE users SET state = 'disabled'; --",
    "\"; DELETE FROM sessions; --",
    "') UNION SELECT phc, phc, phc FROM passwords --",
    "%' OR canonical LIKE '%",
    "%",
    "_arie.durand@exemple.fr",
    "\\' OR 1=1 --",
    "$1",
    "$$; DROP TABLE events; $$",
    "?1 /* */ ||'",
];

/// Whatever must be as it was.
async fn state(world: &World) -> Vec<String> {
    let dump = world.database.dump().await;
    let tables = ["users:", "identifiers:", "passwords:", "sessions:", "grants:", "refresh_tokens:", "consents:"];
    let matters = |line: &&str| tables.iter().any(|table| line.starts_with(table));
    dump.lines().filter(matters).map(str::to_owned).collect()
}

#[tokio::test]
async fn sr_190_nothing_that_is_typed_at_a_page_is_read_as_sql() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let before = state(world).await;
        for text in SLIPPED {
            // Each field that is looked up in the database: identifier, password, code, answer, flow, client, realm.
            let mut sign_in = begun(world).await;
            let page = sign_in.at().clone();
            sign_in.submits(&[("username", text), ("password", text)]).await;
            assert!(matches!(sign_in.status(), 422 | 429), "{text}: {}", sign_in.text());
            let mut forgot = begun(world).await;
            forgot.follows("Mot de passe oublié ?").await.submits(&[("username", text)]).await;
            assert_eq!(forgot.place(), "recover/password/sent", "{text}: nobody, as everybody who is not known");
            forgot.submits(&[("code", text)]).await;
            assert!(forgot.status() < 500, "{text}");
            for (name, value) in [("flow", text), ("client_id", text), ("kc_locale", text)] {
                let mut there = page.clone();
                there.query_pairs_mut().clear().append_pair(name, value);
                let mut browser = world.browser();
                browser.opens(there.as_str()).await;
                assert!(browser.status() < 500, "{name}={text}: {}", browser.status());
            }
            for query in ["link?token=", "device?user_code=", "signed-out?client_id="] {
                let typed: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
                let mut browser = world.browser();
                browser.opens_page(&format!("{query}{typed}")).await;
                assert!(browser.status() < 500, "{query}{text}");
            }
        }
        assert_eq!(state(world).await, before);
        let mut marie = world.browser();
        MARIE.signs_in(world, &mut marie).await;
    })
    .await;
}

#[tokio::test]
async fn sr_190_nothing_that_a_program_sends_is_read_as_sql() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let (portal, before) = (world.portal(), state(world).await);
        for text in SLIPPED {
            let forms: [&[(&str, &str)]; 6] = [
                &[
                    ("grant_type", "authorization_code"),
                    ("code", text),
                    ("redirect_uri", text),
                    ("code_verifier", text),
                ],
                &[("grant_type", "refresh_token"), ("refresh_token", text), ("scope", text), ("resource", text)],
                &[("grant_type", "client_credentials"), ("scope", text)],
                &[("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", text)],
                &[("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", text)],
                &[("grant_type", text)],
            ];
            for form in forms {
                let answer = portal.token(form).await;
                assert!((400..500).contains(&answer.status.as_u16()), "{form:?}: {}", answer.body);
            }
            assert_eq!(portal.introspects(text).await["active"], false, "{text}");
            for endpoint in ["revoke", "auth/device", "ext/par/request"] {
                let form = [("token", text), ("scope", text), ("request_uri", text), ("login_hint", text)];
                assert!(portal.posts(endpoint, &form, &[]).await.status.as_u16() < 500, "{endpoint} {text}");
            }
            // A client's name and secret are looked up before anything else.
            for nobody in
                [ClientApp::new(world, text, PORTAL_SECRET, CALLBACK), ClientApp::new(world, "portal", text, CALLBACK)]
            {
                let answer = nobody.refreshes("a token").await;
                assert!(matches!(answer.status.as_u16(), 400 | 401 | 429), "{text}: {}", answer.body);
            }
            let typed: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let bearer = format!("Bearer {typed}");
            let headers = [(AUTHORIZATION, bearer.as_str())];
            for url in [endpoint("userinfo"), format!("{}/clients-registrations/openid-connect/{typed}", issuer())] {
                let answer = portal.sends(&Method::GET, &url, &headers, String::new()).await;
                assert!((400..500).contains(&answer.status.as_u16()), "{url}: {}", answer.body);
            }
            world.advance(guichet::clock::hours(1));
        }
        let now = state(world).await;
        let kept = before.iter().filter(|line| !line.starts_with("sessions:") && !line.starts_with("grants:"));
        assert!(kept.into_iter().all(|line| now.contains(line)), "what was there is there");
    })
    .await;
}

#[tokio::test]
async fn sr_190_a_name_that_looks_like_sql_is_a_name() {
    const ODDLY_NAMED: Person =
        Person { first_name: "Robert", last_name: "O’Hara'); DROP TABLE users", email: "o'hara@exemple.fr", ..MARIE };
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        let register = browser.at().as_str().replace("/sign-in", "/register");
        browser.opens(&register).await.submits(&ODDLY_NAMED.registration()).await;
        if browser.place() == "register" {
            // Names take no semicolon here: then the apostrophe alone has to pass.
            let plain = [("firstName", "Robert"), ("lastName", "O'Hara"), ("email", ODDLY_NAMED.email)];
            browser.submits(&plain).await;
        }
        assert_eq!(browser.place(), "verify-email", "{}", browser.text());
        ODDLY_NAMED.confirms(world, &mut browser).await;
        let names = world.database.texts("SELECT last_name FROM users").await;
        assert!(names.iter().any(|name| name.starts_with('O') && name.contains("Hara")), "{names:?}");
        let addresses = world.database.texts("SELECT canonical FROM identifiers").await;
        assert_eq!(addresses, ["o'hara@exemple.fr"]);
    })
    .await;
}
