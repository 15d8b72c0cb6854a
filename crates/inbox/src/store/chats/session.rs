//! Chats: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ChatId, ChatMessageId, DepartmentId, StaffId, VisitorId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a chat stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ChatStatus {
    /// It is in the queue.
    Waiting,
    /// A colleague has it.
    Active,
    /// It is over.
    Ended,
}

/// The sides of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ChatSide {
    /// The visitor.
    Visitor,
    /// We.
    Staff,
    /// Frontdesk itself.
    System,
}

/// A conversation that a visitor began.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "chat_sessions")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChatId,
    /// Who began it.
    pub visitor_id: VisitorId,
    /// The name given.
    pub visitor_name: String,
    /// The address given.
    pub visitor_email: Option<String>,
    /// Where it stands.
    pub status: ChatStatus,
    /// The department that it waits for, or waited for last.
    pub department_id: Option<DepartmentId>,
    /// Who has it, or had it when it ended.
    pub assignee_id: Option<StaffId>,
    /// SHA-256 of the token that opens this chat and nothing else.
    #[serde(skip)]
    pub token_hash: Vec<u8>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When a colleague first took it.
    pub claimed_at: Option<DateTime<Utc>>,
    /// When a colleague first answered.
    pub first_answer_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who ended it.
    pub ended_by: Option<ChatSide>,
    /// What the visitor thinks of it, 1 to 5.
    pub rating: Option<i32>,
    /// And in words.
    pub feedback: Option<String>,
    /// How many lines the visitor wrote.
    pub visitor_lines: i32,
    /// How many lines colleagues wrote.
    pub staff_lines: i32,
    /// How many of the colleagues' lines the visitor has not read.
    pub unread_by_visitor: i32,
    /// How many of the visitor's lines no colleague has read.
    pub unread_by_staff: i32,
    /// When something was last said.
    pub last_message_at: DateTime<Utc>,
    /// What the visitor or a colleague last said.
    pub last_message_id: Option<ChatMessageId>,
    /// Raised by every change.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The columns by whose words a chat is found.
pub const TEXTS: [Column; 3] = [Column::VisitorName, Column::VisitorEmail, Column::Feedback];

impl Model {
    /// The texts by whose words it is found.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let Self { visitor_name, visitor_email, feedback, .. } = self;
        [Some(visitor_name), visitor_email.as_ref(), feedback.as_ref()].into_iter().flatten().map(String::as_str)
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
