//! The account pages (UX.md P16, P17), walked through by their owners and by those who are not.

mod changes;
mod door;
mod email;
mod leaving;
mod second_factors;
mod sessions;

use crate::support::browser::Browser;
use crate::support::client_app::Tokens;
use crate::support::people::Person;
use crate::support::world::World;

/// That person's browser, signed in just now.
async fn signed_in(world: &World, person: &Person) -> (Browser, Tokens) {
    let mut browser = world.browser();
    let tokens = person.signs_in(world, &mut browser).await;
    (browser, tokens)
}
