//! The table of settings.

use chrono::{DateTime, Utc};
use kernel::id::{SettingId, UserId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The type of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A text.
    String,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// An object or a list.
    Json,
}

/// A setting that was set.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "settings")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SettingId,
    /// Its name, such as `session.idle_days`.
    pub key: String,
    /// Whose it is; nobody's where it is the company's.
    pub user_id: Option<UserId>,
    /// The type of its value.
    pub kind: Kind,
    /// Its value.
    #[sea_orm(column_type = "JsonBinary")]
    pub value: Json,
    /// What it is for, where the code does not know.
    pub description: Option<String>,
    /// Who changed it last.
    pub updated_by: Option<UserId>,
    /// When it was first set.
    pub created_at: DateTime<Utc>,
    /// When it was last set.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
