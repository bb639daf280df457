//! OAuth 2.0 and OpenID Connect as values: requests, checks, grants, claims. Nothing here knows HTTP.

pub(crate) mod assurance;
pub(crate) mod claims;
pub mod client;
pub mod client_algorithm;
pub(crate) mod client_authentication;
pub(crate) mod code;
pub(crate) mod confirmation;
pub(crate) mod discovery;
pub(crate) mod dpop;
pub(crate) mod error;
pub(crate) mod grant;
pub(crate) mod issuer;
pub(crate) mod logout;
pub(crate) mod parameters;
pub(crate) mod refresh;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod scope;
pub mod sealed_secret;
pub(crate) mod sender;
pub(crate) mod stored;
pub(crate) mod subject;
pub(crate) mod thumbprint;
pub(crate) mod token;
pub(crate) mod token_request;
pub(crate) mod token_response;
