//! [`EffectivenessBook`] on the tables.

use std::collections::HashMap;

use kernel::{
    Cx, Result, Tx,
    id::{B2chatChatId, B2chatDepartmentId, EffectivenessBatchId},
    record::{by_ids, first_of_each},
};
use sea_orm::{
    ConnectionTrait, EntityName, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Expr, LockType, Query},
};

use super::{
    analysis::{self, AnalystName, Model as EffectivenessAnalysis},
    batch::{self, BatchState, Model as EffectivenessBatch},
    item::{Column, Entity, ItemState, Model as BatchChat},
};
use crate::{
    ports::effectiveness::{EffectivenessBook, Read},
    queries::{
        b2chat::messages::OfChat,
        effectiveness::analyses::{CACHED, cached},
    },
    store::b2chat::{chat, department},
    usecases::effectiveness::start::Chosen,
};

/// Which chats are asked for.
fn asked_for(cx: &Cx, chosen: &Chosen) -> sea_orm::Condition {
    let mut all = sea_orm::Condition::all().add(chat::Column::IsDeleted.eq(false));
    all = all
        .add_option(chosen.chat.map(|chat| chat::Column::Id.eq(chat)))
        .add_option(chosen.agent.map(|agent| chat::Column::AgentId.eq(agent)))
        .add_option(chosen.status.map(|status| chat::Column::Status.eq(status)))
        .add_option(chosen.created_from.map(|from| chat::Column::CreatedAt.gte(from)))
        .add_option(chosen.created_to.map(|to| chat::Column::CreatedAt.lt(to)));
    if let Some(path) = &chosen.department_path {
        let below = department::Entity::find()
            .select_only()
            .column(department::Column::Id)
            .filter(department::Column::Path.starts_with(path.as_str()));
        all = all.add(chat::Column::DepartmentId.in_subquery(below.into_query()));
    }
    if !chosen.analysed_too {
        let lately = analysis::Entity::find()
            .select_only()
            .column(analysis::Column::ChatId)
            .filter(analysis::Column::CreatedAt.gt(cx.now - CACHED));
        all = all.add(chat::Column::Id.not_in_subquery(lately.into_query()));
    }
    all
}

impl EffectivenessBook for Tx {
    async fn read_chats(&self, cx: &Cx, chats: &[B2chatChatId], messages: u64) -> Result<HashMap<B2chatChatId, Read>> {
        let found = by_ids::<chat::Entity>(self.conn(), cx, chats).await?;
        let ids: Vec<_> = found.keys().copied().collect();
        let mut written = first_of_each::<OfChat>(self.conn(), cx, &ids, messages, true).await?;
        let with = |(id, chat)| (id, (chat, written.remove(&id).unwrap_or_default()));
        Ok(found.into_iter().filter(|(_, chat)| !chat.is_deleted).map(with).collect())
    }

    async fn good_enough(
        &self,
        cx: &Cx,
        chats: &[B2chatChatId],
    ) -> Result<HashMap<B2chatChatId, EffectivenessAnalysis>> {
        cached(self.conn(), chats, cx.now).await
    }

    async fn under_way(&self, chat: B2chatChatId, provider: AnalystName) -> Result<Option<EffectivenessBatch>> {
        let conn = self.conn();
        chat::Entity::find_by_id(chat).lock(LockType::Update).one(conn).await?;
        let of = Entity::find().select_only().column(Column::BatchId).filter(Column::ChatId.eq(chat));
        let going = batch::Entity::find()
            .filter(batch::Column::State.eq(BatchState::Running))
            .filter(batch::Column::Provider.eq(provider))
            .filter(batch::Column::TotalCount.eq(1))
            .filter(batch::Column::Id.in_subquery(of.into_query()));
        Ok(going.order_by_desc(batch::Column::Id).one(conn).await?)
    }

    async fn add_analysis(&self, analysis: &EffectivenessAnalysis) -> Result<()> {
        let row = analysis.clone().into_active_model();
        analysis::Entity::insert(row).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn path_of(&self, cx: &Cx, department: B2chatDepartmentId) -> Result<Option<String>> {
        let found = by_ids::<department::Entity>(self.conn(), cx, &[department]).await?.remove(&department);
        Ok(found.map(|department| department.path))
    }

    async fn choose(&self, cx: &Cx, batch: EffectivenessBatchId, chosen: &Chosen, limit: u64) -> Result<u64> {
        let newest = chat::Entity::find()
            .select_only()
            .expr(Expr::val(batch))
            .column(chat::Column::Id)
            .expr(Expr::val(ItemState::Waiting))
            .expr(Expr::val(0))
            .expr(Expr::val(0_i64))
            .filter(asked_for(cx, chosen))
            .order_by_desc(chat::Column::CreatedAt)
            .order_by_desc(chat::Column::Id)
            .limit(limit)
            .into_query();
        let mut put = Query::insert();
        put.into_table(Entity.table_ref()).columns([
            Column::BatchId,
            Column::ChatId,
            Column::State,
            Column::Attempts,
            Column::ReservedTokens,
        ]);
        put.select_from(newest).map_err(kernel::Error::internal)?;
        Ok(self.conn().execute(&put).await?.rows_affected())
    }

    async fn left_behind(&self, batch: EffectivenessBatchId) -> Result<Vec<BatchChat>> {
        let left = Entity::find().filter(Column::BatchId.eq(batch)).filter(Column::State.eq(ItemState::Asking));
        Ok(left.all(self.conn()).await?)
    }

    async fn next_chats(&self, batch: EffectivenessBatchId, count: u64) -> Result<Vec<BatchChat>> {
        let waiting = Entity::find().filter(Column::BatchId.eq(batch)).filter(Column::State.eq(ItemState::Waiting));
        Ok(waiting.order_by_asc(Column::ChatId).limit(count).all(self.conn()).await?)
    }

    async fn note_chat(&self, was: &BatchChat, is: &BatchChat) -> Result<bool> {
        let noted = Entity::update_many()
            .col_expr(Column::State, Expr::value(is.state))
            .col_expr(Column::Attempts, Expr::value(is.attempts))
            .col_expr(Column::ReservedTokens, Expr::value(is.reserved_tokens))
            .col_expr(Column::Failure, Expr::value(is.failure))
            .col_expr(Column::Detail, Expr::value(is.detail.clone()))
            .filter(Column::BatchId.eq(was.batch_id))
            .filter(Column::ChatId.eq(was.chat_id))
            .filter(Column::State.eq(was.state))
            // Whoever was asked about it before is no longer at it.
            .filter(Column::Attempts.eq(was.attempts))
            .exec(self.conn())
            .await?;
        Ok(noted.rows_affected == 1)
    }
}
