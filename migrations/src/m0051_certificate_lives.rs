//! What becomes of certificates after they were bound: asked about again, found revoked, coming to their end.

pub(crate) const STATEMENTS: &[&str] = &[
    // When its authority was found to have revoked it; it stays in the list, and opens nothing.
    "ALTER TABLE certificates ADD COLUMN revoked_at bigint",
    // What stands in `content` as well, for statements to compare with.
    "ALTER TABLE certificates ADD COLUMN not_after bigint",
    // How many days ahead its owner was last reminded of its end.
    "ALTER TABLE certificates ADD COLUMN reminded integer",
    "CREATE INDEX certificates_by_end ON certificates (realm, not_after)",
    // What was shown last, and led to an authority: a list of DER in base64url, the certificate itself first. By it the
    // certificate can be asked about while nobody shows it; `asked_at` is when it last was.
    "CREATE TABLE certificate_paths (
        realm text NOT NULL,
        sha256 text NOT NULL,
        path text NOT NULL,
        asked_at bigint NOT NULL,
        PRIMARY KEY (realm, sha256))",
    "CREATE INDEX certificate_paths_by_asking ON certificate_paths (asked_at)",
    // The sessions that hang on a certificate.
    "ALTER TABLE sessions ADD COLUMN certificate_sha256 text",
    "CREATE INDEX sessions_by_certificate ON sessions (realm, certificate_sha256) WHERE certificate_sha256 IS NOT NULL",
];
