//! Documents.

use kernel::{
    Conn, Cx, Result,
    files::File,
    id::{FileId, GuideCategoryId, HelpDocumentId},
    record::{Field, Nested, Record},
};
use sea_orm::{Condition, DbBackend, entity::prelude::*};

use super::search::holding;
use crate::{
    policy::visible_documents,
    store::help::{
        document::{Column, Entity, ExtractionState, Model as HelpDocument},
        text,
    },
};

impl Record for Entity {
    type Id = HelpDocumentId;
    type Row = HelpDocument;
    const WHAT: &'static str = "HelpDocument";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        Some(visible_documents(cx))
    }
}

/// By what they are sorted under.
pub const BY_CATEGORY: Field<Column> = Field::new("categoryId", &[Column::CategoryId]);
/// By who may read them.
pub const BY_AUDIENCE: Field<Column> = Field::new("audience", &[Column::Audience]);
/// By where their text stands.
pub const BY_EXTRACTION: Field<Column> = Field::new("extractionState", &[Column::ExtractionState]);
/// By whether their audience sees them.
pub const BY_IS_PUBLISHED: Field<Column> = Field::new("isPublished", &[Column::IsPublished]);

/// Those whose title or text holds the words of a text.
pub fn with_words(backend: DbBackend, words: &str) -> Condition {
    holding(backend, words, text::Column::DocumentId, Column::Id)
}

/// The documents of a category, by title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentsOf;

impl Nested for DocumentsOf {
    type Parent = GuideCategoryId;
    type Of = Entity;
    const NAME: &'static str = "documents of a category";
    const PARENT: Column = Column::CategoryId;
    const ORDER: Column = Column::Title;
}

/// The file of a document whose text is to be taken out of it; `None` where that was done, or it has another file by now.
pub(crate) async fn file_to_read(conn: &Conn, id: HelpDocumentId, file: FileId) -> Result<Option<File>> {
    let waiting = Entity::find_by_id(id)
        .filter(Column::FileId.eq(file))
        .filter(Column::ExtractionState.eq(ExtractionState::Pending));
    if waiting.one(conn).await?.is_none() {
        return Ok(None);
    }
    Ok(kernel::files::by_ids(conn, &[file]).await?.remove(&file))
}
