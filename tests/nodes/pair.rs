//! Two nodes on one PostgreSQL: a journey may change the node at every request, and each knows at once what the other
//! did.

use std::time::Duration;

use super::browser::Browser;
use super::client::Client;
use super::front::Front;
use super::journey::Person;
use super::node::Node;
use super::site::Site;

/// Two nodes and what stands before them.
pub(crate) struct Pair {
    pub(crate) site: Site,
    pub(crate) one: Node,
    pub(crate) other: Node,
    _front: Front,
}

impl Pair {
    /// Both started, or the reason why not said.
    pub(crate) async fn start() -> Option<Self> {
        Some(Self::on(Site::on_postgres().await?).await)
    }

    /// Both started on that site.
    pub(crate) async fn on(site: Site) -> Self {
        let one = Node::start_as(&site, "one").await;
        let other = Node::start_as(&site, "other").await;
        let front = Front::open(site.port, [one.port(), other.port()]).await;
        Self { site, one, other, _front: front }
    }

    /// The ports of both.
    pub(crate) const fn ports(&self) -> [u16; 2] {
        [self.one.port(), self.other.port()]
    }

    /// Somebody with an account, and their browser with its session.
    pub(crate) async fn somebody(&self) -> (Person, Browser) {
        let (person, mut browser) = (Person::new(), Browser::new());
        person.reaches("home", &mut browser, &self.site).await;
        (person, browser)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_changes_the_node_at_every_request() {
    let Some(pair) = Pair::start().await else { return };
    let (person, browser) = pair.somebody().await;
    assert!(browser.page.says("Marie Durand"), "{}", browser.page.words());
    assert_eq!(person.mails(&pair.site).iter().filter(|mail| mail.text.contains("token=")).count(), 1);
    for node in [&pair.one, &pair.other] {
        let served = node.said().lines().filter(|line| line.contains("status=")).count();
        assert!(served > 3, "both served the journey:\n{}", node.said());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_102_a_session_ended_at_one_node_is_ended_at_the_other_at_once() {
    let Some(pair) = Pair::start().await else { return };
    let client = Client::of(&pair.site);
    let (_, browser) = pair.somebody().await;
    let (mut here, mut there) = (browser.clone(), browser);
    here.stays_at(pair.site.port, pair.one.port());
    there.stays_at(pair.site.port, pair.other.port());
    assert!(client.asks(&mut there, "code", "&prompt=none").await.is_some());
    here.open(&format!("{}/realms/certinomis/sign-out", pair.site.origin)).await;
    here.submit(&[("do", "sign-out")]).await;
    let answered = client.asks(&mut there, "error", "&prompt=none").await;
    assert_eq!(answered.as_deref(), Some("login_required"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_realm_applied_at_one_node_is_served_by_the_other_within_a_second() {
    let Some(mut pair) = Pair::start().await else { return };
    let page = format!("{}/realms/certinomis/signed-out", pair.site.origin);
    let mut browser = Browser::new();
    browser.stays_at(pair.site.port, pair.other.port());
    browser.open(&page).await;
    assert!(!browser.page.says("La Maison des Certificats"), "{}", browser.page.words());
    pair.site.edit_realm("legal_name = \"Certinomis\"", "legal_name = \"La Maison des Certificats\"");
    pair.one.kill();
    pair.one.restart_applying().await;
    let seen = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while !browser.page.says("La Maison des Certificats") {
            ticks.tick().await;
            browser.open(&page).await;
        }
    };
    // Looked for every 800 ms, and loaded: the second second is for machines that do something else as well.
    tokio::time::timeout(Duration::from_secs(2), seen).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_19_guesses_are_counted_across_nodes_and_restarts() {
    let Some(mut pair) = Pair::start().await else { return };
    let mut browser = Browser::new();
    browser.open(&format!("{}/sign-in", pair.site.portal)).await;
    let mut statuses = Vec::new();
    for guess in 0..8 {
        browser.submit(&[("username", "personne@exemple.fr"), ("password", &format!("Tilleul-{guess}"))]).await;
        statuses.push(browser.page.status);
        if guess == 2 {
            pair.one.kill();
            pair.one.restart().await;
        }
    }
    // Five are free; with a count in each process, eight would be.
    assert_eq!(statuses[..5], [422; 5], "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
}
