//! What the OpenID Foundation's conformance suite asks of a provider: a file or a folder for each plan, in it a story for
//! each module of the plan, named after it, asserting the provider's whole duty, warnings included.
//!
//! `plans.txt` is the list of plans and modules; `plans` holds list and stories together. What every module asks stands
//! once: `duties` of answers and tokens, `metadata` of the discovery document, `registered` of registrations. Modules that
//! two plans have in common stand in `code_flow`, and each plan tells them in its own response mode.

/// A story for each of these modules of the code flow, its answers in that response mode.
macro_rules! stories {
    ($mode:expr; $($module:ident)*) => {$(
        #[tokio::test]
        async fn $module() {
            crate::support::world::on_each_database(async |world| super::code_flow::$module(world, $mode).await).await;
        }
    )*};
}

mod backchannel_logout;
mod basic;
mod code_flow;
mod config;
mod duties;
mod dynamic;
mod fapi2_message_signing;
mod fapi2_security;
mod form_post;
mod frontchannel_logout;
mod metadata;
mod plans;
mod registered;
mod rp_initiated_logout;
mod run;
mod session_management;
mod test_user;
mod third_party_init_login;
