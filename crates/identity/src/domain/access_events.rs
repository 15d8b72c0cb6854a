//! What this context publishes about sessions, passwords and second factors.

use kernel::{
    events::{Event, Resource, Severity},
    id::{SessionId, UserId},
};
use serde::Serialize;
use serde_json::{Value as Json, json};

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
    const SEVERITY: Severity = Severity::Warning;
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
    const SEVERITY: Severity = Severity::Warning;
    fn resource(&self) -> Resource {
        Resource::new("User", self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "ended": self.sessions.len() })))
    }
}

/// Events that say nothing but whom they are about: what they change is secret.
macro_rules! about_a_person {
    ($($(#[$doc:meta])* $name:ident = $kind:literal, $severity:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Serialize)]
        pub struct $name {
            /// Whose.
            pub user: UserId,
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = "identity";
            const SEVERITY: Severity = Severity::$severity;
            fn resource(&self) -> Resource {
                Resource::new("User", self.user)
            }
        }
    )+};
}

about_a_person! {
    /// Somebody chose another password.
    PasswordChanged = "password.changed", Warning;
    /// Somebody got a secret for a second factor.
    TotpBegun = "totp.begun", Info;
    /// Somebody showed that they have it; from now on it is asked for.
    TotpConfirmed = "totp.confirmed", Info;
    /// Somebody gave it up.
    TotpDisabled = "totp.disabled", Warning;
    /// Somebody's was taken away for them, because they lost it.
    TotpReset = "totp.reset", Warning;
    /// Somebody got new recovery codes; the old ones are no good any more.
    RecoveryCodesReplaced = "recovery_codes.replaced", Warning;
}
