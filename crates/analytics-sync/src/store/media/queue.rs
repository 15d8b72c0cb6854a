//! The queue of media: what waits, who has it, and what came of it.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Result, Tx,
    files::Received,
    id::{B2chatChatId, TypedId},
    jobs::{Enqueue, JobState, Work},
};
use sea_orm::{
    ActiveEnum, ConnectionTrait, QueryOrder, QuerySelect, Statement, entity::prelude::*, sea_query::SimpleExpr,
};

use super::state;
use crate::{
    domain::media::copy::WHY,
    store::b2chat::message::{self, MediaState, Model as B2chatMessage},
};

/// Takes up to `limit` that are due; each goes to one worker until `until`, and to another after that.
pub(crate) async fn lease(
    conn: &Conn,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<B2chatMessage>> {
    let backend = conn.get_database_backend();
    let skip = kernel::db::skip_locked(backend);
    let statement = Statement::from_sql_and_values(
        backend,
        format!(
            r#"UPDATE "~tenant"."b2chat_messages" SET "media_next_at" = $1, "media_attempts" = "media_attempts" + 1
               WHERE "id" IN (SELECT "id" FROM "~tenant"."b2chat_messages"
                 WHERE "media_state" = 'waiting' AND "media_next_at" <= $2
                 ORDER BY "media_next_at", "id" LIMIT $3 {skip})
               RETURNING *"#
        ),
        [until.into(), now.into(), limit.into()],
    );
    Ok(message::Entity::find().from_raw_sql(statement).all(conn).await?)
}

/// When there is next something to copy; none where nothing waits.
pub(crate) async fn next_due(conn: &Conn) -> Result<Option<DateTime<Utc>>> {
    use message::Column;
    let next = message::Entity::find()
        .select_only()
        .column(Column::MediaNextAt)
        .filter(waiting())
        .order_by_asc(Column::MediaNextAt)
        .order_by_asc(Column::Id)
        .limit(1);
    Ok(next.into_tuple::<Option<DateTime<Utc>>>().one(conn).await?.flatten())
}

/// What waits, in the words of the index.
fn waiting() -> SimpleExpr {
    Expr::cust(r#""b2chat_messages"."media_state" = 'waiting'"#)
}

/// What was given up, in the words of the index.
fn failed() -> SimpleExpr {
    Expr::cust(r#""b2chat_messages"."media_state" <> 'none' AND "b2chat_messages"."media_state" = 'failed'"#)
}

/// How many wait, of a chat or of all.
pub(crate) async fn count_waiting(conn: &Conn, chat: Option<B2chatChatId>) -> Result<i64> {
    let mut all = message::Entity::find().filter(waiting());
    if let Some(chat) = chat {
        all = all.filter(message::Column::ChatId.eq(chat));
    }
    Ok(i64::try_from(all.count(conn).await?).unwrap_or(i64::MAX))
}

/// Makes what waits for another try due now, of a chat or of all. What is due within the time for which workers have a message is left
/// alone: one may be at it, and who takes it away spoils its try.
pub(crate) async fn hurry(conn: &Conn, now: DateTime<Utc>, own: TimeDelta, chat: Option<B2chatChatId>) -> Result<()> {
    use message::Column;
    let mut update = message::Entity::update_many()
        .col_expr(Column::MediaNextAt, Expr::value(Some(now)))
        .filter(waiting())
        .filter(Column::MediaNextAt.gt(now + own));
    if let Some(chat) = chat {
        update = update.filter(Column::ChatId.eq(chat));
    }
    update.exec(conn).await?;
    Ok(())
}

/// Lets up to `limit` that were given up wait again, of a chat or of all; says how many.
pub(crate) async fn revive(conn: &Conn, now: DateTime<Utc>, chat: Option<B2chatChatId>, limit: u64) -> Result<i64> {
    use message::Column;
    let mut some = message::Entity::find().select_only().column(Column::Id).filter(failed());
    if let Some(chat) = chat {
        some = some.filter(Column::ChatId.eq(chat));
    }
    let some = sea_orm::QueryTrait::into_query(some.limit(limit));
    let revived = message::Entity::update_many()
        .col_expr(Column::MediaState, Expr::value(MediaState::Waiting.to_value()))
        .col_expr(Column::MediaNextAt, Expr::value(Some(now)))
        .col_expr(Column::MediaAttempts, Expr::value(0))
        .col_expr(Column::MediaError, Expr::value(None::<String>))
        .filter(Column::Id.in_subquery(some))
        .exec(conn)
        .await?;
    Ok(i64::try_from(revived.rows_affected).unwrap_or(i64::MAX))
}

/// The message as this try has it: nobody else took it since, and it waits.
fn mine(message: &B2chatMessage) -> sea_orm::UpdateMany<message::Entity> {
    use message::Column;
    message::Entity::update_many()
        .filter(Column::Id.eq(message.id))
        .filter(Column::MediaState.eq(MediaState::Waiting))
        .filter(Column::MediaAttempts.eq(message.media_attempts))
}

/// Notes that the copy is there; `false` where somebody else has the message.
pub(crate) async fn copied(conn: &Conn, message: &B2chatMessage, received: &Received) -> Result<bool> {
    use message::Column;
    let noted = mine(message)
        .col_expr(Column::MediaState, Expr::value(MediaState::Copied.to_value()))
        .col_expr(Column::MediaNextAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::MediaError, Expr::value(None::<String>))
        .col_expr(Column::FileId, Expr::value(Some(received.id.uuid())))
        .col_expr(Column::MediaSize, Expr::value(Some(received.size)))
        .col_expr(Column::MediaMimeType, Expr::value(Some(received.content_type)))
        .exec(conn)
        .await?;
    Ok(noted.rows_affected == 1)
}

/// Notes why there is no copy: it is tried again at an instant, or never.
pub(crate) async fn no_copy(
    conn: &Conn,
    message: &B2chatMessage,
    why: &str,
    again: Option<DateTime<Utc>>,
) -> Result<()> {
    use message::Column;
    let state = if again.is_some() { MediaState::Waiting } else { MediaState::Failed };
    let why: String = why.chars().take(WHY).collect();
    mine(message)
        .col_expr(Column::MediaState, Expr::value(state.to_value()))
        .col_expr(Column::MediaNextAt, Expr::value(again))
        .col_expr(Column::MediaError, Expr::value(Some(why)))
        .exec(conn)
        .await?;
    Ok(())
}

/// Puts back what could not be kept for want of room; it is no try.
pub(crate) async fn put_back(conn: &Conn, message: &B2chatMessage, until: DateTime<Utc>) -> Result<()> {
    use message::Column;
    mine(message)
        .col_expr(Column::MediaNextAt, Expr::value(Some(until)))
        .col_expr(Column::MediaAttempts, Expr::value(message.media_attempts - 1))
        .exec(conn)
        .await?;
    Ok(())
}

/// Notes since when there is no room, or that there is some; says whether that is news.
pub(crate) async fn note_full(conn: &Conn, since: Option<DateTime<Utc>>) -> Result<bool> {
    use state::Column;
    let update = state::Entity::update_many().col_expr(Column::FullSince, Expr::value(since));
    let news = if since.is_some() { Column::FullSince.is_null() } else { Column::FullSince.is_not_null() };
    Ok(update.filter(news).exec(conn).await?.rows_affected == 1)
}

/// Queues a job at an instant, unless one waits that comes no later.
pub(crate) async fn wake<W: Work + Sync>(tx: &Tx, cx: &Cx, work: &W, at: DateTime<Utc>) -> Result<()> {
    let statement = Statement::from_sql_and_values(
        tx.conn().get_database_backend(),
        r#"SELECT 1 AS "found" FROM "~tenant"."jobs"
           WHERE "state" = $1 AND "kind" = $2 AND "leased_until" IS NULL AND "run_at" <= $3 LIMIT 1"#,
        [JobState::Queued.to_value().into(), W::KIND.into(), at.into()],
    );
    if tx.conn().query_one_raw(statement).await?.is_none() {
        tx.enqueue_at(cx, work, at).await?;
    }
    Ok(())
}
