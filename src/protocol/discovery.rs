//! What a realm announces of itself (OpenID Connect Discovery §3, RFC 8414 §2): everything here works, nothing else does.
//!
//! One document serves both addresses. Each list is taken from the type that the checks use, so announcing and doing
//! cannot part.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::assurance::Acr;
use super::claims;
use super::client::{ClientAuthenticationMethod, GrantType, SigningAlgorithm};
use super::client_algorithm::ClientAlgorithm;
use super::client_authentication::assertion;
use super::issuer::{Endpoint, Issuer};
use super::request::Prompt;
use super::request::response_mode::ResponseMode;
use super::scope::{EMAIL, OPENID, PROFILE};
use crate::identity::language::Language;

/// The metadata of a realm; member names are those of the registry of RFC 8414 §7.1.
#[expect(clippy::struct_excessive_bools, reason = "the members of a published document")]
#[derive(Debug, Serialize)]
pub(crate) struct Metadata {
    issuer: Issuer,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    scopes_supported: [&'static str; 3],
    response_types_supported: [&'static str; 1],
    response_modes_supported: [ResponseMode; 2],
    grant_types_supported: [GrantType; 2],
    subject_types_supported: Vec<&'static str>,
    id_token_signing_alg_values_supported: BTreeSet<SigningAlgorithm>,
    token_endpoint_auth_methods_supported: Vec<ClientAuthenticationMethod>,
    token_endpoint_auth_signing_alg_values_supported: [ClientAlgorithm; 6],
    #[serde(skip_serializing_if = "Option::is_none")]
    mtls_endpoint_aliases: Option<BTreeMap<&'static str, String>>,
    tls_client_certificate_bound_access_tokens: bool,
    dpop_signing_alg_values_supported: [ClientAlgorithm; 5],
    code_challenge_methods_supported: [&'static str; 1],
    acr_values_supported: [Acr; 1],
    prompt_values_supported: Vec<&'static str>,
    claim_types_supported: [&'static str; 1],
    claims_supported: [&'static str; 20],
    ui_locales_supported: [Language; 2],
    authorization_response_iss_parameter_supported: bool,
    // Said because leaving `request_uri_parameter_supported` out would mean true (Discovery §3).
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
}

/// The metadata of the realm of that issuer, which signs with those algorithms.
///
/// With an alias, clients may show certificates there.
pub(crate) fn metadata(
    issuer: &Issuer,
    alias: Option<&Issuer>,
    registration_open: bool,
    algorithms: BTreeSet<SigningAlgorithm>,
) -> Metadata {
    // `consent` is understood and not announced: relying parties are the operator's own, and no consent is recorded.
    let mut prompts = vec![Prompt::None, Prompt::Login, Prompt::SelectAccount];
    prompts.extend(registration_open.then_some(Prompt::Create));
    Metadata {
        issuer: issuer.clone(),
        authorization_endpoint: issuer.endpoint(Endpoint::Authorization),
        token_endpoint: issuer.endpoint(Endpoint::Token),
        userinfo_endpoint: issuer.endpoint(Endpoint::UserInfo),
        jwks_uri: issuer.endpoint(Endpoint::Jwks),
        end_session_endpoint: issuer.endpoint(Endpoint::EndSession),
        registration_endpoint: None,
        scopes_supported: [OPENID, PROFILE, EMAIL],
        response_types_supported: ["code"],
        response_modes_supported: ResponseMode::ALL,
        grant_types_supported: GrantType::ALL,
        subject_types_supported: vec!["public"],
        id_token_signing_alg_values_supported: algorithms,
        token_endpoint_auth_methods_supported: methods(alias.is_some()),
        token_endpoint_auth_signing_alg_values_supported: assertion::ALGORITHMS,
        mtls_endpoint_aliases: alias.map(aliases),
        tls_client_certificate_bound_access_tokens: alias.is_some(),
        dpop_signing_alg_values_supported: ClientAlgorithm::ASYMMETRIC,
        code_challenge_methods_supported: ["S256"],
        acr_values_supported: Acr::ALL,
        prompt_values_supported: prompts.into_iter().map(Prompt::as_str).collect(),
        claim_types_supported: ["normal"],
        claims_supported: claims::SUPPORTED,
        ui_locales_supported: Language::ALL,
        authorization_response_iss_parameter_supported: true,
        claims_parameter_supported: false,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
    }
}

impl Metadata {
    /// Whether clients may register themselves (OpenID Connect Discovery §3).
    pub(crate) fn registering(mut self, whether: bool) -> Self {
        self.registration_endpoint = whether.then(|| self.issuer.endpoint(Endpoint::Registration));
        self
    }

    /// Whether some client knows people by names of its own, or may come to (Core §8).
    pub(crate) fn pairwise(mut self, whether: bool) -> Self {
        self.subject_types_supported.extend(whether.then_some("pairwise"));
        self
    }
}

/// Who shows a certificate needs somebody who asks for it.
fn methods(certificates: bool) -> Vec<ClientAuthenticationMethod> {
    let spoken = ClientAuthenticationMethod::SPOKEN.iter().copied();
    spoken.filter(|method| certificates || !method.shows_certificate()).collect()
}

/// RFC 8705 §5: what machines ask, where they may show a certificate; the rest is found at its one address.
fn aliases(alias: &Issuer) -> BTreeMap<&'static str, String> {
    let endpoints = [("token_endpoint", Endpoint::Token), ("userinfo_endpoint", Endpoint::UserInfo)];
    endpoints.into_iter().map(|(member, endpoint)| (member, alias.endpoint(endpoint))).collect()
}

#[cfg(test)]
mod tests {
    use openidconnect::core::CoreProviderMetadata;

    use super::*;
    use crate::protocol::token::tests::issuer;

    #[test]
    fn the_metadata_is_read_by_a_client_library_and_says_what_it_must() {
        let json = serde_json::to_value(metadata(&issuer(), None, true, SigningAlgorithm::ALL.into())).unwrap();
        let read: CoreProviderMetadata = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(read.issuer().as_str(), "https://id.example/realms/certinomis");
        let base = "https://id.example/realms/certinomis/protocol/openid-connect";
        for (member, value) in [
            ("authorization_endpoint", serde_json::json!(format!("{base}/auth"))),
            ("jwks_uri", serde_json::json!(format!("{base}/certs"))),
            ("end_session_endpoint", serde_json::json!(format!("{base}/logout"))),
            ("response_modes_supported", serde_json::json!(["query", "form_post"])),
            ("grant_types_supported", serde_json::json!(["authorization_code", "refresh_token"])),
            ("id_token_signing_alg_values_supported", serde_json::json!(["RS256", "PS256", "ES256", "EdDSA"])),
            (
                "token_endpoint_auth_methods_supported",
                serde_json::json!([
                    "client_secret_basic",
                    "client_secret_post",
                    "client_secret_jwt",
                    "private_key_jwt",
                    "none"
                ]),
            ),
            (
                "token_endpoint_auth_signing_alg_values_supported",
                serde_json::json!(["RS256", "PS256", "ES256", "ES384", "EdDSA", "HS256"]),
            ),
            // RFC 8705 §5: only where certificates are asked for.
            ("mtls_endpoint_aliases", serde_json::Value::Null),
            // RFC 8705 §3.3: nobody shows a certificate where none is asked for.
            ("tls_client_certificate_bound_access_tokens", serde_json::json!(false)),
            // RFC 9449 §5.1
            ("dpop_signing_alg_values_supported", serde_json::json!(["RS256", "PS256", "ES256", "ES384", "EdDSA"])),
            // SR-128, SR-131
            ("code_challenge_methods_supported", serde_json::json!(["S256"])),
            ("authorization_response_iss_parameter_supported", serde_json::json!(true)),
            ("request_uri_parameter_supported", serde_json::json!(false)),
            ("prompt_values_supported", serde_json::json!(["none", "login", "select_account", "create"])),
            ("ui_locales_supported", serde_json::json!(["fr", "en"])),
        ] {
            assert_eq!(json[member], value, "{member}");
        }
    }

    #[test]
    fn rfc_8705_certificates_are_announced_where_they_are_asked_for() {
        let alias = Issuer::new(&"https://mtls.example".parse().unwrap(), &"certinomis".parse().unwrap());
        let json = metadata(&issuer(), Some(&alias), true, SigningAlgorithm::EVERYWHERE.into());
        let json = serde_json::to_value(json).unwrap();
        let methods = json["token_endpoint_auth_methods_supported"].as_array().unwrap();
        assert!(
            ["tls_client_auth", "self_signed_tls_client_auth"].iter().all(|method| methods.contains(&(*method).into()))
        );
        let base = "https://mtls.example/realms/certinomis/protocol/openid-connect";
        let aliases = serde_json::json!({
            "token_endpoint": format!("{base}/token"),
            "userinfo_endpoint": format!("{base}/userinfo"),
        });
        assert_eq!(json["mtls_endpoint_aliases"], aliases);
        assert_eq!(json["issuer"], issuer().as_str(), "the issuer has no other name");
    }

    #[test]
    fn registration_is_announced_where_it_is_open() {
        let closed = metadata(&issuer(), None, false, SigningAlgorithm::EVERYWHERE.into());
        assert!(!closed.prompt_values_supported.contains(&"create"));
    }

    #[test]
    fn tokens_are_bound_to_certificates_where_these_are_asked_for() {
        let alias = Issuer::new(&"https://mtls.example".parse().unwrap(), &"certinomis".parse().unwrap());
        let said = metadata(&issuer(), Some(&alias), true, SigningAlgorithm::EVERYWHERE.into());
        assert!(said.tls_client_certificate_bound_access_tokens);
    }

    #[test]
    fn what_clients_may_register_is_announced_where_they_may() {
        let told = |open: bool| {
            let metadata = metadata(&issuer(), None, false, SigningAlgorithm::EVERYWHERE.into());
            serde_json::to_value(metadata.registering(open).pairwise(open)).unwrap()
        };
        let (closed, open) = (told(false), told(true));
        assert!(closed.get("registration_endpoint").is_none());
        assert_eq!(closed["subject_types_supported"], serde_json::json!(["public"]));
        let address = "https://id.example/realms/certinomis/clients-registrations/openid-connect";
        assert_eq!(open["registration_endpoint"], address);
        assert_eq!(open["subject_types_supported"], serde_json::json!(["public", "pairwise"]));
    }
}
