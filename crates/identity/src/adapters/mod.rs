//! Passwords and access tokens.

pub mod access_token;
pub mod api_key;
pub mod credential;
pub mod password;
pub mod platform_token;
