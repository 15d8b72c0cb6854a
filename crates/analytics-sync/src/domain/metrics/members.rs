//! Which groups things are in: groups are numbers, and each has a key.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{
    chosen::Chosen,
    facts::{NOBODY, Once},
    group::{Grouping, Key},
    period::{HOURS, Period, date, hour_of_week, monday, month, number},
};
use crate::store::metrics::fact::MetricPriority;

/// The groups of each thing, of those that are chosen.
#[derive(Debug)]
pub enum Members {
    /// All in the first.
    All,
    /// Each in one.
    One(Vec<u32>),
    /// Each in as many as stand before its end, one after the other.
    Many {
        /// Where those of each end.
        ends: Vec<u32>,
        /// Of all things.
        groups: Vec<u32>,
    },
}

impl Members {
    /// Each thing in the groups that are added for it, or in the first where none are.
    fn many<T>(things: impl Iterator<Item = T>, mut add: impl FnMut(T, &mut Vec<u32>)) -> Self {
        let (mut ends, mut groups) =
            (Vec::with_capacity(things.size_hint().0), Vec::with_capacity(things.size_hint().0));
        let mut end = 0;
        things.for_each(|thing| {
            add(thing, &mut groups);
            if groups.len() == end {
                groups.push(0);
            }
            end = groups.len();
            ends.push(u32::try_from(end).unwrap_or(u32::MAX));
        });
        Self::Many { ends, groups }
    }

    /// Goes along things, each with something of it, and the groups of each.
    pub fn each<T: Copy>(&self, things: impl Iterator<Item = (T, usize)>, mut each: impl FnMut(T, usize)) {
        // Told apart here, so that each of the three is a narrow loop.
        match self {
            Self::All => things.for_each(|(of, _)| each(of, 0)),
            Self::One(groups) => things.for_each(|(of, thing)| each(of, groups[thing] as usize)),
            Self::Many { ends, groups } => things.for_each(|(of, thing)| {
                let begins = thing.checked_sub(1).map_or(0, |before| ends[before]);
                groups[begins as usize..ends[thing] as usize].iter().for_each(|group| each(of, *group as usize));
            }),
        }
    }
}

/// A part of a period.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The first day of it, or of the week or month of which it is; of the later period, where that one's parts are meant.
    pub day: i32,
    /// When it is over.
    pub end: i64,
}

/// The parts of a period, and which of them each of its days is in.
pub fn parts(period: &Period, grouping: Grouping) -> (Vec<Part>, Vec<u32>) {
    let begin_of = |day: i32| match grouping {
        Grouping::Week => monday(day),
        Grouping::Month => month(day),
        _ => day,
    };
    let mut last_of: BTreeMap<i32, i32> = BTreeMap::new();
    let mut part_of = Vec::new();
    for day in number(period.first)..=number(period.last) {
        last_of.insert(begin_of(day + period.ahead), day);
        part_of.push(u32::try_from(last_of.len() - 1).unwrap_or(u32::MAX));
    }
    let end = |last: i32| Period::before(&Period { first: date(last + 1), last: date(last + 1), ..*period }).until;
    (last_of.into_iter().map(|(day, last)| Part { day, end: end(last) }).collect(), part_of)
}

