//! A run notes how far it is, in the transaction that brought it there.

use kernel::{Cx, Error, Result, Tx, id::RetentionRunId};
use sea_orm::{QueryFilter, entity::prelude::*};

use crate::{
    domain::retention::progress::{Progress, Step},
    store::retention::{
        archive,
        run::{Column, Entity, Model, RetentionStatus},
    },
};

/// A run that is being carried out, at one of its policies.
#[derive(Debug, Clone)]
pub struct Progressing {
    /// It.
    pub run: RetentionRunId,
    /// Which time it was begun.
    pub attempts: i32,
    /// How far it is.
    pub progress: Progress,
    /// At which policy.
    pub at: usize,
}

impl Progressing {
    /// How a run stands that was begun.
    pub fn of(run: &Model) -> Self {
        Self { run: run.id, attempts: run.attempts, progress: run.progress.clone(), at: 0 }
    }

    /// How far it is with this policy.
    pub fn step(&self) -> Step {
        self.progress.0.get(self.at).cloned().unwrap_or_default()
    }

    /// Says how far it is with this policy.
    pub fn set(&mut self, step: Step) {
        if let Some(here) = self.progress.0.get_mut(self.at) {
            *here = step;
        }
    }

    /// The same, with this.
    #[must_use]
    pub fn with(&self, step: Step) -> Self {
        let mut next = self.clone();
        next.set(step);
        next
    }

    /// The same, with the rows of an archive moved.
    #[must_use]
    pub fn moved(&self, archive: &archive::Model) -> Self {
        let (step, rows) = (self.step(), i64::from(archive.row_count));
        self.with(Step {
            removed: step.removed + rows,
            archived: step.archived + rows,
            objects: step.objects + 1,
            bytes: step.bytes + archive.bytes,
            ..step
        })
    }

    /// The same, with so many rows removed.
    #[must_use]
    pub fn removed(&self, rows: u64) -> Self {
        let step = self.step();
        self.with(Step { removed: step.removed + i64::try_from(rows).unwrap_or(i64::MAX), ..step })
    }
}

pub use crate::usecases::archives::rows::CHANGED as CHANGED_MEANWHILE;

/// What is said where a run is no more this worker's, or not to go on.
pub const STOPPED: &str = "the run was stopped, or is somebody else's";

/// Notes how far a run is.
///
/// # Errors
/// [`Error::Conflict`] where it was stopped or is another worker's by now: then nothing of the transaction holds.
pub async fn note(tx: &Tx, cx: &Cx, progressing: &Progressing) -> Result<()> {
    let progress = &progressing.progress;
    let noted = Entity::update_many()
        .col_expr(Column::Progress, Expr::value(progress.clone()))
        .col_expr(Column::RowsDue, Expr::value(progress.sum(|step| step.due.unwrap_or_default())))
        .col_expr(Column::RowsHeld, Expr::value(progress.sum(|step| step.held)))
        .col_expr(Column::RowsRemoved, Expr::value(progress.sum(|step| step.removed)))
        .col_expr(Column::RowsArchived, Expr::value(progress.sum(|step| step.archived)))
        .col_expr(Column::Bytes, Expr::value(progress.sum(|step| step.bytes)))
        .col_expr(Column::UpdatedAt, Expr::value(cx.at_present().now))
        .filter(Column::Id.eq(progressing.run))
        .filter(Column::Attempts.eq(progressing.attempts))
        .filter(Column::Status.eq(RetentionStatus::Running))
        .exec(tx.conn())
        .await?;
    match noted.rows_affected {
        1 => Ok(()),
        _ => Err(Error::Conflict { message: STOPPED.into(), retryable: false }),
    }
}
