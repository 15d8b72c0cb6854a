//! What is told of tasks: that they were done or given up, by whom and with what verdict, and no word of what they were about.

use kernel::{
    events::{Event, Resource, Severity},
    id::AiTaskId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::ai_tasks::task::{AiFailure, AiProviderName, AiTaskType};

/// The topic of all events of tasks.
pub const AI_TASKS: &str = "ai_tasks";

macro_rules! task_events {
    ($(
        $(#[$doc:meta])*
        $name:ident = $kind:literal $(, $success:literal)? { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* }
        |$event:ident| $details:expr;
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            /// The task.
            pub task: AiTaskId,
            /// What was to be done.
            pub task_type: AiTaskType,
            /// What it is about, by its id.
            pub subject: String,
            $($(#[$field_doc])* pub $field: $ty,)*
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = AI_TASKS;
            $(const SUCCESS: bool = $success; const SEVERITY: Severity = Severity::Medium;)?
            fn resource(&self) -> Resource {
                Resource::new("AiTask", self.task)
            }
            fn concerns(&self) -> Option<uuid::Uuid> {
                Some(self.task.0)
            }
            fn details(&self) -> Option<Json> {
                let $event = self;
                let mut details = json!({ "taskType": self.task_type, "subject": self.subject });
                let more: Json = $details;
                for (name, value) in more.as_object().into_iter().flatten() {
                    details[name] = value.clone();
                }
                Some(details)
            }
        }
    )+};
}

task_events! {
    /// A person asked for a task.
    AiTaskRequested = "ai_task.requested" {
        /// Who is to do it.
        provider: AiProviderName,
        /// The task that it does again, to compare the two.
        replay_of: Option<AiTaskId>,
    }
    |event| json!({ "provider": event.provider, "replayOf": event.replay_of });

    /// A task was done, and what follows from it happened with it.
    AiTaskCompleted = "ai_task.completed" {
        /// Who did it.
        provider: AiProviderName,
        /// In a word, where there is one.
        verdict: Option<String>,
        /// Whether it was to compare only.
        is_replay: bool,
    }
    |event| json!({ "provider": event.provider, "verdict": event.verdict, "isReplay": event.is_replay });

    /// A task was given up.
    AiTaskFailed = "ai_task.failed", false {
        /// Who was asked.
        provider: AiProviderName,
        /// Why.
        failure: AiFailure,
    }
    |event| json!({ "provider": event.provider, "failure": event.failure });

    /// A person had a task begun again that was given up.
    AiTaskRetried = "ai_task.retried" {}
    |event| { let _ = event; json!({}) };

    /// A person said what a task should have come to.
    AiTaskCorrected = "ai_task.corrected" {
        /// What.
        decided: String,
        /// Whether that is what came of it.
        agreed: bool,
    }
    |event| json!({ "decided": event.decided, "agreed": event.agreed });
}
