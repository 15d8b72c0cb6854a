//! Things told apart by what they have.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{
    facts::{Counted, Facts, Once},
    period::{Clock, Period, date, day_of, hour_of, monday, month, number, weekday},
    tally::{Measure, Tally},
};
use crate::store::metrics::fact::{MetricKind, MetricPriority, MetricStatus};

/// By what things are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// By nothing: all together.
    All,
    /// By who has them.
    Agent,
    /// By department, each with those below it.
    Department,
    /// By the way by which they came.
    Channel,
    /// By how much they matter.
    Priority,
    /// By tag: what has several is in several.
    Tag,
    /// By the hour of the day at which they began.
    Hour,
    /// By day.
    Day,
    /// By week (ISO 8601).
    Week,
    /// By month.
    Month,
    /// By the day of the week, Monday first, and the hour of the day.
    WeekdayHour,
}

/// What the things of a group have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Nothing in particular, or that they have none of it.
    None,
    /// A colleague has them.
    Staff(Uuid),
    /// An agent of B2Chat's has them who is no colleague.
    Agent(Uuid),
    /// They are a department's of the company, or of one below it.
    Department(Uuid),
    /// They are a department's of B2Chat's, or of one below it.
    B2chatDepartment(Uuid),
    /// By that way they came.
    Channel(String),
    /// So much they matter.
    Priority(MetricPriority),
    /// That tag they have: in the form in which tags are compared.
    Tag(String),
    /// At that hour they began.
    Hour(u8),
    /// On that day they began.
    Day(NaiveDate),
    /// In the week of that Monday they began.
    Week(NaiveDate),
    /// In the month of that first day they began.
    Month(NaiveDate),
    /// On that day of the week, 0 for Monday, and at that hour they began.
    WeekdayHour(u8, u8),
}

/// Which things are counted. All parts given must hold.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Only these kinds.
    pub kinds: Option<Vec<MetricKind>>,
    /// Only what this colleague has.
    pub staff: Option<Uuid>,
    /// Only what this agent of B2Chat's has.
    pub agent: Option<Uuid>,
    /// Only what is this department's of the company, or of one below it.
    pub department: Option<Uuid>,
    /// The same of a department of B2Chat's.
    pub b2chat_department: Option<Uuid>,
    /// Only what came by this way.
    pub channel: Option<String>,
    /// Only what matters so much.
    pub priority: Option<MetricPriority>,
    /// Only what has this tag, in the form in which tags are compared.
    pub tag: Option<String>,
}

/// Who is who, and what is below what.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// The colleague of each agent of B2Chat's who is one.
    pub staff_of: HashMap<Uuid, Uuid>,
    /// Of each department of the company, the ids from the root down to it.
    pub departments: HashMap<Uuid, Vec<Uuid>>,
    /// The same of B2Chat's.
    pub b2chat_departments: HashMap<Uuid, Vec<Uuid>>,
}

impl Around {
    /// Whether a department is another or below it.
    fn is_in(tree: &HashMap<Uuid, Vec<Uuid>>, department: Uuid, other: Uuid) -> bool {
        department == other || tree.get(&department).is_some_and(|path| path.contains(&other))
    }

    /// The colleague who has a thing, where one does.
    fn staff(&self, facts: &Facts, thing: &Counted) -> Option<Uuid> {
        let id = |number: Option<u32>| number.and_then(|number| facts.ids.value(number)).copied();
        id(thing.staff).or_else(|| id(thing.agent).and_then(|agent| self.staff_of.get(&agent).copied()))
    }
}

/// What a filter says of each id and word, worked out once.
struct Sieve<'a> {
    which: &'a Which,
    staff: Vec<bool>,
    staff_of_agent: Vec<bool>,
    departments: Vec<bool>,
    b2chat_departments: Vec<bool>,
    agent: Option<u32>,
    channel: Option<u32>,
    tag: Option<u32>,
}

impl<'a> Sieve<'a> {
    fn new(which: &'a Which, around: &Around, facts: &Facts) -> Self {
        let each = |holds: &dyn Fn(Uuid) -> bool| facts.ids.all().iter().map(|id| holds(*id)).collect();
        let below = |tree: &HashMap<_, _>, wanted: Option<Uuid>| {
            wanted.map_or_else(Vec::new, |wanted| each(&|id| Around::is_in(tree, id, wanted)))
        };
        Self {
            which,
            staff: which.staff.map_or_else(Vec::new, |staff| each(&|id| id == staff)),
            staff_of_agent: which
                .staff
                .map_or_else(Vec::new, |staff| each(&|id| around.staff_of.get(&id) == Some(&staff))),
            departments: below(&around.departments, which.department),
            b2chat_departments: below(&around.b2chat_departments, which.b2chat_department),
            agent: which.agent.and_then(|id| facts.ids.number(&id)),
            channel: which.channel.as_ref().and_then(|word| facts.words.number(word)),
            tag: which.tag.as_ref().and_then(|tag| facts.tag_words.number(tag)),
        }
    }

