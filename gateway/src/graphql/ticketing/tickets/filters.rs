//! The filter and order of tickets.

use async_graphql::{Enum, ID, InputObject};
use inbox::EntityType;
use kernel::{
    Cx,
    id::{ClientId, StaffId, TeamId, TicketId},
    page::Order,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait};
use ticketing::{entities::ticket::Column, records::Tickets, service_levels, tickets};

use super::types::{TicketCategory, TicketPriority, TicketSeverity, TicketStatus};
use crate::{
    comparator, filter,
    graphql::{
        filters::{DateTimeComparator, IdComparator, OrderDirection, OrderInput},
        inbox::tags::{TagsComparator, tagged},
    },
};

comparator!(
    /// Comparisons with where a ticket stands.
    TicketStatusComparator of TicketStatus as ticketing::TicketStatus
);
comparator!(
    /// Comparisons with what kind of work a ticket is.
    TicketCategoryComparator of TicketCategory as ticketing::TicketCategory
);
comparator!(
    /// Comparisons with how soon a ticket is to be worked on.
    TicketPriorityComparator of TicketPriority as ticketing::TicketPriority
);
comparator!(
    /// Comparisons with how much harm there is.
    TicketSeverityComparator of TicketSeverity as ticketing::TicketSeverity
);

/// Knows "me" and "none".
fn people(me: Option<StaffId>) -> impl Fn(&ID) -> Result<Option<StaffId>, &ID> {
    move |id| match (id.as_str(), me) {
        ("me", Some(me)) => Ok(Some(me)),
        ("none", _) => Ok(None),
        _ => Err(id),
    }
}

filter! {
    /// Which tickets. All parts given must hold; at most 4 levels and 40 comparisons. A client finds none by who has them, by who
    /// made them, by what they are a part of and by tags.
    TicketFilter of Tickets {
        /// Where they stand.
        status: TicketStatusComparator,
        /// What kind of work they are.
        category: TicketCategoryComparator,
        /// How soon they are to be worked on.
        priority: TicketPriorityComparator,
        /// How much harm there is.
        severity: TicketSeverityComparator,
        /// Whose they are: a client's id.
        requester_id: IdComparator,
        /// Who has them: a colleague's id, `"me"` for the viewer, `"none"` for no colleague.
        assignee_id: IdComparator,
        /// Which team has them.
        team_id: IdComparator,
        /// Who made them: a colleague's or a client's id.
        created_by_id: IdComparator,
        /// What they are a part of.
        parent_id: IdComparator,
        /// Whether the viewer watches them.
        is_watched: bool,
        /// Which tags they have.
        tags: TagsComparator,
        /// Until when they are to be done.
        due_at: DateTimeComparator,
        /// Whether a service level of theirs was breached; to a client none was.
        is_breached: bool,
        /// When a service level of theirs is due that is not met yet; to a client none is.
        service_level_due_at: DateTimeComparator,
        /// When they were made.
        created_at: DateTimeComparator,
        /// When they were last changed; for a client, when something of them last was that they are shown.
        updated_at: DateTimeComparator,
        /// Words in number, title, description and the newest public comments, all of them, in any spelling; the last may be the beginning of one, unless
        /// a blank or a quotation mark follows it. At most 200 characters, of which the first 16 words count; a text without a
        /// word leaves nothing out.
        text: String,
    }
    |level, leaves| {
        let asks_for_hidden = level.assignee_id.is_some()
            || level.team_id.is_some()
            || level.created_by_id.is_some()
            || level.parent_id.is_some()
            || level.tags.is_some();
        if asks_for_hidden && ticketing::is_client(&leaves.scope.cx()) {
            // What they are not shown is not found out by asking for it.
            leaves.also(Some(Condition::all().add(Column::Id.is_null())));
        }
        leaves.value::<ticketing::TicketStatus>(tickets::BY_STATUS, level.status)?;
        leaves.value::<ticketing::TicketCategory>(tickets::BY_CATEGORY, level.category)?;
        leaves.value::<ticketing::TicketPriority>(tickets::BY_PRIORITY, level.priority)?;
        leaves.value::<ticketing::TicketSeverity>(tickets::BY_SEVERITY, level.severity)?;
        leaves.id::<ClientId>(tickets::BY_REQUESTER, level.requester_id)?;
        let me = leaves.scope.cx().staff_id();
        let assignee = level.assignee_id.map(|by| by.of_with("assigneeId", people(me))).transpose()?;
        leaves.id_of(tickets::BY_ASSIGNEE, assignee)?;
        leaves.id::<TeamId>(tickets::BY_TEAM, level.team_id)?;
        let made_by = level.created_by_id.map(|by| by.of_people("createdById")).transpose()?;
        leaves.id_of(tickets::BY_CREATED_BY, made_by)?;
        leaves.id::<TicketId>(tickets::BY_PARENT, level.parent_id)?;
        let viewer = leaves.scope.cx().person().map(|person| person.id);
        if let (Some(watched), Ok(viewer)) = (level.is_watched, viewer) {
            let by_viewer = tickets::watched_by(viewer);
            leaves.also(Some(if watched { by_viewer } else { by_viewer.not() }));
        }
        let cx = leaves.scope.cx();
        let breached = level.is_breached.map(|is| (is, service_levels::breached(&cx)));
        leaves.also(breached.map(|(is, breached)| if is { breached } else { breached.not() }));
        let due = level.service_level_due_at.map(|by| by.of("serviceLevelDueAt")).transpose()?;
        leaves.also(due.map(|by| service_levels::due(&cx, &by)));
        leaves.also(tagged(EntityType::Ticket, Column::Id, level.tags)?);
        leaves.time(tickets::BY_DUE_AT, level.due_at)?;
        leaves.time(tickets::BY_CREATED_AT, level.created_at)?;
        let by_change = if ticketing::is_client(&cx) { tickets::BY_SHOWN_AT } else { tickets::BY_UPDATED_AT };
        leaves.time(by_change, level.updated_at)?;
        leaves.words(level.text)?;
    }
}

/// What tickets can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TicketOrderField {
    /// By when they were last changed; for a client, by when something of them last was that they are shown.
    UpdatedAt,
    /// By when they were made.
    CreatedAt,
    /// By until when they are to be done; what is never due comes after all that is.
    DueAt,
    /// By how soon they are to be worked on; low is the smallest.
    Priority,
    /// By number.
    Number,
}

/// An order of tickets.
#[derive(Debug, Clone, InputObject)]
pub struct TicketOrder {
    /// By what.
    pub field: TicketOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl OrderInput for TicketOrder {
    type Of = Tickets;

    fn column(&self) -> (<Tickets as EntityTrait>::Column, bool) {
        let column = match self.field {
            TicketOrderField::UpdatedAt => Column::UpdatedAt,
            TicketOrderField::CreatedAt => Column::CreatedAt,
            TicketOrderField::DueAt => Column::DueOrder,
            TicketOrderField::Priority => Column::Urgency,
            TicketOrderField::Number => Column::Position,
        };
        (column, self.direction == OrderDirection::Desc)
    }
}

/// The order as whoever acts sees it: to a client a ticket was changed when something was that they are shown.
pub fn as_seen(cx: &Cx, mut order: Order<Column>) -> Order<Column> {
    if ticketing::is_client(cx) {
        for (column, _) in &mut order.columns {
            if matches!(column, Column::UpdatedAt) {
                *column = Column::ShownAt;
            }
        }
    }
    order
}
