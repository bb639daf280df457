//! Refresh tokens: each use puts another in its place, and a used one that comes back ends the family.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::clock::{Duration, hours};
use serde_json::{Value, json};

use crate::oauth::dpop::{bound, with_bound_client};
use crate::oauth::{COMPATIBLE, refused, signed_in, tokens, with_client, with_public_client};
use crate::support::client_app::{Tokens, claims, tokens as read};
use crate::support::holder::Holder;
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn refresh_token(tokens: &Tokens) -> &str {
    tokens.refresh_token.as_deref().unwrap()
}

#[tokio::test]
async fn sr_140_a_refresh_token_is_used_once_and_belongs_to_one_client() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (shop, phone) = (with_client(world, "shop", &[]).await, with_public_client(world, "phone").await);
        let (mut browser, first) = signed_in(world).await;
        // Another client's attempt is refused, and does not hurt its owner.
        for other in [&shop, &phone] {
            assert_eq!(refused(&other.refreshes(refresh_token(&first)).await), "invalid_grant");
        }
        let second = read(&portal.refreshes(refresh_token(&first)).await);
        assert_ne!(refresh_token(&second), refresh_token(&first));
        assert_eq!(portal.userinfo(&second.access_token).await.status, 200);
        let of_phone = tokens(&mut browser, &phone).await;
        let next = read(&phone.refreshes(refresh_token(&of_phone)).await);
        assert_ne!(refresh_token(&next), refresh_token(&of_phone), "public clients above all");
    })
    .await;
}

#[tokio::test]
async fn sr_140_refresh_tokens_have_an_idle_and_an_absolute_end() {
    on_each_database(async |world| {
        let portal = world.portal();
        world
            .rewrites_realm(&[
                ("absolute = \"12h\"", "absolute = \"24h\""),
                ("refresh_idle = \"24h\"", "refresh_idle = \"2h\""),
                ("refresh_absolute = \"30d\"", "refresh_absolute = \"5h\""),
            ])
            .await;
        let (mut browser, idle) = signed_in(world).await;
        let mut busy = tokens(&mut browser, &portal).await;
        for _ in 0..4 {
            world.advance(hours(1));
            busy = read(&portal.refreshes(refresh_token(&busy)).await);
        }
        assert_eq!(refused(&portal.refreshes(refresh_token(&idle)).await), "invalid_grant", "idle");
        world.advance(hours(1));
        assert_eq!(refused(&portal.refreshes(refresh_token(&busy)).await), "invalid_grant", "absolute");
    })
    .await;
}

/// Keycloak's adapter in a page decodes it (`docs/adr/0031`); to us it stays a text that is known as a whole.
#[tokio::test]
async fn sr_140_a_compatible_clients_refresh_token_reads_as_a_jwt_and_counts_as_nothing_else() {
    on_each_database(async |world| {
        let page = with_public_client(world, "page").await;
        world.rewrites_client("page", &[COMPATIBLE]).await;
        let (mut browser, _) = signed_in(world).await;
        let first = tokens(&mut browser, &page).await;
        let dressed = refresh_token(&first).to_owned();
        let parts: Vec<_> = dressed.split('.').collect();
        assert_eq!((parts.len(), parts[2]), (3, ""), "nothing is signed for this");
        let [header, claims] = [parts[0], parts[1]].map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
        let [header, claims]: [Value; 2] = [header, claims].map(|part| serde_json::from_slice(&part).unwrap());
        assert_eq!(header["alg"], "none");
        assert_eq!((&claims["typ"], claims["jti"].as_str().map(str::len)), (&json!("Refresh"), Some(43)));
        assert!(claims["exp"].as_i64() > claims["iat"].as_i64(), "{claims}");
        assert_eq!(page.userinfo(&dressed).await.status, 401);
        let later = json!({ "typ": "Refresh", "jti": claims["jti"], "iat": claims["iat"], "exp": 4_000_000_000_i64 });
        let forged = format!("{}.{}.", parts[0], URL_SAFE_NO_PAD.encode(later.to_string()));
        for wrong in [&forged, claims["jti"].as_str().unwrap(), dressed.trim_end_matches('.')] {
            assert_eq!(refused(&page.refreshes(wrong).await), "invalid_grant", "{wrong}");
        }
        let second = read(&page.refreshes(&dressed).await);
        assert_eq!(refresh_token(&second).split('.').count(), 3);
        assert_eq!(refused(&page.refreshes(&dressed).await), "invalid_grant", "good once, as any public client's");
        assert_eq!(refused(&page.refreshes(refresh_token(&second)).await), "invalid_grant", "and its family ended");
    })
    .await;
}

