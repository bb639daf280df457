//! The hosted pages: how people get an account and come back to it.
//!
//! One file per page. Each holds the page as a type, in people's terms, with a sample of every state it can be in.

pub(crate) mod account;
pub(crate) mod actions;
mod beginning;
pub(crate) mod caller;
mod ceremony;
pub(crate) mod certificate;
pub(crate) mod choose_organisation;
pub(crate) mod code;
pub(crate) mod consent;
pub(crate) mod contacts;
pub(crate) mod device;
pub(crate) mod dispatch;
pub(crate) mod error_pages;
pub(crate) mod fields;
pub(crate) mod form_post;
pub(crate) mod interruptions;
pub(crate) mod invitation;
pub(crate) mod link;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod not_me;
pub(crate) mod notice;
pub mod pages;
pub(crate) mod person;
mod posted;
pub(crate) mod problem;
pub(crate) mod questions;
pub(crate) mod recovery;
pub(crate) mod refusals;
pub(crate) mod register;
pub(crate) mod routes;
pub(crate) mod samples;
pub(crate) mod session_over;
pub(crate) mod sign_out;
pub(crate) mod steps;
pub(crate) mod terms;
pub(crate) mod visit;
mod warning;
