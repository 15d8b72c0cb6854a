//! Policies are kept, clocks follow their tickets, and what becomes of them is told.

mod follow;
#[cfg(test)]
mod followed_tests;
mod policies;
mod recount;
mod tell;

pub(crate) use follow::{commented, follow_new, follow_ticket};
pub use policies::{PolicySettings, create_service_level_policy, update_service_level_policy};
pub use recount::{RecountClocks, recount, recount_clocks};
pub use tell::tell_clock;
