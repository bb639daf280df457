//! The product as it is run: `guichet serve` in processes of its own, on SQLite and PostgreSQL, killed and restarted.

mod browser;
mod client;
mod contests;
mod database;
mod front;
mod health;
mod journey;
mod keys;
mod kills;
mod node;
mod pair;
mod site;
mod starts;
mod tls;
