//! A reset that an operator causes: what the owner of the account could have asked for, and nothing more (SR-31).

use guichet::clock::minutes;

use crate::support::people::{MARIE, PAUL, Person};
use crate::support::world::{REALM, World, link, on_each_database};

/// What Marie chooses next.
const NEXT: [(&str, &str); 2] = [("password-new", "Brume-du-soir-11"), ("password-confirm", "Brume-du-soir-11")];

async fn resets(world: &World, who: &str) -> Result<(), String> {
    let realm = REALM.parse().unwrap();
    let user = world.node.house.user(&realm, who).await.unwrap().unwrap();
    world.node.house.reset_password(&realm, &user).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn sr_31_an_operator_causes_a_reset_and_its_owner_alone_can_end_it() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        let mut signed_in = world.browser();
        MARIE.signs_in(world, &mut signed_in).await;
        let before = world.mails_to(MARIE.email).await.len();
        resets(world, MARIE.email).await.unwrap();
        let mails = world.mails_to(MARIE.email).await;
        assert_eq!(mails.len(), before + 1, "one mail, to the address as it is stored");
        // Nothing happens to who can sign in until the owner ends it.
        let mut meanwhile = world.browser();
        MARIE.signs_in(world, &mut meanwhile).await;

        let mut browser = world.browser();
        browser.opens(&link(mails.last().unwrap())).await.submits(&[("do", "confirm")]).await;
        assert_eq!(browser.place(), "recover/password/question", "the question stands behind this link too");
        browser.submits(&[("answer", MARIE.answer)]).await.submits(&NEXT).await;
        assert_eq!(browser.place(), "sign-in", "and nobody is signed in by it (SR-51): {}", browser.text());
        browser.submits(&MARIE.credentials()).await;
        assert_eq!(browser.status(), 422, "the old password is over");
        Person { password: NEXT[0].1, ..MARIE }.signs_in(world, &mut world.browser()).await;
        signed_in.opens(&world.portal().asks().url()).await;
        assert_eq!(signed_in.place(), "sign-in", "sessions of before ended with the old password (SR-53)");
    })
    .await;
}

#[tokio::test]
async fn sr_31_a_reset_ends_as_every_other_does_and_the_newest_counts() {
    on_each_database(async |world| {
        world.has(&MARIE).await;
        resets(world, MARIE.email).await.unwrap();
        let first = link(&world.mail_to(MARIE.email).await);
        resets(world, MARIE.email).await.unwrap();
        let second = link(&world.mail_to(MARIE.email).await);
        let spends = async |link: &str| {
            let mut browser = world.browser();
            browser.opens(link).await.submits_if(&[("do", "confirm")]).await;
            browser.place().to_owned()
        };
        assert_ne!(spends(&first).await, "recover/password/question", "a newer link voids the older (SR-54)");
        world.advance(minutes(31));
        assert_ne!(spends(&second).await, "recover/password/question", "and half an hour is its life (SR-46)");
        let asked = "SELECT count(*) FROM events WHERE name = 'account.reset_sent'";
        assert_eq!(world.database.count(asked).await, 2, "each is in the trail (SR-194)");
        // What is stored opens nothing: a hash of the token, a keyed one of the code (SR-43).
        let dump = world.database.dump().await;
        let token = second.split_once("token=").unwrap().1;
        assert!(!dump.contains(token));
    })
    .await;
}

#[tokio::test]
async fn sr_31_an_account_that_is_switched_off_gets_no_link() {
    on_each_database(async |world| {
        world.has(&PAUL).await;
        let realm = REALM.parse().unwrap();
        let paul = world.node.house.user(&realm, PAUL.email).await.unwrap().unwrap();
        world.node.house.switch_user(&realm, &paul, false).await.unwrap();
        let before = world.mails_to(PAUL.email).await.len();
        assert!(resets(world, PAUL.email).await.unwrap_err().contains("switched off"));
        assert_eq!(world.mails_to(PAUL.email).await.len(), before);
    })
    .await;
}
