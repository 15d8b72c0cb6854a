//! Analyses.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Result,
    db::any_of,
    id::{B2chatChatId, EffectivenessAnalysisId, EffectivenessBatchId},
    record::{Field, Nested, Record},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    policy::{VIEW_B2CHAT, sees_b2chat},
    store::effectiveness::analysis::{Column, Entity, Model as EffectivenessAnalysis},
};

/// For so long an analysis is good enough, so that none is paid for twice.
pub const CACHED: TimeDelta = TimeDelta::days(30);

impl Record for Entity {
    type Id = EffectivenessAnalysisId;
    type Row = EffectivenessAnalysis;
    const WHAT: &'static str = "EffectivenessAnalysis";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_B2CHAT)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(Condition::all)
    }
}

/// By their chat.
pub const BY_CHAT: Field<Column> = Field::new("chatId", &[Column::ChatId]);

/// By who had the chat.
pub const BY_AGENT: Field<Column> = Field::new("agentId", &[Column::AgentId]);

/// By whose the chat was.
pub const BY_DEPARTMENT: Field<Column> = Field::new("departmentId", &[Column::DepartmentId]);

/// By the batch that they are of.
pub const BY_BATCH: Field<Column> = Field::new("batchId", &[Column::BatchId]);

/// By who analysed.
pub const BY_PROVIDER: Field<Column> = Field::new("provider", &[Column::Provider]);

/// By whether the satisfaction is known.
pub const BY_SATISFACTION: Field<Column> = Field::new("isOfOnePart", &[Column::CustomerSatisfaction]);

/// By when they were made.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);

/// Those whose score is within a range, with both ends; `None` where there is no range.
pub fn scored(from: Option<f64>, to: Option<f64>) -> Option<Condition> {
    let range = Condition::all()
        .add_option(from.map(|from| Column::EffectivenessScore.gte(from)))
        .add_option(to.map(|to| Column::EffectivenessScore.lte(to)));
    (from.is_some() || to.is_some()).then_some(range)
}

/// The analyses of a chat, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnalysesOfChat;

impl Nested for AnalysesOfChat {
    type Parent = B2chatChatId;
    type Of = Entity;
    const NAME: &'static str = "analyses of";
    const PARENT: Column = Column::ChatId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;
}

/// The analyses of a batch, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnalysesOfBatch;

impl Nested for AnalysesOfBatch {
    type Parent = EffectivenessBatchId;
    type Of = Entity;
    const NAME: &'static str = "analyses in";
    const PARENT: Column = Column::BatchId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;
}

/// The newest analysis of each of these chats that is young enough to be good enough.
pub(crate) async fn cached(
    conn: &Conn,
    chats: &[B2chatChatId],
    now: DateTime<Utc>,
) -> Result<HashMap<B2chatChatId, EffectivenessAnalysis>> {
    let found = Entity::find()
        .filter(any_of(conn.get_database_backend(), Column::ChatId, chats))
        .filter(Column::CreatedAt.gt(now - CACHED))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    Ok(found.into_iter().map(|analysis| (analysis.chat_id, analysis)).collect())
}
