//! The identity context in the schema.

pub mod mutations;
pub mod permission;
pub mod platform;
pub mod queries;
pub mod tenant;
pub mod types;
pub mod viewer;

pub use mutations::IdentityMutation;
pub use queries::IdentityQuery;
pub use permission::Permission;
pub use platform::{PlatformMutation, PlatformQuery};
pub use types::{Client, Department, IntoId, Role, Staff, StaffConnection, User, client, staff, user};
pub use viewer::{Tenant, Viewer};

use async_graphql::Lookahead;
use kernel::Result;

use super::{loaders::Loaders, scope::Scope};

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
            loaders.feed_many(found.into_iter().map(|(id, role)| (id, std::sync::Arc::new(role)))).await;
        }
    }
    if asked("department") {
        let mut ids: Vec<_> = people.iter().filter_map(|person| person.department_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            let found = identity::departments_by_ids(&conn, &ids).await?;
            loaders.feed_many(found.into_iter().map(|(id, department)| (id, std::sync::Arc::new(department)))).await;
        }
    }
    Ok(())
}
