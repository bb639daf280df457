//! Guichet, a self-contained OpenID Connect provider: how customers of a portal get an account and come back to it.
//!
//! Four rings, arrows inward only (`ARCHITECTURE.md`; held by `tests/architecture.rs`):
//!
//! | ring    | modules | knows |
//! |---------|---------|-------|
//! | process | `cli`, `config`, `server`, `demo` | how things are started |
//! | doors   | `oauth`, `journeys` | HTTP |
//! | means   | `store`, `keys`, `mail`, `themes`, `audit`, `throttle` | the world |
//! | rules   | `identity`, `authentication`, `protocol`, `realm`, `proofs` | no I/O, no async, no clock |
//!
//! The ground below them all (`clock`, `entropy`, `secret`, `ids`, `code`) uses nothing of ours.

// ground
pub mod clock;
pub mod code;
pub mod entropy;
pub mod ids;
pub mod secret;

// rules
pub mod identity;
pub mod protocol;
pub mod realm;

// process
pub mod cli;
