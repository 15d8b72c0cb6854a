//! Where time, ids and randomness come from: the system in production, a script in tests.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// The one source of the present instant and of random bytes. Nothing else in the system may ask the
/// clock or the random generator (`clippy.toml` forbids it), so a test that fixes the source fixes everything.
pub struct Source {
    clock: Clock,
    random: Mutex<ChaCha12Rng>,
}

enum Clock {
    System,
    Fixed(Mutex<DateTime<Utc>>),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Source {
    /// The system's clock, and a cryptographic generator seeded by the operating system.
    #[expect(clippy::disallowed_methods, reason = "the one place where system randomness enters")]
    pub fn system() -> Self {
        Self { clock: Clock::System, random: Mutex::new(ChaCha12Rng::from_rng(&mut rand::rng())) }
    }

    /// A clock that stands still until moved, and a generator that always says the same.
    pub fn fixed(now: DateTime<Utc>, seed: u64) -> Self {
        Self { clock: Clock::Fixed(Mutex::new(now)), random: Mutex::new(ChaCha12Rng::seed_from_u64(seed)) }
    }

    /// The present instant in whole microseconds, the precision of both databases.
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock is read")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.clock {
            Clock::System => Utc::now(),
            Clock::Fixed(now) => *lock(now),
        };
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }

    /// Moves a fixed clock forward; a system clock is left alone.
    pub fn advance(&self, by: TimeDelta) {
        if let Clock::Fixed(now) = &self.clock {
            *lock(now) += by;
        }
    }

    /// `N` unpredictable bytes (predictable ones from [`Source::fixed`]).
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        lock(&self.random).fill_bytes(&mut bytes);
        bytes
    }

    /// A UUIDv7 (RFC 9562) of this instant. `counter` orders the ids that one request makes.
    pub fn uuid(&self, at: DateTime<Utc>, counter: u16) -> uuid::Uuid {
        let mut random = self.bytes::<10>();
        // rand_a (12 bits) carries the counter, so ids made within one request sort in the order of making.
        random[..2].copy_from_slice(&counter.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(at.timestamp_millis().unsigned_abs(), &random).into_uuid()
    }
}
