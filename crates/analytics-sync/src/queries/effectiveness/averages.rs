//! How well the chats of each agent went.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    id::{B2chatAgentId, B2chatDepartmentId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, ExprTrait, FromQueryResult, Order,
    sea_query::{Alias, Expr, Func, Query},
};

use crate::{
    policy::VIEW_B2CHAT,
    store::{
        b2chat::{agent, chat},
        effectiveness::analysis::{Column, Entity},
    },
};

/// The longest time that is looked at.
const LONGEST: TimeDelta = TimeDelta::days(366);
/// So many agents are shown.
const SHOWN: u64 = 100;

/// Which analyses count: of each chat that does not count as deleted the newest among them.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Made from then on.
    pub from: DateTime<Utc>,
    /// Made before then.
    pub to: DateTime<Utc>,
    /// Of chats of this department only, without those below it.
    pub department: Option<B2chatDepartmentId>,
}

/// How well the chats of an agent went, on the average.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct AgentEffectiveness {
    /// Who.
    pub agent_id: B2chatAgentId,
    /// Their name.
    pub agent_name: String,
    /// Of so many chats.
    pub chats: i64,
    /// How well they went, 0 to 100.
    pub effectiveness_score: f64,
    /// How well contacts were answered in time, 0 to 100.
    pub response_time_score: f64,
    /// How far what they wanted was resolved, 0 to 100.
    pub resolution_score: f64,
    /// How satisfied they were, 0 to 100; none where no chat says so.
    pub customer_satisfaction: Option<f64>,
    /// Of so many chats that is known.
    pub satisfaction_chats: i64,
}

/// How well the chats of each agent went, the best first, in one statement.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_B2CHAT`]; [`Error::Invalid`] for a time that is none, or too long.
pub async fn effectiveness_by_agent(conn: &Conn, cx: &Cx, asked: &Asked) -> Result<Vec<AgentEffectiveness>> {
    cx.require(VIEW_B2CHAT)?;
    if !crate::policy::sees_b2chat(cx) {
        return Err(Error::Forbidden { permission: VIEW_B2CHAT.name });
    }
    let refused = |field: &str, why: &str| Err(Error::invalid(field, ProblemCode::InvalidFormat, why));
    if asked.to <= asked.from {
        return refused("to", "must be after from");
    }
    if asked.to - asked.from > LONGEST {
        return refused("from", "must be at most 366 days before to");
    }
    let nth = Alias::new("nth");
    let mut chats = Query::select();
    chats.column(chat::Column::Id).from(chat::Entity.table_ref()).and_where(chat::Column::IsDeleted.eq(false));
    let mut newest = Query::select();
    newest
        .columns([
            Column::AgentId,
            Column::EffectivenessScore,
            Column::ResponseTimeScore,
            Column::ResolutionScore,
            Column::CustomerSatisfaction,
        ])
        .expr_as(Expr::cust("row_number() OVER (PARTITION BY chat_id ORDER BY created_at DESC, id DESC)"), nth.clone())
        .from(Entity.table_ref())
        .and_where(Column::CreatedAt.gte(asked.from))
        .and_where(Column::CreatedAt.lt(asked.to))
        .and_where(Column::ChatId.in_subquery(chats));
    if let Some(department) = asked.department {
        newest.and_where(Column::DepartmentId.eq(department));
    }
    let (a, g) = (Alias::new("a"), Alias::new("g"));
    let of = |column: Column| Expr::col((a.clone(), column));
    let mean = |column: Column| Func::avg(of(column));
    let mut select = Query::select();
    select
        .expr_as(of(Column::AgentId), "agent_id")
        .expr_as(Expr::col((g.clone(), agent::Column::Name)), "agent_name")
        .expr_as(Expr::cust("count(*)"), "chats")
        .expr_as(mean(Column::EffectivenessScore), "effectiveness_score")
        .expr_as(mean(Column::ResponseTimeScore), "response_time_score")
        .expr_as(mean(Column::ResolutionScore), "resolution_score")
        .expr_as(mean(Column::CustomerSatisfaction), "customer_satisfaction")
        .expr_as(Func::count(of(Column::CustomerSatisfaction)), "satisfaction_chats")
        .from_subquery(newest, a.clone())
        .join_as(
            sea_orm::JoinType::InnerJoin,
            agent::Entity.table_ref(),
            g.clone(),
            Expr::col((g.clone(), agent::Column::Id)).equals((a.clone(), Column::AgentId)),
        )
        .and_where(Expr::col((a.clone(), nth)).eq(1))
        .group_by_col((a.clone(), Column::AgentId))
        .group_by_col((g.clone(), agent::Column::Name))
        .order_by("effectiveness_score", Order::Desc)
        .order_by("agent_name", Order::Asc)
        .order_by("agent_id", Order::Asc)
        .limit(SHOWN);
    let rows = conn.query_all(&select).await?;
    rows.iter().map(|row| AgentEffectiveness::from_query_result(row, "").map_err(Into::into)).collect()
}
