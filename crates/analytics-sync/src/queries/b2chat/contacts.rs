//! Contacts as those see them who may.

use kernel::{
    Cx, Result,
    id::B2chatContactId,
    record::{Field, Record},
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    policy::{VIEW_B2CHAT, sees_b2chat},
    store::b2chat::contact::{Column, Entity, Model as B2chatContact},
};

impl Record for Entity {
    type Id = B2chatContactId;
    type Row = B2chatContact;
    const WHAT: &'static str = "B2ChatContact";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_B2CHAT)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(Condition::all)
    }
}

/// By when they were first told of.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);

/// By when they last changed.
pub const BY_UPDATED_AT: Field<Column> = Field::new("updatedAt", &[Column::UpdatedAt]);

/// By what B2Chat knows them as.
pub const BY_B2CHAT_ID: Field<Column> = Field::new("b2chatId", &[Column::B2chatId]);

/// By their address.
pub const BY_EMAIL: Field<Column> = Field::new("email", &[Column::Email]);

/// By their mobile telephone.
pub const BY_MOBILE: Field<Column> = Field::new("mobile", &[Column::Mobile]);

/// By their landline.
pub const BY_PHONE_NUMBER: Field<Column> = Field::new("phoneNumber", &[Column::PhoneNumber]);

/// Those that count as deleted, or those that do not.
pub fn is_deleted(deleted: bool) -> Condition {
    // Nearly all do not: no index is to be asked for those.
    let column = Expr::col(Column::IsDeleted.as_column_ref());
    Condition::all().add(if deleted { column.eq(true) } else { column.not() })
}
