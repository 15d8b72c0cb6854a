//! At which times something can be booked, by the opening hours of a place on earth.
//!
//! Hours and the steps between them are read off a clock on the wall there, so the day on which clocks change keeps them. An
//! hour that does not exist has no times, and one that comes twice has each of its times twice, told apart by the offset
//! from UTC. What lasts takes as long as it says, whatever the clock on the wall does meanwhile.

use std::collections::BTreeMap;

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

use crate::store::booking::hours::Weekday;

/// The shortest step between two times; whatever is booked takes whole ones.
pub const STEP_MINUTES: i32 = 5;

/// From when until when on a day of the week, in minutes after midnight. What ends at or before its beginning ends on the
/// next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hours {
    /// On which day.
    pub weekday: Weekday,
    /// From when.
    pub from: i32,
    /// Until when.
    pub to: i32,
}

impl Hours {
    /// When they end, in minutes after the midnight before them.
    pub fn ends(self) -> i32 {
        if self.to > self.from { self.to } else { self.to + DAY }
    }
}

/// The minutes of a day on the clock.
const DAY: i32 = 24 * 60;

/// What can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How long it takes.
    pub duration: TimeDelta,
    /// How far apart the times are at which it can begin.
    pub step: TimeDelta,
    /// How long before its beginning it must be booked.
    pub notice: TimeDelta,
    /// How many days ahead it can be booked.
    pub days_ahead: u64,
}

/// A time at which something can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// What the clock on the wall says when it begins.
    pub local: NaiveDateTime,
    /// How many seconds that clock is ahead of UTC then.
    pub offset: i32,
}

impl Weekday {
    /// That of a day.
    pub fn of(date: NaiveDate) -> Self {
        match date.weekday() {
            chrono::Weekday::Mon => Self::Monday,
            chrono::Weekday::Tue => Self::Tuesday,
            chrono::Weekday::Wed => Self::Wednesday,
            chrono::Weekday::Thu => Self::Thursday,
            chrono::Weekday::Fri => Self::Friday,
            chrono::Weekday::Sat => Self::Saturday,
            chrono::Weekday::Sun => Self::Sunday,
        }
    }
}

/// What the clock on the wall of a zone says at an instant, and how many seconds it is ahead of UTC.
pub fn local(zone: Tz, at: DateTime<Utc>) -> (NaiveDateTime, i32) {
    let there = at.with_timezone(&zone);
    (there.naive_local(), there.offset().fix().local_minus_utc())
}

/// The instants at which the clock on the wall says this, none, one or two.
fn instants(zone: Tz, local: NaiveDateTime) -> impl Iterator<Item = DateTime<Utc>> {
    let (one, other) = match zone.from_local_datetime(&local) {
        LocalResult::None => (None, None),
        LocalResult::Single(one) => (Some(one), None),
        LocalResult::Ambiguous(one, other) => (Some(one), Some(other)),
    };
    [one, other].into_iter().flatten().map(|at| at.with_timezone(&Utc))
}

/// The instant by which the clock on the wall says this for the last time; where it never does, that at which it goes past.
fn end(zone: Tz, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let step = TimeDelta::minutes(STEP_MINUTES.into());
    // No clock was ever put forward by more than a day.
    (0..=288).find_map(|steps| Some(instants(zone, local - step * steps).max()? + step * steps))
}

/// When the hours end, of a day, that go on where these end: for as long as it takes what begins at their very end.
fn go_on(
    hours: &[Hours],
    holidays: &[NaiveDate],
    (date, open): (NaiveDate, Hours),
    duration: TimeDelta,
) -> NaiveDateTime {
    let after = |date: NaiveDate, minutes: i32| date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes.into());
    let ends = after(date, open.ends());
    let mut until = ends;
    while until < ends + duration {
        let begins =
            |span: &&Hours| span.weekday == Weekday::of(until.date()) && after(until.date(), span.from) == until;
        match hours.iter().find(begins) {
            Some(next) if !holidays.contains(&until.date()) => until = after(until.date(), next.ends()),
            _ => break,
        }
    }
    until
}

