//! Leads: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{LeadId, StaffId, UserId, VisitorId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum LeadStatus {
    /// Nobody spoke with them yet.
    New,
    /// Somebody did.
    Contacted,
    /// They want what we offer and can buy it.
    Qualified,
    /// They bought.
    Converted,
    /// They will not.
    Lost,
}

/// How likely a lead is to buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum LeadScore {
    /// Very.
    Hot,
    /// Perhaps.
    Warm,
    /// Hardly.
    Cold,
}

/// Where a lead came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum LeadSource {
    /// A conversation on a social platform.
    Conversation,
    /// A message through the contact form.
    Message,
    /// A live chat.
    Chat,
    /// A booked consultation.
    Consultation,
    /// A file that was imported.
    Import,
    /// Another program, with a key.
    Api,
    /// A colleague wrote it down.
    Manual,
}

/// Somebody who may buy.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "leads")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LeadId,
    /// Their name; empty where it is not known.
    pub name: String,
    /// The same, to be ordered by.
    pub name_order: String,
    /// The same, by which names that are nearly this one are found.
    pub name_key: Option<String>,
    /// Their address, in the form that is stored.
    pub email: Option<String>,
    /// Their telephone number (E.164).
    pub phone: Option<String>,
    /// The company that they are of.
    pub company: Option<String>,
    /// The same, by which companies that are nearly this one are found.
    pub company_key: Option<String>,
    /// What colleagues know of them.
    pub notes: String,
    /// Where it stands.
    pub status: LeadStatus,
    /// Why it is lost.
    pub lost_reason: Option<String>,
    /// How likely they are to buy, as the newest scoring says.
    pub score: Option<LeadScore>,
    /// The same as a number, 0 to 100.
    pub score_value: Option<i32>,
    /// The same, to be ordered by: -1 where it was never scored.
    pub score_order: i32,
    /// When it was scored.
    pub scored_at: Option<DateTime<Utc>>,
    /// The colleague who has it.
    pub owner_id: Option<StaffId>,
    /// Where it came from.
    pub source_kind: LeadSource,
    /// The very thing that it came from.
    pub source_id: Option<Uuid>,
    /// Who they were on the website.
    pub visitor_id: Option<VisitorId>,
    /// Who made it; none, where Frontdesk did.
    pub created_by_id: Option<UserId>,
    /// The lead that it went into.
    pub merged_into_id: Option<LeadId>,
    /// When it was converted or lost.
    pub closed_at: Option<DateTime<Utc>>,
    /// Raised by every change.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// The mailbox that the address is of, by which others of it are found.
    pub email_key: Option<String>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
