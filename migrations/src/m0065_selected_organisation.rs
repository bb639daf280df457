//! The organisation that a grant is for.

pub(crate) const STATEMENTS: &[&str] = &[
    // The grant says it itself; the column is what the next request of the same client in the same session looks for.
    // Whether somebody still belongs to it is read when it is told: no reference, nothing to cascade.
    "ALTER TABLE grants ADD COLUMN organisation_id uuid",
];
