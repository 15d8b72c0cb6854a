//! One verb a file.

pub mod add_staff;
pub mod begin_oidc_sign_in;
pub mod bootstrap;
pub mod complete_oidc_sign_in;
pub mod deactivate_staff;
mod external_person;
pub mod refresh_session;
pub mod save_identity_provider;
pub mod sign_in;
pub mod sign_out;
pub mod sync_external_user;
pub mod unlink_external_identity;
