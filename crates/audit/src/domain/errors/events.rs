//! What is told of groups of errors: which, how serious and where, and no word of what they say.

use kernel::{
    events::{Event, Resource, Severity},
    id::ErrorGroupId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::errors::group::{ErrorGroupStatus, ErrorLevel, ErrorSource, Model as ErrorGroup};

/// The topic.
pub const ERRORS: &str = "errors";

macro_rules! of_group {
    ($($(#[$doc:meta])* $name:ident = $kind:literal, $severity:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            /// The group.
            pub group: ErrorGroupId,
            /// Where its errors happen.
            pub source: ErrorSource,
            /// How serious they are.
            pub level: ErrorLevel,
            /// Their code.
            pub code: Option<String>,
            /// How many there were.
            pub count: i32,
            /// How it stood before.
            pub from: ErrorGroupStatus,
            /// How it stands.
            pub to: ErrorGroupStatus,
            /// Whether an error did it, and no person.
            pub recurred: bool,
        }

        impl $name {
            /// It, of this group.
            pub fn of(group: &ErrorGroup, from: ErrorGroupStatus, recurred: bool) -> Self {
                Self {
                    group: group.id,
                    source: group.source,
                    level: group.level,
                    code: group.code.clone(),
                    count: group.count,
                    from,
                    to: group.status,
                    recurred,
                }
            }
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = ERRORS;
            const SEVERITY: Severity = Severity::$severity;
            fn resource(&self) -> Resource {
                Resource::new("ErrorGroup", self.group)
            }
            fn change(&self) -> (Option<Json>, Option<Json>) {
                (Some(json!({ "status": self.from })), Some(json!({ "status": self.to })))
            }
            fn details(&self) -> Option<Json> {
                Some(json!({ "source": self.source, "level": self.level, "count": self.count, "recurred": self.recurred }))
            }
        }
    )+};
}

of_group! {
    /// Somebody says that it does not happen any more.
    ErrorGroupResolved = "error_group.resolved", Low;
    /// It happened again, or somebody says that it will.
    ErrorGroupReopened = "error_group.reopened", Medium;
    /// A fatal or critical error happened, of which nobody was told in the last hour.
    ErrorGroupAlerted = "error_group.alerted", Medium;
}
