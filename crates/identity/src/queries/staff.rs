//! Staff members, roles and departments: lists and by-ids for loaders.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    filter::{Criteria, Filter, IdComparator, TimeComparator},
    id::{DepartmentId, RoleId, StaffId},
    page::{Order, Page, Place, Slice},
    record,
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter,
    entity::prelude::*,
    sea_query::{ExprTrait, Func, LikeExpr},
};

use crate::{
    domain::{
        role::{Role, permission_names},
        staff::Staff,
    },
    policy::VIEW_STAFF,
    store::{department, role, user},
};

/// What staff can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct StaffCriteria {
    /// By whether they may sign in.
    pub is_active: Option<bool>,
    /// By role.
    pub role_id: Option<IdComparator<RoleId>>,
    /// By department.
    pub department_id: Option<IdComparator<DepartmentId>>,
    /// Since when they are here.
    pub created_at: Option<TimeComparator>,
    /// Part of the name or address.
    pub text: Option<String>,
}

impl Criteria for StaffCriteria {
    fn conditions(&self, backend: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        if let Some(active) = self.is_active {
            all.push(Condition::all().add(user::Column::IsActive.eq(active)));
        }
        if let Some(role) = &self.role_id {
            all.extend(role.conditions(backend, "roleId", user::Column::RoleId)?);
        }
        if let Some(department) = &self.department_id {
            all.extend(department.conditions(backend, "departmentId", user::Column::DepartmentId)?);
        }
        if let Some(at) = &self.created_at {
            all.extend(at.conditions(user::Column::CreatedAt));
        }
        if let Some(text) = &self.text {
            let text = text.trim().to_lowercase();
            if text.is_empty() || text.contains('\0') {
                all.push(Condition::all().add(Expr::val(1).eq(0)));
            } else {
                // A tenant has hundreds of staff, not millions; a scan is right.
                let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
                let like = || LikeExpr::new(format!("%{escaped}%")).escape('\\');
                let lower = |column: user::Column| Expr::expr(Func::lower(Expr::col(column)));
                all.push(
                    Condition::any()
                        .add(lower(user::Column::Name).like(like()))
                        .add(lower(user::Column::Email).like(like())),
                );
            }
        }
        Ok(all)
    }
}

/// What staff can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffField {
    /// By name.
    Name,
    /// By when they were added.
    CreatedAt,
}

/// An order of staff.
#[derive(Debug, Clone, Copy)]
pub struct StaffOrder {
    /// By what.
    pub field: StaffField,
    /// Whether from the end.
    pub descending: bool,
}

impl StaffOrder {
    /// Where a row stands in this order.
    pub fn place(orders: &[Self], staff: &Staff) -> Place {
        let key = |order: &Self| match order.field {
            StaffField::Name => staff.by_name(),
            StaffField::CreatedAt => staff.created_at.into(),
        };
        Place { keys: orders.iter().map(key).collect(), id: staff.id.0 }
    }

    fn column(self) -> user::Column {
        match self.field {
            StaffField::Name => user::Column::Name,
            StaffField::CreatedAt => user::Column::CreatedAt,
        }
    }
}

/// The staff that the actor may see.
fn visible() -> Select<user::Entity> {
    user::Entity::find().filter(user::Column::Kind.eq(user::Kind::Staff))
}

/// A page of staff.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`VIEW_STAFF`].
pub async fn staff_members(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<StaffCriteria>,
    orders: &[StaffOrder],
    page: &Page,
) -> Result<Slice<Staff>> {
    cx.require(VIEW_STAFF)?;
    let order = Order {
        columns: orders.iter().map(|order| (order.column(), order.descending)).collect(),
        id: user::Column::Id,
    };
    let select = visible().filter(filter.condition(conn.get_database_backend())?);
    let rows = order.apply(select, page).into_partial_model::<Staff>().all(conn).await?;
    Ok(page.slice(rows))
}

/// How many the filter leaves.
pub async fn count(conn: &Conn, cx: &Cx, filter: &Filter<StaffCriteria>) -> Result<u64> {
    cx.require(VIEW_STAFF)?;
    Ok(visible().filter(filter.condition(conn.get_database_backend())?).count(conn).await?)
}

/// Staff by id, as far as the actor may see them.
pub async fn staff_by_ids(conn: &Conn, cx: &Cx, ids: &[StaffId]) -> Result<HashMap<StaffId, Staff>> {
    // Everybody may see themselves.
    let own;
    let ids = if cx.can(VIEW_STAFF) {
        ids
    } else {
        own = cx
            .staff()
            .map(|staff| ids.iter().copied().filter(|id| *id == staff.id).collect::<Vec<_>>())
            .unwrap_or_default();
        &own
    };
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = visible()
        .filter(any_of(conn.get_database_backend(), user::Column::Id, ids))
        .into_partial_model::<Staff>()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|staff| (staff.id, staff)).collect())
}

/// Roles by id. A role is shown with the person who holds it, so who may see the person may see it.
pub async fn roles_by_ids(conn: &Conn, ids: &[RoleId], catalog: &[&str]) -> Result<HashMap<RoleId, Role>> {
    let rows =
        role::Entity::find().filter(any_of(conn.get_database_backend(), role::Column::Id, ids)).all(conn).await?;
    let role = |row: role::Model| Role {
        permissions: permission_names(&row.name, row.built_in, row.permissions.as_ref(), catalog),
        id: row.id,
        name: row.name,
        built_in: row.built_in,
    };
    Ok(rows.into_iter().map(|row| (row.id, role(row))).collect())
}

/// Departments by id, shown with the people in them.
pub async fn departments_by_ids(conn: &Conn, ids: &[DepartmentId]) -> Result<HashMap<DepartmentId, department::Model>> {
    record::by_ids(conn, ids).await
}

/// Whether a staff member is there and active, for other contexts that hand work to them.
pub async fn is_active_staff(conn: &Conn, id: StaffId) -> Result<bool> {
    Ok(visible().filter(user::Column::Id.eq(id)).filter(user::Column::IsActive.eq(true)).count(conn).await? > 0)
}

/// Whether anybody signs in here, for the first start.
pub async fn anybody(conn: &Conn) -> Result<bool> {
    Ok(user::Entity::find().count(conn).await? > 0)
}

/// The staff member with this address, for the command line.
pub async fn staff_id(conn: &Conn, email: &str) -> Result<Option<StaffId>> {
    let Some(email) = kernel::text::email(email) else { return Ok(None) };
    Ok(visible().filter(user::Column::Email.eq(email)).one(conn).await?.map(|user| user.id))
}
