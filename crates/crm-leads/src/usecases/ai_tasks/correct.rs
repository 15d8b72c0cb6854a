//! People say what a task should have come to.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::AiTaskId, record::Records};

use super::queue::keeper;
use crate::{
    domain::ai_tasks::{
        events::AiTaskCorrected,
        material::Subject,
        output::{Intent, Output},
    },
    ports::ai_tasks::Tasks,
    store::ai_tasks::task::{Entity as AiTasks, Model as AiTask},
};

/// Notes what somebody wanted, as a person says who knows. Said again, the last word counts.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a task that has not said what somebody wants.
pub async fn correct_ai_task<S: Tasks + Records<AiTasks> + Emit>(
    s: &S,
    cx: &Cx,
    id: AiTaskId,
    intent: Intent,
) -> Result<AiTask> {
    let keeper = keeper(cx)?;
    let mut task = s.lock(cx, id).await?;
    let Some(Output::Classify(said)) = task.said() else {
        return Err(Error::invalid("taskId", ProblemCode::NotAllowed, "has not said what somebody wants"));
    };
    let agreed = said.intent == intent;
    task.decided = Some(intent.text().into());
    task.decided_by_id = Some(keeper);
    task.decided_at = Some(cx.now);
    task.agreed = Some(agreed);
    task.updated_at = cx.now;
    if !s.conclude(&task).await? {
        return Err(Error::lost_race("the task"));
    }
    let subject = Subject { kind: task.subject_type, id: task.subject_id }.to_string();
    let decided = intent.text().into();
    s.emit(cx, &AiTaskCorrected { task: id, task_type: task.task_type, subject, decided, agreed });
    Ok(task)
}
