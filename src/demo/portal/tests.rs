//! The portal against a provider that lies: a row for each lie, and each is refused.
//!
//! The provider here is a few routes on loopback that put the nonce and the challenge of a sign-in into its code, so
//! that the portal's own requests carry all it needs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tower::ServiceExt as _;
use url::Url;

use super::{Settings, router};
use crate::clock::{Clock as _, Duration, MovableClock, SystemClock};
use crate::entropy::OsEntropy;
use crate::identity::language::Localized;
use crate::secret::Secret;

/// What the provider says that is not so.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Lie {
    None,
    /// Not ready when first asked.
    Starting,
    Issuer,
    Audience,
    Nonce,
    NoNonce,
    Expired,
    Signature,
    Unsigned,
    AccessToken,
    NoAccessTokenHash,
    Subject,
    Level,
    NoLevel,
}

struct Impostor {
    issuer: String,
    key: RsaKeyPair,
    lie: Lie,
    clock: Arc<MovableClock>,
    /// Refresh tokens are spent once: the number of the only good one.
    refreshed: Mutex<u32>,
    asked: AtomicBool,
}

impl Impostor {
    fn tokens(&self, nonce: &str) -> Value {
        let access_token = "access-token";
        let hash = Sha256::digest(if self.lie == Lie::AccessToken { "another" } else { access_token });
        // The crate checks expiry by the machine's clock, as portals do.
        let now = SystemClock.now().seconds();
        let mut claims = json!({
            "iss": if self.lie == Lie::Issuer { "http://elsewhere.example" } else { &self.issuer },
            "aud": [if self.lie == Lie::Audience { "another-client" } else { "portal" }],
            "sub": "marie",
            "acr": if self.lie == Lie::Level { "password" } else { "challenge-answered" },
            "iat": now - 60,
            "exp": if self.lie == Lie::Expired { now - 1 } else { now + 300 },
            "nonce": if self.lie == Lie::Nonce { "another" } else { nonce },
            "at_hash": URL_SAFE_NO_PAD.encode(&hash[..16]),
        });
        match self.lie {
            Lie::NoLevel => claims.as_object_mut().unwrap().remove("acr"),
            Lie::NoNonce => claims.as_object_mut().unwrap().remove("nonce"),
            Lie::NoAccessTokenHash => claims.as_object_mut().unwrap().remove("at_hash"),
            _ => None,
        };
        let number = *self.refreshed.lock().unwrap();
        json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 60,
            "refresh_token": format!("refresh-{number}"), "id_token": self.sign(&claims),
        })
    }

    fn sign(&self, claims: &Value) -> String {
        let algorithm = if self.lie == Lie::Unsigned { "none" } else { "RS256" };
        let header = json!({ "alg": algorithm, "kid": "k" }).to_string();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        match self.lie {
            Lie::Signature => signature[7] ^= 1,
            Lie::Unsigned => signature.clear(),
            _ => (),
        }
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn metadata(State(impostor): State<Arc<Impostor>>) -> Response<Body> {
    if !impostor.asked.swap(true, Ordering::SeqCst) && impostor.lie == Lie::Starting {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let issuer = &impostor.issuer;
    let metadata = json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"), "jwks_uri": format!("{issuer}/certs"),
        "end_session_endpoint": format!("{issuer}/logout"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
    });
    axum::Json(metadata).into_response()
}

async fn keys(State(impostor): State<Arc<Impostor>>) -> axum::Json<Value> {
    let public = impostor.key.public_key();
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let modulus = number(public.modulus().big_endian_without_leading_zero());
    let exponent = number(public.exponent().big_endian_without_leading_zero());
    axum::Json(
        json!({ "keys": [{ "kty": "RSA", "kid": "k", "use": "sig", "alg": "RS256", "n": modulus, "e": exponent }] }),
    )
}

async fn token(State(impostor): State<Arc<Impostor>>, headers: HeaderMap, body: String) -> Response<Body> {
    let sent: HashMap<_, _> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    assert_eq!(headers[header::AUTHORIZATION], "Basic cG9ydGFsOnMzY3JldA==", "client_secret_basic");
    if sent["grant_type"] == "refresh_token" {
        let mut number = impostor.refreshed.lock().unwrap();
        if sent["refresh_token"] != format!("refresh-{number}") {
            return (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": "invalid_grant" }))).into_response();
        }
        *number += 1;
        drop(number);
        let mut tokens = impostor.tokens("unused");
        tokens.as_object_mut().unwrap().remove("id_token");
        return axum::Json(tokens).into_response();
    }
    let (nonce, challenge) = sent["code"].split_once('~').unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(&sent["code_verifier"])), challenge, "RFC 7636 §4.6");
    axum::Json(impostor.tokens(nonce)).into_response()
}

