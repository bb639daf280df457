//! Authorization codes: short-lived, single use, bound to all that they were issued for.

use guichet::clock::Duration;

use crate::oauth::{code, refused, signed_in, tokens, with_client};
use crate::support::client_app::{ClientApp, tokens as read};
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[tokio::test]
async fn sr_138_a_code_spent_twice_revokes_what_it_bought() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &portal).await;
        let first = read(&portal.exchanges(&code, &asked).await);
        assert_eq!(portal.userinfo(&first.access_token).await.status, 200);
        let refreshed = read(&portal.refreshes(first.refresh_token.as_ref().unwrap()).await);

        world.advance(seconds(20));
        assert_eq!(refused(&portal.exchanges(&code, &asked).await), "invalid_grant"); // RFC 6749 §4.1.2
        for bought in [&first, &refreshed] {
            assert_eq!(portal.userinfo(&bought.access_token).await.status, 401);
            assert_eq!(refused(&portal.refreshes(bought.refresh_token.as_ref().unwrap()).await), "invalid_grant");
        }
        assert_eq!(world.database.count("SELECT count(*) FROM events WHERE name = 'token.code_replayed'").await, 1);
        // The person's session goes on, and other codes buy as before.
        tokens(&mut browser, &portal).await;
    })
    .await;
}

#[tokio::test]
async fn sr_138_a_code_replayed_by_another_client_ends_what_it_bought_too() {
    on_each_database(async |world| {
        let portal = world.portal();
        let shop = with_client(world, "shop", &[]).await;
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &portal).await;
        let bought = read(&portal.exchanges(&code, &asked).await);
        assert_eq!(refused(&shop.exchanges(&code, &asked).await), "invalid_grant");
        assert_eq!(portal.userinfo(&bought.access_token).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn sr_137_any_mismatch_is_refused_and_burns_the_code() {
    on_each_database(async |world| {
        let portal = world.portal();
        let shop = with_client(world, "shop", &[]).await;
        let (mut browser, _) = signed_in(world).await;
        let verifier = "a".repeat(43);
        for (uri, verifier) in [
            ("https://portail.example/retour/", ""),
            ("https://portail.example/", ""),
            ("https://shop.example/retour", ""),
            ("", verifier.as_str()),
            ("", "short"),
            ("", "-"),
        ] {
            let (asked, code) = code(&mut browser, &portal).await;
            let mut form = vec![("grant_type", "authorization_code"), ("code", &code)];
            form.push(("redirect_uri", if uri.is_empty() { &portal.redirect_uri } else { uri }));
            match verifier {
                "" => form.push(("code_verifier", &asked.verifier)),
                "-" => {}
                wrong => form.push(("code_verifier", wrong)),
            }
            let answer = portal.token(&form).await;
            assert_eq!((answer.status.as_u16(), refused(&answer)), (400, "invalid_grant".into()), "{uri} {verifier}");
            assert_eq!(refused(&portal.exchanges(&code, &asked).await), "invalid_grant", "burnt: {uri} {verifier}");
        }
        // Another client's, with all else right.
        let (asked, stolen) = code(&mut browser, &portal).await;
        let thief = ClientApp::new(world, &shop.id, &shop.secret, &portal.redirect_uri);
        assert_eq!(refused(&thief.exchanges(&stolen, &asked).await), "invalid_grant");
        assert_eq!(refused(&portal.exchanges(&stolen, &asked).await), "invalid_grant", "burnt");
    })
    .await;
}

#[tokio::test]
async fn sr_137_a_code_lives_sixty_seconds_and_no_longer_than_its_session() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let (asked, late) = code(&mut browser, &portal).await;
        let (in_time_asked, in_time) = code(&mut browser, &portal).await;
        world.advance(seconds(59));
        assert_eq!(portal.exchanges(&in_time, &in_time_asked).await.status, 200);
        world.advance(seconds(1));
        assert_eq!(refused(&portal.exchanges(&late, &asked).await), "invalid_grant");

        let (asked, pending) = code(&mut browser, &portal).await;
        browser.opens(&portal.logout_url(&[])).await.presses("Se déconnecter").await;
        assert_eq!(refused(&portal.exchanges(&pending, &asked).await), "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn sr_137_of_simultaneous_uses_on_two_nodes_one_wins_at_most_and_nothing_is_left_of_it() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let other = world.another_node().await;
        let mut elsewhere = world.portal();
        elsewhere.node = other.address;
        for _ in 0..5 {
            let (asked, code) = code(&mut browser, &portal).await;
            let answers = tokio::join!(
                portal.exchanges(&code, &asked),
                elsewhere.exchanges(&code, &asked),
                portal.exchanges(&code, &asked),
                elsewhere.exchanges(&code, &asked)
            );
            let answers = [answers.0, answers.1, answers.2, answers.3];
            let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
            assert_eq!(won.len(), 1, "{answers:?}");
            assert!(answers.iter().all(|answer| answer.status == 200 || refused(answer) == "invalid_grant"));
            assert_eq!(portal.userinfo(&read(won[0]).access_token).await.status, 401, "the others were replays");
        }
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_137_sr_139_codes_are_long_kept_as_hashes_and_found_as_a_whole() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &portal).await;
        assert_eq!(code.len(), 43, "256 bits");
        assert!(!world.database.dump().await.contains(&code));
        let swapped = |text: &str| {
            text.chars()
                .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
                .collect()
        };
        let variants: [String; 7] = [
            code[..42].to_owned(),
            format!("{code}A"),
            format!("{code}="),
            format!(" {code}"),
            format!("{code}\0"),
            swapped(&code),
            code.chars().rev().collect(),
        ];
        for other in variants {
            assert_eq!(refused(&portal.exchanges(&other, &asked).await), "invalid_grant", "{other:?}");
        }
        let bought = read(&portal.exchanges(&code, &asked).await);
        let refresh = bought.refresh_token.unwrap();
        assert!(!world.database.dump().await.contains(&refresh));
        for other in [refresh[..42].to_owned(), format!("{refresh}A"), format!("{refresh}="), swapped(&refresh)] {
            assert_eq!(refused(&portal.refreshes(&other).await), "invalid_grant", "{other:?}");
        }
        assert_eq!(portal.refreshes(&refresh).await.status, 200, "nothing of this touched it");
    })
    .await;
}

