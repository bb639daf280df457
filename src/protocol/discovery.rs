//! What a realm announces of itself (OpenID Connect Discovery §3, RFC 8414 §2): everything here works, nothing else does.
//!
//! One document serves both addresses. Each list is taken from the type that the checks use, so announcing and doing
//! cannot part.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::assurance::Acr;
use super::claims;
use super::client::{ClientAuthenticationMethod, GrantType, PushedRequests, SigningAlgorithm};
use super::client_algorithm::ClientAlgorithm;
use super::client_authentication::assertion;
use super::issuer::{Endpoint, Issuer};
use super::request::response_mode::ResponseMode;
use super::request::{Prompt, display};
use super::scope::{CERTIFICATE, OF_ORGANISATIONS, STANDARD, TERMS};
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
    introspection_endpoint: String,
    revocation_endpoint: String,
    device_authorization_endpoint: String,
    check_session_iframe: String,
    frontchannel_logout_supported: bool,
    frontchannel_logout_session_supported: bool,
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    pushed_authorization_request_endpoint: String,
    require_pushed_authorization_requests: bool,
    scopes_supported: Vec<&'static str>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: Vec<&'static str>,
    grant_types_supported: [GrantType; 6],
    subject_types_supported: Vec<&'static str>,
    id_token_signing_alg_values_supported: BTreeSet<SigningAlgorithm>,
    userinfo_signing_alg_values_supported: BTreeSet<SigningAlgorithm>,
    authorization_signing_alg_values_supported: BTreeSet<SigningAlgorithm>,
    request_object_signing_alg_values_supported: [ClientAlgorithm; 5],
    token_endpoint_auth_methods_supported: Vec<ClientAuthenticationMethod>,
    token_endpoint_auth_signing_alg_values_supported: [ClientAlgorithm; 6],
    introspection_endpoint_auth_methods_supported: Vec<ClientAuthenticationMethod>,
    introspection_endpoint_auth_signing_alg_values_supported: [ClientAlgorithm; 6],
    introspection_signing_alg_values_supported: BTreeSet<SigningAlgorithm>,
    revocation_endpoint_auth_methods_supported: Vec<ClientAuthenticationMethod>,
    revocation_endpoint_auth_signing_alg_values_supported: [ClientAlgorithm; 6],
    #[serde(skip_serializing_if = "Option::is_none")]
    mtls_endpoint_aliases: Option<BTreeMap<&'static str, String>>,
    tls_client_certificate_bound_access_tokens: bool,
    dpop_signing_alg_values_supported: [ClientAlgorithm; 5],
    code_challenge_methods_supported: [&'static str; 1],
    acr_values_supported: Vec<Acr>,
    prompt_values_supported: Vec<&'static str>,
    display_values_supported: [&'static str; 4],
    claim_types_supported: [&'static str; 1],
    claims_supported: Vec<&'static str>,
    ui_locales_supported: [Language; 2],
    authorization_response_iss_parameter_supported: bool,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    require_request_uri_registration: bool,
}

/// What a realm is like, beside its issuer.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of the realm, and none excludes another")]
pub(crate) struct Announced<'a> {
    /// Where clients may show certificates, when there is such a place.
    pub(crate) alias: Option<&'a Issuer>,
    /// Whether people may register.
    pub(crate) registration_open: bool,
    /// Whether clients may register themselves (OpenID Connect Discovery §3).
    pub(crate) registers_clients: bool,
    /// Whether some client knows people by names of its own, or may come to (Core §8).
    pub(crate) pairwise: bool,
    /// Whether there are terms of use, of whose acceptance can be told.
    pub(crate) terms: bool,
    /// Whether organisations have customer accounts, for which people act.
    pub(crate) organisations: bool,
    /// Whether every request has to be pushed.
    pub(crate) pushed: PushedRequests,
    /// The levels that its people can reach.
    pub(crate) levels: Vec<Acr>,
    /// What it signs with.
    pub(crate) algorithms: BTreeSet<SigningAlgorithm>,
}

/// The metadata of the realm of that issuer.
pub(crate) fn metadata(issuer: &Issuer, announced: Announced<'_>) -> Metadata {
    let Announced { alias, registration_open, registers_clients, pairwise, .. } = announced;
    let Announced { terms, organisations, pushed, levels, algorithms, .. } = announced;
    // Who reaches that level was asked for a certificate; elsewhere nobody has one to tell of.
    let certificates = levels.contains(&Acr::Certificate);
    let told = |name: &&str| {
        (terms || *name != TERMS)
            && (certificates || *name != CERTIFICATE)
            && (organisations || !claims::is_of_organisations(name))
    };
    let mut prompts = vec![Prompt::None, Prompt::Login, Prompt::Consent, Prompt::SelectAccount];
    prompts.extend(registration_open.then_some(Prompt::Create));
    let methods = methods(alias.is_some());
    let proving = methods.clone().into_iter().filter(|method| *method != ClientAuthenticationMethod::None);
    Metadata {
        issuer: issuer.clone(),
        authorization_endpoint: issuer.endpoint(Endpoint::Authorization),
        token_endpoint: issuer.endpoint(Endpoint::Token),
        userinfo_endpoint: issuer.endpoint(Endpoint::UserInfo),
        jwks_uri: issuer.endpoint(Endpoint::Jwks),
        end_session_endpoint: issuer.endpoint(Endpoint::EndSession),
        introspection_endpoint: issuer.endpoint(Endpoint::Introspection),
        revocation_endpoint: issuer.endpoint(Endpoint::Revocation),
        check_session_iframe: issuer.endpoint(Endpoint::CheckSession),
        frontchannel_logout_supported: true,
        frontchannel_logout_session_supported: true,
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
        registration_endpoint: registers_clients.then(|| issuer.endpoint(Endpoint::Registration)),
        pushed_authorization_request_endpoint: issuer.endpoint(Endpoint::PushedAuthorizationRequest),
        require_pushed_authorization_requests: pushed == PushedRequests::Required,
        device_authorization_endpoint: issuer.endpoint(Endpoint::DeviceAuthorization),
        scopes_supported: STANDARD.into_iter().chain(OF_ORGANISATIONS).filter(told).collect(),
        response_types_supported: ["code"],
        response_modes_supported: ResponseMode::names().collect(),
        grant_types_supported: GrantType::ALL,
        subject_types_supported: if pairwise { vec!["public", "pairwise"] } else { vec!["public"] },
        introspection_signing_alg_values_supported: algorithms.clone(),
        userinfo_signing_alg_values_supported: algorithms.clone(),
        id_token_signing_alg_values_supported: algorithms.clone(),
        authorization_signing_alg_values_supported: algorithms,
        request_object_signing_alg_values_supported: ClientAlgorithm::ASYMMETRIC,
        revocation_endpoint_auth_methods_supported: methods.clone(),
        introspection_endpoint_auth_methods_supported: proving.collect(),
        token_endpoint_auth_methods_supported: methods,
        token_endpoint_auth_signing_alg_values_supported: assertion::ALGORITHMS,
        introspection_endpoint_auth_signing_alg_values_supported: assertion::ALGORITHMS,
        revocation_endpoint_auth_signing_alg_values_supported: assertion::ALGORITHMS,
        mtls_endpoint_aliases: alias.map(aliases),
        tls_client_certificate_bound_access_tokens: alias.is_some(),
        dpop_signing_alg_values_supported: ClientAlgorithm::ASYMMETRIC,
        code_challenge_methods_supported: ["S256"],
        acr_values_supported: levels,
        prompt_values_supported: prompts.into_iter().map(Prompt::as_str).collect(),
        display_values_supported: display::ALL,
        claim_types_supported: ["normal"],
        claims_supported: claims::SUPPORTED.into_iter().filter(told).collect(),
        ui_locales_supported: Language::ALL,
        authorization_response_iss_parameter_supported: true,
        claims_parameter_supported: true,
        request_parameter_supported: true,
        request_uri_parameter_supported: true,
        require_request_uri_registration: true,
    }
}

/// Who shows a certificate needs somebody who asks for it.
fn methods(certificates: bool) -> Vec<ClientAuthenticationMethod> {
    let spoken = ClientAuthenticationMethod::SPOKEN.iter().copied();
    spoken.filter(|method| certificates || !method.shows_certificate()).collect()
}

/// RFC 8705 §5: what machines ask, where they may show a certificate; the rest is found at its one address.
fn aliases(alias: &Issuer) -> BTreeMap<&'static str, String> {
    let endpoints = [
        ("pushed_authorization_request_endpoint", Endpoint::PushedAuthorizationRequest),
        ("token_endpoint", Endpoint::Token),
        ("userinfo_endpoint", Endpoint::UserInfo),
        ("introspection_endpoint", Endpoint::Introspection),
        ("revocation_endpoint", Endpoint::Revocation),
        ("device_authorization_endpoint", Endpoint::DeviceAuthorization),
    ];
    endpoints.into_iter().map(|(member, endpoint)| (member, alias.endpoint(endpoint))).collect()
}

