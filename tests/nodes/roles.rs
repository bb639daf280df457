//! Least privilege: a server whose database role can change neither the schema nor what the audit trail says, and does
//! all its work; and the units that run both (SR-192).
//!
//! `deploy/roles.sql` is run as it stands, with other names: roles belong to a whole PostgreSQL server, and stories share one.

use std::fs;
use std::path::Path;

use guichet::entropy::{self, OsEntropy};

use super::browser::Browser;
use super::client::{Answer, Client};
use super::journey::Person;
use super::node::Node;
use super::site::Site;

/// The names that a story gives to the two roles.
struct Roles {
    owner: String,
    server: String,
}

impl Roles {
    async fn new(site: &Site) -> Self {
        let of_ours = entropy::nonce(&OsEntropy).replace('-', "_").to_lowercase();
        let roles = Self { owner: format!("owner_{of_ours}"), server: format!("server_{of_ours}") };
        for role in [&roles.owner, &roles.server] {
            site.database.on_server(&format!("CREATE ROLE {role} LOGIN")).await;
        }
        let name = site.database.name();
        site.database.on_server(&format!("ALTER DATABASE {name} OWNER TO {}", roles.owner)).await;
        roles
    }

    /// What an operator runs, with these names.
    fn script(&self) -> String {
        let text = fs::read_to_string(deploy("roles.sql")).unwrap();
        text.replace("guichet_owner", &self.owner).replace("guichet_server", &self.server)
    }

    async fn end(self, site: &Site) {
        site.database.on_server(&format!("DROP DATABASE {} WITH (FORCE)", site.database.name())).await;
        for role in [self.server, self.owner] {
            site.database.on_server(&format!("DROP ROLE {role}")).await;
        }
    }
}

fn deploy(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(file)
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_192_the_servers_role_does_its_work_and_changes_neither_schema_nor_trail() {
    let Some(mut site) = Site::unmigrated_on_postgres().await else { return };
    let roles = Roles::new(&site).await;

    site.database.becomes(&roles.owner);
    site.write_settings("commands", site.port, super::site::free_port(), "");
    let migrated = site.guichet(&["migrate", "run"]);
    assert!(migrated.status.success(), "{migrated:?}");
    site.database.execute(&roles.script()).await;
    site.database.execute(&roles.script()).await;

    // As an owner the server runs, and says what it could do.
    let owner = Node::start(&site).await;
    assert!(owner.said().contains("E0626"), "{}", owner.said());
    drop(owner);

    site.database.becomes(&roles.server);
    let node = Node::start_at(&site, "server", site.port, "").await;
    assert!(!node.said().contains("E0626"), "{}", node.said());
    let (marie, mut browser) = (Person::new(), Browser::new());
    marie.reaches("home", &mut browser, &site).await;
    let client = Client::of(&site);
    let code = client.code(&mut browser).await;
    let tokens = Answer::to(client.redeems(&code, node.port())).await;
    assert_eq!(Answer::to(client.refreshes(&tokens.token("refresh_token"), node.port())).await.status, 200);
    // Events are sealed by the same role, and the trail holds.
    site.database.settles("SELECT count(*) FROM events WHERE sequence IS NULL", 0).await;
    site.write_settings("commands", site.port, super::site::free_port(), "");
    for words in [&["audit", "verify"][..], &["migrate", "status"], &["migrate", "run"]] {
        let done = site.guichet(words);
        assert!(done.status.success(), "{words:?}: {done:?}");
    }

    refuses_changes(&site).await;
    what_is_young_or_sealed_stays(&site, &roles).await;
    drop(node);
    roles.end(&site).await;
}

/// What PostgreSQL refuses aloud.
async fn refuses_changes(site: &Site) {
    for sql in [
        "ALTER TABLE users ADD COLUMN more text",
        "DROP TABLE sessions",
        "CREATE TABLE more (id bigint)",
        "CREATE INDEX more ON users (realm)",
        "CREATE TRIGGER more BEFORE INSERT ON events EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "TRUNCATE events",
        "TRUNCATE users CASCADE",
        "ALTER TABLE events DISABLE ROW LEVEL SECURITY",
        "DROP POLICY events_are_sealed_once ON events",
        "ALTER TABLE events DROP COLUMN chain",
        "UPDATE events SET content = '{}'",
        "UPDATE events SET at = 0",
        "UPDATE events SET name = 'nothing'",
        "UPDATE events SET realm = 'elsewhere' WHERE sequence = 1",
        "INSERT INTO events (id, realm, at, name, content, sequence)
            VALUES ('00000000-0000-7000-8000-000000000000', 'certinomis', 0, 'x', '{}', 1000000)",
        "UPDATE terms SET content = ''",
        "DELETE FROM terms",
        "UPDATE terms_acceptances SET accepted_at = 0",
        "DELETE FROM terms_acceptances",
        "DELETE FROM terms_deliveries",
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)",
        "DELETE FROM seaql_migrations",
    ] {
        let Err(refused) = site.database.tries(sql).await else { panic!("{sql} is not refused") };
        let reason = ["permission denied", "must be owner", "row-level security"];
        assert!(reason.iter().any(|reason| refused.contains(reason)), "{sql}: {refused}");
    }
}

