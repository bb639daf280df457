//! The account pages: people read what happened to their account.

pub(crate) const STATEMENTS: &[&str] = &[
    // Whom an event is about, so that its person finds it. Events of older binaries tell it in their content only, and
    // are not shown to people.
    "ALTER TABLE events ADD COLUMN user_id uuid",
    "CREATE INDEX events_by_user ON events (user_id, id) WHERE user_id IS NOT NULL",
];
