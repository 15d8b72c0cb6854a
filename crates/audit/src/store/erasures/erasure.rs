//! Erasures: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ErasureId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::erasures::{Counts, Lines, Plan, Tasks, Whose};

/// How much of somebody is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ErasureScope {
    /// All records of the person.
    Person,
    /// The record that is named, with what says that it is of the same person; none by its address.
    Record,
    /// The account of a client with its projects and tickets.
    ClientAccount,
}

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ErasureStatus {
    /// It is known what would go.
    Planned,
    /// It waits for its time.
    Confirmed,
    /// It is under way.
    Erasing,
    /// Nothing of them is left but what the plan keeps.
    Done,
    /// It broke off again and again, and goes on when it is confirmed once more.
    Failed,
    /// Somebody took it back before it began.
    Cancelled,
    /// Nobody confirmed it in time.
    Expired,
    /// What may go is gone; the rest waits until no legal hold is on it.
    Held,
}

/// An erasure.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "erasures")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ErasureId,
    /// The record that was named, as a typed id; none for an address.
    pub subject: Option<String>,
    /// How much.
    pub scope: ErasureScope,
    /// How far it is.
    pub status: ErasureStatus,
    /// Whose records; none once it is over.
    pub whose: Option<Whose>,
    /// What becomes of which rows.
    pub plan: Plan,
    /// SHA-256 of what the plan erases.
    pub digest: Vec<u8>,
    /// How many rows were erased.
    pub counts: Counts,
    /// What legal holds keep, while they do.
    pub kept: Lines,
    /// What is to be done by hand.
    pub tasks: Tasks,
    /// Why it broke off.
    pub error_message: Option<String>,
    /// Who planned it.
    pub planned_by_id: Option<UserId>,
    /// Who confirmed it.
    pub confirmed_by_id: Option<UserId>,
    /// Who took it back.
    pub cancelled_by_id: Option<UserId>,
    /// How often it was begun.
    pub attempts: i32,
    /// Raised by every change.
    pub version: i32,
    /// When it was planned.
    pub planned_at: DateTime<Utc>,
    /// When it was confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it is begun.
    pub due_at: Option<DateTime<Utc>>,
    /// When it was begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over, whichever way.
    pub completed_at: Option<DateTime<Utc>>,
    /// When it was noted in the ledger outside the database.
    pub noted_at: Option<DateTime<Utc>>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
