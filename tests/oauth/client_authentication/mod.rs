//! Clients that prove themselves by more than a secret in the request: assertions and certificates, good and bad.

mod assertions;
mod certificates;
mod nodes;
mod published_keys;
mod secrets;

use clap::Parser;
use guichet::cli::realm::RealmCommand;
use guichet::entropy::{self, SeededEntropy};
use guichet::realm::check::NoThemes;
use http::Method;
use serde_json::{Value, json};

use crate::support::client_app::{Asked, ClientApp, Presents, endpoint, issuer};
use crate::support::http::Answer;
use crate::support::signer::Signer;
use crate::support::world::{MASTER_KEY, REALM, World};

/// RFC 7523 §2.2.
pub(super) const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client that signs what it says of itself.
pub(super) struct Asserting {
    pub(super) app: ClientApp,
    pub(super) signer: Signer,
}

/// Declares a client by these lines, beside a name and an address.
pub(super) async fn declared(world: &mut World, id: &str, lines: &[(&str, &str)]) -> ClientApp {
    let callback = format!("https://{id}.example/retour");
    let lines = lines.iter().map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>().join("\n");
    let file = format!(
        "client_id = \"{id}\"\nclient_name = {{ fr = \"Boutique\", en = \"Shop\" }}\nredirect_uris = [\"{callback}\"]\n\
         grant_types = [\"authorization_code\", \"refresh_token\"]\nscope = \"openid profile email\"\n{lines}\n"
    );
    world.adds_client(id, file).await;
    let mut app = ClientApp::new(world, id, "", &callback);
    app.presents = Presents::Nothing;
    app
}

/// A client with `private_key_jwt`, its keys in its file.
pub(super) async fn with_key(world: &mut World, id: &str, signer: Signer, lines: &[(&str, &str)]) -> Asserting {
    let keys = inline(&signer.jwk());
    let own = [("token_endpoint_auth_method", "\"private_key_jwt\""), ("jwks", keys.as_str())];
    let app = declared(world, id, &[own.as_slice(), lines].concat()).await;
    Asserting { app, signer }
}

/// A client of the FAPI 2.0 Security Profile (CONFORMANCE.md 2.5).
pub(super) async fn with_fapi_key(world: &mut World, id: &str, signer: Signer) -> Asserting {
    let lines = [("profile", "\"fapi2-security\""), ("dpop_bound_access_tokens", "true")];
    with_key(world, id, signer, &lines).await
}

/// A JWK Set of that key, as TOML writes it.
pub(super) fn inline(jwk: &Value) -> String {
    let members: Vec<_> = jwk.as_object().unwrap().iter().map(|(name, value)| format!("{name} = {value}")).collect();
    format!("{{ keys = [{{ {} }}] }}", members.join(", "))
}

impl Asserting {
    /// Claims that are good, of another name each time.
    pub(super) fn claims(&self) -> Value {
        let (now, id) = (self.app.now().seconds(), &self.app.id);
        let jti = entropy::token(self.app.entropy()).expose().clone();
        json!({"iss": id, "sub": id, "aud": issuer(), "jti": jti, "iat": now, "exp": now + 60})
    }

    /// The same, some of them changed; `null` leaves one out.
    pub(super) fn claims_with(&self, changes: &Value) -> Value {
        let mut claims = self.claims();
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    /// Asks the token endpoint for something that nobody has, with an assertion of these claims.
    pub(super) async fn says(&self, changes: &Value) -> Answer {
        shows(&self.app, &self.signer.signs(&self.claims_with(changes))).await
    }

    /// Pushes a request, with an assertion of these claims.
    pub(super) async fn pushes(&self, asked: &Asked, changes: &Value) -> Answer {
        let assertion = self.signer.signs(&self.claims_with(changes));
        let proof = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())];
        let asked: Vec<_> = asked.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.app.posts("ext/par/request", &[&proof, asked.as_slice()].concat(), &[]).await
    }

    /// The form of a request with a good assertion, and these fields.
    pub(super) async fn asks(&self, fields: &[(&str, &str)]) -> Answer {
        let assertion = self.signer.signs(&self.claims());
        let proof = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())];
        self.app.token(&[&proof, fields].concat()).await
    }
}

/// Asks the token endpoint for something that nobody has, with that assertion and no `client_id`.
pub(super) async fn shows(app: &ClientApp, assertion: &str) -> Answer {
    shows_with(app, &[("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)]).await
}

/// Asks the token endpoint for something that nobody has, with these fields besides.
pub(super) async fn shows_with(app: &ClientApp, fields: &[(&str, &str)]) -> Answer {
    app.token(&[&[("grant_type", "refresh_token"), ("refresh_token", "nobodys")], fields].concat()).await
}

/// The client is who it says: what it asks for is refused for another reason.
pub(super) fn is_known(answer: &Answer) {
    // Proofs of possession are asked of clients that are known, and of some of them before anything else.
    let told = super::refused(answer);
    assert!(["invalid_grant", "invalid_dpop_proof"].contains(&told.as_str()), "{}", answer.body);
    assert_eq!(answer.status, 400);
}

/// The client is not who it says, and learns no more than that (SR-147).
pub(super) fn is_nobody(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", answer.body);
    let told = json!({"error": "invalid_client", "error_description": "client authentication failed"});
    assert_eq!(answer.json(), told);
    assert_eq!(answer.header("www-authenticate"), None, "no scheme of HTTP was used");
    super::refused(answer);
}

/// What the realm announces.
async fn metadata(app: &ClientApp) -> Value {
    let url = format!("{}/.well-known/openid-configuration", issuer());
    app.sends(&Method::GET, &url, &[], String::new()).await.json()
}

/// A secret that was made for that client, and the text that its file holds of it. The seed is none of the house's own.
fn sealed_secret(client: &str, seed: u64) -> (String, String) {
    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: RealmCommand,
    }
    let folder = tempfile::tempdir().unwrap();
    let (settings, key) = (folder.path().join("guichet.toml"), folder.path().join("master.key"));
    std::fs::write(&key, MASTER_KEY).unwrap();
    let said = format!(
        "public_url = \"https://id.example.org\"\nmaster_key_file = \"{}\"\n[proxy]\ntrusted = [\"127.0.0.1\"]\n\
         [database]\nurl = \"sqlite:guichet.db\"\n[smtp]\nhost = \"relay.example.org\"\n",
        key.display()
    );
    std::fs::write(&settings, said).unwrap();
    let config = settings.to_str().unwrap();
    let line =
        Line::try_parse_from(["realm", "secret", "--sealed", REALM, client, "--json", "--config", config]).unwrap();
    let (mut out, mut talk) = (Vec::new(), Vec::new());
    line.command.run(&NoThemes, &SeededEntropy::new(seed), &mut out, &mut talk).unwrap();
    let made: Value = serde_json::from_slice(&out).unwrap();
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    (text("secret"), text("sealed"))
}

/// That endpoint, as it is called where certificates are shown.
fn alias(name: &str) -> String {
    endpoint(name).replace(crate::support::world::PUBLIC, crate::support::world::CERTIFICATE)
}
