//! How a client proves itself, judged: secrets, keys, the name in its certificate.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::code::Code;
use crate::protocol::client::{AssertionPolicy, CertificateName, ClientAuthenticationMethod, PublishedKeys};
use crate::protocol::client_algorithm::ClientAlgorithm;
use crate::protocol::sealed_secret::SealedSecret;
use crate::realm::check::Judge;
use crate::realm::document::client::ClientDocument;
use crate::realm::document::written::Written;
use crate::realm::finding::Spot;
use crate::secret::SecretHash;
use crate::x509::DistinguishedName;

/// Members of a JWK that only its owner may know (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A client's secrets, as far as we know them.
#[derive(Default)]
pub(super) struct Secrets {
    pub(super) hashed: Vec<SecretHash>,
    pub(super) sealed: Vec<SealedSecret>,
}

impl Judge<'_> {
    /// SR-146: two at most, as hashes, or sealed where the secret itself is needed (SR-159).
    pub(super) fn secrets(&mut self, document: &ClientDocument, method: ClientAuthenticationMethod) -> Secrets {
        let list = document.secrets.as_ref().filter(|list| !list.get().is_empty());
        match list {
            None if method.has_secret() => {
                let place = document.token_endpoint_auth_method.as_ref().map(Written::span);
                let place = place.or_else(|| document.client_id.as_ref().map(Written::span)).unwrap_or_default();
                let finding = self.source.finding(Code::E0203, place, "confidential client without a secret");
                self.found.push(finding.hint(pasted(method)));
            }
            Some(list) if !method.has_secret() => {
                let hint = "remove `secrets`, or choose client_secret_basic".to_owned();
                let message = if method == ClientAuthenticationMethod::None {
                    "public client with a secret"
                } else {
                    "the client does not authenticate by a secret"
                };
                self.refuse(Code::E0204, list, message).hint = Some(hint);
            }
            Some(list) if list.get().len() > 2 => {
                let hint = "two are valid at once, during a rotation".to_owned();
                self.refuse(Code::E0205, list, "too many secrets").hint = Some(hint);
            }
            _ => {}
        }
        let mut secrets = Secrets::default();
        let sealed = method == ClientAuthenticationMethod::ClientSecretJwt;
        for written in list.into_iter().flat_map(Written::get) {
            match (sealed, read_hash(written.get()), SealedSecret::parse(written.get())) {
                (false, Some(hash), _) => secrets.hashed.push(hash),
                (true, _, Some(secret)) => secrets.sealed.push(secret),
                _ => self.unfit_secret(written, method),
            }
        }
        secrets
    }

    /// The text is not repeated: it may be the secret itself.
    fn unfit_secret(&mut self, written: &Written<String>, method: ClientAuthenticationMethod) {
        let sealed = method == ClientAuthenticationMethod::ClientSecretJwt;
        let message = if sealed { "a secret is not sealed" } else { "a secret is not written as a hash" };
        let finding = self.refuse(Code::E0206, written, message);
        finding.spot = finding.spot.take().map(Spot::redacted);
        finding.hint = Some(pasted(method).to_owned());
    }

    /// RFC 7591 §2: "The jwks_uri and jwks parameters MUST NOT both be present".
    pub(super) fn keys(&mut self, document: &ClientDocument, method: ClientAuthenticationMethod) -> PublishedKeys {
        let inline = document.jwks.as_ref().and_then(|written| {
            let fits = is_public_set(&written.get().0);
            if !fits {
                let hint = "write { keys = [ … ] } with public members only".to_owned();
                self.refuse(Code::E0214, written, "not a JWK Set of public keys").hint = Some(hint);
            }
            fits.then(|| PublishedKeys::Inline(written.get().0.to_string()))
        });
        let at = self.machine(document.jwks_uri.as_ref()).map(PublishedKeys::At);
        if let (Some(_), Some(written)) = (&document.jwks, &document.jwks_uri) {
            self.refuse(Code::E0213, written, "`jwks` and `jwks_uri` together").hint = Some("keep one".to_owned());
        }
        if document.jwks.is_none()
            && document.jwks_uri.is_none()
            && method.needs_keys()
            && let Some(written) = &document.token_endpoint_auth_method
        {
            let hint = "add `jwks_uri`, or the keys themselves as `jwks`".to_owned();
            self.refuse(Code::E0213, written, "the client needs keys").hint = Some(hint);
        }
        inline.or(at).unwrap_or(PublishedKeys::None)
    }

    /// RFC 8705 §2.1.2: "exactly one of the below metadata parameters".
    pub(super) fn certificate(
        &mut self,
        document: &ClientDocument,
        method: ClientAuthenticationMethod,
    ) -> Option<CertificateName> {
        let names: Vec<(&Written<String>, CertificateName)> = [
            document
                .tls_client_auth_subject_dn
                .as_ref()
                .and_then(|dn| Some((dn, CertificateName::SubjectDn(self.subject_dn(dn)?)))),
            document.tls_client_auth_san_dns.as_ref().map(|dns| (dns, CertificateName::Dns(dns.get().clone()))),
            document.tls_client_auth_san_uri.as_ref().map(|uri| (uri, CertificateName::Uri(uri.get().clone()))),
            document.tls_client_auth_san_ip.as_ref().and_then(|ip| Some((ip, CertificateName::Ip(self.ip(ip)?)))),
            document.tls_client_auth_san_email.as_ref().map(|m| (m, CertificateName::Email(m.get().clone()))),
        ]
        .into_iter()
        .flatten()
        .collect();
        let wants = method == ClientAuthenticationMethod::TlsClientAuth;
        match (names.as_slice(), wants) {
            ([], true) => {
                if let Some(written) = &document.token_endpoint_auth_method {
                    let hint = "add one of the keys tls_client_auth_…".to_owned();
                    self.refuse(Code::E0215, written, "no name to know the certificate by").hint = Some(hint);
                }
            }
            ([(written, _), ..], false) => {
                let hint = "remove it, or choose tls_client_auth".to_owned();
                self.refuse(Code::E0215, written, "the client does not authenticate by tls_client_auth").hint =
                    Some(hint);
            }
            ([_, (written, _), ..], true) => {
                self.refuse(Code::E0215, written, "two names to know the certificate by").hint =
                    Some("keep one".to_owned());
            }
            _ => {}
        }
        names.into_iter().next().map(|(_, name)| name)
    }

    fn subject_dn(&mut self, written: &Written<String>) -> Option<DistinguishedName> {
        let parsed = DistinguishedName::parse(written.get());
        if parsed.is_none() {
            let hint = "write it as RFC 4514 has it, such as \"CN=Portal,O=Acme,C=FR\"".to_owned();
            self.refuse(Code::E0215, written, "not a distinguished name").hint = Some(hint);
        }
        parsed
    }

    fn ip(&mut self, written: &Written<String>) -> Option<std::net::IpAddr> {
        let parsed = written.get().parse().ok();
        if parsed.is_none() {
            self.refuse(Code::E0215, written, "not an IP address");
        }
        parsed
    }

    pub(super) fn assertions(
        &mut self,
        document: &ClientDocument,
        method: ClientAuthenticationMethod,
        default: &AssertionPolicy,
    ) -> AssertionPolicy {
        AssertionPolicy {
            algorithm: self.assertion_algorithm(document, method),
            audience: document.assertion_audience.as_ref().map_or(default.audience, |written| *written.get()),
        }
    }
}

