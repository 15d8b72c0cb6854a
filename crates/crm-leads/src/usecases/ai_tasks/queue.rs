//! Tasks are queued: by Frontdesk when something was written, by a person who asks for one, or to compare two providers.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{AiTaskId, StaffId},
    jobs::Enqueue,
    record::Records,
};
use serde_json::json;

use super::run::RunAiTask;
use crate::{
    domain::ai_tasks::{events::AiTaskRequested, material::Subject},
    policy::MANAGE_AI_TASKS,
    ports::ai_tasks::{SeesSubjects, Tasks},
    store::ai_tasks::task::{AiProviderName, AiTaskStatus, AiTaskType, Entity as AiTasks, Model as AiTask},
};

/// A task that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// To do what.
    pub task: AiTaskType,
    /// About what.
    pub subject: Subject,
}

fn fresh(cx: &Cx, wanted: Wanted, provider: AiProviderName) -> AiTask {
    AiTask {
        id: cx.new_id(),
        task_type: wanted.task,
        status: AiTaskStatus::Queued,
        subject_type: wanted.subject.kind,
        subject_id: wanted.subject.id,
        input: json!({ "subject": wanted.subject.to_string() }),
        output: None,
        provider,
        model: None,
        prompt_version: None,
        input_tokens: None,
        output_tokens: None,
        cost_micros: None,
        latency_ms: None,
        retry_count: 0,
        next_retry_at: None,
        failure: None,
        error_message: None,
        requested_by_id: None,
        replay_of_id: None,
        decided: None,
        decided_by_id: None,
        decided_at: None,
        agreed: None,
        created_at: cx.now,
        completed_at: None,
        updated_at: cx.now,
    }
}

/// Queues a task, unless the same was queued before: what happened is told at least once. Says whether it did.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn queue_ai_task<S: Tasks + Enqueue>(
    s: &S,
    cx: &Cx,
    wanted: Wanted,
    provider: AiProviderName,
) -> Result<bool> {
    let task = fresh(cx, wanted, provider);
    if !s.put_once(&task).await? {
        return Ok(false);
    }
    s.enqueue(cx, &RunAiTask { task: task.id }).await?;
    Ok(true)
}

/// Who asks, as those do who keep tasks.
pub(super) fn keeper(cx: &Cx) -> Result<StaffId> {
    cx.require(MANAGE_AI_TASKS)?;
    cx.staff_id().ok_or(Error::Forbidden { permission: MANAGE_AI_TASKS.name })
}

async fn ask<S: Tasks + Enqueue + Emit>(s: &S, cx: &Cx, task: AiTask) -> Result<AiTask> {
    if !s.put_once(&task).await? {
        return Err(Error::lost_race("the task"));
    }
    s.enqueue(cx, &RunAiTask { task: task.id }).await?;
    let subject = Subject { kind: task.subject_type, id: task.subject_id };
    s.emit(
        cx,
        &AiTaskRequested {
            task: task.id,
            task_type: task.task_type,
            subject: subject.to_string(),
            provider: task.provider,
            replay_of: task.replay_of_id,
        },
    );
    Ok(task)
}

/// A person asks for a task, whose effect follows as if Frontdesk had asked.
///
/// # Errors
/// [`Error::NotFound`] for what they do not see.
pub async fn request_ai_task<S: Tasks + Enqueue + Emit>(
    s: &S,
    seen: &impl SeesSubjects,
    cx: &Cx,
    wanted: Wanted,
    provider: AiProviderName,
) -> Result<AiTask> {
    let keeper = keeper(cx)?;
    if !seen.sees(cx, wanted.subject).await? {
        return Err(Error::NotFound { what: "Subject" });
    }
    ask(s, cx, AiTask { requested_by_id: Some(keeper), ..fresh(cx, wanted, provider) }).await
}

/// A person has a task done again by a provider, to compare: nothing follows from it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a task that is not over yet, and for one that compares already.
pub async fn replay_ai_task<S: Tasks + Records<AiTasks> + Enqueue + Emit>(
    s: &S,
    cx: &Cx,
    id: AiTaskId,
    provider: AiProviderName,
) -> Result<AiTask> {
    let keeper = keeper(cx)?;
    let task = s.lock(cx, id).await?;
    let refused = |why: &str| Err(Error::invalid("taskId", ProblemCode::NotAllowed, why));
    if task.replay_of_id.is_some() {
        return refused("is a comparison itself: replay the task that it is of");
    }
    if !matches!(task.status, AiTaskStatus::Completed | AiTaskStatus::Failed) {
        return refused("is not over yet");
    }
    let subject = Subject { kind: task.subject_type, id: task.subject_id };
    let wanted = Wanted { task: task.task_type, subject };
    let again = AiTask { requested_by_id: Some(keeper), replay_of_id: Some(id), ..fresh(cx, wanted, provider) };
    ask(s, cx, again).await
}
