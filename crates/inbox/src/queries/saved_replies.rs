//! Saved replies: who sees which, and what they are found by.

use kernel::{
    Cx,
    id::SavedReplyId,
    record::{Field, Record, Unique},
};
use sea_orm::{Condition, DbBackend, entity::prelude::*};

use crate::{
    policy::sees_saved_replies,
    store::saved_reply::{Column, Entity, Model as SavedReply},
};

/// What is said of a shortcut that cannot be had.
pub(crate) const TAKEN: &str = "another reply that you or a colleague can see has this shortcut";

impl Record for Entity {
    type Id = SavedReplyId;
    type Row = SavedReply;
    const WHAT: &'static str = "SavedReply";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::ShortcutFolded, field: "shortcut", taken: TAKEN }];

    /// Those of all, and the actor's own.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        if !sees_saved_replies(cx) {
            return None;
        }
        let any = Condition::any().add(Column::IsGlobal.eq(true));
        Some(match cx.staff_id() {
            Some(own) => any.add(Column::CreatedBy.eq(own)),
            None => any,
        })
    }
}

/// By a part of the title, text or shortcut.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::Title, Column::Content, Column::Shortcut]);
/// By what they are sorted under.
pub const BY_CATEGORY: Field<Column> = Field::new("category", &[Column::Category]);
/// By what is typed for them, in the form in which names are compared.
pub const BY_SHORTCUT: Field<Column> = Field::new("shortcut", &[Column::ShortcutFolded]);
/// By whether all see them.
pub const BY_IS_GLOBAL: Field<Column> = Field::new("isGlobal", &[Column::IsGlobal]);
/// By whether they are out of use.
pub const BY_ARCHIVED: Field<Column> = Field::new("isArchived", &[Column::ArchivedAt]);
