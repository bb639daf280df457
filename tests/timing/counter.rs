//! A house without sockets or couriers, and somebody who sends it forms with a stopwatch in their hand.
//!
//! A thousand accounts are put into the database as they would stand there; nobody knows their passwords. Each form
//! comes from an address of its own and a second after the last, so that no counter slows anybody.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{Request, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet::assembly::{House, Plan};
use guichet::clock::{Clock, Duration, MovableClock, Stopwatch};
use guichet::entropy::{self, Entropy, OsEntropy};
use guichet::outbound::{Outbound, OutboundSettings};
use guichet::realm::preset::{PORTAL, Preset};
use guichet::reference::Reference;
use guichet::registries::{FixedMode, RegistrySettings};
use guichet::secret::{Secret, SecretHash};
use guichet::source::Source;
use guichet::store::{Store, migrate};
use scraper::{Html, Selector};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;
use tower::ServiceExt as _;

const ORIGIN_URL: &str = "http://localhost:8080";
const PAGES: &str = "/realms/certinomis";
const HOME: &str = "http://127.0.0.1:8090/";
const CALLBACK: &str = "http://127.0.0.1:8090/callback";

/// Forms that one journey sends before the next is begun.
const PER_JOURNEY: u32 = 20;

/// Accounts, found by `known(1..=1000)`, and one more that somebody has. A password of nobody: any hash of today's cost.
const ACCOUNTS: &str = "
    CREATE TEMP TABLE numbers AS
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= 1000)
        SELECT i, CAST(printf('account-%08d', i) AS BLOB) AS id, printf('marie.connue.%04d@exemple.fr', i) AS email FROM n;
    INSERT INTO users (id, realm, state, email, email_verified_at, first_name, last_name, language, created_at, updated_at)
        SELECT id, 'certinomis', 'active', email, 1, 'Marie', 'Durand', 'fr', 1, 1 FROM numbers;
    UPDATE users SET email_canonical = email;
    INSERT INTO passwords (user_id, phc, pepper, changed_at) SELECT id,
        '$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8', 1, 1
        FROM numbers;";

/// What those accounts sign in with: their address, or what a realm issued them.
const BY_EMAIL: &str = "INSERT INTO identifiers SELECT 'certinomis', email, id, 'email' FROM numbers";
const ISSUED: &str = "INSERT INTO identifiers SELECT 'certinomis', printf('qv%06d', i), id, 'issued' FROM numbers";

