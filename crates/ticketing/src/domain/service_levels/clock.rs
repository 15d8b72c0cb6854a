//! How long a clock has run, and when it ends.

use chrono::{DateTime, TimeDelta, Utc};

use super::calendar::{Calendar, Interval};
pub use crate::store::service_levels::clock::{ClockKind, Model as Clock, Worked};
use crate::store::{service_levels::pause::Model as Pause, ticket::TicketStatus};

/// How long before its due date a ticket is said to be due soon.
pub const DUE_SOON: TimeDelta = TimeDelta::hours(24);

/// Whether clocks stand still while a ticket stands here: it waits for the client or for somebody else, or it is over.
pub fn stands_still(status: TicketStatus) -> bool {
    matches!(status, TicketStatus::Pending | TicketStatus::OnHold | TicketStatus::Resolved | TicketStatus::Closed)
}

/// When a clock runs that was set at an instant: all but the pauses, the last without an end where it runs now.
fn runs(started: DateTime<Utc>, pauses: &[Pause]) -> Vec<(DateTime<Utc>, Option<DateTime<Utc>>)> {
    let (mut runs, mut from) = (Vec::new(), Some(started));
    for pause in pauses {
        let Some(begin) = from else { break };
        if pause.until_at.is_some_and(|until| until <= begin) {
            continue;
        }
        if pause.from_at > begin {
            runs.push((begin, Some(pause.from_at)));
        }
        from = pause.until_at;
    }
    runs.extend(from.map(|from| (from, None)));
    runs
}

/// A part of a clock's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Whether it counts.
    pub counts: bool,
    /// Why.
    pub rule: Rule,
}

/// Why a part of a clock's time counts, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// It counts: by its policy every minute does.
    AroundTheClock,
    /// It counts: the company works.
    WithinBusinessHours,
    /// It does not: the company does not work, or it is a holiday.
    OutsideBusinessHours,
    /// It does not: the ticket waits for the client.
    Pending,
    /// It does not: the ticket waits for us or for somebody else.
    OnHold,
    /// It does not: the ticket was over until it was opened again.
    Over,
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockState {
    /// It runs.
    Running,
    /// It stands still.
    Paused,
    /// It runs and is nearly over.
    NearlyOver,
    /// It is over, and what it waits for did not come by then.
    Breached,
    /// What it waits for came in time.
    Met,
}

/// What measures the time of one clock.
#[derive(Debug, Clone, Copy)]
pub struct Measure<'a> {
    /// When the company works; `None` around the clock.
    pub calendar: Option<&'a Calendar>,
}

impl Measure<'_> {
    fn between(self, from: DateTime<Utc>, until: DateTime<Utc>) -> TimeDelta {
        self.calendar.map_or_else(|| until - from, |calendar| calendar.between(from, until))
    }

    fn after(self, from: DateTime<Utc>, time: TimeDelta) -> Option<DateTime<Utc>> {
        self.calendar.map_or_else(|| Some(from + time), |calendar| calendar.after(from, time))
    }

    /// How long a clock has run by an instant.
    pub fn used(self, started: DateTime<Utc>, pauses: &[Pause], now: DateTime<Utc>) -> TimeDelta {
        let parts = runs(started, pauses).into_iter();
        parts
            .map(|(from, until)| (from, until.unwrap_or(now).min(now)))
            .filter(|(from, until)| from < until)
            .map(|(from, until)| self.between(from, until))
            .sum()
    }

    /// When a clock has run, or will have run, for so long; `None` where it stands still before that.
    pub fn reaches(self, started: DateTime<Utc>, pauses: &[Pause], time: TimeDelta) -> Option<DateTime<Utc>> {
        let mut left = time;
        for (from, until) in runs(started, pauses) {
            let Some(until) = until else { return self.after(from, left) };
            let counted = self.between(from, until);
            if counted >= left {
                return self.after(from, left);
            }
            left -= counted;
        }
        None
    }
}

