//! The tables of signing in: passwords, second factors, links in mails, registration.

pub(crate) mod factors;
pub mod one_time_token;
pub mod recovery_code;
pub(crate) mod repository;
