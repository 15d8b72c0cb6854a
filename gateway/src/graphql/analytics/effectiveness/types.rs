//! Analyses and batches, as those see them who may.

use analytics_sync::{AnalysesOfBatch, records::EffectivenessBatches};
use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    id::{B2chatAgentId, B2chatChatId, EffectivenessBatchId, UserId},
    page::PageArgs,
};

use crate::{
    connection,
    graphql::{
        analytics::b2chat::{B2ChatAgent, B2ChatChat, agents::agent, chats::chat},
        errors::Result,
        identity::{IntoId, User, user},
        loaders::{By, FailuresOf},
        records::nested,
        scalars::Json,
        scope::scope,
    },
};

/// Who analyses chats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::AnalystName")]
pub enum EffectivenessProvider {
    /// Frontdesk itself, by rules.
    Builtin,
    /// Anthropic's Messages API.
    Anthropic,
}

/// What kind of actor asked for an analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::AskedBy")]
pub enum EffectivenessActorKind {
    /// A person, by themselves or by a key of theirs.
    Person,
    /// Frontdesk or another program.
    System,
}

/// How a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::BatchState")]
pub enum EffectivenessBatchStatus {
    /// Its chats are being analysed, or wait for the next day.
    Running,
    /// All of them were, as far as they could be.
    Done,
    /// Somebody stopped it; it can go on.
    Cancelled,
    /// The next chat might cost more than is left of the budget; it can go on with a higher one.
    OutOfBudget,
    /// It cannot go on; it says why.
    Failed,
}

/// Why a chat was not analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::AnalysisFailure")]
pub enum EffectivenessFailure {
    /// The provider is away or overloaded.
    Unavailable,
    /// It took too long.
    TimedOut,
    /// The provider was asked too often.
    RateLimited,
    /// What may be spent is spent: of the budget, of the company's tokens for the day, or at the provider.
    LimitReached,
    /// The provider refuses what Frontdesk asks: its key, its model, or the size of the chat.
    Misconfigured,
    /// The provider does not analyse such a chat.
    Refused,
    /// What came is no analysis.
    Unreadable,
    /// The chat is there no more.
    Gone,
    /// Nothing was written in the chat.
    Empty,
    /// The company has artificial intelligence switched off, or the installation has the provider no more.
    SwitchedOff,
}

/// How well a chat went, as somebody or something judged it at one time. A chat may have many.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct EffectivenessAnalysis {
    /// Its id, `efa_…`.
    pub id: ID,
    /// The chat, `bch_…`.
    pub chat_id: ID,
    /// Who had the chat then, `bag_…`; null where nobody did.
    pub agent_id: Option<ID>,
    /// Whose the chat was then, `bdp_…`.
    pub department_id: Option<ID>,
    /// How well the chat went, 0–100: 0.6 × resolutionScore + 0.4 × customerSatisfaction; the resolution alone where the
    /// satisfaction is not known.
    pub effectiveness_score: f64,
    /// Whether the score is of the resolution alone.
    pub is_of_one_part: bool,
    /// How well the contact was answered in time, 0–100: 100 within the setting `analytics.sla_threshold_minutes`, 0 from ten times
    /// that on. It is no part of the score.
    pub response_time_score: f64,
    /// How far what the contact wanted was resolved, 0–100.
    pub resolution_score: f64,
    /// How satisfied the contact was, 0–100; null where they do not say.
    pub customer_satisfaction: Option<f64>,
    /// Why the resolution has its score.
    pub resolution_reasons: Vec<String>,
    /// Why the satisfaction has its score, or none.
    pub satisfaction_reasons: Vec<String>,
    /// What could be done better.
    pub recommendations: Vec<String>,
    /// Who analysed it.
    pub provider: EffectivenessProvider,
    /// With which model; null of the built-in rules.
    pub model: Option<String>,
    /// The version of the instructions or rules.
    pub prompt_version: Option<String>,
    /// How many messages were looked at, the newest.
    pub analyzed_messages: i32,
    /// What the provider read, in tokens; null of the built-in rules.
    pub input_tokens: Option<i64>,
    /// What it wrote, in tokens.
    pub output_tokens: Option<i64>,
    /// What that cost, in millionths of a US dollar; null where no price is set.
    pub cost_micros: Option<i64>,
    /// All of it, with the provider's answer as it came.
    pub analysis_data: Json,
    /// What kind of actor asked for it.
    pub actor_kind: EffectivenessActorKind,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    chat_key: B2chatChatId,
    #[graphql(skip)]
    agent_key: Option<B2chatAgentId>,
    #[graphql(skip)]
    user_id: Option<UserId>,
    #[graphql(skip)]
    batch_key: Option<EffectivenessBatchId>,
}

