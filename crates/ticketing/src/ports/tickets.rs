//! What tickets need beside the records.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kernel::{
    Cx, Result,
    id::{ClientId, StaffId, TeamId, TicketId, UserId},
    visibility::Holder,
};

use super::{projects::ActiveClients, service_levels::ClockBook};
use crate::{
    domain::service_levels::{calendar::Calendar, policy::ClientTier},
    store::{
        ticket::Model as Ticket,
        tickets::{
            change::Model as TicketChange,
            link::{Model as TicketLink, TicketLinkKind},
            merge::Model as TicketMerge,
        },
    },
};

/// The tables of tickets, whoever asks; whoever writes tickets keeps their clocks too.
pub trait TicketBook: ClockBook {
    /// Adds a ticket under the next number of a year, and returns it with that.
    async fn add_ticket(&self, ticket: Ticket, year: i32) -> Result<Ticket>;
    /// A ticket that nobody else changes until the transaction ends.
    async fn take_ticket(&self, id: TicketId) -> Result<Option<Ticket>>;
    /// Whether there is such a ticket; those of clients who were erased are gone.
    async fn is_there(&self, id: TicketId) -> Result<bool>;
    /// The colleagues who have open tickets.
    async fn who_has_open_tickets(&self) -> Result<Vec<StaffId>>;
    /// The open tickets that a colleague has, which nobody else changes until the transaction ends.
    async fn open_tickets_of(&self, staff: StaffId) -> Result<Vec<Ticket>>;
    /// Makes the words anew by which a ticket is found.
    async fn index_ticket(&self, ticket: &Ticket) -> Result<()>;
    /// Adds to what happened.
    async fn note_changes(&self, changes: Vec<TicketChange>) -> Result<()>;
    /// What ties a ticket to others, from both sides.
    async fn links_around(&self, ticket: TicketId) -> Result<Vec<TicketLink>>;
    /// Ties two tickets; `false` where they are already.
    async fn tie(&self, link: &TicketLink) -> Result<bool>;
    /// Unties two tickets; `false` where they were not tied so.
    async fn untie(&self, ticket: TicketId, other: TicketId, kind: TicketLinkKind) -> Result<bool>;
    /// Who watches a ticket.
    async fn watchers(&self, ticket: TicketId) -> Result<Vec<UserId>>;
    /// Lets somebody watch a ticket.
    async fn watch(&self, cx: &Cx, ticket: TicketId, who: UserId) -> Result<()>;
    /// Lets nobody of these watch a ticket any more.
    async fn unwatch(&self, ticket: TicketId, who: &[UserId]) -> Result<()>;
    /// Whether a ticket has parts that went into no other.
    async fn has_parts(&self, ticket: TicketId) -> Result<bool>;
    /// When somebody last commented in public on a ticket, or on one that went into it.
    async fn last_reply(&self, ticket: TicketId) -> Result<Option<DateTime<Utc>>>;
    /// The merge of a ticket.
    async fn merge_of_ticket(&self, ticket: TicketId) -> Result<Option<TicketMerge>>;
    /// Notes a merge.
    async fn note_merge(&self, merge: &TicketMerge) -> Result<()>;
    /// Forgets it.
    async fn forget_merge(&self, ticket: TicketId) -> Result<()>;
}

/// What tickets must know of people; answered by the identity context through the gateway.
pub trait People: ActiveClients {
    /// Whether somebody is active, stays so until the transaction ends, and would see such a ticket.
    async fn would_see(&self, cx: &Cx, who: UserId, ticket: &Holder) -> Result<bool>;
    /// Whether a team is in use, and stays so until the transaction ends.
    async fn is_team_in_use(&self, id: TeamId) -> Result<bool>;
}

/// What tickets must know of the company; answered by the identity context and the inbox through the gateway.
pub trait Company {
    /// The time zone that it works in.
    async fn time_zone(&self) -> Result<Tz>;
    /// For how many days a client opens a resolved ticket again.
    async fn reopen_within_days(&self) -> Result<i64>;
    /// The tier that a client of it is in; none where nobody said.
    async fn tier_of(&self, client: ClientId) -> Result<Option<ClientTier>>;
    /// When it works.
    async fn working_times(&self) -> Result<Calendar>;
    /// Whether whoever has such work is there to do it, and stays so until the transaction ends: an active colleague who sees it, a
    /// team in use. What nobody has is as well.
    async fn is_staffed(&self, cx: &Cx, work: &Holder) -> Result<bool>;
}
