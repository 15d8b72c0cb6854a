//! Sessions with the assistant: each is one person's alone.

use chrono::{DateTime, Utc};
use kernel::{
    id::{AssistantSessionId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A session with the assistant.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "assistant_sessions")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssistantSessionId,
    /// Whose it is, client or colleague.
    pub user_id: UserId,
    /// What it is about: the beginning of the first question.
    pub title: String,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When something was last asked or answered.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
