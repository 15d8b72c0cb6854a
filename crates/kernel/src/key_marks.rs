//! Whether a secret key is one that this database knows.
//!
//! A server with another key would start, listen, and seal new secrets under it, while those that are there no longer open.
//! So each key leaves a mark in the registry: a text sealed under it. A start where none of the given keys opens its mark
//! ends; a new key in front of a known one leaves its own.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder, entity::prelude::*, sea_query::OnConflict};

use crate::{Db, Error, Result, Source};

/// What is sealed in a mark.
const TEXT: &[u8] = b"a key of this database";

/// The mark of one key.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~control", table_name = "key_marks")]
pub struct Model {
    /// The key's short id: 8 hex digits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// A text sealed under it.
    pub mark: Vec<u8>,
    /// When it was first used here.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

fn context(id: &str) -> Vec<u8> {
    format!("key_marks.mark {id}").into_bytes()
}

/// The keys that this database knows, the oldest first.
pub async fn known(db: &Db) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(&db.control()).await?)
}

/// Refuses keys of which the database knows none, and leaves the mark of the newest one.
///
/// # Errors
/// [`Error::Internal`] with a sentence for the operator.
pub async fn check(db: &Db, source: &Source) -> Result<()> {
    let (keyring, known) = (db.keyring(), known(db).await?);
    let opens = |row: &Model| keyring.decrypt(&context(&row.id), &row.mark).is_ok_and(|text| text == TEXT);
    if !known.is_empty() && !known.iter().any(opens) {
        let ids: Vec<_> = known.iter().map(|row| row.id.as_str()).collect();
        return Err(Error::internal(format!(
            "FRONTDESK_SECRET_KEY is not a key of this database: what is sealed in it (second factors, mail passwords, \
             secrets of providers) would not open. Give it the key that was used before ({}), behind the new one and a comma \
             where the key is to change",
            ids.join(" or ")
        )));
    }
    let Some(newest) = keyring.ids().next() else { return Ok(()) };
    if known.iter().any(|row| row.id == newest) {
        return Ok(());
    }
    let mark = keyring.encrypt(source, &context(&newest), TEXT)?;
    let row = ActiveModel { id: Set(newest), mark: Set(mark), created_at: Set(source.now()) };
    let first = OnConflict::column(Column::Id).do_nothing().to_owned();
    Entity::insert(row).on_conflict(first).exec_without_returning(&db.control()).await?;
    Ok(())
}

/// Forgets a key: from then on it opens nothing here. For one that seals nothing any more.
pub async fn forget(db: &Db, id: &str) -> Result<()> {
    Entity::delete_by_id(id).exec(&db.control()).await?;
    Ok(())
}
