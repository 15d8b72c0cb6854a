//! Single errors.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ErrorGroupId, ErrorLogId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;

use super::group::{ErrorLevel, ErrorSource};

/// One error.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "error_logs")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ErrorLogId,
    /// Which group it is of.
    pub group_id: ErrorGroupId,
    /// When.
    pub at: DateTime<Utc>,
    /// How serious.
    pub level: ErrorLevel,
    /// Where.
    pub source: ErrorSource,
    /// Its code.
    pub code: Option<String>,
    /// What it says, without secrets.
    pub message: String,
    /// Where in the program, of a panic.
    pub stack: Option<String>,
    /// Whose request it was.
    pub user_id: Option<UserId>,
    /// The request.
    pub request_id: Option<String>,
    /// What links it to others that came of the same beginning.
    pub correlation_id: Option<String>,
    /// What else there is to know: the operation, the job, the place in the answer.
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Option<Json>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
