//! [`Messages`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, Result, Tx,
    id::{MessageId, MessageReplyId, StaffId},
};
use sea_orm::{
    ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*, sea_query::ExprTrait,
};

use super::{
    message::{self, MessageStatus},
    reply,
};
use crate::{policy::visible_messages, ports::Messages};

impl Messages for Tx {
    async fn message(&self, cx: &Cx, id: MessageId) -> Result<message::Model> {
        let missing = Error::NotFound { what: "Message" };
        let visible = visible_messages(cx, self.conn().get_database_backend()).ok_or_else(|| missing.clone())?;
        // The lock makes writers of one message take turns; SQLite's one writer needs none.
        message::Entity::find_by_id(id).filter(visible).lock_exclusive().one(self.conn()).await?.ok_or(missing)
    }

    async fn add(&self, message: &message::Model) -> Result<()> {
        message::Entity::insert(message.clone().into_active_model()).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn save(&self, message: &message::Model) -> Result<()> {
        let saved = message::Entity::update_many()
            .set(message::ActiveModel {
                status: Set(message.status),
                assignee_id: Set(message.assignee_id),
                version: Set(message.version + 1),
                updated_at: Set(message.updated_at),
                ..Default::default()
            })
            .filter(message::Column::Id.eq(message.id))
            .filter(message::Column::Version.eq(message.version))
            .exec(self.conn())
            .await?;
        if saved.rows_affected == 1 { Ok(()) } else { Err(Error::lost_race("the message")) }
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

    async fn append(&self, reply: &reply::Model) -> Result<()> {
        reply::Entity::insert(reply.clone().into_active_model()).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn reply(&self, id: MessageReplyId) -> Result<Option<reply::Model>> {
        Ok(reply::Entity::find_by_id(id).one(self.conn()).await?)
    }

    async fn save_delivery(&self, reply: &reply::Model) -> Result<()> {
        reply::Entity::update_many()
            .set(reply::ActiveModel {
                email_status: Set(reply.email_status),
                email_error: Set(reply.email_error.clone()),
                email_sent_at: Set(reply.email_sent_at),
                email_subject: Set(reply.email_subject.clone()),
                ..Default::default()
            })
            .filter(reply::Column::Id.eq(reply.id))
            .exec(self.conn())
            .await?;
        Ok(())
    }
}
