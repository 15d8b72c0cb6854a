//! Tasks, as those see them who may.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use crm_leads::{Output, Subject};
use kernel::{
    id::{AiTaskId, StaffId},
    page::PageArgs,
};

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, Staff, staff},
        loaders::By,
        node::{Node, node},
        records::nested,
        scalars::Json,
        scope::scope,
    },
};

macro_rules! mirrored {
    ($($(#[$doc:meta])* $name:ident = $theirs:literal { $($(#[$word_doc:meta])* $word:ident,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        #[graphql(remote = $theirs)]
        pub enum $name { $($(#[$word_doc])* $word,)+ }
    )+};
}

mirrored! {
    /// What a task is to do.
    AiTaskType = "crm_leads::AiTaskType" {
        /// To say what somebody wants.
        Classify,
        /// To say how likely somebody buys.
        Score,
        /// To suggest an answer.
        Reply,
    }
    /// Where a task stands.
    AiTaskStatus = "crm_leads::AiTaskStatus" {
        /// It waits, for the first time or for another attempt.
        Queued,
        /// Somebody is at it.
        Processing,
        /// It is done, and what follows from it has happened.
        Completed,
        /// It was given up; a person may begin it again.
        Failed,
    }
    /// Who does tasks.
    AiProvider = "crm_leads::AiProviderName" {
        /// Frontdesk itself, by rules.
        Builtin,
        /// Anthropic's Messages API.
        Anthropic,
    }
    /// Why a task was not done.
    AiFailure = "crm_leads::AiFailure" {
        /// The provider is away or overloaded.
        Unavailable,
        /// It took too long.
        TimedOut,
        /// The provider was asked too often.
        RateLimited,
        /// What may be spent is spent: at the provider, or of the company's tokens for the day.
        LimitReached,
        /// The provider refuses what Frontdesk asks: its key, its model, or the size of the task.
        Misconfigured,
        /// The provider does not do such a task.
        Refused,
        /// What came is no answer to the task.
        Unreadable,
        /// What it is about is there no more.
        Gone,
        /// The company has switched such tasks off.
        SwitchedOff,
        /// Frontdesk stopped under it, more often than it is tried.
        Interrupted,
    }
    /// What somebody wants.
    Intent = "crm_leads::Intent" {
        /// To buy, or to know what it costs.
        Sales,
        /// Help with what they have.
        Support,
        /// That something is put right.
        Complaint,
        /// To work here.
        Job,
        /// Nothing of us: it goes to everybody.
        Spam,
        /// Something else.
        Other,
    }
    /// How somebody feels about it.
    Sentiment = "crm_leads::Sentiment" {
        /// Well.
        Positive,
        /// Neither.
        Neutral,
        /// Badly.
        Negative,
    }
    /// How soon somebody wants it.
    Urgency = "crm_leads::Urgency" {
        /// Whenever.
        Low,
        /// As usual.
        Normal,
        /// At once.
        High,
    }
}

/// What somebody wants, as a task found.
#[derive(Debug, Clone, SimpleObject)]
pub struct Classification {
    /// What.
    pub intent: Intent,
    /// How they feel about it.
    pub sentiment: Sentiment,
    /// How soon they want it.
    pub urgency: Urgency,
    /// The language that they write in (ISO 639-1); null where it is not known.
    pub language: Option<String>,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
    /// Why.
    pub reasoning: String,
}

/// A task for a provider of artificial intelligence.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct AiTask {
    /// Its id, `ait_…`.
    pub id: ID,
    /// What is to be done.
    pub task_type: AiTaskType,
    /// Where it stands.
    pub status: AiTaskStatus,
    /// What it was given, by reference: the id of its subject, how much of it, and whether the oldest was left out.
    pub input: Json,
    /// What came of it.
    pub output: Option<Json>,
    /// Who does it, or did.
    pub provider: AiProvider,
    /// With which model, as the provider names it.
    pub model: Option<String>,
    /// Of the instructions that went along.
    pub prompt_version: Option<String>,
    /// What the provider read, in tokens.
    pub input_tokens: Option<i64>,
    /// What it wrote, in tokens.
    pub output_tokens: Option<i64>,
    /// What that cost, in millionths of a US dollar; null where no price is set.
    pub cost_micros: Option<i64>,
    /// How long the provider took, in milliseconds.
    pub latency_ms: Option<i32>,
    /// How often it was tried again.
    pub retry_count: i32,
    /// When it is tried next; null where it is not.
    pub next_retry_at: Option<DateTime<Utc>>,
    /// Why the last attempt came to nothing.
    pub failure: Option<AiFailure>,
    /// The same in words.
    pub error_message: Option<String>,
    /// What people decided later: the intent of a classification, what became of a suggested answer, of a lead.
    pub decided: Option<String>,
    /// When they did.
    pub decided_at: Option<DateTime<Utc>>,
    /// Whether that is what came of the task; null as long as nobody decided.
    pub agreed: Option<bool>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When it was done or given up.
    pub completed_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    key: AiTaskId,
    #[graphql(skip)]
    about: Subject,
    #[graphql(skip)]
    said: Option<Output>,
    #[graphql(skip)]
    requested_by_id: Option<StaffId>,
    #[graphql(skip)]
    replay_of_id: Option<AiTaskId>,
}

impl From<crm_leads::AiTask> for AiTask {
    fn from(task: crm_leads::AiTask) -> Self {
        let said = task.said();
        Self {
            id: task.id.into_id(),
            task_type: task.task_type.into(),
            status: task.status.into(),
            input: Json(task.input),
            output: task.output.map(Json),
            provider: task.provider.into(),
            model: task.model,
            prompt_version: task.prompt_version,
            input_tokens: task.input_tokens,
            output_tokens: task.output_tokens,
            cost_micros: task.cost_micros,
            latency_ms: task.latency_ms,
            retry_count: task.retry_count,
            next_retry_at: task.next_retry_at,
            failure: task.failure.map(Into::into),
            error_message: task.error_message,
            decided: task.decided,
            decided_at: task.decided_at,
            agreed: task.agreed,
            created_at: task.created_at,
            completed_at: task.completed_at,
            key: task.id,
            about: Subject { kind: task.subject_type, id: task.subject_id },
            said,
            requested_by_id: task.requested_by_id,
            replay_of_id: task.replay_of_id,
        }
    }
}

#[ComplexObject]
impl AiTask {
    /// What it is about; null where the viewer does not see it, or it is there no more.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        Box::pin(async move { node(ctx, "subject", &self.about.to_string().into()).await }).await
    }

    /// What somebody wants, where it is done and that was the task.
    async fn classification(&self) -> Option<Classification> {
        match &self.said {
            Some(Output::Classify(said)) => Some(Classification {
                intent: said.intent.into(),
                sentiment: said.sentiment.into(),
                urgency: said.urgency.into(),
                language: said.language.clone(),
                confidence: said.confidence,
                reasoning: said.reasoning.clone(),
            }),
            _ => None,
        }
    }

    /// Who asked for it; null where Frontdesk did.
    async fn requested_by(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(staff(ctx, self.requested_by_id)).await
    }

    /// The task that this does again, to compare the two; nothing follows from it.
    async fn replay_of(&self, ctx: &Context<'_>) -> Result<Option<Self>> {
        Box::pin(async move {
            let Some(id) = self.replay_of_id else { return Ok(None) };
            let found = scope(ctx).loaders.load_one(By::<crm_leads::records::AiTasks>(id)).await?;
            Ok(found.map(|found| found.as_ref().clone().into()))
        })
        .await
    }

    /// The same done again to compare, the newest first.
    async fn replays(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<AiTaskConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, crm_leads::ReplaysOf, self.key, page).await?.into())
        })
        .await
    }
}