async fn userinfo(State(impostor): State<Arc<Impostor>>) -> axum::Json<Value> {
    let subject = if impostor.lie == Lie::Subject { "somebody else" } else { "marie" };
    axum::Json(json!({ "sub": subject, "name": "Marie <b>Durand</b>", "email": "marie@exemple.fr" }))
}

struct Stage {
    portal: Router,
    impostor: Arc<Impostor>,
}

impl Stage {
    async fn set(lie: Lie) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let clock = Arc::new(MovableClock::running());
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let impostor = Arc::new(Impostor {
            issuer: issuer.clone(),
            key,
            lie,
            clock: clock.clone(),
            refreshed: Mutex::new(0),
            asked: AtomicBool::new(false),
        });
        let provider = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/certs", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(impostor.clone());
        tokio::spawn(async move { axum::serve(listener, provider).await });
        let portal = router(Settings {
            issuer,
            client_id: "portal".to_owned(),
            client_secret: Secret::new("s3cret".to_owned()),
            base_url: "http://127.0.0.1:9".to_owned(),
            name: Localized::same("Certinomis"),
            offer: super::Offer::Organisations,
            clock,
            entropy: Arc::new(OsEntropy),
        })
        .unwrap();
        Self { portal, impostor }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.portal.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let cookies: Vec<String> = parts.headers.get_all(header::SET_COOKIE).iter().map(text).collect();
        Answer {
            status: parts.status,
            location: parts.headers.get(header::LOCATION).map(text).unwrap_or_default(),
            cookie: cookies.last().map(|c| c.split(';').next().unwrap().to_owned()).unwrap_or_default(),
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// Begins a sign-in: its cookie, and the way back that the provider would send.
    async fn begin(&self) -> (String, String) {
        let left = self.get("/sign-in", "").await;
        assert_eq!(left.status, StatusCode::SEE_OTHER);
        let sent: HashMap<_, _> = Url::parse(&left.location).unwrap().query_pairs().into_owned().collect();
        assert_eq!((sent["code_challenge_method"].as_str(), sent["response_type"].as_str()), ("S256", "code"));
        let back = self.way_back(&sent);
        (left.cookie, back)
    }

    /// The way back that the provider would send for that request.
    fn way_back(&self, sent: &HashMap<String, String>) -> String {
        let issuer: String = url::form_urlencoded::byte_serialize(self.impostor.issuer.as_bytes()).collect();
        let code = format!("{}~{}", sent["nonce"], sent["code_challenge"]);
        format!("/callback?code={code}&state={}&iss={issuer}", sent["state"])
    }

    /// Signs in: the session's cookie.
    async fn enter(&self) -> String {
        let (cookie, back) = self.begin().await;
        let entered = self.get(&back, &cookie).await;
        assert_eq!((entered.status, entered.location.as_str()), (StatusCode::SEE_OTHER, "/home"), "{}", entered.body);
        entered.cookie
    }
}

struct Answer {
    status: StatusCode,
    location: String,
    cookie: String,
    body: String,
}

#[tokio::test]
async fn an_honest_provider_is_believed_and_its_words_are_escaped() {
    let stage = Stage::set(Lie::None).await;
    let session = stage.enter().await;
    let home = stage.get("/home", &session).await;
    assert!(home.body.contains("Marie &lt;b&gt;Durand&lt;/b&gt;") && home.body.contains("marie@exemple.fr"));
    assert!(home.body.contains("Pas encore de données") && home.body.contains("Voir tout"));
}

#[tokio::test]
async fn every_lie_about_the_id_token_is_refused() {
    for lie in [
        Lie::Issuer,
        Lie::Audience,
        Lie::Nonce,
        Lie::NoNonce,
        Lie::Expired,
        Lie::Signature,
        Lie::Unsigned,
        Lie::AccessToken,
        Lie::NoAccessTokenHash,
    ] {
        let stage = Stage::set(lie).await;
        let (cookie, back) = stage.begin().await;
        let answer = stage.get(&back, &cookie).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{lie:?}");
        assert!(!answer.cookie.starts_with("portal-session"), "{lie:?}");
    }
}

#[tokio::test]
async fn userinfo_about_somebody_else_ends_the_session() {
    let stage = Stage::set(Lie::Subject).await;
    let session = stage.enter().await;
    let home = stage.get("/home", &session).await;
    assert_eq!((home.status, home.location.as_str()), (StatusCode::SEE_OTHER, "/?ended"));
    assert_eq!(stage.get("/home", &session).await.location, "/");
}

#[tokio::test]
async fn an_answer_counts_once_in_the_browser_that_asked_from_the_issuer_that_was_asked() {
    let stage = Stage::set(Lie::None).await;
    let (cookie, back) = stage.begin().await;
    let (_, another) = stage.begin().await;
    for (case, path, sent) in [
        ("no cookie", back.clone(), ""),
        ("another browser's state", another, cookie.as_str()),
        ("no iss", back.split("&iss=").next().unwrap().to_owned(), cookie.as_str()),
        ("another iss", back.replace("&iss=", "&iss=x"), cookie.as_str()),
        ("iss twice", format!("{back}&iss=x"), cookie.as_str()),
        ("code twice", format!("{back}&code=x"), cookie.as_str()),
        ("nothing", "/callback".to_owned(), cookie.as_str()),
    ] {
        assert_eq!(stage.get(&path, sent).await.status, StatusCode::BAD_REQUEST, "{case}");
    }
    let entered = stage.get(&back, &cookie).await;
    assert_eq!(entered.location, "/home");
    // Reload after the cookie was taken back: the person is signed in, so they see their page.
    assert_eq!(stage.get(&back, &entered.cookie).await.location, "/home");
}

#[tokio::test]
async fn a_refusal_is_told_in_words_and_its_code_is_escaped() {
    let stage = Stage::set(Lie::None).await;
    for (error, status, words) in [
        ("access_denied", StatusCode::OK, "Vous avez interrompu la connexion"),
        ("%3Cscript%3E", StatusCode::BAD_REQUEST, "&lt;script&gt;"),
    ] {
        let (cookie, back) = stage.begin().await;
        let (_, rest) = back.split_once('&').unwrap();
        let answer = stage.get(&format!("/callback?error={error}&{rest}"), &cookie).await;
        assert_eq!(answer.status, status);
        assert!(answer.body.contains(words), "{}", answer.body);
    }
}

#[tokio::test]
async fn tokens_are_renewed_once_for_two_tabs_and_the_end_of_the_grant_ends_the_session() {
    let stage = Stage::set(Lie::None).await;
    let session = stage.enter().await;
    stage.impostor.clock.advance(Duration::from_secs(61));
    let (left, right) = tokio::join!(stage.get("/home", &session), stage.get("/home", &session));
    assert_eq!((left.status, right.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(*stage.impostor.refreshed.lock().unwrap(), 1);
    *stage.impostor.refreshed.lock().unwrap() = 7;
    stage.impostor.clock.advance(Duration::from_secs(61));
    assert_eq!(stage.get("/home", &session).await.location, "/?ended");
}

#[tokio::test]
async fn signing_out_ends_both_sessions_and_takes_a_post_of_our_own() {
    let stage = Stage::set(Lie::None).await;
    let session = stage.enter().await;
    let post = |origin: &str| {
        let request =
            Request::post("/sign-out").header(header::COOKIE, session.as_str()).header(header::ORIGIN, origin);
        stage.send(request.body(Body::empty()).unwrap())
    };
    assert_eq!(post("http://127.0.0.1:8").await.status, StatusCode::FORBIDDEN);
    let out = post("http://127.0.0.1:9").await;
    let sent: HashMap<_, _> = Url::parse(&out.location).unwrap().query_pairs().into_owned().collect();
    assert!(out.location.starts_with(&format!("{}/logout?", stage.impostor.issuer)));
    assert!(sent.contains_key("id_token_hint"));
    assert_eq!(sent["post_logout_redirect_uri"], "http://127.0.0.1:9/");
    assert_eq!(stage.get("/home", &session).await.location, "/");
}

#[tokio::test]
async fn a_provider_that_is_not_there_yet_is_asked_again() {
    let stage = Stage::set(Lie::Starting).await;
    let before = stage.get("/register", "").await;
    assert_eq!(before.status, StatusCode::BAD_GATEWAY);
    assert!(before.body.contains("ne répond pas") && before.cookie.is_empty());
    let after = stage.get("/register", "portal-language=en").await;
    assert!(after.location.contains("prompt=create") && after.location.contains("ui_locales=en"), "{}", after.location);
}

#[tokio::test]
async fn the_code_of_a_certificate_shows_once_after_answers_that_the_id_token_tells_of() {
    let stage = Stage::set(Lie::None).await;
    let session = stage.enter().await;
    let before = stage.get("/certificates/code", &session).await;
    assert!(before.body.contains("Répondre à mes questions") && !before.body.contains("withdrawal-code"));
    let left = stage.get("/certificates/code/answer", &session).await;
    let sent: HashMap<_, _> = Url::parse(&left.location).unwrap().query_pairs().into_owned().collect();
    let asked = json!({ "id_token": { "acr": { "essential": true, "value": "challenge-answered" } } });
    assert_eq!(serde_json::from_str::<Value>(&sent["claims"]).unwrap(), asked);
    let back = stage.way_back(&sent);
    let answered = stage.get(&back, &format!("{session}; {}", left.cookie)).await;
    assert_eq!((answered.status, answered.location.as_str()), (StatusCode::SEE_OTHER, "/certificates/code"));
    assert!(stage.get("/certificates/code", &answered.cookie).await.body.contains("withdrawal-code"));
    let again = stage.get("/certificates/code", &answered.cookie).await;
    assert!(again.body.contains("Répondre à mes questions") && !again.body.contains("withdrawal-code"));
    assert_eq!(stage.get("/certificates/code/answer", "").await.location, "/");
}

#[tokio::test]
async fn a_code_stays_hidden_from_whoever_did_not_answer() {
    for lie in [Lie::Level, Lie::NoLevel] {
        let stage = Stage::set(lie).await;
        let session = stage.enter().await;
        for (answer, status) in [("code", StatusCode::BAD_GATEWAY), ("error", StatusCode::FORBIDDEN)] {
            let left = stage.get("/certificates/code/answer", &session).await;
            let sent: HashMap<_, _> = Url::parse(&left.location).unwrap().query_pairs().into_owned().collect();
            let back = stage.way_back(&sent);
            let (_, rest) = back.split_once('&').unwrap();
            let refused = format!("/callback?error=unmet_authentication_requirements&{rest}");
            let back = if answer == "code" { back.clone() } else { refused };
            let told = stage.get(&back, &format!("{session}; {}", left.cookie)).await;
            assert_eq!(told.status, status, "{lie:?} {answer}");
            let page = stage.get("/certificates/code", &session).await;
            assert!(page.status == StatusCode::OK && !page.body.contains("withdrawal-code"), "{lie:?} {answer}");
        }
    }
}
