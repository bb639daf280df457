//! The `guichet` command.
