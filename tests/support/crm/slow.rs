//! A CRM that takes its time, and takes no more than so many requests a second.

use std::time::{Duration, Instant};

use super::Crm;

/// How slow it is, and what it answered since.
#[derive(Default)]
pub struct Slow {
    latency: Duration,
    limit: usize,
    answered: Vec<(Instant, Instant)>,
}

impl Slow {
    /// Each answer takes so long, and more requests than that within a second are refused.
    pub fn new(latency: Duration, limit: usize) -> Self {
        Self { latency, limit, answered: Vec::new() }
    }

    /// How long an answer takes.
    pub fn latency(&self) -> Duration {
        self.latency
    }

    /// Whether a request that comes now is one too many.
    pub fn is_full(&self, came: Instant) -> bool {
        let recent = self.answered.iter().filter(|(began, _)| came.duration_since(*began) < Duration::from_secs(1));
        !self.latency.is_zero() && recent.count() >= self.limit
    }

    /// A request that brought records was answered.
    pub fn note(&mut self, came: Instant) {
        self.answered.push((came, Instant::now()));
    }

    /// When requests that brought records came, and when they were answered.
    pub fn answered(&self) -> Vec<(Instant, Instant)> {
        self.answered.clone()
    }
}

impl Crm {
    /// From here on each answer takes so long, and more requests than that within a second are refused.
    pub fn slow_down(&self, latency: Duration, limit: usize) {
        self.world().slow = Slow::new(latency, limit);
    }

    /// When requests that brought records came since it was slowed down, and when they were answered.
    pub fn answered(&self) -> Vec<(Instant, Instant)> {
        self.world().slow.answered()
    }
}
