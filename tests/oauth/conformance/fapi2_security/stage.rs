//! What both plans of FAPI 2.0 are told on: a house that asks for certificates, and the plan's clients in each of its
//! variants, every one of them with the profile that the plan is about.

use rcgen::{CertifiedIssuer, DnType, KeyPair, SanType};
use serde_json::Value;

use super::party::Party;
use crate::support::browser::Browser;
use crate::support::card::{Card, TlsClient, authority};
use crate::support::client_app::{ClientApp, Presents};
use crate::support::holder::Holder;
use crate::support::people::MARIE;
use crate::support::signer::Signer;
use crate::support::world::World;

/// Which plan is told. Most modules are in both; what is pushed, and what comes back, differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// `fapi2-security-profile-final-test-plan`: plain requests, plain answers.
    Security,
    /// `fapi2-message-signing-final-test-plan`: signed requests (JAR) and signed answers (JARM).
    MessageSigning,
}

impl Plan {
    /// The profile of its clients.
    const fn profile(self) -> &'static str {
        match self {
            Self::Security => "fapi2-security",
            Self::MessageSigning => "fapi2-message-signing",
        }
    }
}

/// A way to hold a key: by a JWT that it signs, or by the certificate of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// `private_key_jwt`, or a DPoP proof.
    Jwt,
    /// `mtls`.
    Certificate,
}

/// A variant of a plan (`plain_fapi` and `openid_connect`, as all are here).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Variant {
    /// `client_auth_type`
    pub(crate) authenticates: By,
    /// `sender_constrain`
    pub(crate) binds: By,
}

impl Variant {
    /// Every one.
    pub(crate) const ALL: [Self; 4] = [
        Self::new(By::Jwt, By::Jwt),
        Self::new(By::Jwt, By::Certificate),
        Self::new(By::Certificate, By::Jwt),
        Self::new(By::Certificate, By::Certificate),
    ];
    /// Those whose clients sign assertions.
    pub(crate) const ASSERTING: [Self; 2] = [Self::ALL[0], Self::ALL[1]];
    /// Those whose tokens are bound by DPoP.
    pub(crate) const PROVING: [Self; 2] = [Self::ALL[0], Self::ALL[2]];

    const fn new(authenticates: By, binds: By) -> Self {
        Self { authenticates, binds }
    }

    /// Whether its clients show certificates, for whatever reason.
    pub(crate) fn shows_certificates(self) -> bool {
        self.authenticates == By::Certificate || self.binds == By::Certificate
    }

    const fn name(self) -> &'static str {
        match (self.authenticates, self.binds) {
            (By::Jwt, By::Jwt) => "jwt-dpop",
            (By::Jwt, By::Certificate) => "jwt-mtls",
            (By::Certificate, By::Jwt) => "mtls-dpop",
            (By::Certificate, By::Certificate) => "mtls-mtls",
        }
    }
}

/// A house that is ready for a plan: Marie has an account there.
pub(crate) struct Stage<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) plan: Plan,
    /// Whoever reaches the listener for certificates, and shows none.
    pub(crate) tls: TlsClient,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl<'a> Stage<'a> {
    pub(crate) async fn set(world: &'a mut World, plan: Plan) -> Self {
        let tls = world.asks_for_certificates().await;
        let authority = authority("Autorité");
        world.adds_file("trust-anchors/clients.pem", authority.pem()).await;
        world.has(&MARIE).await;
        Self { world, plan, tls, authority }
    }

    /// A browser of Marie's, in which she is signed in.
    pub(crate) async fn signed_in(&self) -> Browser {
        let mut browser = self.world.browser();
        MARIE.signs_in(self.world, &mut browser).await;
        browser
    }

    /// The first client of the plan. With a certificate, it is known by its key (`self_signed_tls_client_auth`).
    pub(crate) async fn first(&mut self, variant: Variant) -> Party {
        self.signing(variant, "ES256").await
    }

    /// The same, with another algorithm for what it signs.
    pub(crate) async fn signing(&mut self, variant: Variant, algorithm: &'static str) -> Party {
        let id = format!("first-{}", variant.name());
        let card = Card::new(|params| params.distinguished_name.push(DnType::CommonName, id.clone()));
        let callback = format!("https://{id}.example/retour");
        let by_card = "token_endpoint_auth_method = \"self_signed_tls_client_auth\"".to_owned();
        self.party(&id, variant, algorithm, &callback, (card, by_card)).await
    }

    /// The second, whose redirect address has a query. With a certificate, it is known by its name (`tls_client_auth`).
    pub(crate) async fn second(&mut self, variant: Variant) -> Party {
        let id = format!("second-{}", variant.name());
        let host = format!("{id}.example");
        let card = Card::issued_by(&self.authority, |params| {
            params.subject_alt_names = vec![SanType::DnsName(host.as_str().try_into().unwrap())];
        });
        let callback = format!("https://{host}/retour?dummy1=lorem&dummy2=ipsum");
        let by_card = format!("token_endpoint_auth_method = \"tls_client_auth\"\ntls_client_auth_san_dns = \"{host}\"");
        self.party(&id, variant, "EdDSA", &callback, (card, by_card)).await
    }

    async fn party(
        &mut self,
        id: &str,
        variant: Variant,
        algorithm: &'static str,
        callback: &str,
        (card, by_card): (Card, String),
    ) -> Party {
        let signer = Signer::new(algorithm, "sig");
        let authenticates = match variant.authenticates {
            By::Jwt => "token_endpoint_auth_method = \"private_key_jwt\"",
            By::Certificate => &by_card,
        };
        let binds = match variant.binds {
            By::Jwt => "dpop_bound_access_tokens",
            By::Certificate => "tls_client_certificate_bound_access_tokens",
        };
        let (profile, keys) = (self.plan.profile(), [signer.jwk(), card.jwk()].map(|jwk| inline(&jwk)).join(", "));
        let file = format!(
            "client_id = \"{id}\"\nclient_name = {{ fr = \"Banque\", en = \"Bank\" }}\nredirect_uris = [\"{callback}\"]\n\
             grant_types = [\"authorization_code\", \"refresh_token\"]\nscope = \"openid profile email address phone\"\n\
             profile = \"{profile}\"\n{authenticates}\n{binds} = true\njwks = {{ keys = [{keys}] }}\n"
        );
        self.world.adds_client(id, file).await;
        let mut app = ClientApp::new(self.world, id, "", callback);
        app.presents = Presents::Nothing;
        let tls = self.tls.showing(&card);
        Party { app, plan: self.plan, variant, signer, holder: Holder::new("ES256"), card, tls }
    }
}

/// A JWK, as TOML writes it.
fn inline(jwk: &Value) -> String {
    let members: Vec<_> = jwk.as_object().unwrap().iter().map(|(name, value)| format!("{name} = {value}")).collect();
    format!("{{ {} }}", members.join(", "))
}
