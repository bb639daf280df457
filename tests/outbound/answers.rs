//! SR-168, SR-171: what is sent, and how much of an answer is read.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;

use guichet::outbound::{Purpose, Unreachable};
use http::StatusCode;
use tokio::sync::Semaphore;

use super::{ADDRESS, KIND, LONG, SHORT, figures, keys};
use crate::support::outside::Outside;
use crate::support::peer::Reply;

#[tokio::test]
async fn sr_168_sr_171_a_request_says_what_it_wants_and_nothing_else() {
    let outside = Outside::new();
    let (peer, outbound) = (outside.peer("peer.example").await, outside.outbound(LONG));
    peer.says(Reply::document(KIND, "{\"keys\":[]}").with("Set-Cookie", "a=b"));
    for _ in 0..2 {
        let address = "https://peer.example/$HOME/%24%7BHOME%7D/{{x}}?u=${USER}#part";
        assert_eq!(keys(&outbound, address).await.unwrap().bytes(), b"{\"keys\":[]}");
    }
    let expected = "GET /$HOME/%24%7BHOME%7D/%7B%7Bx%7D%7D?u=${USER} HTTP/1.1\r\n\
        accept: application/jwk-set+json, application/json\r\nuser-agent: guichet\r\nhost: peer.example\r\n\r\n";
    assert_eq!(peer.heard(), [expected, expected], "no cookie comes back, no referrer, nothing is expanded");
}

#[tokio::test]
async fn sr_168_a_redirect_is_not_followed() {
    let outside = Outside::new();
    let (peer, other) = (outside.peer("peer.example").await, outside.peer("other.example").await);
    other.says(Reply::document(KIND, "{}"));
    let outbound = outside.outbound(LONG);
    for to in ["https://other.example/jwks", "https://peer.example/elsewhere", "http://127.0.0.1/", "/elsewhere"] {
        peer.says(Reply::redirect(to));
        assert_eq!(keys(&outbound, ADDRESS).await, Err(Unreachable), "{to}");
        assert_eq!(outbound.post_form(ADDRESS, &[]).await, Err(Unreachable), "{to}");
    }
    assert_eq!((peer.met(), other.met()), (8, 0));
}

#[tokio::test]
async fn sr_168_a_body_is_read_as_far_as_its_purpose_allows() {
    let outside = Outside::new();
    let (peer, outbound) = (outside.peer("peer.example").await, outside.outbound(LONG));
    for (purpose, kind, longest) in [
        (Purpose::Jwks, "application/json", 512 * 1024),
        (Purpose::RequestObject, "application/oauth-authz-req+jwt", 64 * 1024),
        (Purpose::SectorIdentifiers, "application/json", 64 * 1024),
        (Purpose::Logo, "image/png", 64 * 1024),
        (Purpose::RevocationList, "application/pkix-crl", 8 * 1024 * 1024),
    ] {
        peer.says(Reply::document(kind, vec![b' '; longest]));
        assert_eq!(outbound.get(purpose, ADDRESS).await.unwrap().bytes().len(), longest, "{purpose:?}");
        peer.says(Reply::document(kind, vec![b' '; longest + 1]));
        assert_eq!(outbound.get(purpose, ADDRESS).await, Err(Unreachable), "{purpose:?}");
        peer.says(Reply::endless(kind));
        assert_eq!(outbound.get(purpose, ADDRESS).await, Err(Unreachable), "{purpose:?}: no end, no length");
    }
    let figures = figures(|registry| outbound.register(registry));
    assert!(figures.contains("jwks too_long 2") && figures.contains("logo too_long 2"), "{figures}");
}

#[tokio::test]
async fn sr_168_what_was_not_expected_is_not_read() {
    let outside = Outside::new();
    let (peer, outbound) = (outside.peer("peer.example").await, outside.outbound(LONG));
    for reply in [
        Reply::document("text/html", "<p>{}</p>"),
        Reply::document("application/jose", "{}"),
        Reply::document(KIND, "{}").with("Content-Type", "text/html"),
        Reply::document(KIND, "{}").with("Content-Encoding", "gzip"),
        Reply::status(200).with("Content-Length", "0"),
    ] {
        peer.says(reply);
        assert_eq!(keys(&outbound, ADDRESS).await, Err(Unreachable));
    }
    assert_eq!(figures(|registry| outbound.register(registry)), "jwks content_type 5");
}

#[tokio::test]
async fn sr_168_whoever_is_slow_is_cut() {
    let outside = Outside::new();
    let (peer, outbound) = (outside.peer("peer.example").await, outside.outbound(SHORT));
    let closed = Arc::new(Semaphore::new(0));
    peer.says(Reply::document(KIND, "{}").behind(&closed));
    assert_eq!(keys(&outbound, ADDRESS).await, Err(Unreachable), "no word");
    peer.says(Reply::half(KIND));
    assert_eq!(keys(&outbound, ADDRESS).await, Err(Unreachable), "half an answer");
    // It accepts nobody, and the handshake of TCP is all there is.
    let deaf = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    outside.names.lead("peer.example", &[deaf.local_addr().unwrap()]);
    assert_eq!(keys(&outbound, ADDRESS).await, Err(Unreachable), "no handshake");
    assert_eq!(figures(|registry| outbound.register(registry)), "jwks slow 3");
}

#[tokio::test]
async fn sr_168_a_form_is_posted_once_and_its_status_is_all_that_is_read() {
    let outside = Outside::new();
    let (peer, outbound) = (outside.peer("peer.example").await, outside.outbound(LONG));
    for status in [200, 204, 400, 503] {
        peer.says(Reply::status(status).with("Content-Length", "0"));
        let posted = outbound.post_form("https://peer.example/logout", &[("logout_token", "a.b+c")]).await;
        assert_eq!(posted, Ok(StatusCode::from_u16(status).unwrap()));
    }
    peer.says(Reply::endless("text/html"));
    assert_eq!(outbound.post_form(ADDRESS, &[]).await, Ok(StatusCode::OK), "its words are not waited for");
    let requests = peer.heard();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /logout HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-www-form-urlencoded"), "{head}");
    assert_eq!((body, requests.len()), ("logout_token=a.b%2Bc", 5), "nothing is sent twice");
}

/// Told again in a process of its own, whose environment names a proxy and other authorities.
#[test]
fn sr_168_the_environment_changes_neither_the_way_nor_whom_we_trust() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let story = "outbound::answers::sr_168_sr_171_a_request_says_what_it_wants_and_nothing_else";
    let mut told = Command::new(std::env::current_exe().unwrap());
    told.args(["--exact", story]).env("SSL_CERT_FILE", "/dev/null").env("SSL_CERT_DIR", "/dev/null");
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        told.env(name, &address);
    }
    let told = told.output().unwrap();
    let said = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(proxy.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody asked the proxy");
}
