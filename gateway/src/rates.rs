//! How many requests a tenant makes in a minute, counted in this process.
//!
//! Each request counts, whatever transport it comes by: those of signed-in people against one allowance, those of
//! everybody else against another of the same size, so that strangers cannot use up what the desk works with. Counting
//! costs a lock held for a few instructions and no SQL. Several processes count by themselves: behind `n` of them a
//! tenant gets at most `n` times its limit.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::id::TenantId;

/// The length of a window, in milliseconds.
const MINUTE: u64 = 60_000;
/// From so many windows on, those that ended are looked for and forgotten.
const MANY: usize = 10_000;

/// Whose requests: a tenant's, of people who are signed in or who are not.
pub type Key = (TenantId, bool);

/// The requests of all tenants.
#[derive(Default)]
pub struct Rates(Mutex<HashMap<Key, Window>>);

/// What is left after a request that was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests in any 60 seconds.
    pub limit: u64,
    /// How many more are let through now.
    pub remaining: u64,
    /// When the present window ends.
    pub reset: Duration,
}

/// A minute from its first request on, and the requests of the minute before, of which as much counts as lies within
/// the last 60 seconds, were they spread evenly.
struct Window {
    began: DateTime<Utc>,
    count: u64,
    before: u64,
}

impl Window {
    fn at(began: DateTime<Utc>) -> Self {
        Self { began, count: 0, before: 0 }
    }

    /// Milliseconds since it began, after the next one was begun where it is time to.
    fn turn(&mut self, now: DateTime<Utc>) -> u64 {
        let minute = TimeDelta::minutes(1);
        let age = now - self.began;
        if age >= minute * 2 {
            *self = Self::at(now);
        } else if age >= minute {
            *self = Self { began: self.began + minute, count: 0, before: self.count };
        }
        // A clock that was set back makes no difference but that the window lasts longer.
        u64::try_from((now - self.began).num_milliseconds()).unwrap_or_default().min(MINUTE)
    }

    fn used(&self, elapsed: u64) -> u64 {
        self.count + (self.before * (MINUTE - elapsed)).div_ceil(MINUTE)
    }

    /// Milliseconds until one more is let through.
    fn wait(&self, elapsed: u64, limit: u64) -> u64 {
        // `before` requests weigh no more than `room` when so much of their minute has passed.
        let passed = |before: u64, room: u64| MINUTE - (room * MINUTE / before.max(1)).min(MINUTE);
        if self.count < limit {
            passed(self.before, limit - 1 - self.count).saturating_sub(elapsed)
        } else {
            MINUTE - elapsed + passed(self.count, limit - 1)
        }
    }
}

impl Rates {
    /// Counts a request, or tells how long to wait where there were too many. What is refused is not counted.
    ///
    /// # Errors
    /// The time until the next is let through.
    pub fn take(&self, key: Key, limit: u64, now: DateTime<Utc>) -> Result<Allowance, Duration> {
        let limit = limit.max(1);
        let mut windows = self.lock();
        if windows.len() >= MANY && !windows.contains_key(&key) {
            windows.retain(|_, window| now - window.began < TimeDelta::minutes(2));
        }
        let window = windows.entry(key).or_insert_with(|| Window::at(now));
        let elapsed = window.turn(now);
        if window.used(elapsed) >= limit {
            return Err(Duration::from_millis(window.wait(elapsed, limit).max(1)));
        }
        window.count += 1;
        let reset = Duration::from_millis(MINUTE - elapsed);
        Ok(Allowance { limit, remaining: limit - window.used(elapsed).min(limit), reset })
    }

    /// How many requests of the last minute count.
    pub fn used(&self, key: Key, now: DateTime<Utc>) -> u64 {
        self.lock().get_mut(&key).map_or(0, |window| {
            let elapsed = window.turn(now);
            window.used(elapsed)
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Window>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = (TenantId(uuid::Uuid::nil()), true);

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn so_many_a_minute_and_no_more() {
        let rates = Rates::default();
        for left in (0..5).rev() {
            let reset = Duration::from_secs(60);
            assert_eq!(rates.take(KEY, 5, at(0)), Ok(Allowance { limit: 5, remaining: left, reset }));
        }
        let wait = rates.take(KEY, 5, at(0)).unwrap_err();
        assert_eq!(wait, Duration::from_secs(72), "one of five weighs nothing after a fifth of the next minute");
        assert_eq!(rates.used(KEY, at(0)), 5, "what was refused does not count");
        assert!(rates.take((KEY.0, false), 5, at(0)).is_ok(), "strangers have an allowance of their own");
        for second in [1, 59, 60, 71] {
            assert!(rates.take(KEY, 5, at(second)).is_err(), "after {second} s");
        }
        assert!(rates.take(KEY, 5, at(72)).is_ok(), "after the time that was told");
        assert!(rates.take(KEY, 5, at(72)).is_err(), "one");
    }

    #[test]
    fn who_waits_as_long_as_told_is_let_through() {
        for limit in 1..20 {
            let rates = Rates::default();
            let (mut now, mut through) = (at(0), Vec::new());
            while through.len() < 100 {
                match rates.take(KEY, limit, now) {
                    Ok(_) => through.push(now),
                    Err(wait) => {
                        let before = now;
                        now += TimeDelta::from_std(wait).unwrap();
                        assert!(
                            rates.take(KEY, limit, now - TimeDelta::milliseconds(1)).is_err()
                                || now - before == TimeDelta::milliseconds(1)
                        );
                        assert!(rates.take(KEY, limit, now).is_ok(), "{limit} a minute, {wait:?}");
                        through.push(now);
                    }
                }
            }
            let most = through.iter().map(|end| {
                through.iter().filter(|at| **at <= *end && *end - **at < TimeDelta::minutes(1)).count() as u64
            });
            assert!(most.max().unwrap() <= limit * 2, "{limit}");
        }
    }

    #[test]
    fn a_quiet_tenant_begins_anew() {
        let rates = Rates::default();
        assert!(rates.take(KEY, 1, at(0)).is_ok());
        assert!(rates.take(KEY, 1, at(119)).is_err() || rates.used(KEY, at(119)) == 1);
        assert!(rates.take(KEY, 1, at(300)).is_ok());
        assert_eq!(rates.used(KEY, at(300)), 1);
        assert_eq!(rates.used(KEY, at(1000)), 0);
    }
}
