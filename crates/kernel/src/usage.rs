//! What a tenant uses of what it may use: one row, locked by whoever is about to use more.

use sea_orm::{entity::prelude::*, sea_query::ExprTrait};

use crate::{Conn, Cx, Error, ProblemCode, Result, Tx};

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "tenant_usage")]
/// The one row.
pub struct Model {
    /// 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Bytes of uploaded files.
    pub storage_bytes: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
/// No relation.
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Makes everybody else who is about to use more wait until this transaction ends, so that what is counted after this
/// is still so at the commit.
pub async fn lock(tx: &Tx) -> Result<()> {
    Entity::update_many().col_expr(Column::StorageBytes, Expr::col(Column::StorageBytes)).exec(tx.conn()).await?;
    Ok(())
}

/// Notes in the transaction that stores (or removes, where negative) them how many bytes a file has.
///
/// # Errors
/// [`Error::Invalid`] where that is more than the tenant may store.
pub async fn store(tx: &Tx, cx: &Cx, bytes: i64) -> Result<()> {
    let most = cx.tenant.limits().storage_bytes.and_then(|most| i64::try_from(most).ok()).unwrap_or(i64::MAX);
    let after = || Expr::col(Column::StorageBytes).add(bytes);
    let mut update = Entity::update_many().col_expr(Column::StorageBytes, after());
    if bytes > 0 {
        update = update.filter(after().lte(most));
    }
    if update.exec(tx.conn()).await?.rows_affected == 1 {
        return Ok(());
    }
    Err(full(""))
}

/// What is said where there is no room for a file, at a field.
pub(crate) fn full(field: &str) -> Error {
    Error::invalid(field, ProblemCode::NotAllowed, "there is no room left for files of this size")
}

/// Whether there is room for so many bytes now. Nothing is counted: [`store`] is.
pub async fn has_room(conn: &Conn, cx: &Cx, bytes: i64) -> Result<bool> {
    let after = stored(conn).await?.saturating_add(u64::try_from(bytes).unwrap_or_default());
    Ok(cx.tenant.limits().storage_bytes.is_none_or(|most| after <= most))
}

/// Bytes of uploaded files.
pub async fn stored(conn: &Conn) -> Result<u64> {
    let row = Entity::find_by_id(1).one(conn).await?;
    Ok(row.and_then(|row| u64::try_from(row.storage_bytes).ok()).unwrap_or_default())
}
