//! Applications that others wrote, driven against `guichet serve` in a process of its own: what they do not accept, we
//! have wrong.
//!
//! The `openidconnect` crate needs nothing. `openid-client` plays its scenarios in Node, `mod_auth_openidc` stands in an
//! Apache before a browser, `keycloak-js` runs in a page: `tests/run` installs them; a machine without them leaves these
//! stories out and says so.

mod house;
mod installed;
mod keycloak_js;
mod mod_auth_openidc;
mod openid_client;
mod openidconnect_crate;
mod person;
mod relying_party;
