//! What a filter leaves of the things of a period. It is found once, for everything that is told of the period.

use std::sync::{Arc, OnceLock};

use super::{
    facts::{Facts, NEVER, NOBODY},
    group::{Around, Which},
    members::Members,
    metric::Span,
    order::Ordered,
    period::{Clock, Period},
    sieve::Sieve,
    tally::{Counts, Measure},
};
use crate::store::metrics::fact::MetricStatus;

/// What numbers are counted from.
#[derive(Debug, Default)]
pub struct Ground {
    /// The things.
    pub facts: Facts,
    /// Who is who, and what is below what.
    pub around: Around,
    /// Which of them count.
    pub which: Which,
    /// By what.
    pub measure: Measure,
}

/// The things of a period that count, by number: those that began in it, and then those that were
/// open when it began.
#[derive(Debug)]
pub struct Chosen {
    /// Where they come from.
    pub ground: Arc<Ground>,
    /// The period.
    pub period: Period,
    /// The place of each.
    pub places: Vec<u32>,
    /// How many of them began in it.
    pub begun: usize,
    /// Whether each counts for each of [`Counts`].
    marks: Vec<[bool; 4]>,
    spans: [OnceLock<Spans>; 4],
    hours: OnceLock<Vec<i32>>,
}

/// Spans of the things that began in a period.
#[derive(Debug)]
pub struct Spans {
    /// Those that count.
    pub ordered: Ordered,
    /// The things of which it ends before it begins.
    pub negative: Vec<u32>,
}

/// Numbers of things are 32 bits wide: what is beyond that fits no memory.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Chosen {
    /// Of a period.
    pub fn new(ground: Arc<Ground>, period: Period) -> Self {
        let (facts, sieve) = (&ground.facts, Sieve::new(&ground.which, &ground.around, &ground.facts));
        let (mut places, mut carried) = (Vec::with_capacity(facts.things.len()), Vec::new());
        for (place, created) in facts.things.created.iter().enumerate() {
            if *created < period.until && sieve.lets_through(facts, place) {
                if *created >= period.from {
                    places.push(narrow(place));
                } else if facts.things.is_open_at(place, period.from) {
                    carried.push(narrow(place));
                }
            }
        }
        let begun = places.len();
        places.append(&mut carried);
        let things = &facts.things;
        let mark = |(thing, place): (usize, usize)| {
            let began = thing < begun;
            let closed = began && things.what[place].1 == MetricStatus::Closed;
            let unassigned = began && things.agent[place] == NOBODY && things.staff[place] == NOBODY;
            [began, closed, unassigned, things.is_open_at(place, period.until)]
        };
        let marks = places.iter().map(|place| *place as usize).enumerate().map(mark).collect();
        Self { ground, period, places, begun, marks, spans: Default::default(), hours: OnceLock::new() }
    }

    /// A value of each thing, of those that all things have.
    pub fn each<T: Copy>(&self, all: &[T]) -> impl Iterator<Item = T> {
        self.places.iter().map(|place| all[*place as usize])
    }

    /// What is counted of each of so many groups at once.
    pub fn count(&self, members: &Members, groups: usize) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); groups];
        let marks = self.marks.iter().enumerate().map(|(thing, mark)| (*mark, thing));
        members.each(marks, |[began, closed, unassigned, open], group| {
            let counts = &mut counts[group];
            counts.volume += u32::from(began);
            counts.closed += u32::from(closed);
            counts.unassigned += u32::from(unassigned);
            counts.open += u32::from(open);
        });
        counts
    }

    /// The spans of those that began in the period.
    pub fn spans(&self, span: Span) -> &Spans {
        self.spans[span as usize].get_or_init(|| {
            let (from, until) = self.ground.facts.things.ends(span);
            let working = self.ground.measure.working.as_ref();
            let mut negative = Vec::new();
            let known = self.places[..self.begun].iter().enumerate().filter_map(|(thing, place)| {
                let (from, until) = (from[*place as usize], until[*place as usize]);
                if from == NEVER || until == NEVER {
                    return None;
                }
                if until < from {
                    negative.push(narrow(thing));
                    return None;
                }
                let took = working.map_or(until - from, |working| working.between(from, until));
                Some((took.unsigned_abs(), narrow(thing)))
            });
            let ordered = Ordered::new(known, self.begun);
            Spans { ordered, negative }
        })
    }

    /// The hours on the wall at which things began, counted from 1970.
    pub fn hours(&self) -> &[i32] {
        self.hours.get_or_init(|| {
            let mut clock = Clock::new(self.period.zone);
            self.each(&self.ground.facts.things.created).map(|created| clock.hour(created)).collect()
        })
    }
}
