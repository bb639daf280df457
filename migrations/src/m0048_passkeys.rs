//! Passkeys (WebAuthn): keys that people's devices keep, challenges that were answered, and whoever does not want one yet.

pub(crate) const STATEMENTS: &[&str] = &[
    // `credential_id` is the authenticator's own name for the key, unique in a realm (WebAuthn §7.1, step 26);
    // `user_handle` is what it knows the account by, and says nothing of its person (§14.6.1). `passkey` is the public
    // key with what was found out of it; `aaguid` names the kind of authenticator, all zeros when it does not say.
    // `sign_count` only ever grows, where the authenticator counts: the statement that moves it is what an answer is
    // believed once by.
    "CREATE TABLE passkeys (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        realm text NOT NULL,
        credential_id bytea NOT NULL,
        user_handle uuid NOT NULL,
        passkey bytea NOT NULL,
        aaguid uuid NOT NULL,
        name text NOT NULL,
        sign_count bigint NOT NULL CHECK (sign_count >= 0),
        created_at bigint NOT NULL,
        used_at bigint)",
    "CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (realm, credential_id)",
    "CREATE INDEX passkeys_by_user ON passkeys (user_id, created_at)",
    // Challenges that were answered, whatever the answer: each is good once. `challenge` is SHA-256 of the realm and of it.
    "CREATE TABLE spent_challenges (
        challenge bytea PRIMARY KEY,
        expires_at bigint NOT NULL)",
    "CREATE INDEX spent_challenges_by_end ON spent_challenges (expires_at)",
    // Who said « Plus tard », and when last.
    "CREATE TABLE passkey_offers (
        user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        put_off_at bigint NOT NULL)",
];
