//! `kill -9` anywhere in the journey: restart, repeat the last action, and go on from the same page.
//!
//! The plug is pulled before, during and after requests of the browser, during those of the portal, and while a mail is
//! handed over; when exactly is drawn from a seed. What is left at the end is counted in the database and at the relay.

use std::collections::BTreeSet;
use std::time::Duration;

use guichet::entropy::{self, Entropy, SeededEntropy};

use super::browser::Browser;
use super::journey::{PAGES, Person};
use super::node::Node;
use super::site::Site;

/// Longest that a request runs before the plug is pulled; the slowest of them hash a password.
const LONGEST: u64 = 15;

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_at_100_points_of_the_journey_loses_and_doubles_nothing() {
    survives(Site::on_sqlite().await, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_at_20_points_on_postgresql_loses_and_doubles_nothing() {
    if let Some(site) = Site::on_postgres().await {
        survives(site, 20).await;
    }
}

/// Lets people register until so many kills have happened, and counts what is left.
async fn survives(site: Site, kills: u32) {
    let node = Node::start(&site).await;
    let mut plug = Plug { node, chance: SeededEntropy::new(20_261_122), kills: 0, lost_codes: 0 };
    let mut people = Vec::new();
    while plug.kills < kills {
        people.push(plug.journey(&site).await);
    }
    let mut doubled = 0;
    for person in &people {
        doubled += person.left_behind_what_they_should(&site).await;
    }
    site.database.settles("SELECT count(*) FROM outbox WHERE state = 'queued'", 0).await;
    let waiting = site.database.number("SELECT count(*) FROM outbox").await;
    let ids: BTreeSet<String> = people.iter().flat_map(|person| person.mails(&site)).map(|mail| mail.id).collect();
    assert_eq!(i64::try_from(ids.len()).unwrap(), waiting, "each mail reached the relay under an id of its own");
    let people = i64::try_from(people.len()).unwrap();
    assert_eq!(site.database.number("SELECT count(*) FROM users").await, people);
    let open = "SELECT count(*) FROM sessions WHERE ended_at IS NULL";
    assert_eq!(site.database.number(open).await, people, "one session each");
    println!(
        "{} kills in {people} journeys; {doubled} mails came twice under one Message-ID; {} answers to the portal were lost",
        plug.kills, plug.lost_codes
    );
}

/// A node whose plug is pulled.
struct Plug {
    node: Node,
    chance: SeededEntropy,
    kills: u32,
    lost_codes: u32,
}

/// When the plug is pulled.
enum When {
    Before,
    During(Duration),
    After,
    Never,
}

impl Plug {
    fn draw(&self, below: u64) -> u64 {
        u64::from_be_bytes(entropy::bytes(&self.chance as &dyn Entropy)) % below
    }

    fn when(&self) -> When {
        match self.draw(8) {
            0 => When::Before,
            1..4 => When::During(Duration::from_micros(self.draw(LONGEST * 1000))),
            4 => When::After,
            _ => When::Never,
        }
    }

    async fn pull(&mut self) {
        self.node.kill();
        self.recover().await;
    }

    async fn recover(&mut self) {
        self.kills += 1;
        self.node.restart().await;
    }

    /// One request; whatever happens to it, the node runs again afterwards.
    async fn hop(&mut self, browser: &mut Browser) {
        match self.when() {
            When::Never => browser.hop().await.unwrap(),
            When::Before => {
                self.node.kill();
                browser.hop().await.ok();
                self.recover().await;
            }
            When::During(run) => {
                let node = &mut self.node;
                let pulled = async {
                    tokio::time::sleep(run).await;
                    node.kill();
                };
                let _lost = tokio::join!(browser.hop(), pulled).0;
                self.recover().await;
            }
            When::After => {
                browser.hop().await.unwrap();
                self.pull().await;
            }
        }
    }

    /// Requests until a page is shown; a page of the portal that says "try again" is tried again.
    async fn settle(&mut self, browser: &mut Browser, site: &Site) {
        loop {
            while browser.is_waiting() {
                self.hop(browser).await;
            }
            match (browser.page.address.as_str().starts_with(&site.portal), browser.page.status) {
                (true, 200) | (false, _) => return,
                // The portal lost the answer to its code, which is good once: it asks again, and the session answers.
                (true, _) if browser.page.name() == "callback" => {
                    self.lost_codes += 1;
                    browser.ask(&format!("{}/sign-in", site.portal));
                }
                (true, _) => browser.reload(),
            }
        }
    }

    /// A registration from the portal and back, through whatever happens.
    async fn journey(&mut self, site: &Site) -> Traveller {
        let (person, mut browser) = (Person::new(), Browser::new());
        let mut seen = Vec::new();
        browser.ask(&site.registration());
        loop {
            self.settle(&mut browser, site).await;
            let page = browser.page.name().to_owned();
            assert_eq!(browser.page.status, 200, "{page}: {}\n{}", browser.page.words(), self.node.said());
            if seen.last() != Some(&page) {
                seen.push(page.clone());
            }
            match page.as_str() {
                "home" => break,
                "verify-email" => {
                    self.deliver(&person, site).await;
                    browser.ask(&person.mailed(site).await.link());
                }
                _ => person.acts(&mut browser),
            }
        }
        assert_eq!(seen, PAGES, "no page was skipped, none came twice, and none was an error");
        assert!(browser.page.says("Marie Durand"), "{}", browser.page.words());
        Traveller { person }
    }

    /// Pulls the plug while the mail is handed over, every other time: after so many more commands at the relay.
    async fn deliver(&mut self, person: &Person, site: &Site) {
        if self.draw(2) == 0 {
            return;
        }
        let (before, more) = (site.mail.commands().len(), usize::try_from(self.draw(6)).unwrap());
        while person.mails(site).is_empty() && site.mail.commands().len() < before + more {
            tokio::task::yield_now().await;
        }
        self.pull().await;
    }
}

/// Somebody who arrived.
struct Traveller {
    person: Person,
}

impl Traveller {
    fn mails(&self, site: &Site) -> Vec<super::journey::Mail> {
        self.person.mails(site)
    }

    /// One account, one session, one mail of each kind, and no link that works again. How many mails came twice, which
    /// their `Message-ID` tells.
    async fn left_behind_what_they_should(&self, site: &Site) -> usize {
        let email = &self.person.email;
        let accounts = format!("SELECT count(*) FROM identifiers WHERE canonical = '{email}'");
        assert_eq!(site.database.number(&accounts).await, 1, "{email}");
        let mails = self.mails(site);
        let ids: BTreeSet<&str> = mails.iter().map(|mail| mail.id.as_str()).collect();
        let subjects: BTreeSet<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(ids.len(), subjects.len(), "a mail of one kind was sent twice: {mails:?}");
        for mail in mails.iter().filter(|mail| mail.text.contains("token=")) {
            let mut stranger = Browser::new();
            stranger.open(&mail.link()).await;
            assert_eq!(stranger.page.status, 410, "the link of {email}: {}", stranger.page.words());
        }
        mails.len() - ids.len()
    }
}
