//! Userinfo: where the token may stand, and how much is told.

use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use http::{HeaderName, Method};

use super::signed_in;
use crate::support::client_app::{claims, endpoint};
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

#[tokio::test]
async fn sr_164_the_token_comes_in_the_header_or_the_form_never_in_the_address() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (_, given) = signed_in(world).await;
        let (url, token) = (endpoint("userinfo"), given.access_token.as_str());
        let (bearer, form) = (format!("Bearer {token}"), format!("access_token={token}"));
        let sub = claims(&given.id_token)["sub"].clone();
        for (method, scheme, body) in [
            (Method::GET, bearer.as_str(), ""),
            (Method::GET, &format!("bearer {token}"), ""),
            (Method::POST, &bearer, ""),
            (Method::POST, "", form.as_str()),
        ] {
            let headers: &[_] = if scheme.is_empty() { &[] } else { &[(AUTHORIZATION, scheme)] };
            let answer = portal.sends(&method, &url, headers, body.to_owned()).await;
            assert_eq!(answer.status, 200, "{method} {scheme} {body}: {}", answer.body);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.json()["sub"], sub);
        }
        for method in [Method::GET, Method::POST] {
            let answer = portal.sends(&method, &format!("{url}?{form}"), &[], String::new()).await;
            assert_eq!(answer.status, 401);
            // RFC 6750 §3.1: no token, no error code in the challenge.
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        let two = portal.sends(&Method::POST, &url, &[(AUTHORIZATION, &bearer)], form.clone()).await;
        assert_eq!((two.status.as_u16(), two.json()["error"].as_str()), (400, Some("invalid_request")));
        let twice = portal.sends(&Method::POST, &url, &[], format!("{form}&{form}")).await;
        assert_eq!(twice.status, 400);
        let json = format!("{{\"access_token\":\"{token}\"}}");
        let answer = portal.sends(&Method::POST, &url, &[(CONTENT_TYPE, "application/json")], json).await;
        assert_eq!(answer.status, 401);
        for odd in ["Bearer", "Bearer ", "Basic cG9ydGFsOng=", "Bearer\t", "DPoP x", token] {
            let answer = portal.sends(&Method::GET, &url, &[(AUTHORIZATION, odd)], String::new()).await;
            assert_eq!(answer.status, 401, "{odd}");
        }
        let bad = portal.userinfo("x.y.z").await;
        assert_eq!(bad.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    })
    .await;
}

#[tokio::test]
async fn sr_164_only_the_claims_of_granted_scopes_are_told_and_never_tokens() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        for (scope, told) in [
            ("openid", "sub"),
            ("openid email", "email email_verified sub"),
            ("openid profile", "family_name given_name locale name preferred_username sub updated_at"),
            (
                "openid email profile",
                "email email_verified family_name given_name locale name preferred_username sub updated_at",
            ),
        ] {
            let asked = portal.asks().with("scope", scope);
            browser.opens(&asked.url()).await;
            let given = portal.redeems(&asked, browser.left_for()).await;
            let answer = portal.userinfo(&given.access_token).await.json();
            let mut names: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
            names.sort_unstable();
            assert_eq!(names.join(" "), told, "{scope}");
            if scope.contains("profile") {
                assert_eq!(answer["given_name"], MARIE.first_name);
                assert_eq!(answer["name"], "Marie Durand");
                assert_eq!(answer["locale"], "fr");
                assert!(answer["updated_at"].is_i64());
            }
            if scope.contains("email") {
                assert_eq!(
                    (answer["email"].as_str(), answer["email_verified"].as_bool()),
                    (Some(MARIE.email), Some(true))
                );
            }
        }
        // Narrowed below openid, a token says nothing about anybody.
        let given = super::tokens(&mut browser, &portal).await;
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", given.refresh_token.as_deref().unwrap()),
            ("scope", "email"),
        ];
        let narrow = portal.token(&form).await.json();
        assert!(narrow["id_token"].is_null());
        let answer = portal.userinfo(narrow["access_token"].as_str().unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (403, Some("insufficient_scope")));
    })
    .await;
}

#[tokio::test]
async fn answers_have_a_date_and_name_the_interaction() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (_, given) = signed_in(world).await;
        let (interaction, bearer) =
            (HeaderName::from_static("x-fapi-interaction-id"), format!("Bearer {}", given.access_token));
        let id = "C770AEF3-6784-41F7-8E0E-FF5F97BDDB3A";
        for (authorization, status) in [(bearer.as_str(), 200), ("Bearer x", 401)] {
            let headers = [(AUTHORIZATION, authorization), (interaction.clone(), id)];
            let answer = portal.sends(&Method::GET, &endpoint("userinfo"), &headers, String::new()).await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.header(&interaction), Some(id));
            assert!(answer.header(DATE).is_some());
        }
        for odd in ["", "x", "{c770aef3-6784-41f7-8e0e-ff5f97bddb3a}", "<script>alert(1)</script>-6784-41f7-8"] {
            let headers = [(AUTHORIZATION, bearer.as_str()), (interaction.clone(), odd)];
            let answer = portal.sends(&Method::GET, &endpoint("userinfo"), &headers, String::new()).await;
            assert_eq!((answer.status.as_u16(), answer.header(&interaction)), (200, None), "{odd}");
        }
    })
    .await;
}
