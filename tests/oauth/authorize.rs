//! The authorization endpoint: what is asked, to whom an answer may go, and what every answer carries.

use http::Method;
use http::header::{CONTENT_TYPE, LOCATION};
use serde_json::json;
use url::Url;

use super::request_object::{bare, object, signing};
use super::{code, is_a_page, refused, signed_in, with_client, with_public_client};
use crate::support::client_app::{claims, endpoint, issuer, parameter};
use crate::support::page::Page;
use crate::support::people::MARIE;
use crate::support::signer::Signer;
use crate::support::world::{CALLBACK, on_each_database};

const UNDECLARED: &str = "L’application a envoyé une adresse de retour qu’elle n’a pas déclarée.";
const UNKNOWN: &str = "L’application qui vous envoie ici n’est pas connue de ce service.";
const MALFORMED: &str = "La demande de l’application est incomplète ou mal formée.";

#[tokio::test]
async fn sr_122_sr_125_only_a_registered_address_is_ever_answered() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        for other in [
            "https://portail.example/retour/",
            "https://portail.example/retour?a=b",
            "https://portail.example/Retour",
            "https://PORTAIL.example/retour",
            "https://portail.example:443/retour",
            "https://portail.example/retour#x",
            "https://portail.example/x/../retour",
            "https://portail.example/%72etour",
            "https://portail.example@ailleurs.example/retour",
            "https://portail.example.ailleurs.example/retour",
            "http://portail.example/retour",
            "//portail.example/retour",
            "javascript:alert(1)",
            "https://ailleurs.example/retour",
            " https://portail.example/retour",
        ] {
            for (prompt, mode) in [("", ""), ("none", ""), ("none", "form_post"), ("login", "fragment")] {
                let asked =
                    portal.asks().with("redirect_uri", other).with("prompt", prompt).with("response_mode", mode);
                browser.opens(&asked.url()).await;
                is_a_page(&browser, 400, UNDECLARED);
            }
        }
        browser.opens(&portal.asks().with("redirect_uri", "").url()).await;
        is_a_page(&browser, 400, UNDECLARED);
        for id in ["", "inconnu", "Portal", "portal ", "portal%00"] {
            browser.opens(&portal.asks().with("client_id", id).with("prompt", "none").url()).await;
            is_a_page(&browser, 400, UNKNOWN);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_122_sr_124_a_native_client_may_listen_on_any_loopback_port_and_nothing_else_varies() {
    on_each_database(async |world| {
        let lines = [
            ("redirect_uris", "[\"http://127.0.0.1:7000/fin\"]"),
            ("token_endpoint_auth_method", "\"none\""),
            ("secrets", ""),
        ];
        let mut native = with_client(world, "native", &lines).await;
        let (mut browser, _) = signed_in(world).await;
        native.redirect_uri = "http://127.0.0.1:49152/fin".to_owned();
        let (asked, code) = code(&mut browser, &native).await;
        native.presents = crate::support::client_app::Presents::Name;
        assert_eq!(native.exchanges(&code, &asked).await.status, 200);
        for other in [
            "http://127.0.0.1:49152/autre",
            "http://127.0.0.1:49152/fin?x=y",
            "http://localhost:49152/fin",
            "http://127.0.0.2:49152/fin",
            "https://127.0.0.1:49152/fin",
            "http://127.0.0.1:99999/fin",
            "http://127.0.0.1:49152@ailleurs.example/fin",
        ] {
            browser.opens(&native.asks().with("redirect_uri", other).url()).await;
            is_a_page(&browser, 400, UNDECLARED);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_123_a_registered_query_is_kept_to_the_letter() {
    on_each_database(async |world| {
        let mut shop = with_client(world, "shop", &[("redirect_uris", "[\"https://shop.example/r?a=%62&c\"]")]).await;
        shop.redirect_uri = "https://shop.example/r?a=%62&c".to_owned();
        let (mut browser, _) = signed_in(world).await;
        let asked = shop.asks();
        browser.opens(&asked.url()).await;
        assert!(browser.answer().location().unwrap().starts_with("https://shop.example/r?a=%62&c&code="));
        shop.redeems(&asked, browser.left_for()).await;
    })
    .await;
}

#[tokio::test]
async fn sr_126_a_nonsense_request_moves_nobody_by_itself() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        for (name, value, error) in [
            ("response_type", "", "invalid_request"),
            ("response_type", "token", "unsupported_response_type"),
            ("scope", "", "invalid_scope"),
            ("scope", "profile", "invalid_scope"),
            ("prompt", "whatever", "invalid_request"),
            ("max_age", "-1", "invalid_request"),
            ("code_challenge", "", "invalid_request"),
            ("request", "eyJhbGciOiJub25lIn0.e30.", "invalid_request_object"),
            ("request_uri", "https://portail.example/o", "request_uri_not_supported"),
        ] {
            let asked = portal.asks().with(name, value);
            browser.opens(&asked.url()).await;
            is_a_page(&browser, 400, MALFORMED);
            // The way back is there, for whoever wants to take it, and tells the client what was wrong.
            let back =
                browser.page().link("Revenir à Portail de commande").unwrap_or_else(|| panic!("{}", browser.text()));
            let back: Url = back.parse().unwrap();
            assert!(back.as_str().starts_with(CALLBACK));
            assert_eq!(parameter(&back, "error").as_deref(), Some(error), "{name}={value}");
            assert_eq!(parameter(&back, "state").as_ref(), Some(&asked.state));
            assert_eq!(parameter(&back, "iss"), Some(issuer()));
            // As a form it waits for the button too.
            browser.opens(&asked.with("response_mode", "form_post").url()).await;
            is_a_page(&browser, 200, MALFORMED);
            assert!(!browser.answer().body.contains("data-sends-itself"));
            assert_eq!(browser.form("Continuer").fields.iter().find(|(name, _)| name == "error").unwrap().1, error);
        }
    })
    .await;
}

#[tokio::test]
async fn sr_126_silence_gets_its_answer_at_once() {
    on_each_database(async |world| {
        let portal = world.portal();
        let mut browser = world.browser();
        let asked = portal.asks().with("prompt", "none").with("scope", "profile");
        browser.opens(&asked.url()).await;
        assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("invalid_scope"));
        assert_eq!(parameter(browser.left_for(), "state").as_ref(), Some(&asked.state));
    })
    .await;
}

#[tokio::test]
async fn sr_127_repeated_and_overlong_parameters_and_unknown_modes_are_refused() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let good = portal.asks().with("prompt", "none").url();
        for (extra, error) in [
            ("&scope=openid", "invalid_request"),
            ("&nonce=a&nonce=b", "invalid_request"),
            ("&foo=1&foo=1", "invalid_request"),
            ("&state=again", "invalid_request"),
        ] {
            browser.opens(&format!("{good}{extra}")).await;
            assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some(error), "{extra}");
            assert_eq!(parameter(browser.left_for(), "code"), None);
        }
        // Two addresses, or two clients: nothing is proven, so nobody is answered.
        browser.opens(&format!("{good}&redirect_uri=https://ailleurs.example/")).await;
        is_a_page(&browser, 400, MALFORMED);
        browser.opens(&format!("{good}&client_id=portal")).await;
        is_a_page(&browser, 400, MALFORMED);
        browser.opens(&format!("{good}&x={}", "y".repeat(4097))).await;
        is_a_page(&browser, 400, MALFORMED);
        browser.opens(&format!("{good}{}", "&a=b".repeat(100))).await;
        is_a_page(&browser, 400, MALFORMED);
        for mode in ["web_message", "Query", "jwt.query", "code"] {
            browser.opens(&portal.asks().with("prompt", "none").with("response_mode", mode).url()).await;
            assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("invalid_request"), "{mode}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_128_pkce_is_s256_or_nothing() {
    on_each_database(async |world| {
        let portal = world.portal();
        let exempt = with_client(world, "exempt", &[("pkce", "\"optional\"")]).await;
        let (mut browser, _) = signed_in(world).await;
        for (challenge, method) in [
            ("", ""),
            ("", "S256"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", ""),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "plain"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "s256"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "S256"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "S256"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c+", "S256"),
        ] {
            let asked = portal.asks().with("prompt", "none");
            let asked = asked.with("code_challenge", challenge).with("code_challenge_method", method);
            browser.opens(&asked.url()).await;
            assert_eq!(
                parameter(browser.left_for(), "error").as_deref(),
                Some("invalid_request"),
                "{challenge} {method}"
            );
        }
        let without = exempt.asks().with("code_challenge", "").with("code_challenge_method", "");
        browser.opens(&without.url()).await;
        let code = exempt.code(&without, browser.left_for());
        let redeemed = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &exempt.redirect_uri)];
        assert_eq!(exempt.token(&redeemed).await.status, 200, "exempted one by one");
    })
    .await;
}

