//! What other services tell us.

mod signatures;
pub mod social;
pub mod user_sync;
