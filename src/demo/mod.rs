//! The demonstration: everything on loopback, everybody fictitious.

pub(crate) mod html;
pub(crate) mod mailbox_page;
pub mod portal;