/// The times at which something can begin on the days `from` to `to` of a zone, in their order.
pub fn slots(
    zone: Tz,
    hours: &[Hours],
    holidays: &[NaiveDate],
    rules: &Rules,
    (from, to): (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
) -> Vec<Slot> {
    let today = local(zone, now).0.date();
    let from = from.max(today);
    let last = today.checked_add_days(Days::new(rules.days_ahead)).unwrap_or(today).min(to);
    let soonest = now + rules.notice;
    let mut found = BTreeMap::new();
    // What began the day before may go on past midnight.
    let mut day = from.pred_opt();
    while let Some(date) = day.filter(|date| *date <= last) {
        day = date.succ_opt();
        if holidays.contains(&date) {
            continue;
        }
        for open in hours.iter().filter(|open| open.weekday == Weekday::of(date)) {
            let midnight = date.and_time(NaiveTime::MIN);
            let closes_local = midnight + TimeDelta::minutes(open.ends().into());
            let until = go_on(hours, holidays, (date, *open), rules.duration);
            let (Some(closes), Some(over)) = (end(zone, closes_local), end(zone, until)) else { continue };
            // Where the clock says that twice, what it says between the two is before the end as well.
            let twice: Vec<_> = instants(zone, closes_local).collect();
            let between = if let [one, other] = twice[..] { (other - one).abs() } else { TimeDelta::zero() };
            let mut at = midnight + TimeDelta::minutes(open.from.into());
            while at < closes_local + between {
                if (from..=last).contains(&at.date()) && !holidays.contains(&at.date()) {
                    for starts_at in instants(zone, at) {
                        let ends_at = starts_at + rules.duration;
                        // What lasts into a holiday is on it.
                        let last = local(zone, ends_at - TimeDelta::seconds(1)).0.date();
                        let is_on_a_holiday = holidays.iter().any(|day| (at.date()..=last).contains(day));
                        let is_open = starts_at < closes && ends_at <= over && !is_on_a_holiday;
                        if starts_at >= soonest && is_open {
                            let offset = (at - starts_at.naive_utc()).num_seconds();
                            let offset = i32::try_from(offset).unwrap_or_default();
                            found.insert(starts_at, Slot { starts_at, ends_at, local: at, offset });
                        }
                    }
                }
                at += rules.step;
            }
        }
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America::New_York, Asia::Kathmandu, Europe::Berlin, Pacific::Apia};

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn minutes(clock: &str) -> i32 {
        let (hours, minutes) = clock.split_once(':').unwrap();
        hours.parse::<i32>().unwrap() * 60 + minutes.parse::<i32>().unwrap()
    }

    /// Open at these times on every day.
    fn daily(from: &str, to: &str) -> Vec<Hours> {
        use sea_orm::Iterable;
        Weekday::iter().map(|weekday| Hours { weekday, from: minutes(from), to: minutes(to) }).collect()
    }

    fn rules(duration: i64, step: i64) -> Rules {
        Rules {
            duration: TimeDelta::minutes(duration),
            step: TimeDelta::minutes(step),
            notice: TimeDelta::zero(),
            days_ahead: 365,
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// What the clock says at the beginning of each, by one day.
    fn clocks(found: &[Slot], date: NaiveDate) -> Vec<String> {
        let of = found.iter().filter(|slot| slot.local.date() == date);
        of.map(|slot| slot.local.format("%H:%M").to_string()).collect()
    }

    fn utc(found: &[Slot], date: NaiveDate) -> (String, String) {
        let of: Vec<_> = found.iter().filter(|slot| slot.local.date() == date).collect();
        let text = |at: DateTime<Utc>| at.format("%H:%M").to_string();
        (text(of[0].starts_at), text(of[of.len() - 1].ends_at))
    }

    /// B15.
    #[test]
    fn hours_are_those_of_the_clock_on_the_wall_on_the_day_that_clocks_change() {
        let days = (day(2026, 3, 7), day(2026, 3, 9));
        let found = slots(New_York, &daily("13:00", "18:00"), &[], &rules(60, 60), days, at("2026-03-01T00:00:00Z"));
        let of = |d| utc(&found, day(2026, 3, d));
        assert_eq!(of(7), ("18:00".into(), "23:00".into()));
        assert_eq!(of(8), ("17:00".into(), "22:00".into()));
        assert_eq!(of(9), ("17:00".into(), "22:00".into()));
    }

    /// B16.
    #[test]
    fn a_time_behind_the_change_of_clocks_is_the_one_on_the_wall() {
        for (date, now, starts) in [
            (day(2023, 3, 12), "2023-02-10T12:00:00Z", "2023-03-12T16:30:00Z"),
            (day(2023, 11, 5), "2023-10-10T12:00:00Z", "2023-11-05T17:30:00Z"),
        ] {
            let found = slots(New_York, &daily("12:30", "13:00"), &[], &rules(30, 30), (date, date), at(now));
            assert_eq!(found.iter().map(|slot| slot.starts_at).collect::<Vec<_>>(), [at(starts)]);
            assert_eq!(clocks(&found, date), ["12:30"]);
        }
    }

    /// B17.
    #[test]
    fn what_was_booked_before_the_change_of_clocks_says_the_same_after_it() {
        let date = day(2021, 11, 8);
        let found =
            slots(New_York, &daily("09:00", "10:00"), &[], &rules(60, 60), (date, date), at("2021-11-01T12:00:00Z"));
        assert_eq!(found[0].starts_at, at("2021-11-08T14:00:00Z"));
        assert_eq!(local(New_York, found[0].starts_at).0, date.and_hms_opt(9, 0, 0).unwrap());
    }

    /// B18.
    #[test]
    fn the_last_time_ends_when_the_hours_do() {
        let date = day(2026, 5, 4);
        let found =
            slots(Berlin, &daily("08:00", "20:00"), &[], &rules(90, 30), (date, date), at("2026-05-01T00:00:00Z"));
        assert_eq!(clocks(&found, date).last().map(String::as_str), Some("18:30"));
        let none =
            slots(Berlin, &daily("08:00", "09:00"), &[], &rules(90, 30), (date, date), at("2026-05-01T00:00:00Z"));
        assert!(none.is_empty(), "what takes longer than there is time cannot be booked");
    }

    /// B19.
    #[test]
    fn notice_that_ends_on_the_day_that_clocks_change_moves_no_time() {
        let date = day(2026, 3, 29);
        let week = Rules { notice: TimeDelta::days(7), ..rules(60, 60) };
        let found = slots(Berlin, &daily("09:00", "12:00"), &[], &week, (date, date), at("2026-03-22T05:17:00Z"));
        assert_eq!(clocks(&found, date), ["09:00", "10:00", "11:00"]);
        let found = slots(Berlin, &daily("09:00", "12:00"), &[], &week, (date, date), at("2026-03-22T07:17:00Z"));
        assert_eq!(clocks(&found, date), ["10:00", "11:00"], "what is sooner than the notice is left out, and no more");
    }

    /// B20.
    #[test]
    fn the_hour_that_is_not_has_no_times_and_the_one_that_is_twice_has_each_twice() {
        let (spring, autumn) = (day(2026, 3, 29), day(2026, 10, 25));
        let open = daily("01:00", "04:00");
        let found = slots(Berlin, &open, &[], &rules(30, 30), (spring, spring), at("2026-03-20T00:00:00Z"));
        assert_eq!(clocks(&found, spring), ["01:00", "01:30", "03:00", "03:30"]);
        let found = slots(Berlin, &open, &[], &rules(30, 30), (autumn, autumn), at("2026-10-20T00:00:00Z"));
        let told: Vec<_> =
            found.iter().map(|slot| (slot.local.format("%H:%M").to_string(), slot.offset / 3600)).collect();
        let expected = [
            ("01:00", 2),
            ("01:30", 2),
            ("02:00", 2),
            ("02:30", 2),
            ("02:00", 1),
            ("02:30", 1),
            ("03:00", 1),
            ("03:30", 1),
        ];
        assert_eq!(told, expected.map(|(clock, offset)| (clock.to_owned(), offset)));
        assert!(found.iter().is_sorted_by_key(|slot| slot.starts_at));
        // An hour that begins before the change lasts an hour.
        let found = slots(Berlin, &open, &[], &rules(60, 30), (spring, spring), at("2026-03-20T00:00:00Z"));
        assert_eq!(clocks(&found, spring), ["01:00", "01:30", "03:00"]);
    }

    #[test]
    fn hours_may_end_in_an_hour_that_is_not_or_is_twice() {
        let (spring, autumn) = (day(2026, 3, 29), day(2026, 10, 25));
        let open = daily("01:00", "02:30");
        let found = slots(Berlin, &open, &[], &rules(30, 30), (spring, spring), at("2026-03-20T00:00:00Z"));
        assert_eq!(clocks(&found, spring), ["01:00", "01:30"]);
        let found = slots(Berlin, &open, &[], &rules(30, 30), (autumn, autumn), at("2026-10-20T00:00:00Z"));
        assert_eq!(clocks(&found, autumn), ["01:00", "01:30", "02:00", "02:30", "02:00"], "by the last of the two");
    }

    /// B63.
    #[test]
    fn hours_may_pass_midnight() {
        let (date, next) = (day(2026, 6, 5), day(2026, 6, 6));
        let friday = [Hours { weekday: Weekday::Friday, from: minutes("22:30"), to: minutes("02:00") }];
        let found = slots(Berlin, &friday, &[], &rules(60, 30), (date, next), at("2026-06-01T00:00:00Z"));
        assert_eq!(clocks(&found, date), ["22:30", "23:00", "23:30"]);
        assert_eq!(clocks(&found, next), ["00:00", "00:30", "01:00"]);
        // Asked for the next day only, what began the day before is there.
        let found = slots(Berlin, &friday, &[], &rules(60, 30), (next, next), at("2026-06-01T00:00:00Z"));
        assert_eq!(clocks(&found, next), ["00:00", "00:30", "01:00"]);
        // Until 24:00 is to the end of the day and no further.
        let late = [Hours { weekday: Weekday::Friday, from: minutes("22:30"), to: minutes("24:00") }];
        let found = slots(Berlin, &late, &[], &rules(60, 30), (date, next), at("2026-06-01T00:00:00Z"));
        assert_eq!(
            (clocks(&found, date), clocks(&found, next).len()),
            (vec!["22:30".to_owned(), "23:00".to_owned()], 0)
        );
    }

    #[test]
    fn hours_that_touch_are_one() {
        let (date, next) = (day(2026, 6, 5), day(2026, 6, 6));
        let now = at("2026-06-01T00:00:00Z");
        let found = slots(Berlin, &daily("00:00", "24:00"), &[], &rules(60, 30), (date, date), now);
        assert_eq!(clocks(&found, date).last().map(String::as_str), Some("23:30"));
        assert_eq!(found.len(), 48);
        let found = slots(Berlin, &daily("00:00", "24:00"), &[next], &rules(60, 30), (date, date), now);
        assert_eq!(clocks(&found, date).last().map(String::as_str), Some("23:00"), "on the holiday it is closed");
        let friday = |from: &str, to: &str| Hours { weekday: Weekday::Friday, from: minutes(from), to: minutes(to) };
        let found = slots(
            Berlin,
            &[friday("09:00", "12:00"), friday("12:00", "13:00")],
            &[],
            &rules(90, 60),
            (date, date),
            now,
        );
        assert_eq!(clocks(&found, date), ["09:00", "10:00", "11:00"]);
        let found = slots(
            Berlin,
            &[friday("09:00", "12:00"), friday("12:05", "14:00")],
            &[],
            &rules(90, 60),
            (date, date),
            now,
        );
        assert_eq!(clocks(&found, date), ["09:00", "10:00", "12:05"]);
    }

    #[test]
    fn nothing_lasts_into_a_holiday() {
        let (eve, holiday) = (day(2026, 12, 24), day(2026, 12, 25));
        let open = daily("22:00", "02:00");
        let found = slots(Berlin, &open, &[holiday], &rules(90, 30), (eve, eve), at("2026-12-01T00:00:00Z"));
        assert_eq!(clocks(&found, eve), ["00:00", "00:30", "22:00", "22:30"]);
    }

    #[test]
    fn nothing_begins_on_a_holiday_nor_in_the_night_after_it() {
        let (eve, holiday, after) = (day(2026, 12, 24), day(2026, 12, 25), day(2026, 12, 26));
        let open = daily("22:00", "02:00");
        let found = slots(Berlin, &open, &[holiday], &rules(60, 60), (eve, after), at("2026-12-01T00:00:00Z"));
        assert_eq!(clocks(&found, eve), ["00:00", "01:00", "22:00", "23:00"]);
        assert_eq!(clocks(&found, holiday), Vec::<String>::new());
        assert_eq!(clocks(&found, after), ["22:00", "23:00"]);
    }

    #[test]
    fn zones_off_the_hour_and_days_that_were_left_out() {
        let date = day(2026, 5, 4);
        let found =
            slots(Kathmandu, &daily("09:00", "11:00"), &[], &rules(60, 60), (date, date), at("2026-05-01T00:00:00Z"));
        assert_eq!(found[0].starts_at, at("2026-05-04T03:15:00Z"));
        assert_eq!(found[0].offset, (5 * 60 + 45) * 60);
        // Apia went from 29 to 31 December 2011.
        let days = (day(2011, 12, 29), day(2011, 12, 31));
        let found = slots(Apia, &daily("09:00", "10:00"), &[], &rules(60, 60), days, at("2011-12-20T00:00:00Z"));
        let there: Vec<_> = found.iter().map(|slot| (slot.local.date(), slot.starts_at)).collect();
        assert_eq!(
            there,
            [(day(2011, 12, 29), at("2011-12-29T19:00:00Z")), (day(2011, 12, 31), at("2011-12-30T19:00:00Z")),]
        );
        let night = daily("22:00", "02:00");
        let found = slots(Apia, &night, &[], &rules(60, 60), days, at("2011-12-20T00:00:00Z"));
        assert_eq!(clocks(&found, day(2011, 12, 30)), Vec::<String>::new());
    }

    #[test]
    fn neither_the_past_nor_what_is_too_far_ahead() {
        let few = Rules { days_ahead: 2, ..rules(60, 60) };
        let now = at("2026-05-04T08:30:00Z");
        let found = slots(Berlin, &daily("09:00", "12:00"), &[], &few, (day(2026, 5, 1), day(2026, 5, 31)), now);
        assert_eq!(clocks(&found, day(2026, 5, 4)), ["11:00"]);
        assert_eq!(found.last().map(|slot| slot.local.date()), Some(day(2026, 5, 6)));
        assert!(slots(Berlin, &daily("09:00", "12:00"), &[], &few, (NaiveDate::MIN, NaiveDate::MAX), now).len() == 7);
    }
}