#[tokio::test]
async fn sr_129_a_verifier_goes_with_a_challenge_and_never_alone() {
    on_each_database(async |world| {
        let exempt = with_client(world, "exempt", &[("pkce", "\"optional\"")]).await;
        let (mut browser, _) = signed_in(world).await;
        let without = exempt.asks().with("code_challenge", "").with("code_challenge_method", "");
        browser.opens(&without.url()).await;
        let stripped = exempt.code(&without, browser.left_for());
        assert_eq!(refused(&exempt.exchanges(&stripped, &without).await), "invalid_grant");

        let (asked, kept) = code(&mut browser, &exempt).await;
        let bare = [("grant_type", "authorization_code"), ("code", &kept), ("redirect_uri", &exempt.redirect_uri)];
        assert_eq!(refused(&exempt.token(&bare).await), "invalid_grant");
        assert_eq!(refused(&exempt.exchanges(&kept, &asked).await), "invalid_grant", "and it is burnt");
    })
    .await;
}

#[tokio::test]
async fn sr_130_there_is_the_code_flow_and_no_other() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        for flow in ["token", "id_token", "id_token token", "code id_token", "code token", "none", "Code"] {
            browser.opens(&portal.asks().with("prompt", "none").with("response_type", flow).url()).await;
            assert_eq!(parameter(browser.left_for(), "error").as_deref(), Some("unsupported_response_type"), "{flow}");
            assert!(browser.left_for().fragment().is_none());
        }
        let password = [("grant_type", "password"), ("username", MARIE.email), ("password", MARIE.password)];
        assert_eq!(refused(&portal.token(&password).await), "unsupported_grant_type");
        assert_eq!(refused(&portal.token(&[("grant_type", "client_credentials")]).await), "unauthorized_client");
        assert_eq!(refused(&portal.token(&[("grant_type", "implicit")]).await), "unsupported_grant_type");
        // A client without the grant cannot use a refresh token, and gets none.
        let plain = with_client(world, "plain", &[("grant_types", "[\"authorization_code\"]")]).await;
        let given = super::tokens(&mut browser, &plain).await;
        assert!(given.refresh_token.is_none());
        assert_eq!(refused(&plain.refreshes("anything").await), "unauthorized_client");
    })
    .await;
}

