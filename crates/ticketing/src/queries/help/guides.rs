//! Guides.

use kernel::{
    Cx,
    id::{GuideCategoryId, GuideId},
    record::{Field, Nested, Record},
};
use sea_orm::{Condition, DbBackend};

use super::search::holding;
use crate::{
    policy::visible_guides,
    store::help::{
        guide::{Column, Entity, Model as Guide},
        text,
    },
};

impl Record for Entity {
    type Id = GuideId;
    type Row = Guide;
    const WHAT: &'static str = "Guide";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        Some(visible_guides(cx))
    }
}

/// By what they are sorted under.
pub const BY_CATEGORY: Field<Column> = Field::new("categoryId", &[Column::CategoryId]);
/// By what they are.
pub const BY_TYPE: Field<Column> = Field::new("type", &[Column::Type]);
/// By whether everybody sees them.
pub const BY_IS_PUBLISHED: Field<Column> = Field::new("isPublished", &[Column::IsPublished]);

/// Those whose title or text holds the words of a text.
pub fn with_words(backend: DbBackend, words: &str) -> Condition {
    holding(backend, words, text::Column::GuideId, Column::Id)
}

/// The guides of a category, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GuidesOf;

impl Nested for GuidesOf {
    type Parent = GuideCategoryId;
    type Of = Entity;
    const NAME: &'static str = "guides of a category";
    const PARENT: Column = Column::CategoryId;
    const ORDER: Column = Column::DisplayOrder;
}
