//! The account pages (UX.md P16, P17), walked through by their owners and by those who are not.

mod changes;
mod door;
mod email;
mod lasting;
mod leaving;
mod organisations;
mod second_factors;
mod sessions;

use crate::support::browser::Browser;
use crate::support::client_app::Tokens;
use crate::support::people::Person;
use crate::support::world::World;

/// That browser's session is over, and the page of the account says so.
async fn is_out(browser: &mut Browser) {
    browser.opens_page("account").await;
    assert_eq!((browser.status(), browser.h1().as_str()), (403, "Votre session a pris fin"), "{}", browser.text());
}

/// That person's browser, signed in just now.
pub(crate) async fn signed_in(world: &World, person: &Person) -> (Browser, Tokens) {
    let mut browser = world.browser();
    let tokens = person.signs_in(world, &mut browser).await;
    (browser, tokens)
}
