//! What a change of a ticket, or a comment on it, does to its clocks.

use chrono::{DateTime, Utc};
use kernel::id::ServiceLevelClockId;

use super::{
    clock::{Clock, ClockKind},
    policy::ServiceLevelPolicy,
};
use crate::store::{comments::comment::CommentSender, ticket::Model as Ticket};

/// Whether a change of a ticket can do anything to its clocks.
pub fn matters(before: &Ticket, after: &Ticket) -> bool {
    let of = |ticket: &Ticket| {
        (
            ticket.status,
            ticket.category,
            ticket.priority,
            ticket.severity,
            ticket.team_id,
            ticket.due_at,
            ticket.merged_into_id,
        )
    };
    of(before) != of(after)
}

/// The clocks of a ticket on their way.
pub struct Clocks<'a> {
    /// The ticket as it is now.
    pub ticket: &'a Ticket,
    /// Its policy.
    pub policy: Option<&'a ServiceLevelPolicy>,
    /// When it is.
    pub now: DateTime<Utc>,
    /// All of them.
    pub clocks: Vec<Clock>,
}

impl Clocks<'_> {
    fn open(&mut self, kind: ClockKind) -> Option<&mut Clock> {
        self.clocks.iter_mut().find(|clock| clock.kind == kind && clock.is_open())
    }

    fn meet(&mut self, kind: ClockKind) {
        let now = self.now;
        if let Some(clock) = self.open(kind) {
            clock.met_at = Some(now);
        }
        // Of an answer that nobody promised there is nothing to keep; of the first one, that it came.
        let empty = |clock: &Clock| clock.kind == ClockKind::NextResponse && clock.target_minutes.is_none();
        self.clocks.retain(|clock| clock.is_open() || !empty(clock));
    }

    /// Nothing of this kind is owed now. What was counted and told of it stays, for when it is owed again.
    fn suspend(&mut self, kind: ClockKind) {
        if let Some(clock) = self.open(kind) {
            (clock.policy_id, clock.target_minutes, clock.due_at) = (None, None, None);
        }
    }

    fn set(&mut self, id: ServiceLevelClockId, kind: ClockKind, started_at: DateTime<Utc>) {
        self.clocks.push(Clock {
            id,
            ticket_id: self.ticket.id,
            kind,
            policy_id: None,
            started_at,
            target_minutes: None,
            business_hours: false,
            warn_percent: 80,
            paused_since: None,
            used_seconds: 0,
            due_at: None,
            warn_at: None,
            next_at: None,
            warned_at: None,
            met_at: None,
            breached_at: None,
            worked: None,
        });
    }

    /// Makes the clock of a kind what the policy says; where it says nothing, nothing is owed.
    fn by_policy(&mut self, kind: ClockKind) {
        let Some((policy, minutes)) = self.policy.and_then(|policy| Some((policy, policy.minutes(kind)?))) else {
            return self.suspend(kind);
        };
        let (id, business_hours, warn_percent) = (policy.id, policy.business_hours, policy.warn_percent);
        if let Some(clock) = self.open(kind) {
            clock.policy_id = Some(id);
            clock.target_minutes = Some(minutes);
            (clock.business_hours, clock.warn_percent) = (business_hours, warn_percent);
        }
    }

    /// Makes them what they are to be for the ticket as it is now, of which `answered` says whether a colleague answered it in
    /// public. What is over meets them all; what is opened again goes on where it stood.
    pub fn follow(&mut self, answered: bool, mut new_id: impl FnMut() -> ServiceLevelClockId) {
        let (ticket, is_over) = (self.ticket, self.ticket.status.is_over());
        let all = [ClockKind::FirstResponse, ClockKind::NextResponse, ClockKind::Resolution, ClockKind::Due];
        if ticket.merged_into_id.is_some() {
            // What is owed is owed by the other one.
            return all.into_iter().for_each(|kind| self.suspend(kind));
        }
        if is_over {
            return all.into_iter().for_each(|kind| self.meet(kind));
        }
        for kind in [ClockKind::Resolution, ClockKind::Due] {
            if let Some(last) = self.clocks.iter_mut().rev().find(|clock| clock.kind == kind) {
                last.met_at = None;
            }
        }
        let has = |clocks: &[Clock], kind| clocks.iter().any(|clock| clock.kind == kind);
        let promises =
            |policy: Option<&ServiceLevelPolicy>, kind| policy.is_some_and(|policy| policy.minutes(kind).is_some());
        if !has(&self.clocks, ClockKind::Resolution) && promises(self.policy, ClockKind::Resolution) {
            self.set(new_id(), ClockKind::Resolution, ticket.created_at);
        }
        if !answered && !has(&self.clocks, ClockKind::FirstResponse) && promises(self.policy, ClockKind::FirstResponse)
        {
            self.set(new_id(), ClockKind::FirstResponse, ticket.created_at);
        }
        for kind in [ClockKind::FirstResponse, ClockKind::NextResponse, ClockKind::Resolution] {
            self.by_policy(kind);
        }
        match ticket.due_at {
            None => self.suspend(ClockKind::Due),
            Some(due) => {
                if !has(&self.clocks, ClockKind::Due) {
                    self.set(new_id(), ClockKind::Due, self.now);
                }
                if let Some(clock) = self.open(ClockKind::Due) {
                    clock.due_at = Some(due);
                }
            }
        }
    }

    /// What somebody wrote in public: a colleague's answer is what the clocks of answers wait for, and a client who writes after
    /// the first answer waits for the next from then on, also where nobody promises one yet.
    pub fn commented(&mut self, side: CommentSender, id: ServiceLevelClockId) {
        match side {
            CommentSender::Staff => {
                self.meet(ClockKind::FirstResponse);
                self.meet(ClockKind::NextResponse);
            }
            CommentSender::Client => {
                let answers = [ClockKind::FirstResponse, ClockKind::NextResponse];
                let waits = answers.into_iter().any(|kind| self.open(kind).is_some());
                if !waits && !self.ticket.status.is_over() && self.ticket.merged_into_id.is_none() {
                    self.set(id, ClockKind::NextResponse, self.now);
                    self.by_policy(ClockKind::NextResponse);
                }
            }
        }
    }
}