    fn lets_through(&self, facts: &Facts, thing: &Counted) -> bool {
        let of = |all: &[bool], number: Option<u32>| {
            number.is_some_and(|number| all.get(number as usize).copied().unwrap_or_default())
        };
        let which = self.which;
        which.kinds.as_ref().is_none_or(|kinds| kinds.contains(&thing.kind))
            && which.priority.is_none_or(|priority| thing.priority == Some(priority))
            && (which.channel.is_none() || self.channel == Some(thing.channel))
            && (which.agent.is_none() || self.agent.is_some() && self.agent == thing.agent)
            && (which.staff.is_none()
                || of(&self.staff, thing.staff)
                || thing.staff.is_none() && of(&self.staff_of_agent, thing.agent))
            && (which.department.is_none() || of(&self.departments, thing.department))
            && (which.b2chat_department.is_none() || of(&self.b2chat_departments, thing.b2chat_department))
            && (which.tag.is_none() || self.tag.is_some_and(|tag| facts.tags_of(thing).contains(&tag)))
    }
}

/// The ends of the parts of a period that backlogs are told of.
fn ends(period: &Period, grouping: Grouping) -> Vec<(i32, i64)> {
    let begin_of = |day: i32| match grouping {
        Grouping::Week => monday(day),
        Grouping::Month => month(day),
        _ => day,
    };
    let mut found: BTreeMap<i32, i32> = BTreeMap::new();
    for day in number(period.first)..=number(period.last) {
        found.insert(begin_of(day), day);
    }
    let end = |last: i32| Period::before(&Period { first: date(last + 1), last: date(last + 1), ..*period }).until;
    found.into_iter().map(|(begins, last)| (begins, end(last))).collect()
}

/// Counts things, told apart. Of time every part of the period has a group, whether there is anything in it or not.
pub fn count(
    facts: &Facts,
    around: &Around,
    which: &Which,
    measure: &Measure,
    period: &Period,
    grouping: Grouping,
) -> Vec<(Key, Tally)> {
    let sieve = Sieve::new(which, around, facts);
    let mut keys = Keys {
        facts,
        around,
        grouping,
        clock: Clock::new(period.zone),
        of_ids: HashMap::new(),
        named: Once::default(),
    };
    let mut found: HashMap<u64, Tally> = HashMap::new();
    let by_time = matches!(grouping, Grouping::Day | Grouping::Week | Grouping::Month);
    let parts = if by_time { ends(period, grouping) } else { Vec::new() };
    // How many more, or fewer, are open at the end of a part than at the end of the one before.
    let mut steps = vec![0_i64; parts.len() + 1];
    let mut into = Vec::new();
    for thing in facts.things.iter().filter(|thing| sieve.lets_through(facts, thing)) {
        let (begins, is_open) = (period.holds(thing.created), !by_time && thing.is_open_at(period.until));
        if by_time && thing.created < period.until {
            let first = parts.partition_point(|(_, end)| *end <= thing.created);
            let last = match thing.closed {
                Some(closed) => parts.partition_point(|(_, end)| *end <= closed),
                None if thing.status == MetricStatus::Closed => first,
                None => parts.len(),
            };
            if first < last {
                steps[first] += 1;
                steps[last] -= 1;
            }
        }
        if !begins && !is_open {
            continue;
        }
        into.clear();
        keys.of(thing, &mut into);
        for key in &into {
            let tally = found.entry(*key).or_default();
            if begins {
                tally.add(measure, thing);
            }
            tally.backlog += u64::from(is_open);
        }
    }
    let mut open = 0;
    for ((begins, _), step) in parts.iter().zip(&steps) {
        open += step;
        found.entry(day_key(*begins)).or_default().backlog = open.unsigned_abs();
    }
    let always = match grouping {
        Grouping::All => 0..1,
        Grouping::Hour => 0..24,
        Grouping::WeekdayHour => 0..168,
        _ => 0..0,
    };
    for key in always {
        found.entry(key).or_default();
    }
    let mut groups: Vec<_> = found.into_iter().map(|(key, tally)| (keys.key(key), tally)).collect();
    match grouping {
        Grouping::Agent | Grouping::Department | Grouping::Channel | Grouping::Tag => {
            groups.sort_by(|one, other| other.1.volume.cmp(&one.1.volume).then_with(|| one.0.cmp(&other.0)));
        }
        _ => groups.sort_by(|one, other| one.0.cmp(&other.0)),
    }
    groups
}

/// A day as a number that is never negative.
fn day_key(day: i32) -> u64 {
    u64::try_from(i64::from(day) + i64::from(u32::MAX)).unwrap_or_default()
}