/// When the company works between two instants.
type Open<'a> = &'a dyn Fn(DateTime<Utc>, DateTime<Utc>) -> Vec<Interval>;

/// What of a clock's time counted and what did not, by an instant, at most so many parts; around the clock where nothing says
/// when the company works.
fn parts(
    open: Option<Open<'_>>,
    started: DateTime<Utc>,
    pauses: &[Pause],
    end: DateTime<Utc>,
    most: usize,
) -> Vec<Part> {
    let mut parts = Vec::new();
    let within = |from: DateTime<Utc>, until: Option<DateTime<Utc>>| -> Option<Interval> {
        let part = (from.max(started), until.unwrap_or(end).min(end));
        (part.0 < part.1).then_some(part)
    };
    for (from, until) in runs(started, pauses) {
        let Some((from, until)) = within(from, until) else { continue };
        match open {
            None => parts.push(Part { from, until, counts: true, rule: Rule::AroundTheClock }),
            Some(open) => {
                let mut at = from;
                let closed = |from, until| Part { from, until, counts: false, rule: Rule::OutsideBusinessHours };
                for (opens, closes) in open(from, until) {
                    if at < opens {
                        parts.push(closed(at, opens));
                    }
                    parts.push(Part { from: opens, until: closes, counts: true, rule: Rule::WithinBusinessHours });
                    at = closes;
                }
                if at < until {
                    parts.push(closed(at, until));
                }
            }
        }
    }
    for pause in pauses {
        let rule = match pause.status {
            TicketStatus::Pending => Rule::Pending,
            TicketStatus::OnHold => Rule::OnHold,
            _ => Rule::Over,
        };
        parts.extend(within(pause.from_at, pause.until_at).map(|(from, until)| Part {
            from,
            until,
            counts: false,
            rule,
        }));
    }
    parts.sort_by_key(|part| part.from);
    parts.truncate(most);
    parts
}

impl Worked {
    fn of(calendar: &Calendar, from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        // Parts of a second are the clock's own, at its beginning and its end: none is lost, and what is read is cut to it.
        let whole = |until: DateTime<Utc>| until.timestamp() + i64::from(until.timestamp_subsec_nanos() > 0);
        Self(calendar.open(from, until).into_iter().map(|(from, until)| (from.timestamp(), whole(until))).collect())
    }

    fn between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Interval> {
        let at = |seconds| DateTime::from_timestamp(seconds, 0);
        let all = self.0.iter().filter_map(|(begins, ends)| Some((at(*begins)?.max(from), at(*ends)?.min(until))));
        all.filter(|(begins, ends)| begins < ends).collect()
    }
}