#[tokio::test]
async fn sr_113_no_answer_of_the_token_endpoint_is_kept_by_caches() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let (asked, code) = code(&mut browser, &portal).await;
        let answer = portal.exchanges(&code, &asked).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("pragma"), Some("no-cache"));
        let given = read(&answer);
        assert_eq!(portal.userinfo(&given.access_token).await.header("cache-control"), Some("no-store"));
        assert_eq!(portal.userinfo("x").await.header("cache-control"), Some("no-store"));
        assert_eq!(portal.exchanges(&code, &asked).await.header("cache-control"), Some("no-store"));
        assert_eq!(browser.answer().header("cache-control"), Some("no-store"), "the answer that carried the code");
    })
    .await;
}

#[tokio::test]
async fn a_disabled_account_has_nothing_left_anywhere() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        let (asked, pending) = code(&mut browser, &portal).await;
        let realm = "certinomis".parse().unwrap();
        let user = world.node.house.user(&realm, MARIE.email).await.unwrap().unwrap();
        world.node.house.switch_user(&realm, &user, false).await.unwrap();

        assert_eq!(refused(&portal.exchanges(&pending, &asked).await), "invalid_grant");
        assert_eq!(refused(&portal.refreshes(given.refresh_token.as_ref().unwrap()).await), "invalid_grant");
        assert_eq!(portal.userinfo(&given.access_token).await.status, 401);
        let silent = portal.asks().with("prompt", "none");
        browser.opens(&silent.url()).await;
        assert!(browser.left_for().as_str().contains("error=login_required"));
        // Switched on again it is the account that comes back, not what hung on it.
        world.node.house.switch_user(&realm, &user, true).await.unwrap();
        assert_eq!(refused(&portal.refreshes(given.refresh_token.as_ref().unwrap()).await), "invalid_grant");
        assert_eq!(portal.userinfo(&given.access_token).await.status, 401);
        MARIE.signs_in(world, &mut browser).await;
    })
    .await;
}
