//! What other contexts call colleagues and departments when they speak to somebody who sees neither.

use std::collections::HashMap;

use kernel::{
    Conn, Permission, Result,
    db::any_of,
    id::{DepartmentId, StaffId, UserId},
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, entity::prelude::*, sea_query::LockType};

use super::list::is_active_staff;
use crate::{
    queries::access::actor::permissions_of,
    store::{organisation::department, people::user},
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
