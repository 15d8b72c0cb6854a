//! Where a ticket may go from where it stands: the one table of it, which `docs/tickets.md` shows.

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::ticket::{Model as Ticket, TicketStatus};

use TicketStatus::{Closed, InProgress, OnHold, Open, Pending, Resolved};

/// All of them, in the order in which most tickets go through them.
pub const STATUSES: [TicketStatus; 6] = [Open, InProgress, Pending, OnHold, Resolved, Closed];

impl TicketStatus {
    /// Where a ticket goes from here by the hand of a colleague.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Open => &[InProgress, Pending, OnHold, Resolved, Closed],
            InProgress => &[Open, Pending, OnHold, Resolved, Closed],
            Pending => &[Open, InProgress, OnHold, Resolved, Closed],
            OnHold => &[Open, InProgress, Pending, Resolved, Closed],
            // What is done waits for nobody: it is opened again first.
            Resolved => &[Open, InProgress, Closed],
            Closed => &[Open],
        }
    }

    /// Where a ticket goes from here by the hand of the client whose it is.
    pub const fn next_for_client(self) -> &'static [Self] {
        match self {
            Resolved => &[Open, Closed],
            Closed => &[Open],
            Open | InProgress | Pending | OnHold => &[],
        }
    }

    /// Whether nothing is left to do.
    pub const fn is_over(self) -> bool {
        matches!(self, Resolved | Closed)
    }
}

impl Ticket {
    /// Whether a client may still open it again: so many days after it was resolved, or closed without that.
    pub fn may_be_reopened(&self, now: DateTime<Utc>, within_days: i64) -> bool {
        let over = self.resolved_at.or(self.closed_at);
        self.merged_into_id.is_none() && over.is_some_and(|at| now <= at + TimeDelta::days(within_days))
    }

    /// Notes where it stands from now on, and since when it is over.
    pub fn stand(&mut self, status: TicketStatus, now: DateTime<Utc>) {
        self.status = status;
        match status {
            Resolved => (self.resolved_at, self.closed_at) = (Some(now), None),
            Closed => self.closed_at = Some(now),
            Open | InProgress | Pending | OnHold => (self.resolved_at, self.closed_at) = (None, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tickets::ticket::tests::ticket;

    /// The table as `docs/tickets.md` shows it.
    fn documented() -> Vec<(TicketStatus, TicketStatus, bool, bool)> {
        let page = include_str!("../../../../../docs/tickets.md");
        let word = |text: &str| {
            let known =
                STATUSES.into_iter().find(|status| format!("{status:?}").to_lowercase() == text.replace('_', ""));
            known.unwrap_or_else(|| panic!("no status: {text}"))
        };
        let rows = page.lines().filter(|line| line.starts_with("| `")).map(|line| {
            line.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().trim_matches('`').to_lowercase())
                .collect::<Vec<_>>()
        });
        let mut found = Vec::new();
        for row in rows.filter(|row| row.len() == 7) {
            for (to, cell) in STATUSES.into_iter().zip(&row[1..]) {
                found.push((word(&row[0]), to, cell.contains("yes"), cell.contains("client")));
            }
        }
        found
    }

    #[test]
    fn the_table_is_the_published_one() {
        let documented = documented();
        assert_eq!(documented.len(), 36);
        for (from, to, staff, client) in documented {
            assert_eq!(from.next().contains(&to), staff, "{from:?} to {to:?}");
            assert_eq!(from.next_for_client().contains(&to), client, "{from:?} to {to:?} for a client");
        }
    }

    /// Every walk of six steps through the table: when a ticket was resolved and closed always agrees with where it stands,
    /// from everywhere there is a way to everywhere, and a client goes nowhere where a colleague could not.
    #[test]
    fn every_walk_keeps_what_is_known_of_a_ticket() {
        fn walk(ticket: &Ticket, steps: u32) {
            let over = (ticket.resolved_at.is_some(), ticket.closed_at.is_some());
            match ticket.status {
                Resolved => assert_eq!(over, (true, false)),
                Closed => assert!(over.1),
                _ => assert_eq!(over, (false, false)),
            }
            if steps == 0 {
                return;
            }
            for next in ticket.status.next() {
                let mut moved = ticket.clone();
                moved.stand(*next, ticket.updated_at + TimeDelta::minutes(1));
                assert!(moved.closed_at.zip(moved.resolved_at).is_none_or(|(closed, resolved)| closed > resolved));
                moved.updated_at += TimeDelta::minutes(1);
                walk(&moved, steps - 1);
            }
        }
        walk(&ticket(), 6);
        for from in STATUSES {
            assert!(!from.next().contains(&from), "nothing goes where it is");
            assert!(from.next_for_client().iter().all(|to| from.next().contains(to)));
            let mut reached = vec![from];
            while let Some(new) = reached.iter().flat_map(|at| at.next()).find(|to| !reached.contains(to)).copied() {
                reached.push(new);
            }
            assert_eq!(reached.len(), STATUSES.len(), "from {from:?}");
        }
    }

    #[test]
    fn a_client_opens_again_what_was_resolved_not_long_ago() {
        let mut ticket = ticket();
        let (start, day) = (ticket.created_at, TimeDelta::days(1));
        assert!(!ticket.may_be_reopened(start, 14), "what is not over is not opened again");
        ticket.stand(Resolved, start);
        ticket.stand(Closed, start + day * 10);
        assert!(ticket.may_be_reopened(start + day * 14, 14));
        assert!(
            !ticket.may_be_reopened(start + day * 14 + TimeDelta::microseconds(1), 14),
            "it counts from when it was resolved"
        );
        assert!(!ticket.may_be_reopened(start + day, 0) && ticket.may_be_reopened(start, 0));
    }
}