impl Clock {
    /// What of its time counted and what did not, until it was met or until now, at most so many parts. When the company works is
    /// as it was when it was met.
    pub fn parts(&self, calendar: &Calendar, pauses: &[Pause], now: DateTime<Utc>, most: usize) -> Vec<Part> {
        let open = |from, until| match &self.worked {
            Some(worked) => worked.between(from, until),
            None => calendar.open(from, until),
        };
        let hours: Option<Open<'_>> = if self.business_hours { Some(&open) } else { None };
        parts(hours, self.started_at, pauses, self.met_at.unwrap_or(now), most)
    }

    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.met_at.is_none()
    }

    /// Whether it goes on and nothing is owed by it now: its ticket went into another, or no policy promises it any more.
    pub fn is_suspended(&self) -> bool {
        let owes = if self.kind == ClockKind::Due { self.due_at.is_some() } else { self.target_minutes.is_some() };
        self.is_open() && !owes
    }

    /// How it stands.
    pub fn state(&self, now: DateTime<Utc>) -> ClockState {
        let is_past = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= now);
        match self {
            _ if self.breached_at.is_some() || self.is_open() && is_past(self.due_at) => ClockState::Breached,
            _ if !self.is_open() => ClockState::Met,
            _ if self.paused_since.is_some() => ClockState::Paused,
            _ if is_past(self.warn_at) => ClockState::NearlyOver,
            _ => ClockState::Running,
        }
    }

    /// What measures it, where it is by the company's business hours: then there is a calendar.
    pub fn measure<'a>(&self, calendar: Option<&'a Calendar>) -> Measure<'a> {
        Measure { calendar: calendar.filter(|_| self.business_hours) }
    }

    /// Works out anew how long it has run and when it ends, and when there is next something to tell of it.
    pub fn compute(&mut self, measure: Measure<'_>, pauses: &[Pause], now: DateTime<Utc>) {
        if self.is_suspended() {
            (self.due_at, self.warn_at, self.next_at) = (None, None, None);
            return;
        }
        if self.kind == ClockKind::Due {
            // A date is a date, whoever waits.
            self.warn_at = self.due_at.map(|due| due - DUE_SOON).filter(|warn| *warn > self.started_at);
        } else {
            let end = self.met_at.unwrap_or(now);
            self.used_seconds = measure.used(self.started_at, pauses, end).num_seconds();
            self.paused_since = pauses.last().filter(|pause| pause.until_at.is_none()).map(|pause| pause.from_at);
            let target = self.target_minutes.unwrap_or_default();
            let reaches = |time| measure.reaches(self.started_at, pauses, time);
            let due = reaches(TimeDelta::minutes(target.into()));
            let warn = reaches(TimeDelta::seconds(i64::from(target) * 60 * i64::from(self.warn_percent) / 100));
            // What was met keeps the time by which it had to be.
            if self.is_open() {
                (self.due_at, self.warn_at) = (due, warn);
            }
        }
        let calendar = measure.calendar.filter(|_| self.kind != ClockKind::Due);
        self.worked = self.met_at.and_then(|met| calendar.map(|calendar| Worked::of(calendar, self.started_at, met)));
        if self.is_open() {
            // What is later than it was is told of again.
            self.warned_at = self.warned_at.filter(|_| self.warn_at.is_some_and(|warn| warn <= now));
            self.breached_at = self.breached_at.filter(|_| self.due_at.is_some_and(|due| due <= now));
        }
        let warning = self.warn_at.filter(|_| self.warned_at.is_none() && self.breached_at.is_none());
        let breach = self.due_at.filter(|_| self.breached_at.is_none());
        self.next_at = warning.into_iter().chain(breach).min().filter(|_| self.is_open());
    }

    /// Notes as told, though nobody is, what there would be to tell of it now.
    pub fn hush(&mut self, now: DateTime<Utc>) {
        while self.tell(now).is_some() {}
    }

    /// Notes that it was over before what it waits for came, where nobody told so in time; says whether that is so.
    pub fn came_late(&mut self, now: DateTime<Utc>) -> bool {
        let late = self.breached_at.is_none() && self.due_at.is_some_and(|due| due <= now);
        if late {
            self.breached_at = Some(now);
        }
        late
    }

    /// What is to be told of it now; notes that it was.
    pub fn tell(&mut self, now: DateTime<Utc>) -> Option<Told> {
        if !self.is_open() {
            return None;
        }
        let told = if self.breached_at.is_none() && self.due_at.is_some_and(|due| due <= now) {
            self.breached_at = Some(now);
            Told::Breached
        } else if self.breached_at.is_none() && self.warned_at.is_none() && self.warn_at.is_some_and(|warn| warn <= now)
        {
            self.warned_at = Some(now);
            Told::Warned
        } else {
            return None;
        };
        self.next_at = self.due_at.filter(|_| self.breached_at.is_none());
        Some(told)
    }
}

/// What is told of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It is nearly over.
    Warned,
    /// It is over.
    Breached,
}

#[cfg(test)]
mod tests {
    use super::{
        super::calendar::tests::{at, open},
        *,
    };
    use chrono_tz::Tz;
    use kernel::id::TicketId;

    fn pause(status: TicketStatus, from: &str, until: Option<&str>) -> Pause {
        Pause { ticket_id: TicketId(uuid::Uuid::nil()), from_at: at(from), until_at: until.map(at), status }
    }

