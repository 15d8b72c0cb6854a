//! What other services tell us.

pub mod user_sync;
