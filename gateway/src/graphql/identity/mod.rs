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
pub mod queries;
pub mod roles;
pub mod self_service;
pub mod sessions;
pub mod settings;
pub mod sso;
pub mod teams;
pub mod types;
pub mod viewer;

pub use departments::{Department, department};
pub use invitations::{Invitation, InvitationMutation, InvitationQuery};
pub use mail_setup::{MailSetupMutation, MailSetupQuery};
pub use mutations::IdentityMutation;
pub use own_access::OwnAccessMutation;
pub use permission::Permission;
pub use queries::IdentityQuery;
pub use self_service::SelfServiceMutation;
pub use sessions::{SessionMutation, SessionQuery};
pub use settings::{SettingsMutation, SettingsQuery};
pub use sso::{SsoMutation, SsoQuery};
pub use teams::{Team, team};
pub use types::{Client, IntoId, Role, Staff, StaffConnection, User, client, staff, user};
pub use viewer::{Tenant, Viewer};

use async_graphql::{Lookahead, MaybeUndefined};
use kernel::Result;

use super::{
    loaders::{GrantsOf, Loaders},
    scope::Scope,
};

/// Puts into the loaders what a list of people is asked for.
pub async fn prime(scope: &Scope, people: &[identity::Person], nodes: &[Lookahead<'_>]) -> Result<()> {
    let cx = scope.cx();
    let loaders: &Loaders = &scope.loaders;
    let asked = |name: &str| nodes.iter().any(|node| node.field(name).exists());
    let conn = scope.app.db.reader(&cx).await?;
    if asked("role") {
        let mut ids: Vec<_> = people.iter().map(|person| person.role_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            let found = identity::roles_by_ids(&conn, &ids, &scope.app.catalog).await?;
            loaders.feed_many(found.into_iter().map(|(id, role)| (id, std::sync::Arc::new(role))));
        }
    }
    if asked("grantedPermissions") {
        let ids: Vec<_> = people.iter().map(|person| person.id).collect();
        if !ids.is_empty() {
            let found = identity::grants_of_each(&conn, &ids).await?;
            let found = found.into_iter().map(|(id, names)| (GrantsOf(id), std::sync::Arc::new(names)));
            loaders.feed_many(found);
        }
    }
    if asked("createdBy") {
        let mut ids: Vec<_> = people.iter().filter_map(|person| person.created_by).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            let found = scope.app.directory.people_by_ids(&conn, &cx, &ids).await?;
            let creators: Vec<_> = found.values().map(|person| person.as_ref().clone()).collect();
            loaders.feed_many(found);
            let below: Vec<_> = nodes.iter().map(|node| node.field("createdBy")).collect();
            Box::pin(prime(scope, &creators, &below)).await?;
        }
    }
    if asked("department") {
        let mut ids: Vec<_> = people.iter().filter_map(|person| person.department_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            let found = identity::departments_by_ids(&conn, &ids).await?;
            loaders.feed_many(found.into_iter().map(|(id, department)| (id, std::sync::Arc::new(department))));
        }
    }
    Ok(())
}

/// A text to be set: absent keeps what is there, null clears it like an empty one.
fn cleared(text: MaybeUndefined<String>) -> Option<String> {
    match text {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}
