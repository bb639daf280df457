//! What a registered client is told of itself (RFC 7591 §3.2.1): all that it has, defaults included.
//!
//! Defaults come from the client as it runs, the rest from its file as it was written: an address is told back letter
//! by letter. Secrets are no part of it.

use serde_json::{Map, Value, json};

use super::request::COPIED;
use crate::protocol::client::policy::PushedRequests;
use crate::protocol::client::{Client, GrantType, SenderConstraint, SubjectType};

/// The metadata of a client, of which this is the file and these are the particulars.
pub(crate) fn metadata(client: &Client, document: &str, particulars: Map<String, Value>) -> Map<String, Value> {
    let mut told = in_force(client);
    told.extend(particulars);
    // A file that passed is TOML; one that does not pass made no client.
    let written: toml::Table = document.parse().unwrap_or_default();
    for (member, value) in written {
        let as_it_is = COPIED.contains(&member.as_str()) && !told.contains_key(&member);
        if let Some(value) = serde_json::to_value(value).ok().filter(|_| as_it_is) {
            told.insert(member, value);
        }
    }
    told
}

/// What holds, whether the client said so or not.
pub(crate) fn in_force(client: &Client) -> Map<String, Value> {
    let with_code = client.grant_types.contains(&GrantType::AuthorizationCode);
    let scopes: Vec<&str> = client.scopes.iter().map(String::as_str).collect();
    let pairwise = matches!(client.subject, SubjectType::Pairwise { .. });
    let told = [
        ("client_id", json!(client.client_id.as_str())),
        ("client_name", json!(client.name.en)),
        ("redirect_uris", json!(client.redirect_uris)),
        ("response_types", json!(if with_code { ["code"].as_slice() } else { &[] })),
        ("grant_types", json!(client.grant_types)),
        ("scope", json!(scopes.join(" "))),
        ("token_endpoint_auth_method", json!(client.authentication.as_str())),
        ("subject_type", json!(if pairwise { "pairwise" } else { "public" })),
        ("id_token_signed_response_alg", json!(client.signs.id_token)),
        ("introspection_signed_response_alg", json!(client.signs.introspection)),
        ("authorization_signed_response_alg", json!(client.signs.authorization)),
        ("require_pushed_authorization_requests", json!(client.requests.pushed == PushedRequests::Required)),
        ("require_signed_request_object", json!(client.requests.signed)),
        ("dpop_bound_access_tokens", json!(client.sender == SenderConstraint::Dpop)),
        ("tls_client_certificate_bound_access_tokens", json!(client.sender == SenderConstraint::Certificate)),
    ];
    let mut told: Map<String, Value> = told.into_iter().map(|(member, value)| (member.to_owned(), value)).collect();
    if client.name.fr != client.name.en {
        told.insert("client_name#fr".to_owned(), json!(client.name.fr));
        told.insert("client_name#en".to_owned(), json!(client.name.en));
    }
    if let Some(age) = client.requests.default_max_age {
        told.insert("default_max_age".to_owned(), json!(age.as_secs()));
    }
    told
}
