//! Two APIs and the services around them: who asks for itself, who is shown tokens, and who passes them on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::secret::Secret;
use serde_json::{Value, json};

use super::SECRET;
use crate::support::browser::Browser;
use crate::support::client_app::{ClientApp, Tokens, issuer};
use crate::support::http::Answer;
use crate::support::people::Person;
use crate::support::signer::Signer;
use crate::support::world::World;

/// The API that is the client `orders`.
pub(crate) const ORDERS: &str = "https://orders.example/";
/// The API that is no client.
pub(crate) const BILLING: &str = "https://billing.example/";

/// What `grant_type` says for an exchange (RFC 8693 §2.1).
pub(crate) const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// What `subject_token_type` says of an access token (RFC 8693 §3).
pub(crate) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// What `grant_type` says of an assertion (RFC 7523 §2.1).
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Who vouches.
const HR: &str = "https://hr.example";

/// The services.
pub(crate) struct Services {
    /// It asks for itself.
    pub(crate) robot: ClientApp,
    /// It is an API.
    pub(crate) orders: ClientApp,
    /// It exchanges the portal's tokens, and is named in what it gets.
    pub(crate) gateway: ClientApp,
    /// It exchanges the portal's and the gateway's, and disappears.
    pub(crate) shadow: ClientApp,
}

/// Declares both APIs and all services; the portal may ask for what the APIs offer.
pub(crate) async fn with_services(world: &mut World) -> Services {
    let apis = format!(
        "[[resources]]\nuri = \"{ORDERS}\"\nscopes = [\"orders:read\", \"orders:write\"]\n\n\
         [[resources]]\nuri = \"{BILLING}\"\nscopes = [\"billing:read\"]\n\n[mail]\n"
    );
    world.rewrites_realm(&[("[mail]\n", &apis)]).await;
    world
        .rewrites_client("portal", &[("\"openid profile email\"", "\"openid profile email orders:read orders:write\"")])
        .await;
    let reach = format!("scope = \"orders:read billing:read\"\nresources = [\"{ORDERS}\", \"{BILLING}\"]\n");
    let for_itself = "grant_types = [\"client_credentials\"]\n";
    let robot = service(world, "robot", &format!("{for_itself}{reach}")).await;
    let orders = service(world, "orders", &format!("{for_itself}{reach}")).await;
    let may = format!("grant_types = [\"client_credentials\", \"{EXCHANGE}\"]\n{reach}");
    let gateway = service(world, "gateway", &format!("{may}token_exchange = {{ subjects = [\"portal\"] }}\n")).await;
    let policy = "token_exchange = { subjects = [\"portal\", \"gateway\"], impersonate = true }\n";
    let shadow = service(world, "shadow", &format!("{may}{policy}")).await;
    let own = format!("uri = \"{ORDERS}\"\nclient_id = \"orders\"\n");
    world.rewrites_realm(&[(&format!("uri = \"{ORDERS}\"\n"), &own)]).await;
    Services { robot, orders, gateway, shadow }
}

/// A confidential client of that name, with these lines in its file.
pub(crate) async fn service(world: &mut World, id: &str, lines: &str) -> ClientApp {
    let hash = URL_SAFE_NO_PAD.encode(Secret::new(SECRET.to_owned()).hash().as_bytes());
    let file = format!("client_id = \"{id}\"\nclient_name = \"{id}\"\nsecrets = [\"sha256:{hash}\"]\n{lines}");
    world.adds_client(id, file).await;
    ClientApp::new(world, id, SECRET, "")
}

/// Tokens of somebody at the portal that reach the API for orders.
pub(crate) async fn for_orders(world: &World, browser: &mut Browser) -> Tokens {
    let portal = world.portal();
    let asked = portal.asks().with("scope", "openid profile orders:read orders:write");
    browser.opens(&asked.url()).await;
    portal.redeems(&asked, browser.left_for()).await
}

/// Somebody with an account, signed in, and their tokens that reach the API for orders.
pub(crate) async fn person_for_orders(world: &World, person: &Person) -> (Browser, Tokens) {
    let mut browser = world.browser();
    person.gets_an_account(world, &mut browser).await;
    let tokens = for_orders(world, &mut browser).await;
    (browser, tokens)
}

/// A client that presents assertions, of an issuer declared by these lines.
pub(crate) async fn with_issuer(world: &mut World, lines: &str) -> ClientApp {
    with_services(world).await;
    let desk = format!(
        "grant_types = [\"{JWT_BEARER}\"]\nscope = \"openid profile email orders:read offline_access\"\n\
         resources = [\"{ORDERS}\"]\n"
    );
    let desk = service(world, "desk", &desk).await;
    let declared = format!("[[trusted_issuers]]\nissuer = \"{HR}\"\nclients = [\"desk\"]\n{lines}\n\n[mail]\n");
    world.rewrites_realm(&[("[mail]\n", &declared)]).await;
    desk
}

/// The public half of a key, as a line of TOML.
pub(crate) fn jwks(signer: &Signer) -> String {
    let jwk = signer.jwk();
    let members = jwk.as_object().unwrap().iter().map(|(name, value)| format!("{name} = {value}"));
    format!("jwks = {{ keys = [{{ {} }}] }}", members.collect::<Vec<_>>().join(", "))
}

/// An assertion about somebody, one minute long, with these claims instead of its own; `null` leaves one out.
pub(crate) fn vouching(world: &World, jti: &str, subject: &str, more: &Value) -> Value {
    let now = world.now().seconds();
    let mut all = json!({"iss": HR, "sub": subject, "aud": issuer(), "exp": now + 60, "iat": now, "jti": jti});
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    all
}

impl ClientApp {
    /// A token for itself.
    pub(crate) async fn for_itself(&self, more: &[(&str, &str)]) -> Answer {
        self.token(&[&[("grant_type", "client_credentials")], more].concat()).await
    }

    /// Another token for that one.
    pub(crate) async fn swaps(&self, token: &str, more: &[(&str, &str)]) -> Answer {
        let form = [("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", ACCESS_TOKEN)];
        self.token(&[&form, more].concat()).await
    }
}

/// The access token of a successful answer that has nothing but one.
pub(crate) fn alone(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let told: Value = answer.json();
    assert!(told["refresh_token"].is_null() && told["id_token"].is_null(), "{told}");
    told["access_token"].as_str().unwrap().to_owned()
}
