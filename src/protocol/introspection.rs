//! What a token is worth now, for those whom it concerns (RFC 7662), plain or signed (RFC 9701).
//!
//! A client learns about tokens that it was given, and about those meant for the resource that it is. Whatever else it
//! asks about is not active, and there is nothing more to say (SR-162).

use serde::Serialize;

use super::assurance::Acr;
use super::client::{Client, ClientId};
use super::confirmation::Confirmation;
use super::exchange::Actor;
use super::issuer::Issuer;
use super::refresh::{RefreshPolicy, RefreshToken};
use super::resource::Resource;
use super::scope::Scope;
use super::subject::Subject;
use super::token::{AccessToken, Audience, NumericDate, TokenKind};
use crate::clock::Timestamp;

/// The answer (RFC 7662 §2.2).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Introspection {
    active: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    told: Option<Box<Told>>,
}

/// What is told of an active token.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Told {
    iss: Issuer,
    sub: Subject,
    client_id: ClientId,
    exp: NumericDate,
    iat: NumericDate,
    #[serde(skip_serializing_if = "Scope::is_empty")]
    scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<Audience>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<Acr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<NumericDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
}

/// Whom a token speaks for, as the client knows them that asks.
#[derive(Debug, Clone)]
pub(crate) struct SpokenFor {
    /// `sub`.
    pub(crate) subject: Subject,
    /// What they sign in with, within the scope that says so.
    pub(crate) username: Option<String>,
}

/// Whether the token concerns that client.
pub(crate) fn concerns(token: &AccessToken, client: &Client, resources: &[Resource]) -> bool {
    let mut own = resources.iter().filter(|resource| resource.is_served_by(client));
    *token.client_id() == client.client_id || own.any(|own| token.is_for(&own.uri))
}

impl Introspection {
    /// Whatever was wrong, and whosever it is.
    pub(crate) const fn inactive() -> Self {
        Self { active: false, told: None }
    }

    /// Of an access token that stands.
    pub(crate) fn of_access_token(token: &AccessToken, who: SpokenFor) -> Self {
        Self::active(Told {
            iss: token.iss.clone(),
            sub: who.subject,
            client_id: token.client_id.clone(),
            exp: token.exp,
            iat: token.iat,
            scope: token.scope.clone(),
            aud: Some(token.aud.clone()),
            jti: Some(token.jti.clone()),
            token_type: Some(Confirmation::token_type(token.cnf.as_ref())),
            cnf: token.cnf.clone(),
            act: token.act.clone(),
            acr: token.person.as_ref().and_then(|person| person.acr),
            auth_time: token.person.as_ref().and_then(|person| person.auth_time),
            username: who.username,
        })
    }

    /// Of a refresh token that would be taken now.
    pub(crate) fn of_refresh_token(
        issuer: &Issuer,
        token: &RefreshToken,
        policy: &RefreshPolicy,
        who: SpokenFor,
    ) -> Self {
        let grant = &token.grant;
        Self::active(Told {
            iss: issuer.clone(),
            sub: who.subject,
            client_id: grant.client_id().clone(),
            exp: policy.end(grant, token.issued).into(),
            iat: token.issued.into(),
            scope: grant.scope().clone(),
            aud: None,
            jti: None,
            // RFC 7662 §2.2: of the types of RFC 6749 §5.1, and a refresh token has none of these.
            token_type: None,
            cnf: None,
            act: None,
            acr: Some(grant.authentication().acr),
            auth_time: Some(grant.authentication().auth_time.into()),
            username: who.username,
        })
    }

    fn active(told: Told) -> Self {
        Self { active: true, told: Some(Box::new(told)) }
    }
}

/// The same in a token of ours (RFC 9701 §5): whoever keeps it can show later what we said.
#[derive(Debug, Serialize)]
pub(crate) struct SignedIntrospection {
    iss: Issuer,
    aud: ClientId,
    iat: NumericDate,
    // No `sub` and no `exp` beside it: it must not pass for an access token (RFC 9701 §8.1).
    token_introspection: Introspection,
}

