//! The token endpoint: who may ask, what a code is worth, what a refresh token is worth.

mod client_authentication;
mod code;
mod refresh;
mod tokens;
