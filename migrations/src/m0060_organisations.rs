//! Organisations, who belongs to them and with which roles, and whom they name as their contacts.

pub(crate) const STATEMENTS: &[&str] = &[
    // One customer account for each registered number (DOMAIN.md §1): of two who register it at once, one row decides.
    // `details` is our own JSON. What the activation settled is told by the moment at which it was.
    "CREATE TABLE organisations (
        id uuid PRIMARY KEY,
        realm text NOT NULL,
        scheme text NOT NULL CHECK (scheme IN ('siret', 'vat', 'rna', 'ridet', 'tahiti', 'other')),
        country text NOT NULL,
        number text NOT NULL,
        details text NOT NULL,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        contacts_at bigint,
        users_at bigint,
        UNIQUE (realm, scheme, country, number))",
    "CREATE TABLE memberships (
        organisation_id uuid NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        joined_at bigint NOT NULL,
        PRIMARY KEY (organisation_id, user_id))",
    "CREATE INDEX memberships_by_user ON memberships (user_id)",
    // What somebody says they are is `declared`; the authority verifies or revokes it (DOMAIN.md §5).
    "CREATE TABLE organisation_roles (
        organisation_id uuid NOT NULL,
        user_id uuid NOT NULL,
        role text NOT NULL CHECK (role IN ('legal_representative', 'administrator', 'server_certificate_manager',
            'billing_contact', 'certification_agent', 'user')),
        state text NOT NULL CHECK (state IN ('declared', 'verified', 'revoked')),
        declared_at bigint NOT NULL,
        declared_by uuid,
        changed_at bigint NOT NULL,
        changed_by text,
        PRIMARY KEY (organisation_id, user_id, role),
        FOREIGN KEY (organisation_id, user_id) REFERENCES memberships (organisation_id, user_id) ON DELETE CASCADE)",
    "CREATE INDEX organisation_roles_by_user ON organisation_roles (user_id)",
    // A contact is a record, which may point to somebody's account (DOMAIN.md §5); `told_at` is when whoever was named
    // by somebody else was told so (GDPR, article 14).
    "CREATE TABLE organisation_contacts (
        organisation_id uuid NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('legal', 'administrative', 'billing')),
        user_id uuid REFERENCES users (id) ON DELETE CASCADE,
        first_name text NOT NULL,
        last_name text NOT NULL,
        email text,
        phone text,
        named_at bigint NOT NULL,
        told_at bigint,
        PRIMARY KEY (organisation_id, kind))",
    "CREATE INDEX organisation_contacts_by_user ON organisation_contacts (user_id)",
    // What an organisation was called and registered as before (DOMAIN.md §10).
    "CREATE TABLE organisation_history (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
        changed_at bigint NOT NULL,
        changed_by uuid,
        details text NOT NULL)",
    "CREATE INDEX organisation_history_by_organisation ON organisation_history (organisation_id, changed_at)",
];
