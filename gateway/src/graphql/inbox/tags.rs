//! Tags, and what has which.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{
    CreateTag, EntityType, MergeTags, TagEntity, Tagged, UpdateTag, create_tag, entities, merge_tags, records::Tags,
    tags, update_tag,
};
use kernel::{
    Error, ProblemCode,
    id::{TagId, UserId},
    page::PageArgs,
};
use sea_orm::{ColumnTrait, Condition};

use crate::{
    connection, filter,
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        filters::OrderDirection,
        identity::{IntoId, Permission, User, user},
        loaders::{By, TagsOf},
        records::{list, ordered, write},
        scalars::id,
        scope::scope,
        ticketing::tickets::several::retag,
    },
    order, payload,
};

/// A word that messages, chats, consultations and tickets are found by. Anybody who sees one of those sees the tags.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Tag {
    /// Its id, `tag_…`.
    pub id: ID,
    /// Its name.
    pub name: String,
    /// Its colour, `#rrggbb`.
    pub color: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    created_by: Option<UserId>,
}

impl From<inbox::Tag> for Tag {
    fn from(tag: inbox::Tag) -> Self {
        Self {
            id: tag.id.into_id(),
            name: tag.name,
            color: tag.color,
            created_at: tag.created_at,
            updated_at: tag.updated_at,
            created_by: tag.created_by,
        }
    }
}

connection!(TagConnection, TagEdge, Tag, inbox::Tag, "tags");

#[ComplexObject]
impl Tag {
    /// Who made it; null without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.created_by)).await
    }
}

/// The tags of a thing, by name, for the field `tags` of its type.
pub async fn tags_of(ctx: &Context<'_>, thing: impl Into<inbox::Entity>) -> Result<Vec<Tag>> {
    let found = scope(ctx).loaders.load_one(TagsOf(thing.into())).await?;
    Ok(found.iter().flat_map(|tags| tags.iter().cloned()).map(Into::into).collect())
}

filter! {
    /// Which tags. All parts given must hold.
    TagFilter of Tags {
        /// Part of their name, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| { leaves.text(tags::BY_TEXT, level.text); }
}

order! {
    "tags": TagOrder, TagOrderField of Tags, ascending {
        /// By name.
        Name,
        /// By when they were made.
        CreatedAt,
    }
}

/// Which tags things are to have, at most 20 in each list. All parts given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct TagsComparator {
    /// At least one of these; an empty list is none.
    pub any: Option<Vec<ID>>,
    /// Each of these.
    pub all: Option<Vec<ID>>,
    /// None of these.
    pub none: Option<Vec<ID>>,
}

/// The comparison of a list of things of one kind with their tags, by the column of their ids: one line of their filter.
pub fn tagged(
    kind: EntityType,
    column: impl ColumnTrait,
    by: Option<TagsComparator>,
) -> kernel::Result<Option<Condition>> {
    const MOST: usize = 20;
    let Some(TagsComparator { any, all, none }) = by else { return Ok(None) };
    let read = |name: &str, ids: Option<Vec<ID>>| {
        let field = format!("filter.tags.{name}");
        if ids.as_ref().is_some_and(|ids| ids.len() > MOST) {
            return Err(Error::invalid(&field, ProblemCode::TooLong, format!("may hold at most {MOST} tags")));
        }
        ids.map(|ids| ids.iter().map(|tag| id::<TagId>(&field, tag)).collect()).transpose()
    };
    let tagged = Tagged { any: read("any", any)?, all: read("all", all)?, none: read("none", none)? };
    Ok(Some(tagged.condition(kind, column)))
}

/// Reading tags.
#[derive(Default)]
pub struct TagQuery;

#[Object]
impl TagQuery {
    /// A tag; null where there is none that the viewer may see.
    #[graphql(name = "tag")]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`tag_…`")] id: ID) -> Result<Option<Tag>> {
        let id = crate::graphql::scalars::id("id", &id)?;
        scope(ctx).cx().user()?;
        Ok(scope(ctx).loaders.load_one(By::<Tags>(id)).await?.map(|tag| tag.as_ref().clone().into()))
    }

    /// Tags, by name unless ordered otherwise.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<TagFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<TagOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<TagConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (entities::tag::Column::Name, false));
        Ok(list(ctx, "tags", filter, order, page).await?.into())
    }
}

/// A tag is to be made.
#[derive(Clone, InputObject)]
pub struct CreateTagInput {
    /// Its name, 1–100 characters, unique whatever its case.
    pub name: String,
    /// Its colour, `#rrggbb`.
    pub color: String,
}

