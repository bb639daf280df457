//! What a relying party asks to be registered as (RFC 7591 §2), member by member.
//!
//! Members that we do not know are ignored, and so are those that are ours to say: `client_id`, a secret, consent. The
//! types of the others are judged with the file that is made of them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::protocol::client::{ClientAuthenticationMethod, GrantType};
use crate::protocol::error::{Error, ErrorCode};
use crate::realm::model::ClientRegistration;

/// Members that stand in a client's file as they are.
pub(super) const COPIED: [&str; 37] = [
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "initiate_login_uri",
    "redirect_uris",
    "post_logout_redirect_uris",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "jwks",
    "jwks_uri",
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
    "tls_client_certificate_bound_access_tokens",
    "dpop_bound_access_tokens",
    "grant_types",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "request_object_signing_alg",
    "request_uris",
    "default_acr_values",
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "introspection_signed_response_alg",
    "authorization_signed_response_alg",
    "subject_type",
    "sector_identifier_uri",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
    "scope",
    "client_name",
    "default_max_age",
];

/// Members that we keep for others to read, and act on none.
pub(super) const PARTICULARS: [&str; 4] = ["application_type", "contacts", "software_id", "software_version"];

/// Encryption that a client would wait for in vain: none of our answers is a JWE.
const ENCRYPTION: [&str; 10] = [
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "introspection_encrypted_response_alg",
    "introspection_encrypted_response_enc",
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
];

/// Most addresses for contact, and most characters of one particular.
const MOST: usize = 10;
const LONGEST: usize = 255;

/// A registration as it is asked for, within the limits of its realm.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    members: Map<String, Value>,
    limits: &'a ClientRegistration,
    /// How the client wants to prove itself.
    pub(crate) method: ClientAuthenticationMethod,
}

impl<'a> Asked<'a> {
    /// Reads what is asked; `null` says the same as silence (RFC 7592 §2.2).
    pub(crate) fn read(mut members: Map<String, Value>, limits: &'a ClientRegistration) -> Result<Self, Error> {
        members.retain(|_, value| !value.is_null());
        if members.contains_key("software_statement") {
            let code = ErrorCode::UnapprovedSoftwareStatement;
            return Err(Error::new(code, "software statements are not taken here"));
        }
        if ENCRYPTION.iter().any(|member| members.contains_key(*member)) {
            return Err(Error::invalid_client_metadata("answers are signed here, and not encrypted"));
        }
        let method = method(members.get("token_endpoint_auth_method"))?;
        responses(members.get("response_types"))?;
        grants(members.get("grant_types"), &limits.grant_types)?;
        particulars(&members)?;
        Ok(Self { members, limits, method })
    }

    /// What the client says that it is called and what it proves it by, when it asks for a change (RFC 7592 §2.2).
    pub(crate) fn said(&self, member: &str) -> Option<&str> {
        self.members.get(member).and_then(Value::as_str)
    }

    /// The text of the client's file, with secrets as files hold them.
    pub(crate) fn document(&self, client_id: &str, secrets: &[String]) -> Result<String, Error> {
        let unfit = || Error::invalid_client_metadata("a member is not of a type that it can have");
        let mut table = toml::Table::new();
        for member in COPIED {
            if let Some(value) = self.members.get(member) {
                table.insert(member.to_owned(), toml::Value::try_from(value).map_err(|_| unfit())?);
            }
        }
        table.insert("client_id".to_owned(), client_id.into());
        table.insert("client_name".to_owned(), self.name(client_id)?);
        table.insert("scope".to_owned(), self.scope()?.into());
        if let Some(age) = self.members.get("default_max_age") {
            table.insert("default_max_age".to_owned(), format!("{}s", age.as_u64().ok_or_else(unfit)?).into());
        }
        if !secrets.is_empty() {
            table.insert("secrets".to_owned(), secrets.to_vec().into());
        }
        table.insert("profile".to_owned(), self.limits.profile.as_str().into());
        // People know nothing of who registered: they are asked, whatever the client says.
        table.insert("consent".to_owned(), "once".into());
        toml::to_string(&table).map_err(|_| unfit())
    }

