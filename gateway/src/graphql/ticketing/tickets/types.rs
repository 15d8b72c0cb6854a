//! A ticket as those see it who may.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    id::{ClientId, ProjectId, StaffId, TeamId, TicketId, UserId},
    page::PageArgs,
};
use ticketing::{
    records::{Projects, Tickets},
    tickets::Children,
};

use super::{
    around::{TicketLink, links_of, watchers_of},
    history::TicketChangeConnection,
};
use crate::graphql::ticketing::projects::Project;
use crate::{
    connection,
    graphql::{
        errors::Result,
        files::File,
        identity::{Client, IntoId, Staff, Team, User, client, staff, team, user},
        inbox::{
            drafts::{Draft, draft_for},
            notes::InternalNoteConnection,
            tags::{Tag, tags_of},
        },
        loaders::By,
        records::nested,
        scope::scope,
        ticketing::{
            comments::types::{TicketComment, TicketCommentConnection, attachments, last_comment},
            service_levels::clocks::{ServiceLevel, SlaInterval, service_levels_of, trace_of},
        },
    },
};

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::TicketStatus")]
pub enum TicketStatus {
    /// Nobody began it, or it is open again.
    Open,
    /// Somebody works on it.
    InProgress,
    /// It waits for the client.
    Pending,
    /// It waits for us or for somebody else.
    OnHold,
    /// It is done, as we see it.
    Resolved,
    /// It is over.
    Closed,
}

/// What kind of work a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::TicketCategory")]
pub enum TicketCategory {
    /// Something does not do what it should.
    Bug,
    /// Something new.
    Feature,
    /// Somebody needs help.
    Support,
    /// Something is to become better.
    Enhancement,
    /// Something is down or broken for several.
    Incident,
    /// Something is asked for that we offer.
    Request,
}

/// How soon a ticket is to be worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::TicketPriority")]
pub enum TicketPriority {
    /// When there is time.
    Low,
    /// In its turn.
    Medium,
    /// Before others.
    High,
    /// At once.
    Urgent,
}

/// How much harm there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::TicketSeverity")]
pub enum TicketSeverity {
    /// Hardly any.
    Minor,
    /// Some.
    Normal,
    /// Much.
    Major,
    /// Work stands still.
    Critical,
}

/// A piece of work that the company owes. A client sees their own, and of it nothing that colleagues keep for themselves.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Ticket {
    /// Its id, `tkt_…`.
    pub id: ID,
    /// Its number, such as `TKT-2026-0001`: without gaps in a year.
    pub number: String,
    /// In a line.
    pub title: String,
    /// And in full.
    pub description: String,
    /// Where it stands.
    pub status: TicketStatus,
    /// What kind of work it is.
    pub category: TicketCategory,
    /// How soon it is to be worked on.
    pub priority: TicketPriority,
    /// How much harm there is.
    pub severity: TicketSeverity,
    /// Until when it is to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// When it was resolved.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When somebody last commented on it in public.
    pub last_replied_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    updated_at: DateTime<Utc>,
    #[graphql(skip)]
    shown_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) key: TicketId,
    #[graphql(skip)]
    pub(crate) requester_id: Option<ClientId>,
    #[graphql(skip)]
    pub(crate) created_by_id: Option<UserId>,
    #[graphql(skip)]
    pub(crate) assignee_id: Option<StaffId>,
    #[graphql(skip)]
    pub(crate) team_id: Option<TeamId>,
    #[graphql(skip)]
    pub(crate) parent_id: Option<TicketId>,
    #[graphql(skip)]
    pub(crate) merged_into_id: Option<TicketId>,
    #[graphql(skip)]
    pub(crate) comment_count: i32,
    #[graphql(skip)]
    pub(crate) public_comment_count: i32,
    #[graphql(skip)]
    pub(crate) project_id: Option<ProjectId>,
    #[graphql(skip)]
    pub(crate) inner: Inner,
}

