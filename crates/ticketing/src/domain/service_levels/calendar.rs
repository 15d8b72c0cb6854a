//! When the company works: by the clock on its wall, without holidays.
//!
//! Opening hours are read off that clock, so the day on which clocks change keeps them: an hour that does not exist counts
//! nothing, one that comes twice counts twice. What ends at or before its beginning ends on the next day, and no night goes on
//! into a holiday. A company without opening hours is always open.

use std::collections::BTreeSet;

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc, Weekday,
};
use chrono_tz::Tz;

/// From when until when, without the end.
pub type Interval = (DateTime<Utc>, DateTime<Utc>);

/// From when until when on a day of the week, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// On which day.
    pub weekday: Weekday,
    /// From when.
    pub from: i32,
    /// Until when, up to 24:00.
    pub to: i32,
}

/// When the company works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Where.
    pub zone: Tz,
    /// On which days of the week, from when until when.
    pub hours: Vec<Open>,
    /// On which days not.
    pub holidays: BTreeSet<NaiveDate>,
}

/// How far ahead an end is looked for, and in what steps.
const STEP: TimeDelta = TimeDelta::days(28);
const STEPS: usize = 13 * 10;
/// Opening hours begin and end in these steps.
const MINUTES: TimeDelta = TimeDelta::minutes(5);

/// The first and the last instant at which the clock on the wall says this; where it never does, that at which it goes past.
fn instants(zone: Tz, local: NaiveDateTime) -> Option<Interval> {
    let at = |local: NaiveDateTime| match zone.from_local_datetime(&local) {
        LocalResult::None => None,
        LocalResult::Single(one) => Some((one.to_utc(), one.to_utc())),
        LocalResult::Ambiguous(one, other) => {
            Some((one.to_utc().min(other.to_utc()), one.to_utc().max(other.to_utc())))
        }
    };
    // No clock was ever put forward by more than a day.
    at(local).or_else(|| (1..=288).find_map(|steps| at(local + MINUTES * steps)).map(|(first, _)| (first, first)))
}