    /// What others may read of the client.
    pub(crate) fn particulars(&self) -> Map<String, Value> {
        let mut kept: Map<_, _> = PARTICULARS
            .iter()
            .filter_map(|member| Some(((*member).to_owned(), self.members.get(*member)?.clone())))
            .collect();
        // OpenID Connect Registration §2: "The default, if omitted, is web."
        kept.entry("application_type").or_insert_with(|| "web".into());
        kept
    }

    /// RFC 7591 §2.2: `client_name` and its translations; without any, people see the identifier.
    fn name(&self, client_id: &str) -> Result<toml::Value, Error> {
        let said = |member: &str| match self.members.get(member) {
            None => Ok(None),
            Some(Value::String(name)) if name.chars().count() <= LONGEST => Ok(Some(name.as_str())),
            Some(_) => Err(Error::invalid_client_metadata("the name is not a text, or too long")),
        };
        let (plain, fr, en) = (said("client_name")?, said("client_name#fr")?, said("client_name#en")?);
        let french = fr.or(plain).or(en).unwrap_or(client_id);
        let english = en.or(plain).or(fr).unwrap_or(client_id);
        if french == english {
            return Ok(french.into());
        }
        let each = [("fr", french), ("en", english)].map(|(tag, name)| (tag.to_owned(), name.into()));
        Ok(toml::Value::Table(each.into_iter().collect()))
    }

    /// RFC 7591 §2: what goes beyond the limits is left out, and without a word it is all that they allow.
    fn scope(&self) -> Result<String, Error> {
        let allowed = &self.limits.scopes;
        let asked: BTreeSet<&str> = match self.members.get("scope") {
            None => allowed.iter().map(String::as_str).collect(),
            Some(Value::String(scope)) => scope.split(' ').filter(|word| allowed.contains(*word)).collect(),
            Some(_) => return Err(Error::invalid_client_metadata("the scope is not a text")),
        };
        Ok(asked.into_iter().collect::<Vec<_>>().join(" "))
    }
}

/// Only those that our endpoints understand: another one would lock the client out.
fn method(said: Option<&Value>) -> Result<ClientAuthenticationMethod, Error> {
    let Some(said) = said else { return Ok(ClientAuthenticationMethod::ClientSecretBasic) };
    let spoken = ClientAuthenticationMethod::SPOKEN.iter().find(|method| said == method.as_str());
    spoken.copied().ok_or_else(|| Error::invalid_client_metadata("unknown client authentication method"))
}

/// RFC 7591 §2: `code` alone, or nothing.
fn responses(said: Option<&Value>) -> Result<(), Error> {
    let fits = said.is_none_or(|said| said.as_array().is_some_and(|types| types.iter().all(|kind| kind == "code")));
    if fits { Ok(()) } else { Err(Error::invalid_client_metadata("the only response type is code")) }
}

fn grants(said: Option<&Value>, allowed: &BTreeSet<GrantType>) -> Result<(), Error> {
    let is_allowed = |name: &Value| serde_json::from_value(name.clone()).is_ok_and(|grant| allowed.contains(&grant));
    let fits = match said {
        None => allowed.contains(&GrantType::AuthorizationCode),
        Some(said) => said.as_array().is_some_and(|names| names.iter().all(is_allowed)),
    };
    if fits { Ok(()) } else { Err(Error::invalid_client_metadata("a grant type is not open to registered clients")) }
}

fn particulars(members: &Map<String, Value>) -> Result<(), Error> {
    let short = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() <= LONGEST);
    let address =
        |value: &Value| short(value) && value.as_str().is_some_and(|text| !text.chars().any(char::is_control));
    let fits = members.iter().all(|(member, value)| match member.as_str() {
        "application_type" => value == "web" || value == "native",
        "contacts" => value.as_array().is_some_and(|all| all.len() <= MOST && all.iter().all(address)),
        "software_id" | "software_version" => short(value),
        _ => true,
    });
    if fits {
        Ok(())
    } else {
        Err(Error::invalid_client_metadata("contacts, kind or version of the software do not fit"))
    }
}
