//! How far the numbers of each year were made.

use kernel::{Error, Result, Tx};
use sea_orm::{
    ConnectionTrait, Set,
    entity::prelude::*,
    sea_query::{Expr, OnConflict, Query},
};

/// The last number of a year that was made.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_years")]
pub struct Model {
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub year: i32,
    /// Its last number.
    pub last: i32,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The last number of a year, 0 at its beginning; whoever else holds it waits until the transaction ends.
pub async fn held(tx: &Tx, year: i32) -> Result<i32> {
    let mut hold = Query::insert();
    let same = OnConflict::column(Column::Year).value(Column::Last, Expr::col((Entity, Column::Last))).to_owned();
    hold.into_table(Entity.table_ref())
        .columns([Column::Year, Column::Last])
        .values([Expr::val(year), Expr::val(0)])
        .map_err(Error::internal)?
        .on_conflict(same)
        .returning_col(Column::Last);
    let held = tx.conn().query_one(&hold).await?.ok_or_else(|| Error::internal("a year is not there"))?;
    Ok(held.try_get("", "last")?)
}

/// Notes the last number of a year that is held.
pub async fn keep(tx: &Tx, year: i32, last: i32) -> Result<()> {
    let row = ActiveModel { year: Set(year), last: Set(last) };
    Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}
