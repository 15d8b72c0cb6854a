//! What becomes of a group when one more of its errors happens.

use chrono::TimeDelta;

use super::Occurrence;
use crate::store::errors::group::{ErrorGroupStatus, Model as ErrorGroup};

/// How many errors of one group are kept as rows in an hour; the rest is counted.
pub const KEPT_AN_HOUR: i32 = 20;
/// How many groups of one company begin in an hour; what is of further kinds is counted in one.
pub const GROUPS_AN_HOUR: u64 = 200;
/// For how long nobody is told of a group again.
pub const QUIET: TimeDelta = TimeDelta::hours(1);
const HOUR: TimeDelta = TimeDelta::hours(1);

/// What follows from one more error of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follows {
    /// It is kept as a row.
    pub keep: bool,
    /// It reopened the group.
    pub reopened: bool,
    /// Those are told who see it.
    pub alert: bool,
}

impl ErrorGroup {
    /// Counts one more error.
    pub fn take(&mut self, new: &Occurrence) -> Follows {
        self.count = self.count.saturating_add(1);
        // Gathered by several processes, they do not come in their order.
        self.first_seen_at = self.first_seen_at.min(new.at);
        if new.at >= self.last_seen_at {
            self.last_seen_at = new.at;
            self.message.clone_from(&new.message);
        }
        let resolved = self.resolved_at.filter(|_| self.status == ErrorGroupStatus::Resolved);
        let reopened = resolved.is_some_and(|at| new.at > at);
        if reopened {
            self.status = ErrorGroupStatus::Reopened;
            self.reopened_at = Some(new.at);
            self.level = new.level;
        }
        // One that was on its way when the group was resolved says nothing of what is now.
        if resolved.is_none() || reopened {
            self.level = self.level.max(new.level);
        }
        if new.at >= self.kept_since + HOUR {
            (self.kept_since, self.kept_count) = (new.at, 0);
        }
        let keep = self.kept_count < KEPT_AN_HOUR;
        self.kept_count += i32::from(keep);
        let alert = new.level.alerts() && self.alerted_at.is_none_or(|at| new.at >= at + QUIET);
        if alert {
            self.alerted_at = Some(new.at);
        }
        Follows { keep, reopened, alert }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use kernel::{Source, id::ErrorGroupId};

    use super::*;
    use crate::store::errors::group::{ErrorLevel, ErrorSource};

    fn error(at: DateTime<Utc>, level: ErrorLevel) -> Occurrence {
        Occurrence::new(at, level, ErrorSource::Job, "PANIC", "it broke")
    }

    fn group(at: DateTime<Utc>) -> ErrorGroup {
        ErrorGroup {
            id: ErrorGroupId(uuid::Uuid::nil()),
            fingerprint: String::new(),
            source: ErrorSource::Job,
            level: ErrorLevel::Warn,
            code: None,
            message: String::new(),
            count: 0,
            first_seen_at: at,
            last_seen_at: at,
            status: ErrorGroupStatus::Open,
            resolved_by_id: None,
            resolved_at: None,
            reopened_at: None,
            alerted_at: None,
            kept_since: at,
            kept_count: 0,
        }
    }

    #[test]
    fn people_are_told_once_an_hour() {
        let clock = Source::fixed(DateTime::UNIX_EPOCH, 1);
        let mut group = group(clock.now());
        assert!(!group.take(&error(clock.now(), ErrorLevel::Error)).alert, "no one is called for less");
        let mut told = Vec::new();
        for minute in 0..150 {
            let level = if minute % 2 == 0 { ErrorLevel::Fatal } else { ErrorLevel::Critical };
            if group.take(&error(clock.now(), level)).alert {
                told.push(minute);
            }
            clock.advance(TimeDelta::minutes(1));
        }
        assert_eq!(told, [0, 60, 120]);
        assert_eq!(group.level, ErrorLevel::Critical);
        assert_eq!(group.count, 151);
    }

    #[test]
    fn a_flood_is_counted_and_some_of_it_kept() {
        let clock = Source::fixed(DateTime::UNIX_EPOCH, 1);
        let mut group = group(clock.now());
        let mut flood =
            |clock: &Source| (0..1_000).filter(|_| group.take(&error(clock.now(), ErrorLevel::Error)).keep).count();
        assert_eq!(flood(&clock), 20);
        clock.advance(TimeDelta::minutes(59));
        assert_eq!(flood(&clock), 0);
        clock.advance(TimeDelta::minutes(1));
        assert_eq!(flood(&clock), 20);
        assert_eq!(group.count, 3_000);
    }

    #[test]
    fn what_is_resolved_is_reopened_by_what_comes_after() {
        let clock = Source::fixed(DateTime::UNIX_EPOCH, 1);
        let mut group = group(clock.now());
        group.take(&error(clock.now(), ErrorLevel::Critical));
        clock.advance(TimeDelta::minutes(5));
        (group.status, group.resolved_at) = (ErrorGroupStatus::Resolved, Some(clock.now()));
        let late = group.take(&error(clock.now() - TimeDelta::minutes(1), ErrorLevel::Error));
        assert!(!late.reopened && group.status == ErrorGroupStatus::Resolved);
        clock.advance(TimeDelta::minutes(1));
        let again = group.take(&error(clock.now(), ErrorLevel::Warn));
        assert!(again.reopened && !again.alert);
        assert_eq!((group.status, group.level), (ErrorGroupStatus::Reopened, ErrorLevel::Warn));
        assert!(!group.take(&error(clock.now(), ErrorLevel::Warn)).reopened, "once");
    }
}
