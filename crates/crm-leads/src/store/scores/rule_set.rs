//! Sets of rules that leads are scored by: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ScoreRuleSetId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether rules are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RuleSetState {
    /// They are being written.
    Draft,
    /// They are used.
    Live,
    /// They were.
    Retired,
}

/// Rules that leads are scored by.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "score_rule_sets")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ScoreRuleSetId,
    /// 1, 2, 3 …
    pub number: i32,
    /// What is new in it.
    pub description: String,
    /// Whether it is used.
    pub state: RuleSetState,
    /// A list of [`Rule`](crate::Rule).
    pub rules: Json,
    /// From here on a lead is warm.
    pub warm_from: i32,
    /// From here on it is hot.
    pub hot_from: i32,
    /// Who wrote it.
    pub created_by_id: Option<UserId>,
    /// Raised by every change.
    pub version: i32,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it went live.
    pub activated_at: Option<DateTime<Utc>>,
    /// When another did instead.
    pub retired_at: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
