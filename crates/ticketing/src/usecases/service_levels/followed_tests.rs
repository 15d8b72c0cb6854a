//! Whatever happens to a ticket, when its clocks are due is what a count of every minute says.

use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::{Europe::Berlin, Tz};
use futures_util::FutureExt;
use kernel::{
    Actor, Cx, Result, Source, Tenant,
    db::Emit,
    events::Event,
    id::{ClientId, ServiceLevelPolicyId, TicketId},
    visibility::Holder,
};
use uuid::Uuid;

use super::follow::{again, commented, follow_new, follow_ticket};
use crate::{
    domain::{
        service_levels::{
            calendar::{Calendar, Open},
            clock::{Clock, ClockKind, stands_still},
            policy::{ClientTier, ServiceLevelPolicy, policy_of},
        },
        tickets::ticket::tests::ticket,
    },
    ports::{service_levels::ClockBook, tickets::Company},
    store::{
        comments::comment::CommentSender,
        service_levels::{pause::Model as Pause, policy::Priorities},
        ticket::{Model as Ticket, TicketPriority, TicketStatus},
    },
};

/// The tables in memory, and the company.
struct Book {
    policies: RefCell<Vec<ServiceLevelPolicy>>,
    clocks: RefCell<Vec<Clock>>,
    pauses: RefCell<Vec<Pause>>,
    calendar: RefCell<Calendar>,
    told: RefCell<Vec<&'static str>>,
    answered: RefCell<bool>,
}

impl ClockBook for Book {
    async fn policies(&self) -> Result<Vec<ServiceLevelPolicy>> {
        Ok(self.policies.borrow().iter().filter(|policy| policy.is_active).cloned().collect())
    }

    async fn clocks(&self, _: TicketId) -> Result<Vec<Clock>> {
        Ok(self.clocks.borrow().clone())
    }

    async fn pauses(&self, _: TicketId) -> Result<Vec<Pause>> {
        Ok(self.pauses.borrow().clone())
    }

    async fn is_answered(&self, _: TicketId) -> Result<bool> {
        Ok(*self.answered.borrow())
    }

    async fn begin_pause(&self, pause: &Pause) -> Result<()> {
        self.pauses.borrow_mut().retain(|known| known.from_at != pause.from_at);
        self.pauses.borrow_mut().push(pause.clone());
        Ok(())
    }

    async fn end_pause(&self, _: TicketId, at: DateTime<Utc>) -> Result<()> {
        for pause in self.pauses.borrow_mut().iter_mut().filter(|pause| pause.until_at.is_none()) {
            pause.until_at = Some(at);
        }
        Ok(())
    }

    async fn save_clocks(&self, before: &[Clock], after: &[Clock]) -> Result<()> {
        assert_eq!(*self.clocks.borrow(), before, "what is replaced is what is there");
        *self.clocks.borrow_mut() = after.to_vec();
        Ok(())
    }
}

impl Emit for Book {
    fn emit<E: Event>(&self, _: &Cx, _: &E) {
        self.told.borrow_mut().push(E::KIND);
    }
}

impl Company for Book {
    async fn time_zone(&self) -> Result<Tz> {
        Ok(Berlin)
    }

    async fn reopen_within_days(&self) -> Result<i64> {
        Ok(14)
    }

    async fn tier_of(&self, _: ClientId) -> Result<Option<ClientTier>> {
        Ok(None)
    }

    async fn working_times(&self) -> Result<Calendar> {
        Ok(self.calendar.borrow().clone())
    }

    async fn is_staffed(&self, _: &Cx, _: &Holder) -> Result<bool> {
        Ok(true)
    }
}

