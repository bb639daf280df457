//! Claims about people, by scope or by name (OpenID Connect Core §5.1, §5.4, §5.5): what userinfo answers, what an ID
//! token says because it was asked to, and nothing beyond (SR-164).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::scope::{EMAIL, PROFILE, Scope};
use super::subject::Subject;
use super::token::NumericDate;
use crate::clock::Timestamp;
use crate::identity::language::Language;
use crate::identity::user::User;

/// What is known of a person and may be told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person<'a> {
    /// `sub`, as the client knows the person.
    pub(crate) subject: &'a Subject,
    /// First name.
    pub(crate) given_name: Option<&'a str>,
    /// Last name.
    pub(crate) family_name: Option<&'a str>,
    /// What the person types to sign in.
    pub(crate) preferred_username: &'a str,
    /// The language the person reads.
    pub(crate) locale: Option<Language>,
    /// When any of this changed last.
    pub(crate) updated_at: Timestamp,
    /// The address, when there is one.
    pub(crate) email: Option<&'a str>,
    /// Whether the address is proven.
    pub(crate) email_verified: bool,
}

impl<'a> Person<'a> {
    /// What an account says, to a client that knows the person as `subject`.
    pub(crate) fn of(user: &'a User, subject: &'a Subject) -> Self {
        Self {
            subject,
            given_name: Some(user.first_name.as_str()),
            family_name: Some(user.last_name.as_str()),
            preferred_username: user.email.as_str(),
            locale: Some(user.language),
            updated_at: user.updated_at,
            email: Some(user.email.as_str()),
            email_verified: user.email_verified_at.is_some(),
        }
    }
}

/// The claims that a request asked for by name (Core §5.5), within what its client registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RequestedClaims {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    userinfo: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    id_token: BTreeSet<String>,
}

impl RequestedClaims {
    /// Bundles what passed [`within`].
    pub(super) const fn new(userinfo: BTreeSet<String>, id_token: BTreeSet<String>) -> Self {
        Self { userinfo, id_token }
    }

    /// Whether nothing was asked for by name.
    pub(crate) fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// Those for userinfo.
    pub(crate) const fn userinfo(&self) -> &BTreeSet<String> {
        &self.userinfo
    }

    /// Those for ID tokens.
    pub(crate) const fn id_token(&self) -> &BTreeSet<String> {
        &self.id_token
    }
}

/// The claims that each scope tells (Core §5.4).
const BY_SCOPE: [(&str, &[&str]); 2] = [
    (PROFILE, &["name", "given_name", "family_name", "preferred_username", "locale", "updated_at"]),
    (EMAIL, &["email", "email_verified"]),
];

/// Those of the names that a client of these scopes may be told.
pub(super) fn within<'n>(names: impl Iterator<Item = &'n str>, scopes: &BTreeSet<String>) -> BTreeSet<String> {
    let may = |name: &str| BY_SCOPE.iter().any(|(scope, claims)| scopes.contains(*scope) && claims.contains(&name));
    names.filter(|name| may(name)).map(str::to_owned).collect()
}

/// What userinfo answers: the claims of the scope, and those that were asked for by name.
pub(crate) fn told(scope: &Scope, by_name: &BTreeSet<String>, person: &Person<'_>) -> Map<String, Value> {
    let mut told = members(UserInfo::new(scope, person));
    told.extend(named(by_name, person));
    told
}

/// What an ID token says of a person, who is nameless in it unless the client asked (SR-203).
pub(crate) fn named(by_name: &BTreeSet<String>, person: &Person<'_>) -> Map<String, Value> {
    let everything = members(UserInfo::new(&Scope::of_every_claim(), person));
    everything.into_iter().filter(|(name, _)| by_name.contains(name)).collect()
}

