//! Token exchange (RFC 8693): a service that was shown somebody's access token gets one of its own for what it has to ask
//! further on.
//!
//! Both tokens are ours and stand; whose tokens a client may exchange, and whether it disappears behind the person, says
//! its file. Scope can only shrink, and what comes of it hangs on the person's own grant (SR-152).

use serde::{Deserialize, Serialize};

use super::client::{Client, ClientId};
use super::error::Error;
use super::issuer::Issuer;
use super::parameters::Parameters;
use super::resource::{Reach, Resource, Wish, reach};
use super::subject::Subject;
use super::token::AccessToken;
use crate::secret::Secret;

/// How many may have acted one for the other: a longer chain is a loop.
const LONGEST_CHAIN: usize = 4;

/// A kind of token that is taken and given (RFC 8693 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum TokenType {
    /// An access token.
    #[serde(rename = "urn:ietf:params:oauth:token-type:access_token")]
    AccessToken,
    /// The same, by what it is made of.
    #[serde(rename = "urn:ietf:params:oauth:token-type:jwt")]
    Jwt,
}

impl TokenType {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "urn:ietf:params:oauth:token-type:access_token" => Some(Self::AccessToken),
            "urn:ietf:params:oauth:token-type:jwt" => Some(Self::Jwt),
            _ => None,
        }
    }
}

/// `act`: who acts for the subject, and for whom they acted in turn (RFC 8693 §4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Actor {
    sub: Subject,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Box<Self>>,
}

impl Actor {
    /// That client, after whoever acted before it.
    pub(crate) fn new(client: &ClientId, before: Option<Self>) -> Self {
        Self { sub: Subject::of_client(client), act: before.map(Box::new) }
    }

    fn chain(&self) -> usize {
        1 + self.act.as_ref().map_or(0, |before| before.chain())
    }
}

/// RFC 8693 §2.1.
#[derive(Debug)]
pub(crate) struct ExchangeRequest {
    /// Whom the new token will speak for.
    pub(crate) subject_token: Secret<String>,
    /// Who acts; without it, the client that asks.
    pub(crate) actor_token: Option<Secret<String>>,
    /// What the answer is to be called.
    pub(crate) requested: TokenType,
    /// Each `audience`: a resource by its address, or by the client that it is.
    audiences: Vec<String>,
    wish: Wish,
}

impl ExchangeRequest {
    /// Reads it.
    pub(crate) fn read(parameters: &Parameters) -> Result<Self, Error> {
        let of_type = |name| parameters.single(name).map(|value| value.map(TokenType::parse));
        let unsupported = || Error::invalid_request("a token type is not supported");
        let secret = |name| parameters.single(name).map(|token| token.map(|token| Secret::new(token.to_owned())));
        let actor_token = secret("actor_token")?;
        match (of_type("subject_token_type")?, of_type("actor_token_type")?, &actor_token) {
            (None, ..) => return Err(Error::invalid_request("subject_token_type is missing")),
            (Some(None), ..) | (_, Some(None), _) => return Err(unsupported()),
            (_, None, Some(_)) => return Err(Error::invalid_request("actor_token_type is missing")),
            // RFC 8693 §2.1: it "MUST NOT be included when the actor_token parameter is not".
            (_, Some(_), None) => return Err(Error::invalid_request("actor_token is missing")),
            (Some(Some(_)), ..) => {}
        }
        let requested = of_type("requested_token_type")?.unwrap_or(Some(TokenType::AccessToken));
        Ok(Self {
            subject_token: secret("subject_token")?.ok_or(Error::invalid_request("subject_token is missing"))?,
            actor_token,
            requested: requested.ok_or_else(unsupported)?,
            audiences: parameters.all("audience").map(str::to_owned).collect(),
            wish: Wish::read(parameters)?,
        })
    }
}

/// A token of ours that stands, and the client that it was issued to.
#[derive(Clone, Copy)]
pub(crate) struct Presented<'a> {
    /// What it says.
    pub(crate) token: &'a AccessToken,
    /// Whose it is.
    pub(crate) client: &'a Client,
}

/// What a client gets for a token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exchanged {
    /// How far the new one reaches.
    pub(crate) reach: Reach,
    /// Who acts with it; nobody but the subject, where the client may disappear.
    pub(crate) act: Option<Actor>,
}

/// What is wrong with a token. RFC 8693 §2.2.2: "invalid for any reason, or [...] unacceptable based on policy", the code
/// is `invalid_request`.
pub(crate) const fn unfit() -> Error {
    Error::invalid_request("a token cannot be exchanged by this client")
}