connection!(AiTaskConnection, AiTaskEdge, AiTask, crm_leads::AiTask, "tasks");

/// How often a provider was right, as far as people decided.
#[derive(Debug, Clone, SimpleObject)]
pub struct AiAccuracy {
    /// At what.
    pub task_type: AiTaskType,
    /// Who.
    pub provider: AiProvider,
    /// With which model.
    pub model: Option<String>,
    /// And which instructions.
    pub prompt_version: Option<String>,
    /// How many of its tasks people decided.
    pub decided: i64,
    /// How many of those they decided as it did.
    pub agreed: i64,
}

impl From<crm_leads::Accuracy> for AiAccuracy {
    fn from(row: crm_leads::Accuracy) -> Self {
        Self {
            task_type: row.task_type.into(),
            provider: row.provider.into(),
            model: row.model,
            prompt_version: row.prompt_version,
            decided: row.decided,
            agreed: row.agreed,
        }
    }
}

/// What the company's tasks read and wrote on a day.
#[derive(Debug, Clone, SimpleObject)]
pub struct AiUsage {
    /// How many tokens; providers that cost nothing are not counted.
    pub tokens: i64,
    /// What that cost, in millionths of a US dollar; 0 where no price is set.
    pub cost_micros: i64,
    /// How many tokens a day there may be; null where there is no limit.
    pub daily_tokens: Option<i64>,
}
