//! Somebody whom an administrator added: by the mailed link to an account of their own, and to the portal with their roles.

use super::activation::{PAUL, types_questions};
use super::portal::{acts_for, roles_are, signs_out};
use super::visit::{FIRST, PASSWORD, Visit, text};
use crate::support::demo::link;

pub(super) async fn accepts(visit: &Visit) {
    let words = visit.words;
    let mail = visit.demo.mail_to(PAUL, 0).await;
    for said in words.invitation_says {
        assert!(text(&mail).contains(said), "{said}\n{}", text(&mail));
    }
    let address = link(&mail);
    visit.demo.scans(&address).await;
    visit.page.goto(&address).await;
    visit.arrives(&format!("{} {}", words.invitation, FIRST.name), "invitation").await;
    visit.says(&["Paul Lefèvre", words.his_roles]).await;
    visit.page.press(words.accept).await;

    // Of the steps, those that are a person's own.
    visit.arrives(words.password, "password-invited").await;
    visit.says(&[words.at_own[0], "Paul Lefèvre", PAUL]).await;
    for label in words.new_password {
        visit.page.fill(label, PASSWORD).await;
    }
    visit.page.press(words.next).await;
    visit.page.shows(words.questions).await;
    visit.page.says(words.at_own[1]).await;
    let [first, second, third] = words.asked;
    types_questions(visit, [first, "Simca", second, "Roubaix", third, "Rex et Rita"]).await;
    visit.arrives(words.applications, "applications").await;
    visit.page.follow(words.application).await;
    visit.page.shows(words.front).await;
    visit.page.follow(words.enter).await;
    acts_for(visit, "Paul Lefèvre", FIRST).await;
    roles_are(visit, &words.told_of_him).await;
    signs_out(visit).await;
    // Once.
    visit.page.goto(&address).await;
    visit.arrives(words.accepted, "invitation-accepted").await;
}
