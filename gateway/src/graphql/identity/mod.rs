//! The identity context in the schema: a folder or a file a subject, named as in the crate.

pub mod access;
pub mod api_keys;
pub mod invitations;
pub mod mail;
pub mod notifications;
pub mod organisation;
pub mod people;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod single_sign_on;
pub mod tenants;

pub use access::permission::Permission;
pub use invitations::{Invitation, InvitationMutation, InvitationQuery};
pub use mail::{MailSetupMutation, MailSetupQuery};
pub use organisation::departments::{Department, department};
pub use organisation::teams::{Team, team};
pub use people::queries::IdentityQuery;
pub use people::types::{Client, ClientTier, IntoId, Role, Staff, StaffConnection, User, client, staff, user};
pub use sessions::mutations::IdentityMutation;
pub use sessions::types::{SessionMutation, SessionQuery};
pub use sessions::viewer::{Tenant, Viewer};
pub use settings::{SettingsMutation, SettingsQuery};
pub use sign_in::own_access::OwnAccessMutation;
pub use sign_in::self_service::SelfServiceMutation;
pub use single_sign_on::mutations::{SsoMutation, SsoQuery};
pub use tenants::platform::{PlatformMutation, PlatformQuery};

use async_graphql::MaybeUndefined;

/// A text to be set: absent keeps what is there, null clears it like an empty one.
pub fn cleared(text: MaybeUndefined<String>) -> Option<String> {
    match text {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}
