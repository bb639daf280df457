-- Two roles on PostgreSQL 15 and later. `guichet_owner` owns the schema and runs `guichet migrate run`. `guichet_server`
-- is whom `guichet serve` and every other command connects as: it reads and writes rows, and changes no table. Of the
-- audit trail it may append, seal what is not sealed yet, and delete what is older than a year by the database's own
-- clock (docs/adr/0033); of terms and their acceptances it may add. docs/security-requirements.md: SR-192.
--
-- Once, as a superuser:
--   CREATE ROLE guichet_owner LOGIN PASSWORD '…';
--   CREATE ROLE guichet_server LOGIN PASSWORD '…';
--   CREATE DATABASE guichet OWNER guichet_owner;
-- Then, as guichet_owner, `guichet migrate run`, and this file:
--   psql -v ON_ERROR_STOP=1 -f roles.sql postgres://guichet_owner@localhost/guichet
-- Tables of later migrations fall under the default privileges below. Running the file again changes nothing.

BEGIN;

-- Nobody else comes in, and nobody makes tables beside ours.
DO $$ BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO guichet_server', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO guichet_server;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guichet_server;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO guichet_server;

-- How far the schema is, the server only reads.
REVOKE INSERT, UPDATE, DELETE ON seaql_migrations FROM guichet_server;

-- What was published, who accepted it, and what became of the mailed copy: added to, never changed (docs/adr/0041).
REVOKE UPDATE, DELETE ON terms, terms_acceptances, terms_deliveries FROM guichet_server;

-- The audit trail. Rights on columns keep what an event says; policies keep what is sealed, and what is young.
REVOKE ALL ON events FROM guichet_server;
GRANT SELECT, INSERT, DELETE, UPDATE (sequence, chain) ON events TO guichet_server;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS events_are_read ON events;
CREATE POLICY events_are_read ON events FOR SELECT TO guichet_server USING (true);
DROP POLICY IF EXISTS events_are_appended ON events;
CREATE POLICY events_are_appended ON events FOR INSERT TO guichet_server WITH CHECK (sequence IS NULL);
DROP POLICY IF EXISTS events_are_sealed_once ON events;
CREATE POLICY events_are_sealed_once ON events FOR UPDATE TO guichet_server
    USING (sequence IS NULL) WITH CHECK (sequence IS NOT NULL AND chain IS NOT NULL);
DROP POLICY IF EXISTS events_go_after_a_year ON events;
CREATE POLICY events_go_after_a_year ON events FOR DELETE TO guichet_server
    USING (sequence IS NOT NULL AND at <= (extract(epoch FROM now()) - 365 * 86400) * 1000);

-- What was meant is so: whoever may still change the schema by another way stops here.
DO $$ BEGIN
    IF has_schema_privilege('guichet_server', 'public', 'CREATE')
        OR pg_has_role('guichet_server', (SELECT relowner FROM pg_class WHERE oid = 'events'::regclass), 'MEMBER') THEN
        RAISE EXCEPTION 'guichet_server can still change the schema: it owns it, or is a member of who does';
    END IF;
END $$;

COMMIT;
