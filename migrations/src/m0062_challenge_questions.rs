//! Sets of questions, of which some are asked.

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
];