/// The groups that things belong to, as numbers.
struct Keys<'a> {
    facts: &'a Facts,
    around: &'a Around,
    grouping: Grouping,
    clock: Clock,
    /// The groups of each pair of ids, worked out once.
    of_ids: HashMap<(Option<u32>, Option<u32>), Vec<u64>>,
    /// Those groups, by their numbers less one.
    named: Once<Key>,
}

impl Keys<'_> {
    fn of(&mut self, thing: &Counted, into: &mut Vec<u64>) {
        let mut local = || self.clock.local(thing.created);
        match self.grouping {
            Grouping::All => into.push(0),
            Grouping::Channel => into.push(thing.channel.into()),
            Grouping::Priority => into.push(thing.priority.map_or(0, |priority| priority as u64 + 1)),
            Grouping::Hour => into.push(hour_of(local()).into()),
            Grouping::WeekdayHour => {
                let local = local();
                into.push(u64::from(weekday(day_of(local))) * 24 + u64::from(hour_of(local)));
            }
            Grouping::Day => into.push(day_key(day_of(local()))),
            Grouping::Week => into.push(day_key(monday(day_of(local())))),
            Grouping::Month => into.push(day_key(month(day_of(local())))),
            Grouping::Tag => match self.facts.tags_of(thing) {
                [] => into.push(0),
                tags => into.extend(tags.iter().map(|tag| u64::from(*tag) + 1)),
            },
            Grouping::Agent => self.of_ids(thing, (thing.staff, thing.agent), into),
            Grouping::Department => self.of_ids(thing, (thing.department, thing.b2chat_department), into),
        }
    }

    fn of_ids(&mut self, thing: &Counted, ids: (Option<u32>, Option<u32>), into: &mut Vec<u64>) {
        if let Some(known) = self.of_ids.get(&ids) {
            into.extend(known);
            return;
        }
        let (facts, around) = (self.facts, self.around);
        let id = |number: Option<u32>| number.and_then(|number| facts.ids.value(number)).copied();
        let keys: Vec<Key> = if self.grouping == Grouping::Agent {
            let who = around.staff(facts, thing).map(Key::Staff).or_else(|| id(ids.1).map(Key::Agent));
            who.into_iter().collect()
        } else {
            let path = |tree: &HashMap<Uuid, Vec<Uuid>>, id: Uuid| {
                tree.get(&id).filter(|path| path.contains(&id)).cloned().unwrap_or_else(|| vec![id])
            };
            let own = id(ids.0).map(|id| path(&around.departments, id)).unwrap_or_default();
            let theirs = id(ids.1).map(|id| path(&around.b2chat_departments, id)).unwrap_or_default();
            let own = own.into_iter().map(Key::Department);
            own.chain(theirs.into_iter().map(Key::B2chatDepartment)).collect()
        };
        let mut numbers: Vec<u64> = keys.into_iter().map(|key| u64::from(self.named.put(key)) + 1).collect();
        if numbers.is_empty() {
            numbers.push(0);
        }
        into.extend(&numbers);
        self.of_ids.insert(ids, numbers);
    }

    fn key(&self, key: u64) -> Key {
        let day =
            || date(i32::try_from(i64::try_from(key).unwrap_or_default() - i64::from(u32::MAX)).unwrap_or_default());
        let small = |number: u64| u8::try_from(number).unwrap_or_default();
        let index = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        match self.grouping {
            Grouping::All => Key::None,
            Grouping::Channel => self.facts.words.value(index(key)).cloned().map_or(Key::None, Key::Channel),
            Grouping::Priority => match key {
                1 => Key::Priority(MetricPriority::Urgent),
                2 => Key::Priority(MetricPriority::High),
                3 => Key::Priority(MetricPriority::Normal),
                4 => Key::Priority(MetricPriority::Low),
                _ => Key::None,
            },
            Grouping::Hour => Key::Hour(small(key)),
            Grouping::WeekdayHour => Key::WeekdayHour(small(key / 24), small(key % 24)),
            Grouping::Day => Key::Day(day()),
            Grouping::Week => Key::Week(day()),
            Grouping::Month => Key::Month(day()),
            Grouping::Tag => match key.checked_sub(1) {
                Some(tag) => self.facts.tag_words.value(index(tag)).cloned().map_or(Key::None, Key::Tag),
                None => Key::None,
            },
            Grouping::Agent | Grouping::Department => {
                key.checked_sub(1).and_then(|number| self.named.value(index(number))).cloned().unwrap_or(Key::None)
            }
        }
    }
}

/// The name of a week: `2026-W13`.
pub fn week_name(monday: NaiveDate) -> String {
    let week = monday.iso_week();
    format!("{:04}-W{:02}", week.year(), week.week())
}
