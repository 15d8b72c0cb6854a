//! Passwords and access tokens.

pub mod access_token;
pub mod fetch;
pub mod oidc;
pub mod password;
pub mod webhook;
