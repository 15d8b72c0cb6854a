//! Values worked out by hand.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{
    apart::apart,
    block::{decode, encode},
    chosen::{Chosen, Ground},
    facts::Facts,
    group::{Around, Grouping, Key, Which, week_name},
    metric::Metric,
    period::{Clock, Period, begins},
    tally::{Measure, Tally, nearest_rank},
    thing::Thing,
    working::Working,
};
use crate::store::metrics::fact::{MetricKind, MetricPriority, MetricStatus};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn thing(created: &str) -> Thing {
    Thing {
        id: Uuid::nil(),
        kind: MetricKind::B2chatChat,
        created_at: at(created),
        opened_at: None,
        picked_up_at: None,
        response_at: None,
        closed_at: None,
        status: MetricStatus::Open,
        channel: "whatsapp".into(),
        priority: Some(MetricPriority::Normal),
        agent: None,
        staff: None,
        b2chat_department: None,
        department: None,
        tags: Vec::new(),
    }
}

fn facts(things: &[Thing]) -> Facts {
    let mut facts = Facts::default();
    for (number, thing) in things.iter().enumerate() {
        let (fact, tags) = Thing { id: Uuid::from_u128(number as u128), ..thing.clone() }.into_fact();
        facts.add(&fact, &tags);
    }
    facts
}

const SLA: Measure = Measure { working: None, sla: 300_000 };

fn count(
    facts: &Facts,
    around: &Around,
    which: &Which,
    measure: &Measure,
    period: &Period,
    grouping: Grouping,
) -> Vec<(Key, Tally)> {
    let (facts, around, which, measure) = (facts.clone(), around.clone(), which.clone(), measure.clone());
    let chosen = Chosen::new(Arc::new(Ground { facts, around, which, measure }), *period);
    apart(&Arc::new(chosen), grouping)
}

fn counted(facts: &Facts, period: &Period, grouping: Grouping) -> Vec<(Key, Tally)> {
    count(facts, &Around::default(), &Which::default(), &SLA, period, grouping)
}

fn backlog(tally: &Tally) -> u64 {
    tally.numbers(Metric::OpenBacklog).count
}

#[test]
fn ranks_are_the_nearest() {
    let ranks = |count| [50, 90, 95, 99].map(|percent| nearest_rank(count, percent).map(|place| place + 1));
    assert_eq!(ranks(10), [Some(5), Some(9), Some(10), Some(10)]);
    assert_eq!(ranks(1), [Some(1); 4]);
    assert_eq!(ranks(0), [None; 4]);
    assert_eq!(ranks(100), [Some(50), Some(90), Some(95), Some(99)]);
}

#[test]
fn numbers_are_those_worked_out_by_hand() {
    let answered = |opened: &str, answered: &str, closed: Option<&str>| Thing {
        opened_at: Some(at(opened)),
        response_at: Some(at(answered)),
        closed_at: closed.map(at),
        status: if closed.is_some() { MetricStatus::Closed } else { MetricStatus::Open },
        ..thing("2026-03-02T09:00:00Z")
    };
    let things = [
        answered("2026-03-02T09:01:00Z", "2026-03-02T09:03:00Z", Some("2026-03-02T10:00:00Z")),
        // Exactly at the threshold is not above it.
        answered("2026-03-02T09:01:00Z", "2026-03-02T09:06:00Z", None),
        answered("2026-03-02T09:01:00Z", "2026-03-02T09:06:01Z", None),
        // Answered before it began.
        answered("2026-03-02T09:01:00Z", "2026-03-02T08:59:59Z", None),
        thing("2026-03-02T09:00:00Z"),
    ];
    let facts = facts(&things);
    let period = Period::new(Tz::UTC, day("2026-03-02"), day("2026-03-02")).unwrap();
    let all = counted(&facts, &period, Grouping::All);
    let numbers = |metric| all[0].1.numbers(metric);
    let response = numbers(Metric::ResponseTime);
    assert_eq!((response.count, response.negative, response.missing), (3, 1, 1));
    assert_eq!(response.average, Some((180.0 + 360.0 + 361.0) / 3.0));
    assert_eq!(response.percentiles, [Some(360.0), Some(361.0), Some(361.0), Some(361.0)]);
    assert_eq!((response.shortest, response.longest), (Some(180.0), Some(361.0)));
    let breaches = numbers(Metric::SlaBreaches);
    assert_eq!((breaches.count, breaches.rate), (1, Some(1.0 / 3.0)));
    let resolution = numbers(Metric::ResolutionTime);
    assert_eq!((resolution.count, resolution.missing, resolution.average), (1, 4, Some(3600.0)));
    assert_eq!((numbers(Metric::Volume).count, numbers(Metric::Closed).count), (5, 1));
    assert_eq!((numbers(Metric::OpenBacklog).count, numbers(Metric::Unassigned).rate), (4, Some(1.0)));
    let pickup = numbers(Metric::PickupTime);
    assert_eq!((pickup.count, pickup.average, pickup.percentiles), (0, None, [None; 4]), "nothing is null and not 0");

    let none = Period::new(Tz::UTC, day("2026-03-01"), day("2026-03-01")).unwrap();
    let none = counted(&facts, &none, Grouping::All);
    let numbers = |metric| none[0].1.numbers(metric);
    assert_eq!((numbers(Metric::Volume).count, numbers(Metric::Closed).rate), (0, None));
    assert_eq!(numbers(Metric::OpenBacklog).count, 0);
}

