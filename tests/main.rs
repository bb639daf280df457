//! The one integration-test binary: each binary would link everything once more.

mod browser;
mod mail;
mod realm;
mod support;
