//! Departments: a table of the record tier.

use chrono::{DateTime, Utc};
use kernel::{
    Permission,
    id::DepartmentId,
    record::{Record, RecordEntity},
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::policy::MANAGE_STAFF;

/// A department of the company.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "departments")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DepartmentId,
    /// Its name, unique.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl RecordEntity for Entity {
    type Active = ActiveModel;
}

impl Record for Model {
    type Id = DepartmentId;
    const KIND: &'static str = "Department";
    const WRITE: Permission = MANAGE_STAFF;
    fn id(&self) -> DepartmentId {
        self.id
    }
}
