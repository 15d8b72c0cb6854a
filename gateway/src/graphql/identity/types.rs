//! People, roles and the viewer.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, Interface, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::id::{DepartmentId, RoleId, StaffId};

use crate::{
    connection,
    graphql::{errors::Result, scalars::EmailAddress, scope::scope},
};

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Permission {
    /// See staff members, their roles and departments.
    ViewStaff,
    /// Add and deactivate staff members, and keep departments.
    ManageStaff,
    /// See messages, their replies and what happens to them.
    ViewMessages,
    /// Assign messages, set their status and reply to them.
    ManageMessages,
    /// See the visitors who wrote.
    ViewVisitors,
    /// Read the audit trail of the whole tenant.
    ViewAuditLog,
}

impl Permission {
    /// The permission of that name; `None` for one that a role lists and this version does not know.
    pub fn of(name: &str) -> Option<Self> {
        async_graphql::resolver_utils::EnumType::items().iter().find(|item| item.name == name).map(|item| item.value)
    }
}

/// Somebody who signs in.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "&ID", desc = "Their id."),
    field(name = "name", ty = "&String", desc = "Their name."),
    field(name = "email", ty = "&EmailAddress", desc = "Their address.")
)]
pub enum User {
    /// A colleague.
    Staff(Staff),
}

/// A staff member.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Staff {
    /// Their id, `stf_…`.
    pub id: ID,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: EmailAddress,
    /// Whether they may sign in.
    pub is_active: bool,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// Since when they are here.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) role_id: RoleId,
    #[graphql(skip)]
    pub(crate) department_id: Option<DepartmentId>,
}

impl From<identity::Staff> for Staff {
    fn from(staff: identity::Staff) -> Self {
        Self {
            id: staff.id.into_id(),
            name: staff.name,
            email: EmailAddress(staff.email),
            is_active: staff.is_active,
            last_sign_in_at: staff.last_sign_in_at,
            created_at: staff.created_at,
            role_id: staff.role_id,
            department_id: staff.department_id,
        }
    }
}

/// Typed ids as GraphQL ids.
pub trait IntoId {
    /// The id's text.
    fn into_id(self) -> ID;
}

impl<I: kernel::id::TypedId> IntoId for I {
    fn into_id(self) -> ID {
        ID(self.to_string())
    }
}

#[ComplexObject]
impl Staff {
    /// Their role.
    async fn role(&self, ctx: &Context<'_>) -> Result<Role> {
        let role = scope(ctx).loaders.load_one(self.role_id).await?;
        Ok(role.ok_or_else(|| kernel::Error::internal("a role is missing"))?.as_ref().into())
    }

    /// Their department.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        let Some(id) = self.department_id else { return Ok(None) };
        Ok(scope(ctx).loaders.load_one(id).await?.map(|department| department.as_ref().into()))
    }
}

/// A staff member, where the viewer may see them.
pub async fn staff(ctx: &Context<'_>, id: Option<StaffId>) -> Result<Option<Staff>> {
    let Some(id) = id else { return Ok(None) };
    Ok(scope(ctx).loaders.load_one(id).await?.map(|staff| staff.as_ref().clone().into()))
}

connection!(StaffConnection, StaffEdge, Staff, identity::Staff, "staff members");

/// A named set of permissions.
#[derive(Debug, Clone, SimpleObject)]
pub struct Role {
    /// Its id, `rol_…`.
    pub id: ID,
    /// Its name, such as `ADMIN`.
    pub name: String,
    /// Whether it comes with Frontdesk and cannot be changed.
    pub is_built_in: bool,
    /// Its permissions.
    pub permissions: Vec<Permission>,
}

impl From<&identity::Role> for Role {
    fn from(role: &identity::Role) -> Self {
        Self {
            id: role.id.into_id(),
            name: role.name.clone(),
            is_built_in: role.built_in,
            permissions: role.permissions.iter().filter_map(|name| Permission::of(name)).collect(),
        }
    }
}

/// A department of the company.
#[derive(Debug, Clone, SimpleObject)]
pub struct Department {
    /// Its id, `dep_…`.
    pub id: ID,
    /// Its name.
    pub name: String,
}

impl From<&identity::Department> for Department {
    fn from(department: &identity::Department) -> Self {
        Self { id: department.id.into_id(), name: department.name.clone() }
    }
}

/// The company whose front desk this is.
#[derive(Debug, Clone, SimpleObject)]
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
    staff: Option<(StaffId, Vec<String>)>,
}

impl Viewer {
    /// The viewer that a context stands for.
    pub fn of(cx: &kernel::Cx) -> Self {
        let staff = cx.staff().ok().map(|staff| (staff.id, staff.permissions.names().to_vec()));
        Self { tenant: cx.tenant.clone(), staff }
    }
}

/// Who asks.
#[async_graphql::Object]
impl Viewer {
    /// The person; null when signed out.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some((id, _)) = self.staff else { return Ok(None) };
        let scope = scope(ctx);
        let cx = scope.cx();
        let conn = scope.app.db.reader(&cx).await?;
        Ok(identity::staff_by_ids(&conn, &cx, &[id]).await?.remove(&id).map(|staff| User::Staff(staff.into())))
    }

    /// The company.
    async fn tenant(&self) -> Tenant {
        self.tenant.as_ref().into()
    }

    /// What the person may do; empty when signed out.
    async fn permissions(&self) -> Vec<Permission> {
        self.staff.iter().flat_map(|(_, names)| names).filter_map(|name| Permission::of(name)).collect()
    }
}