    fn clock(kind: ClockKind, started: &str, target: i32) -> Clock {
        Clock {
            id: kernel::id::ServiceLevelClockId(uuid::Uuid::nil()),
            ticket_id: TicketId(uuid::Uuid::nil()),
            kind,
            policy_id: None,
            started_at: at(started),
            target_minutes: Some(target),
            business_hours: true,
            warn_percent: 75,
            paused_since: None,
            used_seconds: 0,
            due_at: None,
            warn_at: None,
            next_at: None,
            warned_at: None,
            met_at: None,
            breached_at: None,
            worked: None,
        }
    }

    /// B67.
    #[test]
    fn a_pause_moves_what_is_due_by_as_long_as_it_lasted() {
        let work = open(Tz::UTC, 5, "08:00", "18:00");
        let measure = Measure { calendar: Some(&work) };
        let mut due = clock(ClockKind::Resolution, "2026-11-30T17:00:00Z", 240);
        due.compute(measure, &[], at("2026-11-30T17:00:00Z"));
        assert_eq!((due.due_at, due.warn_at), (Some(at("2026-12-01T11:00:00Z")), Some(at("2026-12-01T10:00:00Z"))));
        assert_eq!(due.next_at, due.warn_at);
        // Another, due on Monday at 17:30, paused from 14:00 to 15:00.
        let mut due = clock(ClockKind::Resolution, "2026-11-30T13:30:00Z", 240);
        due.compute(measure, &[], at("2026-11-30T13:30:00Z"));
        assert_eq!(due.due_at, Some(at("2026-11-30T17:30:00Z")));
        let begun = [pause(TicketStatus::Pending, "2026-11-30T14:00:00Z", None)];
        due.compute(measure, &begun, at("2026-11-30T14:00:00Z"));
        assert_eq!((due.due_at, due.next_at, due.used_seconds), (None, None, 1800));
        assert_eq!(due.paused_since, Some(at("2026-11-30T14:00:00Z")));
        let over = [pause(TicketStatus::Pending, "2026-11-30T14:00:00Z", Some("2026-11-30T15:00:00Z"))];
        due.compute(measure, &over, at("2026-11-30T15:00:00Z"));
        assert_eq!((due.due_at, due.paused_since), (Some(at("2026-12-01T08:30:00Z")), None));
    }

    /// B22: on hold from February to August, then resolved straight from hold.
    #[test]
    fn what_was_on_hold_counts_in_nothing() {
        let always = Measure { calendar: None };
        let held = [
            pause(TicketStatus::OnHold, "2026-02-01T00:00:00Z", Some("2026-08-01T00:00:00Z")),
            pause(TicketStatus::Resolved, "2026-08-01T00:00:00Z", None),
        ];
        let used = always.used(at("2026-01-31T22:00:00Z"), &held, at("2026-09-01T00:00:00Z"));
        assert_eq!(used, TimeDelta::hours(2));
        let reaches = |hours| always.reaches(at("2026-01-31T22:00:00Z"), &held, TimeDelta::hours(hours));
        assert_eq!(
            (reaches(1), reaches(2), reaches(3)),
            (Some(at("2026-01-31T23:00:00Z")), Some(at("2026-02-01T00:00:00Z")), None)
        );
    }

    #[test]
    fn pauses_before_a_clock_was_set_and_over_its_beginning_count_as_far_as_they_reach_into_it() {
        let always = Measure { calendar: None };
        let pauses = [
            pause(TicketStatus::Pending, "2026-01-01T00:00:00Z", Some("2026-01-01T01:00:00Z")),
            pause(TicketStatus::Pending, "2026-01-01T02:00:00Z", Some("2026-01-01T04:00:00Z")),
        ];
        let used = always.used(at("2026-01-01T03:00:00Z"), &pauses, at("2026-01-01T05:00:00Z"));
        assert_eq!(used, TimeDelta::hours(1));
        assert_eq!(
            always.reaches(at("2026-01-01T03:00:00Z"), &pauses, TimeDelta::hours(1)),
            Some(at("2026-01-01T05:00:00Z"))
        );
    }

