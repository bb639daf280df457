//! Whatever is sent to an endpoint gets its RFC's error or a page: never a 500, never a redirect to a stranger.

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{Method, Request, StatusCode};

use super::signed_in;
use crate::support::client_app::endpoint;
use crate::support::http::exchange;
use crate::support::world::on_each_database;

const ENDPOINTS: [&str; 9] =
    ["auth", "registrations", "auth/resume", "auth/cancel", "token", "userinfo", "logout", "certs", "nothing"];

/// Bodies and queries that no client sends.
fn oddities() -> Vec<String> {
    let mut odd: Vec<String> = [
        "",
        "&",
        "=",
        "&&&===&&",
        "%",
        "%z",
        "%f",
        "a=%FF%FE",
        "client_id=%C3%28",
        "client_id=%00",
        "client_id=portal&client_id=portal",
        "client_id=portal&redirect_uri=%0d%0aSet-Cookie:x=y",
        "grant_type=authorization_code&code=%F0%9F%98%80&redirect_uri=x",
        "grant_type=refresh_token&refresh_token='%20OR%201=1--",
        "grant_type[]=refresh_token",
        "grant_type=REFRESH_TOKEN",
        "flow=' OR ''='",
        "id_token_hint=..&post_logout_redirect_uri=x",
        "access_token=..",
        "scope=%22%5c",
        "max_age=99999999999999999999&client_id=portal",
        "{\"client_id\":\"portal\"}",
        "<xml/>",
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    odd.push(format!("client_id={}", "x".repeat(5000)));
    odd.push(format!("{}=1", "x".repeat(5000)));
    odd.push("a=b&".repeat(300));
    odd.push(format!("client_id={}", "%F0%9F%98%80".repeat(500)));
    odd
}

#[tokio::test]
async fn sr_209_no_query_and_no_body_makes_an_endpoint_fail() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (browser, _) = signed_in(world).await;
        let cookies = browser.cookies().header().unwrap();
        for name in ENDPOINTS {
            let url = endpoint(name);
            for odd in oddities() {
                // An address holds visible ASCII only.
                let query = odd.replace(' ', "+").replace(['"', '<', '>', '{', '}', '\''], "~");
                for headers in
                    [vec![], vec![(http::header::COOKIE, cookies.as_str()), (AUTHORIZATION, "Basic cG9ydGFsOng=")]]
                {
                    let got = portal.sends(&Method::GET, &format!("{url}?{query}"), &headers, String::new()).await;
                    let posted = portal.sends(&Method::POST, &url, &headers, odd.clone()).await;
                    for answer in [got, posted] {
                        assert!(answer.status.as_u16() < 500, "{name} {odd:.60}: {}", answer.status);
                        if answer.status.is_redirection() {
                            let to =
                                answer.location().unwrap_or_else(|| panic!("{name} {odd:.60}: redirected nowhere"));
                            let ours =
                                to.starts_with("/realms/") || to.starts_with("https://connexion.certinomis.example/");
                            assert!(ours, "{name} {odd:.60}: sent to {to}");
                        }
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    on_each_database(async |world| {
        let portal = world.portal();
        let basic = portal.basic();
        for body in
            [b"\xff\xfe\x00".to_vec(), b"grant_type=\xc3\x28".to_vec(), b"a=\x00\x01\x02\r\n".to_vec(), vec![0; 1000]]
        {
            for name in ["auth", "token", "userinfo", "logout"] {
                let answer =
                    portal.sends(&Method::POST, &endpoint(name), &[(AUTHORIZATION, &basic)], body.clone()).await;
                assert!(answer.status.as_u16() < 500, "{name} {body:?}: {}", answer.status);
                assert!(!answer.status.is_redirection() || answer.location().is_some(), "{name} {body:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sr_207_huge_bodies_and_addresses_are_cut_short() {
    on_each_database(async |world| {
        let portal = world.portal();
        let huge = format!("x={}", "y".repeat(65 * 1024));
        for name in ["auth", "token", "userinfo", "logout"] {
            let answer = portal.sends(&Method::POST, &endpoint(name), &[], huge.clone()).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{name}");
            let long = format!("{}?state={}", endpoint(name), "s".repeat(17 * 1024));
            let answer = portal.sends(&Method::GET, &long, &[], String::new()).await;
            assert!(answer.status.is_client_error(), "{name}: {}", answer.status);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_206_a_repeated_authorization_header_is_refused() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (_, given) = signed_in(world).await;
        let bearer = format!("Bearer {}", given.access_token);
        let basic = portal.basic();
        for (name, first, second) in [
            ("userinfo", bearer.as_str(), bearer.as_str()),
            ("userinfo", bearer.as_str(), "Bearer x"),
            ("token", basic.as_str(), basic.as_str()),
            ("token", basic.as_str(), bearer.as_str()),
        ] {
            let path = endpoint(name).replace("https://connexion.certinomis.example", "");
            let request = Request::post(path)
                .header(HOST, "connexion.certinomis.example")
                .header("x-forwarded-for", "203.0.113.81")
                .header("x-forwarded-proto", "https")
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(AUTHORIZATION, first)
                .header(AUTHORIZATION, second)
                .body("grant_type=refresh_token&refresh_token=x".to_owned());
            let answer = exchange(portal.node, request.unwrap()).await;
            assert_eq!(answer.status, 400, "{name}: {}", answer.body);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_108_other_methods_are_refused() {
    on_each_database(async |world| {
        let portal = world.portal();
        for name in ["auth", "token", "userinfo", "logout", "certs", "registrations"] {
            for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE, Method::OPTIONS] {
                let answer = portal.sends(&method, &endpoint(name), &[], String::new()).await;
                assert_eq!(answer.status, 405, "{method} {name}");
            }
        }
        assert_eq!(portal.sends(&Method::GET, &endpoint("token"), &[], String::new()).await.status, 405);
        assert_eq!(portal.sends(&Method::POST, &endpoint("certs"), &[], String::new()).await.status, 405);
    })
    .await;
}
