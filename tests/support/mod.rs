//! What stories are told with.

pub(crate) mod authenticator;
pub(crate) mod axe;
pub(crate) mod browser;
pub(crate) mod card;
pub(crate) mod chromium;
pub(crate) mod client_app;
pub(crate) mod database;
pub(crate) mod demo;
pub(crate) mod filled;
pub(crate) mod held;
pub(crate) mod holder;
pub(crate) mod http;
pub(crate) mod jar;
pub(crate) mod log;
pub(crate) mod organisations;
pub(crate) mod outside;
pub(crate) mod page;
pub(crate) mod passkey;
pub(crate) mod peer;
pub(crate) mod people;
pub(crate) mod pki;
pub(crate) mod preview;
pub(crate) mod process;
pub(crate) mod signer;
pub(crate) mod smtp;
pub(crate) mod world;