impl TokenKind for SignedIntrospection {
    const TYP: &'static str = "token-introspection+jwt";
}

impl SignedIntrospection {
    /// The media type that asks for it, and that it is answered as.
    pub(crate) const MEDIA_TYPE: &'static str = "application/token-introspection+jwt";

    /// The answer for that client.
    pub(crate) fn new(issuer: &Issuer, client: &Client, now: Timestamp, answer: Introspection) -> Self {
        let (iss, aud) = (issuer.clone(), client.client_id.clone());
        Self { iss, aud, iat: now.into(), token_introspection: answer }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::Duration;
    use crate::protocol::client::tests::confidential;
    use crate::protocol::grant::Standing;
    use crate::protocol::grant::tests::{NOW, grant};
    use crate::protocol::refresh::RefreshState;
    use crate::protocol::resource::tests::{BILLING, ORDERS, resources};
    use crate::protocol::token::tests::{access_token, issuer};
    use crate::protocol::token::{Purpose, Stamp};

    fn marie() -> SpokenFor {
        SpokenFor { subject: grant().subject(), username: Some("marie@example.fr".to_owned()) }
    }

    #[test]
    fn an_active_token_is_told_in_the_words_of_rfc_7662() {
        assert_eq!(
            serde_json::to_value(Introspection::of_access_token(&access_token(), marie())).unwrap(),
            json!({
                "active": true, "iss": "https://id.example/realms/certinomis", "client_id": "portal",
                "sub": "01900000-0000-7000-8000-000000000001", "aud": "https://id.example/realms/certinomis",
                "scope": "openid profile", "jti": "j-1", "exp": 1_800_000_300, "iat": 1_800_000_000,
                "token_type": "Bearer", "acr": "password", "auth_time": 1_799_999_940, "username": "marie@example.fr"
            })
        );
        let hour = Duration::from_hours(1);
        let policy = RefreshPolicy { idle: hour, absolute: hour * 2, grace: Duration::ZERO };
        let state = RefreshState::Current;
        let token = RefreshToken { grant: grant(), standing: Standing::Sound, issued: NOW, state, bound: None };
        let told = Introspection::of_refresh_token(&issuer(), &token, &policy, SpokenFor { username: None, ..marie() });
        assert_eq!(
            serde_json::to_value(told).unwrap(),
            json!({
                "active": true, "iss": "https://id.example/realms/certinomis", "client_id": "portal",
                "sub": "01900000-0000-7000-8000-000000000001", "scope": "openid profile",
                "exp": 1_800_003_600, "iat": 1_800_000_000, "acr": "password", "auth_time": 1_799_999_940
            })
        );
    }

    #[test]
    fn sr_162_of_any_other_nothing_is_told_plain_or_signed() {
        assert_eq!(serde_json::to_value(Introspection::inactive()).unwrap(), json!({"active": false}));
        let signed = SignedIntrospection::new(&issuer(), &confidential("orders"), NOW, Introspection::inactive());
        assert_eq!(
            serde_json::to_value(signed).unwrap(),
            json!({
                "iss": "https://id.example/realms/certinomis", "aud": "orders", "iat": 1_800_000_000,
                "token_introspection": {"active": false}
            })
        );
    }

    #[test]
    fn sr_162_a_token_concerns_whom_it_was_given_and_the_resource_it_is_for() {
        let token = |audience: &str| {
            let audience = Audience::One(audience.to_owned());
            let stamp = Stamp { jti: "j".to_owned(), now: NOW, lifetime: Duration::from_mins(5) };
            let purpose = Purpose { scope: Scope::default(), audience, confirmation: None };
            AccessToken::of_client(&issuer(), &ClientId::new("robot"), purpose, &stamp)
        };
        for (client, audience, verdict) in [
            ("robot", BILLING, true),
            ("orders", ORDERS, true),
            ("orders", BILLING, false),
            ("orders", "orders", false),
            ("portal", ORDERS, false),
        ] {
            assert_eq!(concerns(&token(audience), &confidential(client), &resources()), verdict, "{client} {audience}");
        }
    }
}
