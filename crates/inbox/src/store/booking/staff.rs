//! Who holds which service.

use kernel::id::{ServiceId, StaffId};
use sea_orm::entity::prelude::*;

/// A colleague who holds a service.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "service_staff")]
pub struct Model {
    /// The service.
    #[sea_orm(primary_key, auto_increment = false)]
    pub service_id: ServiceId,
    /// Who holds it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub staff_id: StaffId,
    /// Whether they do now; whoever left does not.
    pub is_active: bool,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
