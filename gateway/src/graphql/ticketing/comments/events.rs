//! What happens to tickets, as subscribers see it.

use async_graphql::{ComplexObject, Context, ID, Interface, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    Cx,
    events::{Event, Stored},
    id::{FileId, TicketId, TypedId, UserId},
    visibility::Holder,
};
use serde_json::Value as Json;

use super::types::{TicketComment, comment};
use crate::graphql::{
    errors::Result,
    identity::{IntoId, Staff, Team, User, staff, team, user},
    ticketing::{
        service_levels::clocks::ServiceLevelKind,
        tickets::{
            history::TicketField,
            types::{Ticket, TicketStatus, ticket},
        },
    },
};

/// A ticket is seen by the viewer no more: it went to somebody whose work they do not see. Take it out of what is shown.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct TicketLeft {
    /// The number of the event, without gaps in the tenant. Resume after it with `after`.
    pub sequence: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The ticket's id, `tkt_…`. It cannot be refetched.
    pub ticket_id: ID,
    #[graphql(skip)]
    actor_id: Option<UserId>,
}

#[ComplexObject]
impl TicketLeft {
    /// Who did it; null for Frontdesk itself, and where the viewer may not see them.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.actor_id)).await
    }
}

macro_rules! ticket_events {
    ($($(#[$doc:meta])* $name:ident from $event:ty, $to_clients:expr; { $($more:tt)* })*) => {
        $(
            $(#[$doc])*
            #[derive(SimpleObject)]
            #[graphql(complex)]
            pub struct $name {
                /// The number of the event, without gaps in the tenant. Resume after it with `after`.
                pub sequence: String,
                /// When it happened.
                pub at: DateTime<Utc>,
                /// The ticket's id, `tkt_…`.
                pub ticket_id: ID,
                #[graphql(skip)]
                actor_id: Option<UserId>,
                #[graphql(skip)]
                event: $event,
            }

            #[ComplexObject]
            impl $name {
                /// Who did it; null for Frontdesk itself, and where the viewer may not see them.
                async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
                    Box::pin(user(ctx, self.actor_id)).await
                }

                /// The ticket as it is now.
                async fn ticket(&self, ctx: &Context<'_>) -> Result<Option<Ticket>> {
                    Box::pin(ticket(ctx, Some(self.event.ticket))).await
                }

                $($more)*
            }
        )*

        /// Something that happened to a ticket.
        #[derive(Interface)]
        #[graphql(
            field(name = "sequence", ty = "&String", desc = "The number of the event, without gaps in the tenant. Resume after it with `after`."),
            field(name = "at", ty = "&DateTime<Utc>", desc = "When it happened."),
            field(name = "ticket_id", ty = "&ID", desc = "The ticket's id, `tkt_…`."),
            field(name = "actor", ty = "Option<User>", desc = "Who did it; null for Frontdesk itself, and where the viewer may not see them.")
        )]
        pub enum TicketEvent {
            $($(#[$doc])* $name($name),)*
            /// A ticket is seen by the viewer no more.
            TicketLeft(TicketLeft),
        }

        impl TicketEvent {
            /// A stored event as subscribers see it; `None` for one that is nothing here.
            pub fn of(stored: &Stored) -> kernel::Result<Option<Self>> {
                Ok(match stored.kind.as_str() {
                    $(<$event>::KIND => {
                        let event: $event = stored.decode()?;
                        Some(Self::$name($name {
                            sequence: stored.sequence.unwrap_or_default().to_string(),
                            at: stored.at,
                            ticket_id: event.ticket.into_id(),
                            actor_id: stored.actor_id,
                            event,
                        }))
                    })*
                    _ => around(stored)?.map(|event| {
                        Self::TicketUpdated(TicketUpdated {
                            sequence: stored.sequence.unwrap_or_default().to_string(),
                            at: stored.at,
                            ticket_id: event.ticket.into_id(),
                            actor_id: stored.actor_id,
                            event,
                        })
                    }),
                })
            }

            /// The ticket that it is about; none of one that left.
            pub fn about(&self) -> Option<TicketId> {
                match self {
                    $(Self::$name(event) => Some(event.event.ticket),)*
                    Self::TicketLeft(_) => None,
                }
            }

            /// Whether a client who sees the ticket is told it.
            pub fn is_for_clients(&self) -> bool {
                match self {
                    $(Self::$name(event) => {
                        let to_clients: fn(&$event) -> bool = $to_clients;
                        to_clients(&event.event)
                    })*
                    Self::TicketLeft(_) => true,
                }
            }
        }
    };
}

impl TicketEvent {
    /// What of it is told to a colleague who does not see the ticket now: that it left, if they saw it before.
    pub fn left(self, cx: &Cx) -> Option<Self> {
        let Self::TicketAssigned(TicketAssigned { sequence, at, ticket_id, actor_id, event }) = self else {
            return None;
        };
        let before = Holder { assignee: event.from, team: event.from_team, ..Holder::default() };
        let left = TicketLeft { sequence, at, ticket_id, actor_id };
        ticketing::would_see(cx, &before).then_some(Self::TicketLeft(left))
    }
}

/// What changed around a ticket, of events that say nothing else: what it is tied to or went into, who watches it, its tags.
fn around(stored: &Stored) -> kernel::Result<Option<ticketing::TicketUpdated>> {
    use ticketing::TicketField::{Link, MergedInto, Status, Tag, Watcher};
    let (ticket, fields) = match stored.kind.as_str() {
        ticketing::TicketLinked::KIND => (stored.decode::<ticketing::TicketLinked>()?.ticket, vec![Link]),
        ticketing::TicketUnlinked::KIND => (stored.decode::<ticketing::TicketUnlinked>()?.ticket, vec![Link]),
        ticketing::TicketMerged::KIND => (stored.decode::<ticketing::TicketMerged>()?.ticket, vec![Status, MergedInto]),
        ticketing::TicketUnmerged::KIND => {
            (stored.decode::<ticketing::TicketUnmerged>()?.ticket, vec![Status, MergedInto])
        }
        ticketing::TicketNeighbourChanged::KIND => {
            let told = stored.decode::<ticketing::TicketNeighbourChanged>()?;
            (told.ticket, told.fields)
        }
        ticketing::TicketWatchersChanged::KIND => {
            (stored.decode::<ticketing::TicketWatchersChanged>()?.ticket, vec![Watcher])
        }
        inbox::TagsChanged::KIND => (TicketId::from_uuid(stored.decode::<inbox::TagsChanged>()?.entity.id), vec![Tag]),
        _ => return Ok(None),
    };
    Ok(Some(ticketing::TicketUpdated { ticket, fields, before: Json::Null, after: Json::Null }))
}

fn file_ids(files: &[FileId]) -> Vec<ID> {
    files.iter().map(|file| file.into_id()).collect()
}

ticket_events! {
    /// A ticket was made.
    TicketCreated from ticketing::TicketCreated, |_| true; {}

    /// Something of a ticket was changed, or around it: what it is tied to or went into, who watches it, its tags. Of two that are
    /// tied or merged it tells of each: first of the one that is tied to, or goes into, the other, then of that (LINK, and what else
    /// of it is changed).
    TicketUpdated from ticketing::TicketUpdated, |event| event.fields.iter().any(|field| field.is_shown_to_clients()); {
        /// What; of what colleagues keep for themselves a client is told nothing.
        async fn fields(&self, ctx: &Context<'_>) -> Vec<TicketField> {
            let is_client = ticketing::is_client(&crate::graphql::scope::scope(ctx).cx());
            let shown = |field: &&ticketing::TicketField| !is_client || field.is_shown_to_clients();
            self.event.fields.iter().filter(shown).map(|field| (*field).into()).collect()
        }
    }

    /// A ticket went to somebody, to a team, or back to nobody. Clients are not told who has theirs.
    TicketAssigned from ticketing::TicketAssigned, |_| false; {
        /// The colleague who had it.
        async fn previous_assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
            staff(ctx, self.event.from).await
        }

        /// The colleague who has it.
        async fn new_assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
            staff(ctx, self.event.to).await
        }

        /// The team that has it.
        async fn new_team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
            match self.event.to_team {
                Some(id) => team(ctx, id).await,
                None => Ok(None),
            }
        }
    }

    /// A ticket stands elsewhere.
    TicketStatusChanged from ticketing::TicketStatusChanged, |_| true; {
        /// Where it stood.
        async fn previous_status(&self) -> TicketStatus {
            self.event.from.into()
        }

        /// Where it stands.
        async fn new_status(&self) -> TicketStatus {
            self.event.to.into()
        }
    }

    /// Somebody said something on a ticket.
    TicketCommentAdded from ticketing::TicketCommentAdded, |event| event.visibility == ticketing::CommentVisibility::Public; {
        /// The comment as it is now.
        async fn comment(&self, ctx: &Context<'_>) -> Result<Option<TicketComment>> {
            Box::pin(comment(ctx, self.event.comment)).await
        }
    }

    /// Its author changed what a comment says.
    TicketCommentEdited from ticketing::TicketCommentEdited, |event| event.visibility == ticketing::CommentVisibility::Public; {
        /// The comment as it is now.
        async fn comment(&self, ctx: &Context<'_>) -> Result<Option<TicketComment>> {
            Box::pin(comment(ctx, self.event.comment)).await
        }
    }

    /// The due date of a ticket is near, or past. Clients are not told.
    TicketDue from ticketing::TicketDue, |_| false; {
        /// Until when it was to be done.
        async fn due_at(&self) -> Option<DateTime<Utc>> {
            self.event.due_at
        }

        /// Whether that is past.
        async fn is_over(&self) -> bool {
            self.event.is_over
        }
    }

    /// The time of a service level of a ticket is nearly over. Clients are not told.
    ServiceLevelWarned from ticketing::ServiceLevelWarned, |_| false; {
        /// Which time.
        async fn kind(&self) -> ServiceLevelKind {
            self.event.kind.into()
        }

        /// When it is over.
        async fn due_at(&self) -> Option<DateTime<Utc>> {
            self.event.due_at
        }
    }

    /// A service level of a ticket was breached. Clients are not told.
    ServiceLevelBreached from ticketing::ServiceLevelBreached, |_| false; {
        /// Which time.
        async fn kind(&self) -> ServiceLevelKind {
            self.event.kind.into()
        }

        /// When it was over.
        async fn due_at(&self) -> Option<DateTime<Utc>> {
            self.event.due_at
        }
    }

    /// Files were attached to a ticket, or one was taken from it or from a comment on it.
    TicketFilesChanged from ticketing::TicketFilesChanged, |event| !event.internal; {
        /// The ids of those that it got, `fil_…`.
        async fn added_ids(&self) -> Vec<ID> {
            file_ids(&self.event.added)
        }

        /// The ids of those that it lost, `fil_…`.
        async fn removed_ids(&self) -> Vec<ID> {
            file_ids(&self.event.removed)
        }
    }
}
