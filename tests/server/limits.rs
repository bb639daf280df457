//! What a client cannot make the server accept, keep or wait for.

use guichet::config::{ForwardingHeader, Proxies};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{app, settings, start};

#[tokio::test]
async fn sr_206_ambiguous_requests_are_refused() {
    let running = start(&settings(), app());
    for (request, status) in [
        ("GET /page HTTP/1.1\r\nhost: a\r\n", "200"),
        ("GET /page HTTP/1.1\r\nhost: a\r\nhost: b\r\n", "400"),
        ("GET /page HTTP/1.1\r\nhost: a\r\nauthorization: Basic eA==\r\nauthorization: Basic eQ==\r\n", "400"),
        ("GET /page HTTP/1.1\r\nhost: a\r\norigin: http://a\r\norigin: http://b\r\n", "400"),
        ("GET /page HTTP/1.1\r\nhost: a\r\nclient_cert: x\r\n", "400"),
        ("GET /page HTTP/1.1\r\nhost: a\r\nx_forwarded_for: 1.2.3.4\r\n", "400"),
        ("GET /page HTTP/1.1\r\nhost: a\r\nx_harmless: 1\r\n", "200"),
        ("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n", "400"),
        ("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 3, 4\r\n", "400"),
        ("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: -3\r\n", "400"),
        ("GET /page HTTP/1.1\r\nhost: a\r\nbad header: x\r\n", "400"),
        ("GET /page HTTP/1.1\r\nhost: a\rx\r\n", "400"),
        ("GET /page HTTP/1.1\r\nhost: a\r\nfolded: a\r\n b\r\n", "400"),
    ] {
        let answer = running.raw(format!("{request}connection: close\r\n\r\n").as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request:?} was answered {answer:?}");
    }
    running.server.stop().await;
}

#[tokio::test]
async fn sr_206_a_body_with_two_lengths_is_never_read_as_two_requests() {
    let running = start(&settings(), app());
    let smuggled = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n\
                    0\r\n\r\nGET /page HTTP/1.1\r\nhost: a\r\n\r\n";
    let answer = running.raw(smuggled.as_bytes()).await;
    // RFC 9112 §6.3 lets a server read the chunks alone, if it then ends the connection: hyper does.
    assert!(answer.contains("connection: close") && !answer.contains("une page"), "{answer}");
    running.server.stop().await;
}

#[tokio::test]
async fn sr_108_trace_is_refused_and_unknown_methods_get_405() {
    let running = start(&settings(), app());
    for method in ["TRACE", "CONNECT", "BREW", "DELETE", "POST"] {
        let request = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        if request == reqwest::Method::CONNECT {
            let answer = running.raw(b"CONNECT a:80 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
            assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
            continue;
        }
        let answer = reqwest::Client::new().request(request, running.url("/page")).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method}");
    }
    running.server.stop().await;
}

#[tokio::test]
async fn sr_207_headers_and_bodies_are_bounded() {
    let settings = settings();
    let running = start(&settings, app());
    let client = reqwest::Client::new();
    for (bytes, status) in [(settings.limits.body_bytes, 200), (settings.limits.body_bytes + 1, 413)] {
        let answer = client.post(running.url("/echo")).body("a".repeat(bytes)).send().await.unwrap();
        assert_eq!(answer.status(), status, "{bytes}");
    }
    let chunk = format!("{:x}\r\n{}\r\n", 20_000, "a".repeat(20_000)).repeat(4);
    let chunked = format!("POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{chunk}0\r\n\r\n");
    assert!(running.raw(chunked.as_bytes()).await.starts_with("HTTP/1.1 413"));

    for (bytes, fits) in [(8_000, true), (20_000, false)] {
        let answer = client.get(running.url("/page")).header("x-long", "a".repeat(bytes)).send().await;
        assert_eq!(answer.is_ok_and(|answer| answer.status() == 200), fits, "{bytes}");
    }
    running.server.stop().await;
}

#[tokio::test]
async fn sr_207_slow_clients_are_cut() {
    let running = start(&settings(), app());
    assert_eq!(running.raw(b"").await, "", "nothing said");
    assert_eq!(running.raw(b"GET /page HTTP/1.1\r\nhost: a\r\n").await, "", "headers never ended");
    let body = running.raw(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc").await;
    assert!(body.starts_with("HTTP/1.1 4"), "body never ended: {body}");
    let idle = running.raw(b"GET /page HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(idle.starts_with("HTTP/1.1 200"), "answered, then cut: {idle}");
    running.server.stop().await;
}

#[tokio::test]
async fn sr_207_a_request_that_takes_too_long_is_told_to_come_back() {
    let running = start(&settings(), app());
    let answer = running.get("/never").await;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "60"));
    running.server.stop().await;
}

#[tokio::test]
async fn sr_207_connections_from_one_address_are_bounded_and_given_back() {
    let mut settings = settings();
    settings.limits.connections_per_address = 4;
    let running = start(&settings, app());
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(running.address()).await.unwrap();
        stream.write_all(b"GET /never HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        held.push(stream);
    }
    assert_eq!(running.raw(b"GET /page HTTP/1.1\r\nhost: a\r\n\r\n").await, "", "the fifth is closed");
    // The held ones end by their time-out; from then on there is room again.
    for mut stream in held {
        let mut answer = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 503"));
    }
    // A place is given back with its connection, a moment after the client sees the end of it.
    let mut admitted = false;
    for _ in 0..100 {
        if admitted {
            break;
        }
        admitted = running.raw(b"GET /page HTTP/1.1\r\nhost: a\r\n\r\n").await.contains("une page");
    }
    assert!(admitted, "there is room again");
    running.server.stop().await;
}

#[tokio::test]
async fn sr_205_doors_see_the_source_and_no_claim_of_one() {
    let direct = start(&settings(), app());
    let client = reqwest::Client::new();
    let claiming = |url| client.get(url).header("x-forwarded-for", "203.0.113.7").header("client-cert", ":eA==:");
    let seen = claiming(direct.url("/source")).send().await.unwrap().text().await.unwrap();
    assert_eq!(seen, "127.0.0.1", "a stranger's header is not read");
    let claims = claiming(direct.url("/claims")).send().await.unwrap().text().await.unwrap();
    assert!(!claims.contains("203.0.113.7") && !claims.contains("client-cert"), "{claims}");
    direct.server.stop().await;

    let mut settings = settings();
    settings.public_url = "https://id.example.org".parse().unwrap();
    settings.proxies =
        Proxies { trusted: vec!["127.0.0.0/8".parse().unwrap()], header: ForwardingHeader::XForwardedFor };
    let behind = start(&settings, app());
    let answer = claiming(behind.url("/source")).send().await.unwrap();
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000; includeSubDomains");
    assert_eq!(answer.text().await.unwrap(), "203.0.113.7");
    let unread = client.get(behind.url("/source")).header("x-forwarded-for", "evil").send().await.unwrap();
    assert_eq!(unread.status(), 400);
    behind.server.stop().await;
}

#[tokio::test]
async fn sr_213_plain_http_from_a_stranger_is_refused_where_a_proxy_ends_tls() {
    let mut settings = settings();
    settings.public_url = "https://id.example.org".parse().unwrap();
    settings.proxies = Proxies { trusted: vec!["192.0.2.0/24".parse().unwrap()], ..Proxies::default() };
    let running = start(&settings, app());
    let answer = running.get("/page").await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (403, None));
    running.server.stop().await;
}
