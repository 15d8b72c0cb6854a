//! Tickets: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ClientId, ProjectId, StaffId, TeamId, TicketId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// Nobody began it, or it is open again.
    Open,
    /// Somebody works on it.
    InProgress,
    /// It waits for the client.
    Pending,
    /// It waits for us or for somebody else.
    OnHold,
    /// It is done, as we see it.
    Resolved,
    /// It is over.
    Closed,
}

/// What kind of work a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TicketCategory {
    /// Something does not do what it should.
    Bug,
    /// Something new.
    Feature,
    /// Somebody needs help.
    Support,
    /// Something is to become better.
    Enhancement,
    /// Something is down or broken for several.
    Incident,
    /// Something is asked for that we offer.
    Request,
}

/// How soon a ticket is to be worked on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TicketPriority {
    /// When there is time.
    Low,
    /// In its turn.
    Medium,
    /// Before others.
    High,
    /// At once.
    Urgent,
}

/// How much harm there is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TicketSeverity {
    /// Hardly any.
    Minor,
    /// Some.
    Normal,
    /// Much.
    Major,
    /// Work stands still.
    Critical,
}

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "tickets")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TicketId,
    /// Its number, such as TKT-2026-0001.
    pub number: String,
    /// The same, to be ordered by.
    pub position: i64,
    /// In a line.
    pub title: String,
    /// And in full.
    pub description: String,
    /// Where it stands.
    pub status: TicketStatus,
    /// What kind of work.
    pub category: TicketCategory,
    /// How soon.
    pub priority: TicketPriority,
    /// The same, to be ordered by.
    pub urgency: i32,
    /// How much harm.
    pub severity: TicketSeverity,
    /// The client whose it is.
    pub requester_id: Option<ClientId>,
    /// Who made it, client or colleague.
    pub created_by_id: Option<UserId>,
    /// The colleague who has it.
    pub assignee_id: Option<StaffId>,
    /// The team that has it.
    pub team_id: Option<TeamId>,
    /// What colleagues keep for themselves.
    pub notes: String,
    /// Until when it is to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// The same, to be ordered by.
    pub due_order: DateTime<Utc>,
    /// When it was resolved.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When somebody last commented in public.
    pub last_replied_at: Option<DateTime<Utc>>,
    /// Hours that it is thought to take.
    pub estimated_hours: Option<i32>,
    /// Hours that it took.
    pub actual_hours: Option<i32>,
    /// The ticket that it is a part of.
    pub parent_id: Option<TicketId>,
    /// The ticket that it went into.
    pub merged_into_id: Option<TicketId>,
    /// The project that it is part of.
    pub project_id: Option<ProjectId>,
    /// How many comments it has.
    pub comment_count: i32,
    /// How many of them the client sees.
    pub public_comment_count: i32,
    /// Raised by every change.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When what a client is shown of it last was.
    // Answers that were kept under idempotency keys before there was such a thing lack it.
    #[serde(default)]
    pub shown_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