impl Calendar {
    /// When it is open between two instants: in order, none touching the next.
    pub fn open(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Interval> {
        if from >= until {
            return Vec::new();
        }
        if self.hours.is_empty() {
            return vec![(from, until)];
        }
        let mut found = Vec::new();
        // What began the day before may go on past midnight.
        let mut day = from.with_timezone(&self.zone).date_naive().pred_opt();
        let last = until.with_timezone(&self.zone).date_naive();
        while let Some(date) = day.filter(|date| *date <= last) {
            day = date.succ_opt();
            if !self.holidays.contains(&date) {
                let of_day = self.hours.iter().filter(|open| open.weekday == date.weekday());
                found.extend(of_day.filter_map(|open| self.interval(date, open)));
            }
        }
        found.sort_unstable();
        let mut joined: Vec<Interval> = Vec::with_capacity(found.len());
        for (begins, ends) in found {
            let (begins, ends) = (begins.max(from), ends.min(until));
            match joined.last_mut() {
                _ if begins >= ends => {}
                Some((_, end)) if *end >= begins => *end = (*end).max(ends),
                _ => joined.push((begins, ends)),
            }
        }
        joined
    }

    fn interval(&self, date: NaiveDate, open: &Open) -> Option<Interval> {
        let midnight = date.and_time(NaiveTime::MIN);
        let mut minutes = if open.to > open.from { open.to } else { open.to + 24 * 60 };
        let next = date.checked_add_days(Days::new(1))?;
        if minutes > 24 * 60 && self.holidays.contains(&next) {
            minutes = 24 * 60;
        }
        let (begins, _) = instants(self.zone, midnight + TimeDelta::minutes(open.from.into()))?;
        let (_, ends) = instants(self.zone, midnight + TimeDelta::minutes(minutes.into()))?;
        Some((begins, ends))
    }

    /// How long it is open between two instants.
    pub fn between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> TimeDelta {
        self.open(from, until).into_iter().map(|(from, until)| until - from).sum()
    }

    /// When it will have been open for so long since an instant; `None` where that is not within ten years.
    pub fn after(&self, from: DateTime<Utc>, time: TimeDelta) -> Option<DateTime<Utc>> {
        if self.hours.is_empty() {
            return Some(from + time);
        }
        let (mut left, mut begin) = (time, from);
        for _ in 0..STEPS {
            let end = begin + STEP;
            for (from, until) in self.open(begin, end) {
                if until - from >= left {
                    return Some(from + left);
                }
                left -= until - from;
            }
            begin = end;
        }
        None
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use chrono_tz::{America::New_York, Europe::Berlin};

    pub(crate) fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn minutes(clock: &str) -> i32 {
        let (hours, minutes) = clock.split_once(':').unwrap();
        hours.parse::<i32>().unwrap() * 60 + minutes.parse::<i32>().unwrap()
    }

    const WEEK: [Weekday; 7] =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

    pub(crate) fn open(zone: Tz, days: usize, from: &str, to: &str) -> Calendar {
        let hours = WEEK[..days].iter().map(|day| Open { weekday: *day, from: minutes(from), to: minutes(to) });
        Calendar { zone, hours: hours.collect(), holidays: BTreeSet::new() }
    }

    fn hours(calendar: &Calendar, from: &str, until: &str) -> f64 {
        calendar.between(at(from), at(until)).num_seconds() as f64 / 3600.0
    }

    /// B21: created on Saturday, answered on Monday ten minutes after the doors opened.
    #[test]
    fn a_weekend_does_not_count() {
        let work = open(Tz::UTC, 5, "08:00", "18:00");
        // 28 November 2026 is a Saturday.
        let counted = work.between(at("2026-11-28T11:00:00Z"), at("2026-11-30T08:10:00Z"));
        assert_eq!(counted, TimeDelta::minutes(10));
        assert_eq!(work.after(at("2026-11-28T11:00:00Z"), TimeDelta::minutes(10)), Some(at("2026-11-30T08:10:00Z")));
    }

    /// B26.
    #[test]
    fn around_the_clock_by_opening_hours_is_to_the_minute() {
        for to in ["24:00", "00:00"] {
            let always = open(Berlin, 7, "00:00", to);
            let start = at("2026-05-04T13:37:11Z");
            assert_eq!(always.after(start, TimeDelta::hours(48)), Some(start + TimeDelta::hours(48)), "{to}");
            assert_eq!(always.between(start, start + TimeDelta::days(365)), TimeDelta::days(365));
        }
        let none = Calendar { hours: Vec::new(), ..open(Berlin, 0, "00:00", "00:00") };
        assert_eq!(none.after(at("2026-05-04T13:37:11Z"), TimeDelta::hours(1)), Some(at("2026-05-04T14:37:11Z")));
    }

    /// B67.
    #[test]
    fn what_is_not_done_by_evening_goes_on_in_the_morning() {
        let work = open(Tz::UTC, 5, "08:00", "18:00");
        // Monday 30 November 2026.
        let start = at("2026-11-30T17:00:00Z");
        assert_eq!(work.after(start, TimeDelta::hours(4)), Some(at("2026-12-01T11:00:00Z")));
        assert_eq!(work.after(start, TimeDelta::hours(3)), Some(at("2026-12-01T10:00:00Z")));
        assert_eq!(
            work.after(start, TimeDelta::hours(1)),
            Some(at("2026-11-30T18:00:00Z")),
            "to the last minute of a day"
        );
        assert_eq!(work.after(at("2026-12-04T17:30:00Z"), TimeDelta::hours(1)), Some(at("2026-12-07T08:30:00Z")));
    }

    #[test]
    fn clocks_that_change_take_and_give_an_hour_of_the_night_and_none_of_the_day() {
        let day = open(Berlin, 7, "09:00", "17:00");
        // Berlin's clocks go forward on 29 March and back on 25 October 2026.
        assert_eq!(hours(&day, "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z"), 24.0);
        assert_eq!(
            day.open(at("2026-03-28T00:00:00Z"), at("2026-03-30T00:00:00Z")),
            [
                (at("2026-03-28T08:00:00Z"), at("2026-03-28T16:00:00Z")),
                (at("2026-03-29T07:00:00Z"), at("2026-03-29T15:00:00Z")),
            ]
        );
        // 12 hours from Saturday 15:00 are over on Monday at 11:00 by the clock on the wall, 09:00 in UTC.
        assert_eq!(day.after(at("2026-03-28T14:00:00Z"), TimeDelta::hours(12)), Some(at("2026-03-30T09:00:00Z")));
        let night = open(Berlin, 7, "01:00", "04:00");
        assert_eq!(hours(&night, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 2.0);
        assert_eq!(hours(&night, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), 4.0);
        // Three hours from 01:00 on the short night end on the next one at 02:00.
        assert_eq!(night.after(at("2026-03-29T00:00:00Z"), TimeDelta::hours(3)), Some(at("2026-03-30T00:00:00Z")));
        let gap = open(Berlin, 7, "02:15", "02:45");
        assert_eq!(hours(&gap, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 0.0, "what is not, counts nothing");
        assert_eq!(
            hours(&gap, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"),
            1.5,
            "from the first of the one to the last of the other"
        );
        let new_york = open(New_York, 7, "13:00", "18:00");
        assert_eq!(
            new_york.open(at("2026-03-07T00:00:00Z"), at("2026-03-09T00:00:00Z")),
            [
                (at("2026-03-07T18:00:00Z"), at("2026-03-07T23:00:00Z")),
                (at("2026-03-08T17:00:00Z"), at("2026-03-08T22:00:00Z")),
            ]
        );
    }

    #[test]
    fn hours_pass_midnight_and_no_night_goes_on_into_a_holiday() {
        let mut night = open(Berlin, 7, "22:00", "02:00");
        // In winter Berlin is an hour ahead.
        assert_eq!(
            night.open(at("2026-12-23T12:00:00Z"), at("2026-12-24T12:00:00Z")),
            [(at("2026-12-23T21:00:00Z"), at("2026-12-24T01:00:00Z"))]
        );
        // It is open at half past midnight because of the evening before.
        assert_eq!(hours(&night, "2026-12-24T00:00:00Z", "2026-12-24T12:00:00Z"), 1.0);
        night.holidays.insert(NaiveDate::from_ymd_opt(2026, 12, 25).unwrap());
        assert_eq!(
            night.open(at("2026-12-24T12:00:00Z"), at("2026-12-26T23:30:00Z")),
            [
                (at("2026-12-24T21:00:00Z"), at("2026-12-24T23:00:00Z")),
                (at("2026-12-26T21:00:00Z"), at("2026-12-26T23:30:00Z")),
            ]
        );
        assert_eq!(night.after(at("2026-12-24T21:30:00Z"), TimeDelta::hours(2)), Some(at("2026-12-26T21:30:00Z")));
    }

    #[test]
    fn a_holiday_does_not_count() {
        let mut work = open(Berlin, 5, "09:00", "17:00");
        work.holidays.insert(NaiveDate::from_ymd_opt(2026, 12, 25).unwrap());
        // Thursday 24 December 15:00 and eight hours: two on Thursday, none on Friday, six on Monday.
        assert_eq!(work.after(at("2026-12-24T14:00:00Z"), TimeDelta::hours(8)), Some(at("2026-12-28T14:00:00Z")));
    }

    #[test]
    fn hours_of_one_day_that_overlap_count_once() {
        let mut work = open(Tz::UTC, 1, "08:00", "12:00");
        work.hours.push(Open { weekday: Weekday::Mon, from: minutes("11:00"), to: minutes("14:00") });
        assert_eq!(hours(&work, "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z"), 6.0);
        assert_eq!(work.open(at("2026-11-30T00:00:00Z"), at("2026-12-01T00:00:00Z")).len(), 1);
        assert_eq!(work.open(at("2026-12-01T00:00:00Z"), at("2026-11-30T00:00:00Z")), []);
    }

    #[test]
    fn what_is_never_open_is_never_over() {
        let mut never = open(Tz::UTC, 1, "08:00", "12:00");
        let monday = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        never.holidays = (0..530).map(|week| monday + Days::new(week * 7)).collect();
        assert_eq!(never.after(at("2026-11-29T00:00:00Z"), TimeDelta::hours(1)), None);
    }
}
