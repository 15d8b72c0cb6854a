//! One message with what hangs on it, in one statement.

use std::sync::LazyLock;

use kernel::{Conn, Cx, Result, id::MessageId};
use sea_orm::{
    ConnectionTrait, EntityName, FromQueryResult, IdenStatic, Iterable, JoinType, Order,
    entity::prelude::*,
    sea_query::{ExprTrait, Query},
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
    let mut select = Query::select();
    select.expr(Expr::cust(COLUMNS.message.as_str())).from(message::Entity.table_ref()).cond_where(visible);
    select.and_where(message::Column::Id.eq(id));
    if visitors {
        let by_id = Expr::col(visitor::Column::Id.as_column_ref()).equals(message::Column::VisitorId.as_column_ref());
        select.expr(Expr::cust(COLUMNS.visitor.as_str())).left_join(visitor::Entity.table_ref(), by_id);
    }
    if let Some((rows, from_end)) = with.replies {
        let order = if from_end { Order::Desc } else { Order::Asc };
        let mut replies = Query::select();
        replies.columns(reply::Column::iter()).from(reply::Entity.table_ref());
        replies.and_where(reply::Column::MessageId.eq(id)).limit(rows);
        replies.order_by(reply::Column::CreatedAt, order.clone()).order_by(reply::Column::Id, order);
        select.expr(Expr::cust(COLUMNS.reply.as_str()));
        select.join_subquery(JoinType::LeftJoin, replies, "r", Expr::cust("1 = 1"));
    }
    let rows = conn.query_all(&select).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut whole = Whole {
        message: message::Model::from_query_result(first, "")?,
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

/// The columns of each part of the row. There are some thirty, and to spell them out takes longer than the rest of what
/// this process does for the statement, so they are spelt out once.
static COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns {
    message: columns::<message::Column>("messages", ""),
    visitor: columns::<visitor::Column>("visitors", "v_"),
    reply: columns::<reply::Column>("r", "r_"),
});

struct Columns {
    message: String,
    visitor: String,
    reply: String,
}

/// `"table"."column" AS "prefixcolumn", …`
fn columns<C: Iterable + IdenStatic>(table: &str, prefix: &str) -> String {
    let aliased = |column: C| format!(r#""{table}"."{0}" AS "{prefix}{0}""#, column.as_str());
    C::iter().map(aliased).collect::<Vec<_>>().join(", ")
}
