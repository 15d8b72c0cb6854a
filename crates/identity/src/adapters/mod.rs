//! Passwords, tokens and keys, and the servers elsewhere that are asked.

pub mod access_token;
pub mod api_key;
pub mod credential;
pub mod oidc;
pub mod password;
pub mod platform_token;
mod signed_token;
pub mod webhook;
