//! Sets of questions, of which some are asked, and answers that are told of once.

pub(crate) const STATEMENTS: &[&str] = &[
    // The question is sealed, the answer hashed as a password is (SR-36, SR-37). The same are asked until they are answered:
    // those that were answered longest ago (SR-40).
    "CREATE TABLE challenge_questions (
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        place integer NOT NULL,
        question bytea NOT NULL,
        answer text NOT NULL,
        pepper integer NOT NULL,
        changed_at bigint NOT NULL,
        answered_at bigint,
        PRIMARY KEY (user_id, place))",
    // A journey in which somebody answered is a name that counts once. SQLite changes no CHECK in place, so that the table is
    // made anew under its own name: what is spent stays spent, and the binary of before writes to it as it did.
    "CREATE TABLE spent_names_with_challenges (
        purpose text NOT NULL CHECK (purpose IN ('client_assertion', 'bearer_assertion', 'dpop_proof', 'challenge')),
        name bytea NOT NULL,
        expires_at bigint NOT NULL,
        PRIMARY KEY (purpose, name))",
    "INSERT INTO spent_names_with_challenges (purpose, name, expires_at)
        SELECT purpose, name, expires_at FROM spent_names",
    "DROP TABLE spent_names",
    "ALTER TABLE spent_names_with_challenges RENAME TO spent_names",
    "CREATE INDEX spent_names_by_end ON spent_names (expires_at)",
];