#[tokio::test]
async fn sr_131_every_answer_says_who_gave_it() {
    on_each_database(async |world| {
        let portal = world.portal();
        let mut stranger = world.browser();
        stranger.opens(&portal.asks().with("prompt", "none").url()).await;
        assert_eq!(parameter(stranger.left_for(), "iss"), Some(issuer()), "an error");
        let (mut browser, _) = signed_in(world).await;
        browser.opens(&portal.asks().url()).await;
        assert_eq!(parameter(browser.left_for(), "iss"), Some(issuer()), "a code");
        browser.opens(&portal.asks().with("response_mode", "form_post").url()).await;
        let form = browser.form("Continuer");
        assert!(form.fields.contains(&("iss".to_owned(), issuer())), "a form");
    })
    .await;
}

#[tokio::test]
async fn sr_132_state_and_nonce_come_back_byte_for_byte() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        for odd in [
            "a b+c&d=e%20%2B?f#g",
            "é€😀 \u{202e}",
            "\"><script>alert(1)</script>'",
            "\r\n\tSet-Cookie: x=y",
            "{\"redirect\":\"https://ailleurs.example\"}",
            "../../etc/passwd\\",
            &"s".repeat(2000),
            "0",
        ] {
            let mut asked = portal.asks().with("state", odd).with("nonce", odd);
            (asked.state, asked.nonce) = (odd.to_owned(), odd.to_owned());
            browser.opens(&asked.url()).await;
            let tokens = portal.redeems(&asked, browser.left_for()).await;
            assert_eq!(claims(&tokens.id_token)["nonce"], odd);
            browser.opens(&asked.with("response_mode", "form_post").url()).await;
            let state = browser.form("Continuer").fields.into_iter().find(|(name, _)| name == "state").unwrap().1;
            // A form has but one way to end a line: HTML reads CR LF as LF, and browsers send CR LF again.
            assert_eq!(state, odd.replace('\r', ""));
        }
        let bare = portal.asks().with("state", "").with("nonce", "");
        browser.opens(&bare.url()).await;
        assert_eq!(parameter(browser.left_for(), "state"), None);
        let code = parameter(browser.left_for(), "code").unwrap();
        let given = portal.exchanges(&code, &bare).await.json();
        assert!(claims(given["id_token"].as_str().unwrap()).get("nonce").is_none());
    })
    .await;
}

#[tokio::test]
async fn sr_117_a_posted_answer_escapes_every_value() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = portal.asks().with("state", "\"><script>alert(1)</script>").with("response_mode", "form_post");
        browser.opens(&asked.url()).await;
        assert_eq!(browser.status(), 200);
        assert!(!browser.answer().body.contains("<script>alert"));
        assert!(browser.answer().body.contains("data-sends-itself"));
        assert_eq!(browser.answer().header("cache-control"), Some("no-store"));
        let form = browser.form("Continuer");
        assert_eq!(form.action.as_deref(), Some(CALLBACK));
        assert_eq!(
            form.fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["code", "session_state", "state", "iss"]
        );
        // Nothing of it is in the address.
        assert!(!browser.at().as_str().contains(&form.fields[0].1));
    })
    .await;
}

