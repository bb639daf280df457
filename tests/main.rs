//! The one integration-test binary: each binary would link everything once more.

mod architecture;
mod browser;
mod generated;
mod mail;
mod realm;
mod requirements;
mod server;
mod support;
