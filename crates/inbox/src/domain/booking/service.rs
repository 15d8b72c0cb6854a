//! What a service is: how long it takes and when it can be booked.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{ProblemCode, record::Told, text::Check};

use super::{
    super::events::TOPIC,
    slots::{Rules, STEP_MINUTES},
};
use crate::store::booking::{holiday, service::Model as Service};

impl Service {
    /// What its times are made of.
    pub fn rules(&self) -> Rules {
        Rules {
            duration: TimeDelta::minutes(self.duration_minutes.into()),
            // Whatever is stored, a day has an end.
            step: TimeDelta::minutes(self.step_minutes.max(STEP_MINUTES).into()),
            notice: TimeDelta::minutes(self.notice_minutes.into()),
            days_ahead: u64::try_from(self.days_ahead).unwrap_or_default(),
        }
    }

    /// From when until when a booking that begins at `starts_at` takes whoever holds it.
    pub fn blocked(&self, starts_at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let before = TimeDelta::minutes(self.buffer_before_minutes.into());
        let after = TimeDelta::minutes((self.duration_minutes + self.buffer_after_minutes).into());
        (starts_at - before, starts_at + after)
    }

    /// Notes what of its times cannot be.
    pub fn check(&self, check: &mut Check) {
        let mut within = |field: &str, value: i32, least: i32, most: i32, step: i32| {
            if !(least..=most).contains(&value) || value % step != 0 {
                let steps = if step == 1 { String::new() } else { format!(", a multiple of {step}") };
                let message = format!("must be a whole number from {least} to {most}{steps}");
                check.problem(field, ProblemCode::InvalidFormat, message);
            }
        };
        within("durationMinutes", self.duration_minutes, STEP_MINUTES, 480, STEP_MINUTES);
        within("bufferBeforeMinutes", self.buffer_before_minutes, 0, 240, STEP_MINUTES);
        within("bufferAfterMinutes", self.buffer_after_minutes, 0, 240, STEP_MINUTES);
        within("stepMinutes", self.step_minutes, STEP_MINUTES, 480, STEP_MINUTES);
        within("noticeMinutes", self.notice_minutes, 0, 60 * 24 * 60, 1);
        within("daysAhead", self.days_ahead, 1, 365, 1);
    }
}

/// The event of a holiday that was made or changed is [`Saved`](kernel::record::Saved).
impl Told for holiday::Entity {
    const KIND: &'static str = "holiday.saved";
    const TOPIC: &'static str = TOPIC;
    const VALUES: &'static [holiday::Column] =
        &[holiday::Column::Date, holiday::Column::Name, holiday::Column::IsActive];
}
