//! Social platforms and the company's accounts on them.

pub mod account;
pub mod connecting;
pub mod platform;
pub mod route;
