//! What is counted of many things, and the numbers that come of it.

use std::sync::Arc;

use super::{
    apart::Apart,
    metric::{Metric, Span},
    working::Working,
};

/// By what things are counted.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    /// When the company was at work, where only that counts.
    pub working: Option<Working>,
    /// Above what a first response came too late, in milliseconds.
    pub sla: i64,
}

/// What is counted of a group at once. No more things fit memory than a number has room for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// How many began in the period.
    pub volume: u32,
    /// How many of them are over.
    pub closed: u32,
    /// How many of them nobody has.
    pub unassigned: u32,
    /// How many were open when the period was over; those may have begun before.
    pub open: u32,
}

/// What is told of spans of many things.
#[derive(Debug, Clone, Default)]
pub struct Times {
    count: u64,
    negative: u64,
    average: Option<f64>,
    shortest: Option<f64>,
    longest: Option<f64>,
    percentiles: [Option<f64>; 4],
}

/// What is counted of the things of a group; by itself of none.
#[derive(Debug, Clone, Default)]
pub struct Tally(Option<(Arc<Apart>, usize)>);

/// The numbers of a metric. Times are in seconds. What is of nothing is absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    /// Of which metric.
    pub metric: Metric,
    /// How many things count.
    pub count: u64,
    /// How many have a span that is negative, which are left out.
    pub negative: u64,
    /// How many have none.
    pub missing: u64,
    /// The mean.
    pub average: Option<f64>,
    /// The shortest.
    pub shortest: Option<f64>,
    /// The longest.
    pub longest: Option<f64>,
    /// The nearest ranks of 50, 90, 95 and 99 in a hundred.
    pub percentiles: [Option<f64>; 4],
    /// Which share of those that could count do, from 0 to 1.
    pub rate: Option<f64>,
}

/// The percentiles that are told.
const RANKS: [usize; 4] = [50, 90, 95, 99];

/// The place of the nearest rank of so many in a hundred, among so many values in order: of the smallest that so many are not above.
pub fn nearest_rank(count: usize, percent: usize) -> Option<usize> {
    (count * percent).div_ceil(100).checked_sub(1)
}

fn seconds(millis: u64) -> f64 {
    millis as f64 / 1000.0
}

impl Times {
    /// Of so many spans with this sum, each of which is told by its place in their order, and of so many that are negative.
    pub fn new(count: usize, sum: u128, at: impl Fn(usize) -> u64, negative: u64) -> Self {
        let seconds = |place: Option<usize>| place.map(|place| seconds(at(place)));
        Self {
            count: count as u64,
            negative,
            average: (count > 0).then(|| sum as f64 / count as f64 / 1000.0),
            shortest: seconds((count > 0).then_some(0)),
            longest: seconds(count.checked_sub(1)),
            percentiles: RANKS.map(|percent| seconds(nearest_rank(count, percent))),
        }
    }
}

impl Tally {
    /// Of a group of things that were told apart.
    pub fn new(apart: &Arc<Apart>, group: usize) -> Self {
        Self(Some((Arc::clone(apart), group)))
    }

    fn of<T: Default>(&self, of: impl Fn(&Apart, usize) -> T) -> T {
        self.0.as_ref().map_or_else(T::default, |(apart, group)| of(apart, *group))
    }

    /// How many there are.
    pub fn volume(&self) -> u64 {
        self.of(Apart::counts).volume.into()
    }

    fn times(&self, span: Span) -> Times {
        self.of(|apart, group| apart.times(span, group).clone())
    }

    /// The numbers of a metric.
    pub fn numbers(&self, metric: Metric) -> Numbers {
        let share = |of: u64, all: u64| (all > 0).then(|| of as f64 / all as f64);
        let things = |count: u64, rate: Option<f64>| Numbers {
            metric,
            count,
            negative: 0,
            missing: 0,
            average: None,
            shortest: None,
            longest: None,
            percentiles: [None; 4],
            rate,
        };
        let counts = self.of(Apart::counts);
        let volume = u64::from(counts.volume);
        match metric {
            Metric::Volume => things(volume, None),
            Metric::Closed => things(counts.closed.into(), share(counts.closed.into(), volume)),
            Metric::OpenBacklog => things(self.of(Apart::backlog), None),
            Metric::Unassigned => things(counts.unassigned.into(), share(counts.unassigned.into(), volume)),
            Metric::SlaBreaches => {
                let (breaches, first) = (self.of(Apart::breaches), self.times(Span::FirstResponse));
                let missing = volume - first.count - first.negative;
                Numbers { negative: first.negative, missing, ..things(breaches, share(breaches, first.count)) }
            }
            Metric::ResponseTime
            | Metric::FirstResponseTime
            | Metric::PickupTime
            | Metric::ResolutionTime
            | Metric::Duration => {
                let times = self.times(metric.span().unwrap_or(Span::Resolution));
                Numbers {
                    negative: times.negative,
                    missing: volume - times.count - times.negative,
                    average: times.average,
                    shortest: times.shortest,
                    longest: times.longest,
                    percentiles: times.percentiles,
                    ..things(times.count, None)
                }
            }
        }
    }
}
