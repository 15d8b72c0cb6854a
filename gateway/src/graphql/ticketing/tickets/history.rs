//! What happened to a ticket.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::id::UserId;

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{User, user},
    },
};

/// What was done to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::TicketAction")]
pub enum TicketAction {
    /// It was made.
    Created,
    /// Something of it was changed.
    Updated,
    /// Somebody else has it, or nobody.
    Assigned,
    /// It stands elsewhere.
    StatusChanged,
    /// It was tied to another.
    Linked,
    /// It is tied to another no more.
    Unlinked,
    /// It went into another.
    Merged,
    /// It came out of another again.
    Unmerged,
    /// Somebody watches it.
    Watched,
    /// Somebody watches it no more.
    Unwatched,
    /// It got a tag.
    Tagged,
    /// It lost a tag.
    Untagged,
}

/// What of a ticket was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::TicketField")]
pub enum TicketField {
    /// Its title.
    Title,
    /// Its description.
    Description,
    /// Where it stands.
    Status,
    /// What kind of work it is.
    Category,
    /// How soon it is to be worked on.
    Priority,
    /// How much harm there is.
    Severity,
    /// The client whose it is.
    Requester,
    /// The colleague who has it.
    Assignee,
    /// The team that has it.
    Team,
    /// What colleagues keep for themselves.
    Notes,
    /// Until when it is to be done.
    DueAt,
    /// Hours that it is thought to take.
    EstimatedHours,
    /// Hours that it took.
    ActualHours,
    /// The ticket that it is a part of.
    Parent,
    /// The project that it is part of.
    Project,
    /// A ticket that it is tied to.
    Link,
    /// The ticket that it went into.
    MergedInto,
    /// Somebody who watches it.
    Watcher,
    /// A tag.
    Tag,
    /// A file of it, or one that was taken from a comment on it.
    Attachment,
}

/// One change of a ticket. Each value that was changed has one.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct TicketChange {
    /// What was done.
    pub action: TicketAction,
    /// What was changed; null where the ticket was made.
    pub field: Option<TicketField>,
    /// What it was before: of enums their name, of files what they are called, of other things their id; null where there was
    /// nothing.
    pub old_value: Option<String>,
    /// What it is since then, in the same form.
    pub new_value: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    #[graphql(skip)]
    user_id: Option<UserId>,
}

impl From<ticketing::TicketChange> for TicketChange {
    fn from(change: ticketing::TicketChange) -> Self {
        use ticketing::TicketField as Of;
        let named = matches!(change.field, Some(Of::Status | Of::Category | Of::Priority | Of::Severity));
        let shown = |value: Option<String>| if named { value.map(|value| value.to_uppercase()) } else { value };
        Self {
            action: change.action.into(),
            field: change.field.map(Into::into),
            old_value: shown(change.old_value),
            new_value: shown(change.new_value),
            at: change.created_at,
            user_id: change.user_id,
        }
    }
}

#[ComplexObject]
impl TicketChange {
    /// Who did it; null where Frontdesk did, or without the permission to see them.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.user_id)).await
    }
}

connection!(TicketChangeConnection, TicketChangeEdge, TicketChange, ticketing::TicketChange, "changes of a ticket");
