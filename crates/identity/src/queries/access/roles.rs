//! Roles, the permissions of single people, and why somebody may do something.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Permissions, Result,
    cx::{Duty, UserActor},
    db::any_of,
    id::{RoleId, UserId},
    record::{Field, Record, Unique},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter};

use super::actor::{granted, own_teams, same_company};
use crate::queries::people::list::people_by_ids;
use crate::{
    domain::access::role::Role,
    policy::VIEW_STAFF,
    store::{
        access::{role, user_permission},
        people::user,
    },
};

impl Record for role::Entity {
    type Id = RoleId;
    type Row = role::Model;
    const WHAT: &'static str = "Role";
    const ID: role::Column = role::Column::Id;
    const UPDATED_AT: Option<role::Column> = Some(role::Column::UpdatedAt);
    const UNIQUE: &'static [Unique<role::Column>] =
        &[Unique { column: role::Column::Name, field: "name", taken: "another role has this name" }];

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_STAFF)
    }

    /// A role is shown with the person who holds it, so who may see the person may see it.
    fn visible(_: &Cx, _: DbBackend) -> Option<Condition> {
        Some(Condition::all())
    }
}

/// By whether they can be given to people.
pub const ROLES_BY_IS_ACTIVE: Field<role::Column> = Field::new("isActive", &[role::Column::IsActive]);

/// Roles by id. A role is shown with the person who holds it, so who may see the person may see it.
pub async fn roles_by_ids(conn: &Conn, ids: &[RoleId], catalog: &[&str]) -> Result<HashMap<RoleId, Role>> {
    let rows =
        role::Entity::find().filter(any_of(conn.get_database_backend(), role::Column::Id, ids)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, Role::of(row, catalog))).collect())
}

/// The permissions that were granted to each of many people, who were found by the actor.
pub async fn grants_of_each(conn: &Conn, ids: &[UserId]) -> Result<HashMap<UserId, Vec<String>>> {
    let mut found: HashMap<_, Vec<_>> = ids.iter().map(|id| (*id, Vec::new())).collect();
    let rows = user_permission::Entity::find()
        .filter(any_of(conn.get_database_backend(), user_permission::Column::UserId, ids))
        .all(conn)
        .await?;
    for row in rows {
        found.entry(row.user_id).or_default().push(row.permission);
    }
    Ok(found)
}

/// What somebody holds and where it comes from.
#[derive(Debug, Clone)]
pub struct Standing {
    /// They, as they would act.
    pub actor: UserActor,
    /// Whether they may sign in.
    pub is_active: bool,
    /// What they must do before anything else, unless they come from a provider whose second factor is trusted.
    pub duty: Option<Duty>,
    /// Their role.
    pub role: Role,
    /// What they were granted beyond it.
    pub grants: Vec<String>,
}

/// What somebody holds; `None` where the actor may not see them.
pub async fn standing(conn: &Conn, cx: &Cx, catalog: &[&str], id: UserId) -> Result<Option<Standing>> {
    let Some(person) = people_by_ids(conn, cx, &[id]).await?.remove(&id) else { return Ok(None) };
    let Some(role) = role::Entity::find_by_id(person.role_id).one(conn).await? else { return Ok(None) };
    let role = Role::of(role, catalog);
    let grants = granted(conn, id).await?;
    let duty = match () {
        () if person.must_change_password => Some(Duty::ChangePassword),
        () if role.requires_totp && person.totp_confirmed_at.is_none() => Some(Duty::EnrolSecondFactor),
        () => None,
    };
    let team = match person.kind {
        user::Kind::Staff => own_teams(conn, id, person.department_id).await?,
        user::Kind::Client => same_company(conn, id).await?,
    };
    let actor = UserActor {
        id,
        kind: person.kind.into(),
        session: None,
        api_key: None,
        email: person.email,
        permissions: Permissions::new(role.permissions.iter().chain(&grants).cloned().collect()),
        team: team.into(),
        duty: None,
    };
    Ok(Some(Standing { actor, is_active: person.is_active, duty, role, grants }))
}
