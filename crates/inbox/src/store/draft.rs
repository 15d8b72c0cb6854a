//! Drafts: answers that are being written.

use chrono::{DateTime, Utc};
use kernel::{
    id::{DraftId, StaffId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::entity::{Entity as Thing, EntityType};

/// An answer that is being written: one a person and thing.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "drafts")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DraftId,
    /// Who writes it.
    pub staff_id: StaffId,
    /// To what kind of thing.
    pub entity_type: EntityType,
    /// To which.
    pub entity_id: Uuid,
    /// What it is about.
    pub subject: Option<String>,
    /// The text.
    pub content: String,
    /// Raised by every change, from a number by chance.
    pub version: i32,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Model {
    /// What it is for.
    pub fn entity(&self) -> Thing {
        Thing { kind: self.entity_type, id: self.entity_id }
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
