//! Background work as rows in the tenant's tables: queued with the change that asks for it, leased by one
//! worker at a time, retried with backoff and jitter, dead-lettered where everyone can see it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Statement,
    entity::prelude::*,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Conn, Cx, Error, Result, Tx, id::JobId};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum JobState {
    /// To be run at `run_at`, or running under a lease.
    Queued,
    /// Given up; kept so that somebody sees it.
    Dead,
}

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "jobs")]
/// A piece of background work.
pub struct Model {
    /// The job's id; the idempotency key of its effect outside.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    /// What to do.
    pub kind: String,
    /// With what.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// Where it stands.
    pub state: JobState,
    /// Not before.
    pub run_at: DateTime<Utc>,
    /// How often it was begun.
    pub attempts: i32,
    /// Until when the worker that runs it may do so; past it, another may.
    pub leased_until: Option<DateTime<Utc>>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// What links it to the request that it came of.
    pub correlation_id: Option<String>,
}

/// A piece of background work.
pub type Job = Model;

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
/// No relation.
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A kind of job. What must be done in order has a text `thread` in its payload: see [`Job::thread`] and [`turn`].
pub trait Work: Serialize + DeserializeOwned {
    /// The stable name, such as `inbox.deliver_reply`.
    const KIND: &'static str;
}

/// The capability of queueing work in the open transaction.
pub trait Enqueue {
    /// Queues work for as soon as the transaction has committed.
    async fn enqueue<W: Work + Sync>(&self, cx: &Cx, work: &W) -> Result<JobId> {
        self.enqueue_at(cx, work, cx.now).await
    }

    /// Queues work for an instant, once the transaction has committed.
    async fn enqueue_at<W: Work + Sync>(&self, cx: &Cx, work: &W, at: DateTime<Utc>) -> Result<JobId>;
}

impl Enqueue for Tx {
    async fn enqueue_at<W: Work + Sync>(&self, cx: &Cx, work: &W, at: DateTime<Utc>) -> Result<JobId> {
        let id = cx.new_id();
        let job = ActiveModel {
            id: Set(id),
            kind: Set(W::KIND.into()),
            payload: Set(serde_json::to_value(work).map_err(Error::internal)?),
            state: Set(JobState::Queued),
            run_at: Set(at),
            attempts: Set(0),
            leased_until: Set(None),
            last_error: Set(None),
            created_at: Set(cx.now),
            correlation_id: Set(Some(cx.correlation_id().into())),
        };
        Entity::insert(job).exec_without_returning(self.conn()).await?;
        self.queued_job();
        Ok(id)
    }
}

impl Job {
    /// The job's payload, decoded.
    pub fn work<W: Work>(&self) -> Result<W> {
        serde_json::from_value(self.payload.clone()).map_err(|e| Error::internal(format!("job {}: {e}", self.id)))
    }

    /// What it must be done in order for: of two of a kind with the same text here, the later one waits while the earlier one does.
    pub fn thread(&self) -> Option<&str> {
        self.payload.get("thread")?.as_str()
    }
}

/// Attempts after which a job is given up.
pub const MAX_ATTEMPTS: i32 = 12;

/// Leases up to `limit` due jobs until `lease` from now. Every job goes to one worker only, however many
/// processes ask at once.
pub async fn lease(conn: &Conn, now: DateTime<Utc>, lease: Duration, limit: i64) -> Result<Vec<Job>> {
    let skip = crate::db::skip_locked(conn.get_database_backend());
    let statement = Statement::from_sql_and_values(
        conn.get_database_backend(),
        format!(
            r#"UPDATE "~tenant"."jobs" SET "leased_until" = $1, "attempts" = "attempts" + 1
               WHERE "id" IN (SELECT "id" FROM "~tenant"."jobs"
                 WHERE "state" = 'queued' AND "run_at" <= $2 AND ("leased_until" IS NULL OR "leased_until" <= $2)
                 ORDER BY "run_at" LIMIT $3 {skip})
               RETURNING *"#
        ),
        [(now + lease).into(), now.into(), limit.into()],
    );
    Ok(Entity::find().from_raw_sql(statement).all(conn).await?)
}

/// So much may the clocks of several processes differ, and no more.
const SKEW: TimeDelta = TimeDelta::minutes(1);

