//! Thousands of contests: what is good once, wanted at both nodes at the same moment, over and over. Exactly one sender
//! gets it, and the other is told why not (SR-210).
//!
//! `GUICHET_CONTESTS` says how many there are in all, a sixth of each kind. Several people take part, for one person's
//! requests wait for each other.

use std::sync::Arc;

use guichet::clock::{Clock as _, SystemClock};
use guichet::entropy::{self, OsEntropy};
use reqwest::RequestBuilder;
use serde_json::json;
use tokio::task::JoinSet;

use super::browser::Browser;
use super::client::{Answer, Client};
use super::contests::race;
use super::pair::Pair;
use super::site::Site;
use crate::support::holder::{DPOP, Holder, claims};
use crate::support::signer::Signer;

/// Contests when nobody says: what two cores do in half a minute beside everything else.
const CONTESTS: usize = 200;

/// What can be won.
const PRIZES: usize = 6;

/// People whose contests run at once.
const LANES: usize = 8;

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What is good once.
#[derive(Debug, Clone, Copy)]
enum Prize {
    /// An authorization code (RFC 6749 §4.1.2).
    Code,
    /// A refresh token that each use replaces (RFC 9700 §4.14.2).
    RefreshToken,
    /// A request that was pushed (RFC 9126 §2.2).
    RequestUri,
    /// A client assertion, by its `jti` (RFC 7523 §3).
    Assertion,
    /// A proof of possession, by its `jti` (RFC 9449 §11.1).
    Proof,
    /// A code that a device waits with (RFC 8628 §3.5).
    DeviceCode,
}

/// Somebody who comes by prizes, one after the other.
struct Lane {
    client: Client,
    browser: Browser,
    issuer: String,
    nodes: [u16; 2],
    key: Arc<Signer>,
    holder: Holder,
}

impl Prize {
    /// Whether that answer hands it out.
    fn is_won_by(self, answer: &Answer) -> bool {
        match self {
            Self::RequestUri => {
                answer.status == 303 && answer.location.as_deref().is_some_and(|to| to.contains("code="))
            }
            _ => answer.status == 200,
        }
    }

    /// Whether that answer says that it is gone.
    fn is_lost_by(self, answer: &Answer) -> bool {
        match self {
            // Who was too late is told by the client, to which the browser goes back.
            Self::RequestUri => answer.location.as_deref().map_or(answer.status == 400, |to| to.contains("error=")),
            Self::Assertion => (answer.status, &answer.json["error"]) == (401, &json!("invalid_client")),
            Self::Proof => (answer.status, &answer.json["error"]) == (400, &json!("invalid_dpop_proof")),
            Self::DeviceCode => answer.status == 400,
            Self::Code | Self::RefreshToken => answer.json["error"] == "invalid_grant",
        }
    }
}

impl Lane {
    /// Comes by one, and what two senders claim it with, a node each.
    async fn claims(&mut self, prize: Prize) -> [RequestBuilder; 2] {
        // As many as fail here do not come from one place: that place would be slowed down.
        self.browser.moves();
        match prize {
            Prize::Code => {
                let code = self.client.code(&mut self.browser).await;
                self.nodes.map(|node| self.client.redeems(&code, node))
            }
            Prize::RefreshToken => {
                let code = self.client.code(&mut self.browser).await;
                let given = Answer::to(self.client.redeems(&code, self.nodes[0])).await.token("refresh_token");
                self.nodes.map(|node| self.client.refreshes(&given, node))
            }
            Prize::RequestUri => {
                let address = self.client.pushed_address(&self.client.pushes(self.nodes[0]).await);
                self.nodes.map(|node| self.browser.typing_at(node, &address))
            }
            Prize::Assertion => {
                let assertion = self.asserts();
                self.nodes.map(|node| self.serves_itself(node, &assertion))
            }
            Prize::Proof => {
                let url = format!("{}/protocol/openid-connect/token", self.issuer);
                let proof = self.holder.signs(&json!({}), &claims("POST", &url, None, SystemClock.now()));
                self.nodes.map(|node| self.serves_itself(node, &self.asserts()).header(DPOP, &proof))
            }
            Prize::DeviceCode => {
                let code = self.lets_a_device_in().await;
                let form = [("grant_type", DEVICE), ("client_id", "television"), ("device_code", &code)];
                self.nodes.map(|node| self.client.posts(node, "token", self.browser.source(), &form))
            }
        }
    }

