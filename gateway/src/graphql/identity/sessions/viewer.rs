//! Who asks, and in which company.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, SimpleObject};
use kernel::{cx::UserActor, page::PageArgs};

use super::types::{SessionConnection, sessions};
use crate::graphql::identity::{
    access::permission::Permission,
    people::types::{IntoId, User},
};
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

/// What a person must do before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Duty {
    /// Choose another password: `changePassword`.
    ChangePassword,
    /// Set up a second factor, which their role requires: `beginTotpEnrolment`, `confirmTotp`.
    EnrolSecondFactor,
}

impl From<kernel::cx::Duty> for Duty {
    fn from(duty: kernel::cx::Duty) -> Self {
        match duty {
            kernel::cx::Duty::ChangePassword => Self::ChangePassword,
            kernel::cx::Duty::EnrolSecondFactor => Self::EnrolSecondFactor,
        }
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
        Ok(scope(ctx)
            .app
            .directory
            .own(&scope(ctx).app.db, &scope(ctx).cx(), person.id)
            .await?
            .as_deref()
            .map(Into::into))
    }

    /// The company.
    async fn tenant(&self) -> Tenant {
        self.tenant.as_ref().into()
    }

    /// What the person must do before anything else; null when nothing, or signed out.
    async fn duty(&self) -> Option<Duty> {
        self.person.as_ref()?.duty.map(Into::into)
    }

    /// The person's open sessions, the newest first; null when signed out, or while something else must be done first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<Option<SessionConnection>> {
        let Some(person) = self.person.as_ref().filter(|person| person.duty.is_none()) else { return Ok(None) };
        sessions(ctx, person.id, PageArgs { first, after, last, before }).await.map(Some)
    }

    /// What the person may do; empty when signed out.
    async fn permissions(&self) -> Vec<Permission> {
        self.person
            .iter()
            .flat_map(|person| person.permissions.names())
            .filter_map(|name| Permission::of(name))
            .collect()
    }
}