/// Has jobs done that a clock queued which was ahead and was set back: by their times they would wait for as long as it was. What was
/// to be done at once, or is tried again, is due; a lease ends no later than it would have if it had been given now. Says whether there
/// were any.
pub async fn pull_back(conn: &Conn, now: DateTime<Utc>, lease: Duration) -> Result<bool> {
    let ahead = || {
        use sea_orm::sea_query::ExprTrait as _;
        let at_once = Condition::any()
            .add(Column::RunAt.into_expr().lte(Column::CreatedAt.into_expr()))
            .add(Column::Attempts.gt(0));
        let queued = Condition::all().add(Column::State.eq(JobState::Queued)).add(Column::LeasedUntil.is_null());
        queued.add(Column::CreatedAt.gt(now + SKEW)).add(Column::RunAt.gt(now)).add(at_once)
    };
    let until = now + lease;
    let leased = || Condition::all().add(Column::LeasedUntil.gt(until + SKEW));
    // Mostly there are none, and nothing is written.
    let any = Entity::find().select_only().column(Column::Id).filter(Condition::any().add(ahead()).add(leased()));
    if any.limit(1).into_tuple::<JobId>().one(conn).await?.is_none() {
        return Ok(false);
    }
    let due = ActiveModel { run_at: Set(now), ..Default::default() };
    Entity::update_many().set(due).filter(ahead()).exec(conn).await?;
    let sooner = ActiveModel { leased_until: Set(Some(until)), ..Default::default() };
    Entity::update_many().set(sooner).filter(leased()).exec(conn).await?;
    Ok(true)
}

/// Prolongs the lease of a job that is still being worked on; says whether it was still this worker's.
pub async fn renew(conn: &Conn, job: &Job, until: DateTime<Utc>) -> Result<bool> {
    let renewed = Entity::update_many()
        .set(ActiveModel { leased_until: Set(Some(until)), ..Default::default() })
        .filter(Column::Id.eq(job.id))
        .filter(Column::Attempts.eq(job.attempts))
        .filter(Column::LeasedUntil.is_not_null())
        .exec(conn)
        .await?;
    Ok(renewed.rows_affected == 1)
}

/// When the next job of the tenant is due, to wait no longer than that.
pub async fn next_due(conn: &Conn) -> Result<Option<DateTime<Utc>>> {
    // A leased job is due again when its lease ends.
    let due: Option<(DateTime<Utc>, Option<DateTime<Utc>>)> = Entity::find()
        .select_only()
        .column(Column::RunAt)
        .column(Column::LeasedUntil)
        .filter(Column::State.eq(JobState::Queued))
        .order_by_run_at()
        .into_tuple()
        .one(conn)
        .await?;
    Ok(due.map(|(run_at, leased)| leased.map_or(run_at, |leased| leased.max(run_at))))
}

trait OrderByRunAt {
    fn order_by_run_at(self) -> Self;
}