fn members(claims: UserInfo) -> Map<String, Value> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// The answer of the userinfo endpoint (Core §5.3.2): an absent claim is left out, never null or empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct UserInfo {
    sub: Subject,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    profile: Option<Profile>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Profile {
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
    preferred_username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<Language>,
    updated_at: NumericDate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Email {
    email: String,
    email_verified: bool,
}

impl UserInfo {
    /// What an access token of that scope may read of a person.
    pub(crate) fn new(scope: &Scope, person: &Person<'_>) -> Self {
        Self {
            sub: person.subject.clone(),
            profile: scope.contains(PROFILE).then(|| Profile::of(person)),
            email: person
                .email
                .filter(|_| scope.contains(EMAIL))
                .map(|email| Email { email: email.to_owned(), email_verified: person.email_verified }),
        }
    }
}

impl Profile {
    fn of(person: &Person<'_>) -> Self {
        let names: Vec<_> = [person.given_name, person.family_name].into_iter().flatten().collect();
        Self {
            name: names.join(" "),
            given_name: person.given_name.map(str::to_owned),
            family_name: person.family_name.map(str::to_owned),
            preferred_username: person.preferred_username.to_owned(),
            locale: person.locale,
            updated_at: person.updated_at.into(),
        }
    }
}

/// Every claim that can be had, for `claims_supported`: those of [`UserInfo`] and of ID tokens.
pub(crate) const SUPPORTED: [&str; 20] = [
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "email",
    "email_verified",
    "exp",
    "family_name",
    "given_name",
    "iat",
    "iss",
    "locale",
    "name",
    "nonce",
    "preferred_username",
    "sid",
    "sub",
    "updated_at",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::UserId;
    use crate::protocol::client::SigningAlgorithm;
    use crate::protocol::token::tests::id_token;

    const MARIE: &str = "01900000-0000-7000-8000-000000000001";

    fn subject() -> Subject {
        MARIE.parse::<UserId>().unwrap().into()
    }

    fn marie(subject: &Subject) -> Person<'_> {
        Person {
            subject,
            given_name: Some("Marie"),
            family_name: Some("L’Huillier"),
            preferred_username: "marie@example.fr",
            locale: Some(Language::French),
            updated_at: Timestamp::from_millis(1_700_000_000_999),
            email: Some("marie@example.fr"),
            email_verified: true,
        }
    }

    fn told(scope: &str, person: &Person<'_>) -> Value {
        serde_json::to_value(UserInfo::new(&Scope::parse(scope).unwrap(), person)).unwrap()
    }

    #[test]
    fn sr_164_sr_203_a_scope_tells_its_own_claims_and_no_others() {
        let subject = subject();
        let profile = json!({
            "sub": MARIE, "name": "Marie L’Huillier", "given_name": "Marie", "family_name": "L’Huillier",
            "preferred_username": "marie@example.fr", "locale": "fr", "updated_at": 1_700_000_000
        });
        let email = json!({"sub": MARIE, "email": "marie@example.fr", "email_verified": true});
        let nameless = Person { given_name: None, family_name: None, locale: None, email: None, ..marie(&subject) };
        let bare = json!({"sub": MARIE, "preferred_username": "marie@example.fr", "updated_at": 1_700_000_000});
        for (scope, person, told_of) in [
            ("openid", marie(&subject), json!({"sub": MARIE})),
            ("openid profile", marie(&subject), profile),
            ("openid email", marie(&subject), email),
            ("openid profile email", nameless, bare),
        ] {
            assert_eq!(told(scope, &person), told_of, "{scope}");
        }
    }

    #[test]
    fn sr_164_a_claim_is_had_by_name_within_the_scopes_of_its_client() {
        let subject = subject();
        let names = ["email", "name", "acr", "sub", "unheard_of", "email#fr"];
        for (scopes, had) in [
            (vec!["openid"], json!({})),
            (vec!["openid", "email"], json!({"email": "marie@example.fr"})),
            (vec!["openid", "email", "profile"], json!({"email": "marie@example.fr", "name": "Marie L’Huillier"})),
        ] {
            let scopes = scopes.into_iter().map(str::to_owned).collect();
            let by_name = within(names.into_iter(), &scopes);
            assert_eq!(Value::Object(named(&by_name, &marie(&subject))), had);
            let mut with_sub = had;
            with_sub["sub"] = json!(MARIE);
            let openid = Scope::parse("openid").unwrap();
            assert_eq!(Value::Object(super::told(&openid, &by_name, &marie(&subject))), with_sub);
        }
    }

    #[test]
    fn every_claim_of_a_scope_can_be_asked_for_by_name() {
        let subject = subject();
        for (scope, claims) in BY_SCOPE {
            let told = told(&format!("openid {scope}"), &marie(&subject));
            let told: BTreeSet<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
            let listed: BTreeSet<_> = claims.iter().copied().chain(["sub"]).collect();
            assert_eq!(told, listed, "{scope}");
        }
    }

    #[test]
    fn what_is_announced_is_what_can_be_had() {
        let subject = subject();
        let everything = [
            told("openid profile email", &marie(&subject)),
            serde_json::to_value(id_token(SigningAlgorithm::RS256, "a")).unwrap(),
        ];
        let had: BTreeSet<_> = everything.iter().flat_map(|claims| claims.as_object().unwrap().keys()).collect();
        assert_eq!(had.into_iter().map(String::as_str).collect::<Vec<_>>(), SUPPORTED);
    }
}
