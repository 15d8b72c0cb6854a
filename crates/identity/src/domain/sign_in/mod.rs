//! The rules of signing in: passwords, second factors, links in mails, registration.

pub mod account_events;
pub mod events;
pub mod one_time;
pub mod password_rules;
pub mod totp;
