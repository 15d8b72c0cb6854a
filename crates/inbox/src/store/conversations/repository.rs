//! [`Conversations`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Error, Result, Tx,
    db::search,
    id::{ConversationId, StaffId},
};
use sea_orm::{
    Condition, IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait, LockType, OnConflict},
};

use super::{conversation, message, message_key};
use crate::ports::{Arrival, Conversations};

/// One by its own name at its platform, which nobody else changes until the transaction ends.
async fn by_name(tx: &Tx, like: &conversation::Model) -> Result<Option<conversation::Model>> {
    let named = Condition::all()
        .add(conversation::Column::SocialAccountId.eq(like.social_account_id))
        .add(conversation::Column::PlatformConversationId.eq(&like.platform_conversation_id));
    Ok(conversation::Entity::find().filter(named).lock(LockType::NoKeyUpdate).one(tx.conn()).await?)
}

async fn by_key(tx: &Tx, like: &message_key::Model) -> Result<Option<message_key::Model>> {
    let key = (like.social_account_id, like.platform_message_id.clone());
    Ok(message_key::Entity::find_by_id(key).lock(LockType::NoKeyUpdate).one(tx.conn()).await?)
}

/// Adds a key where there is none; says whether there was none.
async fn add_key(tx: &Tx, key: &message_key::Model) -> Result<bool> {
    let columns = [message_key::Column::SocialAccountId, message_key::Column::PlatformMessageId];
    let added = message_key::Entity::insert(key.clone().into_active_model())
        .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(added > 0)
}

fn lost() -> Error {
    Error::lost_race("Conversation")
}

impl Conversations for Tx {
    async fn find_or_begin(&self, new: &conversation::Model) -> Result<(conversation::Model, bool)> {
        if let Some(found) = by_name(self, new).await? {
            return Ok((found, false));
        }
        let columns = [conversation::Column::SocialAccountId, conversation::Column::PlatformConversationId];
        let begun = conversation::Entity::insert(new.clone().into_active_model())
            .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        if begun == 0 {
            // Somebody else began it, and has committed.
            return Ok((by_name(self, new).await?.ok_or_else(lost)?, false));
        }
        search::index_one::<conversation::Entity>(self.conn(), new.id, new.texts()).await?;
        Ok((new.clone(), true))
    }

    async fn forget_conversation(&self, id: ConversationId) -> Result<()> {
        conversation::Entity::delete_by_id(id).exec(self.conn()).await?;
        Ok(())
    }

    async fn index_conversation(&self, conversation: &conversation::Model) -> Result<()> {
        search::index_one::<conversation::Entity>(self.conn(), conversation.id, conversation.texts()).await
    }

    async fn arrive(&self, key: &message_key::Model) -> Result<Arrival> {
        // Whoever has added it first has committed when this is answered.
        if add_key(self, key).await? {
            return Ok(Arrival::New(key.clone()));
        }
        let mut known = by_key(self, key).await?.ok_or_else(lost)?;
        if known.arrived {
            return Ok(Arrival::Known(known));
        }
        message_key::Entity::update_many()
            .col_expr(message_key::Column::Arrived, Expr::value(true))
            .col_expr(message_key::Column::ReceivedAt, Expr::value(key.received_at))
            .col_expr(message_key::Column::Changes, Expr::value(Value::Json(None)))
            .filter(message_key::Column::SocialAccountId.eq(key.social_account_id))
            .filter(message_key::Column::PlatformMessageId.eq(&key.platform_message_id))
            .exec(self.conn())
            .await?;
        known.received_at = key.received_at;
        Ok(Arrival::New(known))
    }

    async fn key_or_await(&self, awaited: &message_key::Model) -> Result<message_key::Model> {
        if add_key(self, awaited).await? {
            return Ok(awaited.clone());
        }
        by_key(self, awaited).await?.ok_or_else(lost)
    }

    async fn note_changes(&self, key: &message_key::Model) -> Result<()> {
        message_key::Entity::update_many()
            .col_expr(message_key::Column::Changes, Expr::value(key.changes.clone()))
            .filter(message_key::Column::SocialAccountId.eq(key.social_account_id))
            .filter(message_key::Column::PlatformMessageId.eq(&key.platform_message_id))
            .exec(self.conn())
            .await?;
        Ok(())
    }

    async fn message(&self, key: &message_key::Model) -> Result<Option<message::Model>> {
        let found = message::Entity::find_by_id((key.message_id, key.received_at));
        Ok(found.lock(LockType::NoKeyUpdate).one(self.conn()).await?)
    }

    async fn conversation_of(&self, key: &message_key::Model) -> Result<Option<ConversationId>> {
        let found = message::Entity::find_by_id((key.message_id, key.received_at)).one(self.conn()).await?;
        Ok(found.map(|message| message.conversation_id))
    }

    async fn add_message(&self, message: &message::Model) -> Result<()> {
        message::Entity::insert(message.clone().into_active_model()).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn save_message(&self, message: &message::Model) -> Result<()> {
        message::Entity::update_many()
            .col_expr(message::Column::Content, Expr::value(message.content.clone()))
            .col_expr(message::Column::EditedAt, Expr::value(message.edited_at))
            .col_expr(message::Column::DeletedAt, Expr::value(message.deleted_at))
            .col_expr(message::Column::Metadata, Expr::value(message.metadata.clone()))
            .filter(message::Column::Id.eq(message.id))
            .filter(message::Column::ReceivedAt.eq(message.received_at))
            .exec(self.conn())
            .await?;
        Ok(())
    }

    async fn hand_over_conversations(
        &self,
        from: StaffId,
        to: Option<StaffId>,
        at: DateTime<Utc>,
    ) -> Result<Vec<ConversationId>> {
        let open = Condition::all()
            .add(conversation::Column::AssigneeId.eq(from))
            .add(conversation::Column::Status.eq(conversation::ConversationStatus::Active));
        let ids = conversation::Entity::find().select_only().column(conversation::Column::Id).filter(open.clone());
        // In the order of their ids, as every writer of several takes them.
        let ids = ids.order_by_asc(conversation::Column::Id).lock(LockType::NoKeyUpdate);
        let ids = ids.into_tuple().all(self.conn()).await?;
        conversation::Entity::update_many()
            .col_expr(conversation::Column::AssigneeId, Expr::value(to))
            .col_expr(conversation::Column::Version, Expr::col(conversation::Column::Version).add(1))
            .col_expr(conversation::Column::UpdatedAt, Expr::value(at))
            .filter(open)
            .exec(self.conn())
            .await?;
        Ok(ids)
    }
}
