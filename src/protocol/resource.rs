//! The APIs that take a realm's access tokens, and how far a token reaches that a client asks for them (RFC 8707).
//!
//! No grant widens anything (SR-145): scope and resources stay within the client's registration, and with a resource
//! goes only what can be asked of that resource.

use std::collections::BTreeSet;

use super::client::{Client, ClientId};
use super::error::{Error, ErrorCode};
use super::parameters::Parameters;
use super::scope::Scope;

/// A protected resource: an API that takes the realm's access tokens (RFC 8707 §2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its identifier, the `aud` of its tokens: an absolute address.
    pub uri: String,
    /// What can be asked of it.
    pub scopes: BTreeSet<String>,
    /// The client that it is itself, when it asks us about the tokens that it is shown (RFC 7662 §2.1).
    pub server: Option<ClientId>,
}

impl Resource {
    /// Whether it is that client.
    pub(crate) fn is_served_by(&self, client: &Client) -> bool {
        self.server.as_ref() == Some(&client.client_id)
    }
}

/// What a request to the token endpoint says of how far its token is to reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// `scope`, when it says so.
    pub(crate) scope: Option<Scope>,
    /// Each `resource` (RFC 8707 §2.2).
    pub(crate) resources: BTreeSet<String>,
}

impl Wish {
    /// Reads it.
    pub(crate) fn read(parameters: &Parameters) -> Result<Self, Error> {
        let malformed = |_| Error::new(ErrorCode::InvalidScope, "scope is malformed");
        Ok(Self {
            scope: parameters.single("scope")?.map(Scope::parse).transpose().map_err(malformed)?,
            resources: parameters.all("resource").map(str::to_owned).collect(),
        })
    }
}

/// How far a token reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reach {
    /// What may be done with it.
    pub(crate) scope: Scope,
    /// Where, beside the provider itself.
    pub(crate) resources: BTreeSet<String>,
}

/// What `client` gets of what it wishes, where at most the `allowed` scope can be had.
///
/// RFC 9068 §3: where no resource is named, those that the scope belongs to are meant.
pub(crate) fn reach(client: &Client, wish: &Wish, allowed: &Scope, all: &[Resource]) -> Result<Reach, Error> {
    if !wish.resources.is_subset(&client.resources) {
        return Err(Error::invalid_target());
    }
    let allowed = if wish.resources.is_empty() {
        allowed.clone()
    } else {
        let meant = all.iter().filter(|resource| wish.resources.contains(&resource.uri));
        allowed.limited_to(&meant.flat_map(|resource| resource.scopes.iter().cloned()).collect())
    };
    let scope = match &wish.scope {
        Some(asked) if !asked.is_open_to(&allowed) => return Err(Error::excessive_scope()),
        Some(asked) => asked.clone(),
        None => allowed,
    };
    let resources = if wish.resources.is_empty() {
        let own = all.iter().filter(|resource| client.resources.contains(&resource.uri));
        let meant = own.filter(|resource| resource.scopes.iter().any(|word| scope.contains(word)));
        meant.map(|resource| resource.uri.clone()).collect()
    } else {
        wish.resources.clone()
    };
    Ok(Reach { scope, resources })
}

/// What a client that acts for itself gets (RFC 6749 §4.4): all or part of what it registered, and nothing that speaks
/// of a person.
pub(crate) fn of_client(client: &Client, wish: &Wish, all: &[Resource]) -> Result<Reach, Error> {
    reach(client, wish, &Scope::of(client.scopes.clone()).of_resources(), all)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::protocol::client::tests::confidential;

    pub(crate) const ORDERS: &str = "https://orders.example/";
    pub(crate) const BILLING: &str = "https://billing.example/";

    /// Two of them; the first is the client `orders`.
    pub(crate) fn resources() -> Vec<Resource> {
        let resource = |uri: &str, scopes: &[&str], server: Option<&str>| Resource {
            uri: uri.to_owned(),
            scopes: scopes.iter().map(|word| (*word).to_owned()).collect(),
            server: server.map(ClientId::new),
        };
        vec![
            resource(ORDERS, &["orders:read", "orders:write"], Some("orders")),
            resource(BILLING, &["billing:read"], None),
        ]
    }

    /// A client that may ask tokens for both.
    pub(crate) fn robot(id: &str) -> Client {
        Client {
            scopes: ["openid", "email", "offline_access", "orders:read", "billing:read"].map(str::to_owned).into(),
            resources: [ORDERS, BILLING].map(str::to_owned).into(),
            ..confidential(id)
        }
    }

    pub(crate) fn wish(scope: &str, resources: &[&str]) -> Wish {
        let scope = Some(scope).filter(|scope| !scope.is_empty()).map(|scope| Scope::parse(scope).unwrap());
        Wish { scope, resources: resources.iter().map(|uri| (*uri).to_owned()).collect() }
    }

    #[test]
    fn sr_145_sr_150_a_client_gets_what_it_registered_and_nothing_of_a_person() {
        for (scope, asked, verdict) in [
            ("", vec![], Ok(("billing:read orders:read", vec![BILLING, ORDERS]))),
            ("orders:read", vec![], Ok(("orders:read", vec![ORDERS]))),
            ("", vec![ORDERS], Ok(("orders:read", vec![ORDERS]))),
            ("orders:read", vec![ORDERS, BILLING], Ok(("orders:read", vec![BILLING, ORDERS]))),
            ("billing:read", vec![ORDERS], Err(ErrorCode::InvalidScope)),
            ("orders:write", vec![], Err(ErrorCode::InvalidScope)),
            ("openid", vec![], Err(ErrorCode::InvalidScope)),
            ("email", vec![], Err(ErrorCode::InvalidScope)),
            ("orders:read offline_access", vec![], Err(ErrorCode::InvalidScope)),
            ("", vec!["https://other.example/"], Err(ErrorCode::InvalidTarget)),
            ("", vec![ORDERS, "https://orders.example"], Err(ErrorCode::InvalidTarget)),
        ] {
            let got = of_client(&robot("robot"), &wish(scope, &asked), &resources());
            let got = got.map(|reach| (reach.scope.to_string(), reach.resources.into_iter().collect::<Vec<_>>()));
            let verdict =
                verdict.map(|(scope, uris)| (scope.to_owned(), uris.into_iter().map(str::to_owned).collect()));
            assert_eq!(got.map_err(|error| error.code()), verdict, "{scope} {asked:?}");
        }
    }
}
