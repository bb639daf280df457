//! Numbers for value added tax that wait for VIES.

pub(crate) const STATEMENTS: &[&str] = &[
    // One row for each organisation whose number nobody could check when it was taken (DOMAIN.md §3); gone with the verdict.
    // `due_at` is the next turn, and while a node asks, the end of its claim.
    "CREATE TABLE vat_checks (
        organisation_id uuid PRIMARY KEY REFERENCES organisations (id) ON DELETE CASCADE,
        realm text NOT NULL,
        since bigint NOT NULL,
        due_at bigint NOT NULL)",
    "CREATE INDEX vat_checks_by_turn ON vat_checks (due_at)",
    // Those of before wait from now on, which for SQL that both databases read is the last change of any of them. A row that
    // waits for nothing goes at its first turn.
    "INSERT INTO vat_checks (organisation_id, realm, since, due_at)
        SELECT id, realm, (SELECT max(updated_at) FROM organisations), updated_at FROM organisations
        WHERE details LIKE '%\"vat_status\":\"pending\"%' AND details LIKE '%\"vat_number\":%'",
];