impl From<analytics_sync::EffectivenessAnalysis> for EffectivenessAnalysis {
    fn from(analysis: analytics_sync::EffectivenessAnalysis) -> Self {
        let said = analysis.analysed();
        Self {
            id: analysis.id.into_id(),
            chat_key: analysis.chat_id,
            agent_key: analysis.agent_id,
            chat_id: analysis.chat_id.into_id(),
            agent_id: analysis.agent_id.map(IntoId::into_id),
            department_id: analysis.department_id.map(IntoId::into_id),
            effectiveness_score: analysis.effectiveness_score,
            is_of_one_part: analysis.customer_satisfaction.is_none(),
            response_time_score: analysis.response_time_score,
            resolution_score: analysis.resolution_score,
            customer_satisfaction: analysis.customer_satisfaction,
            resolution_reasons: said.resolution_details.reasons,
            satisfaction_reasons: said.sentiment_analysis.reasons,
            recommendations: said.recommendations,
            provider: analysis.provider.into(),
            model: analysis.model,
            prompt_version: analysis.prompt_version,
            analyzed_messages: analysis.analyzed_messages,
            input_tokens: analysis.input_tokens,
            output_tokens: analysis.output_tokens,
            cost_micros: analysis.cost_micros,
            analysis_data: Json(analysis.analysis_data),
            actor_kind: analysis.actor_kind.into(),
            created_at: analysis.created_at,
            user_id: analysis.user_id,
            batch_key: analysis.batch_id,
        }
    }
}

#[ComplexObject]
impl EffectivenessAnalysis {
    /// The chat.
    async fn chat(&self, ctx: &Context<'_>) -> Result<Option<B2ChatChat>> {
        Box::pin(chat(ctx, self.chat_key)).await
    }

    /// Who had the chat then.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<B2ChatAgent>> {
        Box::pin(agent(ctx, self.agent_key)).await
    }

    /// Who asked for it; null where no person did, or without the permission to see them.
    async fn requested_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.user_id)).await
    }

    /// The batch that it is of; null where it was asked for alone.
    async fn batch(&self, ctx: &Context<'_>) -> Result<Option<EffectivenessBatch>> {
        Box::pin(async move {
            let Some(id) = self.batch_key else { return Ok(None) };
            let found = scope(ctx).loaders.load_one(By::<EffectivenessBatches>(id)).await?;
            Ok(found.map(|batch| batch.as_ref().clone().into()))
        })
        .await
    }
}

/// A chat of a batch that could not be analysed.
#[derive(Debug, Clone, SimpleObject)]
pub struct EffectivenessBatchFailure {
    /// The chat, `bch_…`.
    pub chat_id: ID,
    /// Why; null where it is not known.
    pub failure: Option<EffectivenessFailure>,
    /// The same, as a sentence.
    pub detail: Option<String>,
}

/// Many chats that are analysed in the background, within a budget.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct EffectivenessBatch {
    /// Its id, `efb_…`.
    pub id: ID,
    /// How it stands.
    pub status: EffectivenessBatchStatus,
    /// Who analyses.
    pub provider: EffectivenessProvider,
    /// Which chats were asked for.
    pub filter: Json,
    /// How many chats it has.
    pub total_count: i32,
    /// How many were analysed.
    pub done_count: i32,
    /// How many were analysed already in the last 30 days.
    pub cached_count: i32,
    /// How many could not be.
    pub failed_count: i32,
    /// How many are left.
    pub left_count: i32,
    /// The most that may be spent, in tokens; null where there is no limit.
    pub budget_tokens: Option<i64>,
    /// What was spent, in tokens. It never exceeds the budget: what a chat may cost is set aside before a provider is asked.
    pub spent_tokens: i64,
    /// What is set aside for the chats that are asked about now, in tokens.
    pub reserved_tokens: i64,
    /// What was spent, in millionths of a US dollar, as far as a price is set.
    pub cost_micros: i64,
    /// Until when it waits, as the company's tokens for the day are spent; null where it does not.
    pub waits_until: Option<DateTime<Utc>>,
    /// Why it waits or cannot go on, or what last went wrong.
    pub failure: Option<EffectivenessFailure>,
    /// The same, as a sentence.
    pub detail: Option<String>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When it ended; null while it goes on.
    pub finished_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    key: EffectivenessBatchId,
    #[graphql(skip)]
    created_by_id: Option<UserId>,
}

