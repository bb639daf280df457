//! The headers of every answer, errors included.

use super::{app, settings, start};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

#[tokio::test]
async fn sr_111_every_html_answer_carries_the_page_policy() {
    let running = start(&settings(), app());
    for path in ["/page", "/panic"] {
        let answer = running.get(path).await;
        assert_eq!(answer.headers()["content-security-policy"], POLICY, "{path}");
        assert_eq!(answer.headers()["cross-origin-opener-policy"], "same-origin", "{path}");
    }
    assert!(!running.get("/json").await.headers().contains_key("content-security-policy"));
    running.server.stop().await;
}

#[tokio::test]
async fn sr_112_every_answer_carries_the_general_headers() {
    let running = start(&settings(), app());
    for path in ["/page", "/json", "/asset", "/panic", "/nowhere", "/echo"] {
        let answer = running.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers()[name], value, "{path}");
        }
        assert!(answer.headers().contains_key("permissions-policy"), "{path}");
        assert!(!answer.headers().contains_key("strict-transport-security"), "{path} is plain HTTP on loopback");
    }
    running.server.stop().await;
}

#[tokio::test]
async fn sr_113_what_does_not_say_otherwise_is_never_stored() {
    let running = start(&settings(), app());
    for (path, expected) in
        [("/page", "no-store"), ("/nowhere", "no-store"), ("/asset", "public, max-age=31536000, immutable")]
    {
        assert_eq!(running.get(path).await.headers()["cache-control"], expected, "{path}");
    }
    running.server.stop().await;
}

#[tokio::test]
async fn sr_199_a_panic_is_an_answer_with_a_reference_and_the_server_lives_on() {
    let running = start(&settings(), app());
    let answer = running.get("/panic").await;
    assert_eq!(answer.status(), 500);
    let page = answer.text().await.unwrap();
    assert!(page.contains("Nous n’avons pas pu terminer") && page.contains("We could not finish this"));
    assert!(!page.contains("tilleul"), "what the panic said stays inside");

    let answer: serde_json::Value = running.get_as("/panic", "application/json").await.json().await.unwrap();
    assert_eq!(answer["error"], "server_error");
    let reference = answer["reference"].as_str().unwrap();
    assert!(reference.len() == 9 && reference.as_bytes()[4] == b'-' && !page.contains(reference), "{reference}");

    assert_eq!(running.get("/page").await.status(), 200);
    running.server.stop().await;
}
