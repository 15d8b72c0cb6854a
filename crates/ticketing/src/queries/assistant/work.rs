//! Answers under way, for whoever makes them: Frontdesk itself.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Result,
    id::{AssistantMessageId, UserId},
};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    domain::assistant::{conversation::REMEMBERED, provider::Turn},
    store::assistant::{
        conversations::UNDER_WAY,
        message::{AssistantRole, AssistantState, Column, Entity, Model as Message},
        session,
    },
};

/// A question that waits for its answer.
pub(crate) struct Waiting {
    /// The answer that is to be made.
    pub(crate) answer: Message,
    /// Who asked.
    pub(crate) asker: UserId,
    /// What.
    pub(crate) question: String,
    /// What was said before, the oldest first.
    pub(crate) turns: Vec<Turn>,
}

/// The question behind an answer under way; `None` where there is no such answer any more.
pub(crate) async fn waiting(conn: &Conn, answer: AssistantMessageId) -> Result<Option<Waiting>> {
    let Some(answer) = Entity::find_by_id(answer).one(conn).await? else { return Ok(None) };
    let Some(question) = answer.question_id else { return Ok(None) };
    if !answer.state.is_under_way() {
        return Ok(None);
    }
    let Some(question) = Entity::find_by_id(question).one(conn).await? else { return Ok(None) };
    let Some(session) = session::Entity::find_by_id(answer.session_id).one(conn).await? else { return Ok(None) };
    let answers = Entity::find()
        .filter(Column::SessionId.eq(session.id))
        .filter(Column::Role.eq(AssistantRole::Assistant))
        .filter(Column::State.eq(AssistantState::Done))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(REMEMBERED)
        .all(conn)
        .await?;
    let asked = Entity::find().filter(Column::Id.is_in(answers.iter().filter_map(|answer| answer.question_id)));
    let asked = asked.all(conn).await?;
    let turn = |answer: &Message| {
        let question = asked.iter().find(|question| Some(question.id) == answer.question_id)?;
        Some(Turn { question: question.content.clone(), answer: answer.content.clone() })
    };
    let turns = answers.iter().rev().filter_map(turn).collect();
    Ok(Some(Waiting { answer, asker: session.user_id, question: question.content, turns }))
}

/// Notes what there is of an answer under way; says whether it is still wanted.
pub(crate) async fn note(conn: &Conn, answer: &Message) -> Result<bool> {
    let noted = Entity::update_many()
        .col_expr(Column::State, Expr::value(answer.state))
        .col_expr(Column::Content, Expr::value(answer.content.clone()))
        .col_expr(Column::Round, Expr::value(answer.round))
        .col_expr(Column::Provider, Expr::value(answer.provider.clone()))
        .col_expr(Column::Model, Expr::value(answer.model.clone()))
        .col_expr(Column::UpdatedAt, Expr::value(answer.updated_at))
        .filter(Column::Id.eq(answer.id))
        .filter(Column::State.is_in(UNDER_WAY))
        // Whoever took it over began a later round.
        .filter(Column::Round.lte(answer.round))
        .exec(conn)
        .await?;
    Ok(noted.rows_affected == 1)
}

/// Answers under way of which nothing was heard since then: nobody makes them any more.
pub(crate) async fn lost(conn: &Conn, since: DateTime<Utc>) -> Result<Vec<Message>> {
    let lost = Entity::find().filter(Column::State.is_in(UNDER_WAY)).filter(Column::UpdatedAt.lt(since));
    Ok(lost.limit(100).all(conn).await?)
}
