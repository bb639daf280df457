//! Which pages of other origins may read our answers (SR-121).

use http::Method;
use http::header::{AUTHORIZATION, ORIGIN};
use http::{HeaderName, StatusCode};

use crate::oauth::{COMPATIBLE, code, document, signed_in, tokens, with_public_client};
use crate::support::client_app::{ClientApp, endpoint, issuer};
use crate::support::http::Answer;
use crate::support::world::{World, on_each_database};

/// Where scripts of a client ask, as the metadata has it.
const FOR_SCRIPTS: [&str; 6] = [
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
];

const APP: &str = "https://app.example";
const PREFLIGHT: HeaderName = HeaderName::from_static("access-control-request-method");

/// An application in a page, which registered its origin.
async fn page_app(world: &mut World) -> ClientApp {
    let app = with_public_client(world, "app").await;
    let origins = "web_origins = [\"https://app.example\"]";
    world.rewrites_client("app", &[("# web_origins = [\"https://app.example\"]", origins)]).await;
    app
}

fn allowed(answer: &Answer) -> Option<&str> {
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    answer.header("access-control-allow-origin")
}

#[tokio::test]
async fn sr_121_a_preflight_is_granted_to_origins_that_some_client_registered_at_endpoints_for_scripts() {
    on_each_database(async |world| {
        let app = page_app(world).await;
        let configuration = format!("{}/.well-known/openid-configuration", issuer());
        let said = document(&app, &configuration).await.json();
        let for_scripts: Vec<_> = FOR_SCRIPTS.iter().filter_map(|member| said[*member].as_str()).collect();
        assert_eq!(for_scripts.len(), FOR_SCRIPTS.len(), "{for_scripts:?}");
        let closed = ["auth", "logout", "login-status-iframe.html", "../../sign-in"].map(endpoint);
        let for_scripts = for_scripts.into_iter().map(|address| (address.to_owned(), true));
        for (address, granted) in for_scripts.chain(closed.map(|address| (address, false))) {
            for (origin, known) in [
                (APP, true),
                ("https://app.example:8443", false),
                ("http://app.example", false),
                ("https://APP.example", false),
                ("https://app.example.evil.example", false),
                ("https://portail.example", false),
                ("null", false),
                ("%", false),
            ] {
                let asked = [(ORIGIN, origin), (PREFLIGHT, "POST")];
                let answer = app.sends(&Method::OPTIONS, &address, &asked, String::new()).await;
                assert_eq!(allowed(&answer), (granted && known).then_some(origin), "{address} {origin}");
                if granted {
                    assert_eq!((answer.status, answer.header("vary")), (StatusCode::NO_CONTENT, Some("Origin")));
                }
            }
        }
        let public = [endpoint("certs"), format!("{}/.well-known/openid-configuration", issuer())];
        for document in public {
            let asked = [(ORIGIN, "https://ailleurs.example"), (PREFLIGHT, "GET")];
            let answer = app.sends(&Method::OPTIONS, &document, &asked, String::new()).await;
            assert_eq!(allowed(&answer), Some("*"));
        }
    })
    .await;
}

#[tokio::test]
async fn sr_121_an_answer_may_be_read_by_the_pages_of_the_client_that_asked() {
    on_each_database(async |world| {
        let app = page_app(world).await;
        let (mut browser, of_portal) = signed_in(world).await;
        let of_app = tokens(&mut browser, &app).await;
        let (asked, spent) = code(&mut browser, &app).await;
        let form = |client: &str, code: &str| {
            url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("grant_type", "authorization_code"), ("client_id", client), ("code", code)])
                .extend_pairs([("redirect_uri", app.redirect_uri.as_str()), ("code_verifier", &asked.verifier)])
                .finish()
        };
        // A refusal is to be read too, by those who may.
        for (client, code, origin, status, readable) in [
            ("app", "wrong", APP, 400, true),
            ("app", spent.as_str(), "https://ailleurs.example", 200, false),
            ("app", &spent, APP, 400, true),
            ("portal", "wrong", APP, 401, false),
            ("inconnu", "wrong", APP, 401, false),
        ] {
            let asked = [(ORIGIN, origin)];
            let answer = app.sends(&Method::POST, &endpoint("token"), &asked, form(client, code)).await;
            assert_eq!(answer.status, status, "{client} {}", answer.body);
            assert_eq!(allowed(&answer), readable.then_some(APP), "{client} {origin}");
            assert_eq!(answer.header("vary"), Some("Origin"));
        }
        for (token, origin, status, readable) in [
            (&of_app.access_token, APP, 200, true),
            (&of_app.access_token, "https://ailleurs.example", 200, false),
            (&format!("{}x", of_app.access_token), APP, 401, true),
            (&of_portal.access_token, APP, 200, false),
            (&"nothing".to_owned(), APP, 401, false),
        ] {
            let bearer = format!("Bearer {token}");
            let asked = [(ORIGIN, origin), (AUTHORIZATION, bearer.as_str())];
            let answer = app.sends(&Method::GET, &endpoint("userinfo"), &asked, String::new()).await;
            assert_eq!((answer.status.as_u16(), allowed(&answer)), (status, readable.then_some(APP)), "{origin}");
        }
    })
    .await;
}

/// A browser that sends credentials hides an answer that does not allow them. No cookie is read there all the same.
#[tokio::test]
async fn sr_121_credentials_are_allowed_at_the_token_endpoint_to_pages_with_keycloaks_adapter_alone() {
    on_each_database(async |world| {
        let app = page_app(world).await;
        world.rewrites_client("app", &[COMPATIBLE]).await;
        let asks = async |address: String, origin| {
            app.sends(&Method::OPTIONS, &address, &[(ORIGIN, origin), (PREFLIGHT, "POST")], String::new()).await
        };
        let credentials = "access-control-allow-credentials";
        let form = || "grant_type=authorization_code&client_id=app&code=wrong".to_owned();
        let before = asks(endpoint("token"), APP).await;
        let after = app.sends(&Method::POST, &endpoint("token"), &[(ORIGIN, APP)], form()).await;
        for answer in [&before, &after] {
            assert_eq!(answer.header(credentials), Some("true"), "{}", answer.body);
            assert_eq!(answer.header("access-control-allow-origin"), Some(APP));
            assert_eq!(answer.header("set-cookie"), None);
        }
        assert_eq!(allowed(&asks(endpoint("token"), "https://ailleurs.example").await), None);
        for elsewhere in ["userinfo", "revoke", "token/introspect", "ext/par/request", "auth/device"] {
            assert_eq!(allowed(&asks(endpoint(elsewhere), APP).await), Some(APP), "{elsewhere}");
        }
        let of_portal = form().replace("=app", "=portal");
        let of_portal = app.sends(&Method::POST, &endpoint("token"), &[(ORIGIN, APP)], of_portal).await;
        assert_eq!(allowed(&of_portal), None);
    })
    .await;
}
