//! Links: crafted ones, late ones, and mails whose link has done its work.

use guichet::clock::minutes;

use super::begun;
use crate::support::page::Page;
use crate::support::people::MARIE;
use crate::support::world::{code, link, on_each_database};

#[tokio::test]
async fn sr_68_closing_registration_closes_its_links_and_codes_too() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        MARIE.registers(&mut browser).await;
        let mail = world.mail_to(MARIE.email).await;
        let mut other = world.browser();
        other.opens(&link(&mail)).await;
        world.rewrites_realm(&[("registration = \"verified-email\"\n", "")]).await;
        other.submits(&[("do", "confirm")]).await;
        assert_eq!(other.status(), 403, "{}", other.text());
        browser.submits(&[("code", &code(&mail))]).await;
        assert_eq!(browser.status(), 403, "{}", browser.text());
        assert_eq!(world.database.count("SELECT count(*) FROM users").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sr_100_a_crafted_link_writes_no_cookie_of_its_own() {
    on_each_database(async |world| {
        for crafted in ["x;%20Domain=example", "a%0d%0aSet-Cookie:%20b=c", "%22", &"a".repeat(300)] {
            let mut browser = world.browser();
            browser.opens_page(&format!("link?token={crafted}&lang=fr%26flow=1")).await;
            assert_eq!(browser.status(), 404, "{crafted}");
            assert_eq!(browser.cookies().value("__Host-guichet-link"), None, "{crafted}");
            assert!(browser.at().query().is_none_or(|query| !query.contains("flow")), "{}", browser.at());
        }
    })
    .await;
}

#[tokio::test]
async fn sr_120_the_page_of_an_unknown_address_leads_to_nobody_else() {
    on_each_database(async |world| {
        let browser = world.browser();
        let mut url = browser.at().clone();
        for path in ["//evil.example/realms/x", "//evil.example"] {
            url.set_path(path);
            let answer = browser.asks(&http::Method::GET, &url, None, &[]).await;
            assert_eq!(answer.status, 404);
            let other = Page::parse(&answer.body).link("English").unwrap();
            assert_eq!(url.join(&other).unwrap().host_str(), url.host_str(), "{other}");
        }
    })
    .await;
}

#[tokio::test]
async fn sr_182_a_mail_is_not_sent_once_its_link_has_done_its_work() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        MARIE.registers(&mut browser).await;
        let mailed = code(&world.mail_to(MARIE.email).await);
        world.advance(minutes(2));
        browser.reloads().await.presses("Cliquez ici").await;
        // The second waits for the relay while the first is used.
        browser.submits(&[("code", &mailed)]).await;
        assert_eq!(browser.place(), "required-actions/update-password", "{}", browser.text());
        assert_eq!(world.mails_to(MARIE.email).await.len(), 1);
        assert_eq!(world.database.count("SELECT count(*) FROM outbox WHERE content IS NOT NULL").await, 0);
    })
    .await;
}
