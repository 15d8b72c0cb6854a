//! The five minutes that bookings take.

use kernel::id::ConsultationId;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// Five minutes that a booking takes of whoever has it; no two take the same.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "consultation_slots")]
pub struct Model {
    /// Of whom: a colleague, or where nobody has it the service or the consultation itself.
    #[sea_orm(primary_key, auto_increment = false)]
    pub holder_id: Uuid,
    /// Their number since 1970.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot: i64,
    /// The booking.
    pub consultation_id: ConsultationId,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
