//! Messages.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    db::{Below, any_of, text_match},
    filter::{Criteria, Filter, IdComparator, TimeComparator, ValueComparator},
    id::{MessageId, StaffId, VisitorId},
    page::{Order, Page, Place, Slice},
    visibility::Work,
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect,
    entity::prelude::*, sea_query::ExprTrait,
};

use crate::{
    limits,
    policy::{VIEW_MESSAGES, sees_messages, visible_messages},
    store::message::{Column, Entity, MessageStatus, Model as Message},
};

/// What messages can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct MessageCriteria {
    /// By status.
    pub status: Option<ValueComparator<MessageStatus>>,
    /// By who has it.
    pub assignee_id: Option<IdComparator<StaffId>>,
    /// By who wrote it.
    pub visitor_id: Option<IdComparator<VisitorId>>,
    /// By when it came.
    pub created_at: Option<TimeComparator>,
    /// By when it was last changed.
    pub updated_at: Option<TimeComparator>,
    /// By words in name, address, company, service and text.
    pub text: Option<String>,
}

impl Criteria for MessageCriteria {
    fn conditions(&self, backend: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        if let Some(status) = &self.status {
            all.extend(status.conditions("status", Column::Status)?);
        }
        if let Some(assignee) = &self.assignee_id {
            all.extend(assignee.conditions(backend, "assigneeId", Column::AssigneeId)?);
        }
        if let Some(visitor) = &self.visitor_id {
            all.extend(visitor.conditions(backend, "visitorId", Column::VisitorId)?);
        }
        if let Some(at) = &self.created_at {
            all.extend(at.conditions(Column::CreatedAt));
        }
        if let Some(at) = &self.updated_at {
            all.extend(at.conditions(Column::UpdatedAt));
        }
        if let Some(text) = &self.text {
            if text.chars().count() > limits::SEARCH {
                return Err(Error::invalid(
                    "filter.text",
                    ProblemCode::TooLong,
                    format!("must have at most {} characters", limits::SEARCH),
                ));
            }
            all.push(Condition::all().add(text_match(backend, "messages", text).unwrap_or_else(|| Expr::val(1).eq(0))));
        }
        Ok(all)
    }
}

/// What messages can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageField {
    /// By when they came.
    CreatedAt,
    /// By when they were last changed.
    UpdatedAt,
}

/// An order of messages.
#[derive(Debug, Clone, Copy)]
pub struct MessageOrder {
    /// By what.
    pub field: MessageField,
    /// Newest first.
    pub descending: bool,
}

impl MessageOrder {
    fn column(self) -> Column {
        match self.field {
            MessageField::CreatedAt => Column::CreatedAt,
            MessageField::UpdatedAt => Column::UpdatedAt,
        }
    }

    /// Where a row stands in this order.
    pub fn place(orders: &[Self], message: &Message) -> Place {
        let key = |order: &Self| match order.field {
            MessageField::CreatedAt => message.created_at.into(),
            MessageField::UpdatedAt => message.updated_at.into(),
        };
        Place { keys: orders.iter().map(key).collect(), id: message.id.0 }
    }
}

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
    let narrow = Column::iter().filter(|column| !matches!(column, Column::Content));
    select.select_only().columns(narrow).column_as(Expr::cust("''"), "content")
}

/// A page of messages.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_MESSAGES`]; [`Error::Invalid`] for a bad filter.
pub async fn messages(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<MessageCriteria>,
    orders: &[MessageOrder],
    page: &Page,
    wide: Wide,
) -> Result<Slice<Message>> {
    cx.require(VIEW_MESSAGES)?;
    let order =
        Order { columns: orders.iter().map(|order| (order.column(), order.descending)).collect(), id: Column::Id };
    let select = filtered(conn, cx, filter)?;
    Ok(page.slice(order.apply(columns(select, wide), page).all(conn).await?))
}

fn filtered(conn: &Conn, cx: &Cx, filter: &Filter<MessageCriteria>) -> Result<Select<Entity>> {
    let visible =
        visible_messages(cx, conn.get_database_backend()).unwrap_or_else(|| Condition::all().add(Expr::val(1).eq(0)));
    Ok(Entity::find().filter(visible).filter(filter.condition(conn.get_database_backend())?))
}

