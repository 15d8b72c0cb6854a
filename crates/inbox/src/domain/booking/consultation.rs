//! What may happen to a consultation.

use chrono::{DateTime, Utc};
use kernel::{Cx, Error, ProblemCode, Result};

use super::{plan::Holder, slots::Slot};
use crate::store::booking::{
    consultation::{ConsultationStatus, Model as Consultation},
    service::Model as Service,
};

impl ConsultationStatus {
    /// Whether a consultation that stands here may go there: what is to come is held, called off or missed, and that is
    /// that. One that was called off does not come back; it is booked again.
    pub fn may_become(self, next: Self) -> bool {
        self == Self::Scheduled && next != Self::Scheduled
    }

    fn said(self) -> &'static str {
        match self {
            Self::Scheduled => "is to come",
            Self::Completed => "was held",
            Self::Cancelled => "was cancelled",
            Self::NoShow => "was missed",
        }
    }
}

impl Consultation {
    /// Moves it to another status. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `field` where the move is not allowed.
    pub fn set_status(&mut self, field: &str, status: ConsultationStatus) -> Result<bool> {
        if self.status == status {
            return Ok(false);
        }
        if !self.status.may_become(status) {
            return Err(self.over(field));
        }
        self.status = status;
        if status == ConsultationStatus::Cancelled {
            self.ics_sequence += 1;
        }
        Ok(true)
    }

    /// The error of whoever wants something of one that is not to come any more.
    pub fn over(&self, field: &str) -> Error {
        Error::invalid(field, ProblemCode::NotAllowed, format!("the consultation {}", self.status.said()))
    }

    /// Refuses the visitor what only staff may do once it has begun.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `field`.
    pub fn is_to_come(&self, cx: &Cx, field: &str) -> Result<()> {
        if self.status == ConsultationStatus::Scheduled && self.starts_at <= cx.now {
            return Err(Error::invalid(field, ProblemCode::NotAllowed, "the consultation has begun"));
        }
        Ok(())
    }

    /// Refuses what can only be said of one that has begun.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `field`.
    pub fn has_begun(&self, cx: &Cx, field: &str) -> Result<()> {
        if self.status == ConsultationStatus::Scheduled && self.starts_at > cx.now {
            return Err(Error::invalid(field, ProblemCode::NotAllowed, "the consultation has not begun"));
        }
        Ok(())
    }

    /// Puts it at a time, with whoever is to have it then.
    pub fn put_at(&mut self, service: &Service, zone: &str, slot: &Slot, holder: Holder) {
        let (blocked_from, blocked_until) = service.blocked(slot.starts_at);
        self.booking_date = slot.local.date();
        self.booking_time = slot.local.time();
        self.time_zone = zone.to_owned();
        self.starts_at = slot.starts_at;
        self.ends_at = slot.ends_at;
        self.blocked_from = blocked_from;
        self.blocked_until = blocked_until;
        self.assignee_id = holder.staff();
    }

    /// Whether it takes anybody's time.
    pub fn takes_time(&self) -> bool {
        self.status != ConsultationStatus::Cancelled
    }

    /// When to remind the visitor of it, where that is still to come.
    pub fn reminder(&self, minutes_before: i64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let at = self.starts_at - chrono::TimeDelta::minutes(minutes_before);
        Some(at).filter(|at| minutes_before > 0 && *at > now)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::ConsultationStatus::{self, Cancelled, Completed, NoShow, Scheduled};

    #[test]
    fn only_what_is_to_come_becomes_something_else() {
        for from in ConsultationStatus::iter() {
            for to in ConsultationStatus::iter() {
                assert_eq!(from.may_become(to), from == Scheduled && to != Scheduled, "{from:?} {to:?}");
            }
        }
        assert!(Scheduled.may_become(Completed) && Scheduled.may_become(NoShow) && !Cancelled.may_become(Scheduled));
    }
}
