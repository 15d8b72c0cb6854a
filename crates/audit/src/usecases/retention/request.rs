//! Somebody has policies carried out, or counted first; or the schedule does.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Db, Error, ProblemCode, Result, Tx,
    db::Emit,
    id::RetentionRunId,
    jobs::{Enqueue, Work},
    record::Records,
};
use sea_orm::{QueryFilter, entity::prelude::*, sea_query::ExprTrait};
use serde::{Deserialize, Serialize};

use crate::{
    domain::retention::{
        events::RetentionRequested,
        progress::{Progress, Step},
    },
    policy::MANAGE_RETENTION,
    ports::retention::RetentionDesk,
    queries::retention::{due::is_due, policies::decided},
    store::retention::run::{Column, Entity, Model, RetentionStatus},
    usecases::archives::end::any_ended,
};

/// The job: carry this run out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRetention {
    /// It.
    pub run: RetentionRunId,
}

impl Work for RunRetention {
    const KIND: &'static str = "audit.run_retention";
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct RequestRetention {
    /// Which policies; all that are on, where none is named.
    pub policies: Vec<String>,
    /// Whether to count only.
    pub is_dry: bool,
}

/// Asks for a run.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_RETENTION`]; [`Error::Invalid`] for no policy, and while another run is under way.
pub async fn request_retention<D: RetentionDesk>(tx: &Tx, desk: &D, cx: &Cx, cmd: &RequestRetention) -> Result<Model> {
    cx.require(MANAGE_RETENTION)?;
    let known: Vec<_> = desk.policies().into_iter().map(|policy| policy.name).collect();
    for (at, name) in cmd.policies.iter().enumerate() {
        let field = format!("policies.{at}");
        if !known.contains(&name.as_str()) {
            return Err(Error::invalid(&field, ProblemCode::NotAvailable, "is no policy"));
        }
        if cmd.policies[..at].contains(name) {
            return Err(Error::invalid(&field, ProblemCode::NotAllowed, "is named twice"));
        }
    }
    // In the order in which they are carried out.
    let named = |name: &&str| cmd.policies.is_empty() || cmd.policies.iter().any(|one| one == name);
    let policies = known.into_iter().filter(named).map(str::to_owned).collect();
    begin(tx, cx, policies, cmd.is_dry).await
}

async fn begin(tx: &Tx, cx: &Cx, policies: Vec<String>, is_dry: bool) -> Result<Model> {
    if !is_dry {
        // What broke off is in this one.
        Entity::update_many()
            .col_expr(Column::Status, Expr::value(RetentionStatus::Cancelled))
            .col_expr(Column::FinishedAt, Expr::value(Some(cx.now)))
            .filter(Column::Status.eq(RetentionStatus::Failed))
            .filter(Column::IsDry.eq(false))
            .exec(tx.conn())
            .await?;
    }
    let step = |policy: &String| Step { policy: policy.clone(), ..Step::default() };
    let run = Model {
        id: cx.new_id(),
        is_dry,
        status: RetentionStatus::Pending,
        progress: Progress(policies.iter().map(step).collect()),
        rows_due: 0,
        rows_held: 0,
        rows_removed: 0,
        rows_archived: 0,
        bytes: 0,
        error_message: None,
        attempts: 0,
        requested_by_id: cx.user().ok().map(|user| user.id),
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
        started_at: None,
        finished_at: None,
    };
    Records::<Entity>::insert(tx, &run).await?;
    tx.enqueue(cx, &RunRetention { run: run.id }).await?;
    tx.emit(cx, &RetentionRequested { run: run.id, is_dry, policies });
    Ok(run)
}

/// Begins the run of a night, where none was since `since` and there is something to do; says whether it did.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn begin_nightly<D: RetentionDesk>(db: &Db, desk: &D, cx: &Cx, since: DateTime<Utc>) -> Result<bool> {
    let conn = db.reader(cx).await?;
    let under_way =
        [RetentionStatus::Pending, RetentionStatus::Running, RetentionStatus::Paused, RetentionStatus::Failed];
    let other = Column::Status.is_in(under_way).or(Column::RequestedById.is_null().and(Column::CreatedAt.gte(since)));
    if Entity::find().filter(Column::IsDry.eq(false)).filter(other).one(&conn).await?.is_some() {
        return Ok(false);
    }
    let mut policies = Vec::new();
    for (policy, decided) in decided(&conn, desk, cx).await? {
        if !decided.is_enabled {
            continue;
        }
        let ended = match decided.end(cx.now) {
            Some(end) => any_ended(&conn, policy, end).await?,
            None => false,
        };
        if ended || is_due(&conn, policy, decided.cutoff(cx.now)).await? {
            policies.push(policy.name.to_owned());
        }
    }
    drop(conn);
    if policies.is_empty() {
        return Ok(false);
    }
    let policies = &policies;
    let begun = db.transact(cx, "retention_run.request", |tx| async move {
        begin(&tx, cx, policies.clone(), false).await.map(drop)
    });
    match begun.await {
        Ok(()) => Ok(true),
        // Another process was first.
        Err(Error::Invalid(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
