//! Help documents.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::EntityType;
use kernel::{
    id::{FileId, GuideCategoryId, HelpDocumentId, UserId},
    page::PageArgs,
};
use ticketing::{
    HelpThing, SaveHelpDocument, create_help_document, entities::document, help_documents, records::HelpDocuments,
    remove_help_document, update_help_document,
};

use super::{
    categories::{GuideCategory, category_of},
    count,
};
use crate::{
    comparator, connection, filter,
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        files::File,
        filters::{IdComparator, OrderDirection},
        identity::{IntoId, Permission, User, user},
        inbox::{
            drafts::{Draft, draft_for},
            notes::InternalNoteConnection,
            tags::{Tag, TagsComparator, tagged, tags_of},
        },
        loaders::ViewsOf,
        records::{list, nested, ordered, write},
        scalars::id,
        scope::scope,
    },
    order, payload,
};

/// Who may read a help document that is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::HelpAudience")]
pub enum HelpAudience {
    /// Colleagues who may see help.
    Staff,
    /// They and clients who are signed in.
    Clients,
    /// Whoever comes by.
    Everyone,
}

/// Where the text of a help document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::ExtractionState")]
pub enum ExtractionState {
    /// It is taken out of the file in a moment.
    Pending,
    /// It is there: the document is found by it.
    Done,
    /// The file has none that can be read.
    Failed,
}

/// A file that explains something. Its audience sees it once it is published; who may see drafts sees all.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct HelpDocument {
    /// Its id, `hlp_…`.
    pub id: ID,
    /// What it is called.
    pub title: String,
    /// Who may read it once it is published.
    pub audience: HelpAudience,
    /// Where its text stands.
    pub extraction_state: ExtractionState,
    /// Why it has no text, as a sentence.
    pub extraction_error: Option<String>,
    /// Whether its audience sees it.
    pub is_published: bool,
    /// Since when.
    pub published_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: HelpDocumentId,
    #[graphql(skip)]
    in_category: Option<GuideCategoryId>,
    #[graphql(skip)]
    in_file: Option<FileId>,
    #[graphql(skip)]
    made_by: Option<UserId>,
}

impl From<ticketing::HelpDocument> for HelpDocument {
    fn from(document: ticketing::HelpDocument) -> Self {
        Self {
            id: document.id.into_id(),
            title: document.title,
            audience: document.audience.into(),
            extraction_state: document.extraction_state.into(),
            extraction_error: document.extraction_error,
            is_published: document.is_published,
            published_at: document.published_at,
            created_at: document.created_at,
            updated_at: document.updated_at,
            key: document.id,
            in_category: document.category_id,
            in_file: document.file_id,
            made_by: document.created_by_id,
        }
    }
}

connection!(HelpDocumentConnection, HelpDocumentEdge, HelpDocument, ticketing::HelpDocument, "help documents");

#[ComplexObject]
impl HelpDocument {
    /// What it is sorted under.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<GuideCategory>> {
        Box::pin(category_of(ctx, self.in_category)).await
    }

    /// Its file; `link` of it is for whoever asks. Null of one that was removed.
    async fn file(&self, ctx: &Context<'_>) -> Result<Option<File>> {
        let (scope, Some(file)) = (scope(ctx), self.in_file) else { return Ok(None) };
        let found = scope.loaders.load_one(file).await?.filter(|file| file.is_there(scope.cx().now));
        Ok(found.map(|file| file.as_ref().into()))
    }

    /// Its tags, by name, as far as the viewer may see tags.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        Box::pin(tags_of(ctx, self.key)).await
    }

    /// What the viewer is writing for it; nobody else sees it.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<Draft>> {
        Box::pin(draft_for(ctx, self.key)).await
    }

    /// What colleagues noted of it, the pinned notes first, then the newest; nothing for anybody else.
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

    /// How often it was opened.
    async fn view_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let views = scope(ctx).loaders.load_one(ViewsOf(HelpThing::Document(self.key))).await?;
        Ok(count(views.unwrap_or_default()))
    }

    /// Who made it; null without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.made_by)).await
    }
}

comparator!(
    /// Comparisons with a help document's audience.
    HelpAudienceComparator of HelpAudience as ticketing::HelpAudience
);

comparator!(
    /// Comparisons with where a help document's text stands.
    ExtractionStateComparator of ExtractionState as ticketing::ExtractionState
);

filter! {
    /// Which help documents. All parts given must hold.
    HelpDocumentFilter of HelpDocuments {
        /// Words in title and text, all of them, in any spelling; the last may be the beginning of one, unless a blank or a quotation
        /// mark follows it. At most 200 characters; a text without a word leaves nothing out.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
        /// What they are sorted under.
        category_id: IdComparator,
        /// Who may read them.
        audience: HelpAudienceComparator,
        /// Where their text stands.
        extraction_state: ExtractionStateComparator,
        /// Whether their audience sees them.
        is_published: bool,
        /// Which tags they have.
        tags: TagsComparator,
    }
    |level, leaves| {
        let backend = leaves.backend();
        leaves.also(level.text.map(|text| help_documents::with_words(backend, &text)));
        leaves.id::<GuideCategoryId>(help_documents::BY_CATEGORY, level.category_id)?;
        leaves.value::<ticketing::HelpAudience>(help_documents::BY_AUDIENCE, level.audience)?;
        leaves.value::<ticketing::ExtractionState>(help_documents::BY_EXTRACTION, level.extraction_state)?;
        leaves.is(help_documents::BY_IS_PUBLISHED, level.is_published);
        leaves.also(tagged(EntityType::HelpDocument, document::Column::Id, level.tags)?);
    }
}

