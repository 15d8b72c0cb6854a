//! What is counted of many things, and the numbers that come of it.

use std::sync::OnceLock;

use super::{
    facts::Counted,
    metric::{Metric, Span},
    working::Working,
};
use crate::store::metrics::fact::MetricStatus;

/// By what things are counted.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    /// When the company was at work, where only that counts.
    pub working: Option<Working>,
    /// Above what a first response came too late, in milliseconds.
    pub sla: i64,
}

impl Measure {
    /// A span of a thing; `None` where one of its ends is not known, and an error where it is negative.
    pub fn span(&self, thing: &Counted, span: Span) -> Option<Result<i64, Negative>> {
        let (from, until) = match span {
            Span::Response => (Some(thing.created), thing.answered),
            Span::FirstResponse => (thing.opened, thing.answered),
            Span::Pickup => (thing.opened, thing.picked_up),
            Span::Resolution => (Some(thing.created), thing.closed),
        };
        let (from, until) = (from?, until?);
        if until < from {
            return Some(Err(Negative));
        }
        Some(Ok(self.working.as_ref().map_or(until - from, |working| working.between(from, until))))
    }
}

/// The end of a span is before its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Negative;

/// Spans of many things.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans {
    /// Those that count, in milliseconds.
    values: Vec<i64>,
    /// The same in order, once somebody asks.
    ordered: OnceLock<Vec<i64>>,
    /// How many are negative.
    negative: u64,
}

/// What is counted of many things.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub volume: u64,
    /// How many of them are over.
    pub closed: u64,
    /// How many of them nobody has.
    pub unassigned: u64,
    /// How many were open at the end; those may have begun before.
    pub backlog: u64,
    /// How many of them were first answered too late.
    pub breaches: u64,
    spans: [Spans; 4],
}

const SPANS: [Span; 4] = [Span::Response, Span::FirstResponse, Span::Pickup, Span::Resolution];

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

/// The value at the nearest rank of so many in a hundred: the smallest that so many are not above. The values are in order.
pub fn nearest_rank(values: &[i64], percent: usize) -> Option<i64> {
    let rank = (values.len() * percent).div_ceil(100);
    values.get(rank.checked_sub(1)?).copied()
}

fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

impl Tally {
    /// Counts a thing that began in the period.
    pub fn add(&mut self, measure: &Measure, thing: &Counted) {
        self.volume += 1;
        self.closed += u64::from(thing.status == MetricStatus::Closed);
        self.unassigned += u64::from(thing.agent.is_none() && thing.staff.is_none());
        for (spans, span) in self.spans.iter_mut().zip(SPANS) {
            match measure.span(thing, span) {
                Some(Ok(value)) => {
                    self.breaches += u64::from(span == Span::FirstResponse && value > measure.sla);
                    spans.values.push(value);
                }
                Some(Err(Negative)) => spans.negative += 1,
                None => {}
            }
        }
    }

    fn spans(&self, span: Span) -> &Spans {
        let [response, first, pickup, resolution] = &self.spans;
        match span {
            Span::Response => response,
            Span::FirstResponse => first,
            Span::Pickup => pickup,
            Span::Resolution => resolution,
        }
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
        match metric {
            Metric::Volume => things(self.volume, None),
            Metric::Closed => things(self.closed, share(self.closed, self.volume)),
            Metric::OpenBacklog => things(self.backlog, None),
            Metric::Unassigned => things(self.unassigned, share(self.unassigned, self.volume)),
            Metric::SlaBreaches => {
                let first = self.spans(Span::FirstResponse);
                let (count, negative) = (first.values.len() as u64, first.negative);
                let missing = self.volume - count - negative;
                Numbers { negative, missing, ..things(self.breaches, share(self.breaches, count)) }
            }
            Metric::ResponseTime
            | Metric::FirstResponseTime
            | Metric::PickupTime
            | Metric::ResolutionTime
            | Metric::Duration => {
                let spans = self.spans(metric.span().unwrap_or(Span::Resolution));
                let count = spans.values.len() as u64;
                let ordered = spans.ordered.get_or_init(|| {
                    let mut ordered = spans.values.clone();
                    ordered.sort_unstable();
                    ordered
                });
                let sum: i128 = spans.values.iter().copied().map(i128::from).sum();
                Numbers {
                    negative: spans.negative,
                    missing: self.volume - count - spans.negative,
                    average: (count > 0).then(|| sum as f64 / count as f64 / 1000.0),
                    shortest: ordered.first().copied().map(seconds),
                    longest: ordered.last().copied().map(seconds),
                    percentiles: RANKS.map(|percent| nearest_rank(ordered, percent).map(seconds)),
                    ..things(count, None)
                }
            }
        }
    }
}