#[tokio::test]
async fn sr_100_a_post_from_the_clients_site_brings_no_cookie_and_finds_the_open_session_all_the_same() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let asked = portal.asks();
        let body = asked.url().split_once('?').unwrap().1.to_owned();
        // SameSite=Lax: a browser leaves cookies out of a POST from elsewhere.
        let answer = portal.sends(&Method::POST, &endpoint("auth"), &[], body.clone()).await;
        assert_eq!(answer.status, 303);
        assert_eq!(answer.cookies().count(), 0, "the browser's own cookie is not overwritten");
        browser.opens(answer.header(LOCATION).unwrap()).await;
        portal.redeems(&asked, browser.left_for()).await;
        // From a page of the same site the cookies come along.
        let there = browser.absolute(&endpoint("auth"));
        let answer = browser.asks(&Method::POST, &there, Some(body), &[]).await;
        portal.redeems(&asked, &answer.location().unwrap().parse().unwrap()).await;
    })
    .await;
}

#[tokio::test]
async fn a_posted_request_begins_a_journey_for_somebody_new() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let portal = world.portal();
        let asked = portal.asks();
        let body = asked.url().split_once('?').unwrap().1.to_owned();
        let answer = portal.sends(&Method::POST, &endpoint("auth"), &[], body).await;
        let mut browser = world.browser();
        browser.opens(answer.location().unwrap()).await;
        assert_eq!(browser.place(), "sign-in");
        browser.submits(&MARIE.credentials()).await;
        portal.redeems(&asked, browser.left_for()).await;
        // Nobody is sent anywhere by a posted request that no client stands behind.
        for body in ["", "client_id=portal", "{\"client_id\":\"portal\"}"] {
            let mut answer =
                portal.sends(&Method::POST, &endpoint("auth"), &[(CONTENT_TYPE, "text/plain")], body).await;
            if let Some(detour) = answer.location() {
                assert!(detour.starts_with(&endpoint("auth")));
                let detour = detour.to_owned();
                answer = portal.sends(&Method::GET, &detour, &[], String::new()).await;
            }
            assert_eq!(answer.status, 400, "{body}");
            assert_eq!(Page::parse(&answer.body).h1(), "Nous n’avons pas pu terminer");
        }
    })
    .await;
}

#[tokio::test]
async fn a_posted_request_object_goes_on_as_a_request_of_the_browsers_own() {
    on_each_database(async |world| {
        let key = Signer::new("ES256", "k-1");
        let shop = signing(world, "shop", &key, "").await;
        let (browser, _) = signed_in(world).await;
        // A long object by POST, as a form of another site sends it: no cookie comes, and it goes on as a GET.
        let asked = shop.asks();
        let jwt = key.signs(&object(world, &asked, &json!({"login_hint": "x".repeat(200)})));
        let form = bare(&shop, "request", &jwt);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.parameters).finish();
        let there = browser.absolute(&endpoint("auth"));
        let answer = browser.asks(&Method::POST, &there, Some(body), &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        shop.redeems(&asked, &answer.location().unwrap().parse().unwrap()).await;
    })
    .await;
}

#[tokio::test]
async fn a_public_client_signs_people_in_with_pkce_as_its_only_proof() {
    on_each_database(async |world| {
        let phone = with_public_client(world, "phone").await;
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &phone).await;
        let answer = phone.exchanges(&code, &asked).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        phone.checked(answer.json()["id_token"].as_str().unwrap(), &asked.nonce).await;
    })
    .await;
}

#[tokio::test]
async fn sr_108_head_begins_no_journey_issues_no_code_and_ends_no_session() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        let (stranger, mut halfway) = (world.browser(), world.browser());
        halfway.opens(&portal.asks().url()).await;
        halfway.submits(&MARIE.credentials()).await;
        let asked = portal.asks().url();
        let registrations = asked.replace("/auth?", "/registrations?");
        let flow = world.database.texts("SELECT journey FROM flows").await.len();
        assert!(flow > 0);
        let logout = portal.logout_url(&[("id_token_hint", &given.id_token)]);
        let before = world.database.dump().await;
        for address in [&asked, &registrations, &format!("{}/resume?flow=x", endpoint("auth")), &logout] {
            let address = Url::parse(address).unwrap();
            for visitor in [&stranger, &browser, &halfway] {
                let answer = visitor.asks(&Method::HEAD, &address, None, &[]).await;
                assert_eq!(answer.status, 200, "{address}");
                assert_eq!((answer.header("cache-control"), answer.header("location")), (Some("no-store"), None));
                assert_eq!(answer.cookies().count(), 0, "{address}");
            }
        }
        assert_eq!(world.database.dump().await, before);
        // GET does what it is for.
        browser.opens(&asked).await;
        assert!(browser.has_left() && world.database.dump().await != before);
    })
    .await;
}
