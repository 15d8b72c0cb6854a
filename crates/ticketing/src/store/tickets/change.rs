//! What happened to tickets: written with every change, and never changed.

use chrono::{DateTime, Utc};
use kernel::{
    id::{TicketChangeId, TicketId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TicketAction {
    /// It was made.
    Created,
    /// Something of it was changed.
    Updated,
    /// Somebody else has it, or nobody.
    Assigned,
    /// It stands elsewhere.
    StatusChanged,
    /// It was tied to another.
    Linked,
    /// It is tied to another no more.
    Unlinked,
    /// It went into another.
    Merged,
    /// It came out of another again.
    Unmerged,
    /// Somebody watches it.
    Watched,
    /// Somebody watches it no more.
    Unwatched,
    /// It got a tag.
    Tagged,
    /// It lost a tag.
    Untagged,
}

/// What of a ticket was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "camelCase")]
pub enum TicketField {
    /// Its title.
    Title,
    /// Its description.
    Description,
    /// Where it stands.
    Status,
    /// What kind of work it is.
    Category,
    /// How soon it is to be worked on.
    Priority,
    /// How much harm there is.
    Severity,
    /// The client whose it is.
    Requester,
    /// The colleague who has it.
    Assignee,
    /// The team that has it.
    Team,
    /// What colleagues keep for themselves.
    Notes,
    /// Until when it is to be done.
    DueAt,
    /// Hours that it is thought to take.
    EstimatedHours,
    /// Hours that it took.
    ActualHours,
    /// The ticket that it is a part of.
    Parent,
    /// The project that it is part of.
    Project,
    /// A ticket that it is tied to.
    Link,
    /// The ticket that it went into.
    MergedInto,
    /// Somebody who watches it.
    Watcher,
    /// A tag.
    Tag,
    /// A file of it or of a comment on it.
    Attachment,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_history")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TicketChangeId,
    /// The ticket.
    pub ticket_id: TicketId,
    /// Who changed it; none, where Frontdesk did.
    pub user_id: Option<UserId>,
    /// What was done.
    pub action: TicketAction,
    /// What of it was changed; none, where it was made.
    pub field: Option<TicketField>,
    /// What it was before.
    pub old_value: Option<String>,
    /// What it is since then.
    pub new_value: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
