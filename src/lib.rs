//! Guichet, a self-contained OpenID Connect provider: how customers of a portal get an account and come back to it.
//!
//! Four rings, arrows inward only (`ARCHITECTURE.md`; held by `tests/architecture.rs`):
//!
//! | ring    | modules | knows |
//! |---------|---------|-------|
//! | process | `cli`, `config`, `server`, `assembly`, `housekeeping`, `demo` | how things are started |
//! | doors   | `oauth`, `journeys`, and `app`, what they share | HTTP |
//! | means   | `store`, `keys`, `mail`, `themes`, `audit`, `throttle`, `outbound`, `revocation`, `registries` | the world |
//! | rules   | `identity`, `authentication`, `protocol`, `realm`, `proofs`, `x509` | no I/O, no async, no clock |
//!
//! The ground below them all (`clock`, `entropy`, `secret`, `ids`, `code`, `source`, `reference`, `event`) uses nothing of ours.

// ground
pub mod clock;
pub mod code;
pub mod entropy;
pub mod event;
pub mod ids;
pub mod reference;
pub mod secret;
pub mod source;

// rules
pub mod authentication;
pub mod identity;
pub mod proofs;
pub mod protocol;
pub mod realm;
pub mod x509;

// means
pub mod audit;
pub(crate) mod keys;
pub mod mail;
pub mod outbound;
pub(crate) mod paper;
pub mod registries;
pub mod revocation;
pub mod store;
pub mod themes;
pub(crate) mod throttle;

// doors, and what they share
pub(crate) mod admin;
pub(crate) mod app;
pub mod journeys;
pub(crate) mod oauth;

// process
pub mod assembly;
pub mod cli;
pub mod config;
pub mod demo;
pub mod housekeeping;
pub mod server;
