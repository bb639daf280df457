//! Terms of use: what was published, who accepted it, and what became of the copy that they were mailed.

pub(crate) const STATEMENTS: &[&str] = &[
    // The exact bytes of each text, for as long as somebody may ask what they had accepted; never changed.
    "CREATE TABLE terms (
        realm text NOT NULL,
        key text NOT NULL,
        version text NOT NULL,
        language text NOT NULL,
        title text NOT NULL,
        media_type text NOT NULL,
        content bytea NOT NULL,
        sha256 bytea NOT NULL,
        effective_at bigint NOT NULL,
        published_at bigint NOT NULL,
        published_by text NOT NULL,
        PRIMARY KEY (realm, key, version, language))",
    // Append-only. `content` is the evidence as JSON, `seal` a MAC over it, its number and the seal before it, so that
    // what is changed or missing shows. No reference to `users`: evidence outlives an account (DOMAIN.md §10).
    "CREATE TABLE terms_acceptances (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        user_id uuid NOT NULL,
        number bigint NOT NULL CHECK (number > 0),
        key text NOT NULL,
        version text NOT NULL,
        accepted_at bigint NOT NULL,
        content text NOT NULL,
        seal bytea NOT NULL,
        UNIQUE (user_id, number))",
    // What became of the mail with the copy: its `Message-ID`, or that it was given up.
    "CREATE TABLE terms_deliveries (
        mail_id uuid PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('sent', 'given_up')),
        message_id text,
        at bigint NOT NULL)",
];
