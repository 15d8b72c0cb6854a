//! Passwords and access tokens.

pub mod access_token;
pub mod password;
pub mod platform_token;