#[tokio::test]
async fn sr_141_a_replay_ends_the_whole_family_and_is_written_down() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, first) = signed_in(world).await;
        let second = read(&portal.refreshes(refresh_token(&first)).await);
        let third = read(&portal.refreshes(refresh_token(&second)).await);
        let bystander = tokens(&mut browser, &portal).await;

        assert_eq!(refused(&portal.refreshes(refresh_token(&first)).await), "invalid_grant");
        for member in [&first, &second, &third] {
            assert_eq!(refused(&portal.refreshes(refresh_token(member)).await), "invalid_grant");
            assert_eq!(portal.userinfo(&member.access_token).await.status, 401);
        }
        let told = "SELECT count(*) FROM events WHERE name = 'token.refresh_replayed'";
        assert_eq!(world.database.count(told).await, 1, "refusals afterwards are no further replays");
        let letter = world.mail_to(MARIE.email).await;
        assert_eq!(letter.subject, "L’accès d’une application à votre compte a été fermé – Certinomis");
        assert!(letter.text.contains("Portail de commande"), "{}", letter.text);
        let mailed = "SELECT count(*) FROM outbox WHERE kind = 'access_revoked'";
        assert_eq!(world.database.count(mailed).await, 1);
        assert_eq!(portal.refreshes(refresh_token(&bystander)).await.status, 200, "another family");
    })
    .await;
}

#[tokio::test]
async fn sr_142_within_the_grace_the_predecessor_gets_the_very_same_answer() {
    on_each_database(async |world| {
        let portal = world.portal();
        world.rewrites_realm(&[("refresh_grace = \"0s\"", "refresh_grace = \"10s\"")]).await;
        let (mut browser, first) = signed_in(world).await;
        let answer = portal.refreshes(refresh_token(&first)).await;
        world.advance(seconds(9));
        let again = portal.refreshes(refresh_token(&first)).await;
        assert_eq!((again.status.as_u16(), again.json()), (200, answer.json()), "no second branch");
        // Once the successor was used, it is a replay.
        let second = read(&answer);
        let third = read(&portal.refreshes(refresh_token(&second)).await);
        assert_eq!(refused(&portal.refreshes(refresh_token(&first)).await), "invalid_grant");
        assert_eq!(refused(&portal.refreshes(refresh_token(&third)).await), "invalid_grant");

        // After the grace as well; and never after a revocation.
        let first = tokens(&mut browser, &portal).await;
        let second = read(&portal.refreshes(refresh_token(&first)).await);
        world.advance(seconds(11));
        assert_eq!(refused(&portal.refreshes(refresh_token(&first)).await), "invalid_grant");
        assert_eq!(refused(&portal.refreshes(refresh_token(&second)).await), "invalid_grant");
        let first = tokens(&mut browser, &portal).await;
        read(&portal.refreshes(refresh_token(&first)).await);
        browser.opens(&portal.logout_url(&[])).await.presses("Se déconnecter").await;
        assert_eq!(refused(&portal.refreshes(refresh_token(&first)).await), "invalid_grant");
        assert!(!world.database.dump().await.contains(refresh_token(&second)), "kept answers are sealed");
    })
    .await;
}

