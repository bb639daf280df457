//! Whether a person is asked before a client learns of them (OpenID Connect Core §3.1.2.4), and what they agreed to.
//!
//! The whole truth is in [`is_owed`]: what the client is (the operator's own application, or somebody else's), what it
//! asks in this request, and what was agreed to before. Pages and endpoints ask it, and decide nothing by themselves.

use std::collections::BTreeSet;

use super::claims;
use super::client::Consent;
use super::request::{AuthorizationRequest, Prompt, Prompts};
use super::scope::{OFFLINE_ACCESS, Scope};
use crate::clock::Timestamp;

/// What a client wants of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What it may do.
    pub(crate) scope: Scope,
    /// Where, beside the provider itself (RFC 8707 §2).
    pub(crate) resources: BTreeSet<String>,
}

impl Wanted {
    /// By an authorization request. Who asks for a claim by name (OpenID Connect Core §5.5) wants what its scope tells.
    pub(crate) fn by(request: &AuthorizationRequest) -> Self {
        let claims = request.claims();
        let by_name = claims::behind(claims.userinfo().iter().chain(claims.id_token()));
        Self { scope: request.scope().and(&by_name), resources: request.resources().clone() }
    }

    /// This, and what `other` holds.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let resources = self.resources.union(&other.resources).cloned().collect();
        Self { scope: self.scope.and(&other.scope), resources }
    }

    fn is_within(&self, wider: &Self) -> bool {
        self.scope.is_within(&wider.scope) && self.resources.is_subset(&wider.resources)
    }
}

/// What a person agreed to for one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Agreement {
    /// All that they agreed to so far.
    pub(crate) to: Wanted,
    /// When they did so last.
    pub(crate) given: Timestamp,
}

/// What the person has said.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Said<'a> {
    /// Yes, to this very request.
    JustNow,
    /// Yes, to an earlier one.
    Before(&'a Agreement),
    /// Nothing yet.
    Nothing,
}

/// Whether the person has to be asked.
pub(crate) fn is_owed(policy: Consent, prompts: Prompts, wanted: &Wanted, said: Said<'_>) -> bool {
    let agreement = match said {
        Said::JustNow => return false,
        Said::Before(agreement) => Some(agreement),
        Said::Nothing => None,
    };
    // The client itself wants the page: "SHOULD prompt the End-User for consent" (Core §3.1.2.1), whosever it is.
    prompts.contains(Prompt::Consent)
        || match policy {
            // The operator's own application: who uses the one uses the other, and offline access is part of it.
            Consent::Skipped => false,
            // Core §11: "A previously saved consent is not always sufficient to grant offline access."
            Consent::Once if wanted.scope.contains(OFFLINE_ACCESS) => true,
            Consent::Once => !agreement.is_some_and(|agreement| wanted.is_within(&agreement.to)),
            Consent::Always => true,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::request::tests::accepted;

    const API: &str = "https://orders.example/";

    fn wanted(scope: &str, resources: &[&str]) -> Wanted {
        let resources = resources.iter().map(|uri| (*uri).to_owned()).collect();
        Wanted { scope: Scope::parse(scope).unwrap(), resources }
    }

    #[test]
    fn sr_77_who_is_asked_and_who_is_not() {
        use Consent::{Always, Once, Skipped};
        let agreement = Agreement { to: wanted("openid email", &[API]), given: Timestamp::from_seconds(1) };
        let (never, before, now) = (Said::Nothing, Said::Before(&agreement), Said::JustNow);
        let offline = "openid offline_access";
        for (case, policy, prompt, scope, resources, said, owed) in [
            ("the operator's own", Skipped, "", "openid profile", &[][..], never, false),
            ("that asks for offline access", Skipped, "", offline, &[], never, false),
            ("that wants the page", Skipped, "consent", "openid", &[], before, true),
            ("the first time", Once, "", "openid", &[], never, true),
            ("less than was given", Once, "", "openid", &[], before, false),
            ("all that was given", Once, "", "openid email", &[API], before, false),
            ("more scope", Once, "", "openid email profile", &[], before, true),
            ("another resource", Once, "", "openid", &["https://else.example/"], before, true),
            ("offline access", Once, "", offline, &[], before, true),
            ("asked again", Once, "login consent", "openid", &[], before, true),
            ("silently", Once, "none", "openid", &[], before, false),
            ("silently, and nothing was said", Once, "none", "openid", &[], never, true),
            ("each time", Always, "", "openid", &[], before, true),
            ("said a moment ago", Always, "consent", offline, &[API], now, false),
        ] {
            let prompts = accepted(&[("prompt", prompt)]).prompts();
            assert_eq!(is_owed(policy, prompts, &wanted(scope, resources), said), owed, "{case}");
        }
    }

    #[test]
    fn agreements_grow() {
        let both = wanted("openid email", &[]).and(&wanted("openid profile", &[API]));
        assert_eq!(both, wanted("openid email profile", &[API]));
    }

    #[test]
    fn a_request_wants_its_scope() {
        assert_eq!(Wanted::by(&accepted(&[("scope", "openid email")])), wanted("openid email", &[]));
    }
}
