//! Internal notes.

use chrono::{DateTime, Utc};
use kernel::{
    id::{InternalNoteId, StaffId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::entity::{Entity as Thing, EntityType};

/// What a colleague noted of a thing.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "internal_notes")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InternalNoteId,
    /// Of what kind of thing.
    pub entity_type: EntityType,
    /// Of which.
    pub entity_id: Uuid,
    /// Who wrote it.
    pub staff_id: StaffId,
    /// The text.
    pub content: String,
    /// Whether it stands before all others.
    pub is_pinned: bool,
    /// Who is mentioned in it: a list of ids.
    pub mentions: Json,
    /// When it was taken away.
    pub removed_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Model {
    /// What it is a note of.
    pub fn entity(&self) -> Thing {
        Thing { kind: self.entity_type, id: self.entity_id }
    }

    /// Who is mentioned in it.
    pub fn mentioned(&self) -> Vec<StaffId> {
        serde_json::from_value(self.mentions.clone()).unwrap_or_default()
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
