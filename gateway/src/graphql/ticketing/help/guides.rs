//! Guides.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::EntityType;
use kernel::{
    id::{GuideCategoryId, GuideId, UserId},
    page::PageArgs,
};
use ticketing::{
    Filling, HelpThing, SaveGuide, create_guide, entities::guide, guides, publish_guide, records::Guides, update_guide,
};

use super::{
    categories::{GuideCategory, category_of},
    count,
};
use crate::{
    comparator, connection, filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::{IdComparator, OrderDirection},
        identity::{IntoId, Permission, User, cleared, user},
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

/// What a guide is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::GuideType")]
pub enum GuideType {
    /// Steps that were recorded with Scribehow.
    Scribehow,
    /// A text with pictures.
    Html,
    /// A film.
    Video,
}

/// Something that explains how a thing is done. Published under a category in use everybody sees it; who may see drafts sees all.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Guide {
    /// Its id, `gui_…`.
    pub id: ID,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// What it is; it says which of `content`, `scribehowUrl` and `videoUrl` it has.
    pub r#type: GuideType,
    /// HTML in which nothing can run: to be put into a page as it is.
    pub content: Option<String>,
    /// Where its steps are, at scribehow.com.
    pub scribehow_url: Option<String>,
    /// Where its film is, at YouTube, Vimeo or Loom.
    pub video_url: Option<String>,
    /// Whether everybody sees it.
    pub is_published: bool,
    /// Since when.
    pub published_at: Option<DateTime<Utc>>,
    /// Where it stands among the others of its category, the smallest first.
    pub display_order: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: GuideId,
    #[graphql(skip)]
    in_category: GuideCategoryId,
    #[graphql(skip)]
    made_by: Option<UserId>,
}

impl From<ticketing::Guide> for Guide {
    fn from(guide: ticketing::Guide) -> Self {
        Self {
            id: guide.id.into_id(),
            title: guide.title,
            description: guide.description,
            r#type: guide.r#type.into(),
            content: guide.content,
            scribehow_url: guide.scribehow_url,
            video_url: guide.video_url,
            is_published: guide.is_published,
            published_at: guide.published_at,
            display_order: guide.display_order,
            created_at: guide.created_at,
            updated_at: guide.updated_at,
            key: guide.id,
            in_category: guide.category_id,
            made_by: guide.created_by_id,
        }
    }
}

connection!(GuideConnection, GuideEdge, Guide, ticketing::Guide, "guides");

#[ComplexObject]
impl Guide {
    /// What it is sorted under.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<GuideCategory>> {
        Box::pin(category_of(ctx, Some(self.in_category))).await
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
        let views = scope(ctx).loaders.load_one(ViewsOf(HelpThing::Guide(self.key))).await?;
        Ok(count(views.unwrap_or_default()))
    }

    /// Who made it; null without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.made_by)).await
    }
}

comparator!(
    /// Comparisons with a guide's type.
    GuideTypeComparator of GuideType as ticketing::GuideType
);

filter! {
    /// Which guides. All parts given must hold.
    GuideFilter of Guides {
        /// Words in title, description and text, all of them, in any spelling; the last may be the beginning of one, unless a blank
        /// or a quotation mark follows it. At most 200 characters; a text without a word leaves nothing out.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
        /// What they are sorted under.
        category_id: IdComparator,
        /// What they are.
        r#type: GuideTypeComparator,
        /// Whether everybody sees them.
        is_published: bool,
        /// Which tags they have.
        tags: TagsComparator,
    }
    |level, leaves| {
        let backend = leaves.backend();
        leaves.also(level.text.map(|text| guides::with_words(backend, &text)));
        leaves.id::<GuideCategoryId>(guides::BY_CATEGORY, level.category_id)?;
        leaves.value::<ticketing::GuideType>(guides::BY_TYPE, level.r#type)?;
        leaves.is(guides::BY_IS_PUBLISHED, level.is_published);
        leaves.also(tagged(EntityType::Guide, guide::Column::Id, level.tags)?);
    }
}

order! {
    "guides": GuideOrder, GuideOrderField of Guides, ascending {
        /// By where they stand.
        DisplayOrder,
        /// By title.
        Title,
        /// By when they were last changed.
        UpdatedAt,
    }
}

/// Reading guides.
#[derive(Default)]
pub struct GuideQuery;

#[Object]
impl GuideQuery {
    /// Guides that the viewer may see, in their order unless ordered otherwise.
    async fn guides(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<GuideFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<GuideOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<GuideConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (guide::Column::DisplayOrder, false));
        Ok(list(ctx, "guides", filter, order, page).await?.into())
    }
}

