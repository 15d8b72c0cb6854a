//! The names that other products gave to what is in the trail, and what each means here.

use kernel::events::Action;

/// What a name of another product stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// These events.
    Events(&'static [&'static str]),
    /// Every event and attempt with this action, but for those that have a name of their own.
    Action(Action),
    /// Everything that was refused with one of these error codes.
    Refusals(&'static [&'static str]),
}

/// The error codes of what somebody may not do.
pub const DENIED: &[&str] = &["FORBIDDEN", "PASSWORD_CHANGE_REQUIRED", "SECOND_FACTOR_REQUIRED"];
/// The error code of what nobody may do who is not signed in.
pub const UNAUTHORIZED: &[&str] = &["UNAUTHENTICATED"];

/// The names, and what each means.
pub const NAMES: &[(&str, Meaning)] = &[
    ("auth.login", Meaning::Events(&["session.opened"])),
    ("auth.logout", Meaning::Events(&["session.ended"])),
    ("auth.failed_login", Meaning::Events(&["session.refused"])),
    ("data.create", Meaning::Action(Action::Create)),
    ("data.update", Meaning::Action(Action::Update)),
    ("data.delete", Meaning::Action(Action::Delete)),
    ("settings.update", Meaning::Events(&["setting.changed", "smtp_settings.changed", "email_template.changed"])),
    ("sync.start", Meaning::Events(&["sync.started"])),
    ("sync.complete", Meaning::Events(&["sync.completed"])),
    ("permission.denied", Meaning::Refusals(DENIED)),
    ("unauthorized.access", Meaning::Refusals(UNAUTHORIZED)),
];

/// What a name means; `None` for one that is an event's own.
pub fn meaning(name: &str) -> Option<Meaning> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning)
}

/// The events that have a name of their own.
pub fn named() -> impl Iterator<Item = &'static str> {
    NAMES
        .iter()
        .flat_map(|(_, meaning)| match meaning {
            Meaning::Events(events) => *events,
            _ => &[],
        })
        .copied()
}