/// A tag is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateTagInput {
    /// The tag.
    pub tag_id: ID,
    /// Its name, 1–100 characters, unique whatever its case.
    pub name: Option<String>,
    /// Its colour, `#rrggbb`.
    pub color: Option<String>,
}

/// A tag is to become a part of another.
#[derive(Clone, InputObject)]
pub struct MergeTagsInput {
    /// The tag that is none any more then.
    pub from_id: ID,
    /// The tag that all its things have then.
    pub into_id: ID,
}

payload! {
    /// What came of making a tag.
    CreateTagPayload {
        /// The tag.
        tag: Tag as inbox::Tag
    }
    /// What came of changing a tag.
    UpdateTagPayload {
        /// The tag.
        tag: Tag as inbox::Tag
    }
    /// What came of merging two tags.
    MergeTagsPayload {
        /// The tag that is left.
        tag: Tag as inbox::Tag
    }
}

/// Tags that a thing is to get, or to lose.
#[derive(Clone, InputObject)]
pub struct TagsInput {
    /// The thing: a message, `msg_…`, a chat, `cht_…`, a consultation, `con_…`, a conversation, `cnv_…`, a ticket, `tkt_…`, a
    /// lead, `led_…`, a guide, `gui_…`, or a help document, `hlp_…`.
    pub entity_id: ID,
    /// The tags, at most 50.
    pub tag_ids: Vec<ID>,
}

impl TagsInput {
    fn read(&self) -> kernel::Result<TagEntity> {
        let tags = self.tag_ids.iter().map(|tag| id("input.tagIds", tag)).collect::<kernel::Result<_>>()?;
        Ok(TagEntity { entity: inbox::kinds::entity("input.entityId", &self.entity_id)?, tags })
    }
}

/// What came of tagging a thing, or of taking tags from it.
#[derive(SimpleObject)]
pub struct TagsPayload {
    /// All tags that it has now, by name.
    pub tags: Option<Vec<Tag>>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

impl From<(Option<Vec<inbox::Tag>>, Vec<UserError>)> for TagsPayload {
    fn from((tags, errors): (Option<Vec<inbox::Tag>>, Vec<UserError>)) -> Self {
        Self { tags: tags.map(|tags| tags.into_iter().map(Into::into).collect()), errors }
    }
}

/// Keeping tags, and tagging.
#[derive(Default)]
pub struct TagMutation;

#[Object]
impl TagMutation {
    /// Makes a tag.
    #[graphql(directive = requires::apply(Permission::ManageTags))]
    async fn create_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateTagInput,
    ) -> Result<CreateTagPayload> {
        let cmd = CreateTag { name: input.name, color: input.color };
        Ok(write(ctx, "tag.create", cmd, |tx, cx, cmd| async move { create_tag(&tx, &cx, &cmd).await }).await?.into())
    }

    /// Gives a tag another name or colour; whatever has it keeps it.
    #[graphql(directive = requires::apply(Permission::ManageTags))]
    async fn update_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateTagInput,
    ) -> Result<UpdateTagPayload> {
        let cmd = UpdateTag { id: id("input.tagId", &input.tag_id)?, name: input.name, color: input.color };
        Ok(write(ctx, "tag.update", cmd, |tx, cx, cmd| async move { update_tag(&tx, &cx, &cmd).await }).await?.into())
    }

    /// Makes a tag a part of another: whatever has it has the other then, once. None is deleted otherwise.
    #[graphql(directive = requires::apply(Permission::ManageTags))]
    async fn merge_tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: MergeTagsInput,
    ) -> Result<MergeTagsPayload> {
        let cmd = MergeTags { from: id("input.fromId", &input.from_id)?, into: id("input.intoId", &input.into_id)? };
        Ok(write(ctx, "tag.merge", cmd, |tx, cx, cmd| async move { merge_tags(&tx, &cx, &cmd).await }).await?.into())
    }

    /// Gives a thing tags that it has not yet. Takes the permission to work on the thing: of a message MANAGE_MESSAGES.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn add_tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: TagsInput,
    ) -> Result<TagsPayload> {
        let cmd = input.read()?;
        Ok(write(ctx, "tags.add", cmd, |tx, cx, cmd| async move { retag(&tx, &cx, &cmd, true).await }).await?.into())
    }

    /// Takes tags from a thing. Takes the permission to work on the thing: of a message MANAGE_MESSAGES.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn remove_tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: TagsInput,
    ) -> Result<TagsPayload> {
        let cmd = input.read()?;
        Ok(write(ctx, "tags.remove", cmd, |tx, cx, cmd| async move { retag(&tx, &cx, &cmd, false).await })
            .await?
            .into())
    }
}