/// Whether `client` may exchange the subject's token, and what for.
pub(crate) fn decide(
    client: &Client,
    request: &ExchangeRequest,
    subject: Presented<'_>,
    actor: Option<&AccessToken>,
    realm: (&Issuer, &[Resource]),
) -> Result<Exchanged, Error> {
    let (issuer, resources) = realm;
    let Presented { token, client: owner } = subject;
    // A client's own token hangs on no grant: nothing would end what was exchanged for it.
    let may = client.exchange.subjects.contains(token.client_id()) && token.grant_id().is_some();
    if !may || !was_shown_to(client, token, issuer, resources) || actor.is_some_and(|actor| !speaks_for(client, actor))
    {
        return Err(unfit());
    }
    let act = if client.exchange.impersonate && actor.is_none() {
        token.act.clone()
    } else {
        Some(Actor::new(&client.client_id, token.act.clone()))
    };
    if act.as_ref().is_some_and(|act| act.chain() > LONGEST_CHAIN) {
        return Err(unfit());
    }
    let allowed = token.scope().limited_to(&owner.scopes).limited_to(&client.scopes).of_resources();
    let reach = reach(client, &request.targets(resources)?, &allowed, resources)?;
    Ok(Exchanged { reach, act })
}

/// SR-152: a token that was meant for somebody else, and found, is worth nothing here. Ours are those for a resource that
/// this client is, those for the provider, and those that it was given itself.
fn was_shown_to(client: &Client, token: &AccessToken, issuer: &Issuer, resources: &[Resource]) -> bool {
    let mut own = resources.iter().filter(|resource| resource.is_served_by(client));
    *token.client_id() == client.client_id || token.is_for(issuer.as_str()) || own.any(|own| token.is_for(&own.uri))
}

/// Whoever acts is whoever asks: a token by which the client speaks for itself.
fn speaks_for(client: &Client, actor: &AccessToken) -> bool {
    *actor.subject() == Subject::of_client(&client.client_id) && *actor.client_id() == client.client_id
}