#[tokio::test]
async fn sr_143_a_replay_is_found_within_the_same_instant_after_a_restart_and_on_another_node() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, first) = signed_in(world).await;
        read(&portal.refreshes(refresh_token(&first)).await);
        assert_eq!(refused(&portal.refreshes(refresh_token(&first)).await), "invalid_grant", "the clock stood still");

        let second = tokens(&mut browser, &portal).await;
        let next = read(&portal.refreshes(refresh_token(&second)).await);
        world.restarts().await;
        let portal = world.portal();
        assert_eq!(refused(&portal.refreshes(refresh_token(&second)).await), "invalid_grant");
        let other = world.another_node().await;
        let mut elsewhere = world.portal();
        elsewhere.node = other.address;
        assert_eq!(refused(&elsewhere.refreshes(refresh_token(&next)).await), "invalid_grant", "the family is over");
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_143_simultaneous_uses_on_two_nodes_make_no_second_branch() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, _) = signed_in(world).await;
        let other = world.another_node().await;
        let mut elsewhere = world.portal();
        elsewhere.node = other.address;
        for _ in 0..5 {
            let given = tokens(&mut browser, &portal).await;
            let token = refresh_token(&given);
            let (one, two) = tokio::join!(portal.refreshes(token), elsewhere.refreshes(token));
            let won: Vec<_> = [&one, &two].into_iter().filter(|answer| answer.status == 200).collect();
            assert_eq!(won.len(), 1, "{one:?}\n{two:?}");
            assert_eq!(refused(&portal.refreshes(refresh_token(&read(won[0]))).await), "invalid_grant", "a replay");
        }
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_144_each_refresh_asks_again_and_scope_only_shrinks() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, given) = signed_in(world).await;
        let wider = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token(&given)),
            ("scope", "openid offline_access"),
        ];
        assert_eq!(refused(&portal.token(&wider).await), "invalid_scope");
        let narrower =
            [("grant_type", "refresh_token"), ("refresh_token", refresh_token(&given)), ("scope", "openid email")];
        let narrow = read(&portal.token(&narrower).await);
        assert_eq!(narrow.answer["scope"], "email openid");
        let told = portal.userinfo(&narrow.access_token).await.json();
        assert_eq!((told["email"].as_str(), told["name"].as_str()), (Some(MARIE.email), None));
        // What the client may no longer ask for is gone from the next one on.
        world.rewrites_client("portal", &[("scope = \"openid profile email\"", "scope = \"openid profile\"")]).await;
        let less = read(&portal.refreshes(refresh_token(&narrow)).await);
        assert!(portal.userinfo(&less.access_token).await.json()["email"].is_null());
        // The session ended: so did its refresh tokens.
        browser.opens(&portal.logout_url(&[])).await.presses("Se déconnecter").await;
        assert_eq!(refused(&portal.refreshes(refresh_token(&less)).await), "invalid_grant");

        // Its absolute end counts like a sign-out.
        let later = MARIE.signs_in(world, &mut browser).await;
        world.advance(hours(12));
        assert_eq!(refused(&portal.refreshes(refresh_token(&later)).await), "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn a_refreshed_id_token_is_about_the_same_sign_in() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (_, first) = signed_in(world).await;
        world.advance(seconds(100));
        let second = read(&portal.refreshes(refresh_token(&first)).await);
        let (then, now) = (claims(&first.id_token), claims(&second.id_token));
        // OpenID Connect Core §12.2
        for same in ["iss", "sub", "aud", "azp", "auth_time", "sid", "acr"] {
            assert_eq!(now[same], then[same], "{same}");
        }
        assert_eq!(now["iat"], world.now().seconds());
        assert!(now.get("nonce").is_none());
    })
    .await;
}

#[tokio::test]
async fn sr_166_after_a_re_authentication_refreshed_id_tokens_name_the_session_that_logout_ends() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (mut browser, first) = signed_in(world).await;
        world.advance(seconds(100));
        let asked = portal.asks().with("prompt", "login");
        browser.opens(&asked.url()).await.submits(&[("password", MARIE.password)]).await;
        let anew = portal.redeems(&asked, browser.left_for()).await;
        let refreshed = read(&portal.refreshes(refresh_token(&first)).await);
        let [then, anew, now] = [&first, &anew, &refreshed].map(|tokens| claims(&tokens.id_token));
        assert_ne!(anew["sid"], then["sid"], "another session");
        assert_eq!(now["sid"], anew["sid"]);
        // OpenID Connect Core §12.2: it is about the sign-in of then all the same.
        assert_eq!((&now["auth_time"], &now["sub"]), (&then["auth_time"], &then["sub"]));
        let again = read(&portal.refreshes(refresh_token(&refreshed)).await);
        assert_eq!(claims(&again.id_token)["sid"], anew["sid"]);
        // It is a hint at the session that is open: nothing is asked.
        browser.opens(&portal.logout_url(&[("id_token_hint", &again.id_token)])).await;
        assert_eq!(browser.place(), "signed-out");
        assert_eq!(refused(&portal.refreshes(refresh_token(&again)).await), "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn sr_140_a_refresh_token_that_stays_ends_when_it_rests_or_grows_old() {
    on_each_database(async |world| {
        world
            .rewrites_realm(&[
                ("absolute = \"12h\"", "absolute = \"24h\""),
                ("refresh_idle = \"24h\"", "refresh_idle = \"2h\""),
                ("refresh_absolute = \"30d\"", "refresh_absolute = \"5h\""),
            ])
            .await;
        let bank = with_bound_client(world, "bank", &[("refresh_token_rotation", "\"never\"")]).await;
        let (mut browser, _) = signed_in(world).await;
        let holder = Holder::new("ES256");
        let (busy, idle) =
            (bound(world, &mut browser, &bank, &holder).await, bound(world, &mut browser, &bank, &holder).await);
        let (busy, idle) = (busy.refresh_token.unwrap(), idle.refresh_token.unwrap());
        for _ in 0..4 {
            world.advance(Duration::from_hours(1));
            assert_eq!(holder.refreshes(&bank, &busy, world.now()).await.status, 200, "each use moves its end");
        }
        assert_eq!(refused(&holder.refreshes(&bank, &idle, world.now()).await), "invalid_grant", "idle");
        world.advance(Duration::from_hours(1));
        assert_eq!(refused(&holder.refreshes(&bank, &busy, world.now()).await), "invalid_grant", "absolute");
    })
    .await;
}
