//! Going and coming: SIGTERM lets a request end, and readiness follows the database and nothing else.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::browser::Browser;
use super::journey::Person;
use super::node::Node;
use super::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_a_request_end_and_ends_with_0() {
    let site = Site::on_sqlite().await;
    let mut node = Node::start(&site).await;
    // A request under way: its headers are there, and half of its body.
    let mut connection = TcpStream::connect(("127.0.0.1", node.port())).await.unwrap();
    let (first, second) = ("grant_type=refresh_token", "&refresh_token=nobodys");
    let head = format!(
        "POST /realms/certinomis/protocol/openid-connect/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        first.len() + second.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    // The node is at it: it asks for the body.
    let mut goes_on = *b"HTTP/1.1 100 Continue\r\n\r\n";
    connection.read_exact(&mut goes_on).await.unwrap();
    assert_eq!(&goes_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection.write_all(first.as_bytes()).await.unwrap();
    node.terminate();
    node.becomes(503).await;
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(5));
    while TcpStream::connect(("127.0.0.1", node.port())).await.is_ok() {
        assert!(node.runs(), "it waits for the request, and takes no new one\n{}", node.said());
        ticks.tick().await;
    }
    assert!(node.runs(), "it waits for the request\n{}", node.said());
    connection.write_all(second.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert_eq!(node.ended().await.code(), Some(0), "{}", node.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_211_without_its_database_a_node_is_not_ready_and_lets_nobody_in() {
    let Some(site) = Site::on_postgres().await else { return };
    let mut node = Node::start(&site).await;
    let (person, mut browser) = (Person::new(), Browser::new());
    browser.open(&site.registration()).await;
    let name = site.database.url().rsplit('/').next().unwrap().to_owned();
    site.database.on_server(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    let everybody = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    site.database.on_server(&everybody).await;
    node.becomes(503).await;
    assert_eq!((node.health("live").await, node.health("started").await), (Some(200), Some(200)));
    person.acts(&mut browser);
    let again = browser.clone();
    browser.settle().await;
    assert!(browser.page.status >= 500, "no success is reported: {}", browser.page.words());
    let mut stranger = Browser::new();
    for page in ["protocol/openid-connect/certs", ".well-known/openid-configuration"] {
        stranger.open(&format!("{}/realms/certinomis/{page}", site.origin)).await;
        assert_eq!(stranger.page.status, 200, "{page} needs no database");
    }
    site.database.on_server(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    node.becomes(200).await;
    // Reload sends the same form again.
    browser = again;
    browser.settle().await;
    assert_eq!(browser.page.name(), "verify-email", "{}", browser.page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_211_without_its_relay_a_node_is_ready_and_mail_waits() {
    let site = Site::on_sqlite().await;
    let mut node = Node::start(&site).await;
    node.kill();
    let relay = format!("port = {}\n", site.mail.port());
    node.edit(&relay, "port = 1\n");
    node.restart().await;
    let (person, mut browser) = (Person::new(), Browser::new());
    person.reaches("verify-email", &mut browser, &site).await;
    site.database.settles("SELECT count(*) FROM outbox WHERE state = 'queued' AND reason IS NOT NULL", 1).await;
    assert_eq!(node.health("ready").await, Some(200));
    assert!(site.mail.taken().is_empty());
    // The relay is back, which a restart with its right port stands for; the next try is due at once.
    node.kill();
    node.edit("port = 1\n", &relay);
    site.database.execute("UPDATE outbox SET due_at = 0").await;
    node.restart().await;
    assert_eq!(person.mailed(&site).await.subject, "Confirmez votre adresse e-mail – Certinomis");
}
