//! Back-channel logout: each client of a session that ended is told, whatever ended it, once, and until it listens.

use std::collections::BTreeSet;
use std::sync::Arc;

use guichet::clock::{Duration, hours, minutes};
use serde_json::json;
use tokio::sync::Semaphore;

use super::{listener, listening, tells, told};
use crate::oauth::{header, signed_in, tokens, with_client};
use crate::support::browser::Browser;
use crate::support::client_app::{claims, issuer};
use crate::support::peer::Reply;
use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{PORTAL_HOME, World, link, on_each_database};

/// What became of those who were to be told, as the audit trail has it.
async fn events(world: &World, name: &str) -> i64 {
    world.database.count(&format!("SELECT count(*) FROM events WHERE name = '{name}'")).await
}

#[tokio::test]
async fn sr_166_whoever_was_given_something_in_the_session_is_told_once_and_by_the_names_that_it_knows() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (shop, shop_hears) = listening(world, "shop").await;
        let pairwise = [("subject_type", "\"pairwise\""), ("id_token_signed_response_alg", "\"ES256\"")];
        let club = with_client(world, "club", &pairwise).await;
        let club_hears = listener(world, "club").await;
        let (_, stranger_hears) = listening(world, "stranger").await;
        let (mut browser, given) = signed_in(world).await;
        let (of_shop, of_club) = (tokens(&mut browser, &shop).await, tokens(&mut browser, &club).await);
        tokens(&mut browser, &shop).await;
        world.advance(minutes(7));
        browser.opens(&portal.logout_url(&[("id_token_hint", &given.id_token)])).await;
        assert_eq!(browser.place(), "signed-out", "nobody waits for clients");
        assert!(shop_hears.heard().is_empty());
        tells(world).await;
        assert_eq!((shop_hears.heard().len(), club_hears.heard().len(), stranger_hears.met()), (1, 1, 0));

        let (known, now) = (claims(&of_shop.id_token), world.now().seconds());
        let said = told(&shop, &shop_hears.heard()[0]).await;
        assert!(said["jti"].as_str().is_some_and(|jti| jti.len() >= 16));
        assert_eq!(
            said,
            json!({
                "iss": issuer(), "aud": "shop", "sub": known["sub"], "sid": known["sid"],
                "iat": now, "exp": now + 120, "jti": said["jti"],
                "events": { "http://schemas.openid.net/event/backchannel-logout": {} }
            })
        );
        // With the algorithm of its ID tokens, and the name that only its sector knows.
        let request = club_hears.heard().remove(0);
        let token = request.split_once("logout_token=").unwrap().1;
        let (known, said) = (claims(&of_club.id_token), claims(token));
        assert_eq!((&header(token)["alg"], &said["sub"]), (&json!("ES256"), &known["sub"]));
        assert_ne!(said["sub"], claims(&of_shop.id_token)["sub"]);
        assert_eq!(events(world, "logout.client_told").await, 2);
        // A logout token is no ID token: it ends nothing.
        let mut again = world.browser();
        MARIE.signs_in(world, &mut again).await;
        again.opens(&portal.logout_url(&[("id_token_hint", token)])).await;
        assert_eq!(again.status(), 400);
    })
    .await;
}

/// What Marie chooses when she has forgotten.
const RENEWED: Person = Person { password: "Brume-du-soir-11", ..MARIE };

/// Ways in which a session ends.
#[derive(Debug, Clone, Copy)]
enum Cause {
    SignOutPage,
    AccountPage,
    AnotherPerson,
    Disabled,
    PasswordReset,
    Idle,
    Absolute,
}