/// What colleagues keep for themselves.
#[derive(Debug, Clone)]
pub(crate) struct Inner {
    notes: String,
    estimated_hours: Option<i32>,
    actual_hours: Option<i32>,
}

impl From<ticketing::Ticket> for Ticket {
    fn from(ticket: ticketing::Ticket) -> Self {
        Self {
            id: ticket.id.into_id(),
            number: ticket.number,
            title: ticket.title,
            description: ticket.description,
            status: ticket.status.into(),
            category: ticket.category.into(),
            priority: ticket.priority.into(),
            severity: ticket.severity.into(),
            due_at: ticket.due_at,
            resolved_at: ticket.resolved_at,
            closed_at: ticket.closed_at,
            last_replied_at: ticket.last_replied_at,
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            shown_at: ticket.shown_at,
            key: ticket.id,
            requester_id: ticket.requester_id,
            created_by_id: ticket.created_by_id,
            assignee_id: ticket.assignee_id,
            team_id: ticket.team_id,
            parent_id: ticket.parent_id,
            merged_into_id: ticket.merged_into_id,
            comment_count: ticket.comment_count,
            public_comment_count: ticket.public_comment_count,
            project_id: ticket.project_id,
            inner: Inner {
                notes: ticket.notes,
                estimated_hours: ticket.estimated_hours,
                actual_hours: ticket.actual_hours,
            },
        }
    }
}

connection!(TicketConnection, TicketEdge, Ticket, ticketing::Ticket, "tickets");

/// A ticket, where the viewer may see it.
pub async fn ticket(ctx: &Context<'_>, id: Option<TicketId>) -> Result<Option<Ticket>> {
    let Some(id) = id else { return Ok(None) };
    Ok(scope(ctx).loaders.load_one(By::<Tickets>(id)).await?.map(|ticket| ticket.as_ref().clone().into()))
}

/// What the viewer may do with a ticket.
#[derive(Debug, Clone, SimpleObject)]
pub struct TicketViewerCan {
    /// Change what it says.
    pub update: bool,
    /// Give it to somebody, and all else that colleagues do with tickets.
    pub manage: bool,
    /// Where they may move it by hand; whether a client still opens it again is decided when they do.
    pub set_status: Vec<TicketStatus>,
}

/// What only colleagues see.
fn for_colleagues<T>(ctx: &Context<'_>, value: Option<T>) -> Option<T> {
    value.filter(|_| !ticketing::is_client(&scope(ctx).cx()))
}

#[ComplexObject]
impl Ticket {
    /// The client whose it is; null where it is nobody's, or without the permission to see clients.
    async fn requester(&self, ctx: &Context<'_>) -> Result<Option<Client>> {
        Box::pin(async move { client(ctx, self.requester_id).await }).await
    }

    /// When it was last changed; for a client, when something of it last was that they are shown.
    async fn updated_at(&self, ctx: &Context<'_>) -> DateTime<Utc> {
        if ticketing::is_client(&scope(ctx).cx()) { self.shown_at } else { self.updated_at }
    }

