//! [`Messages`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Result, Tx,
    db::search,
    id::{MessageId, StaffId},
};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*, sea_query::ExprTrait};

use super::message::{self, MessageStatus};
use crate::ports::Messages;

impl Messages for Tx {
    async fn add(&self, message: &message::Model) -> Result<()> {
        search::insert(self.conn(), message.clone().into_active_model(), message.texts()).await
    }

    async fn hand_over(&self, from: StaffId, to: Option<StaffId>, at: DateTime<Utc>) -> Result<Vec<MessageId>> {
        let open = Condition::all()
            .add(message::Column::AssigneeId.eq(from))
            .add(message::Column::Status.is_in([MessageStatus::New, MessageStatus::InProgress]));
        let ids = message::Entity::find().select_only().column(message::Column::Id).filter(open.clone());
        // In the order of their ids, as every writer of several takes them.
        let ids = ids.order_by_asc(message::Column::Id).lock_exclusive().into_tuple().all(self.conn()).await?;
        message::Entity::update_many()
            .col_expr(message::Column::AssigneeId, Expr::value(to))
            .col_expr(message::Column::Version, Expr::col(message::Column::Version).add(1))
            .col_expr(message::Column::UpdatedAt, Expr::value(at))
            .filter(open)
            .exec(self.conn())
            .await?;
        Ok(ids)
    }
}
