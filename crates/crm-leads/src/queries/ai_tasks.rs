//! Tasks, as those see them who may, and as whoever does them reads them.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{
    Conn, Cx, Result,
    id::AiTaskId,
    record::{Field, Nested, Record},
};
use sea_orm::{
    FromQueryResult, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, Func},
};

use crate::{
    policy::VIEW_AI_TASKS,
    store::ai_tasks::{
        day,
        task::{AiFailure, AiProviderName, AiTaskStatus, AiTaskType, Column, Entity, Model as AiTask},
    },
    subjects::about_visible,
};

impl Record for Entity {
    type Id = AiTaskId;
    type Row = AiTask;
    const WHAT: &'static str = "AiTask";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_AI_TASKS)
    }

    /// Those about what the actor sees.
    fn visible(cx: &Cx, backend: sea_orm::DbBackend) -> Option<sea_orm::Condition> {
        about_visible(cx, backend).filter(|_| cx.can(VIEW_AI_TASKS))
    }
}

/// By what is to be done.
pub const BY_TYPE: Field<Column> = Field::new("taskType", &[Column::TaskType]);
/// By where they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By who does them.
pub const BY_PROVIDER: Field<Column> = Field::new("provider", &[Column::Provider]);
/// By what they are about.
pub const BY_SUBJECT: Field<Column> = Field::new("subject", &[Column::SubjectId]);
/// By why they were not done.
pub const BY_FAILURE: Field<Column> = Field::new("failure", &[Column::Failure]);
/// By when they were queued.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);

/// What else came of a task, with other providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReplaysOf;

impl Nested for ReplaysOf {
    type Parent = AiTaskId;
    type Of = Entity;
    const NAME: &'static str = "replays of";
    const PARENT: Column = Column::ReplayOfId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;
}

/// How often a provider was right, as far as people decided.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Accuracy {
    /// At what.
    pub task_type: AiTaskType,
    /// Who.
    pub provider: AiProviderName,
    /// With which model.
    pub model: Option<String>,
    /// And which instructions.
    pub prompt_version: Option<String>,
    /// How many of its tasks people decided.
    pub decided: i64,
    /// How many of those they decided as it did.
    pub agreed: i64,
}

/// How often each provider was right, in tasks since then.
///
/// # Errors
/// As [`Record::may_list`] refuses.
pub async fn accuracy(conn: &Conn, cx: &Cx, since: DateTime<Utc>) -> Result<Vec<Accuracy>> {
    Entity::may_list(cx)?;
    let agreed = Expr::case(Column::Agreed.eq(true), Expr::val(1)).finally(Expr::val(0));
    let rows = Entity::find()
        .select_only()
        .columns([Column::TaskType, Column::Provider, Column::Model, Column::PromptVersion])
        .column_as(Column::Id.count(), "decided")
        .column_as(Expr::expr(Func::cast_as(Func::sum(agreed), "bigint")), "agreed")
        .filter(Column::CreatedAt.gte(since))
        .filter(Column::Agreed.is_not_null())
        .group_by(Column::TaskType)
        .group_by(Column::Provider)
        .group_by(Column::Model)
        .group_by(Column::PromptVersion)
        .order_by_asc(Column::TaskType)
        .order_by_asc(Column::Provider)
        .order_by_asc(Column::Model)
        .order_by_asc(Column::PromptVersion)
        .into_model::<Accuracy>()
        .all(conn)
        .await?;
    Ok(rows)
}

/// What was spent on a day (UTC): tokens, and millionths of a US dollar.
///
/// # Errors
/// As [`Record::may_list`] refuses.
pub async fn usage_on(conn: &Conn, cx: &Cx, day: NaiveDate) -> Result<(i64, i64)> {
    Entity::may_list(cx)?;
    let found = day::Entity::find_by_id(day).one(conn).await?;
    Ok(found.map(|day| (day.tokens, day.cost_micros)).unwrap_or_default())
}

/// A task that is not over yet, for whoever does it.
pub(crate) async fn under_way(conn: &Conn, id: AiTaskId) -> Result<Option<AiTask>> {
    let task = Entity::find_by_id(id).one(conn).await?;
    Ok(task.filter(|task| matches!(task.status, AiTaskStatus::Queued | AiTaskStatus::Processing)))
}

/// The tokens that were spent on a day.
pub(crate) async fn spent_on(conn: &Conn, day: NaiveDate) -> Result<i64> {
    let tokens = day::Entity::find_by_id(day).select_only().column(day::Column::Tokens);
    Ok(tokens.into_tuple::<i64>().one(conn).await?.unwrap_or_default())
}

fn waiting(id: AiTaskId) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(id))
        .filter(Column::Status.is_in([AiTaskStatus::Queued, AiTaskStatus::Processing]))
}

/// Notes that somebody is at a task; says whether it still waits for somebody.
pub(crate) async fn begin(conn: &Conn, task: &AiTask, now: DateTime<Utc>) -> Result<bool> {
    let begun = waiting(task.id)
        .col_expr(Column::Status, Expr::value(AiTaskStatus::Processing))
        .col_expr(Column::NextRetryAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .exec(conn)
        .await?;
    Ok(begun.rows_affected == 1)
}

/// Notes what a task waits for, and until when.
pub(crate) async fn wait(
    conn: &Conn,
    task: &AiTask,
    failure: AiFailure,
    why: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    waiting(task.id)
        .col_expr(Column::Status, Expr::value(AiTaskStatus::Queued))
        .col_expr(Column::Failure, Expr::value(Some(failure)))
        .col_expr(Column::ErrorMessage, Expr::value(Some(why.to_owned())))
        .col_expr(Column::NextRetryAt, Expr::value(Some(until)))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .exec(conn)
        .await?;
    Ok(())
}
