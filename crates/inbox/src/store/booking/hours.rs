//! When something can be booked, by the days of the week.

use kernel::id::{OpeningHoursId, StaffId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A day of the week.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// The first day of the week (ISO 8601).
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The last.
    Sunday,
}

/// From when until when something can be booked on a day of the week, in minutes after midnight of the company's zone. What
/// ends at or before its beginning ends on the next day.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "opening_hours")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OpeningHoursId,
    /// Whose they are; the company's where absent.
    pub staff_id: Option<StaffId>,
    /// On which day.
    pub weekday: Weekday,
    /// From when.
    pub from_minute: i32,
    /// Until when.
    pub to_minute: i32,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
