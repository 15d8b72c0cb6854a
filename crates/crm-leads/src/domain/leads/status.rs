//! Where a lead may go from where it stands: the one table of it, which `docs/leads.md` shows.

use chrono::{DateTime, Utc};

use crate::store::leads::lead::{LeadStatus, Model as Lead};

use LeadStatus::{Contacted, Converted, Lost, New, Qualified};

/// All of them, in the order in which most leads go through them.
pub const STATUSES: [LeadStatus; 5] = [New, Contacted, Qualified, Converted, Lost];

impl LeadStatus {
    /// Where a lead goes from here.
    pub const fn next(self) -> &'static [Self] {
        match self {
            New => &[Contacted, Qualified, Converted, Lost],
            Contacted => &[Qualified, Converted, Lost],
            Qualified => &[Contacted, Converted, Lost],
            // Who bought may have been noted too early; who bought is not lost.
            Converted => &[Qualified],
            // Who comes back is spoken with again.
            Lost => &[Contacted],
        }
    }

    /// Whether nothing is left to do.
    pub const fn is_over(self) -> bool {
        matches!(self, Converted | Lost)
    }
}

impl Lead {
    /// Notes where it stands from now on, and why where it is lost.
    pub fn stand(&mut self, status: LeadStatus, reason: Option<String>, now: DateTime<Utc>) {
        self.status = status;
        self.lost_reason = reason;
        self.closed_at = status.is_over().then_some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as `docs/leads.md` shows it.
    fn documented() -> Vec<(LeadStatus, LeadStatus, bool)> {
        let page = include_str!("../../../../../docs/leads.md");
        let word = |text: &str| {
            let known = STATUSES.into_iter().find(|status| format!("{status:?}").to_lowercase() == text);
            known.unwrap_or_else(|| panic!("no status: {text}"))
        };
        let rows = page.lines().filter(|line| line.starts_with("| `")).map(|line| {
            line.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().trim_matches('`').to_lowercase())
                .collect::<Vec<_>>()
        });
        let mut found = Vec::new();
        for row in rows.filter(|row| row.len() == 6) {
            for (to, cell) in STATUSES.into_iter().zip(&row[1..]) {
                found.push((word(&row[0]), to, cell.contains("yes")));
            }
        }
        found
    }

    #[test]
    fn the_table_is_the_published_one() {
        let documented = documented();
        assert_eq!(documented.len(), 25);
        for (from, to, goes) in documented {
            assert_eq!(from.next().contains(&to), goes, "{from:?} to {to:?}");
        }
        for from in STATUSES {
            assert!(!from.next().contains(&from), "nothing goes where it is");
            assert!(!from.next().contains(&New), "nobody becomes new again");
            assert!(!from.next().is_empty(), "nothing is stuck");
        }
    }
}
