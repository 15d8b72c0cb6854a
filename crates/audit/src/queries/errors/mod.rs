//! Reading errors.

pub mod groups;
pub mod logs;
