//! A node that ends TLS itself: the journey's first pages over https, with the cookies that browsers keep for it.

use std::fs;

use http::Request;

use super::browser::Browser;
use super::client::Client;
use super::node::Node;
use super::site::{Site, free_port};
use crate::support::card::{Card, TlsClient};

#[tokio::test(flavor = "multi_thread")]
async fn sr_213_a_node_with_a_certificate_serves_the_journey_over_tls() {
    let site = Site::with_tls().await;
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (site.path("tls.pem"), site.path("tls.key"));
    fs::write(&certificate, certified.cert.pem()).unwrap();
    fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let tls = format!("[tls]\ncertificate = \"{}\"\nkey = \"{}\"", certificate.display(), key.display());
    let node = Node::start_at(&site, "node", site.port, &tls).await;

    for version in [reqwest::tls::Version::TLS_1_2, reqwest::tls::Version::TLS_1_3] {
        let mut browser = Browser::trusting(&certified.cert.pem(), version);
        Client::of(&site).asks(&mut browser, "code", "&prompt=create").await;
        browser.settle().await;
        assert_eq!((browser.page.status, browser.page.name()), (200, "register"), "{}", node.said());
        browser.submit(&[("firstName", "Marie"), ("lastName", "Durand"), ("email", "marie@exemple.fr")]).await;
        assert_eq!(browser.page.name(), "verify-email", "the browser's cookie came back: {}", browser.page.words());
    }
    let plain = reqwest::get(format!("http://localhost:{}/realms/certinomis", site.port)).await;
    assert!(plain.is_err(), "nothing is answered in clear: {plain:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_86_a_node_opens_the_listener_for_certificates_that_its_settings_name() {
    const USERINFO: &str = "/realms/certinomis/protocol/openid-connect/userinfo";

    let site = Site::with_tls().await;
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key, port) = (site.path("tls.pem"), site.path("tls.key"), free_port());
    fs::write(&certificate, certified.cert.pem()).unwrap();
    fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let more = format!(
        "[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n\
         [certificate]\nlisten = [\"127.0.0.1:{port}\"]\npublic_url = \"https://localhost:{port}\"",
        certificate.display(),
        key.display()
    );
    let node = Node::start_at(&site, "node", site.port, &more).await;

    let (client, card) = (TlsClient::new(([127, 0, 0, 1], port).into(), &certified.cert.pem()), Card::new(|_| {}));
    // Clients' endpoints are there, and no others: nobody is known without a token.
    let ask = async |client: &TlsClient| {
        let request = Request::builder().uri(USERINFO).header("host", format!("localhost:{port}"));
        client.asks(request.body("").unwrap()).await.map(|answer| answer.status.as_u16())
    };
    assert_eq!(ask(&client).await, Some(401), "{}", node.said());
    assert_eq!(ask(&client.showing(&card)).await, Some(401), "{}", node.said());
    assert_eq!(ask(&client.showing(&card.copied())).await, None, "the key is proven");
}
