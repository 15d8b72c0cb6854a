//! Scorings of leads: every one is kept.

use chrono::{DateTime, Utc};
use kernel::{
    id::{LeadId, LeadScoreId, ScoreRuleSetId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::store::leads::lead::LeadScore;

/// One scoring of a lead.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "lead_scores")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LeadScoreId,
    /// The lead.
    pub lead_id: LeadId,
    /// How likely they are to buy.
    pub score: LeadScore,
    /// The same as a number, 0 to 100.
    pub score_value: i32,
    /// What speaks for it: a list of [`Signal`](crate::Signal).
    pub signals: Json,
    /// Why, in words.
    pub reasoning: String,
    /// The rules that made it.
    pub rule_set_id: Option<ScoreRuleSetId>,
    /// Their number; 0 for those that are built in.
    pub rule_set_number: Option<i32>,
    /// What made it: `rules`, or the name of a provider.
    pub provider: String,
    /// Who had it made; none, where Frontdesk did.
    pub scored_by_id: Option<UserId>,
    /// When.
    pub scored_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
