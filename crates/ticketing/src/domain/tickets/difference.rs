//! What differs between a ticket before and after a change, as its history keeps it.

use sea_orm::ActiveEnum;
use serde_json::{Map, Value as Json};

use crate::store::{
    ticket::Model as Ticket,
    tickets::change::TicketField::{self, *},
};

/// One value that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub field: TicketField,
    /// It before.
    pub old: Option<String>,
    /// It after.
    pub new: Option<String>,
}

/// What is kept of every change but links, watchers, tags and files, which stand elsewhere.
const KEPT: [TicketField; 16] = [
    Title,
    Description,
    Status,
    Category,
    Priority,
    Severity,
    Requester,
    Assignee,
    Team,
    Notes,
    DueAt,
    EstimatedHours,
    ActualHours,
    Parent,
    Project,
    MergedInto,
];

/// What a client is shown of what happened to their ticket.
pub const SHOWN_TO_CLIENTS: [TicketField; 7] = [Title, Description, Status, Category, Priority, Severity, DueAt];

impl TicketField {
    /// Whether a client is shown that it was changed.
    pub fn is_shown_to_clients(self) -> bool {
        SHOWN_TO_CLIENTS.contains(&self)
    }
}

/// What else of a ticket a client sees, beside what its history shows them.
const SEEN_BY_CLIENTS: [TicketField; 3] = [Requester, Project, MergedInto];

/// Whether a client who sees the ticket sees anything of what differs between it before and after.
pub fn is_seen_by_clients(before: &Ticket, after: &Ticket) -> bool {
    let is_seen = |field: TicketField| field.is_shown_to_clients() || SEEN_BY_CLIENTS.contains(&field);
    before.last_replied_at != after.last_replied_at
        || differences(before, after).iter().any(|difference| is_seen(difference.field))
}

/// Long texts, which events name and do not repeat.
const TEXTS: [TicketField; 3] = [Title, Description, Notes];

fn value(ticket: &Ticket, field: TicketField) -> Option<String> {
    match field {
        Title => Some(ticket.title.clone()),
        Description => Some(ticket.description.clone()),
        Status => Some(ticket.status.to_value()),
        Category => Some(ticket.category.to_value()),
        Priority => Some(ticket.priority.to_value()),
        Severity => Some(ticket.severity.to_value()),
        Requester => ticket.requester_id.map(|id| id.to_string()),
        Assignee => ticket.assignee_id.map(|id| id.to_string()),
        Team => ticket.team_id.map(|id| id.to_string()),
        Notes => Some(ticket.notes.clone()).filter(|notes| !notes.is_empty()),
        DueAt => ticket.due_at.map(|at| at.to_rfc3339()),
        EstimatedHours => ticket.estimated_hours.map(|hours| hours.to_string()),
        ActualHours => ticket.actual_hours.map(|hours| hours.to_string()),
        Parent => ticket.parent_id.map(|id| id.to_string()),
        Project => ticket.project_id.map(|id| id.to_string()),
        MergedInto => ticket.merged_into_id.map(|id| id.to_string()),
        Link | Watcher | Tag | Attachment => None,
    }
}

/// All that differs.
pub fn differences(before: &Ticket, after: &Ticket) -> Vec<Difference> {
    let of = |field| Difference { field, old: value(before, field), new: value(after, field) };
    KEPT.into_iter().map(of).filter(|difference| difference.old != difference.new).collect()
}

/// The values before and after by the names that the API gives them; of texts only that they differ.
pub fn told(differences: &[Difference]) -> (Json, Json) {
    let side = |pick: fn(&Difference) -> &Option<String>, text: &str| {
        let value = |difference: &Difference| match (TEXTS.contains(&difference.field), pick(difference)) {
            (true, _) => Json::from(text),
            (false, Some(value)) => Json::from(value.clone()),
            (false, None) => Json::Null,
        };
        let name =
            |field: TicketField| serde_json::to_value(field).ok().and_then(|name| name.as_str().map(str::to_owned));
        let told = differences.iter().filter_map(|difference| Some((name(difference.field)?, value(difference))));
        Json::Object(told.collect::<Map<_, _>>())
    };
    (side(|difference| &difference.old, "before"), side(|difference| &difference.new, "changed"))
}

#[cfg(test)]
mod tests {
    use kernel::id::TypedId;

    use super::*;
    use crate::{domain::tickets::ticket::tests::ticket, store::ticket::TicketStatus};

    #[test]
    fn what_differs_is_found_and_texts_are_not_repeated() {
        let before = ticket();
        assert_eq!(differences(&before, &before), []);
        let mut after = Ticket { title: "It is up".into(), actual_hours: Some(3), ..before.clone() };
        after.stand(TicketStatus::Resolved, before.created_at);
        let found = differences(&before, &after);
        let names: Vec<_> = found.iter().map(|difference| difference.field).collect();
        assert_eq!(names, [Title, Status, ActualHours]);
        assert_eq!((found[2].old.clone(), found[2].new.as_deref()), (None, Some("3")));
        let (old, new) = told(&found);
        assert_eq!((old["status"].as_str(), new["status"].as_str()), (Some("open"), Some("resolved")));
        assert!(!format!("{old}{new}").contains("It is"));
        assert!(!SHOWN_TO_CLIENTS.contains(&Notes) && !SHOWN_TO_CLIENTS.contains(&EstimatedHours));
    }

    #[test]
    fn a_client_sees_nothing_of_what_is_among_colleagues() {
        fn id<I: TypedId>(n: u128) -> Option<I> {
            Some(I::from_uuid(uuid::Uuid::from_u128(n)))
        }
        let before = ticket();
        let inner = Ticket {
            notes: "Beware".into(),
            actual_hours: Some(1),
            estimated_hours: Some(2),
            team_id: id(1),
            parent_id: id(2),
            comment_count: 1,
            ..before.clone()
        };
        assert!(!is_seen_by_clients(&before, &inner) && !is_seen_by_clients(&before, &before));
        for seen in [
            Ticket { merged_into_id: id(3), ..before.clone() },
            Ticket { last_replied_at: Some(before.created_at), ..before.clone() },
            Ticket { title: "It is up".into(), ..inner },
        ] {
            assert!(is_seen_by_clients(&before, &seen));
        }
    }
}
