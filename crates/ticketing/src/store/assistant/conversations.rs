//! [`Conversations`] on the tables.

use kernel::{Result, Tx, id::AssistantSessionId};
use sea_orm::{ActiveValue, ActiveValue::Set, IntoActiveModel, PaginatorTrait, QuerySelect, entity::prelude::*};

use super::{
    message::{self, AssistantRole, AssistantState, Column},
    session, source,
};
use crate::{domain::assistant::provider::Source, ports::assistant::Conversations};

/// What is under way.
pub(crate) const UNDER_WAY: [AssistantState; 2] = [AssistantState::Pending, AssistantState::Streaming];

fn place(at: usize) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX)
}

impl Conversations for Tx {
    async fn is_answering(&self, session: AssistantSessionId) -> Result<bool> {
        let under_way = message::Entity::find().select_only().column(Column::Id);
        let under_way = under_way.filter(Column::SessionId.eq(session)).filter(Column::State.is_in(UNDER_WAY));
        Ok(under_way.limit(1).into_tuple::<Uuid>().one(self.conn()).await?.is_some())
    }

    async fn questions(&self, session: AssistantSessionId) -> Result<u64> {
        let questions = message::Entity::find().filter(Column::SessionId.eq(session));
        Ok(questions.filter(Column::Role.eq(AssistantRole::User)).count(self.conn()).await?)
    }

    async fn remove(&self, session: AssistantSessionId) -> Result<()> {
        session::Entity::delete_by_id(session).exec(self.conn()).await?;
        Ok(())
    }

    async fn conclude(&self, answer: &message::Model, sources: &[Source]) -> Result<bool> {
        let now = answer.updated_at;
        let mut changed = answer.clone().into_active_model().reset_all();
        changed.id = ActiveValue::NotSet;
        let concluded = message::Entity::update_many()
            .set(changed)
            .filter(Column::Id.eq(answer.id))
            .filter(Column::State.is_in(UNDER_WAY))
            .exec(self.conn())
            .await?;
        if concluded.rows_affected == 0 {
            return Ok(false);
        }
        if !sources.is_empty() {
            let rows = sources.iter().enumerate().map(|(position, source)| source::ActiveModel {
                message_id: Set(answer.id),
                position: Set(place(position)),
                kind: Set(source.kind),
                document_id: Set(source.document),
                title: Set(source.title.clone()),
                quote: Set(source.quote.clone()),
                starts_at: Set(place(source.starts_at)),
                ends_at: Set(place(source.ends_at)),
            });
            source::Entity::insert_many(rows).exec_without_returning(self.conn()).await?;
        }
        session::Entity::update_many()
            .col_expr(session::Column::UpdatedAt, Expr::value(now))
            .filter(session::Column::Id.eq(answer.session_id))
            .exec(self.conn())
            .await?;
        Ok(true)
    }
}
