//! Booked consultations: a guarded record.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kernel::{
    id::{ConsultationId, ServiceId, StaffId, VisitorId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a consultation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ConsultationStatus {
    /// It is to come.
    Scheduled,
    /// It was held.
    Completed,
    /// It was called off.
    Cancelled,
    /// The visitor did not come.
    NoShow,
}

/// What a visitor booked.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "consultations")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsultationId,
    /// Who booked it.
    pub visitor_id: VisitorId,
    /// What was booked.
    pub service_id: ServiceId,
    /// What that was called then.
    pub service: String,
    /// The name given.
    pub name: String,
    /// The address given.
    pub email: String,
    /// The company given.
    pub company: Option<String>,
    /// The telephone number given (E.164).
    pub phone: Option<String>,
    /// What the visitor wants to talk about.
    pub notes: Option<String>,
    /// The day, in the zone in which it was booked.
    pub booking_date: NaiveDate,
    /// The time of day, in the zone in which it was booked.
    pub booking_time: NaiveTime,
    /// That zone: the company's.
    pub time_zone: String,
    /// The visitor's zone, where they gave it.
    pub visitor_time_zone: Option<String>,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// From when whoever has it is not free.
    pub blocked_from: DateTime<Utc>,
    /// Until when.
    pub blocked_until: DateTime<Utc>,
    /// Where it stands.
    pub status: ConsultationStatus,
    /// Who has it.
    pub assignee_id: Option<StaffId>,
    /// What calendar programs know it by.
    pub ics_uid: String,
    /// How often it changed for them.
    pub ics_sequence: i32,
    /// Raised by every change.
    pub version: i32,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Model {
    /// The texts by whose words it is found.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let Self { service, name, email, company, phone, notes, .. } = self;
        [Some(service), Some(name), Some(email), company.as_ref(), phone.as_ref(), notes.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
