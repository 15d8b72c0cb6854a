//! Service levels: when the company works, what a policy promises, and how long a clock has run.

pub mod calendar;
pub mod clock;
pub mod events;
pub mod follow;
pub mod policy;
