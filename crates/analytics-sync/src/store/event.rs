//! Events.

use chrono::{DateTime, Utc};
use kernel::{
    id::{AnalyticsEventId, VisitorId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;

/// Something that a visitor did on the website.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "analytics_events")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AnalyticsEventId,
    /// Who did it; absent where they showed no token.
    pub visitor_id: Option<VisitorId>,
    /// What.
    pub event_type: String,
    /// What else there is to know, as JSON.
    pub event_data: Option<String>,
    /// On which page.
    pub page_url: Option<String>,
    /// From which page they came.
    pub referrer: Option<String>,
    /// What the browser calls its session.
    pub session_id: Option<String>,
    /// The address that their program connected from.
    pub address: Option<String>,
    /// Their program.
    pub agent: Option<String>,
    /// When it happened.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
