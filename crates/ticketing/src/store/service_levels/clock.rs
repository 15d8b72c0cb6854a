//! Clocks of tickets.

use chrono::{DateTime, Utc};
use kernel::id::{ServiceLevelClockId, ServiceLevelPolicyId, TicketId};
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

/// What a clock measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Until the first answer.
    FirstResponse,
    /// Until the next answer to a client who wrote again.
    NextResponse,
    /// Until it is resolved.
    Resolution,
    /// Until its due date.
    Due,
}

/// When the company worked: from when until when, in seconds since 1970, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Worked(pub Vec<(i64, i64)>);

/// A clock of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_clocks")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ServiceLevelClockId,
    /// The ticket.
    pub ticket_id: TicketId,
    /// What it measures.
    pub kind: ClockKind,
    /// By which policy; none, where it is the due date, and where nothing is owed by it now.
    pub policy_id: Option<ServiceLevelPolicyId>,
    /// Since when it counts.
    pub started_at: DateTime<Utc>,
    /// How many minutes it has; none, where there is no policy.
    pub target_minutes: Option<i32>,
    /// Whether only the company's opening hours count.
    pub business_hours: bool,
    /// At which share of the time it is nearly over.
    pub warn_percent: i32,
    /// Since when it stands still.
    pub paused_since: Option<DateTime<Utc>>,
    /// How many seconds it had run when something last happened to the ticket.
    pub used_seconds: i64,
    /// When it is over; none while it stands still.
    pub due_at: Option<DateTime<Utc>>,
    /// When it is nearly over.
    pub warn_at: Option<DateTime<Utc>>,
    /// When there is next something to tell of it.
    pub next_at: Option<DateTime<Utc>>,
    /// When it was told that it is nearly over.
    pub warned_at: Option<DateTime<Utc>>,
    /// When what it waits for came.
    pub met_at: Option<DateTime<Utc>>,
    /// When it was told that it is over.
    pub breached_at: Option<DateTime<Utc>>,
    /// When the company worked while it ran, as that was when what it waits for came; none while it goes on, and around the clock.
    pub worked: Option<Worked>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