/// What policies leave untouched, and the one thing that may go.
async fn what_is_young_or_sealed_stays(site: &Site, roles: &Roles) {
    let database = &site.database;
    for sql in ["UPDATE events SET sequence = 1000000, chain = '' WHERE sequence = 1", "DELETE FROM events"] {
        assert_eq!(database.tries(sql).await, Ok(0), "{sql}");
    }
    let owner = database.seen_by(&roles.owner);
    let aged = |days: u32| format!("UPDATE events SET at = at - {days} * 86400000::bigint WHERE sequence <= 2");
    assert_eq!(owner.tries(&aged(364)).await, Ok(2));
    assert_eq!(database.tries("DELETE FROM events").await, Ok(0), "not before a year");
    assert_eq!(owner.tries(&aged(2)).await, Ok(2));
    assert_eq!(database.tries("DELETE FROM events").await, Ok(2), "after a year they go (SR-200)");
}

#[tokio::test]
async fn sr_192_the_script_stops_where_the_servers_role_is_one_of_the_owners() {
    let Some(mut site) = Site::unmigrated_on_postgres().await else { return };
    let roles = Roles::new(&site).await;
    site.database.becomes(&roles.owner);
    site.write_settings("commands", site.port, super::site::free_port(), "");
    assert!(site.guichet(&["migrate", "run"]).status.success());
    site.database.on_server(&format!("GRANT {} TO {}", roles.owner, roles.server)).await;
    let stopped = site.database.tries(&roles.script()).await.unwrap_err();
    assert!(stopped.contains("can still change the schema"), "{stopped}");
    roles.end(&site).await;
}

#[test]
fn sr_192_the_units_run_without_privileges_and_no_start_changes_the_schema() {
    let unit = |file: &str| fs::read_to_string(deploy(file)).unwrap();
    let (server, migrate) = (unit("guichet.service"), unit("guichet-migrate.service"));
    for (name, text) in [("guichet.service", &server), ("guichet-migrate.service", &migrate)] {
        let lines: Vec<_> = text.lines().collect();
        for line in [
            "DynamicUser=yes",
            "User=guichet",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "ProtectHome=yes",
            "UMask=0077",
        ] {
            assert!(lines.contains(&line), "{name} does not say {line}");
        }
    }
    let started = |text: &str| {
        let lines = text.lines().filter(|line| line.starts_with("Exec")).map(str::to_owned);
        lines.collect::<Vec<_>>()
    };
    assert!(started(&server).iter().all(|line| !line.contains("migrate")), "{:?}", started(&server));
    assert_eq!(started(&migrate), ["ExecStart=/usr/local/bin/guichet migrate run --config /etc/guichet/guichet.toml"]);
    // One capability, for ports below 1024.
    assert!(server.contains("\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\n"));
}
