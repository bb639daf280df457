//! What becomes of certificates while nobody shows them: found revoked, kept ready to be judged, coming to their end
//! (SR-90, SR-95, DOMAIN.md §6).

use guichet::clock::{Duration, Timestamp, days, hours, minutes};
use rcgen::date_time_ymd;

use super::certificates::Counter;
use crate::oauth::logout::{listening, tells};
use crate::oauth::tokens;
use crate::support::browser::Browser;
use crate::support::card::{Card, authority};
use crate::support::peer::Reply;
use crate::support::people::{MARIE, PAUL};
use crate::support::pki::{List, lists_at, person};
use crate::support::world::{Node, World, on_each_database};

const MINE: &str = "account/certificates";
const REVOKED: &str = "Révoqué par son autorité";
const LIST: &str = "https://crl.example/one.crl";

async fn asks(world: &World) -> usize {
    world.node.house.ask_about_certificates().await.unwrap()
}

/// Both nodes ask at the same moment; how many certificates both asked about.
async fn both_ask(world: &World, other: &Node) -> usize {
    let (one, two) = tokio::join!(world.node.house.ask_about_certificates(), other.house.ask_about_certificates());
    one.unwrap() + two.unwrap()
}

async fn found(world: &World) -> i64 {
    world.database.count("SELECT count(*) FROM events WHERE name = 'certificate.found_revoked'").await
}

/// Whether the session of that browser is still there.
async fn is_known(world: &World, browser: &mut Browser) -> bool {
    browser.opens(&world.portal().asks().url()).await.has_left()
}

/// An hour in which these people do something now and then.
async fn an_hour_passes(world: &World, browsers: &mut [&mut Browser]) {
    for _ in 0..3 {
        world.advance(minutes(20));
        for browser in browsers.iter_mut() {
            assert!(is_known(world, browser).await);
        }
    }
}

#[tokio::test]
async fn sr_95_a_certificate_that_nobody_shows_again_is_found_revoked_once_and_what_it_opened_ends() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        let card = counter.card(&MARIE, 7);
        counter.binds(world, &MARIE, &card).await;
        let (shop, hears) = listening(world, "shop").await;
        let (mut by_card, mut by_password) = (world.browser(), world.browser());
        counter.signs_in(world, &mut by_card, &card).await;
        MARIE.signs_in(world, &mut by_password).await;
        tokens(&mut by_card, &shop).await;
        let other = world.another_node().await;
        assert_eq!(both_ask(world, &other).await, 0, "it was asked about when it was shown");

        // Silence ends nothing.
        let list = |days, serials: &[u64]| List { days, ..List::of(serials) }.pem(&counter.authority);
        world.adds_file("revocation-lists/ours.pem", list((1, 2), &[7])).await;
        an_hour_passes(world, &mut [&mut by_card, &mut by_password]).await;
        assert_eq!(both_ask(world, &other).await, 1, "its turn came, on one of the nodes");
        assert!(is_known(world, &mut by_card).await);
        assert_eq!(found(world).await, 0);

        let revoked = list((2, 30), &[7]);
        world.adds_file("revocation-lists/ours.pem", revoked).await;
        other.house.reload().await.unwrap();
        assert_eq!(both_ask(world, &other).await, 0, "not before an hour is over");
        an_hour_passes(world, &mut [&mut by_card, &mut by_password]).await;
        assert_eq!(both_ask(world, &other).await, 1);
        assert!(!is_known(world, &mut by_card).await, "what was opened with it is over");
        assert!(is_known(world, &mut by_password).await, "and nothing else");
        tells(world).await;
        assert_eq!(hears.heard().len(), 1, "applications are told");
        assert_eq!(found(world).await, 1);
        by_password.opens_page(MINE).await;
        assert!(by_password.says(REVOKED), "{}", by_password.text());
        an_hour_passes(world, &mut [&mut by_password]).await;
        both_ask(world, &other).await;
        assert_eq!(found(world).await, 1, "it is said once");

        // Silence makes it no better, whatever the realm makes of silence; a good word does.
        world.adds_file("revocation-lists/ours.pem", list((1, 2), &[])).await;
        world.rewrites_realm(&[("[certificates]", "[certificates]\nunknown_status = \"accept\"")]).await;
        let mut again = world.browser();
        again.opens(&world.portal().asks().url()).await.follows("Se connecter avec un certificat").await;
        counter.shows(&mut again, Some(&card)).await;
        assert!(again.says("Ce certificat a été révoqué."), "{}", again.text());
        world.adds_file("revocation-lists/ours.pem", list((3, 30), &[])).await;
        world.advance(Duration::from_secs(1));
        counter.signs_in(world, &mut again, &card).await;
        assert!(!by_password.opens_page(MINE).await.says(REVOKED));
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn sr_90_lists_are_fetched_before_somebody_waits_for_them_as_long_as_they_were_used_lately() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        let theirs = authority("Autre autorité");
        world.adds_file("trust-anchors/people/theirs.pem", theirs.pem()).await;
        let peer = world.outside.peer("crl.example").await;
        peer.says(Reply::document("application/pkix-crl", List::of(&[]).by(&theirs)));
        let card = Card::issued_by(&theirs, |params| {
            person(params, MARIE.first_name, MARIE.last_name, 7);
            lists_at(params, &[LIST]);
        });
        counter.binds(world, &MARIE, &card).await;
        counter.signs_in(world, &mut world.browser(), &card).await;
        assert_eq!(peer.heard().len(), 1, "the copy rests");
        world.advance(hours(1));
        assert!(world.node.house.expire_sessions().await.unwrap() >= 1, "nobody is in any more");
        assert_eq!((asks(world).await, peer.heard().len()), (1, 2));
        counter.signs_in(world, &mut world.browser(), &card).await;
        assert_eq!(peer.heard().len(), 2, "nobody waits for the list");
        world.advance(days(2));
        assert!(world.node.house.expire_sessions().await.unwrap() >= 1);
        assert_eq!((asks(world).await, peer.heard().len()), (0, 2), "nobody used it lately");
    })
    .await;
}

