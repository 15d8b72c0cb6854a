//! Staff members and clients, roles and departments: lists and by-ids for loaders.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Permission, Result,
    db::any_of,
    filter::{Criteria, Filter, IdComparator, TimeComparator},
    id::{DepartmentId, RoleId, StaffId, TeamId, UserId},
    page::{Order, Page, Place, Slice},
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    entity::prelude::*,
};

use crate::queries::ranked::contains;
use crate::{
    domain::{access::role::Role, people::person::Person},
    policy::{VIEW_CLIENTS, VIEW_STAFF},
    store::{
        access::role,
        organisation::team_member,
        people::user::{self, Kind},
    },
};

/// What people can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct PersonCriteria {
    /// By whether they may sign in.
    pub is_active: Option<bool>,
    /// By whether mail to their address was shown to reach them.
    pub is_verified: Option<bool>,
    /// By whether they have a second factor.
    pub has_totp: Option<bool>,
    /// By role.
    pub role_id: Option<IdComparator<RoleId>>,
    /// By department.
    pub department_id: Option<IdComparator<DepartmentId>>,
    /// By a team that they belong to.
    pub team_id: Option<TeamId>,
    /// Since when they are here.
    pub created_at: Option<TimeComparator>,
    /// When they last signed in.
    pub last_sign_in_at: Option<TimeComparator>,
    /// Part of a name, the address, the company or the telephone number.
    pub text: Option<String>,
}

fn present(column: user::Column, present: bool) -> Condition {
    Condition::all().add(if present { column.is_not_null() } else { column.is_null() })
}

impl Criteria for PersonCriteria {
    fn conditions(&self, backend: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        if let Some(active) = self.is_active {
            all.push(Condition::all().add(user::Column::IsActive.eq(active)));
        }
        all.extend(self.is_verified.map(|verified| present(user::Column::EmailVerifiedAt, verified)));
        all.extend(self.has_totp.map(|has| present(user::Column::TotpConfirmedAt, has)));
        if let Some(role) = &self.role_id {
            all.extend(role.conditions(backend, "roleId", user::Column::RoleId)?);
        }
        if let Some(department) = &self.department_id {
            all.extend(department.conditions(backend, "departmentId", user::Column::DepartmentId)?);
        }
        if let Some(team) = self.team_id {
            let members = team_member::Entity::find().select_only().column(team_member::Column::UserId);
            let members = members.filter(team_member::Column::TeamId.eq(team)).into_query();
            all.push(Condition::all().add(user::Column::Id.in_subquery(members)));
        }
        if let Some(at) = &self.created_at {
            all.extend(at.conditions(user::Column::CreatedAt));
        }
        if let Some(at) = &self.last_sign_in_at {
            all.extend(at.conditions(user::Column::LastSignInAt));
        }
        if let Some(text) = &self.text {
            let columns = [
                user::Column::Name,
                user::Column::FirstName,
                user::Column::LastName,
                user::Column::Email,
                user::Column::Company,
                user::Column::Phone,
                user::Column::PhoneTyped,
            ];
            all.push(contains(backend, text, &columns));
        }
        Ok(all)
    }
}

/// What people can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonField {
    /// By name.
    Name,
    /// By when they were added.
    CreatedAt,
}

/// An order of people.
#[derive(Debug, Clone, Copy)]
pub struct PersonOrder {
    /// By what.
    pub field: PersonField,
    /// Whether from the end.
    pub descending: bool,
}

impl PersonOrder {
    /// Where a row stands in this order.
    pub fn place(orders: &[Self], person: &Person) -> Place {
        let key = |order: &Self| match order.field {
            PersonField::Name => person.by_name(),
            PersonField::CreatedAt => person.created_at.into(),
        };
        Place { keys: orders.iter().map(key).collect(), id: person.id.0 }
    }

    fn column(self) -> user::Column {
        match self.field {
            PersonField::Name => user::Column::Name,
            PersonField::CreatedAt => user::Column::CreatedAt,
        }
    }
}

/// What seeing all people of a kind needs.
fn view(kind: Kind) -> Permission {
    match kind {
        Kind::Staff => VIEW_STAFF,
        Kind::Client => VIEW_CLIENTS,
    }
}

fn of_kind(kind: Kind) -> Select<user::Entity> {
    user::Entity::find().filter(user::Column::Kind.eq(kind))
}

/// A page of the people of a kind.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`VIEW_STAFF`] or [`VIEW_CLIENTS`].
pub async fn people(
    conn: &Conn,
    cx: &Cx,
    kind: Kind,
    filter: &Filter<PersonCriteria>,
    orders: &[PersonOrder],
    page: &Page,
) -> Result<Slice<Person>> {
    cx.require(view(kind))?;
    let order = Order {
        columns: orders.iter().map(|order| (order.column(), order.descending)).collect(),
        id: user::Column::Id,
    };
    let select = of_kind(kind).filter(filter.condition(conn.get_database_backend())?);
    let rows = order.apply(select, page).into_partial_model::<Person>().all(conn).await?;
    Ok(page.slice(rows))
}

/// How many people of a kind the filter leaves.
pub async fn count_people(conn: &Conn, cx: &Cx, kind: Kind, filter: &Filter<PersonCriteria>) -> Result<u64> {
    cx.require(view(kind))?;
    Ok(of_kind(kind).filter(filter.condition(conn.get_database_backend())?).count(conn).await?)
}

/// The people that the actor may see, of both kinds: all of those kinds that they may see, and themselves.
pub(crate) fn visible_people(cx: &Cx) -> Condition {
    let kinds = [Kind::Staff, Kind::Client].into_iter().filter(|kind| cx.can(view(*kind)));
    let any = Condition::any().add(user::Column::Kind.is_in(kinds));
    match cx.person() {
        Ok(own) => any.add(user::Column::Id.eq(own.id)),
        Err(_) => any,
    }
}

/// People by id, as far as the actor may see them.
pub async fn people_by_ids(conn: &Conn, cx: &Cx, ids: &[UserId]) -> Result<HashMap<UserId, Person>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = user::Entity::find()
        .filter(any_of(conn.get_database_backend(), user::Column::Id, ids))
        .filter(visible_people(cx))
        .into_partial_model::<Person>()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|person| (person.id, person)).collect())
}

/// Roles by id. A role is shown with the person who holds it, so who may see the person may see it.
pub async fn roles_by_ids(conn: &Conn, ids: &[RoleId], catalog: &[&str]) -> Result<HashMap<RoleId, Role>> {
    let rows =
        role::Entity::find().filter(any_of(conn.get_database_backend(), role::Column::Id, ids)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, Role::of(row, catalog))).collect())
}

/// Whether a staff member is there and active, for other contexts that hand work to them: in a transaction they stay so until
/// it ends, so that nobody gets work whose work is handed over at that moment.
pub async fn is_active_staff(conn: &Conn, id: StaffId) -> Result<bool> {
    let staff = of_kind(Kind::Staff).filter(user::Column::Id.eq(id)).filter(user::Column::IsActive.eq(true));
    Ok(staff.lock_shared().one(conn).await?.is_some())
}

/// Whether anybody signs in here, for the first start.
pub async fn anybody(conn: &Conn) -> Result<bool> {
    Ok(user::Entity::find().count(conn).await? > 0)
}

/// The staff member with this address, for the command line.
pub async fn staff_id(conn: &Conn, email: &str) -> Result<Option<StaffId>> {
    let Some(email) = kernel::text::email(email) else { return Ok(None) };
    Ok(of_kind(Kind::Staff).filter(user::Column::Email.eq(email)).one(conn).await?.map(|user| StaffId(user.id.0)))
}
