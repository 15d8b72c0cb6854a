//! Days that changed are counted ahead, so that who asks need not wait for it.
//!
//! Whoever marks a day that was not marked queues the work, in the same transaction. The work holds the row of the day while it
//! reads the day's facts: who wrote some and has not marked the day yet marks it afterwards.

use chrono::TimeDelta;
use kernel::{
    Cx, Db, Result, Tx,
    jobs::{self, Enqueue, Job, Work},
};
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect, entity::prelude::*, sea_query::ExprTrait};
use serde::{Deserialize, Serialize};

use crate::{
    domain::metrics::block,
    queries::metrics::load,
    store::metrics::day::{ActiveModel, Column, Entity},
};

/// So many days at a time.
const DAYS: u64 = 30;
/// What changes in a moment is counted once.
const GATHER: TimeDelta = TimeDelta::seconds(2);

/// Counts the days that changed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CountMetricDays {}

impl Work for CountMetricDays {
    const KIND: &'static str = "analytics.count_metric_days";
}

/// Asks for it, in the transaction that marked a day.
pub(super) async fn queue(tx: &Tx, cx: &Cx) -> Result<()> {
    tx.enqueue_at(cx, &CountMetricDays {}, cx.now + GATHER).await.map(drop)
}

/// Counts some of the days that changed, and queues the rest.
///
/// # Errors
/// What the database says.
pub async fn count_metric_days(db: &Db, cx: &Cx, job: &Job) -> Result<()> {
    db.transact(cx, "metrics.count_days", |tx| async move {
        let conn = tx.conn();
        let behind = Entity::find()
            .select_only()
            .columns([Column::Day, Column::Mark])
            .filter(Expr::col(Column::Mark).ne(Expr::col(Column::Counted)))
            .order_by_asc(Column::Day)
            .limit(DAYS)
            .lock_exclusive();
        let behind: Vec<(i32, i64)> = behind.into_tuple().all(conn).await?;
        for (day, mark) in &behind {
            let facts = load::of_day(conn, *day).await?;
            let counted = ActiveModel {
                day: Set(*day),
                counted: Set(*mark),
                things: Set(i32::try_from(facts.things.len()).unwrap_or(i32::MAX)),
                block: Set(block::encode(&facts)),
                ..Default::default()
            };
            Entity::update(counted).exec(conn).await?;
        }
        jobs::finish(&tx, job).await?;
        if behind.len() as u64 == DAYS {
            tx.enqueue(cx, &CountMetricDays {}).await?;
        }
        Ok(())
    })
    .await
}
