//! The viewer's own drafts.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{DiscardDraft, SaveDraft, discard_draft, entities::draft::Column, records::Drafts, save_draft};
use kernel::{Cx, page::PageArgs, record::Filter};

use crate::{
    connection,
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        identity::{IntoId, Permission},
        loaders::DraftFor,
        records::{always, list_where, write},
        scope::scope,
    },
    payload,
};

/// An answer that the viewer is writing. Nobody else can read it. It goes when the answer is sent, or 30 days after it was
/// last written at.
#[derive(Debug, Clone, SimpleObject)]
pub struct Draft {
    /// Its id, `drf_…`.
    pub id: ID,
    /// What it answers: an id for `node(id:)`.
    pub entity_id: ID,
    /// What it is about.
    pub subject: Option<String>,
    /// The text.
    pub content: String,
    /// Raised by every change; what is saved names the one that it was written on top of. Of a new draft it is any number.
    pub version: i32,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<inbox::Draft> for Draft {
    fn from(draft: inbox::Draft) -> Self {
        Self {
            id: draft.id.into_id(),
            entity_id: draft.entity().to_string().into(),
            subject: draft.subject,
            content: draft.content,
            version: draft.version,
            created_at: draft.created_at,
            updated_at: draft.updated_at,
        }
    }
}

connection!(DraftConnection, DraftEdge, Draft, inbox::Draft, "drafts");

/// The viewer's draft of an answer to a thing, for the field `draft` of its type.
pub async fn draft_for(ctx: &Context<'_>, thing: impl Into<inbox::Entity>) -> Result<Option<Draft>> {
    let found = scope(ctx).loaders.load_one(DraftFor(thing.into())).await?;
    Ok(found.map(|draft| draft.as_ref().clone().into()))
}

/// Reading one's own drafts.
#[derive(Default)]
pub struct DraftQuery;

#[Object]
impl DraftQuery {
    /// The viewer's drafts of answers to what they may see, the last changed first.
    async fn drafts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<DraftConnection> {
        let page = PageArgs { first, after, last, before };
        let order = always::<Drafts>(Column::UpdatedAt, true)?;
        Ok(list_where(ctx, "drafts", Filter::<Drafts>::default(), order, page).await?.into())
    }
}

/// A draft as it is now.
#[derive(Clone, InputObject)]
pub struct SaveDraftInput {
    /// What it answers: a message, `msg_…`, a chat, `cht_…`, a consultation, `con_…`, a conversation, `cnv_…`, a ticket, `tkt_…`, a lead,
    /// `led_…`, a guide, `gui_…`, or a help document, `hlp_…`.
    pub entity_id: ID,
    /// What it is about, at most 200 characters.
    pub subject: Option<String>,
    /// The text, 1–20,000 characters.
    pub content: String,
    /// The version that this was written on top of; null where there was none.
    pub seen_version: Option<i32>,
}

payload! {
    /// What came of saving a draft.
    SaveDraftPayload {
        /// The draft.
        draft: Draft as inbox::Draft
    }
}

/// A draft is to be thrown away.
#[derive(Clone, InputObject)]
pub struct DiscardDraftInput {
    /// What it answers: a message, `msg_…`, a chat, `cht_…`, a consultation, `con_…`, a conversation, `cnv_…`, a ticket, `tkt_…`, a lead,
    /// `led_…`, a guide, `gui_…`, or a help document, `hlp_…`.
    pub entity_id: ID,
    /// The version that was seen; whichever it is where null.
    pub seen_version: Option<i32>,
}

/// What came of throwing a draft away.
#[derive(SimpleObject)]
pub struct DiscardDraftPayload {
    /// The draft as it was; null where there was none.
    pub draft: Option<Draft>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Keeping one's own drafts.
#[derive(Default)]
pub struct DraftMutation;

#[Object]
impl DraftMutation {
    /// Keeps what the viewer has written so far. Where another window has gone on with the draft, or it was sent or thrown
    /// away, nothing is changed and the answer is `CONFLICT` with the version that is there as `currentVersion`; 0 for none.
    /// Takes the permission to work on the thing: of a message MANAGE_MESSAGES.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn save_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SaveDraftInput,
    ) -> Result<SaveDraftPayload> {
        let cmd = SaveDraft {
            entity: inbox::kinds::entity("input.entityId", &input.entity_id)?,
            subject: input.subject,
            content: input.content,
            seen: input.seen_version,
        };
        Ok(write(ctx, "draft.save", cmd, |tx, cx, cmd| async move { save_draft(&tx, &cx, &cmd).await }).await?.into())
    }

    /// Throws the viewer's draft away. Takes the permission to work on the thing: of a message MANAGE_MESSAGES.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn discard_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: DiscardDraftInput,
    ) -> Result<DiscardDraftPayload> {
        let cmd = DiscardDraft {
            entity: inbox::kinds::entity("input.entityId", &input.entity_id)?,
            seen: input.seen_version,
        };
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { discard_draft(&tx, &cx, &cmd).await };
        let (draft, errors) = write(ctx, "draft.discard", cmd, work).await?;
        Ok(DiscardDraftPayload { draft: draft.flatten().map(Into::into), errors })
    }
}
