//! What a client is held to, judged: its requests, its signatures, what binds its tokens, where it hears of an end.

use std::collections::BTreeSet;

use url::Url;

use super::value;
use crate::authentication::level::Acr;
use crate::clock::Duration;
use crate::code::Code;
use crate::protocol::client::policy::LogoutAddress;
use crate::protocol::client::{
    ClientId, Exchange, GrantType, LogoutNotices, Pkce, PushedRequests, RequestPolicy, SenderConstraint, Signing,
    SubjectType,
};
use crate::protocol::client_algorithm::ClientAlgorithm;
use crate::realm::check::Judge;
use crate::realm::document::client::{ClientDocument, SubjectWord};
use crate::realm::document::written::Written;
use crate::realm::finding::did_you_mean;

/// The clients whose tokens it may exchange.
pub(super) fn subjects(document: &ClientDocument) -> impl Iterator<Item = &Written<String>> {
    let policy = document.token_exchange.iter().filter_map(|policy| policy.get().subjects.as_ref());
    policy.flat_map(Written::get)
}

/// Most that `default_max_age` may be: longer than any session.
const LONGEST_AGE: Duration = Duration::from_hours(90 * 24);

impl Judge<'_> {
    pub(super) fn requests(
        &mut self,
        document: &ClientDocument,
        default: &RequestPolicy,
        public: bool,
    ) -> RequestPolicy {
        let said = |written: &Option<Written<bool>>, default| value(written.as_ref()).unwrap_or(default);
        let pushed = said(&document.require_pushed_authorization_requests, default.pushed == PushedRequests::Required);
        RequestPolicy {
            pkce: self.pkce(document.pkce.as_ref(), default.pkce, public),
            pushed: PushedRequests::when(pushed),
            signed: said(&document.require_signed_request_object, default.signed),
            signed_answer: said(&document.require_signed_response, default.signed_answer),
            object_algorithm: self.object_algorithm(document),
            object_uris: self.request_uris(document),
            default_max_age: self.max_age(document),
            default_acr_values: self.levels(document),
            minimum_acr: document.minimum_acr.as_ref().and_then(|written| self.level(written, &Acr::LADDER)),
        }
    }

    /// RFC 9101 §6.2 verifies with the client's public keys: a MAC under its secret is for assertions alone.
    fn object_algorithm(&mut self, document: &ClientDocument) -> Option<ClientAlgorithm> {
        let written = document.request_object_signing_alg.as_ref()?;
        if !ClientAlgorithm::ASYMMETRIC.contains(written.get()) {
            let hint = format!("one of {}", ClientAlgorithm::ASYMMETRIC.map(ClientAlgorithm::as_str).join(", "));
            self.refuse(Code::E0217, written, "the algorithm is not for request objects").hint = Some(hint);
        }
        Some(*written.get())
    }

    /// SR-128.
    fn pkce(&mut self, pkce: Option<&Written<Pkce>>, default: Pkce, public: bool) -> Pkce {
        let Some(written) = pkce.filter(|written| *written.get() == Pkce::Optional) else {
            return value(pkce).unwrap_or(default);
        };
        if public {
            let hint = "remove the line".to_owned();
            self.refuse(Code::E0207, written, "a public client cannot do without PKCE").hint = Some(hint);
        } else {
            let finding = self.source.finding(Code::E0208, written.span(), "the client is exempt from PKCE").warning();
            self.found.push(finding.hint("remove the line once the application sends code_challenge"));
        }
        Pkce::Optional
    }

    /// A fragment is kept: clients put a hash of the content there (OpenID Connect Core §6.2).
    fn request_uris(&mut self, document: &ClientDocument) -> BTreeSet<String> {
        let list = document.request_uris.iter().flat_map(Written::get);
        let judged = list.filter_map(|written| {
            let whole = written.get();
            let bare = whole.split_once('#').map_or(whole.as_str(), |(bare, _)| bare);
            let faults = crate::realm::check::address::machine(bare).err();
            let sound = faults.is_none();
            self.faults(written, faults.unwrap_or_default());
            sound.then(|| whole.clone())
        });
        judged.collect()
    }

    fn max_age(&mut self, document: &ClientDocument) -> Option<Duration> {
        let written = document.default_max_age.as_ref()?;
        self.span("default_max_age", written, Duration::ZERO, LONGEST_AGE)
    }

    /// One of those values of `acr`.
    fn level(&mut self, written: &Written<String>, values: &[Acr]) -> Option<Acr> {
        let known: Vec<_> = values.iter().map(|value| value.as_str()).collect();
        let level = values.iter().copied().find(|level| level.as_str() == written.get());
        if level.is_none() {
            let hint = match did_you_mean(written.get(), known.iter().copied()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!("known: {}", known.join(", ")),
            };
            self.refuse(Code::E0224, written, "unknown level").hint = Some(hint);
        }
        level
    }

    fn levels(&mut self, document: &ClientDocument) -> Vec<String> {
        for written in document.default_acr_values.iter().flat_map(Written::get) {
            self.level(written, &Acr::ALL);
        }
        document.default_acr_values.iter().flat_map(Written::get).map(|written| written.get().clone()).collect()
    }

    pub(super) fn signs(document: &ClientDocument, default: Signing) -> Signing {
        Signing {
            id_token: value(document.id_token_signed_response_alg.as_ref()).unwrap_or(default.id_token),
            access_token: value(document.access_token_signed_response_alg.as_ref()).unwrap_or(default.access_token),
            userinfo: value(document.userinfo_signed_response_alg.as_ref()).or(default.userinfo),
            introspection: value(document.introspection_signed_response_alg.as_ref()).unwrap_or(default.introspection),
            authorization: value(document.authorization_signed_response_alg.as_ref()).unwrap_or(default.authorization),
        }
    }

    pub(super) fn sender(&mut self, document: &ClientDocument) -> SenderConstraint {
        let by_dpop = value(document.dpop_bound_access_tokens.as_ref()).unwrap_or_default();
        let certificate = document.tls_client_certificate_bound_access_tokens.as_ref();
        match (by_dpop, certificate.filter(|written| *written.get())) {
            (true, Some(written)) => {
                let hint = "keep one of dpop_bound_access_tokens and tls_client_certificate_bound_access_tokens";
                self.refuse(Code::E0222, written, "tokens bound twice").hint = Some(hint.to_owned());
                SenderConstraint::Dpop
            }
            (true, None) => SenderConstraint::Dpop,
            (false, Some(_)) => SenderConstraint::Certificate,
            (false, None) => SenderConstraint::None,
        }
    }

    /// OpenID Connect Core §8.1: one host names the sector, or else the registered list of addresses does.
    pub(super) fn subject(&mut self, document: &ClientDocument, redirect_uris: &[String]) -> SubjectType {
        let listed = self.machine(document.sector_identifier_uri.as_ref());
        let Some(written) = document.subject_type.as_ref().filter(|word| *word.get() == SubjectWord::Pairwise) else {
            return SubjectType::Public;
        };
        let host = |url: &Url| url.host_str().map(str::to_owned);
        let hosts: BTreeSet<_> = redirect_uris.iter().filter_map(|uri| host(&Url::parse(uri).ok()?)).collect();
        let sector = match (listed.as_ref().and_then(host), hosts.len()) {
            (Some(sector), _) => Some(sector),
            (None, 1) => hosts.into_iter().next(),
            (None, _) => None,
        };
        if sector.is_none() {
            let hint = "add `sector_identifier_uri`".to_owned();
            self.refuse(Code::E0220, written, "pairwise subjects of several hosts").hint = Some(hint);
        }
        SubjectType::Pairwise { sector: sector.unwrap_or_default() }
    }

    /// RFC 8693: the grant and the policy that says whose tokens, one not without the other.
    pub(super) fn exchange(&mut self, document: &ClientDocument, grants: &BTreeSet<GrantType>) -> Exchange {
        let may = grants.contains(&GrantType::TokenExchange);
        let subjects: BTreeSet<_> = subjects(document).map(|id| ClientId::new(id.get().as_str())).collect();
        let policy = document.token_exchange.as_ref();
        match (policy, &document.grant_types) {
            (Some(written), _) if !may || subjects.is_empty() => {
                let hint = "list whose tokens in `subjects`, and the grant in `grant_types`".to_owned();
                self.refuse(Code::E0226, written, "token exchange without its grant or its subjects").hint = Some(hint);
            }
            (None, Some(written)) if may => {
                let hint = "add [token_exchange] with `subjects`".to_owned();
                self.refuse(Code::E0226, written, "token exchange without a policy").hint = Some(hint);
            }
            _ => {}
        }
        let impersonate = policy.and_then(|policy| value(policy.get().impersonate.as_ref())).unwrap_or_default();
        Exchange { subjects, impersonate }
    }

    pub(super) fn logout(&mut self, document: &ClientDocument) -> LogoutNotices {
        let mut address = |uri: &Option<Written<String>>, required: &Option<Written<bool>>| {
            let session_required = value(required.as_ref()).unwrap_or_default();
            self.machine(uri.as_ref()).map(|uri| LogoutAddress { uri, session_required })
        };
        LogoutNotices {
            back_channel: address(&document.backchannel_logout_uri, &document.backchannel_logout_session_required),
            front_channel: address(&document.frontchannel_logout_uri, &document.frontchannel_logout_session_required),
        }
    }
}
