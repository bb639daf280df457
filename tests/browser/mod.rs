//! Stories told by a real browser, with scripts on and off.

mod certinomis;
mod itself;
mod portal;
