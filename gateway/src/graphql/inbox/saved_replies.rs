//! Saved replies.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{
    CreateSavedReply, RenderSavedReply, UpdateSavedReply, create_saved_reply, entities, records::SavedReplies,
    render_saved_reply, saved_replies, update_saved_reply,
};
use kernel::{Cx, id::StaffId, page::PageArgs, text::same_name};

use crate::{
    connection, filter,
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        filters::{OrderDirection, StringComparator},
        identity::{IntoId, Permission, Staff, cleared, staff},
        loaders::By,
        records::{list, ordered, write},
        scalars::id,
        scope::scope,
    },
    order, payload,
    wiring::bridges::InTransaction,
};

/// A ready answer. Whoever works in the inbox sees those of all and their own.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct SavedReply {
    /// Its id, `srp_…`.
    pub id: ID,
    /// What it is called.
    pub title: String,
    /// The text, with its variables: `{{name}}`, `{{email}}`, `{{visitorCompany}}` and `{{service}}` of the visitor,
    /// `{{agent}}` who uses it, `{{company}}` the company's name.
    pub content: String,
    /// What it is sorted under.
    pub category: Option<String>,
    /// What is typed for it, such as `/hello`.
    pub shortcut: Option<String>,
    /// Whether all colleagues see it, or only who made it.
    pub is_global: bool,
    /// How often it was used.
    pub use_count: i32,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Since when it is out of use.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    created_by: StaffId,
}

impl From<inbox::SavedReply> for SavedReply {
    fn from(reply: inbox::SavedReply) -> Self {
        Self {
            id: reply.id.into_id(),
            title: reply.title,
            content: reply.content,
            category: reply.category,
            shortcut: reply.shortcut,
            is_global: reply.is_global,
            use_count: reply.use_count,
            last_used_at: reply.last_used_at,
            archived_at: reply.archived_at,
            created_at: reply.created_at,
            updated_at: reply.updated_at,
            created_by: reply.created_by,
        }
    }
}

connection!(SavedReplyConnection, SavedReplyEdge, SavedReply, inbox::SavedReply, "saved replies");

#[ComplexObject]
impl SavedReply {
    /// Who made it; null without the permission to see colleagues.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(staff(ctx, Some(self.created_by))).await
    }

    /// Whether the viewer may change it and take it out of use.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> bool {
        !self.is_global || scope(ctx).cx().can(inbox::MANAGE_SAVED_REPLIES)
    }
}

filter! {
    /// Which saved replies. All parts given must hold.
    SavedReplyFilter of SavedReplies {
        /// Part of their title, text or shortcut, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
        /// What they are sorted under.
        category: StringComparator,
        /// What is typed for them, in any case; those out of use have none.
        shortcut: StringComparator,
        /// Whether all colleagues see them, or only the viewer.
        is_global: bool,
        /// Whether they are out of use.
        is_archived: bool,
    }
    |level, leaves| {
        leaves.text(saved_replies::BY_TEXT, level.text);
        leaves.value::<String>(saved_replies::BY_CATEGORY, level.category)?;
        leaves.value::<String>(saved_replies::BY_SHORTCUT, level.shortcut.map(|by| by.map(|text| same_name(&text))))?;
        leaves.is(saved_replies::BY_IS_GLOBAL, level.is_global);
        leaves.is_set(saved_replies::BY_ARCHIVED, level.is_archived);
    }
}

order! {
    "saved replies": SavedReplyOrder, SavedReplyOrderField of SavedReplies, ascending {
        /// By title.
        Title,
        /// By how often they were used.
        UseCount,
        /// By when they were made.
        CreatedAt,
    }
}

/// Reading saved replies.
#[derive(Default)]
pub struct SavedReplyQuery;

#[Object]
impl SavedReplyQuery {
    /// A saved reply; null where there is none that the viewer may see.
    #[graphql(name = "savedReply")]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`srp_…`")] id: ID) -> Result<Option<SavedReply>> {
        let id = crate::graphql::scalars::id("id", &id)?;
        scope(ctx).cx().user()?;
        Ok(scope(ctx).loaders.load_one(By::<SavedReplies>(id)).await?.map(|reply| reply.as_ref().clone().into()))
    }

    /// Saved replies, by title unless ordered otherwise: those of all and the viewer's own, archived ones among them; none to
    /// whoever does not work in the inbox.
    async fn saved_replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<SavedReplyFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<SavedReplyOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<SavedReplyConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (entities::saved_reply::Column::Title, false));
        Ok(list(ctx, "saved replies", filter, order, page).await?.into())
    }
}

/// A saved reply is to be made.
#[derive(Clone, InputObject)]
pub struct CreateSavedReplyInput {
    /// What it is called, 1–255 characters.
    pub title: String,
    /// The text, 1–20,000 characters, with the variables that `SavedReply.content` names.
    pub content: String,
    /// What it is sorted under, at most 100 characters.
    pub category: Option<String>,
    /// What is typed for it: `/` and then letters, digits, `-` and `_`, at most 50 characters. Nobody sees two in use with one
    /// shortcut, whatever its case: one that all see has it alone, and so does an own one among the own ones.
    pub shortcut: Option<String>,
    /// Whether all colleagues see it, which takes MANAGE_SAVED_REPLIES and stays so; else only the viewer does.
    #[graphql(default = false)]
    pub is_global: bool,
}