    /// Who made it; null where Frontdesk did, or without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.created_by_id)).await
    }

    /// The colleague who has it; null where none has, or without the permission to see colleagues.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(async move { staff(ctx, self.assignee_id).await }).await
    }

    /// The team that has it; null where none has, or the viewer does not see it.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        Box::pin(async move {
            match self.team_id {
                Some(id) => team(ctx, id).await,
                None => Ok(None),
            }
        })
        .await
    }

    /// What colleagues keep for themselves; null for a client.
    async fn notes(&self, ctx: &Context<'_>) -> Option<String> {
        for_colleagues(ctx, Some(self.inner.notes.clone()))
    }

    /// Hours that it is thought to take; null for a client.
    async fn estimated_hours(&self, ctx: &Context<'_>) -> Option<i32> {
        for_colleagues(ctx, self.inner.estimated_hours)
    }

    /// Hours that it took; null for a client.
    async fn actual_hours(&self, ctx: &Context<'_>) -> Option<i32> {
        for_colleagues(ctx, self.inner.actual_hours)
    }

    /// The ticket that it is a part of, where the viewer sees that.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Ticket>> {
        Box::pin(ticket(ctx, self.parent_id)).await
    }

    /// Its parts that the viewer sees, oldest first.
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<TicketConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, Children, self.key, page).await?.into())
        })
        .await
    }

    /// The ticket that it went into, where the viewer sees that.
    async fn merged_into(&self, ctx: &Context<'_>) -> Result<Option<Ticket>> {
        Box::pin(ticket(ctx, self.merged_into_id)).await
    }

    /// What is said on it, oldest first; to a client what is public.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<TicketCommentConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, ticketing::CommentsOf, self.key, page).await?.into())
        })
        .await
    }

    /// How many comments it has that the viewer sees.
    async fn comment_count(&self, ctx: &Context<'_>) -> i32 {
        let is_client = ticketing::is_client(&scope(ctx).cx());
        if is_client { self.public_comment_count } else { self.comment_count }
    }

    /// What was last said on it, as far as the viewer sees it.
    async fn last_comment(&self, ctx: &Context<'_>) -> Result<Option<TicketComment>> {
        Box::pin(last_comment(ctx, self.key)).await
    }

    /// Its files, the oldest first, without those of its comments.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<File>> {
        Box::pin(attachments(ctx, self.key)).await
    }

    /// The project that it is part of, where the viewer sees that.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>> {
        Box::pin(async move {
            let Some(id) = self.project_id else { return Ok(None) };
            Ok(scope(ctx).loaders.load_one(By::<Projects>(id)).await?.map(|project| project.as_ref().clone().into()))
        })
        .await
    }

    /// What happened to it, oldest first. A client is shown only what they see of it.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<TicketChangeConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, ticketing::History, self.key, page).await?.into())
        })
        .await
    }

    /// What is promised of it and how that stands, the last begun first, at most 100; none for a client.
    async fn service_levels(&self, ctx: &Context<'_>) -> Result<Vec<ServiceLevel>> {
        Box::pin(service_levels_of(ctx, self.key)).await
    }

    /// Each part of the time of its service levels until now, in order, whether it counts and by which rule, at most 500; none for
    /// a client.
    async fn sla_trace(&self, ctx: &Context<'_>) -> Result<Vec<SlaInterval>> {
        Box::pin(trace_of(ctx, self.key)).await
    }

    /// Who watches it, longest first, as far as the viewer sees them.
    async fn watchers(&self, ctx: &Context<'_>) -> Result<Vec<User>> {
        Box::pin(watchers_of(ctx, self.key)).await
    }

    /// What it is tied to, as far as the viewer sees that, oldest first.
    async fn links(&self, ctx: &Context<'_>) -> Result<Vec<TicketLink>> {
        Box::pin(links_of(ctx, self.key)).await
    }

    /// Its tags, by name; none for a client.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        Box::pin(tags_of(ctx, self.key)).await
    }

    /// The answer to it that the viewer is writing; nobody else sees it.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<Draft>> {
        Box::pin(draft_for(ctx, self.key)).await
    }

    /// What colleagues noted of it, the pinned notes first, then the newest; none for a client.
    async fn internal_notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<InternalNoteConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, inbox::NotesOf::default(), self.key, page).await?.into())
        })
        .await
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> TicketViewerCan {
        let cx = scope(ctx).cx();
        let (client, merged) = (ticketing::client(&cx), self.merged_into_id.is_some());
        let manage = client.is_none() && cx.can(ticketing::MANAGE_TICKETS);
        let own = client.is_some() && self.requester_id == client && !merged;
        let status = ticketing::TicketStatus::from(self.status);
        let next = match (manage && !merged, own) {
            (true, _) => status.next(),
            (_, true) => status.next_for_client(),
            _ => &[],
        };
        let update = manage && !merged || own && self.status != TicketStatus::Closed;
        TicketViewerCan { update, manage, set_status: next.iter().map(|status| (*status).into()).collect() }
    }
}
