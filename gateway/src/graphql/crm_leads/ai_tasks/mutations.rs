//! Asking for tasks and keeping them.

use async_graphql::{Context, ID, InputObject, Object};
use crm_leads::{AiProviderName, Subject, Wanted, correct_ai_task, replay_ai_task, request_ai_task, retry_ai_task};
use kernel::{Error, ProblemCode};

use super::types::{AiProvider, AiTask, AiTaskType, Intent};
use crate::{
    graphql::{directives::requires, errors::Result, identity::Permission, records::write, scalars::id, scope::scope},
    payload,
    wiring::ai::Asking,
};

/// A task is wanted.
#[derive(Clone, InputObject)]
pub struct RequestAiTaskInput {
    /// What is to be done.
    pub task_type: AiTaskType,
    /// What it is about: a message of a conversation, a message, a chat or a lead.
    pub subject_id: ID,
    /// Who is to do it; the installation's own provider unless given.
    pub provider: Option<AiProvider>,
}

/// A task is to be done again by a provider, to compare.
#[derive(Clone, InputObject)]
pub struct ReplayAiTaskInput {
    /// The task.
    pub task_id: ID,
    /// Who is to do it.
    pub provider: AiProvider,
}

/// A task is to be begun again.
#[derive(Clone, InputObject)]
pub struct RetryAiTaskInput {
    /// The task.
    pub task_id: ID,
}

/// What a classification should have come to.
#[derive(Clone, InputObject)]
pub struct CorrectAiTaskInput {
    /// The task.
    pub task_id: ID,
    /// What they wanted.
    pub intent: Intent,
}

payload! {
    /// What came of asking for a task.
    RequestAiTaskPayload {
        /// The task, which waits for somebody.
        task: AiTask as crm_leads::AiTask
    }
    /// What came of having a task done again.
    ReplayAiTaskPayload {
        /// The other task.
        task: AiTask as crm_leads::AiTask
    }
    /// What came of beginning a task again.
    RetryAiTaskPayload {
        /// The task.
        task: AiTask as crm_leads::AiTask
    }
    /// What came of correcting a task.
    CorrectAiTaskPayload {
        /// The task.
        task: AiTask as crm_leads::AiTask
    }
}

/// The provider that is asked, and whether this installation has it.
fn provider(ctx: &Context<'_>, wanted: Option<AiProvider>) -> (AiProviderName, bool) {
    let ai = &scope(ctx).app.ai;
    let name = wanted.map_or(ai.usual, Into::into);
    (name, ai.providers.iter().any(|provider| provider.name() == name))
}

/// The provider, where this installation has it.
fn set_up((name, is_there): (AiProviderName, bool)) -> kernel::Result<AiProviderName> {
    let why = "is not set up in this installation";
    if is_there { Ok(name) } else { Err(Error::invalid("provider", ProblemCode::NotAvailable, why)) }
}

/// Asking for tasks and keeping them.
#[derive(Default)]
pub struct AiTaskMutation;

#[Object]
impl AiTaskMutation {
    /// Asks for a task. What follows from it is what follows where Frontdesk asks by itself.
    #[graphql(directive = requires::apply(Permission::ManageAiTasks))]
    async fn request_ai_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RequestAiTaskInput,
    ) -> Result<RequestAiTaskPayload> {
        let provider = provider(ctx, input.provider);
        let subject = Subject::of(&input.subject_id).ok_or_else(|| {
            let what = "is not the id of anything that tasks are about: `cvm_…`, `msg_…`, `cht_…`, `led_…`";
            Error::invalid("input.subjectId", ProblemCode::InvalidFormat, what)
        })?;
        let wanted = Wanted { task: input.task_type.into(), subject };
        Ok(write(ctx, "ai_task.request", (), move |tx, cx, _| async move {
            request_ai_task(&tx, &Asking(&tx), &cx, wanted, set_up(provider)?).await
        })
        .await?
        .into())
    }

    /// Has a task done again by a provider, to compare: nothing follows from it.
    #[graphql(directive = requires::apply(Permission::ManageAiTasks))]
    async fn replay_ai_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ReplayAiTaskInput,
    ) -> Result<ReplayAiTaskPayload> {
        let provider = provider(ctx, Some(input.provider));
        let task = id("input.taskId", &input.task_id)?;
        Ok(write(ctx, "ai_task.replay", (), move |tx, cx, _| async move {
            replay_ai_task(&tx, &cx, task, set_up(provider)?).await
        })
        .await?
        .into())
    }

    /// Begins a task again that was given up.
    #[graphql(directive = requires::apply(Permission::ManageAiTasks))]
    async fn retry_ai_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RetryAiTaskInput,
    ) -> Result<RetryAiTaskPayload> {
        let task = id("input.taskId", &input.task_id)?;
        Ok(write(ctx, "ai_task.retry", (), move |tx, cx, _| async move { retry_ai_task(&tx, &cx, task).await })
            .await?
            .into())
    }

    /// Says what somebody wanted, for one who knows: `aiAccuracy` counts by it. Said again, the last word counts.
    #[graphql(directive = requires::apply(Permission::ManageAiTasks))]
    async fn correct_ai_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CorrectAiTaskInput,
    ) -> Result<CorrectAiTaskPayload> {
        let task = id("input.taskId", &input.task_id)?;
        let intent = input.intent.into();
        Ok(write(
            ctx,
            "ai_task.correct",
            (),
            move |tx, cx, _| async move { correct_ai_task(&tx, &cx, task, intent).await },
        )
        .await?
        .into())
    }
}
