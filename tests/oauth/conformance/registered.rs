//! A client that registers itself as the suite's does, over HTTP (OpenID Connect Registration §3), and is taken back at the end.

use guichet::entropy;
use http::Method;
use serde_json::{Value, json};

use super::duties::Rp;
use super::metadata;
use crate::oauth::client_authentication::JWT_BEARER;
use crate::oauth::registration::{Registered, address, asks, posts, registers};
use crate::support::client_app::{ClientApp, Presents, endpoint};
use crate::support::http::Answer;
use crate::support::signer::Signer;
use crate::support::world::World;

/// Where the suite takes answers.
pub(super) const CALLBACK: &str = "https://rp.example/test/a/guichet/callback";

/// Such a client.
pub(super) struct Suite {
    pub(super) client: Registered,
    /// What it signs with.
    pub(super) key: Signer,
    method: &'static str,
    /// Whom its assertions are for.
    pub(super) audience: String,
}

/// The realm registers whoever comes, under the policy that the suite's clients need, and with every scope.
pub(super) async fn opens(world: &mut World) {
    let closed = "policy = \"closed\"\nprofile = \"standard\"";
    let scope = "scope = \"openid profile email offline_access\"";
    world
        .rewrites_realm(&[
            (closed, "policy = \"open\"\nprofile = \"compatible\""),
            (scope, "scope = \"openid profile email address phone offline_access\""),
        ])
        .await;
}

/// What the suite registers in every module; its one RSA key has no `kid`. A `null` among the changes leaves a member out.
pub(super) fn wanted(method: &str, key: &Signer, changes: &Value) -> Value {
    let mut jwk = key.jwk();
    (jwk["use"], jwk["alg"]) = (json!("sig"), json!("RS256"));
    let mut metadata = json!({
        "client_name": "oidcc Qq3vN5tPxk",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": method,
        "contacts": ["certification@oidf.org"],
        "jwks": {"keys": [jwk]},
    });
    for (member, value) in changes.as_object().unwrap() {
        metadata[member] = value.clone();
    }
    metadata.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    metadata
}

/// A key as the suite registers it.
pub(super) fn key() -> Signer {
    Signer::new("RS256", "").nameless()
}

impl Suite {
    /// Opens the realm and registers with `private_key_jwt`, as the dynamic plan does.
    pub(super) async fn begins(world: &mut World, changes: Value) -> Self {
        opens(world).await;
        Self::registers(world, "private_key_jwt", key(), &changes).await
    }

    /// Registers, and checks that everything is told back and can be managed.
    pub(super) async fn registers(world: &World, method: &'static str, key: Signer, changes: &Value) -> Self {
        let metadata = wanted(method, &key, changes);
        // Status, type, `client_id`, the secret with its end, the address and the token of management: checked there.
        let mut client = registers(world, &metadata).await;
        for (member, value) in metadata.as_object().unwrap() {
            assert_eq!(&client.told[member], value, "{member}");
        }
        assert!(client.uri.starts_with("https://"));
        assert_eq!(client.told["client_secret"].is_string(), method != "private_key_jwt");
        assert!(client.told.get("client_secret_expires_at").is_none_or(|end| *end == 0));
        let said = metadata::of(&client.app).await;
        assert!(metadata::lists(&said, "token_endpoint_auth_methods_supported", method));
        assert_eq!(said["registration_endpoint"], address());
        client.app.presents = if method == "private_key_jwt" { Presents::Nothing } else { Presents::Basic };
        Self { client, key, method, audience: endpoint("token") }
    }

    /// As the suite does at the end of each module; the client is gone then.
    pub(super) async fn ends(&self, world: &World) {
        assert_eq!(self.client.manages(world, &Method::DELETE, None).await.status, 204);
        let gone = asks(world, &Method::GET, &self.client.uri, Some(&self.client.token), None).await;
        assert_eq!(gone.status, 401);
    }

    fn assertion(&self) -> String {
        let (id, now) = (&self.client.app.id, self.client.app.now().seconds());
        let jti = entropy::token(self.client.app.entropy()).expose().clone();
        let claims = json!({"iss": id, "sub": id, "aud": self.audience, "jti": jti, "iat": now, "exp": now + 60});
        self.key.signs(&claims)
    }
}

impl Rp for Suite {
    fn app(&self) -> &ClientApp {
        &self.client.app
    }

    fn method(&self) -> &'static str {
        self.method
    }

    async fn requests(&self, form: &[(&str, &str)]) -> Answer {
        if self.method != "private_key_jwt" {
            return self.client.app.token(form).await;
        }
        let assertion = self.assertion();
        let proof = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())];
        self.client.app.token(&[form, &proof].concat()).await
    }
}

/// What a registration with these changes is refused with.
pub(super) async fn refusal(world: &World, changes: &Value) -> String {
    let answer = posts(world, None, &wanted("private_key_jwt", &key(), changes)).await;
    crate::oauth::registration::refused(&answer)
}
