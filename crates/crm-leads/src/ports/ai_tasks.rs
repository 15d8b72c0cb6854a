//! What tasks need: the tasks themselves, what they are about, somebody who does them, and what follows.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Cx, Result, Tx, id::AiTaskId};
use uuid::Uuid;

use crate::{
    domain::ai_tasks::{
        material::{Asked, Given, Material, Nothing, Subject},
        output::Output,
    },
    store::ai_tasks::task::{AiProviderName, AiTaskType, Model as AiTask},
    usecases::ai_tasks::queue::Wanted,
};

/// The tasks in an open transaction.
pub trait Tasks {
    /// Adds a task, unless Frontdesk has queued the same one before; says whether it did.
    async fn put_once(&self, task: &AiTask) -> Result<bool>;
    /// Ends an attempt that is under way, or begins one anew; says whether the task was still as it is supposed to be.
    async fn conclude(&self, task: &AiTask) -> Result<bool>;
    /// Forgets a task that there was nothing to do for.
    async fn forget(&self, id: AiTaskId) -> Result<()>;
    /// Notes of the task about something that came to what it did at that instant, now, what became of it; returns that task.
    async fn decide(
        &self,
        task: AiTaskType,
        subject: Uuid,
        decided: &str,
        agreed: bool,
        made_and_now: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Option<AiTaskId>>;
    /// Adds to what was spent on a day.
    async fn spend(&self, day: NaiveDate, tokens: i64, cost_micros: i64) -> Result<()>;
}

/// What tasks are about, as Frontdesk itself reads it: in all that there is of it.
#[async_trait::async_trait]
pub trait Subjects: Send + Sync {
    /// What there is of a subject for a task; `None` where it is there no more.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn read(&self, cx: &Cx, subject: Subject, task: AiTaskType) -> Result<Option<Material>>;
}

/// Whether the actor sees what a task is to be about.
pub trait SeesSubjects {
    /// Whether they do.
    async fn sees(&self, cx: &Cx, subject: Subject) -> Result<bool>;
}

/// Somebody who does tasks.
#[async_trait::async_trait]
pub trait AiProvider: Send + Sync {
    /// Which one.
    fn name(&self) -> AiProviderName;
    /// Does a task.
    ///
    /// # Errors
    /// Why there is nothing.
    async fn perform(&self, asked: &Asked) -> std::result::Result<Given, Nothing>;
}

/// What follows from a task, in the transaction that notes it as done.
#[async_trait::async_trait]
pub trait Effects: Send + Sync {
    /// Has it happen, and returns the tasks that are to come next.
    ///
    /// # Errors
    /// What keeps it from happening; then the task is not done either.
    async fn follow(&self, tx: &Tx, cx: &Cx, task: &AiTask, output: &Output) -> Result<Vec<Wanted>>;
}
