//! Health and figures, off the public listener; and the end of a process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use guichet::entropy::OsEntropy;
use guichet::server::{Parts, Server, probe};

use super::{app, settings, start};

#[tokio::test]
async fn readiness_follows_the_parts_and_started_stays() {
    let healthy = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&healthy);
    let ready = probe(move || {
        let asked = Arc::clone(&asked);
        async move { asked.load(Ordering::SeqCst) }
    });
    let registry = prometheus_client::registry::Registry::default();
    let parts = Parts { app: app(), certificate: app(), ready, registry, entropy: Arc::new(OsEntropy) };
    let server = Server::start(&settings(), parts).unwrap();
    let ask = async |path: &str| {
        reqwest::get(format!("http://{}/health/{path}", server.management())).await.unwrap().status().as_u16()
    };
    assert_eq!((ask("live").await, ask("started").await, ask("ready").await), (200, 503, 503));
    healthy.store(true, Ordering::SeqCst);
    assert_eq!((ask("live").await, ask("started").await, ask("ready").await), (200, 200, 200));
    healthy.store(false, Ordering::SeqCst);
    assert_eq!((ask("live").await, ask("started").await, ask("ready").await), (200, 200, 503));
    server.stop().await;
}

#[tokio::test]
async fn sr_193_figures_are_off_the_public_listener_and_name_nobody() {
    let running = start(&settings(), app());
    for path in ["/metrics", "/health/ready", "/health/live"] {
        assert_eq!(running.get(path).await.status(), 404, "{path}");
    }
    running.get("/page?login_hint=marie@example.org").await;
    let metrics = reqwest::get(format!("http://{}/metrics", running.server.management())).await.unwrap();
    let text = metrics.text().await.unwrap();
    assert!(text.contains("guichet_http_answers_total{route=\"/page\",method=\"GET\",status=\"200\"} 1"), "{text}");
    assert!(text.contains("route=\"unmatched\"") && !text.contains("marie") && !text.contains("/health"), "{text}");
    running.server.stop().await;
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_end() {
    let (arrived, release) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
    let (arriving, released) = (Arc::clone(&arrived), Arc::clone(&release));
    let slow = async move || {
        arriving.notify_one();
        released.notified().await;
        "finished"
    };
    let running = start(&settings(), axum::Router::new().route("/slow", axum::routing::get(slow)));
    let (url, address) = (running.url("/slow"), running.address());
    let asking = tokio::spawn(async move { reqwest::get(url).await.unwrap().text().await.unwrap() });
    arrived.notified().await;
    let stopping = tokio::spawn(running.server.stop());
    release.notify_one();
    assert_eq!(asking.await.unwrap(), "finished");
    stopping.await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
