//! OAuth 2.0 and OpenID Connect as values: requests, checks, grants, claims. Nothing here knows HTTP.

pub mod client;
