//! A lead as those see it who may.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use crm_leads::{ScoringsOf, leads::MergedFrom, records::Leads};
use inbox::NotesOf;
use kernel::{
    id::{ChatId, ConsultationId, ConversationId, LeadId, MessageId, TypedId},
    page::PageArgs,
};

use super::{
    around::{LeadChangeConnection, PossibleDuplicate, duplicates_of},
    timeline::{LeadTimelineConnection, timeline_of},
};
use crate::graphql::crm_leads::crm::types::{CrmRecord, CrmSyncConnection, records_of};
use crate::{
    connection,
    graphql::{
        crm_leads::scores::types::LeadScoringConnection,
        errors::Result,
        identity::{IntoId, Staff, User, staff, user},
        inbox::{
            Visitor,
            drafts::{Draft, draft_for},
            notes::InternalNoteConnection,
            tags::{Tag, tags_of},
            visitor,
        },
        loaders::By,
        node::{Node, node},
        records::nested,
        scope::scope,
    },
};

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::LeadStatus")]
pub enum LeadStatus {
    /// Nobody spoke with them yet.
    New,
    /// Somebody did.
    Contacted,
    /// They want what we offer and can buy it.
    Qualified,
    /// They bought.
    Converted,
    /// They will not.
    Lost,
}

/// How likely a lead is to buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::LeadScore")]
pub enum LeadScore {
    /// Very.
    Hot,
    /// Perhaps.
    Warm,
    /// Hardly.
    Cold,
}

/// Where a lead came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::LeadSource")]
pub enum LeadSource {
    /// A conversation on a social platform.
    Conversation,
    /// A message through the contact form.
    Message,
    /// A live chat.
    Chat,
    /// A booked consultation.
    Consultation,
    /// A file that was imported.
    Import,
    /// Another program, with a key.
    Api,
    /// A colleague wrote it down.
    Manual,
}

/// Somebody who may buy.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Lead {
    /// Its id, `led_…`.
    pub id: ID,
    /// Their name; null where it is not known.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their telephone number, with `+` and country code (E.164).
    pub phone: Option<String>,
    /// The company that they are of.
    pub company: Option<String>,
    /// What colleagues know of them; empty for nothing.
    pub notes: String,
    /// Where it stands.
    pub status: LeadStatus,
    /// Why it is lost; null where it is not.
    pub lost_reason: Option<String>,
    /// How likely they are to buy, as the newest scoring says; null where it was never scored.
    pub score: Option<LeadScore>,
    /// The same as a number, 0–100.
    pub score_value: Option<i32>,
    /// When it was last scored.
    pub scored_at: Option<DateTime<Utc>>,
    /// What kind of thing it came from.
    pub source_kind: LeadSource,
    /// When it was converted or lost.
    pub closed_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: crm_leads::Lead,
}

impl From<crm_leads::Lead> for Lead {
    fn from(row: crm_leads::Lead) -> Self {
        let lead = row.clone();
        Self {
            id: lead.id.into_id(),
            name: Some(lead.name).filter(|name| !name.is_empty()),
            email: lead.email,
            phone: lead.phone,
            company: lead.company,
            notes: lead.notes,
            status: lead.status.into(),
            lost_reason: lead.lost_reason,
            score: lead.score.map(Into::into),
            score_value: lead.score_value,
            scored_at: lead.scored_at,
            source_kind: lead.source_kind.into(),
            closed_at: lead.closed_at,
            created_at: lead.created_at,
            updated_at: lead.updated_at,
            row,
        }
    }
}

connection!(LeadConnection, LeadEdge, Lead, crm_leads::Lead, "leads");

/// A lead, where the viewer may see it.
pub async fn lead(ctx: &Context<'_>, id: Option<LeadId>) -> Result<Option<Lead>> {
    let Some(id) = id else { return Ok(None) };
    Ok(scope(ctx).loaders.load_one(By::<Leads>(id)).await?.map(|lead| lead.as_ref().clone().into()))
}

