//! Our side: a house on SQLite, served as `guichet serve` serves it behind a proxy, with Marie signed in at the portal
//! and a client that acts for itself.

use std::cell::RefCell;
use std::net::SocketAddr;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::secret::Secret;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;
use tokio::sync::Mutex;

use super::wire::{Side, Wire};
use super::{Asked, asked};
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, endpoint, issuer, tokens};
use crate::support::database::Engine;
use crate::support::people::MARIE;
use crate::support::world::World;

/// The secret of the client that acts for itself.
const SECRET: &str = "Qm9vbS10YWxrLXRvLW1lLW5pY2VseS1wbGVhc2UtMDEyMzQ";

/// A world, and who is in it.
pub(super) struct House {
    world: World,
    portal: ClientApp,
    machine: ClientApp,
    browser: Mutex<Browser>,
    /// Refresh tokens that are good now.
    refresh: RefCell<Vec<String>>,
    access: String,
}

impl House {
    /// Marie registers and signs in.
    pub(super) async fn new() -> Self {
        let mut world = World::new(Engine::Sqlite).await;
        let machine = with_machine(&mut world).await;
        let (portal, mut browser) = (world.portal(), world.browser());
        let access = MARIE.gets_an_account(&world, &mut browser).await.access_token;
        Self { world, portal, machine, browser: Mutex::new(browser), refresh: RefCell::default(), access }
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.world.node.address
    }

    pub(super) fn reads(&self, path: String) -> Side<'_> {
        self.side(move || asked(Method::GET, &path))
    }

    pub(super) fn client_credentials(&self) -> Side<'_> {
        self.side(|| posted("token", &self.machine, &[("grant_type", "client_credentials")]))
    }

    /// Each request has a fresh code, out of Marie's open session.
    pub(super) fn code<'a>(&'a self, wire: &'a Wire) -> Side<'a> {
        self.side(|| {
            let (code, begun) = wire.waits(self.gets_a_code());
            posted("token", &self.portal, &self.portal.redemption(&code, &begun))
        })
    }

    /// Each request has the refresh token of an earlier answer.
    pub(super) fn refresh<'a>(&'a self, wire: &'a Wire) -> Side<'a> {
        let side = self.side(|| {
            let known = self.refresh.borrow_mut().pop();
            let token = known.unwrap_or_else(|| wire.waits(self.gets_a_refresh_token()));
            posted("token", &self.portal, &[("grant_type", "refresh_token"), ("refresh_token", &token)])
        });
        side.learning(|answers| self.refresh.borrow_mut().extend(answers.iter().map(next)))
    }

    pub(super) fn introspection(&self) -> Side<'_> {
        self.side(|| posted("token/introspect", &self.portal, &[("token", &self.access)]))
    }

    pub(super) fn userinfo(&self) -> Side<'_> {
        let (path, bearer) = (path(&endpoint("userinfo")), format!("Bearer {}", self.access));
        self.side(move || {
            let mut request = asked(Method::GET, &path);
            request.headers_mut().insert(AUTHORIZATION, bearer.parse().unwrap());
            request
        })
    }

    fn side<'a>(&'a self, asks: impl Fn() -> Asked + 'a) -> Side<'a> {
        Side::new(self.address(), asks)
    }

    async fn gets_a_code(&self) -> (String, crate::support::client_app::Asked) {
        let begun = self.portal.asks();
        let mut browser = self.browser.lock().await;
        browser.opens(&begun.url()).await;
        (self.portal.code(&begun, browser.left_for()), begun)
    }

    async fn gets_a_refresh_token(&self) -> String {
        let (code, begun) = self.gets_a_code().await;
        tokens(&self.portal.exchanges(&code, &begun).await).refresh_token.unwrap()
    }

    /// Takes the world down.
    pub(super) async fn end(self) {
        self.world.end().await;
    }
}

/// A client that acts for itself, at an API of the realm's.
async fn with_machine(world: &mut World) -> ClientApp {
    let api = "https://orders.example/";
    let declared = format!("[[resources]]\nuri = \"{api}\"\nscopes = [\"orders:read\"]\n\n[mail]\n");
    world.rewrites_realm(&[("[mail]\n", &declared)]).await;
    let hash = URL_SAFE_NO_PAD.encode(Secret::new(SECRET.to_owned()).hash().as_bytes());
    let file = format!(
        "client_id = \"machine\"\nclient_name = \"machine\"\nsecrets = [\"sha256:{hash}\"]\n\
         grant_types = [\"client_credentials\"]\nscope = \"orders:read\"\nresources = [\"{api}\"]\n"
    );
    world.adds_client("machine", file).await;
    ClientApp::new(world, "machine", SECRET, "")
}

pub(super) fn discovery() -> String {
    path(&format!("{}/.well-known/openid-configuration", issuer()))
}

pub(super) fn certs() -> String {
    path(&endpoint("certs"))
}

/// The refresh token of an answer.
fn next(answer: &Bytes) -> String {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    answer["refresh_token"].as_str().unwrap().to_owned()
}

fn path(address: &str) -> String {
    url::Url::parse(address).unwrap().path().to_owned()
}

fn posted(name: &str, client: &ClientApp, form: &[(&str, &str)]) -> Asked {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = asked(Method::POST, &path(&endpoint(name))).map(|_| body.into());
    let headers = request.headers_mut();
    headers.insert(AUTHORIZATION, client.basic().parse().unwrap());
    headers.insert(CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
    request
}