order! {
    "help documents": HelpDocumentOrder, HelpDocumentOrderField of HelpDocuments, ascending {
        /// By title.
        Title,
        /// By when they were last changed.
        UpdatedAt,
    }
}

/// Reading help documents.
#[derive(Default)]
pub struct HelpDocumentQuery;

#[Object]
impl HelpDocumentQuery {
    /// Help documents that the viewer may see, by title unless ordered otherwise.
    async fn help_documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<HelpDocumentFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<HelpDocumentOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<HelpDocumentConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (document::Column::Title, false));
        Ok(list(ctx, "help documents", filter, order, page).await?.into())
    }
}

/// A help document is to be made.
#[derive(Clone, InputObject)]
pub struct CreateHelpDocumentInput {
    /// What it is called, 1–255 characters.
    pub title: String,
    /// The file, that the viewer uploaded: a PDF, a Word document (.docx), a web page, Markdown or plain text, at most 20 MiB.
    pub file_id: ID,
    /// What it is sorted under.
    pub category_id: Option<ID>,
    /// Who may read it once it is published.
    #[graphql(default_with = "HelpAudience::Staff")]
    pub audience: HelpAudience,
    /// Whether it is published at once.
    #[graphql(default = false)]
    pub is_published: bool,
}

/// A help document is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateHelpDocumentInput {
    /// The document.
    pub help_document_id: ID,
    /// What it is called, 1–255 characters.
    pub title: Option<String>,
    /// A file that takes the place of the one it has, which is removed; as when it is made.
    pub file_id: Option<ID>,
    /// What it is sorted under; null for nothing.
    pub category_id: MaybeUndefined<ID>,
    /// Who may read it once it is published.
    pub audience: Option<HelpAudience>,
    /// Whether its audience sees it.
    pub is_published: Option<bool>,
}

/// A help document is to be taken away.
#[derive(Clone, InputObject)]
pub struct RemoveHelpDocumentInput {
    /// The document.
    pub help_document_id: ID,
}

payload! {
    /// What came of making a help document.
    CreateHelpDocumentPayload {
        /// The document. Its text is there in a moment.
        help_document: HelpDocument as ticketing::HelpDocument
    }
    /// What came of changing a help document.
    UpdateHelpDocumentPayload {
        /// The document.
        help_document: HelpDocument as ticketing::HelpDocument
    }
}

/// What came of taking a help document away.
#[derive(SimpleObject)]
pub struct RemoveHelpDocumentPayload {
    /// The id that it had.
    pub removed_id: Option<ID>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Keeping help documents.
#[derive(Default)]
pub struct HelpDocumentMutation;

#[Object]
impl HelpDocumentMutation {
    /// Makes a help document of a file that was uploaded. Its text is taken out of the file in the background; where that cannot be,
    /// `extractionState` and `extractionError` say so.
    #[graphql(directive = requires::apply(Permission::ManageHelp))]
    async fn create_help_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateHelpDocumentInput,
    ) -> Result<CreateHelpDocumentPayload> {
        let cmd = SaveHelpDocument {
            title: Some(input.title),
            category: input.category_id.as_ref().map(|text| id("input.categoryId", text)).transpose()?.map(Some),
            audience: Some(input.audience.into()),
            file: Some(id("input.fileId", &input.file_id)?),
            is_published: Some(input.is_published),
        };
        Ok(write(
            ctx,
            "help_document.create",
            cmd,
            |tx, cx, cmd| async move { create_help_document(&tx, &cx, &cmd).await },
        )
        .await?
        .into())
    }

    /// Changes a help document, gives it another file, publishes it or takes it back.
    #[graphql(directive = requires::apply(Permission::ManageHelp))]
    async fn update_help_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateHelpDocumentInput,
    ) -> Result<UpdateHelpDocumentPayload> {
        let document = id("input.helpDocumentId", &input.help_document_id)?;
        let category = match &input.category_id {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(text) => Some(Some(id("input.categoryId", text)?)),
        };
        let cmd = SaveHelpDocument {
            title: input.title,
            category,
            audience: input.audience.map(Into::into),
            file: input.file_id.as_ref().map(|text| id("input.fileId", text)).transpose()?,
            is_published: input.is_published,
        };
        Ok(write(ctx, "help_document.update", cmd, move |tx, cx, cmd| async move {
            update_help_document(&tx, &cx, document, &cmd).await
        })
        .await?
        .into())
    }

    /// Takes a help document away, with its file.
    #[graphql(directive = requires::apply(Permission::ManageHelp))]
    async fn remove_help_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RemoveHelpDocumentInput,
    ) -> Result<RemoveHelpDocumentPayload> {
        let document: HelpDocumentId = id("input.helpDocumentId", &input.help_document_id)?;
        let (removed, errors) = write(ctx, "help_document.remove", document, |tx, cx, document| async move {
            remove_help_document(&tx, &cx, *document).await
        })
        .await?;
        Ok(RemoveHelpDocumentPayload { removed_id: removed.map(|removed| removed.id.into_id()), errors })
    }
}
