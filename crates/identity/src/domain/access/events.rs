//! What is published about roles and single permissions.

use kernel::{
    events::{Event, Resource, Severity},
    id::{RoleId, StaffId},
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::domain::{TOPIC, access::role::Role};

/// A role was made or changed.
#[derive(Serialize)]
pub struct RoleSaved {
    /// The role.
    pub role: RoleId,
    /// It before; `None` of a new one.
    pub before: Option<Role>,
    /// It now.
    pub after: Role,
}

impl Event for RoleSaved {
    const KIND: &'static str = "role.saved";
    const TOPIC: &'static str = TOPIC;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Role", self.role)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let value = |role: &Role| serde_json::to_value(role).ok();
        (self.before.as_ref().and_then(value), value(&self.after))
    }
}

/// A colleague was granted a permission.
#[derive(Serialize)]
pub struct PermissionGranted {
    /// The colleague.
    pub staff: StaffId,
    /// The permission's name.
    pub permission: String,
}

impl Event for PermissionGranted {
    const KIND: &'static str = "permission.granted";
    const TOPIC: &'static str = TOPIC;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Staff", self.staff)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "permission": self.permission })))
    }
}

/// A permission was taken back from a colleague.
#[derive(Serialize)]
pub struct PermissionRevoked {
    /// The colleague.
    pub staff: StaffId,
    /// The permission's name.
    pub permission: String,
}

impl Event for PermissionRevoked {
    const KIND: &'static str = "permission.revoked";
    const TOPIC: &'static str = TOPIC;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Staff", self.staff)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "permission": self.permission })), None)
    }
}
