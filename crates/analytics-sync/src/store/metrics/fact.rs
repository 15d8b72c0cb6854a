//! What metrics are counted from.

use chrono::{DateTime, Utc};
use kernel::{
    id::{B2chatAgentId, B2chatDepartmentId, DepartmentId, MetricFactId, StaffId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;

/// The kinds of things that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MetricKind {
    /// A chat that B2Chat tells of.
    B2chatChat,
    /// A live chat of the inbox.
    LiveChat,
    /// A ticket.
    Ticket,
}

/// Where a thing that counts stands, whatever its own words for it are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MetricStatus {
    /// It waits.
    Pending,
    /// Somebody is at it, or is to be.
    Open,
    /// It is over.
    Closed,
}

/// How much a thing that counts matters; a ticket's `medium` is `normal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MetricPriority {
    /// At once.
    Urgent,
    /// Before others.
    High,
    /// In its turn.
    Normal,
    /// When there is time.
    Low,
}

/// A thing that counts.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "metric_facts")]
pub struct Model {
    /// The thing's own id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub thing_id: MetricFactId,
    /// What it is.
    pub kind: MetricKind,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it entered the queue.
    pub opened_at: Option<DateTime<Utc>>,
    /// When somebody took it.
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When somebody first answered.
    pub response_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub closed_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub status: MetricStatus,
    /// By which way it came.
    pub channel: String,
    /// How much it matters; none where such things have none.
    pub priority: Option<MetricPriority>,
    /// The agent of B2Chat's who has it.
    pub agent_id: Option<B2chatAgentId>,
    /// The colleague who has it. Of a chat of B2Chat's that is the agent's, which is read when it is counted.
    pub staff_id: Option<StaffId>,
    /// The department of B2Chat's.
    pub b2chat_department_id: Option<B2chatDepartmentId>,
    /// The department of the company.
    pub department_id: Option<DepartmentId>,
    /// From `created_at` to `response_at`, in milliseconds.
    pub response_ms: Option<i64>,
    /// From `opened_at` to `response_at`.
    pub first_response_ms: Option<i64>,
    /// From `opened_at` to `picked_up_at`.
    pub pickup_ms: Option<i64>,
    /// From `created_at` to `closed_at`.
    pub resolution_ms: Option<i64>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
