//! Guessing at the six digits beside a mailed link.

use std::collections::BTreeMap;
use std::sync::Arc;

use guichet::clock::minutes;

use super::{asked_to_recover, begun};
use crate::support::browser::Browser;
use crate::support::people::{MARIE, PAUL};
use crate::support::world::{World, code, on_each_database};

/// How many of these answers say that the code was compared and is another one.
fn compared(answers: &[String]) -> usize {
    answers.iter().filter(|answer| answer.contains("Ce code ne correspond pas")).count()
}

/// Sends that many codes at the same time.
async fn guesses(browser: Browser, guesses: u32) -> Vec<String> {
    let form = browser.page().form_with("code", &BTreeMap::new()).unwrap();
    let browser = Arc::new(browser);
    let sent: Vec<_> = (0..guesses)
        .map(|guess| {
            let (browser, form) = (Arc::clone(&browser), form.clone().with("code", &format!("{guess:06}")));
            tokio::spawn(async move { browser.posts(&form).await.body })
        })
        .collect();
    let mut answers = Vec::new();
    for answer in sent {
        answers.push(answer.await.unwrap());
    }
    answers
}

#[tokio::test]
async fn sr_11_parallel_guesses_at_a_code_are_counted_before_they_are_compared() {
    on_each_database(async |world| {
        let mut registering = begun(world).await;
        MARIE.registers(&mut registering).await;
        let recovering = asked_to_recover(world, &MARIE).await;
        for browser in [registering, recovering] {
            let place = browser.place().to_owned();
            assert_eq!(compared(&guesses(browser, 20).await), 5, "{place}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_9_a_code_that_was_not_mailed_is_good_for_nothing() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        MARIE.registers(&mut browser).await;
        let mut mailed = Vec::new();
        for _ in 0..5 {
            mailed = world.mails_to(MARIE.email).await;
            world.advance(minutes(2));
            browser.reloads().await.presses("Cliquez ici").await;
        }
        // From the fourth on they stay in the house. Their codes would be free to guess at, as often as one asks.
        assert_eq!(mailed.len(), 3);
        world.database.execute("UPDATE links SET voided_at = NULL").await;
        world.database.execute("UPDATE outbox SET state = 'queued' WHERE state = 'held'").await;
        let guessed = code(&world.mail_to(MARIE.email).await);
        browser.reloads().await.submits(&[("code", &guessed)]).await;
        assert!(browser.status() == 422 && browser.place() == "verify-email", "{}", browser.text());
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_18_asking_past_the_limit_leaves_the_mails_good_that_were_sent() {
    on_each_database(async |world| {
        world.has(&PAUL).await;
        let mut registering = begun(world).await;
        MARIE.registers(&mut registering).await;
        let mut recovering = asked_to_recover(world, &PAUL).await;
        for _ in 0..5 {
            world.advance(minutes(2));
            registering.reloads().await.presses("Cliquez ici").await;
            recovering.reloads().await.presses("Cliquez ici").await;
        }
        for (browser, person, next) in [
            (&mut registering, MARIE, "required-actions/update-password"),
            (&mut recovering, PAUL, "recover/password/question"),
        ] {
            let newest = code(&world.mail_to(person.email).await);
            browser.submits(&[("code", &newest)]).await;
            assert_eq!(browser.place(), next, "{}", browser.text());
        }
    })
    .await;
}

#[tokio::test]
async fn sr_1_a_second_request_does_not_tell_whether_there_is_an_account() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut told = Vec::new();
        for person in [MARIE, PAUL] {
            let mut first = asked_to_recover(world, &person).await;
            world.advance(minutes(1));
            // It voids the link of the first, if there is one.
            asked_to_recover(world, &person).await;
            first.submits(&[("code", "000000")]).await;
            assert_eq!(first.status(), 422);
            told.push(first.field_error("code").unwrap().replace(|c: char| c.is_ascii_digit(), ""));
        }
        assert_eq!(told[0], told[1]);
    })
    .await;
}

#[tokio::test]
async fn a_slip_that_is_no_code_costs_no_guess() {
    on_each_database(async |world: &mut World| {
        let mut browser = begun(world).await;
        MARIE.registers(&mut browser).await;
        for slip in ["", "12345", "douze", "", "1234567", ""] {
            browser.submits(&[("code", slip)]).await;
            assert_eq!(browser.status(), 422);
        }
        let mailed = code(&world.mail_to(MARIE.email).await);
        browser.submits(&[("code", &mailed)]).await;
        assert_eq!(browser.place(), "required-actions/update-password", "{}", browser.text());
    })
    .await;
}
