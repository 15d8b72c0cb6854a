//! [`ClockBook`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{
    Result, Tx,
    id::{TicketCommentId, TicketId},
};
use sea_orm::{IntoActiveModel, PaginatorTrait, QueryOrder, QuerySelect, entity::prelude::*, sea_query::OnConflict};

use super::{
    clock::{self, Model as Clock},
    pause::{self, Model as Pause},
    policy::{self, Model as ServiceLevelPolicy},
};
use crate::{
    domain::service_levels::policy::POLICIES,
    ports::service_levels::{ClockBook, PolicyBook},
    store::comments::comment::{self, CommentSender, CommentVisibility},
};

impl ClockBook for Tx {
    async fn policies(&self) -> Result<Vec<ServiceLevelPolicy>> {
        let active = policy::Entity::find().filter(policy::Column::IsActive.eq(true));
        let active = active.order_by_asc(policy::Column::Position).order_by_asc(policy::Column::Id).limit(POLICIES);
        Ok(active.all(self.conn()).await?)
    }

    async fn clocks(&self, ticket: TicketId) -> Result<Vec<Clock>> {
        let clocks = clock::Entity::find().filter(clock::Column::TicketId.eq(ticket));
        let clocks = clocks.order_by_asc(clock::Column::StartedAt).order_by_asc(clock::Column::Id);
        Ok(clocks.all(self.conn()).await?)
    }

    async fn pauses(&self, ticket: TicketId) -> Result<Vec<Pause>> {
        let pauses = pause::Entity::find().filter(pause::Column::TicketId.eq(ticket));
        Ok(pauses.order_by_asc(pause::Column::FromAt).all(self.conn()).await?)
    }

    async fn is_answered(&self, ticket: TicketId) -> Result<bool> {
        let answers = comment::Entity::find()
            .select_only()
            .column(comment::Column::Id)
            .filter(comment::Column::TicketId.eq(ticket))
            .filter(comment::Column::Sender.eq(CommentSender::Staff))
            .filter(comment::Column::Visibility.eq(CommentVisibility::Public));
        Ok(answers.limit(1).into_tuple::<TicketCommentId>().one(self.conn()).await?.is_some())
    }

    async fn begin_pause(&self, pause: &Pause) -> Result<()> {
        let again = [pause::Column::UntilAt, pause::Column::Status];
        pause::Entity::insert(pause.clone().into_active_model())
            .on_conflict(
                OnConflict::columns([pause::Column::TicketId, pause::Column::FromAt]).update_columns(again).to_owned(),
            )
            .exec_without_returning(self.conn())
            .await?;
        Ok(())
    }

    async fn end_pause(&self, ticket: TicketId, at: DateTime<Utc>) -> Result<()> {
        pause::Entity::update_many()
            .col_expr(pause::Column::UntilAt, Expr::val(at))
            .filter(pause::Column::TicketId.eq(ticket))
            .filter(pause::Column::UntilAt.is_null())
            .exec(self.conn())
            .await?;
        Ok(())
    }

    async fn save_clocks(&self, before: &[Clock], after: &[Clock]) -> Result<()> {
        let known = |id| before.iter().find(|clock| clock.id == id);
        let gone: Vec<_> =
            before.iter().map(|clock| clock.id).filter(|id| !after.iter().any(|clock| clock.id == *id)).collect();
        if !gone.is_empty() {
            clock::Entity::delete_many().filter(clock::Column::Id.is_in(gone)).exec(self.conn()).await?;
        }
        let mut changed = false;
        for clock in after.iter().filter(|clock| known(clock.id).is_some_and(|known| known != *clock)) {
            clock::Entity::update(clock.clone().into_active_model().reset_all())
                .exec_without_returning(self.conn())
                .await?;
            changed = true;
        }
        let new =
            after.iter().filter(|clock| known(clock.id).is_none()).cloned().map(IntoActiveModel::into_active_model);
        let new: Vec<_> = new.collect();
        changed |= !new.is_empty();
        if !new.is_empty() {
            clock::Entity::insert_many(new).exec_without_returning(self.conn()).await?;
        }
        if changed {
            // Whoever tells of them sleeps until the next that they know of.
            self.queued_job();
        }
        Ok(())
    }
}

impl PolicyBook for Tx {
    async fn count_policies(&self) -> Result<u64> {
        Ok(policy::Entity::find().count(self.conn()).await?)
    }
}
