//! The portal against a provider that lies: each lie is told by one row, and each is refused.
