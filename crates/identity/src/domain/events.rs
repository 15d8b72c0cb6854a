//! What this context publishes.

use kernel::{
    events::{Event, Resource, Severity},
    id::{ClientId, RoleId, SessionId, StaffId, UserId},
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{person::Person, role::Role};
use crate::store::user::Kind;

/// The topic of all events here.
pub const TOPIC: &str = "identity";

/// Somebody signed in.
#[derive(Serialize)]
pub struct SessionOpened {
    /// The new session.
    pub session: SessionId,
    /// Whose it is.
    pub user: UserId,
}

impl Event for SessionOpened {
    const KIND: &'static str = "session.opened";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Session", self.session)
    }
}

/// A sign-in failed. The address is kept only when it has the form of one: people type passwords there.
#[derive(Serialize)]
pub struct SessionRefused {
    /// The account, where there is one.
    pub user: Option<UserId>,
    /// The address that was tried.
    pub email: Option<String>,
    /// What was wrong: `credentials`, `code_missing`, `code` or `email_not_verified`.
    pub reason: &'static str,
}

impl Event for SessionRefused {
    const KIND: &'static str = "session.refused";
    const TOPIC: &'static str = TOPIC;
    const SEVERITY: Severity = Severity::Warning;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        self.user.map_or(Resource { kind: "User", id: uuid::Uuid::nil() }, |id| Resource::new("User", id))
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "email": self.email, "reason": self.reason })))
    }
}

/// A session was ended by its owner.
#[derive(Serialize)]
pub struct SessionEnded {
    /// The session.
    pub session: SessionId,
}

impl Event for SessionEnded {
    const KIND: &'static str = "session.ended";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Session", self.session)
    }
}

/// A session got its next pair of tokens.
#[derive(Serialize)]
pub struct SessionRefreshed {
    /// The session.
    pub session: SessionId,
}

impl Event for SessionRefreshed {
    const KIND: &'static str = "session.refreshed";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Session", self.session)
    }
}

/// A replaced refresh token was used: somebody holds a copy. The session was ended.
#[derive(Serialize)]
pub struct SessionReused {
    /// The session.
    pub session: SessionId,
    /// Whose it was.
    pub user: UserId,
}

impl Event for SessionReused {
    const KIND: &'static str = "session.reused";
    const TOPIC: &'static str = TOPIC;
    const SEVERITY: Severity = Severity::Critical;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("Session", self.session)
    }
}

/// What the audit trail and the resources of a person are called.
fn resource_of(kind: Kind, id: UserId) -> Resource {
    match kind {
        Kind::Staff => Resource::new("Staff", StaffId(id.0)),
        Kind::Client => Resource::new("Client", ClientId(id.0)),
    }
}

/// Somebody was added.
#[derive(Serialize)]
pub struct PersonAdded {
    /// Who.
    pub user: UserId,
    /// Staff or client.
    pub kind: Kind,
    /// Their address.
    pub email: String,
    /// Their role's name.
    pub role: String,
}

impl PersonAdded {
    /// The event of a new person.
    pub fn of(person: &Person, role: &str) -> Self {
        Self { user: person.id, kind: person.kind, email: person.email.clone(), role: role.into() }
    }
}

impl Event for PersonAdded {
    const KIND: &'static str = "person.added";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        resource_of(self.kind, self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "email": self.email, "role": self.role })))
    }
}

/// Somebody was changed.
#[derive(Serialize)]
pub struct PersonUpdated {
    /// Who.
    pub user: UserId,
    /// Staff or client.
    pub kind: Kind,
    /// The values before, of what changed.
    pub old: Json,
    /// The values now, of what changed.
    pub new: Json,
}

impl PersonUpdated {
    /// The event of a change, with what differs.
    pub fn of(before: &Person, after: &Person) -> Self {
        let values = |person: &Person| match serde_json::to_value(person) {
            Ok(Json::Object(values)) => values,
            _ => serde_json::Map::new(),
        };
        let (mut old, mut new) = (values(before), values(after));
        old.retain(|name, value| name != "updated_at" && new.get(name) != Some(value));
        new.retain(|name, _| old.contains_key(name));
        Self { user: after.id, kind: after.kind, old: old.into(), new: new.into() }
    }
}

impl Event for PersonUpdated {
    const KIND: &'static str = "person.updated";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        resource_of(self.kind, self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(self.old.clone()), Some(self.new.clone()))
    }
}

/// Somebody lost access.
#[derive(Serialize)]
pub struct PersonDeactivated {
    /// Who.
    pub user: UserId,
    /// Staff or client.
    pub kind: Kind,
    /// Who has their open work now.
    pub heir: Option<StaffId>,
    /// How much that was.
    pub handed_over: u64,
}

impl PersonDeactivated {
    /// The event of a person who was deactivated.
    pub fn of(person: &Person, heir: Option<StaffId>, handed_over: u64) -> Self {
        Self { user: person.id, kind: person.kind, heir, handed_over }
    }
}

impl Event for PersonDeactivated {
    const KIND: &'static str = "person.deactivated";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        resource_of(self.kind, self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let after = json!({ "isActive": false, "handedOverTo": self.heir, "handedOver": self.handed_over });
        (Some(json!({ "isActive": true })), Some(after))
    }
}

/// Somebody got access back.
#[derive(Serialize)]
pub struct PersonReactivated {
    /// Who.
    pub user: UserId,
    /// Staff or client.
    pub kind: Kind,
}

impl PersonReactivated {
    /// The event of a person who was reactivated.
    pub fn of(person: &Person) -> Self {
        Self { user: person.id, kind: person.kind }
    }
}

impl Event for PersonReactivated {
    const KIND: &'static str = "person.reactivated";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        resource_of(self.kind, self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "isActive": false })), Some(json!({ "isActive": true })))
    }
}

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
    fn resource(&self) -> Resource {
        Resource::new("Staff", self.staff)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "permission": self.permission })), None)
    }
}
