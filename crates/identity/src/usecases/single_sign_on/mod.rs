//! The use cases of single sign-on: identity providers, accounts there, and people who are synced from there.

pub mod begin_oidc_sign_in;
pub mod complete_oidc_sign_in;
pub(crate) mod external_person;
pub mod save_identity_provider;
pub mod sync_external_user;
pub mod take_picture;
pub mod unlink_external_identity;
