//! What stories are told with.

pub(crate) mod axe;
pub(crate) mod chromium;
pub(crate) mod demo;
pub(crate) mod preview;
pub(crate) mod smtp;