impl From<analytics_sync::EffectivenessBatch> for EffectivenessBatch {
    fn from(batch: analytics_sync::EffectivenessBatch) -> Self {
        Self {
            id: batch.id.into_id(),
            status: batch.state.into(),
            provider: batch.provider.into(),
            total_count: batch.total_count,
            done_count: batch.done_count,
            cached_count: batch.cached_count,
            failed_count: batch.failed_count,
            left_count: batch.left(),
            filter: Json(batch.filter),
            budget_tokens: batch.budget_tokens,
            spent_tokens: batch.spent_tokens,
            reserved_tokens: batch.reserved_tokens,
            cost_micros: batch.cost_micros,
            waits_until: batch.waits_until,
            failure: batch.failure.map(Into::into),
            detail: batch.detail,
            created_at: batch.created_at,
            updated_at: batch.updated_at,
            finished_at: batch.finished_at,
            key: batch.id,
            created_by_id: batch.created_by_id,
        }
    }
}

#[ComplexObject]
impl EffectivenessBatch {
    /// Who began it; null where no person did, or without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.created_by_id)).await
    }

    /// The chats that could not be analysed, the first 100.
    async fn failures(&self, ctx: &Context<'_>) -> Result<Vec<EffectivenessBatchFailure>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(FailuresOf(self.key)).await?;
            let one = |item: &analytics_sync::EffectivenessBatchChat| EffectivenessBatchFailure {
                chat_id: item.chat_id.into_id(),
                failure: item.failure.map(Into::into),
                detail: item.detail.clone(),
            };
            Ok(found.iter().flat_map(|found| found.iter()).map(one).collect())
        })
        .await
    }

    /// The analyses that it made, newest first.
    async fn analyses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<EffectivenessAnalysisConnection> {
        let page = PageArgs { first, after, last, before };
        Ok(Box::pin(nested(ctx, AnalysesOfBatch, self.key, page)).await?.into())
    }
}

/// How well the chats of an agent went, on the average of the newest analysis of each.
#[derive(Debug, Clone, SimpleObject)]
pub struct AgentEffectiveness {
    /// Who, `bag_…`.
    pub agent_id: ID,
    /// Their name.
    pub agent_name: String,
    /// Of so many chats.
    pub chat_count: i32,
    /// How well they went, 0–100.
    pub effectiveness_score: f64,
    /// How well contacts were answered in time, 0–100.
    pub response_time_score: f64,
    /// How far what they wanted was resolved, 0–100.
    pub resolution_score: f64,
    /// How satisfied they were, 0–100; null where no chat says so.
    pub customer_satisfaction: Option<f64>,
    /// Of so many chats that is known.
    pub satisfaction_count: i32,
}

impl From<analytics_sync::AgentEffectiveness> for AgentEffectiveness {
    fn from(agent: analytics_sync::AgentEffectiveness) -> Self {
        let count = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            agent_id: agent.agent_id.into_id(),
            agent_name: agent.agent_name,
            chat_count: count(agent.chats),
            effectiveness_score: agent.effectiveness_score,
            response_time_score: agent.response_time_score,
            resolution_score: agent.resolution_score,
            customer_satisfaction: agent.customer_satisfaction,
            satisfaction_count: count(agent.satisfaction_chats),
        }
    }
}

connection!(
    EffectivenessAnalysisConnection,
    EffectivenessAnalysisEdge,
    EffectivenessAnalysis,
    analytics_sync::EffectivenessAnalysis,
    "analyses of chats"
);
connection!(
    EffectivenessBatchConnection,
    EffectivenessBatchEdge,
    EffectivenessBatch,
    analytics_sync::EffectivenessBatch,
    "batches of analyses"
);
