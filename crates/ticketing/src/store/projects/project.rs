//! Projects that clients ask for.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{
    id::{ClientId, ProjectId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a project stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProjectStatus {
    /// The client asks for it; nobody has said yes yet.
    Pending,
    /// It can begin.
    Approved,
    /// It is worked on.
    InProgress,
    /// The client looks at it, or it is tested.
    Review,
    /// It is done.
    Completed,
    /// It will not be.
    Cancelled,
}

/// What a project is to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProjectType {
    /// A website.
    Website,
    /// A shop.
    ECommerce,
    /// A program in the browser.
    WebApp,
    /// A program on the telephone.
    MobileApp,
    /// A brand.
    Branding,
    /// That people hear of something.
    Marketing,
    /// Something else.
    Other,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "projects")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProjectId,
    /// In a line.
    pub title: String,
    /// And in full.
    pub description: Option<String>,
    /// Where it stands.
    pub status: ProjectStatus,
    /// What it is to make.
    #[sea_orm(column_name = "type")]
    #[serde(rename = "type")]
    pub kind: ProjectType,
    /// The client whose it is.
    pub client_id: ClientId,
    /// What it may cost, in the smallest unit of the currency.
    pub budget: Option<i64>,
    /// The currency of that (ISO 4217).
    pub currency: Option<String>,
    /// What it must do.
    pub requirements: Option<String>,
    /// When it begins.
    pub start_date: Option<NaiveDate>,
    /// When it is to be done.
    pub end_date: Option<NaiveDate>,
    /// When it begins, or the end of days: what lists are ordered by.
    pub starts_on: NaiveDate,
    /// Who made it, client or colleague.
    pub created_by_id: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