/// The groups of things, and their keys.
pub fn members(chosen: &Chosen, grouping: Grouping) -> (Members, Vec<Key>) {
    let (facts, period) = (&chosen.ground.facts, &chosen.period);
    let by_hour =
        |of: fn(i32) -> i32| Members::One(chosen.hours().iter().map(|hour| of(*hour).unsigned_abs()).collect());
    match grouping {
        Grouping::All => (Members::All, vec![Key::None]),
        Grouping::Channel => {
            let keys = facts.words.all().iter().cloned().map(Key::Channel);
            (Members::One(chosen.each(&facts.things.channel).collect()), keys.collect())
        }
        Grouping::Priority => {
            let all = [MetricPriority::Urgent, MetricPriority::High, MetricPriority::Normal, MetricPriority::Low];
            let group = |(_, _, priority): (_, _, Option<_>)| priority.map_or(0, |priority| priority as u32 + 1);
            let keys = [Key::None].into_iter().chain(all.map(Key::Priority));
            (Members::One(chosen.each(&facts.things.what).map(group).collect()), keys.collect())
        }
        Grouping::Hour => (by_hour(|hour| hour.rem_euclid(HOURS)), (0..24).map(Key::Hour).collect()),
        Grouping::WeekdayHour => {
            let keys = (0..7).flat_map(|day| (0..24).map(move |hour| Key::WeekdayHour(day, hour)));
            (by_hour(hour_of_week), keys.collect())
        }
        Grouping::Day | Grouping::Week | Grouping::Month => {
            let (parts, part_of) = parts(period, grouping);
            let (first, last) = (number(period.first), number(period.last));
            // Where a clock is put back over midnight a day comes twice: what is before the first is of the first.
            let part =
                |hour: &i32| part_of[(hour.div_euclid(HOURS).clamp(first, last) - first).unsigned_abs() as usize];
            let key = match grouping {
                Grouping::Week => Key::Week,
                Grouping::Month => Key::Month,
                _ => Key::Day,
            };
            let keys = parts.iter().map(|part| key(date(part.day)));
            (Members::One(chosen.hours().iter().map(part).collect()), keys.collect())
        }
        Grouping::Tag => {
            let members = Members::many(chosen.places.iter(), |place, groups| {
                facts.things.tags_of(*place as usize).iter().for_each(|tag| groups.push(tag + 1));
            });
            let keys = [Key::None].into_iter().chain(facts.tag_words.all().iter().cloned().map(Key::Tag));
            (members, keys.collect())
        }
        Grouping::Agent => by_agent(chosen),
        Grouping::Department => by_department(chosen),
    }
}

fn by_agent(chosen: &Chosen) -> (Members, Vec<Key>) {
    let (facts, around) = (&chosen.ground.facts, &chosen.ground.around);
    let mut keys = Once::default();
    keys.put(Key::None);
    let staff: Vec<u32> = facts.ids.all().iter().map(|id| keys.put(Key::Staff(*id))).collect();
    let who = |id: &Uuid| around.staff_of.get(id).map_or(Key::Agent(*id), |staff| Key::Staff(*staff));
    let agents: Vec<u32> = facts.ids.all().iter().map(|id| keys.put(who(id))).collect();
    let both = chosen.each(&facts.things.staff).zip(chosen.each(&facts.things.agent));
    let groups = both.map(|ids| match ids {
        (NOBODY, NOBODY) => 0,
        (NOBODY, agent) => agents[agent as usize],
        (colleague, _) => staff[colleague as usize],
    });
    (Members::One(groups.collect()), keys.all().to_vec())
}

fn by_department(chosen: &Chosen) -> (Members, Vec<Key>) {
    let (facts, around) = (&chosen.ground.facts, &chosen.ground.around);
    let mut keys = Once::default();
    keys.put(Key::None);
    let mut above = |tree: &HashMap<Uuid, Vec<Uuid>>, key: fn(Uuid) -> Key| -> Vec<Vec<u32>> {
        let path = |id: &Uuid| tree.get(id).filter(|path| path.contains(id)).cloned().unwrap_or_else(|| vec![*id]);
        let all = facts.ids.all().iter().map(path);
        all.map(|path| path.into_iter().map(|id| keys.put(key(id))).collect()).collect()
    };
    let own = above(&around.departments, Key::Department);
    let theirs = above(&around.b2chat_departments, Key::B2chatDepartment);
    let both = chosen.each(&facts.things.department).zip(chosen.each(&facts.things.b2chat_department));
    let members = Members::many(both, |(department, b2chat_department), groups| {
        for of_one in [own.get(department as usize), theirs.get(b2chat_department as usize)].into_iter().flatten() {
            of_one.iter().for_each(|group| groups.push(*group));
        }
    });
    (members, keys.all().to_vec())
}