/// A guide is to be made.
#[derive(Clone, InputObject)]
pub struct CreateGuideInput {
    /// What it is called, 1–255 characters.
    pub title: String,
    /// What it is about, at most 2,000 characters.
    pub description: Option<String>,
    /// What it is sorted under.
    pub category_id: ID,
    /// What it is.
    pub r#type: GuideType,
    /// Of HTML: the text, at most 100,000 characters. What could run is left out.
    pub content: Option<String>,
    /// Of Scribehow: an address at scribehow.com, by https.
    pub scribehow_url: Option<String>,
    /// Of a film: an address at YouTube, Vimeo or Loom, by https.
    pub video_url: Option<String>,
    /// Where it stands among the others of its category, the smallest first.
    #[graphql(default = 0)]
    pub display_order: i32,
}

/// A guide is to be changed. What is absent stays; with another type what it held is left out.
#[derive(Clone, InputObject)]
pub struct UpdateGuideInput {
    /// The guide.
    pub guide_id: ID,
    /// What it is called, 1–255 characters.
    pub title: Option<String>,
    /// What it is about, at most 2,000 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// What it is sorted under.
    pub category_id: Option<ID>,
    /// What it is.
    pub r#type: Option<GuideType>,
    /// Of HTML: the text, at most 100,000 characters. What could run is left out.
    pub content: Option<String>,
    /// Of Scribehow: an address at scribehow.com, by https.
    pub scribehow_url: Option<String>,
    /// Of a film: an address at YouTube, Vimeo or Loom, by https.
    pub video_url: Option<String>,
    /// Where it stands among the others of its category, the smallest first.
    pub display_order: Option<i32>,
}

/// A guide is to be published, or taken back.
#[derive(Clone, InputObject)]
pub struct PublishGuideInput {
    /// The guide.
    pub guide_id: ID,
}

payload! {
    /// What came of making a guide.
    CreateGuidePayload {
        /// The guide, a draft.
        guide: Guide as ticketing::Guide
    }
    /// What came of changing a guide.
    UpdateGuidePayload {
        /// The guide.
        guide: Guide as ticketing::Guide
    }
    /// What came of publishing a guide, or of taking it back.
    PublishGuidePayload {
        /// The guide.
        guide: Guide as ticketing::Guide
    }
}

/// Keeping guides.
#[derive(Default)]
pub struct GuideMutation;

#[Object]
impl GuideMutation {
    /// Makes a guide, as a draft.
    #[graphql(directive = requires::apply(Permission::ManageHelp))]
    async fn create_guide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateGuideInput,
    ) -> Result<CreateGuidePayload> {
        let cmd = SaveGuide {
            title: Some(input.title),
            description: input.description,
            category: Some(id("input.categoryId", &input.category_id)?),
            filling: Filling {
                r#type: Some(input.r#type.into()),
                content: input.content,
                scribehow_url: input.scribehow_url,
                video_url: input.video_url,
            },
            display_order: Some(input.display_order),
        };
        Ok(write(ctx, "guide.create", cmd, |tx, cx, cmd| async move { create_guide(&tx, &cx, &cmd).await })
            .await?
            .into())
    }

    /// Changes a guide; one that is published stays so.
    #[graphql(directive = requires::apply(Permission::ManageHelp))]
    async fn update_guide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateGuideInput,
    ) -> Result<UpdateGuidePayload> {
        let guide = id("input.guideId", &input.guide_id)?;
        let cmd = SaveGuide {
            title: input.title,
            description: cleared(input.description),
            category: input.category_id.as_ref().map(|text| id("input.categoryId", text)).transpose()?,
            filling: Filling {
                r#type: input.r#type.map(Into::into),
                content: input.content,
                scribehow_url: input.scribehow_url,
                video_url: input.video_url,
            },
            display_order: input.display_order,
        };
        Ok(write(ctx, "guide.update", cmd, move |tx, cx, cmd| async move { update_guide(&tx, &cx, guide, &cmd).await })
            .await?
            .into())
    }

    /// Shows a guide to everybody.
    #[graphql(directive = requires::apply(Permission::ManageHelp))]
    async fn publish_guide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: PublishGuideInput,
    ) -> Result<PublishGuidePayload> {
        let guide = id("input.guideId", &input.guide_id)?;
        Ok(write(
            ctx,
            "guide.publish",
            guide,
            |tx, cx, guide| async move { publish_guide(&tx, &cx, *guide, true).await },
        )
        .await?
        .into())
    }

    /// Makes a guide a draft again.
    #[graphql(directive = requires::apply(Permission::ManageHelp))]
    async fn unpublish_guide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: PublishGuideInput,
    ) -> Result<PublishGuidePayload> {
        let guide = id("input.guideId", &input.guide_id)?;
        Ok(write(
            ctx,
            "guide.unpublish",
            guide,
            |tx, cx, guide| async move { publish_guide(&tx, &cx, *guide, false).await },
        )
        .await?
        .into())
    }
}
