//! Filling the database from outside.

use super::begun;
use crate::support::client_app::ClientApp;
use crate::support::people::MARIE;
use crate::support::world::{CALLBACK, on_each_database};

#[tokio::test]
async fn sr_76_one_source_cannot_ask_for_mails_without_end() {
    on_each_database(async |world| {
        let mut browser = begun(world).await;
        browser.follows("Mot de passe oublié ?").await;
        let ask = browser.at().to_string();
        for _ in 0..30 {
            browser.opens(&ask).await.submits(&[("username", MARIE.email)]).await;
            assert_eq!(browser.place(), "recover/password/sent", "{}", browser.text());
        }
        browser.opens(&ask).await.submits(&[("username", MARIE.email)]).await;
        assert_eq!(browser.status(), 429);
        assert!(browser.answer().header("retry-after").is_some());
        assert_eq!(world.database.count("SELECT count(*) FROM links").await, 30);
    })
    .await;
}

#[tokio::test]
async fn sr_76_clients_that_do_not_exist_share_one_counter() {
    on_each_database(async |world| {
        let before = world.database.count("SELECT count(*) FROM counters").await;
        for number in 0..12 {
            let nobody = ClientApp::new(world, &format!("nobody-{number}"), "a secret of theirs", CALLBACK);
            let answer = nobody.refreshes("a token").await;
            assert!(matches!(answer.status.as_u16(), 401 | 429), "{}", answer.body);
        }
        assert!(world.database.count("SELECT count(*) FROM counters").await <= before + 2);
    })
    .await;
}

#[tokio::test]
async fn sr_17_right_passwords_do_not_raise_the_alarm() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        for _ in 0..4 {
            begun(world).await.submits(&MARIE.credentials()).await;
        }
        // Each browser has a source of its own: only what is counted for everybody could have come to more than one.
        assert_eq!(world.database.count("SELECT count(*) FROM counters WHERE count > 1").await, 0);
    })
    .await;
}
