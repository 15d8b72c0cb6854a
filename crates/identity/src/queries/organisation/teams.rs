//! Teams: lists, by-ids for loaders, and who belongs to each.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    filter::{Criteria, Filter},
    id::{StaffId, TeamId, UserId},
    page::{Order, Page, Place, Slice},
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, entity::prelude::*,
};

use crate::queries::ranked::{contains, first_of_each};
use crate::{
    domain::organisation::team::{Membership, Team},
    policy::{MANAGE_DEPARTMENTS, VIEW_STAFF},
    store::organisation::{
        team::{Column, Entity},
        team_member,
    },
};

/// What teams can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct TeamCriteria {
    /// By whether they are in use.
    pub is_active: Option<bool>,
    /// Part of the name or description.
    pub text: Option<String>,
}

impl Criteria for TeamCriteria {
    fn conditions(&self, backend: DbBackend) -> Result<Vec<Condition>> {
        let active = self.is_active.map(|active| Condition::all().add(Column::IsActive.eq(active)));
        let text = self.text.as_ref().map(|text| contains(backend, text, &[Column::Name, Column::Description]));
        Ok(active.into_iter().chain(text).collect())
    }
}

/// What teams can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamField {
    /// By name.
    Name,
    /// By when they were made.
    CreatedAt,
}

/// An order of teams.
#[derive(Debug, Clone, Copy)]
pub struct TeamOrder {
    /// By what.
    pub field: TeamField,
    /// Whether from the end.
    pub descending: bool,
}

impl TeamOrder {
    /// Where a row stands in this order.
    pub fn place(orders: &[Self], team: &Team) -> Place {
        let key = |order: &Self| match order.field {
            TeamField::Name => team.name.as_str().into(),
            TeamField::CreatedAt => team.created_at.into(),
        };
        Place { keys: orders.iter().map(key).collect(), id: team.id.0 }
    }

    fn column(self) -> Column {
        match self.field {
            TeamField::Name => Column::Name,
            TeamField::CreatedAt => Column::CreatedAt,
        }
    }
}

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

/// A page of the teams that the actor may see.
///
/// # Errors
/// [`kernel::Error::Unauthenticated`].
pub async fn teams(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<TeamCriteria>,
    orders: &[TeamOrder],
    page: &Page,
) -> Result<Slice<Team>> {
    cx.user()?;
    let columns = orders.iter().map(|order| (order.column(), order.descending)).collect();
    let select = Entity::find().filter(visible_teams(cx)).filter(filter.condition(conn.get_database_backend())?);
    Ok(page.slice(Order { columns, id: Column::Id }.apply(select, page).all(conn).await?))
}

/// How many teams the filter leaves.
pub async fn count_teams(conn: &Conn, cx: &Cx, filter: &Filter<TeamCriteria>) -> Result<u64> {
    cx.user()?;
    let select = Entity::find().filter(visible_teams(cx)).filter(filter.condition(conn.get_database_backend())?);
    Ok(select.count(conn).await?)
}

/// Teams by id, as far as the actor may see them.
pub async fn teams_by_ids(conn: &Conn, cx: &Cx, ids: &[TeamId]) -> Result<HashMap<TeamId, Team>> {
    let some = any_of(conn.get_database_backend(), Column::Id, ids);
    let rows = Entity::find().filter(some).filter(visible_teams(cx)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Where a member stands in the team: by since when they belong to it.
pub fn member_place(member: &Membership) -> Place {
    Place { keys: vec![member.created_at.into()], id: member.user_id.0 }
}

/// A page of the members of one team. The team was found by the actor, so they may see who belongs to it.
pub async fn members(conn: &Conn, of: TeamId, page: &Page) -> Result<Slice<Membership>> {
    let order = Order { columns: vec![(team_member::Column::CreatedAt, false)], id: team_member::Column::UserId };
    let select = team_member::Entity::find().filter(team_member::Column::TeamId.eq(of));
    Ok(page.slice(order.apply(select, page).all(conn).await?))
}

/// The first (or last) `rows` members of each of many teams, which the actor found; from the end, in reverse.
pub async fn members_of_each(
    conn: &Conn,
    teams: &[TeamId],
    rows: u64,
    from_end: bool,
) -> Result<HashMap<TeamId, Vec<Membership>>> {
    use team_member::Column::{CreatedAt, TeamId as Team, UserId as User};
    let mut found: HashMap<_, Vec<_>> = teams.iter().map(|id| (*id, Vec::new())).collect();
    let which = Condition::all().add(any_of(conn.get_database_backend(), Team, teams));
    let select = first_of_each::<team_member::Entity>(Team, &[Team, User], &[CreatedAt, User], which, rows, from_end);
    for row in select.all(conn).await? {
        found.entry(row.team_id).or_default().push(row);
    }
    Ok(found)
}

/// How many members each of many teams has.
pub async fn count_members_of_each(conn: &Conn, teams: &[TeamId]) -> Result<HashMap<TeamId, u64>> {
    let rows: Vec<(TeamId, i64)> = team_member::Entity::find()
        .select_only()
        .column(team_member::Column::TeamId)
        .column_as(team_member::Column::UserId.count(), "n")
        .filter(any_of(conn.get_database_backend(), team_member::Column::TeamId, teams))
        .group_by(team_member::Column::TeamId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, n)| (id, n.unsigned_abs())).collect())
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
