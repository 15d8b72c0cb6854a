//! The record tier: tables whose SeaORM model *is* the domain type.
//!
//! A table belongs here while any value of each column is legal on its own, no state depends on another, and
//! no children change with it. Such a table costs an entity and one [`Record`] implementation; reading by id
//! and saving with an event come from here. When a rule appears, it moves up a tier.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, EntityTrait, IntoActiveModel, Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter,
    sea_query::OnConflict,
};
use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    Conn, Cx, Error, Permission, Result, Tx,
    db::{Emit, any_of},
    events::{Event, Resource},
    id::TypedId,
};

/// A model of the record tier.
pub trait Record:
    ModelTrait
    + Serialize
    + Clone
    + Send
    + Sync
    + sea_orm::FromQueryResult
    + IntoActiveModel<<Self::Entity as RecordEntity>::Active>
where
    Self::Entity: RecordEntity<Model = Self>,
{
    /// Its id.
    type Id: TypedId + std::hash::Hash + Eq + Send + Sync;
    /// The kind's name, such as `Department`.
    const KIND: &'static str;
    /// What saving needs.
    const WRITE: Permission;
    /// This record's id.
    fn id(&self) -> Self::Id;
}

/// Ties an entity to its active model, which SeaORM knows only from the active model's side.
pub trait RecordEntity: EntityTrait {
    /// The entity's active model.
    type Active: ActiveModelTrait<Entity = Self> + sea_orm::ActiveModelBehavior + Send;
}

#[derive(Serialize)]
struct Saved<'a, T> {
    record: &'a T,
    #[serde(skip)]
    resource: Option<Resource>,
    #[serde(skip)]
    old: Option<Json>,
}

impl<T: Serialize> Event for Saved<'_, T> {
    const KIND: &'static str = "record.saved";
    const TOPIC: &'static str = "records";
    fn resource(&self) -> Resource {
        self.resource.unwrap_or(Resource { kind: "Record", id: uuid::Uuid::nil() })
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (self.old.clone(), serde_json::to_value(self.record).ok())
    }
}

fn primary<E: EntityTrait>() -> Result<E::Column> {
    E::PrimaryKey::iter()
        .next()
        .map(|key| key.into_column())
        .ok_or_else(|| Error::internal("a record has a primary key"))
}

/// Records by id, for loaders; ids that are not there are left out.
pub async fn by_ids<R>(conn: &Conn, ids: &[R::Id]) -> Result<HashMap<R::Id, R>>
where
    R: Record,
    R::Entity: RecordEntity<Model = R>,
{
    use sea_orm::ConnectionTrait;
    let filter = any_of(conn.get_database_backend(), primary::<R::Entity>()?, ids);
    let rows = R::Entity::find().filter(filter).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
}

/// Saves a record, new or known, with its event.
pub async fn put<R>(tx: &Tx, cx: &Cx, record: &R) -> Result<()>
where
    R: Record,
    R::Entity: RecordEntity<Model = R>,
{
    cx.require(R::WRITE)?;
    let old = by_ids::<R>(tx.conn(), &[record.id()]).await?.remove(&record.id());
    let columns = <R::Entity as EntityTrait>::Column::iter();
    R::Entity::insert(record.clone().into_active_model())
        .on_conflict(OnConflict::column(primary::<R::Entity>()?).update_columns(columns).to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    let old = old.and_then(|old| serde_json::to_value(old).ok());
    tx.emit(cx, &Saved { record, resource: Some(Resource::new(R::KIND, record.id())), old });
    Ok(())
}
