//! How a project moves, and who moves it.

use chrono::NaiveDate;
use kernel::{Error, ProblemCode, Result};

use crate::store::projects::project::ProjectStatus::{Approved, Cancelled, Completed, InProgress, Pending, Review};
pub use crate::store::projects::project::{Model as Project, ProjectStatus};

/// The longest texts, in characters.
pub const TITLE: usize = 200;
/// Of the description.
pub const DESCRIPTION: usize = 20_000;
/// Of the requirements.
pub const REQUIREMENTS: usize = 20_000;

/// Who wants to move a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mover {
    /// The client whose it is.
    Client,
    /// Whoever keeps projects.
    Staff,
}

/// What may follow on what. What is done or will not be stays so: a new project is a new one.
const MOVES: &[(ProjectStatus, &[ProjectStatus])] = &[
    (Pending, &[Approved, Cancelled]),
    (Approved, &[InProgress, Cancelled]),
    (InProgress, &[Review, Cancelled]),
    (Review, &[InProgress, Completed, Cancelled]),
    (Completed, &[]),
    (Cancelled, &[]),
];

impl ProjectStatus {
    /// What may follow.
    pub fn next(self, mover: Mover) -> &'static [Self] {
        match (mover, self) {
            // They take back what they asked for, as long as nobody has said yes.
            (Mover::Client, Pending) => &[Cancelled],
            (Mover::Client, _) => &[],
            (Mover::Staff, _) => MOVES.iter().find(|(from, _)| *from == self).map_or(&[], |(_, to)| to),
        }
    }

    fn said(self) -> &'static str {
        match self {
            Pending => "waits for approval",
            Approved => "is approved",
            InProgress => "is in progress",
            Review => "is in review",
            Completed => "is completed",
            Cancelled => "is cancelled",
        }
    }
}

impl Project {
    /// Moves it to another status. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `status` where it cannot go there from where it stands.
    pub fn set_status(&mut self, mover: Mover, status: ProjectStatus) -> Result<bool> {
        if self.status == status {
            return Ok(false);
        }
        if !self.status.next(mover).contains(&status) {
            let message = match mover {
                Mover::Client => {
                    format!("can only be cancelled, and only before it is approved; it {}", self.status.said())
                }
                Mover::Staff => format!("cannot follow: the project {}", self.status.said()),
            };
            return Err(Error::invalid("status", ProblemCode::NotAllowed, message));
        }
        self.status = status;
        Ok(true)
    }

    /// Sets when it begins and is to be done; the order of lists with it.
    pub fn set_dates(&mut self, start: Option<NaiveDate>, end: Option<NaiveDate>) {
        self.start_date = start;
        self.end_date = end;
        self.starts_on = start.unwrap_or(END_OF_DAYS);
    }
}

/// When those begin that have no start.
pub const END_OF_DAYS: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day");

/// How much of a project is done, in whole per cent, rounded down until all is; `None` where nothing is planned.
pub fn progress(done: u64, all: u64) -> Option<i32> {
    if all == 0 { None } else { i32::try_from(u128::from(done.min(all)) * 100 / u128::from(all)).ok() }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    /// Every walk of up to six steps, by either mover, refused steps and all: it only ever goes by the table.
    #[test]
    fn whatever_is_tried_a_project_moves_by_its_table() {
        fn walk(from: ProjectStatus, steps: usize, seen: &mut Vec<(Mover, ProjectStatus, ProjectStatus)>) {
            if steps == 0 {
                return;
            }
            for mover in [Mover::Client, Mover::Staff] {
                for to in ProjectStatus::iter() {
                    let mut project = example(from);
                    match project.set_status(mover, to) {
                        Ok(moved) => {
                            assert_eq!(moved, from != to);
                            assert_eq!(project, example(to));
                            seen.push((mover, from, to));
                            if moved {
                                walk(to, steps - 1, seen);
                            }
                        }
                        Err(error) => {
                            assert!(matches!(error, Error::Invalid(ref at) if at[0].path == ["status"]), "{error}");
                            assert_eq!(project, example(from), "a refused step changes nothing");
                        }
                    }
                }
            }
        }
        let mut seen = Vec::new();
        walk(Pending, 6, &mut seen);
        for (mover, from, to) in &seen {
            let staff = matches!(
                (from, to),
                (Pending, Approved)
                    | (Approved, InProgress)
                    | (InProgress, Review)
                    | (Review, InProgress | Completed)
                    | (Pending | Approved | InProgress | Review, Cancelled)
            );
            let client = (*from, *to) == (Pending, Cancelled);
            let may = from == to || if *mover == Mover::Staff { staff } else { client };
            assert!(may, "{mover:?} {from:?} {to:?}");
        }
        let reached: std::collections::HashSet<_> = seen.iter().map(|(_, _, to)| *to).collect();
        assert_eq!(reached.len(), ProjectStatus::iter().count(), "every status is reached");
        for end in [Completed, Cancelled] {
            assert!(end.next(Mover::Staff).is_empty() && end.next(Mover::Client).is_empty());
        }
    }

    fn example(status: ProjectStatus) -> Project {
        use crate::store::projects::project::ProjectType;
        use kernel::id::{ClientId, ProjectId};
        Project {
            id: ProjectId(uuid::Uuid::nil()),
            title: "Shop".into(),
            description: None,
            status,
            kind: ProjectType::ECommerce,
            client_id: ClientId(uuid::Uuid::nil()),
            budget: None,
            currency: None,
            requirements: None,
            start_date: None,
            end_date: None,
            starts_on: END_OF_DAYS,
            created_by_id: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    /// B31, B32, B33.
    #[test]
    fn progress_is_a_share_that_is_rounded_down_until_all_is_done() {
        assert_eq!(progress(1, 1), Some(100), "one task, done");
        assert_eq!(progress(0, 0), None, "nothing planned");
        assert_eq!(progress(199, 200), Some(99));
        assert_eq!(progress(200, 200), Some(100));
        assert_eq!(progress(1, 3), Some(33));
        assert_eq!(progress(0, 7), Some(0));
        assert_eq!(progress(u64::MAX, u64::MAX), Some(100));
        assert_eq!(progress(3, 2), Some(100), "never more than all");
    }
}
