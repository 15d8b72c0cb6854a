//! The things of a period told apart, and what is counted of each group: each number once somebody asks for it.

use std::sync::{Arc, OnceLock};

use super::{
    chosen::{Chosen, Spans},
    facts::NEVER,
    group::{Grouping, Key},
    members::{Members, members, parts},
    metric::Span,
    tally::{Counts, Tally, Times},
};
use crate::store::metrics::fact::MetricStatus;

/// The things of a period told apart.
#[derive(Debug)]
pub struct Apart {
    chosen: Arc<Chosen>,
    grouping: Grouping,
    members: Members,
    counts: Vec<Counts>,
    backlogs: OnceLock<Vec<u64>>,
    breaches: OnceLock<Vec<u64>>,
    times: [OnceLock<Vec<Times>>; 4],
}

/// Tells things apart. Of time every part of the period has a group, whether there is anything in it or not.
pub fn apart(chosen: &Arc<Chosen>, grouping: Grouping) -> Vec<(Key, Tally)> {
    let (members, keys) = members(chosen, grouping);
    let counts = chosen.count(&members, keys.len());
    let is_shown = |counts: &Counts| match grouping {
        Grouping::Agent | Grouping::Department | Grouping::Channel | Grouping::Priority | Grouping::Tag => {
            counts.volume + counts.open > 0
        }
        _ => true,
    };
    let shown: Vec<_> = keys.into_iter().enumerate().filter(|(group, _)| is_shown(&counts[*group])).collect();
    let chosen = Arc::clone(chosen);
    let (backlogs, breaches, times) = Default::default();
    let apart = Arc::new(Apart { chosen, grouping, members, counts, backlogs, breaches, times });
    let mut groups: Vec<_> = shown.into_iter().map(|(group, key)| (key, Tally::new(&apart, group))).collect();
    match grouping {
        Grouping::Agent | Grouping::Department | Grouping::Channel | Grouping::Tag => {
            groups.sort_by(|one, other| other.1.volume().cmp(&one.1.volume()).then_with(|| one.0.cmp(&other.0)));
        }
        _ => groups.sort_by(|one, other| one.0.cmp(&other.0)),
    }
    groups
}

impl Apart {
    /// What is counted of a group at once.
    pub fn counts(&self, group: usize) -> Counts {
        self.counts[group]
    }

    /// How many things of a group were open at the end of the period, or of the part of it that the group is.
    pub fn backlog(&self, group: usize) -> u64 {
        if !matches!(self.grouping, Grouping::Day | Grouping::Week | Grouping::Month) {
            return self.counts[group].open.into();
        }
        self.backlogs.get_or_init(|| self.backlogs_in_time())[group]
    }

    fn backlogs_in_time(&self) -> Vec<u64> {
        let (parts, _) = parts(&self.chosen.period, self.grouping);
        // Most are over in the part in which they began.
        let part_of = |at: i64, likely: usize| {
            let ends_after = |part: usize| parts.get(part).is_some_and(|part| at < part.end);
            let begins = likely.checked_sub(1).is_none_or(|before| !ends_after(before));
            if begins && ends_after(likely) { likely } else { parts.partition_point(|part| part.end <= at) }
        };
        let things = &self.chosen.ground.facts.things;
        // How many more, or fewer, are open at the end of a part than at the end of the one before.
        let mut steps = vec![0_i64; parts.len() + 1];
        let places = self.chosen.places.iter().map(|place| *place as usize);
        self.members.each(places.enumerate().map(|(thing, place)| (place, thing)), |place, likely| {
            let first = part_of(things.created[place], likely);
            let last = match things.closed[place] {
                NEVER if things.what[place].1 == MetricStatus::Closed => first,
                NEVER => parts.len(),
                closed => part_of(closed, first),
            };
            if first < last {
                steps[first] += 1;
                steps[last] -= 1;
            }
        });
        let mut open = 0;
        let mut so_far = |step: &i64| {
            open += step;
            open.unsigned_abs()
        };
        steps.iter().take(parts.len()).map(&mut so_far).collect()
    }

    /// How many things of a group were first answered too late.
    pub fn breaches(&self, group: usize) -> u64 {
        let all = self.breaches.get_or_init(|| {
            let sla = self.chosen.ground.measure.sla;
            let is_late = |span: u64| i64::try_from(span).is_ok_and(|span| span > sla);
            let mut breaches = vec![0; self.counts.len()];
            let longest_first = self.chosen.spans(Span::FirstResponse).ordered.iter().rev();
            let late = longest_first.take_while(|(span, _)| is_late(*span));
            self.members.each(late, |_, group| breaches[group] += 1);
            breaches
        });
        all[group]
    }

    /// What is told of a span of the things of a group.
    pub fn times(&self, span: Span, group: usize) -> &Times {
        &self.times[span as usize].get_or_init(|| self.times_of_all(span))[group]
    }

    /// Goes along all spans in their order and puts each where those of its group stand, which so come to be in order too.
    fn times_of_all(&self, span: Span) -> Vec<Times> {
        let Spans { ordered, negative } = self.chosen.spans(span);
        if let Members::All = self.members {
            let sum = ordered.iter().map(|(span, _)| u128::from(span)).sum();
            return vec![Times::new(ordered.len(), sum, |place| ordered.at(place), negative.len() as u64)];
        }
        let mut places = Vec::with_capacity(self.counts.len());
        let mut room = 0;
        for counts in &self.counts {
            places.push(room);
            room += counts.volume as usize;
        }
        let begins = places.clone();
        let mut values = vec![0; room];
        self.members.each(ordered.iter(), |span, group| {
            values[places[group]] = span;
            places[group] += 1;
        });
        let mut negatives = vec![0; self.counts.len()];
        self.members.each(negative.iter().map(|thing| ((), *thing as usize)), |(), group| negatives[group] += 1);
        let times = |((begins, ends), negative): ((usize, usize), u64)| {
            let spans = &values[begins..ends];
            Times::new(spans.len(), spans.iter().copied().map(u128::from).sum(), |place| spans[place], negative)
        };
        begins.into_iter().zip(places).zip(negatives).map(times).collect()
    }
}