async fn ends(world: &World, browser: &mut Browser, cause: Cause) {
    let realm = "certinomis".parse().unwrap();
    match cause {
        Cause::SignOutPage => {
            browser.opens_page("sign-out").await.presses("Se déconnecter").await;
        }
        Cause::AccountPage => {
            browser.opens_page("account").await.presses("Me déconnecter").await;
        }
        Cause::AnotherPerson => {
            world.advance(Duration::from_secs(1));
            browser.opens(&world.portal().asks().with("prompt", "select_account").url()).await;
            if browser.page().value("password").is_none() {
                browser.presses("Utiliser un autre compte").await;
            }
            browser.submits(&PAUL.credentials()).await;
        }
        Cause::Disabled => {
            let marie = world.node.house.user(&realm, MARIE.email).await.unwrap().unwrap();
            world.node.house.switch_user(&realm, &marie, false).await.unwrap();
        }
        Cause::PasswordReset => {
            // Mails of one moment have no order, and signing in sent one as well.
            world.advance(Duration::from_secs(1));
            let mut elsewhere = world.browser();
            elsewhere.opens(&world.portal().asks().url()).await.follows("Mot de passe oublié ?").await;
            elsewhere.submits(&[("username", MARIE.email)]).await;
            elsewhere.opens(&link(&world.mail_to(MARIE.email).await)).await.submits(&[("do", "confirm")]).await;
            elsewhere.submits(&[("answer", MARIE.answer)]).await.submits(&RENEWED.new_password()).await;
        }
        Cause::Idle | Cause::Absolute => {
            let second = Duration::from_secs(1);
            let last = if matches!(cause, Cause::Idle) { minutes(30) } else { hours(12) };
            world.advance(last.saturating_sub(second));
            world.node.house.expire_sessions().await.unwrap();
            let open = "SELECT count(*) FROM sessions WHERE ended_at IS NULL";
            assert!(matches!(cause, Cause::Absolute) || world.database.count(open).await > 0);
            world.advance(Duration::from_secs(1));
            world.node.house.expire_sessions().await.unwrap();
            assert_eq!(world.node.house.expire_sessions().await.unwrap(), 0, "once");
        }
    }
}

#[tokio::test]
async fn sr_102_sr_166_whatever_ends_a_session_its_clients_are_told() {
    on_each_database(async |world| {
        world.has(&PAUL).await;
        world.has(&MARIE).await;
        // Without refresh tokens, so that nothing but the session keeps its grants.
        let shop = with_client(world, "shop", &[("grant_types", "[\"authorization_code\"]")]).await;
        let hears = listener(world, "shop").await;
        let causes = [
            Cause::SignOutPage,
            Cause::AccountPage,
            Cause::AnotherPerson,
            Cause::Idle,
            Cause::Absolute,
            Cause::PasswordReset,
            Cause::Disabled,
        ];
        for (before, cause) in causes.into_iter().enumerate() {
            let mut browser = world.browser();
            let asked = shop.asks();
            let person = if matches!(cause, Cause::Disabled) { &RENEWED } else { &MARIE };
            browser.opens(&asked.url()).await.submits(&person.credentials()).await;
            let given = shop.redeems(&asked, browser.left_for()).await;
            ends(world, &mut browser, cause).await;
            tells(world).await;
            assert_eq!(hears.heard().len(), before + 1, "{cause:?}");
            assert_eq!(told(&shop, &hears.heard()[before]).await["sid"], claims(&given.id_token)["sid"], "{cause:?}");
            assert_eq!(shop.userinfo(&given.access_token).await.status, 401, "{cause:?}");
        }
        assert!(events(world, "session.expired").await >= 2);
    })
    .await;
}

