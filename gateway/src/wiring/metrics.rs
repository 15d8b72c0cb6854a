//! What metrics need of the inbox, of ticketing and of identity.

use analytics_sync::{
    MetricDepartments, MetricKind, MetricPriority, MetricSees, MetricStatus, MetricThing, MetricThings,
    MetricWorkingTimes,
};
use chrono::{DateTime, Utc};
use identity::records::Departments;
use inbox::{ChatStatus, Entity, EntityType, chat_ids_after, records::Chats, tags_of_each};
use kernel::{
    Conn, Cx, Result,
    id::{ChatId, TicketId},
    record::{Record, by_ids, find},
};
use sea_orm::{ConnectionTrait, DbBackend, QueryFilter, QuerySelect, QueryTrait, sea_query::SelectStatement};
use ticketing::{TicketPriority, TicketStatus, courses_of_each, records::Tickets, ticket_ids_after};
use uuid::Uuid;

use super::working_times::working_times;

/// The way by which live chats come.
const WEBSITE: &str = "website";
/// The way by which tickets come.
const TICKET: &str = "ticket";

/// The other contexts, on a connection.
pub struct Counted<'a>(pub &'a Conn);

impl Counted<'_> {
    async fn live_chats(&self, cx: &Cx, ids: &[Uuid]) -> Result<Vec<MetricThing>> {
        let ids: Vec<_> = ids.iter().copied().map(ChatId).collect();
        let chats = by_ids::<Chats>(self.0, cx, &ids).await?;
        let things: Vec<_> = chats.keys().map(|id| Entity { kind: EntityType::Chat, id: id.0 }).collect();
        let mut tags = tags_of_each(self.0, cx, &things).await?;
        let counted = chats.into_values().map(|chat| {
            let tags = tags.remove(&Entity { kind: EntityType::Chat, id: chat.id.0 }).unwrap_or_default();
            MetricThing {
                id: chat.id.0,
                kind: MetricKind::LiveChat,
                created_at: chat.started_at,
                // It waits in the queue from its first line on.
                opened_at: Some(chat.started_at),
                picked_up_at: chat.claimed_at,
                response_at: chat.first_answer_at,
                closed_at: chat.ended_at,
                status: match chat.status {
                    ChatStatus::Waiting => MetricStatus::Pending,
                    ChatStatus::Active => MetricStatus::Open,
                    ChatStatus::Ended => MetricStatus::Closed,
                },
                channel: WEBSITE.into(),
                priority: None,
                agent: None,
                staff: chat.assignee_id,
                b2chat_department: None,
                department: chat.department_id,
                tags: tags.into_iter().map(|tag| tag.name).collect(),
            }
        });
        Ok(counted.collect())
    }

    async fn tickets(&self, cx: &Cx, ids: &[Uuid]) -> Result<Vec<MetricThing>> {
        let ids: Vec<_> = ids.iter().copied().map(TicketId).collect();
        // One that went into another is counted with that one.
        let found = by_ids::<Tickets>(self.0, cx, &ids).await?.into_values();
        let tickets: Vec<_> = found.filter(|ticket| ticket.merged_into_id.is_none()).collect();
        let courses = courses_of_each(self.0, &tickets).await?;
        let things: Vec<_> =
            tickets.iter().map(|ticket| Entity { kind: EntityType::Ticket, id: ticket.id.0 }).collect();
        let mut tags = tags_of_each(self.0, cx, &things).await?;
        let counted = tickets.into_iter().map(|ticket| {
            let course = courses.get(&ticket.id).copied().unwrap_or_default();
            let tags = tags.remove(&Entity { kind: EntityType::Ticket, id: ticket.id.0 }).unwrap_or_default();
            MetricThing {
                id: ticket.id.0,
                kind: MetricKind::Ticket,
                created_at: ticket.created_at,
                opened_at: Some(ticket.created_at),
                picked_up_at: course.taken_at,
                response_at: course.answered_at,
                // Resolved is over as those see it who work on it.
                closed_at: ticket.resolved_at.or(ticket.closed_at),
                status: match ticket.status {
                    TicketStatus::Open | TicketStatus::InProgress => MetricStatus::Open,
                    TicketStatus::Pending | TicketStatus::OnHold => MetricStatus::Pending,
                    TicketStatus::Resolved | TicketStatus::Closed => MetricStatus::Closed,
                },
                channel: TICKET.into(),
                priority: Some(match ticket.priority {
                    TicketPriority::Low => MetricPriority::Low,
                    TicketPriority::Medium => MetricPriority::Normal,
                    TicketPriority::High => MetricPriority::High,
                    TicketPriority::Urgent => MetricPriority::Urgent,
                }),
                agent: None,
                staff: ticket.assignee_id,
                b2chat_department: None,
                department: None,
                tags: tags.into_iter().map(|tag| tag.name).collect(),
            }
        });
        Ok(counted.collect())
    }
}

impl MetricThings for Counted<'_> {
    async fn things(&self, cx: &Cx, kind: MetricKind, ids: &[Uuid]) -> Result<Vec<MetricThing>> {
        match kind {
            MetricKind::LiveChat => self.live_chats(cx, ids).await,
            MetricKind::Ticket => self.tickets(cx, ids).await,
            // They are no others'.
            MetricKind::B2chatChat => Ok(Vec::new()),
        }
    }

    async fn ids_after(&self, _: &Cx, kind: MetricKind, after: Option<Uuid>, limit: u64) -> Result<Vec<Uuid>> {
        Ok(match kind {
            MetricKind::LiveChat => {
                let found = chat_ids_after(self.0, after.map(ChatId), limit).await?;
                found.into_iter().map(|id| id.0).collect()
            }
            MetricKind::Ticket => {
                let found = ticket_ids_after(self.0, after.map(TicketId), limit).await?;
                found.into_iter().map(|id| id.0).collect()
            }
            MetricKind::B2chatChat => Vec::new(),
        })
    }
}

/// The company's departments as a caller's request finds them.
pub struct Tree<'a>(pub &'a Conn, pub &'a Cx);

impl MetricDepartments for Tree<'_> {
    async fn paths(&self) -> Result<Vec<(Uuid, Vec<Uuid>)>> {
        let Some(select) = find::<Departments>(self.1, self.0.get_database_backend()) else { return Ok(Vec::new()) };
        let all = select.into_model::<<Departments as Record>::Row>().all(self.0).await?;
        let path = |path: &str| path.split('/').filter_map(|id| Uuid::try_parse(id).ok()).collect::<Vec<_>>();
        Ok(all.into_iter().map(|department| (department.id.0, path(&department.path))).collect())
    }
}

impl MetricWorkingTimes for Counted<'_> {
    async fn open(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
        Ok(working_times(self.0).await?.open(from, until))
    }
}

/// Who sees which live chats and tickets.
pub struct Eyes(pub DbBackend);

fn seen<R: Record>(cx: &Cx, backend: DbBackend) -> Option<SelectStatement> {
    R::may_list(cx).ok()?;
    Some(R::find().select_only().column(R::ID).filter(R::visible(cx, backend)?).into_query())
}

impl MetricSees for Eyes {
    fn visible(&self, cx: &Cx, kind: MetricKind) -> Option<SelectStatement> {
        match kind {
            MetricKind::LiveChat => seen::<Chats>(cx, self.0),
            MetricKind::Ticket => seen::<Tickets>(cx, self.0),
            MetricKind::B2chatChat => None,
        }
    }
}
