//! Starts that are refused, each with its code, a reason, and an exit status that scripts may count on; and the schema,
//! which nobody brings forward by accident.

use std::fs;
use std::process::Output;

use serde_json::Value;

use super::node::Node;
use super::site::{Site, free_port, guichet};

/// A start of `guichet serve` with the settings changed, to its end.
fn start_with(site: &Site, changes: &[(&str, &str)]) -> Output {
    let settings = site.write_settings("changed", free_port(), free_port(), "");
    let mut text = fs::read_to_string(&settings).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from} is not in {text}");
        text = text.replace(from, to);
    }
    fs::write(&settings, text).unwrap();
    guichet(&settings, &["serve", "--apply"])
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn sr_160_sr_214_a_start_that_would_not_be_safe_is_refused_with_its_reason() {
    let site = Site::on_sqlite().await;
    let key = site.path("another.key");
    let named = format!("master_key_file = \"{}\"", site.path("master.key").display());
    let another = format!("master_key_file = \"{}\"", key.display());
    let keys = [
        ("c2hvcnQ=", "E0613"),
        ("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", "E0613"),
        ("changeme", "E0613"),
        ("", "E0612"),
    ];
    for (text, code) in keys {
        fs::write(&key, text).unwrap();
        let refused = start_with(&site, &[(&named, &another)]);
        assert_eq!(refused.status.code(), Some(3), "{text}: {}", told(&refused));
        assert!(told(&refused).contains(code), "{text}: {}", told(&refused));
        assert!(text.is_empty() || !told(&refused).contains(text), "a key is not repeated: {}", told(&refused));
    }
    let public = format!("public_url = \"{}\"", site.origin);
    for (changes, code) in [
        (vec![(named.as_str(), "")], "E0604"),
        (vec![(&public, "public_url = \"http://compte.exemple.fr\"")], "E0605"),
        (
            vec![
                (&public, "public_url = \"https://compte.exemple.fr\""),
                ("\"127.0.0.1\"]\n[database]", "]\n[database]"),
            ],
            "E0608",
        ),
        (vec![("trusted = [\"127.0.0.1\"]", "trusted = [\"0.0.0.0/0\"]")], "E0610"),
        (vec![("trusted = [\"127.0.0.1\"]", "trusted = [\"::/0\"]")], "E0610"),
        (vec![("host = \"127.0.0.1\"", "host = \"relais.exemple.fr\"")], "E0616"),
        (vec![("[database]", "[database]\nsize = 3")], "E0602"),
        (vec![("[database]", "[outbound]\nnetworks = [\"0.0.0.0/0\"]\n[database]")], "E0618"),
    ] {
        let refused = start_with(&site, &changes);
        assert_eq!(refused.status.code(), Some(3), "{changes:?}: {}", told(&refused));
        assert!(told(&refused).contains(code), "{changes:?}: {}", told(&refused));
    }
}

#[tokio::test]
async fn sr_172_authorities_that_cannot_be_read_stop_the_start() {
    let site = Site::on_sqlite().await;
    let file = site.path("ca.pem");
    fs::write(&file, "no certificate").unwrap();
    let named = format!("[outbound]\nca = \"{}\"\n[database]", file.display());
    let refused = start_with(&site, &[("[database]", &named)]);
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(told(&refused).contains("E0618") && told(&refused).contains("ca.pem"), "{}", told(&refused));
}

#[tokio::test]
async fn sr_160_another_master_key_does_not_open_the_database() {
    let site = Site::on_sqlite().await;
    drop(Node::start(&site).await);
    fs::write(site.path("master.key"), "3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs").unwrap();
    let refused = site.guichet(&["serve"]);
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(told(&refused).contains("E0623"), "{}", told(&refused));
}

#[tokio::test]
async fn a_start_without_its_database_realm_or_address_says_so() {
    let site = Site::on_sqlite().await;
    let none = site.guichet(&["serve"]);
    assert!(told(&none).contains("E0631"), "no realm was applied: {}", told(&none));
    let database = format!("url = \"{}\"", site.database.url());
    let nobody = format!("url = \"postgres://guichet@127.0.0.1:{}/guichet\"", free_port());
    let unreachable = start_with(&site, &[(&database, &nobody)]);
    assert!(told(&unreachable).contains("E0620"), "{}", told(&unreachable));
    let busy = start_with(&site, &[("management = \"127.0.0.1:", "management = \"192.0.2.1:")]);
    assert!(told(&busy).contains("E0625"), "{}", told(&busy));
    for refused in [none, unreachable, busy] {
        assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    }
}

#[tokio::test]
async fn pending_migrations_stop_the_start_until_somebody_runs_them() {
    let site = Site::on_sqlite().await;
    let fresh = format!("url = \"sqlite:{}\"", site.path("fresh.db").display());
    let database = format!("url = \"{}\"", site.database.url());
    let stopped = start_with(&site, &[(&database, &fresh)]);
    assert_eq!(stopped.status.code(), Some(1), "{}", told(&stopped));
    assert!(told(&stopped).contains("E0621") && told(&stopped).contains("guichet migrate run"), "{}", told(&stopped));

    let settings = site.path("changed.toml");
    let status = || guichet(&settings, &["migrate", "status", "--json"]);
    let pending = |output: &Output| {
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        said["pending"].as_array().unwrap().len()
    };
    let before = status();
    assert_eq!(before.status.code(), Some(2), "{}", told(&before));
    assert!(pending(&before) > 0);
    assert_eq!(guichet(&settings, &["migrate", "run"]).status.code(), Some(0));
    let after = status();
    assert_eq!((after.status.code(), pending(&after)), (Some(0), 0), "{}", told(&after));
    assert_eq!(guichet(&settings, &["migrate", "run"]).status.code(), Some(0), "running them again changes nothing");
}
