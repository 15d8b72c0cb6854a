//! Messages: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{MessageId, StaffId, VisitorId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// Nobody worked on it yet.
    New,
    /// Somebody does.
    InProgress,
    /// It became a lead, ticket or client.
    Converted,
    /// It is done with.
    Archived,
}

/// What a visitor wrote.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "messages")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    /// Who wrote it.
    pub visitor_id: VisitorId,
    /// The name given.
    pub name: String,
    /// The address given.
    pub email: String,
    /// The company given.
    pub company: Option<String>,
    /// The service asked for.
    pub service: Option<String>,
    /// The text.
    pub content: String,
    /// The page it was written on.
    pub page_url: Option<String>,
    /// Where it stands.
    pub status: MessageStatus,
    /// Who has it.
    pub assignee_id: Option<StaffId>,
    /// The id of what it became, with its prefix.
    pub converted_to: Option<String>,
    /// Raised by every change.
    pub version: i32,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The columns by whose words a message is found.
pub const TEXTS: [Column; 5] = [Column::Name, Column::Email, Column::Company, Column::Service, Column::Content];

impl Model {
    /// The texts by whose words it is found.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let Self { name, email, company, service, content, .. } = self;
        [Some(name), Some(email), company.as_ref(), service.as_ref(), Some(content)]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