/// How many reminders that person has, once both nodes have looked whom to remind at the same moment.
async fn reminders(world: &World, other: &Node, who: &str) -> usize {
    let (one, two) = tokio::join!(world.node.house.remind_of_certificates(), other.house.remind_of_certificates());
    one.unwrap();
    two.unwrap();
    let told = |subject: &str| subject.contains("certificat expire") || subject.contains("certificate expires");
    world.mails_to(who).await.iter().filter(|mail| told(&mail.subject)).count()
}

#[tokio::test]
async fn an_owner_is_reminded_sixty_thirty_and_seven_days_ahead_once_each_in_their_language() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let counter = Counter::opens(world).await;
        let card = counter.card_with(&MARIE, 7, |params| params.not_after = date_time_ymd(2026, 6, 15));
        counter.binds(world, &MARIE, &card).await;
        counter.binds(world, &MARIE, &counter.card_with(&PAUL, 8, |_| {})).await;
        let (other, ends) = (world.another_node().await, Timestamp::from_seconds(1_781_481_600));
        for (left, mails) in [
            (days(60) + minutes(1), 0),
            (days(60), 1),
            (days(59), 1),
            (days(30) + minutes(1), 1),
            (days(30), 2),
            (days(7) + minutes(1), 2),
            (days(7), 3),
            (minutes(1), 3),
        ] {
            world.advance(world.now().until(ends - left));
            assert_eq!(reminders(world, &other, MARIE.email).await, mails, "{left:?}");
            if mails == 2 {
                world.database.execute("UPDATE users SET language = 'en'").await;
            }
        }
        let told = world.mails_to(MARIE.email).await;
        let subjects: Vec<_> = told.iter().rev().take(3).map(|mail| mail.subject.as_str()).collect();
        let (french, english) =
            ("Votre certificat expire le 15\u{a0}juin 2026", "Your certificate expires on 15\u{a0}June 2026");
        assert_eq!(subjects, [english, french, french]);
        let newest = told.last().unwrap();
        assert!(newest.text.contains("Autorité des personnes"), "{}", newest.text);
        assert!(newest.links.iter().any(|link| link.ends_with(MINE)), "{:?}", newest.links);
        world.advance(days(1));
        assert_eq!(reminders(world, &other, MARIE.email).await, 3, "it is over");
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn who_comes_late_is_reminded_once_and_of_what_is_of_no_use_or_replaced_nobody_is() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        world.has(&PAUL).await;
        let counter = Counter::opens(world).await;
        let until =
            |who, serial, day| counter.card_with(who, serial, |params| params.not_after = date_time_ymd(2026, 3, day));
        counter.binds(world, &PAUL, &until(&PAUL, 8, 23)).await;
        counter.binds(world, &PAUL, &counter.card(&PAUL, 9)).await;
        counter.binds(world, &MARIE, &until(&MARIE, 7, 23)).await;
        let other = world.another_node().await;
        for (spoils, mends) in [
            ("UPDATE certificates SET revoked_at = 1", "UPDATE certificates SET revoked_at = NULL"),
            ("UPDATE users SET state = 'disabled'", "UPDATE users SET state = 'active'"),
        ] {
            world.database.execute(spoils).await;
            assert_eq!(reminders(world, &other, MARIE.email).await, 0, "{spoils}");
            world.database.execute(mends).await;
        }
        assert_eq!(reminders(world, &other, MARIE.email).await, 1, "nineteen days are left: once, not twice");
        world.advance(days(5));
        assert_eq!(reminders(world, &other, MARIE.email).await, 1);
        world.advance(days(9));
        assert_eq!(reminders(world, &other, MARIE.email).await, 2, "and once more at the end");
        assert_eq!(reminders(world, &other, PAUL.email).await, 0, "he has a newer one");
        other.stop().await;
    })
    .await;
}
