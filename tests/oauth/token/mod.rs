//! The token endpoint: who may ask, and what a code, a refresh token, a token or somebody's word is worth.

mod client_authentication;
mod client_credentials;
mod code;
mod exchange;
mod jwt_bearer;
mod refresh;
mod tokens;