/// How many messages the filter leaves.
pub async fn count_messages(conn: &Conn, cx: &Cx, filter: &Filter<MessageCriteria>) -> Result<u64> {
    cx.require(VIEW_MESSAGES)?;
    Ok(filtered(conn, cx, filter)?.count(conn).await?)
}

/// Messages by id, as far as the actor may see them.
pub async fn messages_by_ids(conn: &Conn, cx: &Cx, ids: &[MessageId]) -> Result<HashMap<MessageId, Message>> {
    let Some(visible) = visible_messages(cx, conn.get_database_backend()) else { return Ok(HashMap::new()) };
    let rows =
        Entity::find().filter(visible).filter(any_of(conn.get_database_backend(), Column::Id, ids)).all(conn).await?;
    Ok(rows.into_iter().map(|message| (message.id, message)).collect())
}

const BELOW_VISITOR: Below = Below {
    table: "messages",
    columns: r#""id", "visitor_id", "name", "email", "company", "service", "content", "page_url", "status", "assignee_id", "version", "created_at", "updated_at""#,
    parent: "visitor_id",
    order: "created_at",
    descending: true,
    work: Some(Work::of("assignee_id")),
};

/// A page of one visitor's messages, newest first.
pub async fn messages_of(conn: &Conn, cx: &Cx, visitor: VisitorId, page: &Page) -> Result<Slice<Message>> {
    let Some(visible) = visible_messages(cx, conn.get_database_backend()) else { return Ok(page.slice(Vec::new())) };
    let order = Order { columns: vec![(Column::CreatedAt, true)], id: Column::Id };
    let select = Entity::find().filter(visible).filter(Column::VisitorId.eq(visitor));
    Ok(page.slice(order.apply(select, page).all(conn).await?))
}

/// The newest (or oldest) `rows` messages of each of many visitors.
pub async fn messages_of_each(
    conn: &Conn,
    cx: &Cx,
    visitors: &[VisitorId],
    rows: u64,
    from_end: bool,
) -> Result<HashMap<VisitorId, Vec<Message>>> {
    let mut found: HashMap<_, Vec<_>> = visitors.iter().map(|id| (*id, Vec::new())).collect();
    let Some(seen) = sees_messages(cx).filter(|_| !visitors.is_empty()) else { return Ok(found) };
    let statement = BELOW_VISITOR.of_each(conn.get_database_backend(), visitors, rows, from_end, &seen);
    for row in conn.query_all_raw(statement).await? {
        let message = Message::from_query_result(&row, "")?;
        found.entry(message.visitor_id).or_default().push(message);
    }
    Ok(found)
}

/// How many messages each of many visitors wrote.
pub async fn count_messages_of_each(conn: &Conn, cx: &Cx, visitors: &[VisitorId]) -> Result<HashMap<VisitorId, u64>> {
    let mut found: HashMap<_, _> = visitors.iter().map(|id| (*id, 0)).collect();
    let Some(visible) = visible_messages(cx, conn.get_database_backend()).filter(|_| !visitors.is_empty()) else {
        return Ok(found);
    };
    let rows: Vec<(VisitorId, i64)> = Entity::find()
        .select_only()
        .column(Column::VisitorId)
        .column_as(Column::Id.count(), "n")
        .filter(visible)
        .filter(any_of(conn.get_database_backend(), Column::VisitorId, visitors))
        .group_by(Column::VisitorId)
        .into_tuple()
        .all(conn)
        .await?;
    found.extend(rows.into_iter().map(|(id, n)| (id, n.unsigned_abs())));
    Ok(found)
}

/// Which of these messages the actor may see.
pub async fn visible_message_ids(conn: &Conn, cx: &Cx, ids: &[MessageId]) -> Result<Vec<MessageId>> {
    let Some(visible) = visible_messages(cx, conn.get_database_backend()) else { return Ok(Vec::new()) };
    let select = Entity::find().select_only().column(Column::Id).filter(visible);
    Ok(select.filter(any_of(conn.get_database_backend(), Column::Id, ids)).into_tuple().all(conn).await?)
}