/// The id of what a lead came from, as it is shown; `None` where that has none of its own here.
fn source_id(lead: &crm_leads::Lead) -> Option<ID> {
    use crm_leads::LeadSource as Of;
    let id = lead.source_id?;
    match lead.source_kind {
        Of::Conversation => Some(ConversationId::from_uuid(id).into_id()),
        Of::Message => Some(MessageId::from_uuid(id).into_id()),
        Of::Chat => Some(ChatId::from_uuid(id).into_id()),
        Of::Consultation => Some(ConsultationId::from_uuid(id).into_id()),
        Of::Import | Of::Api | Of::Manual => None,
    }
}

/// What the viewer may do with a lead.
#[derive(Debug, Clone, SimpleObject)]
pub struct LeadViewerCan {
    /// Change it, give it to somebody, score and merge it.
    pub manage: bool,
    /// Where they may move it.
    pub set_status: Vec<LeadStatus>,
}

#[ComplexObject]
impl Lead {
    /// The colleague who has it; null where none has, or without the permission to see colleagues.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(async move { staff(ctx, self.row.owner_id).await }).await
    }

    /// Who made it; null where Frontdesk did, or without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.row.created_by_id)).await
    }

    /// The id of the message, chat, consultation or conversation that it came from.
    async fn source_id(&self) -> Option<ID> {
        source_id(&self.row)
    }

    /// What it came from, where the viewer sees that.
    async fn source(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(id) = source_id(&self.row) else { return Ok(None) };
        Box::pin(async move { node(ctx, "id", &id).await }).await
    }

    /// Who they were on the website, where the viewer sees visitors.
    async fn visitor(&self, ctx: &Context<'_>) -> Result<Option<Visitor>> {
        Box::pin(async move {
            match self.row.visitor_id {
                Some(id) => visitor(ctx, id).await,
                None => Ok(None),
            }
        })
        .await
    }

    /// The lead that it went into, where the viewer sees that.
    async fn merged_into(&self, ctx: &Context<'_>) -> Result<Option<Lead>> {
        Box::pin(lead(ctx, self.row.merged_into_id)).await
    }

    /// The leads that went into it and that the viewer sees, oldest first.
    async fn merged_from(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<LeadConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, MergedFrom, self.row.id, page).await?.into())
        })
        .await
    }

    /// Its scorings, newest first.
    async fn scores(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<LeadScoringConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, ScoringsOf, self.row.id, page).await?.into())
        })
        .await
    }

    /// What happened to it, oldest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<LeadChangeConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, crm_leads::History, self.row.id, page).await?.into())
        })
        .await
    }

    /// Everything that happened with the person and that the viewer sees, newest first: what they wrote, said and booked, their tickets
    /// where they are a client with this address, scorings, and what was done to the lead.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<LeadTimelineConnection> {
        Box::pin(timeline_of(ctx, self.row.id, PageArgs { first, after, last, before })).await
    }

    /// The leads that the viewer sees and that may be the same person, the surest first, at most 20.
    async fn possible_duplicates(&self, ctx: &Context<'_>) -> Result<Vec<PossibleDuplicate>> {
        Box::pin(duplicates_of(ctx, self.row.id)).await
    }

    /// Its tags, by name.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        Box::pin(tags_of(ctx, self.row.id)).await
    }

    /// What the viewer is writing to them; nobody else sees it.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<Draft>> {
        Box::pin(draft_for(ctx, self.row.id)).await
    }

    /// What colleagues noted of it, the pinned notes first, then the newest.
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
            Ok(nested(ctx, NotesOf::default(), self.row.id, page).await?.into())
        })
        .await
    }

    /// What of it is and was brought into CRMs, newest first.
    async fn crm_syncs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<CrmSyncConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, crm_leads::CrmSyncsOf, self.row.id, page).await?.into())
        })
        .await
    }

    /// What there is of it in CRMs, one record in each.
    async fn crm_records(&self, ctx: &Context<'_>) -> Result<Vec<CrmRecord>> {
        Box::pin(records_of(ctx, self.row.id)).await
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> LeadViewerCan {
        let manage = scope(ctx).cx().can(crm_leads::MANAGE_LEADS) && self.row.merged_into_id.is_none();
        let next = if manage { self.row.status.next() } else { &[] };
        LeadViewerCan { manage, set_status: next.iter().map(|status| (*status).into()).collect() }
    }
}
