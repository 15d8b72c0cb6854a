//! [`Tagging`] on the tables.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{Cx, Result, Tx, id::TagId, record::find};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{LockType, OnConflict},
};

use super::{
    entity_tag::{self, Column},
    tag,
};
use crate::{domain::entity::Entity, ports::Tagging, queries::tags::tags_of_each};

/// Those of these tags that the actor sees, locked in the order of their ids.
async fn locked(tx: &Tx, cx: &Cx, ids: &[TagId], lock: LockType) -> Result<Vec<tag::Model>> {
    let Some(select) = find::<tag::Entity>(cx, tx.conn().get_database_backend()) else { return Ok(Vec::new()) };
    let select = select.filter(tag::Column::Id.is_in(ids.iter().copied())).order_by_asc(tag::Column::Id);
    Ok(select.lock(lock).all(tx.conn()).await?)
}

fn of(entity: Entity) -> sea_orm::Condition {
    sea_orm::Condition::all().add(Column::EntityType.eq(entity.kind)).add(Column::EntityId.eq(entity.id))
}

impl Tagging for Tx {
    async fn hold_tags(&self, cx: &Cx, ids: &[TagId]) -> Result<Vec<TagId>> {
        Ok(locked(self, cx, ids, LockType::KeyShare).await?.into_iter().map(|tag| tag.id).collect())
    }

    async fn take_tags(&self, cx: &Cx, ids: [TagId; 2]) -> Result<HashMap<TagId, tag::Model>> {
        Ok(locked(self, cx, &ids, LockType::Update).await?.into_iter().map(|tag| (tag.id, tag)).collect())
    }

    async fn tags_of(&self, cx: &Cx, entity: Entity) -> Result<Vec<tag::Model>> {
        Ok(tags_of_each(self.conn(), cx, &[entity]).await?.remove(&entity).unwrap_or_default())
    }

    async fn tag(&self, entity: Entity, tags: &[TagId], at: DateTime<Utc>) -> Result<()> {
        let rows = tags.iter().map(|tag| entity_tag::ActiveModel {
            tag_id: Set(*tag),
            entity_type: Set(entity.kind),
            entity_id: Set(entity.id),
            created_at: Set(at),
        });
        let key = [Column::TagId, Column::EntityType, Column::EntityId];
        entity_tag::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(())
    }

    async fn untag(&self, entity: Entity, tags: &[TagId]) -> Result<()> {
        let rows = entity_tag::Entity::delete_many().filter(of(entity));
        rows.filter(Column::TagId.is_in(tags.iter().copied())).exec(self.conn()).await?;
        Ok(())
    }

    async fn move_tagged(&self, from: TagId, into: TagId) -> Result<u64> {
        // An id is one thing's, whatever its kind.
        let with = entity_tag::Entity::find().select_only().column(Column::EntityId).filter(Column::TagId.eq(into));
        let moved = entity_tag::Entity::update_many()
            .col_expr(Column::TagId, Expr::value(into))
            .filter(Column::TagId.eq(from))
            .filter(Column::EntityId.not_in_subquery(with.into_query()))
            .exec(self.conn())
            .await?;
        entity_tag::Entity::delete_many().filter(Column::TagId.eq(from)).exec(self.conn()).await?;
        Ok(moved.rows_affected)
    }
}