#[test]
fn days_and_hours_are_those_of_the_wall() {
    let berlin: Tz = "Europe/Berlin".parse().unwrap();
    // The clock goes from 2 to 3 at 01:00 UTC: the day has 23 hours.
    let period = Period::new(berlin, day("2026-03-29"), day("2026-03-29")).unwrap();
    assert_eq!(period.until - period.from, 23 * 3_600_000);
    let autumn = Period::new(berlin, day("2026-10-25"), day("2026-10-25")).unwrap();
    assert_eq!(autumn.until - autumn.from, 25 * 3_600_000);
    assert_eq!(period.before().last, day("2026-03-28"));
    let mut clock = Clock::new(berlin);
    let hours = ["2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]
        .map(|text| clock.hour(at(text).timestamp_millis()).rem_euclid(24));
    assert_eq!(hours, [1, 3, 2, 2]);
    // In Cairo the clock goes from 0 to 1 at the beginning of a day.
    let cairo: Tz = "Africa/Cairo".parse().unwrap();
    assert_eq!(begins(cairo, day("2026-04-24")), at("2026-04-23T22:00:00Z"));

    let things = ["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"];
    let facts = facts(&things.map(thing));
    let two = Period::new(berlin, day("2026-03-28"), day("2026-03-30")).unwrap();
    let days = counted(&facts, &two, Grouping::Day);
    let volumes: Vec<_> = days.iter().map(|(_, tally)| tally.volume()).collect();
    assert_eq!(volumes, [1, 2, 1]);
    let backlog: Vec<_> = days.iter().map(|(_, tally)| backlog(tally)).collect();
    assert_eq!(backlog, [1, 3, 4], "at the end of each day");
    let weeks: Vec<_> = counted(&facts, &two, Grouping::Week).into_iter().map(|(key, _)| key).collect();
    assert_eq!(weeks, [Key::Week(day("2026-03-23")), Key::Week(day("2026-03-30"))]);
    assert_eq!((week_name(day("2026-03-23")), week_name(day("2025-12-29"))), ("2026-W13".into(), "2026-W01".into()));
    assert_eq!(counted(&facts, &two, Grouping::Hour).len(), 24);
    assert_eq!(counted(&facts, &two, Grouping::WeekdayHour).len(), 168);
}

#[test]
fn a_period_is_three_years_at_most() {
    for (from, to, field) in [
        ("2020-01-01", "2030-01-01", "filter.from"),
        ("2026-01-02", "2026-01-01", "filter.to"),
        ("1999-12-31", "2000-01-01", "filter.from"),
        ("2200-12-31", "2201-01-01", "filter.to"),
    ] {
        let kernel::Error::Invalid(problems) = Period::new(Tz::UTC, day(from), day(to)).unwrap_err() else {
            panic!("{from} {to}")
        };
        assert_eq!(problems.len(), 1);
        assert!(problems[0].sentence().contains(field.trim_start_matches("filter.")), "{problems:?}");
    }
    assert_eq!(Period::new(Tz::UTC, day("2023-01-01"), day("2025-12-31")).unwrap().count(), 1096);
}

#[test]
fn what_was_carried_over_is_open_until_it_is_over() {
    let closed = |created: &str, closed: &str| Thing {
        closed_at: Some(at(closed)),
        status: MetricStatus::Closed,
        ..thing(created)
    };
    let things = [
        closed("2026-02-01T00:00:00Z", "2026-03-02T12:00:00Z"),
        closed("2026-02-01T00:00:00Z", "2026-02-28T12:00:00Z"),
        // It does not say since when.
        Thing { status: MetricStatus::Closed, ..thing("2026-02-01T00:00:00Z") },
        thing("2026-03-02T09:00:00Z"),
        thing("2026-03-03T09:00:00Z"),
    ];
    let facts = facts(&things);
    let period = Period::new(Tz::UTC, day("2026-03-01"), day("2026-03-02")).unwrap();
    let days = counted(&facts, &period, Grouping::Day);
    assert_eq!(days.iter().map(|(_, tally)| backlog(tally)).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(backlog(&counted(&facts, &period, Grouping::All)[0].1), 1);
    assert_eq!(counted(&facts, &period, Grouping::All)[0].1.volume(), 1);
}

#[test]
fn departments_count_with_those_below_them() {
    let [root, below, other] = [1, 2, 3].map(Uuid::from_u128);
    let of = |id: Uuid| Thing { department: Some(kernel::id::DepartmentId(id)), ..thing("2026-03-02T09:00:00Z") };
    let facts = facts(&[of(root), of(below), of(below), of(other), thing("2026-03-02T09:00:00Z")]);
    let departments = [(root, vec![root]), (below, vec![root, below]), (other, vec![other])];
    let around = Around { departments: departments.into_iter().collect(), ..Around::default() };
    let period = Period::new(Tz::UTC, day("2026-03-02"), day("2026-03-02")).unwrap();
    let groups = count(&facts, &around, &Which::default(), &SLA, &period, Grouping::Department);
    let volumes: Vec<_> = groups.iter().map(|(key, tally)| (key.clone(), tally.volume())).collect();
    let key = Key::Department;
    assert_eq!(volumes, [(key(root), 3), (key(below), 2), (Key::None, 1), (key(other), 1)]);
    let which = Which { department: Some(root), ..Which::default() };
    assert_eq!(count(&facts, &around, &which, &SLA, &period, Grouping::All)[0].1.volume(), 3);
}

#[test]
fn who_is_a_colleague_is_one_with_their_agent() {
    let [agent, staff, stranger] = [1, 2, 3].map(Uuid::from_u128);
    let by = |id: Uuid| Thing { agent: Some(kernel::id::B2chatAgentId(id)), ..thing("2026-03-02T09:00:00Z") };
    let own = Thing { staff: Some(kernel::id::StaffId(staff)), ..thing("2026-03-02T09:00:00Z") };
    let facts = facts(&[by(agent), by(stranger), own, thing("2026-03-02T09:00:00Z")]);
    let around = Around { staff_of: [(agent, staff)].into_iter().collect(), ..Around::default() };
    let period = Period::new(Tz::UTC, day("2026-03-02"), day("2026-03-02")).unwrap();
    let groups = count(&facts, &around, &Which::default(), &SLA, &period, Grouping::Agent);
    let volumes: Vec<_> = groups.iter().map(|(key, tally)| (key.clone(), tally.volume())).collect();
    assert_eq!(volumes, [(Key::Staff(staff), 2), (Key::None, 1), (Key::Agent(stranger), 1)]);
    let which = Which { staff: Some(staff), ..Which::default() };
    assert_eq!(count(&facts, &around, &which, &SLA, &period, Grouping::All)[0].1.volume(), 2);
}

#[test]
fn only_working_times_count() {
    let hour = 3_600_000;
    let working = Working::new(vec![(9 * hour, 12 * hour), (13 * hour, 17 * hour)]);
    for (from, until, hours) in [(8, 9, 0), (8, 10, 1), (10, 11, 1), (11, 14, 2), (12, 13, 0), (0, 24, 7), (18, 20, 0)]
    {
        assert_eq!(working.between(from * hour, until * hour), hours * hour, "{from} {until}");
    }
    assert_eq!(Working::default().between(0, hour), 0);
}

#[test]
fn a_block_says_what_the_facts_say() {
    let full = Thing {
        kind: MetricKind::Ticket,
        opened_at: Some(at("2026-03-02T09:00:00.001Z")),
        picked_up_at: Some(at("2026-03-01T09:00:00Z")),
        response_at: Some(at("2026-03-02T09:00:05Z")),
        closed_at: Some(at("2027-03-02T09:00:05Z")),
        status: MetricStatus::Closed,
        priority: Some(MetricPriority::Urgent),
        agent: Some(kernel::id::B2chatAgentId(Uuid::from_u128(1))),
        staff: Some(kernel::id::StaffId(Uuid::from_u128(2))),
        b2chat_department: Some(kernel::id::B2chatDepartmentId(Uuid::from_u128(3))),
        department: Some(kernel::id::DepartmentId(Uuid::from_u128(4))),
        tags: vec!["Größe".into(), "gold".into(), "GOLD".into()],
        ..thing("2026-03-02T09:00:00Z")
    };
    let bare = Thing { priority: None, kind: MetricKind::LiveChat, ..thing("2026-03-02T09:00:01Z") };
    let before = facts(&[full, bare, thing("2026-03-02T09:00:02Z")]);
    let bytes = encode(&before);
    let mut after = Facts::default();
    decode(&bytes, &mut after).unwrap();
    assert_eq!((&after.things, &after.tags_shown), (&before.things, &before.tags_shown));
    assert_eq!((after.ids.all(), after.words.all()), (before.ids.all(), before.words.all()));
    assert_eq!(after.things.tags_of(0).len(), 2, "one tag in two cases is one");
    // A second day names the same by the same numbers.
    decode(&bytes, &mut after).unwrap();
    assert_eq!((after.things.len(), after.ids.all().len()), (6, 4));
    assert_eq!(after.things.agent[0], after.things.agent[3]);
    for end in 0..bytes.len() {
        assert!(decode(&bytes[..end], &mut Facts::default()).is_err(), "{end}");
    }
}
