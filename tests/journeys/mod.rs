//! The hosted pages, walked through as people walk through them: over HTTP, on each database.

mod account;
pub(crate) mod activation;
mod certificate_lives;
pub(crate) mod certificates;
mod certinomis;
mod chambersign;
mod guessing;
mod inputs;
mod interruptions;
pub(crate) mod invitations;
mod links;
mod not_me;
pub(crate) mod passkeys;
mod recovery;
mod resets;
pub(crate) mod second_factors;
mod secrets;
mod sessions;
mod steps;
mod terms;
