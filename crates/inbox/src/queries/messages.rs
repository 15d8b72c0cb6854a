//! Messages.

use kernel::{
    Conn, Cx, Result,
    id::{MessageId, VisitorId},
    page::{Order, Page, Slice},
    record::{Field, Filter, Nested, Record, list_of},
};
use sea_orm::{Condition, DbBackend, QuerySelect, entity::prelude::*};

use crate::{
    policy::{VIEW_MESSAGES, visible_messages},
    store::message::{Column, Entity, Model as Message},
};

impl Record for Entity {
    type Id = MessageId;
    type Row = Message;
    const WHAT: &'static str = "Message";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_MESSAGES)
    }

    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        visible_messages(cx, backend)
    }
}

/// By status.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By who has it.
pub const BY_ASSIGNEE: Field<Column> = Field::new("assigneeId", &[Column::AssigneeId]);
/// By who wrote it.
pub const BY_VISITOR: Field<Column> = Field::new("visitorId", &[Column::VisitorId]);
/// By when it came.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);
/// By when it was last changed.
pub const BY_UPDATED_AT: Field<Column> = Field::new("updatedAt", &[Column::UpdatedAt]);

/// Whether the long text is wanted; lists that do not show it leave it in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wide {
    /// With the text.
    Content,
    /// With an empty text.
    Omit,
}

fn columns(select: Select<Entity>, wide: Wide) -> Select<Entity> {
    if wide == Wide::Content {
        return select;
    }
    use sea_orm::Iterable;
    Column::iter().fold(select.select_only(), |select, column| match column {
        Column::Content => select.expr_as(Expr::cust("''"), "content"),
        column => select.column(column),
    })
}

/// A page of messages.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_MESSAGES`].
pub async fn messages(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<Entity>,
    order: &Order<Column>,
    page: &Page,
    wide: Wide,
) -> Result<Slice<Message>> {
    list_of(conn, cx, filter, order, page, |select| columns(select, wide)).await
}

/// What one visitor wrote, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessagesOf;

impl Nested for MessagesOf {
    type Parent = VisitorId;
    type Of = Entity;
    const NAME: &'static str = "messages of";
    const PARENT: Column = Column::VisitorId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;
}
