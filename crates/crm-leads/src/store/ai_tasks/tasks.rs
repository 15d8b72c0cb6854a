//! [`Tasks`] on the tables.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Result, Tx, id::AiTaskId};
use sea_orm::{
    ActiveValue::{self, Set},
    IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::{
    day,
    task::{AiTaskStatus, AiTaskType, Column, Entity, Model as AiTask},
};
use crate::ports::ai_tasks::Tasks;

impl Tasks for Tx {
    async fn put_once(&self, task: &AiTask) -> Result<bool> {
        let put = Entity::insert(task.clone().into_active_model())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await?;
        Ok(put == 1)
    }

    async fn conclude(&self, task: &AiTask) -> Result<bool> {
        let mut changed = task.clone().into_active_model().reset_all();
        changed.id = ActiveValue::NotSet;
        let concluded = Entity::update_many().set(changed).filter(Column::Id.eq(task.id)).exec(self.conn()).await?;
        Ok(concluded.rows_affected == 1)
    }

    async fn decide(
        &self,
        task: AiTaskType,
        subject: Uuid,
        decided: &str,
        agreed: bool,
        (made_at, at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Option<AiTaskId>> {
        // What a task came to and what followed from it are of one instant.
        let own = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::SubjectId.eq(subject))
            .filter(Column::TaskType.eq(task))
            .filter(Column::Status.eq(AiTaskStatus::Completed))
            .filter(Column::CompletedAt.eq(made_at))
            .filter(Column::ReplayOfId.is_null())
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .limit(1);
        let Some(id) = own.into_tuple::<AiTaskId>().one(self.conn()).await? else { return Ok(None) };
        Entity::update_many()
            .col_expr(Column::Decided, Expr::value(Some(decided.to_owned())))
            .col_expr(Column::Agreed, Expr::value(Some(agreed)))
            .col_expr(Column::DecidedAt, Expr::value(Some(at)))
            .col_expr(Column::UpdatedAt, Expr::value(at))
            .filter(Column::Id.eq(id))
            .exec(self.conn())
            .await?;
        Ok(Some(id))
    }

    async fn forget(&self, id: AiTaskId) -> Result<()> {
        Entity::delete_by_id(id).exec(self.conn()).await?;
        Ok(())
    }

    async fn spend(&self, day: NaiveDate, tokens: i64, cost_micros: i64) -> Result<()> {
        let column = |column| Expr::col((day::Entity, column));
        let spent = OnConflict::column(day::Column::Day)
            .value(day::Column::Tokens, column(day::Column::Tokens).add(tokens))
            .value(day::Column::CostMicros, column(day::Column::CostMicros).add(cost_micros))
            .to_owned();
        let row = day::ActiveModel { day: Set(day), tokens: Set(tokens), cost_micros: Set(cost_micros) };
        day::Entity::insert(row).on_conflict(spent).exec_without_returning(self.conn()).await?;
        Ok(())
    }
}