payload! {
    /// What came of making a saved reply.
    CreateSavedReplyPayload {
        /// The reply.
        saved_reply: SavedReply as inbox::SavedReply
    }
}

/// A saved reply is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateSavedReplyInput {
    /// The reply.
    pub saved_reply_id: ID,
    /// What it is called, 1–255 characters.
    pub title: Option<String>,
    /// The text, 1–20,000 characters, with the variables that `SavedReply.content` names.
    pub content: Option<String>,
    /// What it is sorted under, at most 100 characters; null clears it.
    pub category: MaybeUndefined<String>,
    /// What is typed for it, as when it is made; null clears it.
    pub shortcut: MaybeUndefined<String>,
    /// Whether it is out of use. Its shortcut is free then, and taken again when it comes back.
    pub is_archived: Option<bool>,
}

payload! {
    /// What came of changing a saved reply.
    UpdateSavedReplyPayload {
        /// The reply.
        saved_reply: SavedReply as inbox::SavedReply
    }
}

/// A saved reply is to be used.
#[derive(Clone, InputObject)]
pub struct RenderSavedReplyInput {
    /// The reply.
    pub saved_reply_id: ID,
    /// For what: a message, `msg_…`, a chat, `cht_…`, a consultation, `con_…`, a conversation, `cnv_…`, a ticket, `tkt_…`, a lead,
    /// `led_…`, a guide, `gui_…`, or a help document, `hlp_…`.
    pub entity_id: ID,
}

/// What came of using a saved reply.
#[derive(SimpleObject)]
pub struct RenderSavedReplyPayload {
    /// The text, with its variables filled. What a value contains is never read as a variable.
    pub content: Option<String>,
    /// The variables for which nothing is known; nothing stands in their places.
    pub missing: Vec<String>,
    /// The reply, with this use counted.
    pub saved_reply: Option<SavedReply>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Keeping and using saved replies.
#[derive(Default)]
pub struct SavedReplyMutation;

#[Object]
impl SavedReplyMutation {
    /// Makes a saved reply. One of their own anybody makes who works in the inbox.
    #[graphql(directive = requires::apply(Permission::ManageSavedReplies))]
    async fn create_saved_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateSavedReplyInput,
    ) -> Result<CreateSavedReplyPayload> {
        let cmd = CreateSavedReply {
            title: input.title,
            content: input.content,
            category: input.category,
            shortcut: input.shortcut,
            is_global: input.is_global,
        };
        let work = |tx, cx: Arc<Cx>, cmd: Arc<CreateSavedReply>| async move {
            create_saved_reply(&tx, &InTransaction(&tx), &cx, &cmd).await
        };
        Ok(write(ctx, "saved_reply.create", cmd, work).await?.into())
    }

    /// Changes a saved reply, takes it out of use, or back into it; none is deleted. One of their own anybody changes who works
    /// in the inbox.
    #[graphql(directive = requires::apply(Permission::ManageSavedReplies))]
    async fn update_saved_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateSavedReplyInput,
    ) -> Result<UpdateSavedReplyPayload> {
        let cmd = UpdateSavedReply {
            id: id("input.savedReplyId", &input.saved_reply_id)?,
            title: input.title,
            content: input.content,
            category: cleared(input.category),
            shortcut: cleared(input.shortcut),
            is_archived: input.is_archived,
        };
        let work = |tx, cx: Arc<Cx>, cmd: Arc<UpdateSavedReply>| async move {
            update_saved_reply(&tx, &InTransaction(&tx), &cx, &cmd).await
        };
        Ok(write(ctx, "saved_reply.update", cmd, work).await?.into())
    }

    /// Fills a saved reply for a thing, for the viewer to read over and send, and counts the use. Takes the permission to work
    /// on the thing: of a message MANAGE_MESSAGES.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn render_saved_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RenderSavedReplyInput,
    ) -> Result<RenderSavedReplyPayload> {
        let cmd = RenderSavedReply {
            id: id("input.savedReplyId", &input.saved_reply_id)?,
            entity: inbox::kinds::entity("input.entityId", &input.entity_id)?,
        };
        let work = |tx, cx: Arc<Cx>, cmd: Arc<RenderSavedReply>| async move {
            render_saved_reply(&tx, &InTransaction(&tx), &cx, &cmd).await
        };
        let (rendered, errors) = write(ctx, "saved_reply.render", cmd, work).await?;
        Ok(match rendered {
            Some(rendered) => RenderSavedReplyPayload {
                content: Some(rendered.content),
                missing: rendered.missing,
                saved_reply: Some(rendered.saved_reply.into()),
                errors,
            },
            None => RenderSavedReplyPayload { content: None, missing: Vec::new(), saved_reply: None, errors },
        })
    }
}
