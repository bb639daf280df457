//! Signing in with a certificate, and binding one to an account (DOMAIN.md §6, UX.md P12, P13; ADR 0044).
//!
//! [`before`] says what will happen and sends the browser to the host that asks; [`hand_over`] judges there and sends it
//! back; [`result`] tells what came of it, and asks before anybody is signed in. [`associate`] binds a certificate to the
//! account that was proven by other means in the same journey. Those of an account are on its own pages.

pub(crate) mod associate;
pub(crate) mod before;
pub(crate) mod hand_over;
pub(crate) mod result;
pub(crate) mod shown;
