//! A task that was given up is begun again.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::AiTaskId, jobs::Enqueue, record::Records};

use super::{queue::keeper, run::RunAiTask};
use crate::{
    domain::ai_tasks::{events::AiTaskRetried, material::Subject},
    ports::ai_tasks::Tasks,
    store::ai_tasks::task::{AiTaskStatus, Entity as AiTasks, Model as AiTask},
};

/// Begins a task again that was given up.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for one that was not.
pub async fn retry_ai_task<S: Tasks + Records<AiTasks> + Enqueue + Emit>(
    s: &S,
    cx: &Cx,
    id: AiTaskId,
) -> Result<AiTask> {
    keeper(cx)?;
    let mut task = s.lock(cx, id).await?;
    if task.status != AiTaskStatus::Failed {
        return Err(Error::invalid("taskId", ProblemCode::NotAllowed, "was not given up"));
    }
    task.status = AiTaskStatus::Queued;
    task.retry_count += 1;
    task.next_retry_at = None;
    task.completed_at = None;
    task.updated_at = cx.now;
    if !s.conclude(&task).await? {
        return Err(Error::lost_race("the task"));
    }
    s.enqueue(cx, &RunAiTask { task: id }).await?;
    let subject = Subject { kind: task.subject_type, id: task.subject_id }.to_string();
    s.emit(cx, &AiTaskRetried { task: id, task_type: task.task_type, subject });
    Ok(task)
}
