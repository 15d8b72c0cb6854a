//! Tasks for artificial intelligence, as coverage needs them.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things};
use super::sdl::Root;
use crate::support::{PATIENCE, until};

/// A task that was done, and one that was given up.
pub struct AiTasks {
    /// The first.
    pub done: String,
    /// The other.
    pub failed: String,
}

impl AiTasks {
    /// Has both done.
    pub async fn make(home: &Home, message: &str) -> Self {
        Self { done: one(home, "CLASSIFY", message).await, failed: failed(home, message).await }
    }
}

/// Another one that was given up: there is no lead to score.
pub async fn failed(home: &Home, message: &str) -> String {
    one(home, "SCORE", message).await
}

async fn one(home: &Home, task: &str, message: &str) -> String {
    let ask = "mutation($task: AiTaskType!, $of: ID!) { requestAiTask(input: { taskType: $task, subjectId: $of }) {
        task { id } errors { message } } }";
    let asked = home.admin.run(ask, json!({ "task": task, "of": message })).await.ok();
    let id = asked.string("requestAiTask.task.id");
    until("a task is over", PATIENCE, async || {
        let seen =
            home.admin.run("query($id: ID!) { aiTask(id: $id) { completedAt } }", json!({ "id": id })).await.ok();
        (!seen.data("aiTask.completedAt").is_null()).then_some(())
    })
    .await;
    id
}

/// A task as a row of this id about the message of that one, with one that does it again.
pub async fn rows(home: &Home, hex: &str) {
    let id = |hex: &str| if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (own, other) = (id(hex), id(&format!("0191{}", &hex[4..])));
    let at = "'2026-01-01T00:00:00+00:00'";
    for (task, of) in [(own.clone(), "NULL".to_owned()), (other, own.clone())] {
        let sql = format!(
            "INSERT INTO ai_tasks (id, task_type, status, subject_type, subject_id, input, output, provider, retry_count, \
                requested_by_id, replay_of_id, created_at, completed_at, updated_at) \
             VALUES ({task}, 'classify', 'completed', 'message', {own}, '{{}}', '{{}}', 'builtin', 0, {own}, {of}, {at}, {at}, {at})"
        );
        home.sql.run(&sql).await;
    }
}

/// Valid arguments with one's own things; none for what is about something else.
pub fn valid(root: &Root, own: &Things) -> Option<Value> {
    Some(match root.name.as_str() {
        "aiTask" => json!({ "id": own.ai_tasks.done }),
        "aiTasks" | "aiUsage" => json!({}),
        "aiAccuracy" => json!({ "since": "2026-01-01T00:00:00Z" }),
        "requestAiTask" => json!({ "input": { "taskType": "CLASSIFY", "subjectId": own.message } }),
        "replayAiTask" => json!({ "input": { "taskId": own.ai_tasks.done, "provider": "BUILTIN" } }),
        "retryAiTask" => json!({ "input": { "taskId": own.ai_tasks.failed } }),
        "correctAiTask" => json!({ "input": { "taskId": own.ai_tasks.done, "intent": "SUPPORT" } }),
        _ => return None,
    })
}

/// The prefixes of the ids that an argument takes; none for what is about something else.
pub fn kinds(root: &str, place: &str) -> Option<&'static [&'static str]> {
    Some(match (root, place) {
        ("aiTask", "id") => &["ait"],
        ("replayAiTask" | "retryAiTask" | "correctAiTask", "input.taskId") => &["ait"],
        ("requestAiTask", "input.subjectId") => &["cvm", "msg", "cht", "led"],
        _ => return None,
    })
}

/// Arguments with which a change is refused; none for what is about something else.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let missing = json!("ait_0190a5f0000070008000000000000000");
    let with = |place: &str, value: Value| put(arguments(root, own), place, value);
    Some(match root.name.as_str() {
        "requestAiTask" => vec![
            with("input.subjectId", json!("msg_0190a5f0000070008000000000000000")),
            with("input.provider", json!("ANTHROPIC")),
        ],
        "replayAiTask" => vec![with("input.taskId", missing), with("input.provider", json!("ANTHROPIC"))],
        "retryAiTask" => vec![with("input.taskId", missing), with("input.taskId", json!(own.ai_tasks.done))],
        "correctAiTask" => vec![with("input.taskId", missing), with("input.taskId", json!(own.ai_tasks.failed))],
        _ => return None,
    })
}
