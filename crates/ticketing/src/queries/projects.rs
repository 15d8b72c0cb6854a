//! Projects as those see them who may, what belongs to a client, and what belongs to a project.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    id::{ClientId, ProjectId},
    record::{Field, Nested, Record},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    policy::{VIEW_PROJECTS, is_client, visible_projects},
    store::{
        projects::project::{Column, Entity, Model as Project},
        ticket::{self, TicketStatus},
    },
};

impl Record for Entity {
    type Id = ProjectId;
    type Row = Project;
    const WHAT: &'static str = "Project";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn may_list(cx: &Cx) -> Result<()> {
        if is_client(cx) { Ok(()) } else { cx.require(VIEW_PROJECTS) }
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        visible_projects(cx)
    }
}

/// By status.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By type.
pub const BY_TYPE: Field<Column> = Field::new("type", &[Column::Kind]);
/// By whose they are.
pub const BY_CLIENT: Field<Column> = Field::new("clientId", &[Column::ClientId]);
/// By when they begin.
pub const BY_START_DATE: Field<Column> = Field::new("startDate", &[Column::StartDate]);
/// By when they are to be done.
pub const BY_END_DATE: Field<Column> = Field::new("endDate", &[Column::EndDate]);
/// By when they were made.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);
/// By when they were last changed.
pub const BY_UPDATED_AT: Field<Column> = Field::new("updatedAt", &[Column::UpdatedAt]);
/// By a part of their texts.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::Title, Column::Description, Column::Requirements]);

/// The projects of a client, last changed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProjectsOf;

impl Nested for ProjectsOf {
    type Parent = ClientId;
    type Of = Entity;
    const NAME: &'static str = "projects of";
    const PARENT: Column = Column::ClientId;
    const ORDER: Column = Column::UpdatedAt;
    const DESCENDING: bool = true;
}

/// The tickets of a project, last changed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProjectTickets;

impl Nested for ProjectTickets {
    type Parent = ProjectId;
    type Of = ticket::Entity;
    const NAME: &'static str = "tickets of project";
    const PARENT: ticket::Column = ticket::Column::ProjectId;
    const ORDER: ticket::Column = ticket::Column::UpdatedAt;
    const DESCENDING: bool = true;
}

/// The same as a client sees them: the one first of which something that they are shown was last changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShownProjectTickets;

impl Nested for ShownProjectTickets {
    type Parent = ProjectId;
    type Of = ticket::Entity;
    const NAME: &'static str = "shown tickets of project";
    const PARENT: ticket::Column = ticket::Column::ProjectId;
    const ORDER: ticket::Column = ticket::Column::ShownAt;
    const DESCENDING: bool = true;
}

/// How many tickets each of these projects has, and how many of them are done. Those that went into another count there.
/// Whoever asks has found the project: how far it is, is not less because somebody may not see all of its tickets.
pub async fn progress_of_each(conn: &Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, (u64, u64)>> {
    let done = ticket::Column::Status.is_in([TicketStatus::Resolved, TicketStatus::Closed]);
    let done = Expr::case(done, Expr::val(1)).finally(Expr::val(0));
    let rows: Vec<(ProjectId, i64, i64)> = ticket::Entity::find()
        .select_only()
        .column(ticket::Column::ProjectId)
        .column_as(Expr::expr(done).sum().cast_as("bigint"), "done")
        .column_as(ticket::Column::Id.count(), "all")
        .filter(any_of(conn.get_database_backend(), ticket::Column::ProjectId, ids))
        .filter(ticket::Column::MergedIntoId.is_null())
        .group_by(ticket::Column::ProjectId)
        .into_tuple()
        .all(conn)
        .await?;
    let mut found: HashMap<_, _> = ids.iter().map(|id| (*id, (0, 0))).collect();
    found.extend(rows.into_iter().map(|(id, done, all)| (id, (done.unsigned_abs(), all.unsigned_abs()))));
    Ok(found)
}
