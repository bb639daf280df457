//! What somebody tries who is not meant to get in: each story is an attack, told over HTTP, on each database.

mod codes;
mod links;
mod proofs;
mod rows;
mod statements;

use crate::support::browser::Browser;
use crate::support::page::Form;
use crate::support::people::Person;
use crate::support::world::World;

/// A browser at the sign-in page, for the portal.
async fn begun(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.opens(&world.portal().asks().url()).await;
    browser
}

/// A browser that has asked for a reset link for that person.
async fn asked_to_recover(world: &World, person: &Person) -> Browser {
    let mut browser = begun(world).await;
    browser.follows("Mot de passe oublié ?").await.submits(&[("username", person.email)]).await;
    assert_eq!(browser.place(), "recover/password/sent", "{}", browser.text());
    browser
}

/// The form of the present page, sent to another page of the same journey.
fn sent_to(browser: &Browser, button: &str, page: &str) -> Form {
    let mut form = browser.form(button);
    form.action = Some(browser.at().as_str().replace(browser.place(), page));
    form
}
