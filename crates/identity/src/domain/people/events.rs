//! What is published about people.

use kernel::{
    events::{Event, Resource},
    id::{ClientId, StaffId, UserId},
    personal::Subject,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::domain::{TOPIC, access::role::Role, people::person::Person};
use crate::store::people::user::Kind;

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
    /// What they were granted with it.
    pub granted: &'static [&'static str],
}

impl PersonAdded {
    /// The event of a new person.
    pub fn of(person: &Person, role: &Role) -> Self {
        let (email, name) = (person.email.clone(), role.name.clone());
        Self { user: person.id, kind: person.kind, email, role: name, granted: role.comes_with() }
    }
}

impl Event for PersonAdded {
    const KIND: &'static str = "person.added";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        resource_of(self.kind, self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let mut new = json!({ "email": self.email, "role": self.role });
        if !self.granted.is_empty() {
            new["granted"] = json!(self.granted);
        }
        (None, Some(new))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Person(self.user))
    }
    const PERSONAL: &'static [&'static str] = &["email"];
}

/// What came with a role before and comes with another now.
pub type Grants = (&'static [&'static str], &'static [&'static str]);

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
    /// The event of a change, with what differs, and what was taken back and granted with the role.
    pub fn of(before: &Person, after: &Person, grants: Option<Grants>) -> Self {
        let values = |person: &Person| match serde_json::to_value(person) {
            Ok(Json::Object(values)) => values,
            _ => serde_json::Map::new(),
        };
        let (mut old, mut new) = (values(before), values(after));
        old.retain(|name, value| name != "updated_at" && new.get(name) != Some(value));
        new.retain(|name, _| old.contains_key(name));
        if let Some((gone, granted)) = grants.filter(|(gone, granted)| gone != granted) {
            old.insert("granted".into(), json!(gone));
            new.insert("granted".into(), json!(granted));
        }
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
    fn about(&self) -> Option<Subject> {
        Some(Subject::Person(self.user))
    }
    const PERSONAL: &'static [&'static str] =
        &["email", "name", "first_name", "last_name", "company", "phone", "phone_typed"];
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

/// What the audit trail and the resources of a person are called.
pub(crate) fn resource_of(kind: Kind, id: UserId) -> Resource {
    match kind {
        Kind::Staff => Resource::new("Staff", StaffId(id.0)),
        Kind::Client => Resource::new("Client", ClientId(id.0)),
    }
}