#[cfg(test)]
mod tests {
    use openidconnect::core::CoreProviderMetadata;

    use super::*;
    use crate::protocol::token::tests::issuer;

    fn announced(pushed: PushedRequests) -> Announced<'static> {
        Announced {
            alias: None,
            registration_open: true,
            registers_clients: false,
            pairwise: false,
            terms: true,
            organisations: false,
            pushed,
            levels: vec![Acr::Password, Acr::TwoFactors],
            algorithms: SigningAlgorithm::ALL.into(),
        }
    }

    #[test]
    fn the_metadata_is_read_by_a_client_library_and_says_what_it_must() {
        let json = serde_json::to_value(metadata(&issuer(), announced(PushedRequests::Required))).unwrap();
        let read: CoreProviderMetadata = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(read.issuer().as_str(), "https://id.example/realms/certinomis");
        let base = "https://id.example/realms/certinomis/protocol/openid-connect";
        for (member, value) in [
            ("authorization_endpoint", serde_json::json!(format!("{base}/auth"))),
            ("jwks_uri", serde_json::json!(format!("{base}/certs"))),
            ("end_session_endpoint", serde_json::json!(format!("{base}/logout"))),
            ("check_session_iframe", serde_json::json!(format!("{base}/login-status-iframe.html"))),
            // Front-Channel Logout §3, Back-Channel Logout §2.1
            ("frontchannel_logout_supported", serde_json::json!(true)),
            ("frontchannel_logout_session_supported", serde_json::json!(true)),
            ("backchannel_logout_supported", serde_json::json!(true)),
            ("backchannel_logout_session_supported", serde_json::json!(true)),
            (
                "response_modes_supported",
                serde_json::json!([
                    "query",
                    "fragment",
                    "form_post",
                    "jwt",
                    "query.jwt",
                    "fragment.jwt",
                    "form_post.jwt"
                ]),
            ),
            ("pushed_authorization_request_endpoint", serde_json::json!(format!("{base}/ext/par/request"))),
            ("require_pushed_authorization_requests", serde_json::json!(true)),
            (
                "request_object_signing_alg_values_supported",
                serde_json::json!(["RS256", "PS256", "ES256", "ES384", "EdDSA"]),
            ),
            ("claims_parameter_supported", serde_json::json!(true)),
            ("request_parameter_supported", serde_json::json!(true)),
            ("device_authorization_endpoint", serde_json::json!(format!("{base}/auth/device"))),
            (
                "grant_types_supported",
                serde_json::json!([
                    "authorization_code",
                    "refresh_token",
                    "client_credentials",
                    "urn:ietf:params:oauth:grant-type:device_code",
                    "urn:ietf:params:oauth:grant-type:token-exchange",
                    "urn:ietf:params:oauth:grant-type:jwt-bearer"
                ]),
            ),
            // SR-162: nobody asks about tokens by its name alone.
            (
                "introspection_endpoint_auth_methods_supported",
                serde_json::json!([
                    "client_secret_basic",
                    "client_secret_post",
                    "client_secret_jwt",
                    "private_key_jwt"
                ]),
            ),
            ("introspection_endpoint", serde_json::json!(format!("{base}/token/introspect"))),
            ("revocation_endpoint", serde_json::json!(format!("{base}/revoke"))),
            ("id_token_signing_alg_values_supported", serde_json::json!(["RS256", "PS256", "ES256", "EdDSA"])),
            (
                "scopes_supported",
                serde_json::json!(["openid", "profile", "email", "address", "phone", "terms", "offline_access"]),
            ),
            ("userinfo_signing_alg_values_supported", serde_json::json!(["RS256", "PS256", "ES256", "EdDSA"])),
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
            ("request_uri_parameter_supported", serde_json::json!(true)),
            ("require_request_uri_registration", serde_json::json!(true)),
            ("prompt_values_supported", serde_json::json!(["none", "login", "consent", "select_account", "create"])),
            ("ui_locales_supported", serde_json::json!(["fr", "en"])),
        ] {
            assert_eq!(json[member], value, "{member}");
        }
    }

    #[test]
    fn rfc_8705_certificates_are_announced_where_they_are_asked_for() {
        let alias = Issuer::new(&"https://mtls.example".parse().unwrap(), &"certinomis".parse().unwrap());
        let json = metadata(&issuer(), Announced { alias: Some(&alias), ..announced(PushedRequests::Optional) });
        let json = serde_json::to_value(json).unwrap();
        let methods = json["token_endpoint_auth_methods_supported"].as_array().unwrap();
        assert!(
            ["tls_client_auth", "self_signed_tls_client_auth"].iter().all(|method| methods.contains(&(*method).into()))
        );
        let base = "https://mtls.example/realms/certinomis/protocol/openid-connect";
        let aliases = serde_json::json!({
            "pushed_authorization_request_endpoint": format!("{base}/ext/par/request"),
            "token_endpoint": format!("{base}/token"),
            "userinfo_endpoint": format!("{base}/userinfo"),
            "device_authorization_endpoint": format!("{base}/auth/device"),
            "introspection_endpoint": format!("{base}/token/introspect"),
            "revocation_endpoint": format!("{base}/revoke"),
        });
        assert_eq!(json["mtls_endpoint_aliases"], aliases);
        assert_eq!(json["issuer"], issuer().as_str(), "the issuer has no other name");
    }

    #[test]
    fn registration_is_announced_where_it_is_open() {
        let announced = Announced { registration_open: false, ..announced(PushedRequests::Optional) };
        let closed = metadata(&issuer(), announced);
        assert!(!closed.require_pushed_authorization_requests);
        assert!(!closed.prompt_values_supported.contains(&"create"));
    }

    #[test]
    fn acceptances_are_announced_where_there_are_terms_to_accept() {
        for terms in [true, false] {
            let said = metadata(&issuer(), Announced { terms, ..announced(PushedRequests::Optional) });
            assert_eq!(said.scopes_supported.contains(&"terms"), terms);
            assert_eq!(said.claims_supported.contains(&"terms"), terms);
            assert!(said.scopes_supported.contains(&"openid") && said.claims_supported.contains(&"sub"));
        }
    }

    #[test]
    fn organisations_are_announced_where_they_have_accounts() {
        for organisations in [true, false] {
            let said = metadata(&issuer(), Announced { organisations, ..announced(PushedRequests::Optional) });
            for name in
                ["organization", "entity", "siret", "siren", "org_roles", "usual_name", "organizational_unit", "uid"]
            {
                assert_eq!(said.scopes_supported.contains(&name), organisations, "{name}");
                assert_eq!(said.claims_supported.contains(&name), organisations, "{name}");
            }
            assert_eq!(said.claims_supported.contains(&"org_roles_verified"), organisations);
            assert!(said.claims_supported.contains(&"preferred_username"));
        }
    }

    #[test]
    fn certificates_of_people_are_announced_where_they_sign_in_with_them() {
        for (levels, certificates) in
            [(Acr::offered(false, true, false), true), (Acr::offered(true, false, true), false)]
        {
            let said = metadata(&issuer(), Announced { levels, ..announced(PushedRequests::Optional) });
            assert_eq!(said.scopes_supported.contains(&"certificate"), certificates);
            assert_eq!(said.claims_supported.contains(&"certificate"), certificates);
        }
    }

    #[test]
    fn tokens_are_bound_to_certificates_where_these_are_asked_for() {
        let alias = Issuer::new(&"https://mtls.example".parse().unwrap(), &"certinomis".parse().unwrap());
        let said = metadata(&issuer(), Announced { alias: Some(&alias), ..announced(PushedRequests::Optional) });
        assert!(said.tls_client_certificate_bound_access_tokens);
    }

    #[test]
    fn what_clients_may_register_is_announced_where_they_may() {
        let told = |open: bool| {
            let announced =
                Announced { registers_clients: open, pairwise: open, ..announced(PushedRequests::Optional) };
            serde_json::to_value(metadata(&issuer(), announced)).unwrap()
        };
        let (closed, open) = (told(false), told(true));
        assert!(closed.get("registration_endpoint").is_none());
        assert_eq!(closed["subject_types_supported"], serde_json::json!(["public"]));
        let address = "https://id.example/realms/certinomis/clients-registrations/openid-connect";
        assert_eq!(open["registration_endpoint"], address);
        assert_eq!(open["subject_types_supported"], serde_json::json!(["public", "pairwise"]));
    }
}
