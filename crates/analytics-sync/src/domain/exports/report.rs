//! Averages of chats, by groups and by days. The times are the seed's: response from the beginning, first response and pickup from the
//! queue, resolution from the beginning to the end. What never happened, or is told to have happened before it could, is in no average.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{cells::Cell, wanted::ReportGroup};
use crate::store::b2chat::chat::{B2chatStatus, Model as B2chatChat};

/// The seconds from one instant to another; none where one of them never was, or they are told the wrong way round.
pub fn seconds(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Option<i64> {
    let span: TimeDelta = to? - from?;
    (span >= TimeDelta::zero()).then(|| span.num_seconds())
}

/// The times of a chat, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// From its beginning to the first answer.
    pub response: Option<i64>,
    /// From the queue to the first answer.
    pub first_response: Option<i64>,
    /// From the queue until somebody took it.
    pub pickup: Option<i64>,
    /// From its beginning to its end.
    pub resolution: Option<i64>,
    /// The same as the synchronisation noted it; none where it noted that it ends before it begins.
    pub duration: Option<i64>,
}

impl Times {
    /// Of a chat.
    pub fn of(chat: &B2chatChat) -> Self {
        Self {
            response: seconds(chat.created_at.into(), chat.response_at),
            first_response: seconds(chat.opened_at, chat.response_at),
            pickup: seconds(chat.opened_at, chat.picked_up_at),
            resolution: seconds(chat.created_at.into(), chat.closed_at),
            duration: chat.duration_seconds.filter(|seconds| *seconds >= 0).map(Into::into),
        }
    }
}

/// A sum and how many it is of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mean(i64, u32);

impl Mean {
    /// Adds a value, where there is one.
    pub fn add(&mut self, value: Option<i64>) {
        if let Some(value) = value {
            self.0 += value;
            self.1 += 1;
        }
    }

    /// The average; none of nothing.
    pub fn value(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "sums of seconds are far below 2^53")]
        let sum = self.0 as f64;
        (self.1 > 0).then(|| sum / f64::from(self.1))
    }
}

/// What is known of a group of chats.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    chats: u32,
    open: u32,
    closed: u32,
    unassigned: u32,
    messages: i64,
    response: Mean,
    first_response: Mean,
    pickup: Mean,
    resolution: Mean,
    duration: Mean,
}

impl Tally {
    /// Adds a chat.
    pub fn add(&mut self, chat: &B2chatChat) {
        self.chats += 1;
        match chat.status {
            B2chatStatus::Closed => self.closed += 1,
            B2chatStatus::Open | B2chatStatus::Pending => self.open += 1,
        }
        self.unassigned += u32::from(chat.agent_id.is_none());
        self.messages += i64::from(chat.message_count);
        let times = Times::of(chat);
        self.response.add(times.response);
        self.first_response.add(times.first_response);
        self.pickup.add(times.pickup);
        self.resolution.add(times.resolution);
        self.duration.add(times.duration);
    }

    /// The row of a group, all its columns.
    pub fn row(&self, group: &str) -> Vec<Cell> {
        vec![
            Cell::text(if group.is_empty() { "(none)" } else { group }),
            i64::from(self.chats).into(),
            i64::from(self.open).into(),
            i64::from(self.closed).into(),
            i64::from(self.unassigned).into(),
            self.messages.into(),
            self.response.value().into(),
            self.first_response.value().into(),
            self.pickup.value().into(),
            self.resolution.value().into(),
            self.duration.value().into(),
        ]
    }
}

/// Chats by the day on which they began: how many, and how long the first answer took.
#[derive(Debug, Clone, Default)]
pub struct Days(pub BTreeMap<NaiveDate, (u32, Mean)>);

impl Days {
    /// Adds a chat.
    pub fn add(&mut self, chat: &B2chatChat, zone: Tz) {
        let day = chat.created_at.with_timezone(&zone).date_naive();
        let (count, mean) = self.0.entry(day).or_default();
        *count += 1;
        mean.add(Times::of(chat).first_response.or(Times::of(chat).response));
    }

    /// At most so many bars, each of as many days as it takes: the first day of each, and its values.
    pub fn bars(&self, most: usize) -> Vec<(NaiveDate, u32, Option<f64>)> {
        let (Some((first, _)), Some((last, _))) = (self.0.first_key_value(), self.0.last_key_value()) else {
            return Vec::new();
        };
        let days = (*last - *first).num_days() + 1;
        let each = (days + i64::try_from(most).unwrap_or(1) - 1) / i64::try_from(most).unwrap_or(1).max(1);
        let mut bars: Vec<(NaiveDate, u32, Mean)> = Vec::new();
        for bar in 0..(days + each - 1) / each.max(1) {
            bars.push((*first + TimeDelta::days(bar * each), 0, Mean::default()));
        }
        for (day, (count, mean)) in &self.0 {
            let at = usize::try_from((*day - *first).num_days() / each.max(1)).unwrap_or_default();
            if let Some((_, chats, sum)) = bars.get_mut(at) {
                *chats += count;
                sum.0 += mean.0;
                sum.1 += mean.1;
            }
        }
        bars.into_iter().map(|(day, chats, mean)| (day, chats, mean.value())).collect()
    }
}

/// The group of a chat whose agent and department are called so.
pub fn group_of(by: ReportGroup, chat: &B2chatChat, agent: &str, department: &str, zone: Tz) -> String {
    let local = chat.created_at.with_timezone(&zone);
    match by {
        ReportGroup::Agent => agent.to_owned(),
        ReportGroup::Department => department.to_owned(),
        ReportGroup::Provider => word(&chat.provider),
        ReportGroup::Priority => word(&chat.priority),
        ReportGroup::Status => word(&chat.status),
        ReportGroup::Day => local.format("%Y-%m-%d").to_string(),
        ReportGroup::Month => local.format("%Y-%m").to_string(),
    }
}

/// Who or what the group of a chat is, where others may be called the same.
pub fn group_id(by: ReportGroup, chat: &B2chatChat) -> Option<Uuid> {
    match by {
        ReportGroup::Agent => chat.agent_id.map(|id| id.0),
        ReportGroup::Department => chat.department_id.map(|id| id.0),
        ReportGroup::Provider | ReportGroup::Priority | ReportGroup::Status | ReportGroup::Day | ReportGroup::Month => {
            None
        }
    }
}

/// The stored word of a value.
pub fn word<T: sea_orm::ActiveEnum<Value = String>>(value: &T) -> String {
    value.to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_was_or_runs_backwards_is_in_no_average() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0);
        assert_eq!(seconds(at(10), at(25)), Some(15));
        assert_eq!(seconds(at(25), at(10)), None);
        assert_eq!(seconds(None, at(10)), None);
        let mut mean = Mean::default();
        assert_eq!(mean.value(), None);
        for value in [Some(10), None, Some(20)] {
            mean.add(value);
        }
        assert_eq!(mean.value(), Some(15.0));
    }

    #[test]
    fn many_days_are_few_bars() {
        let mut days = Days::default();
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        for day in 0..100 {
            days.0.insert(first + TimeDelta::days(day), (1, Mean(day, 1)));
        }
        let bars = days.bars(31);
        assert_eq!((bars.len(), bars.iter().map(|bar| bar.1).sum::<u32>()), (25, 100));
        assert_eq!(bars[0].2, Some(1.5));
        assert!(Days::default().bars(31).is_empty());
    }
}