/// The pages that lead to the one that is measured, and what is sent there: for one who registers an organisation of that
/// number.
type Way = fn(u32) -> Vec<Vec<(&'static str, String)>>;

/// Opens a session of the one more, in a browser whose cookie has that hash.
const SESSION: &str = "
    INSERT INTO sessions (id, realm, token, user_id, amr, acr, auth_time, created_at, seen_at, idle_seconds, expires_at,
                          user_agent, source)
        VALUES (randomblob(16), 'certinomis', $1, CAST('account-00001001' AS BLOB), 'pwd', 'password', $2, $2, $2, 1800,
                $2 + 3600000, '', '')";

/// The address of an account.
pub(super) fn known(number: u32) -> String {
    format!("marie.connue.{number:04}@exemple.fr")
}

/// An address that nobody has, as long as the others.
pub(super) fn unknown(number: u32) -> String {
    format!("marie.absent.{number:04}@exemple.fr")
}

/// The house, and who stands before it.
pub(super) struct Counter {
    router: Router,
    clock: Arc<MovableClock>,
    database: DatabaseConnection,
    page: &'static str,
    way: Way,
    sent: u32,
    cookie: String,
    flow: String,
    token: Option<String>,
    _folder: TempDir,
}

impl Counter {
    /// Stands before that page of a new house, which has the files of that preset.
    ///
    /// Whoever goes there in a new journey sends the forms of `way` to the page of registration first.
    pub(super) async fn open(preset: Preset, page: &'static str, way: Way) -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("guichet.db").display());
        let store = Store::open(&Secret::new(url.clone())).await.unwrap();
        migrate::run(&store).await.unwrap();
        let connection = Database::connect(&url).await.unwrap();
        let identifiers = if preset == Preset::Certigna { ISSUED } else { BY_EMAIL };
        for statements in [ACCOUNTS, identifiers] {
            connection.execute_unprepared(statements).await.unwrap();
        }
        let clock = Arc::new(MovableClock::running());
        let key: [u8; 32] = entropy::bytes(&OsEntropy);
        let house = House::build(Plan {
            store,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(OsEntropy) as Arc<dyn Entropy>,
            master_key: Secret::new(STANDARD.encode(key)),
            public_url: ORIGIN_URL.parse().unwrap(),
            certificate_url: None,
            hashing: (2, 64),
            outbound: Outbound::new(&OutboundSettings::default()).unwrap(),
            registries: RegistrySettings::Fixed(FixedMode::Answers),
            demo_mailbox: None,
        });
        let house = house.await.unwrap();
        let mut bundle = preset.bundle("certinomis");
        bundle.files.insert(PORTAL.to_owned(), preset.portal_client(CALLBACK, HOME, HOME, &SecretHash::of("nobody's")));
        house.apply(&[bundle], "a test").await.unwrap().unwrap();
        let (cookie, flow, token) = (String::new(), String::new(), None);
        Self {
            router: house.router(),
            clock,
            database: connection,
            page,
            way,
            sent: 0,
            cookie,
            flow,
            token,
            _folder: folder,
        }
    }

    /// Sends the page's form with these fields. How long the answer took, in microseconds, and its status.
    pub(super) async fn send(&mut self, fields: &[(&str, &str)]) -> (f64, u16) {
        self.clock.advance(Duration::from_secs(1));
        if self.sent.is_multiple_of(PER_JOURNEY) {
            self.begin().await;
        }
        self.sent += 1;
        let token = match self.token.take() {
            Some(token) => token,
            None => self.read(self.page).await,
        };
        let (took, status, html) = self.post(self.page, &token, fields).await;
        // A refused form is shown again, and its page has the next token.
        self.token = token_of(&html);
        (took.as_secs_f64() * 1e6, status)
    }

    async fn post(&self, page: &str, token: &str, fields: &[(&str, &str)]) -> (Duration, u16, String) {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let form = form.append_pair("_form", token).extend_pairs(fields).finish();
        let request = self.request("POST", &format!("{PAGES}/{page}?flow={}", self.flow), Body::from(form));
        let watch = Stopwatch::start();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, html) = read(response).await;
        (watch.elapsed(), status, html)
    }

    /// A new journey in a new browser, or a session of somebody who has just signed in.
    async fn begin(&mut self) {
        (self.cookie, self.token) = (String::new(), None);
        if self.page.starts_with("account/") {
            return self.enter().await;
        }
        let path = format!(
            "{PAGES}/protocol/openid-connect/auth?response_type=code&client_id=portal&scope=openid&state=s&nonce=n\
             &redirect_uri={CALLBACK}&code_challenge_method=S256\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        let response = self.router.clone().oneshot(self.request("GET", &path, Body::empty())).await.unwrap();
        let header = |name| response.headers()[&name].to_str().unwrap().to_owned();
        header(SET_COOKIE).split(';').next().unwrap().clone_into(&mut self.cookie);
        header(LOCATION).split("flow=").nth(1).unwrap().clone_into(&mut self.flow);
        for form in (self.way)(self.sent) {
            let fields: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let (_, status, html) = self.post("register", &self.read("register").await, &fields).await;
            assert_eq!(status, 303, "{html}");
        }
    }

    async fn enter(&mut self) {
        let token = entropy::token(&OsEntropy);
        let values = [token.hash().as_bytes().to_vec().into(), self.clock.now().millis().into()];
        let opened = Statement::from_sql_and_values(DbBackend::Sqlite, SESSION, values);
        self.database.execute_raw(opened).await.unwrap();
        self.cookie = format!("__Host-guichet-session-certinomis={}", token.expose());
        let page = format!("{PAGES}/{}", self.page);
        let response = self.router.clone().oneshot(self.request("GET", &page, Body::empty())).await.unwrap();
        let browser = response.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        self.cookie = format!("{}; {browser}", self.cookie);
    }

    /// The page, for the token of its form.
    async fn read(&self, page: &str) -> String {
        let path = format!("{PAGES}/{page}?flow={}", self.flow);
        let response = self.router.clone().oneshot(self.request("GET", &path, Body::empty())).await.unwrap();
        let (_, html) = read(response).await;
        token_of(&html).unwrap_or_else(|| panic!("no form at {path}: {html}"))
    }

    fn request(&self, method: &str, path: &str, body: Body) -> Request<Body> {
        let request = Request::builder().method(method).uri(path).header(COOKIE, &self.cookie);
        let request = request.header(ORIGIN, ORIGIN_URL).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let mut request = request.body(body).unwrap();
        // What the server's layers would find out.
        request.extensions_mut().insert(Source::new(Ipv4Addr::from_bits(0xc612_0000 + self.sent).into()));
        request.extensions_mut().insert(Reference::new(&OsEntropy));
        request
    }
}

async fn read(response: Response<Body>) -> (u16, String) {
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn token_of(html: &str) -> Option<String> {
    let document = Html::parse_document(html);
    let token = document.select(&Selector::parse("input[name=_form]").unwrap()).next()?;
    token.attr("value").map(str::to_owned)
}
