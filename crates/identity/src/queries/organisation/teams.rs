//! Teams: who sees them, what they are found by, and who belongs to each.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    id::{StaffId, TeamId, UserId},
    record::{Field, Nested, Record, Unique},
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
};

use crate::{
    domain::organisation::team::{Membership, Team},
    policy::{MANAGE_DEPARTMENTS, VIEW_STAFF},
    store::organisation::{
        team::{Column, Entity},
        team_member,
    },
};

impl Record for Entity {
    type Id = TeamId;
    type Row = Team;
    const WHAT: &'static str = "Team";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::Name, field: "name", taken: "another team has this name" }];

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        Some(visible_teams(cx))
    }
}

/// By whether they are in use.
pub const BY_IS_ACTIVE: Field<Column> = Field::new("isActive", &[Column::IsActive]);
/// By a part of the name or description.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::Name, Column::Description]);

/// The teams that the actor may see: all of them with [`VIEW_STAFF`] or [`MANAGE_DEPARTMENTS`], else those that they
/// belong to.
pub(crate) fn visible_teams(cx: &Cx) -> Condition {
    if cx.can(VIEW_STAFF) || cx.can(MANAGE_DEPARTMENTS) {
        return Condition::all();
    }
    let own = cx.user().ok().map(|user| user.id);
    let teams = team_member::Entity::find().select_only().column(team_member::Column::TeamId);
    let teams = teams.filter(team_member::Column::UserId.is_in(own));
    Condition::all().add(Column::Id.in_subquery(teams.into_query()))
}

/// Whether a team is in use, for other contexts that give work to it: in a transaction it stays so until that ends.
pub async fn is_team_in_use(conn: &Conn, id: TeamId) -> Result<bool> {
    let team = Entity::find().filter(Column::Id.eq(id)).filter(Column::IsActive.eq(true));
    Ok(team.lock_shared().one(conn).await?.is_some())
}

/// A membership is known by its colleague among those of its team.
impl Record for team_member::Entity {
    type Id = UserId;
    type Row = Membership;
    const WHAT: &'static str = "TeamMember";
    const ID: team_member::Column = team_member::Column::UserId;

    /// Whoever asks has found the team, so they may see who belongs to it.
    fn visible(_: &Cx, _: DbBackend) -> Option<Condition> {
        Some(Condition::all())
    }
}

/// The members of a team, longest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Members;

impl Nested for Members {
    type Parent = TeamId;
    type Of = team_member::Entity;
    const NAME: &'static str = "members";
    const PARENT: team_member::Column = team_member::Column::TeamId;
    const ORDER: team_member::Column = team_member::Column::CreatedAt;
}

/// What teams many colleagues belong to, as far as the actor may see the teams, oldest membership first.
pub async fn teams_of_each(conn: &Conn, cx: &Cx, staff: &[StaffId]) -> Result<HashMap<StaffId, Vec<Membership>>> {
    let mut found: HashMap<_, Vec<_>> = staff.iter().map(|id| (*id, Vec::new())).collect();
    let users: Vec<UserId> = staff.iter().map(|id| (*id).into()).collect();
    let visible = Entity::find().select_only().column(Column::Id).filter(visible_teams(cx));
    let rows = team_member::Entity::find()
        .filter(any_of(conn.get_database_backend(), team_member::Column::UserId, &users))
        .filter(team_member::Column::TeamId.in_subquery(visible.into_query()))
        .order_by_asc(team_member::Column::CreatedAt)
        .order_by_asc(team_member::Column::TeamId)
        .all(conn)
        .await?;
    for row in rows {
        found.entry(StaffId(row.user_id.0)).or_default().push(row);
    }
    Ok(found)
}
