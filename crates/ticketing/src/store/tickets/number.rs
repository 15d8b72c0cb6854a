//! The numbers that no ticket has yet.

use kernel::{Error, Result, Tx};
use sea_orm::{
    IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{LockBehavior, LockType},
};

use super::year;

/// A number of a year that no ticket has yet.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_numbers")]
pub struct Model {
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub year: i32,
    /// The number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How many numbers there are at least, and at how many more are made: far more than are taken while one transaction ends.
const AHEAD: i32 = 500;

/// Takes the lowest number of a year that nobody has or is about to have. Nobody waits for anybody: where the transaction does
/// not commit, its number is there again for the next one. So none is given twice, and none is left out for good.
pub async fn next(tx: &Tx, year: i32) -> Result<i32> {
    let number = match lowest(tx, year).await? {
        Some(number) => number,
        None => first(tx, year).await?,
    };
    Entity::delete_by_id((year, number)).exec(tx.conn()).await?;
    if number % AHEAD == 0 {
        let last = year::held(tx, year).await?;
        make(tx, year, last, number + 2 * AHEAD).await?;
    }
    Ok(number)
}

async fn lowest(tx: &Tx, year: i32) -> Result<Option<i32>> {
    let free = Entity::find().select_only().column(Column::Number).filter(Column::Year.eq(year));
    let free = free.order_by_asc(Column::Number).limit(1);
    // What somebody else is taking is as good as gone.
    let free = free.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    Ok(free.into_tuple().one(tx.conn()).await?)
}

/// The first number of a year, or the first after all that were made. Only here somebody waits: for whoever makes them.
async fn first(tx: &Tx, year: i32) -> Result<i32> {
    let last = year::held(tx, year).await?;
    if let Some(number) = lowest(tx, year).await? {
        return Ok(number);
    }
    make(tx, year, last, last + 2 * AHEAD).await?;
    lowest(tx, year).await?.ok_or_else(|| Error::internal("no number was made"))
}

/// Makes the numbers after the last one, which is held.
async fn make(tx: &Tx, year: i32, last: i32, upto: i32) -> Result<()> {
    let new: Vec<_> = (last + 1..=upto).map(|number| Model { year, number }.into_active_model()).collect();
    if new.is_empty() {
        return Ok(());
    }
    Entity::insert_many(new).exec_without_returning(tx.conn()).await?;
    year::keep(tx, year, upto).await
}
