//! Signing in and out, and where one is signed in.

pub mod mutations;
pub mod types;
pub mod viewer;
