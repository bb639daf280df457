//! The one integration-test binary: each binary would link everything once more.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed, and says where"
)]

mod admin;
mod architecture;
mod attack;
mod audit;
mod benches;
mod browser;
mod clients;
mod fronts;
mod generated;
mod journeys;
mod mail;
mod nodes;
mod oauth;
mod outbound;
mod pages;
mod published;
mod readme;
mod realm;
mod registries;
mod requirements;
mod revocation;
mod server;
mod statements;
mod supply;
mod support;
mod timing;
