//! A provider whose realm files declare one more relying party, as its operator would write it: the running binary, on
//! SQLite, with a person who has an account.
//!
//! Over https with a certificate made just now, or on `http://127.0.0.1`, where a browser needs none.

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::entropy::{self, OsEntropy};
use guichet::realm::preset::with_secret;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
use reqwest::tls::Version;
use serde_json::{Value, json};

use super::person::Walker;
use crate::nodes::browser::Browser;
use crate::nodes::node::Node;
use crate::nodes::site::{Site, free_port};

/// The relying party of every story, as its file begins.
const SHOP: &str = r#"client_id = "shop"
client_name = { fr = "Boutique", en = "Shop" }
"#;

/// What a relying party adds that signs people in.
pub(super) const SIGNS_IN: &str = r#"redirect_uris = ["https://shop.exemple.fr/callback"]
post_logout_redirect_uris = ["https://shop.exemple.fr/"]
grant_types = ["authorization_code", "refresh_token"]
scope = "openid profile email"
secrets = []
"#;

/// An API of the realm.
const API: &str = r#"[[resources]]
uri = "https://api.exemple.fr/"
scopes = ["orders:read"]

[mail]
"#;

/// The provider, the relying party's place in it, and what it was told.
pub(super) struct House {
    pub(super) site: Site,
    node: Node,
    certificate: Option<String>,
    secret: String,
    key: KeyPair,
    /// A port of the relying party's own server.
    port: u16,
}

impl House {
    /// A provider over https with that in the relying party's file. `secrets = []` stands for the secret that was made
    /// for it, `jwks = {}` for its key, and `:0` for the port of its own server.
    pub(super) async fn over_tls(file: &str) -> Self {
        let site = Site::with_tls().await;
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(site.path("tls.pem"), certified.cert.pem()).unwrap();
        fs::write(site.path("tls.key"), certified.signing_key.serialize_pem()).unwrap();
        Self::open(site, file, Some(certified.cert.pem())).await
    }

    /// A provider on `http://127.0.0.1`: for browsers, applications on that host are of the same site.
    pub(super) async fn in_clear(file: &str) -> Self {
        Self::open(Site::on_one_host().await, file, None).await
    }

    async fn open(site: Site, file: &str, certificate: Option<String>) -> Self {
        let (secret, port) = (entropy::token(&OsEntropy), free_port());
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let file = format!("{SHOP}{file}").replace("jwks = {}", &jwks(&key)).replace(":0", &format!(":{port}"));
        site.declare_client("shop", &with_secret(&file, &secret.hash()));
        site.edit_realm("[mail]\n", API);
        site.edit_realm("policy = \"closed\"", "policy = \"initial-token\"");
        let mut settings = format!("[outbound]\nnetworks = [\"127.0.0.1/32\", \"::1/128\"]\nports = [{port}]\n");
        if certificate.is_some() {
            let (chain, key) = (site.path("tls.pem"), site.path("tls.key"));
            let (chain, key) = (chain.display(), key.display());
            let tls = format!("ca = \"{chain}\"\n[tls]\ncertificate = \"{chain}\"\nkey = \"{key}\"\n");
            settings.push_str(&tls);
        }
        let node = Node::start_at(&site, "node", site.port, &settings).await;
        Self { site, node, certificate, secret: secret.expose().clone(), key, port }
    }

    /// Somebody with an account, in a browser that nobody signed in with.
    pub(super) async fn somebody(&self) -> Walker<'_> {
        let mut walker = Walker::new(&self.site, self.browser());
        walker.registers().await;
        walker.in_browser(self.browser())
    }

    fn browser(&self) -> Browser {
        match &self.certificate {
            Some(certificate) => Browser::trusting(certificate, Version::TLS_1_3),
            None => Browser::new(),
        }
    }

    /// The realm's issuer.
    pub(super) fn issuer(&self) -> String {
        format!("{}/realms/certinomis", self.site.origin)
    }

    /// The relying party's secret.
    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// The certificate that clients have to trust.
    pub(super) fn certificate(&self) -> PathBuf {
        self.site.path("tls.pem")
    }

    /// What the operator makes for an application that is to register itself.
    pub(super) fn initial_access_token(&self) -> String {
        let made = self.site.guichet(&["client", "token", "certinomis", "--json"]);
        assert!(made.status.success(), "{made:?}");
        let said: Value = serde_json::from_slice(&made.stdout).unwrap();
        said["token"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned()
    }

    /// The provider's log.
    pub(super) fn said(&self) -> String {
        self.node.said()
    }

    /// What the operator tells the relying party.
    pub(super) fn told(&self) -> Value {
        json!({
            "issuer": self.issuer(),
            "client_id": "shop",
            "secret": self.secret,
            "key": self.key.serialize_pem(),
            "kid": "shop-1",
            "redirect_uri": "https://shop.exemple.fr/callback",
            "home": "https://shop.exemple.fr/",
            "resource": "https://api.exemple.fr/",
            "scope": "orders:read",
            "port": self.port,
            "certificate": self.certificate(),
            "certificate_key": self.site.path("tls.key"),
        })
    }
}

/// The public half as a client's file says it (RFC 7518 §6.2.1): the point, without the byte that says it is whole.
fn jwks(key: &KeyPair) -> String {
    let (x, y) = key.public_key_raw()[1..].split_at(32);
    let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
    format!(
        r#"jwks = {{ keys = [{{ kty = "EC", crv = "P-256", kid = "shop-1", alg = "ES256", x = "{x}", y = "{y}" }}] }}"#
    )
}