impl ExchangeRequest {
    /// What it wishes, each audience by the address of its resource (RFC 8693 §2.1: a "logical name").
    fn targets(&self, resources: &[Resource]) -> Result<Wish, Error> {
        let mut wish = self.wish.clone();
        for audience in &self.audiences {
            let called = |resource: &&Resource| {
                resource.uri == *audience || resource.server.as_ref().is_some_and(|server| server.as_str() == audience)
            };
            let meant: Vec<_> = resources.iter().filter(called).map(|resource| resource.uri.clone()).collect();
            if meant.is_empty() {
                return Err(Error::invalid_target());
            }
            wish.resources.extend(meant);
        }
        Ok(wish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client::Exchange;
    use crate::protocol::error::ErrorCode;
    use crate::protocol::resource::tests::{BILLING, ORDERS, resources, robot};
    use crate::protocol::scope::Scope;
    use crate::protocol::token::tests::{access_token, issuer};
    use crate::protocol::token::{Audience, Purpose, Stamp};

    const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";

    fn read(more: &str) -> Result<ExchangeRequest, Error> {
        let body = format!("subject_token=s&subject_token_type={ACCESS}{more}");
        ExchangeRequest::read(&Parameters::parse(body.as_bytes()).unwrap())
    }

    fn stamp() -> Stamp {
        let now = crate::protocol::grant::tests::NOW;
        Stamp { jti: "j".to_owned(), now, lifetime: crate::clock::Duration::from_mins(5) }
    }

    /// Marie's token, as the portal has it.
    fn subject(audience: &str, acted: usize) -> AccessToken {
        let purpose = Purpose {
            scope: Scope::parse("openid orders:read orders:write billing:read").unwrap(),
            audience: Audience::One(audience.to_owned()),
            confirmation: None,
        };
        let token = access_token();
        let portal = ClientId::new("portal");
        let act = (0..acted).fold(None, |before, _| Some(Actor::new(&portal, before)));
        token.exchanged(&portal, token.subject().clone(), purpose, act, &stamp())
    }

    fn orders(impersonate: bool) -> Client {
        let exchange = Exchange { subjects: [ClientId::new("portal")].into(), impersonate };
        Client { exchange, ..robot("orders") }
    }

    #[test]
    fn sr_152_what_is_not_an_exchange_of_our_access_tokens_is_refused() {
        for (more, refused) in [
            ("", false),
            ("&requested_token_type=urn:ietf:params:oauth:token-type:jwt", false),
            ("&requested_token_type=urn:ietf:params:oauth:token-type:refresh_token", true),
            ("&requested_token_type=urn:ietf:params:oauth:token-type:saml2", true),
            ("&actor_token=a", true),
            ("&actor_token_type=urn:ietf:params:oauth:token-type:access_token", true),
            ("&actor_token=a&actor_token_type=urn:ietf:params:oauth:token-type:id_token", true),
            ("&actor_token=a&actor_token_type=urn:ietf:params:oauth:token-type:access_token", false),
        ] {
            assert_eq!(
                read(more).map_err(|error| error.code()).err(),
                refused.then_some(ErrorCode::InvalidRequest),
                "{more}"
            );
        }
        for body in ["subject_token=s", "subject_token=s&subject_token_type=urn:ietf:params:oauth:token-type:id_token"]
        {
            assert!(ExchangeRequest::read(&Parameters::parse(body.as_bytes()).unwrap()).is_err(), "{body}");
        }
    }

    #[test]
    fn sr_152_tokens_are_exchanged_by_those_who_may_for_what_both_may_have() {
        let own = issuer().as_str().to_owned();
        let portal = robot("portal");
        for (case, client, token, more, verdict) in vec![
            ("all that both have", orders(false), subject(&own, 0), "", Ok("billing:read orders:read")),
            (
                "for one resource",
                orders(false),
                subject(&own, 0),
                "&resource=https://billing.example/",
                Ok("billing:read"),
            ),
            ("by its name", orders(false), subject(&own, 0), "&audience=https://billing.example/", Ok("billing:read")),
            ("by its client", orders(false), subject(&own, 0), "&audience=orders", Ok("orders:read")),
            ("less", orders(false), subject(&own, 0), "&scope=orders:read", Ok("orders:read")),
            ("meant for it", orders(false), subject(ORDERS, 0), "", Ok("billing:read orders:read")),
            ("meant for another", orders(false), subject(BILLING, 0), "", Err(ErrorCode::InvalidRequest)),
            ("more", orders(false), subject(&own, 0), "&scope=orders:write", Err(ErrorCode::InvalidScope)),
            ("claims of a person", orders(false), subject(&own, 0), "&scope=openid", Err(ErrorCode::InvalidScope)),
            ("a strange audience", orders(false), subject(&own, 0), "&audience=other", Err(ErrorCode::InvalidTarget)),
            (
                "a strange resource",
                orders(false),
                subject(&own, 0),
                "&resource=https://o.example/",
                Err(ErrorCode::InvalidTarget),
            ),
            ("not allowed", robot("orders"), subject(&own, 0), "", Err(ErrorCode::InvalidRequest)),
            ("a long chain", orders(false), subject(&own, 3), "", Ok("billing:read orders:read")),
            ("a longer one", orders(false), subject(&own, 4), "", Err(ErrorCode::InvalidRequest)),
        ] {
            let presented = Presented { token: &token, client: &portal };
            let got = decide(&client, &read(more).unwrap(), presented, None, (&issuer(), &resources()));
            let got = got.map(|exchanged| exchanged.reach.scope.to_string()).map_err(|error| error.code());
            assert_eq!(got, verdict.map(str::to_owned), "{case}");
        }
    }

    #[test]
    fn sr_152_who_acts_is_named_unless_the_policy_lets_them_disappear() {
        let (own, portal) = (issuer().as_str().to_owned(), robot("portal"));
        let purpose = |id: &str| {
            let audience = Audience::One(own.clone());
            let purpose = Purpose { scope: Scope::default(), audience, confirmation: None };
            AccessToken::of_client(&issuer(), &ClientId::new(id), purpose, &stamp())
        };
        let (itself, other) = (purpose("orders"), purpose("portal"));
        for (case, impersonate, actor, verdict) in [
            ("delegation", false, None, Ok(1)),
            ("impersonation", true, None, Ok(0)),
            ("itself, by a token", true, Some(&itself), Ok(1)),
            ("somebody else", false, Some(&other), Err(ErrorCode::InvalidRequest)),
            ("a person", false, Some(&access_token()), Err(ErrorCode::InvalidRequest)),
        ] {
            let token = subject(&own, 0);
            let presented = Presented { token: &token, client: &portal };
            let got = decide(&orders(impersonate), &read("").unwrap(), presented, actor, (&issuer(), &resources()));
            let got = got.map(|exchanged| exchanged.act.map_or(0, |act| act.chain())).map_err(|error| error.code());
            assert_eq!(got, verdict, "{case}");
        }
        let of_client = Presented { token: &other, client: &portal };
        let refused = decide(&orders(false), &read("").unwrap(), of_client, None, (&issuer(), &resources()));
        assert_eq!(refused.unwrap_err().code(), ErrorCode::InvalidRequest, "it hangs on no grant");
    }
}
