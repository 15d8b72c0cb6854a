//! Categories of the help centre.

use async_graphql::{ComplexObject, Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{id::GuideCategoryId, page::PageArgs};
use ticketing::{
    DocumentsOf, GuidesOf, SaveGuideCategory, create_guide_category, entities::category, guide_categories,
    records::GuideCategories, update_guide_category,
};

use super::{documents::HelpDocumentConnection, guides::GuideConnection};
use crate::{
    connection, filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::OrderDirection,
        identity::{IntoId, Permission, cleared},
        loaders::By,
        records::{list, nested, ordered, write},
        scalars::id,
        scope::scope,
    },
    order, payload,
};

/// What guides and help documents are sorted under. Those in use everybody sees.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct GuideCategory {
    /// Its id, `gct_…`.
    pub id: ID,
    /// Its name, unique.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// Where it stands among the others, the smallest first.
    pub display_order: i32,
    /// Whether it is in use: of one that is not, nothing is shown to whoever may not keep it.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: GuideCategoryId,
}

impl From<ticketing::GuideCategory> for GuideCategory {
    fn from(category: ticketing::GuideCategory) -> Self {
        Self {
            id: category.id.into_id(),
            name: category.name,
            description: category.description,
            display_order: category.display_order,
            is_active: category.is_active,
            created_at: category.created_at,
            updated_at: category.updated_at,
            key: category.id,
        }
    }
}

connection!(
    GuideCategoryConnection,
    GuideCategoryEdge,
    GuideCategory,
    ticketing::GuideCategory,
    "categories of the help centre"
);

#[ComplexObject]
impl GuideCategory {
    /// Its guides that the viewer may see, in their order.
    async fn guides(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<GuideConnection> {
        Ok(nested(ctx, GuidesOf, self.key, PageArgs { first, after, last, before }).await?.into())
    }

    /// Its help documents that the viewer may see, by title.
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<HelpDocumentConnection> {
        Ok(nested(ctx, DocumentsOf, self.key, PageArgs { first, after, last, before }).await?.into())
    }
}

/// A category by its id; `None` where there is none that the viewer may see.
pub async fn category_of(ctx: &Context<'_>, id: Option<GuideCategoryId>) -> Result<Option<GuideCategory>> {
    let Some(id) = id else { return Ok(None) };
    let found = scope(ctx).loaders.load_one(By::<GuideCategories>(id)).await?;
    Ok(found.map(|found| found.as_ref().clone().into()))
}

filter! {
    /// Which categories. All parts given must hold.
    GuideCategoryFilter of GuideCategories {
        /// Part of their name or description, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
        /// Whether they are in use.
        is_active: bool,
    }
    |level, leaves| {
        leaves.text(guide_categories::BY_TEXT, level.text);
        leaves.is(guide_categories::BY_IS_ACTIVE, level.is_active);
    }
}

order! {
    "categories of the help centre": GuideCategoryOrder, GuideCategoryOrderField of GuideCategories, ascending {
        /// By where they stand.
        DisplayOrder,
        /// By name.
        Name,
        /// By when they were last changed.
        UpdatedAt,
    }
}

/// Reading categories.
#[derive(Default)]
pub struct GuideCategoryQuery;

#[Object]
impl GuideCategoryQuery {
    /// Categories of the help centre, in their order unless ordered otherwise: those in use, and all of them to whoever may see
    /// drafts.
    async fn guide_categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<GuideCategoryFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<GuideCategoryOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<GuideCategoryConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (category::Column::DisplayOrder, false));
        Ok(list(ctx, "categories of the help centre", filter, order, page).await?.into())
    }
}

/// A category is to be made.
#[derive(Clone, InputObject)]
pub struct CreateGuideCategoryInput {
    /// Its name, 1–200 characters, unique.
    pub name: String,
    /// What it is about, at most 2,000 characters.
    pub description: Option<String>,
    /// Where it stands among the others, the smallest first.
    #[graphql(default = 0)]
    pub display_order: i32,
}

/// A category is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateGuideCategoryInput {
    /// The category.
    pub guide_category_id: ID,
    /// Its name, 1–200 characters, unique.
    pub name: Option<String>,
    /// What it is about, at most 2,000 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// Where it stands among the others, the smallest first.
    pub display_order: Option<i32>,
    /// Whether it is in use.
    pub is_active: Option<bool>,
}

payload! {
    /// What came of making a category.
    CreateGuideCategoryPayload {
        /// The category.
        guide_category: GuideCategory as ticketing::GuideCategory
    }
    /// What came of changing a category.
    UpdateGuideCategoryPayload {
        /// The category.
        guide_category: GuideCategory as ticketing::GuideCategory
    }
}

/// Keeping categories.
#[derive(Default)]
pub struct GuideCategoryMutation;

#[Object]
impl GuideCategoryMutation {
    /// Makes a category of the help centre.
    #[graphql(directive = requires::apply(Permission::ManageHelp))]
    async fn create_guide_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateGuideCategoryInput,
    ) -> Result<CreateGuideCategoryPayload> {
        let cmd = SaveGuideCategory {
            name: Some(input.name),
            description: input.description,
            display_order: Some(input.display_order),
            is_active: None,
        };
        Ok(write(ctx, "guide_category.create", cmd, |tx, cx, cmd| async move {
            create_guide_category(&tx, &cx, &cmd).await
        })
        .await?
        .into())
    }

    /// Changes a category of the help centre. None is deleted; one that is not to be shown any more is taken out of use.
    #[graphql(directive = requires::apply(Permission::ManageHelp))]
    async fn update_guide_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateGuideCategoryInput,
    ) -> Result<UpdateGuideCategoryPayload> {
        let category = id("input.guideCategoryId", &input.guide_category_id)?;
        let cmd = SaveGuideCategory {
            name: input.name,
            description: cleared(input.description),
            display_order: input.display_order,
            is_active: input.is_active,
        };
        Ok(write(ctx, "guide_category.update", cmd, move |tx, cx, cmd| async move {
            update_guide_category(&tx, &cx, category, &cmd).await
        })
        .await?
        .into())
    }
}