impl Judge<'_> {
    /// A secret makes a MAC, a key a signature (OpenID Connect Core §9).
    fn assertion_algorithm(
        &mut self,
        document: &ClientDocument,
        method: ClientAuthenticationMethod,
    ) -> Option<ClientAlgorithm> {
        let written = document.token_endpoint_auth_signing_alg.as_ref()?;
        let by_secret = *written.get() == ClientAlgorithm::HS256;
        let fits = match method {
            ClientAuthenticationMethod::ClientSecretJwt => by_secret,
            ClientAuthenticationMethod::PrivateKeyJwt => !by_secret,
            _ => false,
        };
        if !fits {
            let hint = "HS256 goes with client_secret_jwt, the others with private_key_jwt".to_owned();
            self.refuse(Code::E0217, written, "the algorithm does not go with the method").hint = Some(hint);
        }
        Some(*written.get())
    }
}

/// Whether this is `{ "keys": [ … ] }` and no key shows what only its owner may know.
pub(in crate::realm::check) fn is_public_set(set: &Value) -> bool {
    let keys = set.get("keys").and_then(Value::as_array);
    let public = |key: &Value| {
        key.as_object().is_some_and(|members| {
            members.get("kty").is_some_and(Value::is_string)
                && !PRIVATE.iter().any(|member| members.contains_key(*member))
        })
    };
    keys.is_some_and(|keys| (1..=20).contains(&keys.len()) && keys.iter().all(public))
}

/// Where a secret's written form comes from.
const fn pasted(method: ClientAuthenticationMethod) -> &'static str {
    match method {
        ClientAuthenticationMethod::ClientSecretJwt => {
            "run `guichet realm secret --sealed REALM CLIENT` and paste the line it prints"
        }
        _ => "run `guichet realm secret` and paste the line it prints",
    }
}

/// A secret's hash as files hold it.
pub(crate) fn written_hash(hash: &SecretHash) -> String {
    format!("sha256:{}", URL_SAFE_NO_PAD.encode(hash.as_bytes()))
}

fn read_hash(text: &str) -> Option<SecretHash> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix("sha256:")?).ok()?;
    SecretHash::from_bytes(&bytes)
}