impl OrderByRunAt for Select<Entity> {
    fn order_by_run_at(self) -> Self {
        use sea_orm::QueryOrder;
        self.order_by_asc(Expr::cust(r#"COALESCE("leased_until", "run_at")"#)).limit(1)
    }
}

/// Until when a job waits because an earlier one of its kind and `thread` does; `None` where it is its turn. One that was given up
/// keeps nobody waiting.
pub async fn turn(conn: &Conn, now: DateTime<Utc>, job: &Job) -> Result<Option<DateTime<Utc>>> {
    let Some(thread) = job.thread() else { return Ok(None) };
    let same = match conn.get_database_backend() {
        DbBackend::Postgres => r#""payload" ->> 'thread' = $1"#,
        _ => r#""payload" ->> 'thread' = ?"#,
    };
    let before: Option<Option<DateTime<Utc>>> = Entity::find()
        .select_only()
        .column_as(Column::RunAt.max(), "run_at")
        .filter(Column::State.eq(JobState::Queued))
        .filter(Column::Kind.eq(job.kind.as_str()))
        .filter(Column::Id.lt(job.id))
        .filter(Expr::cust_with_values(same, [thread]))
        .into_tuple()
        .one(conn)
        .await?;
    // One that is under way was due before now.
    Ok(before.flatten().map(|due| due.max(now) + TimeDelta::seconds(1)))
}

/// Whether another worker does the same work at this moment that began before this job: then this one waits. Twins that nobody does
/// are one too many and go. Whoever asks holds a row that all who do or queue this work take first.
pub async fn gives_way(tx: &Tx, now: DateTime<Utc>, job: &Job) -> Result<bool> {
    let idle = Condition::any().add(Column::LeasedUntil.is_null()).add(Column::LeasedUntil.lte(now));
    Entity::delete_many().filter(twins(job)).filter(idle).exec(tx.conn()).await?;
    let before = Entity::find().select_only().column(Column::Id).filter(twins(job)).filter(Column::Id.lt(job.id));
    Ok(before.into_tuple::<JobId>().one(tx.conn()).await?.is_some())
}

/// Whether the same work is queued beside a job, so that who ends its turn need not queue it. Asked as [`gives_way`] is.
pub async fn has_twin(tx: &Tx, job: &Job) -> Result<bool> {
    let others = Entity::find().select_only().column(Column::Id).filter(twins(job));
    Ok(others.into_tuple::<JobId>().one(tx.conn()).await?.is_some())
}

/// The same work beside a job.
fn twins(job: &Job) -> Condition {
    Condition::all()
        .add(Column::State.eq(JobState::Queued))
        .add(Column::Kind.eq(job.kind.as_str()))
        .add(Column::Payload.eq(job.payload.clone()))
        .add(Column::Id.ne(job.id))
}

/// Removes a finished job, in the transaction that records its effect. Fails where the lease was lost meanwhile.
pub async fn finish(tx: &Tx, job: &Job) -> Result<()> {
    let gone = Entity::delete_many()
        .filter(Column::Id.eq(job.id))
        .filter(Column::Attempts.eq(job.attempts))
        .exec(tx.conn())
        .await?;
    if gone.rows_affected == 1 { Ok(()) } else { Err(Error::lost_race("the job")) }
}

/// What becomes of a job whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It will be tried again at that instant.
    Again(DateTime<Utc>),
    /// It was given up.
    Dead,
}

/// Notes a failed attempt: another one later, or none when `permanent` or after [`MAX_ATTEMPTS`].
pub async fn fail(tx: &Tx, cx: &Cx, job: &Job, why: &str, permanent: bool) -> Result<Verdict> {
    let verdict = if permanent || job.attempts >= MAX_ATTEMPTS {
        Verdict::Dead
    } else {
        Verdict::Again(cx.now + backoff(job.attempts, cx.random::<2>()))
    };
    note(tx, job, why, verdict).await
}

/// The same where the other side asked not to be tried again before an instant.
pub async fn fail_until(tx: &Tx, cx: &Cx, job: &Job, why: &str, not_before: DateTime<Utc>) -> Result<Verdict> {
    let verdict = match fail(tx, cx, job, why, false).await? {
        Verdict::Again(at) if at < not_before => Verdict::Again(not_before + backoff(0, cx.random::<2>())),
        verdict => return Ok(verdict),
    };
    note(tx, job, why, verdict).await
}

async fn note(tx: &Tx, job: &Job, why: &str, verdict: Verdict) -> Result<Verdict> {
    let (state, run_at) = match verdict {
        Verdict::Again(at) => (JobState::Queued, at),
        Verdict::Dead => (JobState::Dead, job.run_at),
    };
    let why: String = why.chars().take(500).collect();
    Entity::update_many()
        .set(ActiveModel {
            state: Set(state),
            run_at: Set(run_at),
            leased_until: Set(None),
            last_error: Set(Some(why)),
            ..Default::default()
        })
        .filter(Column::Id.eq(job.id))
        .filter(Column::Attempts.eq(job.attempts))
        .exec(tx.conn())
        .await?;
    tx.queued_job();
    Ok(verdict)
}

/// Puts back a job that could not be begun yet; it is no attempt.
pub async fn put_back(conn: &Conn, job: &Job, until: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .set(ActiveModel {
            run_at: Set(until),
            attempts: Set(job.attempts - 1),
            leased_until: Set(None),
            ..Default::default()
        })
        .filter(Column::Id.eq(job.id))
        .filter(Column::Attempts.eq(job.attempts))
        .exec(conn)
        .await?;
    Ok(())
}

/// 2 s, 4 s, 8 s … at most an hour, with up to a quarter more at random so that many do not return at once.
fn backoff(attempts: i32, random: [u8; 2]) -> TimeDelta {
    let base = 1000_i64 << attempts.clamp(1, 12);
    let base = base.min(3_600_000);
    TimeDelta::milliseconds(base + base / 4 * i64::from(u16::from_be_bytes(random)) / i64::from(u16::MAX))
}

/// How many jobs wait and how many were given up, for the gauges.
pub async fn counts(conn: &Conn) -> Result<(u64, u64)> {
    let rows: Vec<(JobState, i64)> = Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "n")
        .group_by(Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    let of = |state| rows.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| n.unsigned_abs());
    Ok((of(JobState::Queued), of(JobState::Dead)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        assert_eq!(backoff(1, [0, 0]).num_seconds(), 2);
        assert_eq!(backoff(2, [0, 0]).num_seconds(), 4);
        assert_eq!(backoff(MAX_ATTEMPTS, [0, 0]).num_seconds(), 3600);
        assert!(backoff(3, [255, 255]).num_milliseconds() <= 10_000);
    }
}
