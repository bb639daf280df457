//! How things look and what they say: templates, words, colours, and the files a page loads.
//!
//! Three layers, each optional but the first: base ← organisation's theme ← realm. All of it is data inside the binary,
//! none of it code (SR-116). A [`theme::Theme`] is built once per realm and never changes; pages
//! ([`page::Page`]) and mails are rendered by it, in French or in English, with undefined variables and missing texts
//! as errors: a page is whole, or it is not shown.

pub mod assets;
pub mod colour;
mod document;
pub mod environment;
pub mod files;
pub mod form;
pub mod frame;
pub mod guilloche;
pub mod language;
pub mod messages;
pub mod moment;
pub mod page;
pub mod palette;
pub mod phrase;
pub mod preview;
pub(crate) mod qr;
pub mod steps;
pub mod text;
pub mod theme;
pub mod voice;
pub mod wording;

#[cfg(test)]
mod contrast;
#[cfg(test)]
mod lint;
