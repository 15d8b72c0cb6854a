//! Whom an event concerns, for the notifications of it.

use kernel::{
    Conn, Permission, Result,
    id::{RoleId, SessionId, UserId},
};
use sea_orm::{Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    domain::access::role::permission_names,
    store::{
        access::{role, user_permission},
        people::user,
        sessions::session,
    },
};

/// The active people who hold a permission, by their role or by themselves; at most a thousand.
pub async fn holders(conn: &Conn, catalog: &[&str], permission: Permission) -> Result<Vec<UserId>> {
    let holds = |role: &role::Model| {
        let names = permission_names(&role.name, role.built_in, role.permissions.as_ref(), catalog);
        names.iter().any(|name| name == permission.name)
    };
    let roles: Vec<RoleId> =
        role::Entity::find().all(conn).await?.iter().filter(|role| holds(role)).map(|role| role.id).collect();
    let granted = user_permission::Entity::find()
        .select_only()
        .column(user_permission::Column::UserId)
        .filter(user_permission::Column::Permission.eq(permission.name))
        .into_query();
    let holders = Condition::any().add(user::Column::RoleId.is_in(roles)).add(user::Column::Id.in_subquery(granted));
    let people = user::Entity::find().select_only().column(user::Column::Id);
    let people = people.filter(user::Column::IsActive.eq(true)).filter(holders).limit(1000);
    Ok(people.into_tuple().all(conn).await?)
}

/// The active people of a role; at most a thousand.
pub async fn role_members(conn: &Conn, role: RoleId) -> Result<Vec<UserId>> {
    let people = user::Entity::find().select_only().column(user::Column::Id).filter(user::Column::RoleId.eq(role));
    Ok(people.filter(user::Column::IsActive.eq(true)).limit(1000).into_tuple().all(conn).await?)
}

/// Where and with which program a session was opened, if it is the first one of its owner's with that program, and not
/// their first at all.
pub async fn new_program(conn: &Conn, id: SessionId) -> Result<Option<(Option<String>, Option<String>)>> {
    let Some(opened) = session::Entity::find_by_id(id).one(conn).await? else { return Ok(None) };
    let earlier = || {
        session::Entity::find()
            .filter(session::Column::UserId.eq(opened.user_id))
            .filter(session::Column::CreatedAt.lt(opened.created_at))
    };
    if earlier().one(conn).await?.is_none() {
        return Ok(None);
    }
    let same = match &opened.agent {
        Some(agent) => session::Column::Agent.eq(agent),
        None => session::Column::Agent.is_null(),
    };
    let known = earlier().filter(same).one(conn).await?.is_some();
    Ok((!known).then_some((opened.address, opened.agent)))
}
