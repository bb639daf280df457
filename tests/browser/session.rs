//! The end of a session in a browser: its page tells of it in time, and its person stays or finds the way back.

use std::time::Duration;

use super::visit::{FRENCH, PASSWORD, REALM, Visit};
use crate::support::axe;

/// Lets time pass for the browser as well: by the page's own clock.
async fn passes(visit: &Visit, span: u64) {
    visit.demo.advance(Duration::from_secs(span * 60)).await;
    let script = format!("{{ const before = Date.now; Date.now = () => before() + {span} * 60000; }} true");
    visit.page.evaluate(&script).await;
}

/// Waits until the warning is there, or is not.
async fn warns(visit: &Visit, wanted: bool) {
    let script = format!(
        "new Promise((done) => {{
            const look = () => document.querySelector('.stay form').hidden !== {wanted} ? done(true) : setTimeout(look, 50);
            look();
        }})"
    );
    visit.page.evaluate(&script).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sr_101_a_page_tells_of_the_end_in_time_and_its_person_stays() {
    let Some(visit) = Visit::begin(&FRENCH, true).await else { return };
    visit.joins().await;
    let page = &visit.page;
    let account = url::Url::parse(visit.demo.mailbox()).unwrap().join(&format!("/realms/{REALM}/account")).unwrap();
    page.goto(account.as_str()).await;
    page.shows("Mon compte").await;
    warns(&visit, false).await;
    passes(&visit, 26).await;
    warns(&visit, true).await;
    page.says("Sans activité de votre part, votre session prendra fin à").await;
    if std::env::var_os("GUICHET_AXE").is_some() {
        assert_eq!(axe::findings(page, "journey/session-ends-fr").await, "");
    }
    page.press("Rester connecté").await;
    warns(&visit, false).await;
    passes(&visit, 28).await;
    warns(&visit, true).await;
    passes(&visit, 3).await;
    page.says("Votre session a pris fin. Copiez ce que vous avez saisi avant de continuer.").await;
    page.reload().await;
    page.shows("Votre session a pris fin").await;
    page.says("après 30 minutes sans activité").await;
    page.follow("Se connecter de nouveau").await;
    page.shows(FRENCH.sign_in).await;
    visit.signs_in(PASSWORD).await;
    page.shows("Mon compte").await;
    visit.page.close().await;
}
