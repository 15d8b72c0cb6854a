//! What this context publishes.

use kernel::{
    events::{Event, Resource, Severity},
    id::{SessionId, StaffId, UserId},
};
use serde::Serialize;
use serde_json::{Value as Json, json};

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
    const TOPIC: &'static str = "identity";
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
    const TOPIC: &'static str = "identity";
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
    const TOPIC: &'static str = "identity";
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
    const TOPIC: &'static str = "identity";
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
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::Critical;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("Session", self.session)
    }
}

/// A colleague was added.
#[derive(Serialize)]
pub struct StaffAdded {
    /// The colleague.
    pub staff: StaffId,
    /// Their address.
    pub email: String,
    /// Their role's name.
    pub role: String,
}

impl Event for StaffAdded {
    const KIND: &'static str = "staff.added";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("Staff", self.staff)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "email": self.email, "role": self.role })))
    }
}

/// A colleague was deactivated.
#[derive(Serialize)]
pub struct StaffDeactivated {
    /// The colleague.
    pub staff: StaffId,
}

impl Event for StaffDeactivated {
    const KIND: &'static str = "staff.deactivated";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("Staff", self.staff)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "isActive": true })), Some(json!({ "isActive": false })))
    }
}
