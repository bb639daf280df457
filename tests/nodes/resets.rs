//! `guichet user reset`, as an operator runs it: what it says holds nothing that opens the account (SR-31).

use super::browser::Browser;
use super::journey::Person;
use super::node::Node;
use super::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn sr_31_no_command_shows_or_takes_a_password_or_the_link_to_one() {
    let site = Site::on_sqlite().await;
    let _node = Node::start(&site).await;
    let (marie, mut browser) = (Person::new(), Browser::new());
    marie.reaches("home", &mut browser, &site).await;
    let before = marie.mails(&site).len();

    let reset = site.guichet(&["user", "reset", "certinomis", &marie.email]);
    assert!(reset.status.success(), "{reset:?}");
    let mail = marie.mailed_times(before + 1, &site).await;
    let link = mail.link();
    let (_, token) = link.split_once("token=").unwrap();
    let shown = site.guichet(&["user", "show", "certinomis", &marie.email, "--json"]);
    for output in [&reset, &shown] {
        let said = [&output.stdout[..], &output.stderr[..]].map(String::from_utf8_lossy).concat();
        assert!(said.contains(&marie.email), "{said}");
        for secret in [token, &mail.code(), "argon2", "password\"", marie.password] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }
    // Nor is there a way to choose one.
    for words in [["user", "reset", "--help"], ["user", "set", "--help"], ["user", "show", "--help"]] {
        let help = site.guichet(&words);
        let said = String::from_utf8_lossy(&help.stdout).into_owned();
        assert!(help.status.success() && !said.contains("--password"), "{said}");
    }
    let set = site.guichet(&["user", "set", "certinomis", &marie.email, "password=Tilleul-brouette-43"]);
    assert_eq!(set.status.code(), Some(1), "{set:?}");
    let nobody = site.guichet(&["user", "reset", "certinomis", "personne@exemple.fr"]);
    assert_eq!(nobody.status.code(), Some(1), "{nobody:?}");
}
