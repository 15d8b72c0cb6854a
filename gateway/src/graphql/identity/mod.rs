//! The identity context in the schema.

pub mod api_keys;
pub mod departments;
pub mod elsewhere;
pub mod invitations;
pub mod mail_setup;
pub mod mutations;
pub mod notification_channel_mutations;
pub mod notification_channels;
pub mod notification_events;
pub mod notifications;
pub mod own_access;
pub mod people;
pub mod permission;
pub mod platform;
pub mod queries;
pub mod roles;
pub mod self_service;
pub mod sessions;
pub mod settings;
pub mod sso;
pub mod teams;
pub mod tenant;
pub mod types;
pub mod viewer;

pub use departments::{Department, department};
pub use invitations::{Invitation, InvitationMutation, InvitationQuery};
pub use mail_setup::{MailSetupMutation, MailSetupQuery};
pub use mutations::IdentityMutation;
pub use own_access::OwnAccessMutation;
pub use permission::Permission;
pub use platform::{PlatformMutation, PlatformQuery};
pub use queries::IdentityQuery;
pub use self_service::SelfServiceMutation;
pub use sessions::{SessionMutation, SessionQuery};
pub use settings::{SettingsMutation, SettingsQuery};
pub use sso::{SsoMutation, SsoQuery};
pub use teams::{Team, team};
pub use types::{Client, IntoId, Role, Staff, StaffConnection, User, client, staff, user};
pub use viewer::{Tenant, Viewer};

use async_graphql::MaybeUndefined;

/// A text to be set: absent keeps what is there, null clears it like an empty one.
fn cleared(text: MaybeUndefined<String>) -> Option<String> {
    match text {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}
