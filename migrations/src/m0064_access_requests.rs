//! People who ask the administrators of an organisation for access; and organisations that close with their last member.

pub(crate) const STATEMENTS: &[&str] = &[
    // Whoever finds that their organisation has a customer account may ask for access. `token` is SHA-256 of a 256-bit
    // token (SR-43); administrators hear of nobody who has not read the mailbox (`proven`).
    "CREATE TABLE access_requests (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        organisation_id uuid NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        email text NOT NULL,
        email_canonical text NOT NULL,
        first_name text NOT NULL,
        last_name text NOT NULL,
        language text NOT NULL,
        state text NOT NULL CHECK (state IN ('asked', 'proven', 'accepted', 'refused')),
        token bytea NOT NULL UNIQUE,
        requested_from text NOT NULL,
        asked_at bigint NOT NULL,
        link_ends_at bigint NOT NULL,
        proven_at bigint,
        decided_at bigint,
        decided_by uuid,
        expires_at bigint NOT NULL,
        UNIQUE (organisation_id, email_canonical))",
    "CREATE INDEX access_requests_by_address ON access_requests (realm, email_canonical)",
    "CREATE INDEX access_requests_by_end ON access_requests (expires_at)",
    // When its person agreed that the organisations in which they are alone close with the account.
    "ALTER TABLE closings ADD COLUMN with_organisations_at bigint",
];
