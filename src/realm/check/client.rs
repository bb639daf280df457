//! Relying parties as written, judged: what they call themselves, how they prove it, where people are brought back to.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::address;
use super::{Judge, localized};
use crate::code::Code;
use crate::protocol::client::{Client, ClientAuthenticationMethod, ClientId, GrantType, Pkce, SigningAlgorithm};
use crate::realm::document::bundle::Source;
use crate::realm::document::client::ClientDocument;
use crate::realm::document::written::Written;
use crate::realm::finding::{Finding, Spot, did_you_mean};
use crate::secret::SecretHash;

/// What a client may ask for (OpenID Connect Core §5.4, §11).
const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Judges all clients, each by itself and together.
pub(super) fn all(documents: &[(Source<'_>, ClientDocument)], found: &mut Vec<Finding>) -> Vec<Client> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut clients = Vec::new();
    for (source, document) in documents {
        let mut judge = Judge { source, found };
        if let Some(id) = &document.client_id
            && let Some(other) = first.insert(id.get(), &source.file)
        {
            let message = format!("two clients are called `{}`", id.get());
            judge.refuse(Code::E0201, id, message).hint = Some(format!("the other is in {other}"));
        }
        clients.extend(judge.client(document));
    }
    clients
}

impl Judge<'_> {
    fn client(&mut self, document: &ClientDocument) -> Option<Client> {
        let authentication = value(document.token_endpoint_auth_method.as_ref())
            .unwrap_or(ClientAuthenticationMethod::ClientSecretBasic);
        let public = authentication == ClientAuthenticationMethod::None;
        let client_id = document.client_id.as_ref().and_then(|id| self.client_id(id));
        let name = document.client_name.as_ref().map(|name| localized(self, name));
        let home = document.client_uri.as_ref().and_then(|home| self.page(home));
        let redirect_uris = self.addresses(document.redirect_uris.as_ref(), public);
        if let Some(none) = document.redirect_uris.as_ref().filter(|list| list.get().is_empty()) {
            self.refuse(Code::E0211, none, "no redirect address");
        }
        let post_logout_redirect_uris = self.addresses(document.post_logout_redirect_uris.as_ref(), public);
        let secrets = self.secrets(document, public);
        let grant_types = self.grant_types(document);
        let scopes = self.scopes(document.scope.as_ref());
        let pkce = self.pkce(document.pkce.as_ref(), public);
        Some(Client {
            client_id: client_id?,
            name: name?,
            home,
            redirect_uris,
            post_logout_redirect_uris,
            authentication,
            secrets,
            grant_types,
            scopes,
            pkce,
            id_token_algorithm: value(document.id_token_signed_response_alg.as_ref())
                .unwrap_or(SigningAlgorithm::RS256),
            access_token_algorithm: value(document.access_token_signed_response_alg.as_ref())
                .unwrap_or(SigningAlgorithm::ES256),
        })
    }

    /// RFC 6749 §A.1, without the space, and short enough for a column and a log line.
    fn client_id(&mut self, id: &Written<String>) -> Option<ClientId> {
        let fits = (1..=128).contains(&id.get().len()) && id.get().bytes().all(|b| b.is_ascii_graphic());
        if !fits {
            let hint = "1 to 128 visible ASCII characters without a space";
            self.refuse(Code::E0202, id, "unfit client identifier").hint = Some(hint.to_owned());
        }
        fits.then(|| ClientId::new(id.get().as_str()))
    }

    /// SR-123.
    fn addresses(&mut self, list: Option<&Written<Vec<Written<String>>>>, public: bool) -> Vec<String> {
        let mut seen = BTreeSet::new();
        for address in list.into_iter().flat_map(Written::get) {
            self.faults(address, address::redirect(address.get(), public));
            if !seen.insert(address.get()) {
                self.refuse(Code::E0239, address, "address listed twice").hint = Some("remove one".to_owned());
            }
        }
        list.into_iter().flat_map(Written::get).map(|address| address.get().clone()).collect()
    }

    /// SR-146: two at most, and only as hashes.
    fn secrets(&mut self, document: &ClientDocument, public: bool) -> Vec<SecretHash> {
        let list = document.secrets.as_ref().filter(|list| !list.get().is_empty());
        match (list, public) {
            (None, false) => {
                let place = document.token_endpoint_auth_method.as_ref().map(Written::span);
                let place = place.or_else(|| document.client_id.as_ref().map(Written::span)).unwrap_or_default();
                let finding = self.source.finding(Code::E0203, place, "confidential client without a secret");
                self.found.push(finding.hint("run `guichet realm secret` and paste the line it prints"));
            }
            (Some(list), true) => {
                let hint = "remove `secrets`, or choose client_secret_basic".to_owned();
                self.refuse(Code::E0204, list, "public client with a secret").hint = Some(hint);
            }
            (Some(list), false) if list.get().len() > 2 => {
                let hint = "two are valid at once, during a rotation".to_owned();
                self.refuse(Code::E0205, list, "too many secrets").hint = Some(hint);
            }
            _ => {}
        }
        let mut hashes = Vec::new();
        for written in list.into_iter().flat_map(Written::get) {
            if let Some(hash) = read_hash(written.get()) {
                hashes.push(hash);
            } else {
                let finding = self.refuse(Code::E0206, written, "a secret is not written as a hash");
                // The text is not repeated: it may be the secret itself.
                finding.spot = finding.spot.take().map(Spot::redacted);
                finding.hint = Some("run `guichet realm secret` and paste the line it prints".to_owned());
            }
        }
        hashes
    }

    fn grant_types(&mut self, document: &ClientDocument) -> BTreeSet<GrantType> {
        let Some(list) = &document.grant_types else { return BTreeSet::from([GrantType::AuthorizationCode]) };
        let grants: BTreeSet<_> = list.get().iter().map(|grant| *grant.get()).collect();
        if !grants.contains(&GrantType::AuthorizationCode) {
            let hint = "add \"authorization_code\"".to_owned();
            self.refuse(Code::E0212, list, "grant types do not go together").hint = Some(hint);
        }
        grants
    }

    fn scopes(&mut self, scope: Option<&Written<String>>) -> BTreeSet<String> {
        let Some(written) = scope else { return BTreeSet::from(["openid".to_owned()]) };
        let scopes: BTreeSet<_> = written.get().split_whitespace().map(str::to_owned).collect();
        for unknown in scopes.iter().filter(|scope| !SCOPES.contains(&scope.as_str())) {
            let hint = match did_you_mean(unknown, SCOPES) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known: {}", SCOPES.join(", ")),
            };
            self.refuse(Code::E0209, written, format!("unknown scope `{}`", unknown.escape_debug())).hint = Some(hint);
        }
        if !scopes.contains("openid") {
            let hint = format!("write \"{}\"", format!("openid {}", written.get()).trim());
            self.refuse(Code::E0210, written, "the scope lacks openid").hint = Some(hint);
        }
        scopes
    }

    /// SR-128.
    fn pkce(&mut self, pkce: Option<&Written<Pkce>>, public: bool) -> Pkce {
        let Some(written) = pkce.filter(|written| *written.get() == Pkce::Optional) else { return Pkce::Required };
        if public {
            let hint = "remove the line".to_owned();
            self.refuse(Code::E0207, written, "a public client cannot do without PKCE").hint = Some(hint);
        } else {
            let finding = self.source.finding(Code::E0208, written.span(), "the client is exempt from PKCE").warning();
            self.found.push(finding.hint("remove the line once the application sends code_challenge"));
        }
        Pkce::Optional
    }
}

fn value<T: Copy>(written: Option<&Written<T>>) -> Option<T> {
    written.map(|written| *written.get())
}

/// A secret's hash as files hold it.
pub(crate) fn written_hash(hash: &SecretHash) -> String {
    format!("sha256:{}", URL_SAFE_NO_PAD.encode(hash.as_bytes()))
}

fn read_hash(text: &str) -> Option<SecretHash> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix("sha256:")?).ok()?;
    SecretHash::from_bytes(&bytes)
}