fn policy(
    n: u128,
    priorities: Option<Vec<TicketPriority>>,
    minutes: [Option<i32>; 3],
    business_hours: bool,
) -> ServiceLevelPolicy {
    ServiceLevelPolicy {
        id: ServiceLevelPolicyId(Uuid::from_u128(n)),
        name: n.to_string(),
        name_folded: None,
        description: None,
        position: i32::try_from(n).unwrap(),
        categories: None,
        priorities: priorities.map(Priorities),
        severities: None,
        tiers: None,
        team_id: None,
        first_response_minutes: minutes[0],
        next_response_minutes: minutes[1],
        resolution_minutes: minutes[2],
        business_hours,
        warn_percent: 80,
        is_active: true,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

fn work() -> Calendar {
    let open = |day: u8, from: i32, to: i32| Open { weekday: chrono::Weekday::try_from(day).unwrap(), from, to };
    let mut hours: Vec<_> = (0..5).flat_map(|day| [open(day, 8 * 60, 12 * 60), open(day, 13 * 60, 18 * 60)]).collect();
    // The night to Saturday.
    hours.push(open(4, 22 * 60, 2 * 60));
    Calendar { zone: Berlin, hours, holidays: BTreeSet::new() }
}

/// Whether the company works in the minute that begins then, by nothing but the clock on its wall.
fn works(calendar: &Calendar, at: DateTime<Utc>) -> bool {
    let there = at.with_timezone(&calendar.zone);
    let (date, minute) = (there.date_naive(), i32::try_from(there.hour() * 60 + there.minute()).unwrap());
    let on = |date: NaiveDate, minute: i32| {
        !calendar.holidays.contains(&date)
            && calendar.hours.iter().any(|open| {
                let to = if open.to > open.from { open.to } else { open.to + 24 * 60 };
                open.weekday == date.weekday() && (open.from..to).contains(&minute)
            })
    };
    let night = !calendar.holidays.contains(&date) && on(date.pred_opt().unwrap(), minute + 24 * 60);
    on(date, minute) || night
}

/// What happens: a number that is as good as random, and the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// When a clock of so many minutes is due that was set then: each minute is looked at. `None` where it stands still now.
fn due(book: &Book, stood: &[(DateTime<Utc>, TicketStatus)], clock: &Clock) -> Option<DateTime<Utc>> {
    let calendar = book.calendar.borrow();
    let status_at = |at: DateTime<Utc>| stood.iter().rev().find(|(since, _)| *since <= at).map(|(_, status)| *status);
    let mut left = clock.target_minutes?;
    let last = stood.last().unwrap();
    let mut at = clock.started_at;
    loop {
        if status_at(at).is_some_and(stands_still) {
            if last.0 <= at {
                return None;
            }
        } else if !clock.business_hours || works(&calendar, at) {
            left -= 1;
            if left == 0 {
                return Some(at + TimeDelta::minutes(1));
            }
        }
        at += TimeDelta::minutes(1);
        assert!(at < clock.started_at + TimeDelta::days(400), "never due");
    }
}

/// What a request at some instant is.
fn at(first: DateTime<Utc>) -> impl Fn(DateTime<Utc>) -> Cx {
    let all = Cx::new(Arc::new(Source::fixed(first, 1)), Arc::new(Tenant::platform(first)), Actor::System, "test");
    move |now| {
        let mut cx = all.clone();
        cx.now = now;
        cx
    }
}

fn happens(seed: u64, steps: usize, from: &str) {
    let mut chance = Chance(seed);
    let mut now: DateTime<Utc> = from.parse().unwrap();
    let cx = at(now);
    let urgent = policy(1, Some(vec![TicketPriority::Urgent]), [Some(30), Some(45), Some(240)], false);
    let book = Book {
        policies: RefCell::new(vec![urgent, policy(2, None, [Some(120), None, Some(1500)], true)]),
        clocks: RefCell::default(),
        pauses: RefCell::default(),
        calendar: RefCell::new(work()),
        told: RefCell::default(),
        answered: RefCell::default(),
    };
    let mut ticket = Ticket { created_at: now, updated_at: now, due_at: None, ..ticket() };
    let mut stood = vec![(now, ticket.status)];
    follow_new(&book, &book, &cx(now), &ticket).now_or_never().unwrap().unwrap();
    for step in 0..steps {
        now += TimeDelta::minutes(1 + i64::try_from(chance.below(700)).unwrap());
        let (before, cx) = (ticket.clone(), cx(now));
        let done = match chance.below(9) {
            0..=3 => {
                let next = ticket.status.next();
                let next = next[usize::try_from(chance.below(next.len() as u64)).unwrap()];
                ticket.stand(next, now);
                stood.push((now, next));
                follow_ticket(&book, &book, &cx, &before, &ticket).now_or_never()
            }
            4 => {
                let all = [TicketPriority::Low, TicketPriority::Urgent, TicketPriority::Medium];
                ticket.priority = all[usize::try_from(chance.below(3)).unwrap()];
                follow_ticket(&book, &book, &cx, &before, &ticket).now_or_never()
            }
            5 => {
                let sender = if chance.below(2) == 0 { CommentSender::Client } else { CommentSender::Staff };
                ticket.last_replied_at = Some(now);
                *book.answered.borrow_mut() |= sender == CommentSender::Staff;
                commented(&book, &book, &cx, &ticket, sender).now_or_never()
            }
            6 => {
                let day = now.date_naive() + chrono::Days::new(chance.below(3));
                book.calendar.borrow_mut().holidays.insert(day);
                again(&book, &book, &cx, &ticket, true).now_or_never()
            }
            7 => {
                let minutes = i32::try_from(30 + chance.below(3000)).unwrap();
                book.policies.borrow_mut()[1].resolution_minutes = Some(minutes);
                again(&book, &book, &cx, &ticket, true).now_or_never()
            }
            _ => {
                let on = book.policies.borrow()[0].is_active;
                book.policies.borrow_mut()[0].is_active = !on;
                again(&book, &book, &cx, &ticket, true).now_or_never()
            }
        };
        done.unwrap().unwrap();
        let all = book.clocks.borrow().clone();
        let over = ticket.status.is_over();
        assert!(all.iter().all(|clock| !over || !clock.is_open()), "{seed} {step}: what is over waits for nothing");
        let policies = book.policies().now_or_never().unwrap().unwrap();
        let policy = policy_of(&policies, &ticket, None);
        for clock in all.iter().filter(|clock| clock.is_open()) {
            let promised = policy.and_then(|policy| Some((policy.minutes(clock.kind)?, policy.business_hours)));
            assert_eq!(promised, clock.target_minutes.map(|minutes| (minutes, clock.business_hours)), "{seed} {step}");
            let counted = due(&book, &stood, clock);
            assert_eq!(clock.due_at, counted, "{seed} {step}: {clock:?} {:?}", book.pauses.borrow());
        }
        let open = |kind| all.iter().filter(|clock| clock.kind == kind && clock.is_open()).count();
        if !over {
            assert_eq!(
                open(ClockKind::Resolution) == 1,
                policy.is_some_and(|policy| policy.resolution_minutes.is_some())
            );
        }
        assert!([ClockKind::FirstResponse, ClockKind::NextResponse].into_iter().map(open).sum::<usize>() <= 1);
    }
}

#[test]
fn when_a_clock_is_due_is_what_a_count_of_every_minute_says() {
    for seed in 0..40 {
        // Over the days on which Berlin's clocks go forward and back.
        happens(seed, 25, "2026-03-25T07:13:00Z");
        happens(seed + 1000, 25, "2026-10-21T15:47:00Z");
    }
}

#[test]
fn what_comes_too_late_is_told_though_nobody_told_so_in_time() {
    let created: DateTime<Utc> = "2026-05-04T08:00:00Z".parse().unwrap();
    let cx = at(created);
    let book = Book {
        policies: RefCell::new(vec![policy(1, None, [Some(30), None, Some(600)], false)]),
        clocks: RefCell::default(),
        pauses: RefCell::default(),
        calendar: RefCell::new(work()),
        told: RefCell::default(),
        answered: RefCell::default(),
    };
    let ticket = Ticket { created_at: created, ..ticket() };
    follow_new(&book, &book, &cx(created), &ticket).now_or_never().unwrap().unwrap();
    let late = created + TimeDelta::minutes(31);
    commented(&book, &book, &cx(late), &ticket, CommentSender::Staff).now_or_never().unwrap().unwrap();
    assert_eq!(*book.told.borrow(), ["ticket.service_level_breached"]);
    let first = book.clocks.borrow().iter().find(|clock| clock.kind == ClockKind::FirstResponse).cloned().unwrap();
    assert_eq!((first.met_at, first.breached_at), (Some(late), Some(late)));
    let mut done = ticket.clone();
    done.stand(TicketStatus::Resolved, created + TimeDelta::minutes(600) - TimeDelta::seconds(1));
    follow_ticket(&book, &book, &cx(done.resolved_at.unwrap()), &ticket, &done).now_or_never().unwrap().unwrap();
    assert_eq!(book.told.borrow().len(), 1, "what comes in time is told to nobody");
}

#[test]
fn what_is_owed_no_more_is_owed_again_where_it_stood() {
    let created: DateTime<Utc> = "2026-05-04T08:00:00Z".parse().unwrap();
    let (cx, minute) = (at(created), |n: i64| created + TimeDelta::minutes(n));
    let book = Book {
        policies: RefCell::new(vec![policy(1, None, [Some(30), Some(45), Some(60)], false)]),
        clocks: RefCell::default(),
        pauses: RefCell::default(),
        calendar: RefCell::new(work()),
        told: RefCell::default(),
        answered: RefCell::default(),
    };
    let level = |kind| book.clocks.borrow().iter().rev().find(|clock| clock.kind == kind).cloned().unwrap();
    let turn = |on: bool, n: i64, ticket: &Ticket| {
        book.policies.borrow_mut()[0].is_active = on;
        again(&book, &book, &cx(minute(n)), ticket, true).now_or_never().unwrap().unwrap();
    };
    let say = |ticket: &mut Ticket, sender, n: i64| {
        ticket.last_replied_at = Some(minute(n));
        *book.answered.borrow_mut() |= sender == CommentSender::Staff;
        commented(&book, &book, &cx(minute(n)), ticket, sender).now_or_never().unwrap().unwrap();
    };
    // The client's own words are no answer.
    book.policies.borrow_mut()[0].is_active = false;
    let mut ticket = Ticket { created_at: created, due_at: None, ..ticket() };
    follow_new(&book, &book, &cx(created), &ticket).now_or_never().unwrap().unwrap();
    say(&mut ticket, CommentSender::Client, 1);
    turn(true, 2, &ticket);
    let first = level(ClockKind::FirstResponse);
    assert_eq!((first.started_at, first.due_at, first.is_open()), (created, Some(minute(30)), true));
    turn(false, 3, &ticket);
    assert!(book.clocks.borrow().iter().all(|clock| clock.is_suspended() && clock.next_at.is_none()));
    turn(true, 4, &ticket);
    assert_eq!(level(ClockKind::FirstResponse), Clock { used_seconds: 240, ..first });
    // Nor is a question forgotten that waits for the next answer.
    say(&mut ticket, CommentSender::Staff, 5);
    say(&mut ticket, CommentSender::Client, 6);
    turn(false, 7, &ticket);
    turn(true, 8, &ticket);
    let next = level(ClockKind::NextResponse);
    assert_eq!((next.started_at, next.due_at, next.is_open()), (minute(6), Some(minute(51)), true));
    // What was told is not told again: it went into another and came out.
    let mut over = level(ClockKind::Resolution);
    over.due_at = Some(minute(60));
    over.breached_at = Some(minute(60));
    let kept = (over.id, over.started_at, over.breached_at);
    book.clocks
        .borrow_mut()
        .iter_mut()
        .filter(|clock| clock.kind == ClockKind::Resolution)
        .for_each(|clock| *clock = over.clone());
    let mut gone = Ticket { merged_into_id: Some(TicketId(Uuid::from_u128(9))), ..ticket.clone() };
    gone.stand(TicketStatus::Closed, minute(70));
    follow_ticket(&book, &book, &cx(minute(70)), &ticket, &gone).now_or_never().unwrap().unwrap();
    assert!(book.clocks.borrow().iter().filter(|clock| clock.is_open()).all(Clock::is_suspended));
    follow_ticket(&book, &book, &cx(minute(80)), &gone, &ticket).now_or_never().unwrap().unwrap();
    let back = level(ClockKind::Resolution);
    assert_eq!((back.id, back.started_at, back.breached_at), kept);
    assert_eq!((back.due_at, back.next_at), (Some(minute(60)), None));
    assert_eq!(level(ClockKind::NextResponse).due_at, Some(minute(51)), "it was over before");
    assert_eq!(*book.told.borrow(), [""; 0]);
}
