//! Guichet's database schema, one frozen step per file.
