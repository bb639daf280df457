//! Relying parties as written, judged: what they call themselves, where people are brought back to, what they may ask.
//!
//! How they prove themselves is judged in [`proof`], what they are held to in [`policy`].

mod policy;
mod proof;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use url::Url;

use super::address;
use super::{Judge, localized};
use crate::code::Code;
use crate::protocol::client::{Client, ClientAuthenticationMethod, ClientId, GrantType, Profile};
use crate::protocol::scope::is_of_a_person;
use crate::realm::document::bundle::Source;
use crate::realm::document::client::{ClientDocument, Texts};
use crate::realm::document::written::Written;
use crate::realm::finding::{Finding, did_you_mean};
use crate::realm::model::Askable;

pub(super) use proof::is_public_set;
pub(crate) use proof::written_hash;

/// What the files call their clients.
pub(super) fn declared<'a>(documents: &'a [(Source<'_>, ClientDocument)]) -> BTreeSet<&'a str> {
    documents.iter().filter_map(|(_, document)| Some(document.client_id.as_ref()?.get().as_str())).collect()
}

/// Judges all clients, each by itself and together, against the resources of their realm.
pub(super) fn all(
    documents: &[(Source<'_>, ClientDocument)],
    askable: Askable<'_>,
    found: &mut Vec<Finding>,
) -> Vec<Arc<Client>> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut clients = Vec::new();
    let declared = declared(documents);
    for (source, document) in documents {
        let mut judge = Judge { source, found };
        if let Some(id) = &document.client_id
            && let Some(other) = first.insert(id.get(), &source.file)
        {
            let message = format!("two clients are called `{}`", id.get());
            judge.refuse(Code::E0201, id, message).hint = Some(format!("the other is in {other}"));
        }
        for subject in policy::subjects(document) {
            judge.declared(subject, &declared);
        }
        clients.extend(judge.client(document, askable).map(Arc::new));
    }
    clients
}

impl Judge<'_> {
    pub(super) fn client(&mut self, document: &ClientDocument, askable: Askable<'_>) -> Option<Client> {
        let authentication = value(document.token_endpoint_auth_method.as_ref())
            .unwrap_or(ClientAuthenticationMethod::ClientSecretBasic);
        let public = authentication == ClientAuthenticationMethod::None;
        let profile = value(document.profile.as_ref()).unwrap_or_default();
        let defaults = profile.defaults(public);
        let client_id = document.client_id.as_ref().and_then(|id| self.client_id(id));
        let name = document.client_name.as_ref().map(|name| localized(self, name));
        let grant_types = self.grant_types(document, public);
        let redirect_uris = self.redirect_uris(document, &grant_types, public);
        let secrets = self.secrets(document, authentication);
        let client = Client {
            client_id: client_id?,
            name: name?,
            home: self.linked(document.client_uri.as_ref()),
            logo: self.linked(document.logo_uri.as_ref()),
            policy: self.linked(document.policy_uri.as_ref()),
            terms: self.linked(document.tos_uri.as_ref()),
            initiate_login_uri: self.machine(document.initiate_login_uri.as_ref()),
            post_logout_redirect_uris: self.addresses(document.post_logout_redirect_uris.as_ref(), public),
            web_origins: self.origins(document.web_origins.as_ref()),
            authentication,
            secrets: secrets.hashed,
            sealed_secrets: secrets.sealed,
            keys: self.keys(document, authentication),
            certificate: self.certificate(document, authentication),
            assertions: self.assertions(document, authentication, &defaults.assertions),
            scopes: self.scopes(document.scope.as_ref(), &grant_types, askable),
            resources: self.resources_asked(document.resources.as_ref(), askable),
            requests: self.requests(document, &defaults.requests, public),
            signs: Self::signs(document, defaults.signs),
            sender: self.sender(document),
            subject: self.subject(document, &redirect_uris),
            consent: value(document.consent.as_ref()).unwrap_or(crate::protocol::client::Consent::Skipped),
            rotation: value(document.refresh_token_rotation.as_ref()).unwrap_or(defaults.rotation),
            exchange: self.exchange(document, &grant_types),
            logout: self.logout(document),
            grant_types,
            redirect_uris,
            profile,
        };
        self.profile(document, &client);
        Some(client)
    }

    fn client_id(&mut self, id: &Written<String>) -> Option<ClientId> {
        let fits = ClientId::is_fit(id.get());
        if !fits {
            let hint = "1 to 128 visible ASCII characters without a space";
            self.refuse(Code::E0202, id, "unfit client identifier").hint = Some(hint.to_owned());
        }
        fits.then(|| ClientId::new(id.get().as_str()))
    }

    /// Needed where codes are brought back, and nowhere else.
    fn redirect_uris(&mut self, document: &ClientDocument, grants: &BTreeSet<GrantType>, public: bool) -> Vec<String> {
        let addresses = self.addresses(document.redirect_uris.as_ref(), public);
        if addresses.is_empty() && grants.contains(&GrantType::AuthorizationCode) {
            let place = document.redirect_uris.as_ref().map(Written::span);
            let place = place.or_else(|| document.client_id.as_ref().map(Written::span)).unwrap_or_default();
            let finding = self.source.finding(Code::E0211, place, "no redirect address");
            self.found.push(finding.hint("list in `redirect_uris` where people are brought back to"));
        }
        addresses
    }

    /// SR-123.
    fn addresses(&mut self, list: Option<&Texts>, public: bool) -> Vec<String> {
        let mut seen = BTreeSet::new();
        for address in list.into_iter().flat_map(Written::get) {
            self.faults(address, address::redirect(address.get(), public));
            if !seen.insert(address.get()) {
                self.refuse(Code::E0239, address, "address listed twice").hint = Some("remove one".to_owned());
            }
        }
        list.into_iter().flat_map(Written::get).map(|address| address.get().clone()).collect()
    }

    /// An address that pages link to.
    fn linked(&mut self, written: Option<&Written<String>>) -> Option<Url> {
        written.and_then(|written| self.page(written))
    }

    /// An address that we ask or send to ourselves (SR-168).
    fn machine(&mut self, written: Option<&Written<String>>) -> Option<Url> {
        let written = written?;
        address::machine(written.get()).map_err(|faults| self.faults(written, faults)).ok()
    }

    /// SR-121: an origin as browsers write it, and nothing like a pattern.
    fn origins(&mut self, list: Option<&Texts>) -> BTreeSet<String> {
        let mut origins = BTreeSet::new();
        for written in list.into_iter().flat_map(Written::get) {
            let url = Url::parse(written.get()).ok();
            let origin = url.filter(|url| matches!(url.scheme(), "https" | "http")).map(|url| url.origin());
            if origin.is_some_and(|origin| origin.ascii_serialization() == *written.get()) {
                origins.insert(written.get().clone());
            } else {
                let hint = "write scheme and host as browsers do: \"https://app.example\"".to_owned();
                self.refuse(Code::E0221, written, "not an origin").hint = Some(hint);
            }
        }
        origins
    }

    fn grant_types(&mut self, document: &ClientDocument, public: bool) -> BTreeSet<GrantType> {
        let Some(list) = &document.grant_types else { return BTreeSet::from([GrantType::AuthorizationCode]) };
        let grants: BTreeSet<_> = list.get().iter().map(|grant| *grant.get()).collect();
        let lonely = grants.contains(&GrantType::RefreshToken) && !grants.iter().any(|grant| grant.brings_refresh());
        if grants.is_empty() || lonely {
            let hint = "add \"authorization_code\"".to_owned();
            self.refuse(Code::E0212, list, "grant types do not go together").hint = Some(hint);
        }
        if public && let Some(own) = list.get().iter().find(|grant| grant.get().needs_authentication()) {
            let hint = "give the client a way to authenticate, or remove the grant".to_owned();
            self.refuse(Code::E0223, own, "a public client cannot use this grant").hint = Some(hint);
        }
        grants
    }

    /// The words that speak of people there, and those of the realm's resources.
    pub(super) fn scopes(
        &mut self,
        scope: Option<&Written<String>>,
        grants: &BTreeSet<GrantType>,
        askable: Askable<'_>,
    ) -> BTreeSet<String> {
        let Some(written) = scope else { return BTreeSet::from(["openid".to_owned()]) };
        let own = askable.resources.iter().flat_map(|resource| &resource.scopes).map(String::as_str);
        let known: Vec<&str> = askable.of_people().chain(own).collect();
        let scopes: BTreeSet<_> = written.get().split_whitespace().map(str::to_owned).collect();
        for unknown in scopes.iter().filter(|scope| !known.contains(&scope.as_str())) {
            let hint = match did_you_mean(unknown, known.iter().copied()) {
                _ if is_of_a_person(unknown) && unknown.contains(':') => {
                    "write `organization`: it opens what is asked behind the colon".to_owned()
                }
                _ if is_of_a_person(unknown) => "add the table [organisations] to realm.toml".to_owned(),
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known: {}", known.join(", ")),
            };
            self.refuse(Code::E0209, written, format!("unknown scope `{}`", unknown.escape_debug())).hint = Some(hint);
        }
        if grants.contains(&GrantType::AuthorizationCode) && !scopes.contains("openid") {
            let hint = format!("write \"{}\"", format!("openid {}", written.get()).trim());
            self.refuse(Code::E0210, written, "the scope lacks openid").hint = Some(hint);
        }
        scopes
    }

    /// RFC 8707: only what the realm declares.
    fn resources_asked(&mut self, list: Option<&Texts>, askable: Askable<'_>) -> BTreeSet<String> {
        let known: Vec<&str> = askable.resources.iter().map(|resource| resource.uri.as_str()).collect();
        for written in list.into_iter().flat_map(Written::get) {
            if !known.contains(&written.get().as_str()) {
                let hint = match did_you_mean(written.get(), known.iter().copied()) {
                    Some(meant) => format!("did you mean \"{meant}\"?"),
                    None => "declare it in realm.toml under [[resources]]".to_owned(),
                };
                self.refuse(Code::E0218, written, "unknown resource").hint = Some(hint);
            }
        }
        list.into_iter().flat_map(Written::get).map(|written| written.get().clone()).collect()
    }

    /// What the file takes back of its profile is told where it says so, or at the profile itself.
    fn profile(&mut self, document: &ClientDocument, client: &Client) {
        let Some(profile) = &document.profile else { return };
        for (key, wanted) in Profile::shortfalls(client) {
            let message = format!("the profile \"{}\" wants `{key}` to be {wanted}", client.profile.as_str());
            let finding = self.source.finding(Code::E0219, profile.span(), message);
            self.found.push(finding.hint("correct the key, or choose another profile"));
        }
    }
}

/// The value, when one was written.
pub(super) fn value<T: Copy>(written: Option<&Written<T>>) -> Option<T> {
    written.map(|written| *written.get())
}
