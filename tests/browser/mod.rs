//! Stories told by a real browser, with scripts on and off.

mod certificates;
mod certigna;
mod certinomis;
mod chambersign;
mod forms;
mod itself;
mod keyboard;
mod logout;
mod organisation;
mod pages;
mod passkeys;
mod portal;
mod session;
mod visit;
