//! What is good once, wanted several times at the same moment at two nodes: exactly one gets it (SR-45, SR-210).

use std::sync::Arc;

use guichet::realm::preset::Preset;
use reqwest::RequestBuilder;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::browser::{Browser, Request};
use super::client::{Answer, Client};
use super::journey::Person;
use super::pair::Pair;
use super::site::Site;
use crate::support::organisations::BY_HAND;

/// Contests of what costs little to come by.
const MANY: usize = 60;
/// Contests of what takes a registration each.
const SOME: usize = 20;

/// Who want the same number at once; `GUICHET_CONTESTS` says otherwise.
const CONTENDERS: usize = 100;
/// Contenders that get ready at the same time.
const LANES: usize = 8;

/// Sends all at the same moment; the answers in the same order.
pub(super) async fn race(requests: Vec<RequestBuilder>) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(requests.len()));
    let sent = requests.into_iter().map(|request| {
        let start = Arc::clone(&start);
        tokio::spawn(async move {
            start.wait().await;
            Answer::to(request).await
        })
    });
    let mut answers = Vec::new();
    for answer in sent.collect::<Vec<_>>() {
        answers.push(answer.await.unwrap());
    }
    answers
}

/// How many were answered with that status; none may be a failure of ours.
fn with_status(answers: &[Answer], status: u16) -> usize {
    assert!(answers.iter().all(|answer| answer.status < 500), "{answers:?}");
    answers.iter().filter(|answer| answer.status == status).count()
}

