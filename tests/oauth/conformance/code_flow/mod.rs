//! The modules that the basic plan and the form post plan have in common; each takes the mode in which its answers come.

mod claims;
mod codes;
mod request_objects;
mod requests;
mod sessions;

pub(super) use claims::*;
pub(super) use codes::*;
pub(super) use request_objects::*;
pub(super) use requests::*;
pub(super) use sessions::*;
