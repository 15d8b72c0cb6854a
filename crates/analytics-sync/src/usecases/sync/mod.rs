//! The synchronisation with B2Chat.

pub mod access;
pub mod commit;
pub mod control;
pub mod erase;
pub mod finish;
pub mod mark;
pub mod read;
pub mod rebuild;
pub mod run;
pub mod schedule;
pub mod seals;
pub mod start;
pub mod write;

use chrono::NaiveDate;
use chrono_tz::Tz;
use kernel::{Result, Tx, id::SyncRunId, jobs::Work};
use sea_orm::{EntityTrait, QuerySelect, sea_query::LockType};
use serde::{Deserialize, Serialize};

use crate::store::sync::access::{Entity, Model, ONLY};

/// The settings of the synchronisation.
#[derive(Debug, Clone)]
pub struct SyncSettings {
    /// Where B2Chat's API is.
    pub api_url: String,
    /// The zone in which it writes times.
    pub zone: Tz,
    /// The first day that counts; three years ago where none is set.
    pub first_day: Option<NaiveDate>,
    /// How many days before the last run an incremental one reads again.
    pub trailing_days: u64,
    /// How many records are asked for at a time.
    pub page_size: i32,
    /// After how many hours the schedule begins runs; 0 for never.
    pub interval_hours: i64,
}

/// The job: go on with this run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct RunSync {
    /// The run.
    pub run: SyncRunId,
}

impl Work for RunSync {
    const KIND: &'static str = "analytics_sync.run";
}

/// The connection with B2Chat, which nobody else changes until the transaction ends. Whoever begins a run or writes what it read
/// has it, so that two kinds of runs that meet the same agent make them once.
pub(crate) async fn hold(tx: &Tx) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(ONLY).lock(LockType::Update).one(tx.conn()).await?)
}
