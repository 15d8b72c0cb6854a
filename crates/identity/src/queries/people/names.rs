//! What other contexts call colleagues and departments when they speak to somebody who sees neither.

use std::collections::HashMap;

use kernel::{
    Conn, Permission, Result,
    db::any_of,
    id::{DepartmentId, StaffId, TeamId, UserId},
};
use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*,
    sea_query::LockType,
};

use super::list::is_active_staff;
use crate::{
    queries::access::actor::permissions_of,
    store::{
        organisation::{department, team, team_member},
        people::user,
    },
};

/// The names of colleagues, also of those who have left.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn staff_names(conn: &Conn, ids: &[StaffId]) -> Result<HashMap<StaffId, String>> {
    let these = any_of(conn.get_database_backend(), user::Column::Id, ids);
    let people = user::Entity::find().select_only().columns([user::Column::Id, user::Column::Name]).filter(these);
    let people = people.filter(user::Column::Kind.eq(user::Kind::Staff));
    Ok(people.into_tuple().all(conn).await?.into_iter().collect())
}

/// Whoever else holds this colleague waits until the transaction ends: for other contexts that count what somebody has.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn hold(conn: &Conn, id: StaffId) -> Result<()> {
    let row = user::Entity::find_by_id(UserId::from(id)).select_only().column(user::Column::Id);
    row.lock(LockType::NoKeyUpdate).into_tuple::<UserId>().one(conn).await?;
    Ok(())
}

/// The names of people, colleagues and clients, also of those who have left.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn person_names(conn: &Conn, ids: &[UserId]) -> Result<HashMap<UserId, String>> {
    let these = any_of(conn.get_database_backend(), user::Column::Id, ids);
    let people = user::Entity::find().select_only().columns([user::Column::Id, user::Column::Name]).filter(these);
    Ok(people.into_tuple().all(conn).await?.into_iter().collect())
}

/// Which of these people are clients.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn clients_among(conn: &Conn, ids: &[UserId]) -> Result<Vec<UserId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let these = any_of(conn.get_database_backend(), user::Column::Id, ids);
    let clients = user::Entity::find().select_only().column(user::Column::Id).filter(these);
    Ok(clients.filter(user::Column::Kind.eq(user::Kind::Client)).into_tuple().all(conn).await?)
}

/// The names of teams, also of those that are in use no more.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn team_names(conn: &Conn, ids: &[TeamId]) -> Result<HashMap<TeamId, String>> {
    let these = any_of(conn.get_database_backend(), team::Column::Id, ids);
    let teams = team::Entity::find().select_only().columns([team::Column::Id, team::Column::Name]).filter(these);
    Ok(teams.into_tuple().all(conn).await?.into_iter().collect())
}

/// The active members of a team that is in use; none of any other. At most a thousand.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn active_members(conn: &Conn, id: TeamId) -> Result<Vec<StaffId>> {
    let team = team::Entity::find_by_id(id).select_only().column(team::Column::Id);
    let team = team.filter(team::Column::IsActive.eq(true));
    let members = team_member::Entity::find().select_only().column(team_member::Column::UserId);
    let members = members.filter(team_member::Column::TeamId.in_subquery(team.into_query()));
    let people = user::Entity::find().select_only().column(user::Column::Id);
    let people = people.filter(user::Column::IsActive.eq(true)).filter(user::Column::Kind.eq(user::Kind::Staff));
    let people = people.filter(user::Column::Id.in_subquery(members.into_query())).order_by_asc(user::Column::Id);
    Ok(people.limit(1000).into_tuple().all(conn).await?)
}

/// The name of a department, and whether it is in use.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn department_name(conn: &Conn, id: DepartmentId) -> Result<Option<(String, bool)>> {
    let found = department::Entity::find_by_id(id).one(conn).await?;
    Ok(found.map(|department| (department.name, department.is_active)))
}

/// Whether a colleague is active and holds a permission; in a transaction they stay active until it ends.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn is_active_holder(conn: &Conn, id: StaffId, permission: Permission, catalog: &[&str]) -> Result<bool> {
    if !is_active_staff(conn, id).await? {
        return Ok(false);
    }
    Ok(permissions_of(conn, id.into(), catalog).await?.iter().any(|name| name == permission.name))
}
