//! What a policy promises, and for which tickets.

use kernel::{ProblemCode, text::Check};

pub use crate::store::service_levels::policy::{ClientTier, Model as ServiceLevelPolicy};
use crate::store::{service_levels::clock::ClockKind, ticket::Model as Ticket};

/// The longest name and description, in characters.
pub const NAME: usize = 200;
/// Of the description.
pub const DESCRIPTION: usize = 2_000;
/// The longest time that is promised, in minutes: a year.
pub const MINUTES: i32 = 366 * 24 * 60;
/// How many policies there may be.
pub const POLICIES: u64 = 100;
/// The last position.
pub const POSITION: i32 = 10_000;

impl ServiceLevelPolicy {
    /// Whether it is for such a ticket of a client of that tier: each condition that it has must hold.
    pub fn is_for(&self, ticket: &Ticket, tier: Option<ClientTier>) -> bool {
        self.is_active
            && self.categories.as_ref().is_none_or(|of| of.0.contains(&ticket.category))
            && self.priorities.as_ref().is_none_or(|of| of.0.contains(&ticket.priority))
            && self.severities.as_ref().is_none_or(|of| of.0.contains(&ticket.severity))
            && self.tiers.as_ref().is_none_or(|of| tier.is_some_and(|tier| of.0.contains(&tier)))
            && self.team_id.is_none_or(|team| ticket.team_id == Some(team))
    }

    /// How many minutes it promises for one kind of clock.
    pub fn minutes(&self, kind: ClockKind) -> Option<i32> {
        match kind {
            ClockKind::FirstResponse => self.first_response_minutes,
            ClockKind::NextResponse => self.next_response_minutes,
            ClockKind::Resolution => self.resolution_minutes,
            ClockKind::Due => None,
        }
    }

    /// Notes what is wrong with its numbers.
    pub(crate) fn check(&self, check: &mut Check) {
        for (field, minutes) in [
            ("firstResponseMinutes", self.first_response_minutes),
            ("nextResponseMinutes", self.next_response_minutes),
            ("resolutionMinutes", self.resolution_minutes),
        ] {
            if minutes.is_some_and(|minutes| !(1..=MINUTES).contains(&minutes)) {
                check.problem(field, ProblemCode::InvalidFormat, format!("must be from 1 to {MINUTES}"));
            }
        }
        if [self.first_response_minutes, self.next_response_minutes, self.resolution_minutes] == [None; 3] {
            check.problem("resolutionMinutes", ProblemCode::Blank, "one of the three times must be given");
        }
        if !(1..=99).contains(&self.warn_percent) {
            check.problem("warnPercent", ProblemCode::InvalidFormat, "must be from 1 to 99");
        }
        if !(0..=POSITION).contains(&self.position) {
            check.problem("position", ProblemCode::InvalidFormat, format!("must be from 0 to {POSITION}"));
        }
    }
}

/// The policy of a ticket of a client of that tier: the first in their order that is for it. One that went into another has none.
pub fn policy_of<'a>(
    policies: &'a [ServiceLevelPolicy],
    ticket: &Ticket,
    tier: Option<ClientTier>,
) -> Option<&'a ServiceLevelPolicy> {
    policies.iter().find(|policy| policy.is_for(ticket, tier)).filter(|_| ticket.merged_into_id.is_none())
}
