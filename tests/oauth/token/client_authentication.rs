//! Clients prove themselves by their one registered method, and learn nothing when they cannot.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use guichet::clock::Duration;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, Method};

use crate::oauth::{SECRET, code, refused, signed_in, tokens, with_client, with_public_client};
use crate::support::client_app::{ClientApp, Presents, endpoint};
use crate::support::http::Answer;
use crate::support::world::{PORTAL_SECRET, World, on_each_database};

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// A request with that `Authorization` header and that body.
async fn asks(client: &ClientApp, authorization: &str, body: &str) -> Answer {
    let headers: &[_] = if authorization.is_empty() { &[] } else { &[(AUTHORIZATION, authorization)] };
    client.sends(&Method::POST, &endpoint("token"), headers, body.to_owned()).await
}

#[tokio::test]
async fn sr_147_each_client_has_one_method_and_no_other_is_taken() {
    on_each_database(async |world| {
        let portal = world.portal();
        let mut poster =
            with_client(world, "poster", &[("token_endpoint_auth_method", "\"client_secret_post\"")]).await;
        poster.presents = Presents::Post;
        let phone = with_public_client(world, "phone").await;
        let (mut browser, _) = signed_in(world).await;
        for client in [&portal, &poster, &phone] {
            let given = tokens(&mut browser, client).await;
            assert_eq!(client.refreshes(given.refresh_token.as_ref().unwrap()).await.status, 200, "{}", client.id);
        }
        for (client, presents) in [
            (&portal, [Presents::Post, Presents::Name]),
            (&poster, [Presents::Basic, Presents::Name]),
            (&phone, [Presents::Basic, Presents::Post]),
        ] {
            for presents in presents {
                let mut other = ClientApp::new(world, &client.id, &client.secret, &client.redirect_uri);
                other.presents = presents;
                let answer = other.refreshes("anything").await;
                assert_eq!((answer.status.as_u16(), refused(&answer)), (401, "invalid_client".into()), "{}", client.id);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sr_147_unknown_client_wrong_secret_and_wrong_method_get_one_answer() {
    on_each_database(async |world| {
        let portal = world.portal();
        let good = "grant_type=refresh_token&refresh_token=x";
        let wrong = asks(&portal, &basic("portal", "wrong"), good).await;
        assert_eq!(wrong.status, 401);
        // RFC 6749 §5.2: the challenge of the scheme that was used.
        assert_eq!(wrong.header("www-authenticate"), Some("Basic realm=\"token\", charset=\"UTF-8\""));
        let alike = |a: &Answer, b: &Answer| {
            let told = |headers: &HeaderMap| {
                let mut names: Vec<_> = headers.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
                names.retain(|(name, _)| name != "date" && name != "x-request-id");
                names.sort_by(|a, b| a.0.cmp(&b.0));
                names
            };
            assert_eq!((a.status, &a.body), (b.status, &b.body));
            assert_eq!(told(&a.headers), told(&b.headers));
        };
        for credentials in
            [basic("inconnu", PORTAL_SECRET), basic("portal", ""), basic("Portal", PORTAL_SECRET), basic("", "")]
        {
            alike(&asks(&portal, &credentials, good).await, &wrong);
        }
        alike(&asks(&portal, &basic("portal", PORTAL_SECRET), &format!("{good}&client_id=autre")).await, &wrong);
        let unsaid = asks(&portal, "", &format!("{good}&client_id=inconnu&client_secret=x")).await;
        for body in [
            format!("{good}&client_id=portal&client_secret={PORTAL_SECRET}"),
            format!("{good}&client_id=portal"),
            good.to_owned(),
        ] {
            let answer = asks(&portal, "", &body).await;
            assert_eq!((answer.status, &answer.body), (unsaid.status, &unsaid.body), "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_147_one_method_in_one_request() {
    on_each_database(async |world| {
        let portal = world.portal();
        let both = format!("grant_type=refresh_token&refresh_token=x&client_id=portal&client_secret={PORTAL_SECRET}");
        let answer = asks(&portal, &portal.basic(), &both).await;
        assert_eq!(refused(&answer), "invalid_request");
        let same_name = "grant_type=refresh_token&refresh_token=x&client_id=portal";
        assert_eq!(
            refused(&asks(&portal, &portal.basic(), same_name).await),
            "invalid_grant",
            "naming oneself is none"
        );
        let twice = "grant_type=refresh_token&refresh_token=x&client_id=portal&client_id=portal";
        assert_eq!(refused(&asks(&portal, "", twice).await), "invalid_request");
        for odd in ["Basic", "Basic ", "Basic !!!!", "Basic cG9ydGFs", "Bearer x", "Digest a=b", "\u{ff}", "basic  "] {
            let answer = asks(&portal, odd, "grant_type=refresh_token&refresh_token=x").await;
            assert_eq!((answer.status.as_u16(), refused(&answer)), (401, "invalid_client".into()), "{odd:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_146_two_secrets_are_valid_during_a_rotation_and_none_is_kept_as_it_is() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        let old = format!("\"{}\"", hashed(SECRET));
        let new = format!("\"{}\"", hashed("the-new-secret-that-the-operator-just-made"));
        world.rewrites_client("shop", &[(&old, &format!("{old}, {new}"))]).await;
        let with = |secret: &str| ClientApp::new(world, "shop", secret, &shop.redirect_uri);
        let (first, second) = (with(SECRET), with("the-new-secret-that-the-operator-just-made"));
        assert_eq!(refused(&first.refreshes("x").await), "invalid_grant");
        assert_eq!(refused(&second.refreshes("x").await), "invalid_grant");
        assert!(!world.database.dump().await.contains(SECRET));
        world.rewrites_client("shop", &[(&format!("{old}, "), "")]).await;
        assert_eq!(refused(&first.refreshes("x").await), "invalid_client", "the rotation is over");
        assert_eq!(refused(&second.refreshes("x").await), "invalid_grant");
    })
    .await;
}

fn hashed(secret: &str) -> String {
    format!("sha256:{}", URL_SAFE_NO_PAD.encode(digest(&SHA256, secret.as_bytes())))
}

#[tokio::test]
async fn guessing_at_a_clients_secret_is_slowed_and_locks_no_portal_out() {
    on_each_database(async |world| {
        let (portal, (mut browser, _)) = (world.portal(), signed_in(world).await);
        let wrong = ClientApp::new(world, "portal", "wrong", &portal.redirect_uri);
        let mut statuses = Vec::new();
        for _ in 0..8 {
            statuses.push(wrong.refreshes("x").await.status.as_u16());
        }
        assert_eq!(statuses[..5], [401; 5]);
        assert_eq!(statuses.last(), Some(&429));
        let slowed = wrong.refreshes("x").await;
        assert!(slowed.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
        // From the very same address the right secret works on.
        let (asked, code) = code(&mut browser, &portal).await;
        assert_eq!(portal.exchanges(&code, &asked).await.status, 200);
        world.advance(Duration::from_secs(3600));
        assert_eq!(wrong.refreshes("x").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn sr_109_no_cookie_authenticates_the_token_endpoint_and_no_other_body_reaches_it() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let cookies = browser.cookies().header().unwrap();
        let (asked, code) = code(&mut browser, &portal).await;
        let form = format!(
            "grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={}",
            portal.redirect_uri, asked.verifier
        );
        let token = endpoint("token");
        let with_cookie = portal.sends(&Method::POST, &token, &[(COOKIE, &cookies)], form.clone()).await;
        assert_eq!(refused(&with_cookie), "invalid_client");
        assert_eq!(with_cookie.cookies().count(), 0);
        let basic = portal.basic();
        for kind in [
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
            "",
            "application/x-www-form-urlencodedx",
        ] {
            let headers = [(AUTHORIZATION, basic.as_str()), (CONTENT_TYPE, kind)];
            let answer = portal.sends(&Method::POST, &token, &headers, form.clone()).await;
            assert_eq!(refused(&answer), "invalid_request", "{kind}");
        }
        let get =
            portal.sends(&Method::GET, &format!("{token}?{form}"), &[(AUTHORIZATION, &basic)], String::new()).await;
        assert_eq!(get.status, 405);
        // None of it reached the code.
        let headers =
            [(AUTHORIZATION, basic.as_str()), (CONTENT_TYPE, "Application/X-WWW-Form-Urlencoded; charset=UTF-8")];
        assert_eq!(portal.sends(&Method::POST, &token, &headers, form).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_client_that_was_removed_is_nobody_at_once() {
    on_each_database(async |world| {
        let shop = with_client(world, "shop", &[]).await;
        let (mut browser, _) = signed_in(world).await;
        let given = tokens(&mut browser, &shop).await;
        world.removes_client("shop").await;
        assert_eq!(refused(&shop.refreshes(given.refresh_token.as_ref().unwrap()).await), "invalid_client");
        assert_eq!(shop.userinfo(&given.access_token).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_client_of_another_realm_is_a_stranger_here() {
    on_each_database(async |world: &mut World| {
        let (mut browser, _) = signed_in(world).await;
        world.adds_realm("autre").await;
        let portal = world.portal();
        let (asked, code) = code(&mut browser, &portal).await;
        let there = endpoint("token").replace("/realms/certinomis/", "/realms/autre/");
        let form = format!(
            "grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={}",
            portal.redirect_uri, asked.verifier
        );
        // The same client_id and secret are registered there too; the code is not of that realm.
        let answer = portal.sends(&Method::POST, &there, &[(AUTHORIZATION, &portal.basic())], form).await;
        assert_eq!(refused(&answer), "invalid_grant");
    })
    .await;
}
