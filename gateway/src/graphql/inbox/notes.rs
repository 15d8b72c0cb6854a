//! What colleagues note among themselves.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{
    AddInternalNote, UpdateInternalNote, add_internal_note, records::InternalNotes, remove_internal_note,
    update_internal_note,
};
use kernel::{
    Cx,
    id::{InternalNoteId, StaffId},
};

use crate::{
    connection,
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        identity::{IntoId, Permission, Staff, staff},
        loaders::By,
        records::write,
        scalars::id,
        scope::scope,
    },
    payload,
    wiring::bridges::SeenByOthers,
};

/// What a colleague noted of a thing. Colleagues who see the thing see it; no visitor and no client ever does.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct InternalNote {
    /// Its id, `nte_…`.
    pub id: ID,
    /// What it is a note of: an id for `node(id:)`.
    pub entity_id: ID,
    /// The text.
    pub content: String,
    /// Whether it stands before all others.
    pub is_pinned: bool,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    staff_id: StaffId,
    #[graphql(skip)]
    mentioned: Vec<StaffId>,
}

impl From<inbox::InternalNote> for InternalNote {
    fn from(note: inbox::InternalNote) -> Self {
        Self {
            id: note.id.into_id(),
            entity_id: note.entity().to_string().into(),
            mentioned: note.mentioned(),
            content: note.content,
            is_pinned: note.is_pinned,
            created_at: note.created_at,
            updated_at: note.updated_at,
            staff_id: note.staff_id,
        }
    }
}

connection!(InternalNoteConnection, InternalNoteEdge, InternalNote, inbox::InternalNote, "internal notes");

#[ComplexObject]
impl InternalNote {
    /// Who wrote it; null without the permission to see colleagues.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(staff(ctx, Some(self.staff_id))).await
    }

    /// Who is mentioned in it, as far as the viewer may see them.
    async fn mentions(&self, ctx: &Context<'_>) -> Result<Vec<Staff>> {
        Box::pin(async move {
            let found = self.mentioned.iter().map(|who| staff(ctx, Some(*who)));
            Ok(futures_util::future::try_join_all(found).await?.into_iter().flatten().collect())
        })
        .await
    }

    /// Whether the viewer wrote it, and so may change what it says.
    async fn is_own(&self, ctx: &Context<'_>) -> bool {
        scope(ctx).cx().staff_id() == Some(self.staff_id)
    }
}

/// A note, where the viewer may see it.
pub async fn note(ctx: &Context<'_>, id: InternalNoteId) -> Result<Option<InternalNote>> {
    Ok(scope(ctx).loaders.load_one(By::<InternalNotes>(id)).await?.map(|note| note.as_ref().clone().into()))
}

/// A note is to be written.
#[derive(Clone, InputObject)]
pub struct AddInternalNoteInput {
    /// Of what: a message, `msg_…`, a chat, `cht_…`, a consultation, `con_…`, a conversation, `cnv_…`, a ticket, `tkt_…`, a lead,
    /// `led_…`, a guide, `gui_…`, or a help document, `hlp_…`.
    pub entity_id: ID,
    /// The text, 1–20,000 characters.
    pub content: String,
    /// Whether it stands before all others.
    #[graphql(default = false)]
    pub is_pinned: bool,
    /// Colleagues who are mentioned in it and told of it, at most 10. Each must be active and see the thing.
    #[graphql(default)]
    pub mentions: Vec<ID>,
}

/// A note is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateInternalNoteInput {
    /// The note.
    pub internal_note_id: ID,
    /// The text, 1–20,000 characters. Only its author changes it.
    pub content: Option<String>,
    /// Whether it stands before all others.
    pub is_pinned: Option<bool>,
    /// Colleagues who are mentioned in it, at most 10; who was not before is told. Only its author changes it.
    pub mentions: Option<Vec<ID>>,
}

payload! {
    /// What came of adding a note.
    AddInternalNotePayload {
        /// The note.
        internal_note: InternalNote as inbox::InternalNote
    }
    /// What came of changing a note.
    UpdateInternalNotePayload {
        /// The note.
        internal_note: InternalNote as inbox::InternalNote
    }
}

/// A note is to be taken away.
#[derive(Clone, InputObject)]
pub struct RemoveInternalNoteInput {
    /// The note.
    pub internal_note_id: ID,
}

/// What came of taking a note away.
#[derive(SimpleObject)]
pub struct RemoveInternalNotePayload {
    /// The id of the note that nobody is shown any more.
    pub internal_note_id: Option<ID>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

fn mentioned(ids: &[ID]) -> kernel::Result<Vec<StaffId>> {
    ids.iter().map(|who| id("input.mentions", who)).collect()
}

/// Keeping notes.
#[derive(Default)]
pub struct InternalNoteMutation;

#[Object]
impl InternalNoteMutation {
    /// Notes something of a thing, for colleagues. Takes the permission to work on the thing: of a message MANAGE_MESSAGES.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn add_internal_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AddInternalNoteInput,
    ) -> Result<AddInternalNotePayload> {
        let cmd = AddInternalNote {
            entity: inbox::kinds::entity("input.entityId", &input.entity_id)?,
            content: input.content,
            is_pinned: input.is_pinned,
            mentions: mentioned(&input.mentions)?,
        };
        let catalog = &scope(ctx).app.catalog;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move {
            add_internal_note(&tx, &SeenByOthers(&tx, catalog), &cx, &cmd).await
        };
        Ok(write(ctx, "internal_note.add", cmd, work).await?.into())
    }

    /// Changes a note: its author what it says, whoever works on the thing whether it is pinned.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn update_internal_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateInternalNoteInput,
    ) -> Result<UpdateInternalNotePayload> {
        let cmd = UpdateInternalNote {
            id: id("input.internalNoteId", &input.internal_note_id)?,
            content: input.content,
            is_pinned: input.is_pinned,
            mentions: input.mentions.as_deref().map(mentioned).transpose()?,
        };
        let catalog = &scope(ctx).app.catalog;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move {
            update_internal_note(&tx, &SeenByOthers(&tx, catalog), &cx, &cmd).await
        };
        Ok(write(ctx, "internal_note.update", cmd, work).await?.into())
    }

    /// Takes a note away: whoever works on the thing may. The audit trail keeps what it said.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn remove_internal_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RemoveInternalNoteInput,
    ) -> Result<RemoveInternalNotePayload> {
        let cmd: InternalNoteId = id("input.internalNoteId", &input.internal_note_id)?;
        let work = |tx, cx: Arc<Cx>, cmd: Arc<_>| async move { remove_internal_note(&tx, &cx, *cmd).await };
        let (gone, errors) = write(ctx, "internal_note.remove", cmd, work).await?;
        Ok(RemoveInternalNotePayload { internal_note_id: gone.map(|note| note.id.into_id()), errors })
    }
}
