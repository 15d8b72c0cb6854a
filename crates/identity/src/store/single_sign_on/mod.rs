//! The tables of single sign-on: identity providers, accounts there, and people who are synced from there.

pub mod external_identity;
pub mod identity_provider;
pub mod oidc_sign_in;
pub(crate) mod repository;
pub mod webhook_delivery;
