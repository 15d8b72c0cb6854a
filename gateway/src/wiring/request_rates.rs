//! How many requests a tenant makes in a minute.
//!
//! Each request counts, whatever transport it comes by: those of signed-in people against one allowance, those of
//! everybody else against another of the same size, so that strangers cannot use up what the desk works with. Counting
//! costs a lock held for a few instructions and no SQL: a process counts by itself and tells the others twice a second
//! what it let through, so behind several of them a tenant gets its limit and what they let through in half a second.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::id::TenantId;
use tokio::sync::Notify;

/// The length of a window, in milliseconds.
const MINUTE: u64 = 60_000;
/// From so many windows on, those that ended are looked for and forgotten.
const MANY: usize = 10_000;

/// Whose requests: a tenant's, of people who are signed in or who are not.
pub type Key = (TenantId, bool);

/// How much of what is told to other processes is told at once: PostgreSQL takes 8000 bytes.
const TOLD: usize = 100;

/// The requests of all tenants.
pub struct Rates {
    /// Which process it is that tells.
    process: String,
    counts: Mutex<Counts>,
    /// Rings when there is something to tell again.
    bell: Notify,
}

#[derive(Default)]
struct Counts {
    windows: HashMap<Key, Window>,
    /// What was let through here since the others were told.
    untold: HashMap<Key, u64>,
}

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
        self.count.saturating_add(self.before.saturating_mul(MINUTE - elapsed).div_ceil(MINUTE))
    }

    /// Milliseconds until one more is let through.
    fn wait(&self, elapsed: u64, limit: u64) -> u64 {
        // `before` requests weigh no more than `room` when so much of their minute has passed.
        let passed = |before: u64, room: u64| MINUTE - (room.saturating_mul(MINUTE) / before.max(1)).min(MINUTE);
        if self.count < limit {
            passed(self.before, limit - 1 - self.count).saturating_sub(elapsed)
        } else {
            MINUTE - elapsed + passed(self.count, limit - 1)
        }
    }
}

impl Counts {
    fn window(&mut self, key: Key, now: DateTime<Utc>) -> &mut Window {
        if self.windows.len() >= MANY && !self.windows.contains_key(&key) {
            self.windows.retain(|_, window| now - window.began < TimeDelta::minutes(2));
        }
        self.windows.entry(key).or_insert_with(|| Window::at(now))
    }
}

impl Rates {
    /// Of a process with this name, which no other has. It holds no blanks.
    pub fn new(process: String) -> Self {
        Self { process, counts: Mutex::default(), bell: Notify::new() }
    }

    /// Counts a request, or tells how long to wait where there were too many. What is refused is not counted.
    ///
    /// # Errors
    /// The time until the next is let through.
    pub fn take(&self, key: Key, limit: u64, now: DateTime<Utc>) -> Result<Allowance, Duration> {
        let limit = limit.max(1);
        let mut counts = self.lock();
        let window = counts.window(key, now);
        let elapsed = window.turn(now);
        if window.used(elapsed) >= limit {
            return Err(Duration::from_millis(window.wait(elapsed, limit).max(1)));
        }
        window.count = window.count.saturating_add(1);
        let reset = Duration::from_millis(MINUTE - elapsed);
        let remaining = limit - window.used(elapsed).min(limit);
        if counts.untold.is_empty() {
            self.bell.notify_one();
        }
        *counts.untold.entry(key).or_default() += 1;
        Ok(Allowance { limit, remaining, reset })
    }

    /// Waits until there is something to tell.
    pub async fn untold(&self) {
        self.bell.notified().await;
    }

    /// What this process let through since it was asked last, in words for [`Rates::hear`] of the others.
    pub fn untold_words(&self) -> Vec<String> {
        let untold: Vec<_> = std::mem::take(&mut self.lock().untold).into_iter().collect();
        let words = |((tenant, known), count): &(Key, u64)| format!(" {} {known} {count}", tenant.0.simple());
        untold.chunks(TOLD).map(|some| self.process.clone() + &some.iter().map(words).collect::<String>()).collect()
    }

    /// Counts what another process let through; its own words, and what are none, it does not hear.
    pub fn hear(&self, words: &str, now: DateTime<Utc>) {
        let mut words = words.split(' ');
        if words.next() == Some(self.process.as_str()) {
            return;
        }
        let mut counts = self.lock();
        while let (Some(tenant), Some(known), Some(count)) = (words.next(), words.next(), words.next()) {
            if let (Ok(tenant), Ok(known), Ok(count)) = (tenant.parse(), known.parse(), count.parse::<u64>()) {
                let window = counts.window((TenantId(tenant), known), now);
                window.turn(now);
                window.count = window.count.saturating_add(count);
            }
        }
    }

    /// How many requests of the last minute count.
    pub fn used(&self, key: Key, now: DateTime<Utc>) -> u64 {
        self.lock().windows.get_mut(&key).map_or(0, |window| {
            let elapsed = window.turn(now);
            window.used(elapsed)
        })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = (TenantId(uuid::Uuid::nil()), true);

    fn rates(process: &str) -> Rates {
        Rates::new(process.to_owned())
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn so_many_a_minute_and_no_more() {
        let rates = rates("one");
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
            let rates = rates("one");
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
        let rates = rates("one");
        assert!(rates.take(KEY, 1, at(0)).is_ok());
        assert!(rates.take(KEY, 1, at(119)).is_err() || rates.used(KEY, at(119)) == 1);
        assert!(rates.take(KEY, 1, at(300)).is_ok());
        assert_eq!(rates.used(KEY, at(300)), 1);
        assert_eq!(rates.used(KEY, at(1000)), 0);
    }

    #[test]
    fn processes_share_an_allowance() {
        let (one, other) = (rates("one"), rates("other"));
        for _ in 0..3 {
            assert!(one.take(KEY, 5, at(0)).is_ok());
        }
        assert!(one.take((KEY.0, false), 5, at(0)).is_ok());
        for words in one.untold_words() {
            one.hear(&words, at(0));
            other.hear(&words, at(0));
        }
        assert_eq!(one.used(KEY, at(0)), 3, "its own words change nothing");
        assert_eq!((other.used(KEY, at(0)), other.used((KEY.0, false), at(0))), (3, 1));
        assert!(
            one.untold_words().is_empty() && other.untold_words().is_empty(),
            "what was told or heard is not told again"
        );
        assert_eq!(other.take(KEY, 5, at(0)).unwrap().remaining, 1);
        assert!(other.take(KEY, 5, at(0)).is_ok() && other.take(KEY, 5, at(0)).is_err());
        for nonsense in ["", "x", "x y z 1", "x 00000000000000000000000000000000 true", "x 1 2 3 4 5", "\u{0}  "] {
            other.hear(nonsense, at(0));
        }
        assert_eq!(other.used(KEY, at(0)), 5);
        other.hear(&format!("x {} true {}", KEY.0.0.simple(), u64::MAX), at(0));
        assert!(other.take(KEY, 5, at(61)).is_err(), "nothing overflows");
    }

    #[test]
    fn much_is_told_in_pieces() {
        let (one, other) = (rates("one"), rates("other"));
        let keys: Vec<Key> = (0..TOLD as u128 + 1).map(|n| (TenantId(uuid::Uuid::from_u128(n)), true)).collect();
        for key in &keys {
            assert!(one.take(*key, u64::MAX, at(0)).is_ok());
        }
        let told = one.untold_words();
        assert_eq!(told.len(), 2);
        for words in told {
            assert!(words.len() < 8000);
            other.hear(&words, at(0));
        }
        assert!(keys.iter().all(|key| other.used(*key, at(0)) == 1));
    }
}
