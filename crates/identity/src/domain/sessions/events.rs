//! What is published about sessions.

use kernel::{
    events::{Event, Resource, Severity},
    id::{SessionId, UserId},
    personal::Subject,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::domain::TOPIC;

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
    fn about(&self) -> Option<Subject> {
        Some(Subject::Person(self.user))
    }
}

/// A sign-in failed. The address is kept only when it has the form of one: people type passwords there.
#[derive(Serialize)]
pub struct SessionRefused {
    /// The account, where there is one.
    pub user: Option<UserId>,
    /// The address that was tried.
    pub email: Option<String>,
    /// What was wrong: `credentials`, `code_missing` or `code`.
    pub reason: &'static str,
}

impl Event for SessionRefused {
    const KIND: &'static str = "session.refused";
    const TOPIC: &'static str = TOPIC;
    const SEVERITY: Severity = Severity::Medium;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        self.user.map_or(Resource { kind: "User", id: uuid::Uuid::nil() }, |id| Resource::new("User", id))
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "email": self.email, "reason": self.reason })))
    }
    fn error(&self) -> Option<String> {
        Some(self.reason.into())
    }
    fn about(&self) -> Option<Subject> {
        self.user.map(Subject::Person).or_else(|| self.email.clone().map(Subject::Email))
    }
    const PERSONAL: &'static [&'static str] = &["email"];
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
    /// Whether by a token that had been used a moment before.
    pub again: bool,
}

impl Event for SessionRefreshed {
    const KIND: &'static str = "session.refreshed";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("Session", self.session)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, self.again.then(|| json!({ "again": true })))
    }
}

/// A refresh token was used that had been used before: somebody holds a copy. The session was ended.
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
    fn about(&self) -> Option<Subject> {
        Some(Subject::Person(self.user))
    }
}
/// A session was ended from another one, by its owner or by somebody who may.
#[derive(Serialize)]
pub struct SessionRevoked {
    /// The session.
    pub session: SessionId,
    /// Whose it was.
    pub user: UserId,
}

impl Event for SessionRevoked {
    const KIND: &'static str = "session.revoked";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::Medium;
    fn resource(&self) -> Resource {
        Resource::new("Session", self.session)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "user": self.user })))
    }
}

/// All sessions of a person were ended, or all but the one that asked.
#[derive(Serialize)]
pub struct SessionsRevoked {
    /// Whose they were.
    pub user: UserId,
    /// Those that were open.
    pub sessions: Vec<SessionId>,
}

impl Event for SessionsRevoked {
    const KIND: &'static str = "session.all_revoked";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::Medium;
    fn resource(&self) -> Resource {
        Resource::new("User", self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "ended": self.sessions.len() })))
    }
}
