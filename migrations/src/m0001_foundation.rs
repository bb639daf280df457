//! The first schema: realms, people and what they may prove, journeys, mailed links, sessions, grants, keys, outbox,
//! counters, leases, audit.

pub(crate) const STATEMENTS: &[&str] = &[
    // Realm files as they were applied; the newest version is the live one, the others are history.
    "CREATE TABLE realms (
        name text NOT NULL,
        version bigint NOT NULL,
        bundle text NOT NULL,
        applied_at bigint NOT NULL,
        applied_by text NOT NULL,
        PRIMARY KEY (name, version))",
    // What the process must recognise at start, such as the fingerprint of the master key.
    "CREATE TABLE facts (
        name text PRIMARY KEY,
        value text NOT NULL)",
    "CREATE TABLE users (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        state text NOT NULL CHECK (state IN ('active', 'disabled', 'closing', 'erased')),
        email text,
        email_verified_at bigint,
        first_name text NOT NULL,
        last_name text NOT NULL,
        language text NOT NULL,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL)",
    // One uniqueness domain for everything a person may type to sign in (SR-67); `canonical` is folded (SR-173).
    "CREATE TABLE identifiers (
        realm text NOT NULL,
        canonical text NOT NULL,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('email', 'username', 'issued')),
        PRIMARY KEY (realm, canonical))",
    "CREATE INDEX identifiers_by_user ON identifiers (user_id)",
    // PHC strings (SR-27); `pepper` names the version of the key that they were made with (SR-28).
    "CREATE TABLE passwords (
        user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        phc text NOT NULL,
        pepper integer NOT NULL,
        changed_at bigint NOT NULL)",
    // The question is sealed, the answer hashed as a password is (SR-36, SR-37).
    "CREATE TABLE secret_questions (
        user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        question bytea NOT NULL,
        answer text NOT NULL,
        pepper integer NOT NULL,
        changed_at bigint NOT NULL)",
    // Journeys through hosted pages, bound to one browser (SR-71); `journey` and `request` are our own JSON.
    "CREATE TABLE flows (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        browser bytea NOT NULL,
        request text,
        journey text NOT NULL,
        version bigint NOT NULL,
        created_at bigint NOT NULL,
        seen_at bigint NOT NULL,
        expires_at bigint NOT NULL)",
    "CREATE INDEX flows_by_browser ON flows (browser, seen_at)",
    "CREATE INDEX flows_by_end ON flows (expires_at)",
    // Forms already accepted, with the sealed answer that a second submission gets again.
    "CREATE TABLE submissions (
        id bytea PRIMARY KEY,
        outcome bytea NOT NULL,
        expires_at bigint NOT NULL)",
    "CREATE INDEX submissions_by_end ON submissions (expires_at)",
    // Mailed links. `token` is SHA-256 of a 256-bit token (SR-43); `code` is keyed, since six digits can be guessed.
    "CREATE TABLE links (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
        token bytea NOT NULL UNIQUE,
        code bytea NOT NULL,
        code_misses integer NOT NULL,
        email text NOT NULL,
        user_id uuid REFERENCES users (id) ON DELETE CASCADE,
        flow_id uuid NOT NULL,
        registration text,
        requested_from text NOT NULL,
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        code_expires_at bigint NOT NULL,
        spent_at bigint,
        spent_from text,
        voided_at bigint)",
    "CREATE INDEX links_by_flow ON links (flow_id, created_at)",
    "CREATE INDEX links_by_user ON links (user_id)",
    "CREATE INDEX links_by_end ON links (expires_at)",
    // Single sign-on of one browser with one realm; found by the hash of its cookie (SR-98).
    "CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        token bytea NOT NULL UNIQUE,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        amr text NOT NULL,
        acr text NOT NULL,
        auth_time bigint NOT NULL,
        created_at bigint NOT NULL,
        seen_at bigint NOT NULL,
        idle_seconds bigint NOT NULL,
        expires_at bigint NOT NULL,
        user_agent text NOT NULL,
        source text NOT NULL,
        ended_at bigint)",
    "CREATE INDEX sessions_by_user ON sessions (user_id)",
    "CREATE INDEX sessions_by_end ON sessions (expires_at)",
    // What a client was given. Codes and refresh tokens hang on it; revoking it ends them all (SR-138, SR-141).
    "CREATE TABLE grants (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        client_id text NOT NULL,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        session_id uuid NOT NULL,
        content text NOT NULL,
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        revoked_at bigint)",
    "CREATE INDEX grants_by_session ON grants (session_id)",
    "CREATE INDEX grants_by_user ON grants (user_id)",
    "CREATE INDEX grants_by_end ON grants (expires_at)",
    "CREATE TABLE codes (
        code bytea PRIMARY KEY,
        grant_id uuid NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
        content text NOT NULL,
        expires_at bigint NOT NULL,
        spent_at bigint)",
    "CREATE INDEX codes_by_end ON codes (expires_at)",
    // Each refresh token of a family; the live one is the only one without `rotated_at` (SR-140).
    "CREATE TABLE refresh_tokens (
        token bytea PRIMARY KEY,
        grant_id uuid NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
        issued_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        rotated_at bigint,
        successor bytea)",
    "CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (grant_id)",
    "CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at)",
    // Signing keys; the private half is sealed with the master key (SR-159).
    "CREATE TABLE keys (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        algorithm text NOT NULL,
        state text NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'retired')),
        private bytea NOT NULL,
        created_at bigint NOT NULL,
        changed_at bigint NOT NULL)",
    "CREATE INDEX keys_by_realm ON keys (realm)",
    // One key signs at a time for each realm and algorithm.
    "CREATE UNIQUE INDEX keys_one_active ON keys (realm, algorithm) WHERE state = 'active'",
    "CREATE UNIQUE INDEX keys_one_next ON keys (realm, algorithm) WHERE state = 'next'",
    // Mail waiting to be sent; `content` is sealed, and gone once the mail is (SR-182).
    "CREATE TABLE outbox (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        kind text NOT NULL,
        recipient text NOT NULL,
        language text NOT NULL,
        content bytea,
        state text NOT NULL CHECK (state IN ('queued', 'sent', 'given_up', 'held')),
        attempts integer NOT NULL,
        due_at bigint NOT NULL,
        claimed_until bigint NOT NULL,
        created_at bigint NOT NULL,
        expires_at bigint,
        ended_at bigint,
        reason text)",
    "CREATE INDEX outbox_due ON outbox (state, due_at)",
    // Failure counters of the throttle (SR-9); `key` is a keyed hash, never an address in clear.
    "CREATE TABLE counters (
        key bytea PRIMARY KEY,
        count bigint NOT NULL,
        since bigint NOT NULL,
        blocked_until bigint NOT NULL,
        expires_at bigint NOT NULL)",
    "CREATE INDEX counters_by_end ON counters (expires_at)",
    // Browsers in which an account signed in before (SR-13).
    "CREATE TABLE devices (
        token bytea PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created_at bigint NOT NULL,
        seen_at bigint NOT NULL)",
    "CREATE INDEX devices_by_user ON devices (user_id)",
    // Background work, each job on one node at a time.
    "CREATE TABLE leases (
        name text PRIMARY KEY,
        holder text NOT NULL,
        until bigint NOT NULL)",
    // The audit trail: inserted with what it explains, chained afterwards by the sealing job (SR-195).
    "CREATE TABLE events (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        at bigint NOT NULL,
        name text NOT NULL,
        content text NOT NULL,
        sequence bigint UNIQUE,
        chain bytea)",
    "CREATE INDEX events_unsealed ON events (id) WHERE sequence IS NULL",
];
