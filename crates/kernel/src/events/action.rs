//! What an event did to the thing that it is about, told by its name.

/// What was done to a thing, or tried.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    sea_orm::EnumIter,
    sea_orm::DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It was made.
    Create,
    /// It was looked at.
    Read,
    /// It was changed.
    Update,
    /// It was taken away or out of use.
    Delete,
    /// It was taken along.
    Export,
}

/// Words that say that something was made.
const MAKING: &[&str] = &[
    "add",
    "added",
    "begin",
    "begun",
    "book",
    "booked",
    "create",
    "created",
    "invite",
    "link",
    "linked",
    "open",
    "opened",
    "receive",
    "received",
    "refused",
    "register",
    "replied",
    "reply",
    "request",
    "requested",
    "sent",
    "started",
];
/// Words that say that something was taken away or out of use.
const ENDING: &[&str] = &[
    "deactivate",
    "deactivated",
    "delete",
    "deleted",
    "end",
    "ended",
    "erased",
    "forget",
    "forgotten",
    "remove",
    "removed",
    "revoke",
    "revoked",
    "unlink",
    "unlinked",
];

impl Action {
    /// The action of the event or attempt `kind`, told by the words behind the last dot of its name. What was `saved` or
    /// `changed` was made where it has no values `before`, and taken away where it has none `after`.
    pub fn of(kind: &str, before: bool, after: bool) -> Self {
        let verb = kind.rsplit('.').next().unwrap_or(kind);
        match kind {
            "data.read" | "data.search" => return Self::Read,
            "data.export" => return Self::Export,
            _ => {}
        }
        let mut words = verb.split('_');
        match (before, after) {
            (false, true) if words.clone().any(|word| matches!(word, "saved" | "changed")) => Self::Create,
            (true, false) if words.clone().any(|word| matches!(word, "saved" | "changed")) => Self::Delete,
            _ if words.clone().any(|word| ENDING.contains(&word)) => Self::Delete,
            _ if words.any(|word| MAKING.contains(&word)) => Self::Create,
            _ => Self::Update,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Action::{self, Create, Delete, Export, Read, Update};

    #[test]
    fn names_say_what_was_done() {
        for (kind, before, after, action) in [
            ("person.added", false, true, Create),
            ("message.reply", false, false, Create),
            ("role.saved", false, true, Create),
            ("role.saved", true, true, Update),
            ("team.member_changed", true, false, Delete),
            ("message.status_changed", true, true, Update),
            ("session.all_revoked", false, true, Delete),
            ("account.remove_avatar", false, false, Delete),
            ("notifications.read", false, false, Update),
            ("data.read", false, false, Read),
            ("data.export", false, false, Export),
        ] {
            assert_eq!(Action::of(kind, before, after), action, "{kind}");
        }
    }
}
