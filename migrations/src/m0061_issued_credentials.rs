//! Accounts that a realm issues: a temporary password with an end, and addresses that several accounts may share.

pub(crate) const STATEMENTS: &[&str] = &[
    // Until when a password that was mailed may be used, once, to choose another; NULL for one that a person chose.
    "ALTER TABLE passwords ADD COLUMN temporary_until bigint",
    // The form in which addresses are equal (SR-173). Where an address is an identifier, `identifiers` holds it as well,
    // and there it is nobody else's; here it only finds accounts.
    "ALTER TABLE users ADD COLUMN email_canonical text",
    // Accounts of before have their address among the identifiers, in our own canonical form. Amid a change there are two,
    // and `lower` stands in: the same for ASCII. Beyond ASCII SQLite leaves capitals as they are, so that such an
    // account is found by its address from its next change on; nobody signs in by this column.
    "UPDATE users SET email_canonical = coalesce(
        (SELECT min(i.canonical) FROM identifiers i
            WHERE i.user_id = users.id AND i.kind = 'email' GROUP BY i.user_id HAVING count(*) = 1),
        lower(email))",
    "CREATE INDEX users_by_email ON users (realm, email_canonical)",
    // An account is issued one identifier in its life: two requests at once do not give it two.
    "CREATE UNIQUE INDEX identifiers_issued_once ON identifiers (user_id) WHERE kind = 'issued'",
    // Who was issued an account and never used it is forgotten (DOMAIN.md §10).
    "CREATE INDEX users_unproven ON users (created_at) WHERE email_verified_at IS NULL",
];
