//! The identity context in the schema.

pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::IdentityMutation;
pub use queries::IdentityQuery;
pub use types::{Department, IntoId, Permission, Role, Staff, StaffConnection, Tenant, User, Viewer, staff};

use async_graphql::Lookahead;
use kernel::Result;

use super::{loaders::Loaders, scope::Scope};

/// Puts into the loaders what a list of staff is asked for.
pub async fn prime(scope: &Scope, staff: &[identity::Staff], nodes: &[Lookahead<'_>]) -> Result<()> {
    let cx = scope.cx();
    let loaders: &Loaders = &scope.loaders;
    let asked = |name: &str| nodes.iter().any(|node| node.field(name).exists());
    let conn = scope.app.db.reader(&cx).await?;
    if asked("role") {
        let mut ids: Vec<_> = staff.iter().map(|staff| staff.role_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            let found = identity::roles_by_ids(&conn, &ids, &scope.app.catalog).await?;
            loaders.feed_many(found.into_iter().map(|(id, role)| (id, std::sync::Arc::new(role))));
        }
    }
    if asked("department") {
        let mut ids: Vec<_> = staff.iter().filter_map(|staff| staff.department_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            let found = identity::departments_by_ids(&conn, &ids).await?;
            loaders.feed_many(found.into_iter().map(|(id, department)| (id, std::sync::Arc::new(department))));
        }
    }
    Ok(())
}
