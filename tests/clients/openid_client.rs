//! `openid-client` (npm), a story for each thing that it can do: the library checks what it is given as the standards
//! say, and what it got is looked at here.

use serde_json::{Value, json};

use super::house::{House, SIGNS_IN};
use super::installed;
use super::relying_party::{RelyingParty, Said};

/// Plays a scenario against that provider, with a person at its pages: what the scenario got, and who the person is.
async fn played_in(house: &House, scenario: &str, told: &Value) -> Option<(Value, String)> {
    let packages = installed::packages()?;
    let mut walker = house.somebody().await;
    let mut party = RelyingParty::start(&packages, scenario, told, &house.certificate());
    loop {
        match party.says().unwrap_or_else(|why| panic!("{why}\n{}", house.said())) {
            Said::Visit(address) => {
                let landed = walker.visits(&address).await;
                party.learns(landed.as_str());
            }
            Said::Got(got) => return Some((got, walker.person.email)),
        }
    }
}

/// Plays a scenario for a relying party with that in its file.
async fn played(scenario: &str, file: &str) -> Option<(Value, String)> {
    installed::packages()?;
    let house = House::over_tls(file).await;
    played_in(&house, scenario, &house.told()).await
}

/// A relying party that signs people in, and more.
fn signs_in(more: &str) -> String {
    format!("{SIGNS_IN}{more}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_signs_somebody_in_by_code_and_pkce() {
    let Some((got, email)) = played("code", SIGNS_IN).await else { return };
    assert_eq!(got["person"]["email"], email, "{got}");
    assert_eq!(got["person"]["given_name"], "Marie", "{got}");
    assert_eq!(got["claims"]["aud"], "shop", "{got}");
    assert_eq!(got["type"], "bearer", "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_refreshes_and_a_replay_ends_the_family() {
    let Some((got, email)) = played("refresh", SIGNS_IN).await else { return };
    assert_eq!(got["person"]["email"], email, "{got}");
    assert_eq!(got["rotated"], true, "{got}");
    assert_eq!((&got["replayed"], &got["family"]), (&json!("invalid_grant"), &json!("invalid_grant")), "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_signs_somebody_out() {
    let Some((got, _)) = played("logout", SIGNS_IN).await else { return };
    assert_eq!(got["landed"], got["expected"], "{got}");
    assert_eq!(got["silently"], "login_required", "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_authenticates_by_private_key_jwt() {
    let file = SIGNS_IN.replace("secrets = []", "token_endpoint_auth_method = \"private_key_jwt\"\njwks = {}");
    let Some((got, email)) = played("private_key_jwt", &file).await else { return };
    assert_eq!(got["person"]["email"], email, "{got}");
    assert_eq!(got["stranger"], "invalid_client", "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_pushes_its_request() {
    let Some((got, email)) = played("pushed", &signs_in("require_pushed_authorization_requests = true")).await else {
        return;
    };
    assert_eq!(got["sent"], json!(["request_uri", "client_id"]), "{got}");
    assert_eq!(got["person"]["email"], email, "{got}");
    assert!(!got["again"].as_str().unwrap().contains("code="), "good once: {got}");
    assert!(!got["unpushed"].as_str().unwrap().contains("code="), "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_signs_its_request() {
    let file = signs_in("require_signed_request_object = true\njwks = {}");
    let Some((got, email)) = played("request_object", &file).await else { return };
    assert_eq!(got["sent"], json!(["request", "client_id"]), "{got}");
    assert_eq!(got["person"]["email"], email, "{got}");
    assert!(!got["unsigned"].as_str().unwrap().contains("code="), "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_reads_a_signed_answer() {
    let Some((got, email)) = played("signed_response", &signs_in("require_signed_response = true")).await else {
        return;
    };
    assert_eq!(got["answered"], json!(["response"]), "nothing beside it: {got}");
    assert_eq!(got["person"]["email"], email, "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_binds_its_tokens_by_dpop() {
    let Some((got, email)) = played("dpop", &signs_in("dpop_bound_access_tokens = true")).await else { return };
    assert_eq!((&got["type"], &got["refreshed"]), (&json!("dpop"), &json!("dpop")), "{got}");
    assert_eq!(got["person"]["email"], email, "{got}");
    assert_eq!(got["anothers"], "invalid_token", "{got}");
    assert_eq!(got["bearer"], 401, "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_gets_tokens_for_itself() {
    let file = "grant_types = [\"client_credentials\"]\nscope = \"orders:read\"\n\
                resources = [\"https://api.exemple.fr/\"]\nsecrets = []\n";
    let Some((got, _)) = played("client_credentials", file).await else { return };
    assert_eq!(got["told"]["active"], true, "{got}");
    assert_eq!((&got["told"]["scope"], &got["scope"]), (&json!("orders:read"), &json!("orders:read")), "{got}");
    assert_eq!(got["told"]["client_id"], "shop", "{got}");
    assert_eq!((&got["refreshed"], &got["person"]), (&Value::Null, &Value::Null), "nobody is there: {got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_asks_about_tokens() {
    let Some((got, _)) = played("introspection", SIGNS_IN).await else { return };
    for token in ["access", "refresh"] {
        assert_eq!(got[token]["active"], true, "{got}");
        assert_eq!(got[token]["client_id"], "shop", "{got}");
        assert_eq!(got[token]["sub"], got["claims"]["sub"], "{got}");
    }
    assert_eq!(got["unknown"], json!({ "active": false }), "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_revokes_what_it_was_given() {
    let Some((got, _)) = played("revocation", SIGNS_IN).await else { return };
    assert_eq!(got["refreshed"], "invalid_grant", "{got}");
    assert_eq!(got["access"], json!({ "active": false }), "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_signs_somebody_in_on_a_device() {
    let file = "token_endpoint_auth_method = \"none\"\nscope = \"openid profile email\"\n\
                grant_types = [\"urn:ietf:params:oauth:grant-type:device_code\"]\n";
    let Some((got, email)) = played("device", file).await else { return };
    assert_eq!(got["person"]["email"], email, "{got}");
    assert!(got["user_code"].as_str().unwrap().len() >= 8, "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_registers_itself() {
    if installed::packages().is_none() {
        return;
    }
    let house = House::over_tls(SIGNS_IN).await;
    let mut told = house.told();
    told["initial_access_token"] = json!(house.initial_access_token());
    let Some((got, email)) = played_in(&house, "registration", &told).await else { return };
    assert_eq!(got["person"]["email"], email, "{got}");
    assert_eq!(got["managed"]["client_id"], got["client_id"], "{got}");
    assert_eq!(got["uninvited"], "invalid_token", "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_hears_that_a_session_ended() {
    let file =
        signs_in("backchannel_logout_uri = \"https://localhost:0/logout\"\nbackchannel_logout_session_required = true");
    let Some((got, _)) = played("back_channel_logout", &file).await else { return };
    let told = &got["told"];
    assert_eq!(told["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }), "{got}");
    for claim in ["sub", "sid"] {
        assert_eq!(told[claim], got["claims"][claim], "{got}");
        assert!(told[claim].is_string(), "{got}");
    }
    assert_eq!(told["nonce"], Value::Null, "{got}");
    assert_eq!(got["besides"], json!({}), "the token and nothing else: {got}");
}
