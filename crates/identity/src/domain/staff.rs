//! A staff member, as everyone but the sign-in sees them: without the password hash.

use chrono::{DateTime, Utc};
use kernel::{
    id::{DepartmentId, RoleId, StaffId},
    page::Key,
};
use sea_orm::DerivePartialModel;
use serde::{Deserialize, Serialize};

use crate::store::user;

/// A staff member.
#[derive(Debug, Clone, PartialEq, Eq, DerivePartialModel, Serialize, Deserialize)]
#[sea_orm(entity = "user::Entity")]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// Their address, in lower case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role_id: RoleId,
    /// Their department.
    pub department_id: Option<DepartmentId>,
    /// Whether they may sign in.
    pub is_active: bool,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// Since when they are here.
    pub created_at: DateTime<Utc>,
}

impl Staff {
    /// The sort value for an order by name.
    pub fn by_name(&self) -> Key {
        self.name.as_str().into()
    }
}
