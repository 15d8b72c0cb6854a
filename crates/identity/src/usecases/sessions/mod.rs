//! The use cases of sessions and their tokens.

pub mod refresh_session;
pub mod revoke_all_sessions;
pub mod revoke_session;
pub mod sign_out;
