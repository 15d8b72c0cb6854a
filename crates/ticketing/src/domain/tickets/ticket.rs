//! What a ticket may be.

use chrono::{DateTime, TimeZone, Utc};
use kernel::{Error, ProblemCode, Result, text::Check, visibility::Holder};

use crate::store::ticket::{Model as Ticket, TicketPriority};

/// The longest title.
pub const TITLE: usize = 200;
/// The longest description, and the longest notes.
pub const TEXT: usize = 20_000;
/// The most hours.
pub const HOURS: i32 = 100_000;
/// How many watch one ticket, and how many tickets one is tied to.
pub const AROUND: usize = 100;
/// How deep parts of parts go.
pub const DEPTH: usize = 20;

impl TicketPriority {
    /// To be ordered by.
    pub const fn urgency(self) -> i32 {
        match self {
            Self::Low => 1,
            Self::Medium => 2,
            Self::High => 3,
            Self::Urgent => 4,
        }
    }
}

/// Where what is never due stands among what is.
pub fn due_order(due: Option<DateTime<Utc>>) -> DateTime<Utc> {
    due.unwrap_or_else(|| Utc.with_ymd_and_hms(9999, 1, 1, 0, 0, 0).single().unwrap_or(DateTime::<Utc>::MAX_UTC))
}

/// The number of a year's ticket as it is shown: four digits, and more where those are used up.
pub fn number(year: i32, n: i32) -> String {
    format!("TKT-{year:04}-{n:04}")
}

/// The same, to be ordered by.
pub fn position(year: i32, n: i32) -> i64 {
    i64::from(year) * 1_000_000_000 + i64::from(n)
}

/// Notes what is wrong with a time until which something is to be done.
pub(crate) fn check_due(check: &mut Check, due: Option<DateTime<Utc>>, created_at: DateTime<Utc>) {
    if due.is_some_and(|due| due < created_at) {
        check.problem("dueAt", ProblemCode::NotAllowed, "must not be before the ticket was made");
    }
    if due.is_some_and(|due| due >= due_order(None)) {
        check.problem("dueAt", ProblemCode::InvalidFormat, "must be before the year 9999");
    }
}

/// Notes what is wrong with hours.
pub(crate) fn check_hours(check: &mut Check, field: &str, hours: Option<i32>) {
    if hours.is_some_and(|hours| !(0..=HOURS).contains(&hours)) {
        check.problem(field, ProblemCode::InvalidFormat, format!("must be from 0 to {HOURS}"));
    }
}

impl Ticket {
    /// Whose work it is.
    pub fn holder(&self) -> Holder {
        Holder { assignee: self.assignee_id, team: self.team_id, queue: None, owner: self.requester_id }
    }

    /// The texts by whose words it is found.
    pub fn texts(&self) -> [&str; 3] {
        [&self.number, &self.title, &self.description]
    }

    /// Refuses what is not to happen to a ticket that went into another.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `field`.
    pub(crate) fn whole(&self, field: &str) -> Result<()> {
        if self.merged_into_id.is_none() {
            return Ok(());
        }
        Err(Error::invalid(field, ProblemCode::NotAllowed, "the ticket went into another: unmerge it first"))
    }

    /// The ticket with what follows from its other values.
    #[must_use]
    pub(crate) fn consistent(mut self) -> Self {
        self.urgency = self.priority.urgency();
        self.due_order = due_order(self.due_at);
        self
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::store::ticket::{TicketCategory, TicketSeverity, TicketStatus};
    use kernel::id::{TicketId, TypedId};

    /// An open ticket of nobody.
    pub(crate) fn ticket() -> Ticket {
        let at = Utc.with_ymd_and_hms(2026, 1, 31, 12, 0, 0).unwrap();
        Ticket {
            id: TicketId::from_uuid(uuid::Uuid::from_u128(7)),
            number: number(2026, 1),
            position: position(2026, 1),
            title: "It is down".into(),
            description: "Since today".into(),
            status: TicketStatus::Open,
            category: TicketCategory::Support,
            priority: TicketPriority::Medium,
            urgency: 2,
            severity: TicketSeverity::Normal,
            requester_id: None,
            created_by_id: None,
            assignee_id: None,
            team_id: None,
            notes: String::new(),
            due_at: None,
            due_order: due_order(None),
            resolved_at: None,
            closed_at: None,
            last_replied_at: None,
            estimated_hours: None,
            actual_hours: None,
            parent_id: None,
            merged_into_id: None,
            project_id: None,
            comment_count: 0,
            public_comment_count: 0,
            version: 1,
            created_at: at,
            updated_at: at,
            shown_at: at,
        }
    }

    #[test]
    fn numbers_grow_beyond_four_digits_and_stay_in_order() {
        assert_eq!(
            (number(2026, 1), number(2026, 9999), number(2026, 10_000)),
            ("TKT-2026-0001".into(), "TKT-2026-9999".into(), "TKT-2026-10000".into())
        );
        assert!(position(2026, 9999) < position(2026, 10_000) && position(2026, i32::MAX / 3) < position(2027, 1));
    }
}
