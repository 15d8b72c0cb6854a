//! [`Seats`] on the tables.

use kernel::{Result, Tx, usage};
use sea_orm::{PaginatorTrait, entity::prelude::*};

use crate::ports::Seats;
use crate::store::people::user;

impl Seats for Tx {
    async fn seats_taken(&self) -> Result<u64> {
        usage::lock(self).await?;
        Ok(active_staff().count(self.conn()).await?)
    }
}

/// The staff members who take a seat.
pub(crate) fn active_staff() -> Select<user::Entity> {
    user::Entity::find().filter(user::Column::Kind.eq(user::Kind::Staff)).filter(user::Column::IsActive.eq(true))
}