    #[test]
    fn it_is_told_of_once_and_again_only_where_it_is_later_than_it_was() {
        let always = Measure { calendar: None };
        let mut due = clock(ClockKind::FirstResponse, "2026-01-01T00:00:00Z", 60);
        due.business_hours = false;
        due.compute(always, &[], at("2026-01-01T00:00:00Z"));
        assert_eq!(due.tell(at("2026-01-01T00:44:59Z")), None);
        assert_eq!(due.tell(at("2026-01-01T00:45:00Z")), Some(Told::Warned));
        assert_eq!((due.tell(at("2026-01-01T00:50:00Z")), due.next_at), (None, Some(at("2026-01-01T01:00:00Z"))));
        due.compute(always, &[], at("2026-01-01T00:55:00Z"));
        assert_eq!(due.tell(at("2026-01-01T00:55:00Z")), None, "to work it out anew tells nothing again");
        assert_eq!(due.tell(at("2026-01-01T01:00:00Z")), Some(Told::Breached));
        assert_eq!((due.tell(at("2026-01-01T02:00:00Z")), due.next_at), (None, None));
        due.target_minutes = Some(240);
        due.compute(always, &[], at("2026-01-01T02:00:00Z"));
        assert_eq!((due.breached_at, due.warned_at, due.next_at), (None, None, Some(at("2026-01-01T03:00:00Z"))));
        // Where nobody looked for long, it is over and not nearly over.
        assert_eq!(due.tell(at("2026-01-02T00:00:00Z")), Some(Told::Breached));
        due.met_at = Some(at("2026-01-02T00:00:00Z"));
        due.compute(always, &[], at("2026-01-03T00:00:00Z"));
        assert_eq!((due.next_at, due.used_seconds), (None, 86_400));
    }

    #[test]
    fn every_part_says_whether_it_counts() {
        let work = open(Tz::UTC, 5, "08:00", "18:00");
        let measure = Measure { calendar: Some(&work) };
        let pauses = [pause(TicketStatus::OnHold, "2026-12-01T09:00:00Z", Some("2026-12-01T10:00:00Z"))];
        let mut clock = clock(ClockKind::Resolution, "2026-11-30T17:00:00.25Z", 240);
        let parts = clock.parts(&work, &pauses, at("2026-12-01T12:00:00Z"), 100);
        let told: Vec<_> = parts
            .iter()
            .map(|part| (part.from.format("%H:%M").to_string(), part.until.format("%H:%M").to_string(), part.counts))
            .collect();
        let expected = [
            ("17:00", "18:00", true),
            ("18:00", "08:00", false),
            ("08:00", "09:00", true),
            ("09:00", "10:00", false),
            ("10:00", "12:00", true),
        ];
        assert_eq!(told, expected.map(|(from, until, counts)| (from.to_owned(), until.to_owned(), counts)));
        let counted: TimeDelta = parts.iter().filter(|part| part.counts).map(|part| part.until - part.from).sum();
        assert_eq!(counted, measure.used(clock.started_at, &pauses, at("2026-12-01T12:00:00Z")));
        assert_eq!(clock.parts(&work, &pauses, at("2026-12-01T12:00:00Z"), 2).len(), 2);

        // What counted until it was met stays, whenever the company works later; opened again, it goes by what is then.
        let nights = open(Tz::UTC, 5, "00:00", "06:00");
        assert_ne!(clock.parts(&nights, &pauses, at("2026-12-01T12:00:00Z"), 100), parts);
        clock.met_at = Some(at("2026-12-01T12:00:00Z"));
        clock.compute(measure, &pauses, at("2026-12-01T12:00:00Z"));
        assert_eq!(clock.parts(&nights, &pauses, at("2026-12-03T00:00:00Z"), 100), parts);
        clock.met_at = None;
        clock.compute(measure, &pauses, at("2026-12-01T12:00:00Z"));
        assert_eq!(clock.worked, None);
    }
}
