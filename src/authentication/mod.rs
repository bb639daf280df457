//! From nobody to a session: what was proven, what is still owed, and what may begin then.

pub mod activation;
pub mod attempt;
pub mod freshness;
pub mod hand_over;
pub mod journey;
pub mod level;
pub mod policy;
pub mod required_action;
pub mod session;