#[tokio::test]
async fn sr_101_sr_166_thirty_idle_minutes_end_the_session_and_each_client_is_told_once_by_whichever_node() {
    on_each_database(async |world| {
        let (shop, hears) = listening(world, "shop").await;
        let (mut browser, _) = signed_in(world).await;
        let given = tokens(&mut browser, &shop).await;
        world.advance(minutes(31));
        let other = world.another_node().await;
        let (one, two) = tokio::join!(world.node.house.expire_sessions(), other.house.expire_sessions());
        assert_eq!(one.unwrap() + two.unwrap(), 1, "one statement ends it");
        assert_eq!(world.database.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL").await, 0);
        while other.house.tell_one().await.unwrap() {}
        tells(world).await;
        assert_eq!(hears.heard().len(), 1);
        let (said, known) = (told(&shop, &hears.heard()[0]).await, claims(&given.id_token));
        assert_eq!((&said["sid"], &said["sub"]), (&known["sid"], &known["sub"]));
        assert_eq!((events(world, "session.expired").await, events(world, "logout.client_told").await), (1, 1));
        assert_eq!(shop.refreshes(given.refresh_token.as_ref().unwrap()).await.status, 400);
        assert_eq!(shop.userinfo(&given.access_token).await.status, 401);
        browser.opens_page("account").await;
        assert_eq!(browser.status(), 403, "{}", browser.text());
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_101_an_application_in_use_keeps_its_grants_past_the_idle_end_and_is_told_when_it_is_quiet() {
    on_each_database(async |world| {
        let (shop, hears) = listening(world, "shop").await;
        let (mut browser, _) = signed_in(world).await;
        let mut given = tokens(&mut browser, &shop).await;
        for _ in 0..3 {
            world.advance(minutes(25));
            assert_eq!(world.node.house.expire_sessions().await.unwrap(), 0, "it refreshes: somebody is there");
            let refreshed = shop.refreshes(given.refresh_token.as_ref().unwrap()).await;
            given = crate::support::client_app::tokens(&refreshed);
        }
        browser.opens(&shop.asks().with("prompt", "none").url()).await;
        assert!(browser.left_for().as_str().contains("login_required"), "nobody is signed in silently any more");
        world.advance(minutes(30));
        assert_eq!(world.node.house.expire_sessions().await.unwrap(), 1, "it is quiet as well");
        tells(world).await;
        assert_eq!(hears.heard().len(), 1);
        assert_eq!(shop.refreshes(given.refresh_token.as_ref().unwrap()).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn sr_166_offline_grants_outlive_the_session_and_their_client_is_told_that_it_ended() {
    on_each_database(async |world| {
        let (shop, hears) = listening(world, "shop").await;
        let (mut browser, _) = signed_in(world).await;
        let given = tokens(&mut browser, &shop).await;
        world.database.execute("UPDATE grants SET offline = 1 WHERE client_id = 'shop'").await;
        browser.opens_page("sign-out").await.presses("Se déconnecter").await;
        tells(world).await;
        assert_eq!(hears.heard().len(), 1);
        assert_eq!(shop.refreshes(given.refresh_token.as_ref().unwrap()).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn sr_166_after_a_second_authentication_a_client_is_told_of_each_session_that_its_tokens_name() {
    on_each_database(async |world| {
        let (shop, hears) = listening(world, "shop").await;
        let (mut browser, _) = signed_in(world).await;
        let first = tokens(&mut browser, &shop).await;
        world.advance(Duration::from_secs(1));
        let asked = world.portal().asks().with("prompt", "login");
        browser.opens(&asked.url()).await.submits(&[("password", MARIE.password)]).await;
        assert!(browser.has_left(), "{}", browser.text());
        let refreshed = shop.refreshes(first.refresh_token.as_ref().unwrap()).await.json();
        let named: BTreeSet<_> = [first.id_token.as_str(), refreshed["id_token"].as_str().unwrap()]
            .map(|token| claims(token)["sid"].as_str().unwrap().to_owned())
            .into();
        assert_eq!(named.len(), 2);
        browser.opens_page("sign-out").await.presses("Se déconnecter").await;
        tells(world).await;
        let mut ended = BTreeSet::new();
        for request in hears.heard() {
            ended.insert(told(&shop, &request).await["sid"].as_str().unwrap().to_owned());
        }
        assert_eq!(ended, named);
    })
    .await;
}

#[tokio::test]
async fn sr_166_whoever_does_not_listen_is_told_again_ever_slower_and_given_up() {
    on_each_database(async |world| {
        let (shop, hears) = listening(world, "shop").await;
        let (club, club_hears) = listening(world, "club").await;
        let (mut browser, _) = signed_in(world).await;
        tokens(&mut browser, &shop).await;
        tokens(&mut browser, &club).await;
        hears.says(Reply::status(503));
        browser.opens_page("sign-out").await.presses("Se déconnecter").await;
        tells(world).await;
        assert_eq!((hears.heard().len(), club_hears.heard().len()), (1, 1));
        tells(world).await;
        assert_eq!(hears.heard().len(), 1, "not at once");
        let mut names = BTreeSet::new();
        for (pause, reply) in [
            (Duration::from_secs(5), Reply::status(400)),
            (Duration::from_secs(30), Reply::redirect("https://club.example/adieu?de=nous")),
            (minutes(2), Reply::status(500)),
            (minutes(10), Reply::status(500)),
            (minutes(30), Reply::status(500)),
            (hours(1), Reply::status(500)),
            (hours(2), Reply::status(500)),
        ] {
            hears.says(reply);
            world.advance(pause);
            tells(world).await;
            let said = told(&shop, hears.heard().last().unwrap()).await;
            assert_eq!(said["iat"], world.now().seconds(), "a token of this moment");
            assert!(names.insert(said["jti"].to_string()), "and of its own name");
        }
        world.advance(hours(24));
        tells(world).await;
        assert_eq!((hears.heard().len(), club_hears.heard().len()), (8, 1), "no redirect was followed");
        assert_eq!(events(world, "logout.client_not_told").await, 1);
        let left = "SELECT count(*) FROM logout_notices WHERE state = 'queued'";
        assert_eq!(world.database.count(left).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_client_that_takes_its_address_back_is_told_nothing() {
    on_each_database(async |world| {
        let (shop, hears) = listening(world, "shop").await;
        let (mut browser, _) = signed_in(world).await;
        tokens(&mut browser, &shop).await;
        browser.opens_page("sign-out").await.presses("Se déconnecter").await;
        let line = "backchannel_logout_uri = \"https://shop.example/adieu?de=nous\"";
        world.rewrites_client("shop", &[(line, "")]).await;
        tells(world).await;
        assert_eq!((hears.met(), events(world, "logout.client_not_told").await), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_client_that_is_gone_is_told_nothing_once_no_node_that_knows_it_has_come_by() {
    on_each_database(async |world| {
        let (shop, hears) = listening(world, "shop").await;
        let (mut browser, _) = signed_in(world).await;
        tokens(&mut browser, &shop).await;
        browser.opens_page("sign-out").await.presses("Se déconnecter").await;
        world.removes_client("shop").await;
        tells(world).await;
        assert_eq!((hears.met(), events(world, "logout.client_not_told").await), (0, 0), "another node may know it");
        for _ in 0..10 {
            world.advance(hours(24));
            tells(world).await;
        }
        assert_eq!((hears.met(), events(world, "logout.client_not_told").await), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn sr_166_two_nodes_tell_a_client_once_and_a_slow_client_delays_nobody() {
    on_each_database(async |world| {
        let (shop, slow) = listening(world, "shop").await;
        let (club, club_hears) = listening(world, "club").await;
        let (mut browser, _) = signed_in(world).await;
        tokens(&mut browser, &shop).await;
        let mut elsewhere = world.browser();
        MARIE.signs_in(world, &mut elsewhere).await;
        tokens(&mut elsewhere, &shop).await;
        for browser in [&mut browser, &mut elsewhere] {
            browser.opens_page("sign-out").await.presses("Se déconnecter").await;
        }
        let gate = Arc::new(Semaphore::new(0));
        slow.says(Reply::status(200).behind(&gate));
        let other = world.another_node().await;
        let house = world.node.house.clone();
        let under_way = tokio::spawn(async move { house.tell_one().await.unwrap() });
        while slow.heard().is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(!other.house.tell_one().await.unwrap(), "one is claimed, the other waits for its host");
        let mut third = world.browser();
        MARIE.signs_in(world, &mut third).await;
        tokens(&mut third, &club).await;
        third.opens_page("sign-out").await.presses("Se déconnecter").await;
        assert!(other.house.tell_one().await.unwrap());
        assert_eq!((slow.heard().len(), club_hears.heard().len()), (1, 1));
        gate.add_permits(2);
        assert!(under_way.await.unwrap());
        assert!(other.house.tell_one().await.unwrap());
        assert!(!world.node.house.tell_one().await.unwrap());
        assert_eq!(slow.heard().len(), 2, "one for each session");
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_166_a_crash_between_commit_and_delivery_or_during_it_loses_nothing() {
    on_each_database(async |world| {
        let portal = world.portal();
        let (shop, hears) = listening(world, "shop").await;
        let (mut browser, given) = signed_in(world).await;
        tokens(&mut browser, &shop).await;
        let asked = [("id_token_hint", given.id_token.as_str()), ("post_logout_redirect_uri", PORTAL_HOME)];
        browser.opens(&portal.logout_url(&asked)).await;
        assert_eq!(browser.left_for().as_str(), PORTAL_HOME);
        world.restarts().await;
        let gate = Arc::new(Semaphore::new(0));
        hears.says(Reply::status(200).behind(&gate));
        let house = world.node.house.clone();
        let under_way = tokio::spawn(async move { house.tell_one().await });
        while hears.heard().is_empty() {
            tokio::task::yield_now().await;
        }
        under_way.abort();
        assert!(under_way.await.unwrap_err().is_cancelled());
        hears.says(Reply::status(200));
        assert!(!world.node.house.tell_one().await.unwrap(), "somebody may still be at it");
        world.advance(Duration::from_secs(31));
        assert!(world.node.house.tell_one().await.unwrap());
        let notices = hears.heard();
        assert_eq!(notices.len(), 2);
        assert_eq!(told(&shop, &notices[0]).await["sid"], told(&shop, &notices[1]).await["sid"]);
        assert_eq!(events(world, "logout.client_told").await, 1);
    })
    .await;
}