    /// The service asks for a token of its own.
    fn serves_itself(&self, node: u16, assertion: &str) -> RequestBuilder {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", assertion),
        ];
        self.client.posts(node, "token", self.browser.source(), &form)
    }

    /// Who the service is, said once more.
    fn asserts(&self) -> String {
        let now = SystemClock.now().seconds();
        let jti = entropy::nonce(&OsEntropy);
        self.key.signs(&json!({
            "iss": "service", "sub": "service", "aud": self.issuer, "jti": jti, "iat": now, "exp": now + 60,
        }))
    }

    /// A device asks, its person allows it: the code that it fetches its tokens with.
    async fn lets_a_device_in(&mut self) -> String {
        let form = [("client_id", "television"), ("scope", "openid")];
        let asked = Answer::to(self.client.posts(self.nodes[0], "auth/device", self.browser.source(), &form)).await;
        self.browser.open(&asked.token("verification_uri")).await;
        self.browser.submit(&[("user_code", &asked.token("user_code"))]).await;
        self.browser.submit(&[("do", "continue")]).await;
        self.browser.submit(&[("do", "allow")]).await;
        asked.token("device_code")
    }
}

/// A service that proves itself by assertions, and a television.
fn declare(site: &Site, key: &Signer) {
    let jwk = key.jwk();
    let members: Vec<_> = jwk.as_object().unwrap().iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let service = format!(
        "client_id = \"service\"\nclient_name = {{ fr = \"Service\", en = \"Service\" }}\n\
         token_endpoint_auth_method = \"private_key_jwt\"\njwks = {{ keys = [{{ {} }}] }}\n\
         grant_types = [\"client_credentials\"]\nscope = \"orders:read\"\nresources = [\"https://api.exemple.fr/\"]\n",
        members.join(", ")
    );
    site.declare_client("service", &service);
    let television = format!(
        "client_id = \"television\"\nclient_name = {{ fr = \"Télévision\", en = \"Television\" }}\n\
         token_endpoint_auth_method = \"none\"\ngrant_types = [\"{DEVICE}\"]\nscope = \"openid\"\n"
    );
    site.declare_client("television", &television);
    let api = "[[resources]]\nuri = \"https://api.exemple.fr/\"\nscopes = [\"orders:read\"]\n\n[mail]\n";
    site.edit_realm("[mail]\n", api);
}

/// How many contests each lane holds.
fn each() -> usize {
    let all = std::env::var("GUICHET_CONTESTS").map_or(CONTESTS, |said| said.parse().unwrap());
    all.div_ceil(PRIZES * LANES)
}

/// Holds the contests for a prize.
async fn contested(prize: Prize) {
    let Some(site) = Site::on_postgres().await else { return };
    let key = Arc::new(Signer::new("ES256", "service-1"));
    declare(&site, &key);
    let pair = Pair::on(site).await;
    let mut lanes = JoinSet::new();
    for _ in 0..LANES {
        let (_, browser) = pair.somebody().await;
        let (client, issuer) = (Client::of(&pair.site), format!("{}/realms/certinomis", pair.site.origin));
        let mut lane =
            Lane { client, browser, issuer, nodes: pair.ports(), key: Arc::clone(&key), holder: Holder::new("ES256") };
        lanes.spawn(async move {
            for _ in 0..each() {
                let answers = race(lane.claims(prize).await.into()).await;
                let won = answers.iter().filter(|answer| prize.is_won_by(answer)).count();
                let lost = answers.iter().filter(|answer| prize.is_lost_by(answer)).count();
                assert_eq!((won, lost), (1, 1), "{prize:?}: {answers:?}");
            }
        });
    }
    lanes.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_138_of_thousands_of_codes_each_is_redeemed_once() {
    contested(Prize::Code).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_143_of_thousands_of_refresh_tokens_each_is_rotated_once() {
    contested(Prize::RefreshToken).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_133_of_thousands_of_pushed_requests_each_is_good_once() {
    contested(Prize::RequestUri).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_148_of_thousands_of_client_assertions_each_is_good_once() {
    contested(Prize::Assertion).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_149_of_thousands_of_proofs_of_possession_each_is_good_once() {
    contested(Prize::Proof).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_152_of_thousands_of_devices_each_fetches_its_tokens_once() {
    contested(Prize::DeviceCode).await;
}
