//! The product as it is run: `guichet serve` in processes of its own, on SQLite and PostgreSQL, killed and restarted.

mod browser;
mod database;
mod journey;
mod kills;
mod node;
mod site;
