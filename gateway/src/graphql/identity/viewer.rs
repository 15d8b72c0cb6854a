//! Who asks, and in which company.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject};
use kernel::cx::UserActor;

use super::{permission::Permission, types::{IntoId, User}};
use crate::graphql::{errors::Result, scope::scope};

/// The company whose front desk this is.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Tenant {
    /// Its id, `tnt_…`.
    pub id: ID,
    /// Its short name, as in the header `X-Tenant`.
    pub slug: String,
    /// The company's name.
    pub name: String,
}

impl From<&kernel::Tenant> for Tenant {
    fn from(tenant: &kernel::Tenant) -> Self {
        Self { id: tenant.id.into_id(), slug: tenant.slug.clone(), name: tenant.name.clone() }
    }
}

/// Who asks.
pub struct Viewer {
    tenant: Arc<kernel::Tenant>,
    person: Option<Arc<UserActor>>,
}

impl Viewer {
    /// The viewer that a context stands for.
    pub fn of(cx: &kernel::Cx) -> Self {
        let person = match &cx.actor {
            kernel::Actor::User(person) => Some(person.clone()),
            _ => None,
        };
        Self { tenant: cx.tenant.clone(), person }
    }
}

/// Who asks.
#[async_graphql::Object]
impl Viewer {
    /// The person; null when signed out.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(person) = &self.person else { return Ok(None) };
        Ok(scope(ctx).app.directory.own(&scope(ctx).app.db, &scope(ctx).cx(), person.id).await?.as_deref().map(Into::into))
    }

    /// The company.
    async fn tenant(&self) -> Tenant {
        self.tenant.as_ref().into()
    }

    /// What the person may do; empty when signed out.
    async fn permissions(&self) -> Vec<Permission> {
        self.person.iter().flat_map(|person| person.permissions.names()).filter_map(|name| Permission::of(name)).collect()
    }
}
