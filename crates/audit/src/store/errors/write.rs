//! Errors are written: found or made by their fingerprint, and held until the transaction ends.

use kernel::{Cx, Error, Result, Tx, id::ErrorGroupId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{LockType, OnConflict},
};

use super::{
    group::{ActiveModel, Column, Entity, ErrorGroupStatus, Model as ErrorGroup},
    log,
};
use crate::domain::errors::{
    Occurrence,
    kept::{GROUPS_AN_HOUR, QUIET},
};

async fn locked(tx: &Tx, fingerprint: &str) -> Result<Option<ErrorGroup>> {
    let select = Entity::find().filter(Column::Fingerprint.eq(fingerprint)).lock(LockType::NoKeyUpdate);
    Ok(select.one(tx.conn()).await?)
}

/// The group with a fingerprint, made where there is none; `None` where as many groups began in the last hour as may. Nobody else
/// changes it until the transaction ends.
pub async fn find_or_make(tx: &Tx, cx: &Cx, fingerprint: &str, first: &Occurrence) -> Result<Option<ErrorGroup>> {
    if let Some(found) = locked(tx, fingerprint).await? {
        return Ok(Some(found));
    }
    let begun = Entity::find().filter(Column::FirstSeenAt.gt(first.at - QUIET)).count(tx.conn()).await?;
    if begun >= GROUPS_AN_HOUR {
        return Ok(None);
    }
    make(tx, cx, fingerprint, first).await.map(Some)
}

/// The group with a fingerprint, made where there is none, however many there are.
pub async fn make(tx: &Tx, cx: &Cx, fingerprint: &str, first: &Occurrence) -> Result<ErrorGroup> {
    let id: ErrorGroupId = cx.new_id();
    let row = ErrorGroup {
        id,
        fingerprint: fingerprint.to_owned(),
        source: first.source,
        level: first.level,
        code: first.code.clone(),
        message: first.message.clone(),
        count: 0,
        first_seen_at: first.at,
        last_seen_at: first.at,
        status: ErrorGroupStatus::Open,
        resolved_by_id: None,
        resolved_at: None,
        reopened_at: None,
        alerted_at: None,
        kept_since: first.at,
        kept_count: 0,
    };
    // Another process may be faster by a moment.
    Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::column(Column::Fingerprint).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    locked(tx, fingerprint).await?.ok_or_else(|| Error::internal("a group of errors vanished"))
}

/// Writes what was counted.
pub async fn save(tx: &Tx, group: &ErrorGroup) -> Result<()> {
    let counted = ActiveModel {
        level: Set(group.level),
        message: Set(group.message.clone()),
        count: Set(group.count),
        first_seen_at: Set(group.first_seen_at),
        last_seen_at: Set(group.last_seen_at),
        status: Set(group.status),
        reopened_at: Set(group.reopened_at),
        alerted_at: Set(group.alerted_at),
        kept_since: Set(group.kept_since),
        kept_count: Set(group.kept_count),
        ..Default::default()
    };
    Entity::update_many().set(counted).filter(Column::Id.eq(group.id)).exec(tx.conn()).await?;
    Ok(())
}

/// Keeps single errors.
pub async fn keep(tx: &Tx, rows: Vec<log::Model>) -> Result<()> {
    if !rows.is_empty() {
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        log::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}
