//! The product as it is run: `guichet serve` in processes of its own, on SQLite and PostgreSQL, killed and restarted.

pub(crate) mod browser;
pub(crate) mod client;
mod contests;
mod database;
mod front;
mod health;
pub(crate) mod journey;
mod keys;
mod kills;
pub(crate) mod node;
mod pair;
mod resets;
mod roles;
pub(crate) mod site;
mod starts;
mod thousands;
mod tls;
