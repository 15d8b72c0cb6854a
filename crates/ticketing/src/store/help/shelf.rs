//! [`HelpShelf`] on the tables.

use kernel::{
    Cx, Result, Tx,
    db::search,
    files::{self, File, Owner},
    id::{FileId, GuideCategoryId, GuideId, HelpDocumentId},
};
use sea_orm::{
    ActiveValue::Set,
    QuerySelect,
    entity::prelude::*,
    sea_query::{LockType, OnConflict},
};

use super::{
    category,
    document::{self, ExtractionState},
    text, view,
};
use crate::{domain::help::thing::HelpThing, ports::help::HelpShelf};

/// The most that the words of a text may take: a `tsvector` holds no more than a mebibyte.
const WORDS: usize = 900_000;

impl HelpShelf for Tx {
    async fn has_category(&self, id: GuideCategoryId) -> Result<bool> {
        let found = category::Entity::find_by_id(id).lock(LockType::KeyShare).one(self.conn()).await?;
        Ok(found.is_some())
    }

    async fn index(&self, thing: HelpThing, title: &str, text: Option<&str>) -> Result<()> {
        let stored = text::Entity::find_by_id(thing.uuid()).one(self.conn()).await?;
        let body = text.or(stored.as_ref().map(|stored| stored.text.as_str())).unwrap_or_default();
        let words = [title, bounded(body)];
        if stored.is_none() {
            let row = text::ActiveModel {
                id: Set(thing.uuid()),
                guide_id: Set(thing.guide()),
                document_id: Set(thing.document()),
                title: Set(title.to_owned()),
                text: Set(body.to_owned()),
            };
            return search::insert(self.conn(), row, words).await;
        }
        text::Entity::update_many()
            .col_expr(text::Column::Title, Expr::value(title))
            .col_expr(text::Column::Text, Expr::value(body))
            .filter(text::Column::Id.eq(thing.uuid()))
            .exec(self.conn())
            .await?;
        match thing {
            HelpThing::Guide(id) => search::index_one::<text::Entity>(self.conn(), id, words).await,
            HelpThing::Document(id) => search::index_one::<text::Entity>(self.conn(), id, words).await,
        }
    }

    async fn forget(&self, thing: HelpThing) -> Result<()> {
        text::Entity::delete_by_id(thing.uuid()).exec(self.conn()).await?;
        view::Entity::delete_many().filter(view::Column::ThingId.eq(thing.uuid())).exec(self.conn()).await?;
        Ok(())
    }

    async fn count_view(&self, thing: HelpThing, part: i32) -> Result<()> {
        let row = view::ActiveModel { thing_id: Set(thing.uuid()), part: Set(part), count: Set(1) };
        let more = Expr::cust(r#""help_views"."count" + "excluded"."count""#);
        view::Entity::insert(row)
            .on_conflict(
                OnConflict::columns([view::Column::ThingId, view::Column::Part])
                    .value(view::Column::Count, more)
                    .to_owned(),
            )
            .exec_without_returning(self.conn())
            .await?;
        Ok(())
    }

    async fn keep_file(&self, cx: &Cx, id: FileId, of: HelpDocumentId) -> Result<File> {
        files::keep(self, cx, "fileId", id, Owner::of(of)).await
    }

    async fn give_up_file(&self, cx: &Cx, id: FileId) -> Result<()> {
        files::remove(self, cx, id).await.map(drop)
    }

    async fn waiting(&self, id: HelpDocumentId, file: FileId) -> Result<Option<document::Model>> {
        let waiting = document::Entity::find_by_id(id)
            .filter(document::Column::FileId.eq(file))
            .filter(document::Column::ExtractionState.eq(ExtractionState::Pending));
        Ok(waiting.lock(LockType::NoKeyUpdate).one(self.conn()).await?)
    }
}

/// As much of a text as has words enough: of any that somebody wrote, all.
fn bounded(text: &str) -> &str {
    let mut text = text;
    while search::stored_words([text]).len() > WORDS {
        let mut end = text.len() / 4 * 3;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text = &text[..end];
    }
    text
}

impl HelpThing {
    fn guide(self) -> Option<GuideId> {
        if let Self::Guide(id) = self { Some(id) } else { None }
    }

    fn document(self) -> Option<HelpDocumentId> {
        if let Self::Document(id) = self { Some(id) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_never_take_more_than_a_row_may_hold() {
        let all: String = (0..200_000_u32).filter_map(|n| char::from_u32(0x20000 + n % 40_000)).collect();
        let dense = bounded(&all);
        assert!(dense.len() < all.len() || search::stored_words([all.as_str()]).len() <= WORDS);
        let prose = "A kettle boils. ".repeat(10_000);
        assert_eq!(bounded(&prose), prose);
    }
}
