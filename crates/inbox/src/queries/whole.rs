//! One message with what hangs on it, in one statement.

use kernel::{Conn, Cx, Result, id::MessageId};
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic, Iterable, JoinType, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, entity::prelude::*,
};

use crate::{
    policy::{visible_messages, visible_visitors},
    store::{message, reply, visitor},
};

/// What is wanted with a message.
#[derive(Debug, Clone, Copy, Default)]
pub struct With {
    /// Its visitor.
    pub visitor: bool,
    /// So many of its first (false) or last (true) replies.
    pub replies: Option<(u64, bool)>,
}

/// A message with what was wanted.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The message.
    pub message: message::Model,
    /// Its visitor, where wanted and visible.
    pub visitor: Option<visitor::Model>,
    /// Its replies, where wanted; from the end, newest first.
    pub replies: Vec<reply::Model>,
}

/// A message with what hangs on it; `None` where the actor may not see it. One statement costs a third of three.
pub async fn message_with(conn: &Conn, cx: &Cx, id: MessageId, with: With) -> Result<Option<Whole>> {
    let Some(visible) = visible_messages(cx, conn.get_database_backend()) else { return Ok(None) };
    let visitors = with.visitor && visible_visitors(cx).is_some();
    let mut select = message::Entity::find().select_only().filter(visible).filter(message::Column::Id.eq(id));
    for column in message::Column::iter() {
        select = select.column_as(column, aliased("m", column));
    }
    if visitors {
        let by_id =
            message::Entity::belongs_to(visitor::Entity).from(message::Column::VisitorId).to(visitor::Column::Id);
        select = select.join(JoinType::LeftJoin, by_id.into());
        for column in visitor::Column::iter() {
            select = select.column_as(column, aliased("v", column));
        }
    }
    if let Some((rows, from_end)) = with.replies {
        let order = if from_end { Order::Desc } else { Order::Asc };
        let replies = reply::Entity::find()
            .filter(reply::Column::MessageId.eq(id))
            .order_by(reply::Column::CreatedAt, order.clone())
            .order_by(reply::Column::Id, order)
            .limit(rows)
            .into_query();
        QuerySelect::query(&mut select).join_subquery(JoinType::LeftJoin, replies, "r", Expr::cust("1 = 1"));
        for column in reply::Column::iter() {
            select = select.column_as(Expr::col(("r", column.as_str())), aliased("r", column));
        }
    }
    let rows = conn.query_all(&select.into_query()).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut whole = Whole {
        message: message::Model::from_query_result(first, "m_")?,
        visitor: if visitors { visitor::Model::from_query_result_optional(first, "v_")? } else { None },
        replies: Vec::new(),
    };
    if with.replies.is_some() {
        for row in &rows {
            whole.replies.extend(reply::Model::from_query_result_optional(row, "r_")?);
        }
    }
    Ok(Some(whole))
}

/// The name of a column of one part of the row.
fn aliased(part: &str, column: impl IdenStatic) -> String {
    format!("{part}_{}", column.as_str())
}
