//! How notifications are meant.

use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

/// How a notification is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum NotificationLevel {
    /// For your information.
    Info,
    /// Something went well.
    Success,
    /// Worth a look.
    Warning,
    /// Something went wrong.
    Error,
}