/// The browser of a story, at the first node and at the second.
fn at_both(browser: &Browser, pair: &Pair) -> [Browser; 2] {
    pair.ports().map(|port| {
        let mut there = browser.clone();
        there.stays_at(pair.site.port, port);
        there
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_138_a_code_wanted_by_four_is_redeemed_once_and_what_it_bought_is_revoked() {
    let Some(pair) = Pair::start().await else { return };
    let client = Client::of(&pair.site);
    let (_, mut browser) = pair.somebody().await;
    for _ in 0..MANY {
        let code = client.code(&mut browser).await;
        let [one, other] = pair.ports();
        let answers = race([one, other, one, other].map(|node| client.redeems(&code, node)).into()).await;
        assert_eq!((with_status(&answers, 200), with_status(&answers, 400)), (1, 3), "{answers:?}");
        let bought = answers.iter().find(|answer| answer.status == 200).unwrap().token("refresh_token");
        assert_eq!(Answer::to(client.refreshes(&bought, one)).await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_143_a_refresh_token_wanted_by_four_is_rotated_once_and_its_family_ends() {
    let Some(pair) = Pair::start().await else { return };
    let client = Client::of(&pair.site);
    let (_, mut browser) = pair.somebody().await;
    for _ in 0..MANY {
        let code = client.code(&mut browser).await;
        let [one, other] = pair.ports();
        let token = Answer::to(client.redeems(&code, one)).await.token("refresh_token");
        let answers = race([one, other, one, other].map(|node| client.refreshes(&token, node)).into()).await;
        assert_eq!((with_status(&answers, 200), with_status(&answers, 400)), (1, 3), "{answers:?}");
        let next = answers.iter().find(|answer| answer.status == 200).unwrap().token("refresh_token");
        assert_eq!(Answer::to(client.refreshes(&next, other)).await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_163_a_revocation_is_final_whatever_is_refreshed_at_the_same_moment() {
    let Some(pair) = Pair::start().await else { return };
    let client = Client::of(&pair.site);
    let (_, mut browser) = pair.somebody().await;
    let mut refreshed = 0;
    for _ in 0..MANY {
        let code = client.code(&mut browser).await;
        let [one, other] = pair.ports();
        let given = Answer::to(client.redeems(&code, one)).await;
        let token = given.token("refresh_token");
        let answers = race(vec![client.refreshes(&token, one), client.revokes(&token, other)]).await;
        assert_eq!(answers[1].status, 200, "{answers:?}");
        let mut left = vec![(token, given.token("access_token"))];
        if answers[0].status == 200 {
            refreshed += 1;
            left.push((answers[0].token("refresh_token"), answers[0].token("access_token")));
        }
        for (refresh, access) in left {
            for node in [one, other] {
                assert_eq!(Answer::to(client.refreshes(&refresh, node)).await.status, 400);
                assert!(!client.believes(&access, node).await);
            }
        }
    }
    println!("{refreshed} of {MANY} were refreshed first, or meanwhile");
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_142_within_a_grace_all_who_want_a_refresh_token_at_once_get_the_very_same_answer() {
    let Some(site) = Site::on_postgres().await else { return };
    site.edit_realm("refresh_grace = \"0s\"", "refresh_grace = \"10s\"");
    let pair = Pair::on(site).await;
    let client = Client::of(&pair.site);
    let (_, mut browser) = pair.somebody().await;
    for _ in 0..MANY {
        let code = client.code(&mut browser).await;
        let [one, other] = pair.ports();
        let token = Answer::to(client.redeems(&code, one)).await.token("refresh_token");
        let answers = race([one, other, one, other].map(|node| client.refreshes(&token, node)).into()).await;
        assert_eq!(with_status(&answers, 200), 4, "{answers:?}");
        assert!(answers.iter().all(|answer| answer.json == answers[0].json), "no second branch: {answers:?}");
        // The family goes on, and the predecessor of a used one is a replay.
        let next = answers[0].token("refresh_token");
        assert_eq!(Answer::to(client.refreshes(&next, other)).await.status, 200);
        assert_eq!(Answer::to(client.refreshes(&token, one)).await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_210_two_registrations_of_one_address_confirmed_at_once_make_one_account() {
    let Some(pair) = Pair::start().await else { return };
    for round in 1..=SOME {
        let (person, mut here, mut there) = (Person::new(), Browser::new(), Browser::new());
        person.reaches("verify-email", &mut here, &pair.site).await;
        let first = person.mailed(&pair.site).await.link();
        person.reaches("verify-email", &mut there, &pair.site).await;
        let second = person.mailed_times(2, &pair.site).await.link();
        let mut sent = Vec::new();
        for (reader, link, node) in [(&mut here, first, pair.ports()[0]), (&mut there, second, pair.ports()[1])] {
            reader.stays_at(pair.site.port, node);
            reader.open(&link).await;
            sent.push(reader.request(&reader.filled(&[("do", "confirm")])));
        }
        let answers = race(sent).await;
        assert!(with_status(&answers, 303) >= 1, "{answers:?}");
        let round = i64::try_from(round).unwrap();
        for table in ["users", "identifiers"] {
            let count = pair.site.database.number(&format!("SELECT count(*) FROM {table}")).await;
            assert_eq!(count, round, "{table}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ux_1_2_a_form_sent_four_times_at_once_is_accepted_once_and_answered_alike() {
    let Some(pair) = Pair::start().await else { return };
    for round in 1..=SOME {
        let (person, mut browser) = (Person::new(), Browser::new());
        browser.open(&pair.site.registration()).await;
        let typed = [("firstName", "Marie"), ("lastName", "Durand"), ("email", person.email.as_str())];
        let form = browser.filled(&typed);
        let [one, other] = at_both(&browser, &pair);
        let sent = [&one, &other, &one, &other].map(|browser| browser.request(&form));
        let answers = race(sent.into()).await;
        assert_eq!(with_status(&answers, 303), 4, "{answers:?}");
        let links = pair.site.database.number("SELECT count(*) FROM links").await;
        assert_eq!(usize::try_from(links).unwrap(), round, "one mail a form");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_45_a_link_opened_in_two_browsers_at_once_is_spent_once() {
    let Some(pair) = Pair::start().await else { return };
    for round in 1..=SOME {
        let (person, mut browser) = (Person::new(), Browser::new());
        person.reaches("verify-email", &mut browser, &pair.site).await;
        let link = person.mailed(&pair.site).await.link();
        let mut sent = Vec::new();
        for (reader, node) in [browser, Browser::new()].into_iter().zip(pair.ports()) {
            let mut reader = reader;
            reader.stays_at(pair.site.port, node);
            reader.open(&link).await;
            sent.push(reader.request(&reader.filled(&[("do", "confirm")])));
        }
        let answers = race(sent).await;
        assert_eq!((with_status(&answers, 303), with_status(&answers, 410)), (1, 1), "{answers:?}");
        only(&pair, round).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_45_a_code_typed_in_four_tabs_at_once_is_spent_once() {
    let Some(pair) = Pair::start().await else { return };
    for round in 1..=SOME {
        let (person, mut browser) = (Person::new(), Browser::new());
        person.reaches("verify-email", &mut browser, &pair.site).await;
        let code = person.mailed(&pair.site).await.code();
        let mut forms: Vec<Request> = Vec::new();
        for _ in 0..4 {
            browser.reload();
            browser.settle().await;
            forms.push(browser.filled(&[("code", &code)]));
        }
        let [one, other] = at_both(&browser, &pair);
        let tabs = [&one, &other, &one, &other].into_iter().zip(&forms);
        let answers = race(tabs.map(|(tab, form)| tab.request(form)).collect()).await;
        assert!(with_status(&answers, 303) >= 1, "{answers:?}");
        only(&pair, round).await;
    }
}

/// So many addresses were proven so far, each once, and each made one account.
async fn only(pair: &Pair, proven: usize) {
    let proven = i64::try_from(proven).unwrap();
    let events = "SELECT count(*) FROM events WHERE name = 'registration.verified'";
    assert_eq!(pair.site.database.number(events).await, proven);
    assert_eq!(pair.site.database.number("SELECT count(*) FROM users").await, proven);
}

/// Somebody whose next press registers the organisation of that number, by hand, at that node.
async fn about_to_register(siret: &str, pair: &Pair, node: u16) -> RequestBuilder {
    let (person, mut browser) = (Person::new(), Browser::new());
    browser.open(&pair.site.registration()).await;
    browser.submit(&[("registered-in", "france")]).await;
    let number = [("organisation-number", siret), ("country", "FR")];
    browser.submit(&[&BY_HAND[..], &number].concat()).await;
    assert_eq!(browser.page.name(), "administrator", "{}", browser.page.words());
    let administrator = [
        ("firstName", "Marie"),
        ("lastName", "Durand"),
        ("phoneNumber", "06 12 34 56 78"),
        ("email", &person.email),
        ("emailConfirm", &person.email),
    ];
    browser.stays_at(pair.site.port, node);
    browser.request(&browser.filled(&administrator))
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_210_of_all_who_register_one_siret_at_the_same_moment_one_opens_its_customer_account() {
    let Some(site) = Site::on_postgres().await else { return };
    site.write_realm(Preset::Certigna);
    let pair = Arc::new(Pair::on(site).await);
    let all = std::env::var("GUICHET_CONTESTS").map_or(CONTENDERS, |said| said.parse().unwrap());
    let mut lanes = JoinSet::new();
    for _ in 0..LANES {
        let pair = Arc::clone(&pair);
        lanes.spawn(async move {
            let mut ready = Vec::new();
            for node in pair.ports().into_iter().cycle().take(all.div_ceil(LANES)) {
                ready.push(about_to_register("732 829 320 00074", &pair, node).await);
            }
            ready
        });
    }
    let answers = race(lanes.join_all().await.into_iter().flatten().collect()).await;
    let sent_to = |page: &str| {
        let there = |answer: &&Answer| answer.location.as_deref().is_some_and(|to| to.contains(page));
        answers.iter().filter(there).count()
    };
    assert_eq!((sent_to("/register/sent?"), sent_to("/register/exists?")), (1, answers.len() - 1), "{answers:?}");
    for rows in ["organisations", "users", "memberships"] {
        assert_eq!(pair.site.database.number(&format!("SELECT count(*) FROM {rows}")).await, 1, "{rows}");
    }
}
