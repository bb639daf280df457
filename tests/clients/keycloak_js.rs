//! `keycloak-js` (npm), unmodified, in headless Chromium: an application without a server that moves here from Keycloak
//! by changing an address.

use std::net::SocketAddr;

use axum::response::Html;
use axum::routing::get;
use axum::{Json, Router};
use http::header::CONTENT_TYPE;
use serde_json::json;
use tokio::net::TcpListener;

use super::house::House;
use super::installed;
use crate::nodes::journey::Person;
use crate::support::chromium::{Page, Settings};

/// An application on loopback, its provider, and a browser that shows it.
struct Shop {
    house: House,
    origin: String,
    page: Page,
    person: Person,
}

impl Shop {
    /// All started; `None`, said aloud, where something is missing.
    async fn open() -> Option<Self> {
        let adapter = std::fs::read_to_string(installed::packages()?.join("keycloak-js/lib/keycloak.js")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let house = House::in_clear(&file(listener.local_addr().unwrap())).await;
        let page = Page::open(Settings { language: "fr", ..Settings::default() }).await?;
        let settings = json!({ "url": house.site.origin });
        let pages = Router::new()
            .route("/", get(Html(include_str!("keycloak-js/page.html"))))
            .route("/members", get(Html(include_str!("keycloak-js/page.html"))))
            .route("/silent", get(Html(include_str!("keycloak-js/silent.html"))))
            .route("/settings.json", get(async || Json(settings)))
            .route("/keycloak.js", get(async || ([(CONTENT_TYPE, "text/javascript")], adapter)));
        tokio::spawn(async move { axum::serve(listener, pages).await });
        let person = house.somebody().await.person;
        Some(Self { house, origin, page, person })
    }

    async fn goes_to(&self, path: &str) {
        self.page.goto(&format!("{}{path}", self.origin)).await;
    }

    /// To the members' page, over the sign-in page.
    async fn signs_in(&self) {
        self.goes_to("/members").await;
        self.page.fill_named("username", &self.person.email).await;
        self.page.fill_named("password", self.person.password).await;
        self.page.press("Connexion").await;
        self.page.shows("Marie Durand").await;
    }
}

/// The application in its realm.
fn file(address: SocketAddr) -> String {
    format!(
        r#"profile = "compatible"
token_endpoint_auth_method = "none"
redirect_uris = ["http://{address}/", "http://{address}/members", "http://{address}/silent"]
post_logout_redirect_uris = ["http://{address}/"]
web_origins = ["http://{address}"]
grant_types = ["authorization_code", "refresh_token"]
scope = "openid profile email"
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn keycloak_js_signs_somebody_in() {
    let Some(shop) = Shop::open().await else { return };
    shop.signs_in().await;
    assert_eq!(shop.page.evaluate("keycloak.idTokenParsed.iss").await, shop.house.issuer());
    let email = "keycloak.loadUserInfo().then(person => person.email)";
    assert_eq!(shop.page.evaluate(email).await, shop.person.email);
    assert_eq!(shop.page.evaluate("location.href").await, format!("{}/members", shop.origin), "nothing is left behind");
    shop.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keycloak_js_notices_silently_who_is_there() {
    let Some(shop) = Shop::open().await else { return };
    shop.goes_to("/").await;
    shop.page.shows("Nobody").await;
    shop.signs_in().await;
    shop.goes_to("/").await;
    shop.page.shows("Marie Durand").await;
    // In a frame of the page: the page itself never left.
    assert_eq!(shop.page.evaluate("performance.getEntriesByType('navigation')[0].redirectCount").await, 0);
    assert_eq!(shop.page.evaluate("location.href").await, format!("{}/", shop.origin));
    shop.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keycloak_js_refreshes_its_tokens() {
    let Some(shop) = Shop::open().await else { return };
    shop.signs_in().await;
    let tokens = "[keycloak.token, keycloak.refreshToken]";
    let before = shop.page.evaluate(tokens).await;
    assert_eq!(shop.page.evaluate("keycloak.updateToken(-1)").await, true);
    let after = shop.page.evaluate(tokens).await;
    assert_ne!(before[0], after[0]);
    assert_ne!(before[1], after[1], "a public client's refresh tokens are good once");
    assert_eq!(shop.page.evaluate("keycloak.loadUserInfo().then(person => person.email)").await, shop.person.email);
    shop.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keycloak_js_signs_somebody_out() {
    let Some(shop) = Shop::open().await else { return };
    shop.signs_in().await;
    shop.page.evaluate("void keycloak.logout({ redirectUri: location.origin + '/' })").await;
    shop.page.shows("Nobody").await;
    shop.goes_to("/members").await;
    shop.page.shows("Connectez-vous à votre compte").await;
    shop.page.close().await;
}
