//! What files belong to.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, QueryOrder, entity::prelude::*};

use super::{
    File, Received,
    table::{Column, Entity, Owner},
};
use crate::{
    Conn, Cx, Error, ProblemCode, Result, Tx,
    db::any_of,
    id::{FileId, TypedId, UserId},
    usage,
};

/// Keeps an uploaded file with a thing: from now on who sees the thing sees the file. `field` names the id in errors.
///
/// # Errors
/// [`Error::Invalid`] for what is no file that the actor uploaded and that waits.
pub async fn keep(tx: &Tx, cx: &Cx, field: &str, id: FileId, owner: Owner) -> Result<File> {
    let kept = Entity::update_many()
        .col_expr(Column::OwnerKind, Expr::value(owner.kind))
        .col_expr(Column::OwnerId, Expr::value(owner.id))
        .col_expr(Column::ExpiresAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .filter(Column::Id.eq(id))
        // An id that somebody else was given is worth nothing.
        .filter(Column::UploadedBy.eq(cx.user()?.id))
        .filter(Column::StoredAt.is_not_null())
        .filter(Column::ExpiresAt.gt(cx.now))
        .exec(tx.conn())
        .await?;
    let file = if kept.rows_affected == 1 { Entity::find_by_id(id).one(tx.conn()).await? } else { None };
    file.ok_or_else(|| {
        Error::invalid(field, ProblemCode::NotAvailable, "is not a file that you uploaded and that waits to be used")
    })
}

/// Keeps bytes that were just received with a thing, and counts them.
///
/// # Errors
/// [`Error::Invalid`] where there is no room left.
pub async fn keep_received(tx: &Tx, cx: &Cx, received: &Received, owner: Owner) -> Result<()> {
    usage::store(tx, cx, received.size).await?;
    adopt(tx, cx, received, owner).await
}

/// The same for bytes that are counted already, in another table.
pub async fn adopt(tx: &Tx, cx: &Cx, received: &Received, owner: Owner) -> Result<()> {
    stored(tx, cx, received, Some(owner)).await
}

/// Notes that the bytes are whole, and what they belong to.
pub(super) async fn stored(tx: &Tx, cx: &Cx, received: &Received, owner: Option<Owner>) -> Result<()> {
    let mut update = Entity::update_many()
        .col_expr(Column::Size, Expr::value(received.size))
        .col_expr(Column::ContentType, Expr::value(received.content_type))
        .col_expr(Column::Sha256, Expr::value(received.sha256.to_vec()))
        .col_expr(Column::StoredAt, Expr::value(cx.now));
    if let Some(owner) = owner {
        update = update
            .col_expr(Column::OwnerKind, Expr::value(owner.kind))
            .col_expr(Column::OwnerId, Expr::value(owner.id))
            .col_expr(Column::ExpiresAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None));
    }
    let done = update
        .filter(Column::Id.eq(received.id))
        .filter(Column::StorageKey.eq(received.key.as_str()))
        .filter(Column::StoredAt.is_null())
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::lost_race("the file")) }
}

/// Gives a file up: it is not there from now on, takes no room, and its bytes are swept. What is not there is left alone.
pub async fn remove(tx: &Tx, cx: &Cx, id: FileId) -> Result<bool> {
    let Some(file) = Entity::find_by_id(id).filter(Column::StoredAt.is_not_null()).one(tx.conn()).await? else {
        return Ok(false);
    };
    let gone = Entity::update_many()
        .col_expr(Column::OwnerKind, Expr::value(Option::<String>::None))
        .col_expr(Column::OwnerId, Expr::value(Option::<Uuid>::None))
        .col_expr(Column::UploadedBy, Expr::value(Option::<Uuid>::None))
        .col_expr(Column::ContentType, Expr::value(Option::<String>::None))
        .col_expr(Column::Sha256, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(Column::StoredAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        // Nobody writes it any more, so nothing is waited for.
        .col_expr(Column::ExpiresAt, Expr::value(cx.now - super::sweep::GRACE))
        .filter(Column::Id.eq(id))
        .filter(Column::StoredAt.is_not_null())
        .exec(tx.conn())
        .await?;
    if gone.rows_affected == 1 {
        usage::store(tx, cx, -file.size).await?;
    }
    Ok(gone.rows_affected == 1)
}

/// Gives up what somebody sent, or began to send, and nobody uses yet: their links to send by end as well.
pub async fn give_up_waiting(tx: &Tx, cx: &Cx, by: UserId) -> Result<()> {
    let theirs = Entity::find().filter(Column::UploadedBy.eq(by)).filter(Column::ExpiresAt.gt(cx.now));
    for file in theirs.all(tx.conn()).await? {
        if file.stored_at.is_some() {
            remove(tx, cx, file.id).await?;
            continue;
        }
        // Whoever writes it just then finds that it ended.
        Entity::update_many()
            .col_expr(Column::ExpiresAt, Expr::value(cx.now))
            .filter(Column::Id.eq(file.id))
            .filter(Column::ExpiresAt.is_not_null())
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}

/// Files by their ids, whoever may see them: a caller decides by what they belong to.
pub async fn by_ids(conn: &Conn, ids: &[FileId]) -> Result<HashMap<FileId, File>> {
    let found = Entity::find().filter(any_of(conn.get_database_backend(), Column::Id, ids)).all(conn).await?;
    Ok(found.into_iter().map(|file| (file.id, file)).collect())
}

/// The files of these things, the oldest first, by thing: for loaders of what the viewer sees already.
pub async fn of_owners<I: TypedId + std::hash::Hash + Eq>(conn: &Conn, owners: &[I]) -> Result<HashMap<I, Vec<File>>> {
    let rows = Entity::find()
        .filter(Column::OwnerKind.eq(I::PREFIX))
        .filter(any_of(conn.get_database_backend(), Column::OwnerId, owners))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    let mut found: HashMap<I, Vec<File>> = HashMap::new();
    for file in rows {
        if let Some(owner) = file.owner_id {
            found.entry(I::from_uuid(owner)).or_default().push(file);
        }
    }
    Ok(found)
}
