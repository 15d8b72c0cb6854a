//! Spans as far as the company was at work.

/// When the company was at work: in order, none touching the next, in milliseconds since 1970; with how long that was up to each.
#[derive(Debug, Clone, Default)]
pub struct Working {
    open: Vec<(i64, i64)>,
    before: Vec<i64>,
}

impl Working {
    /// Of these times.
    pub fn new(open: Vec<(i64, i64)>) -> Self {
        let mut sum = 0;
        let before = open.iter().map(|(from, until)| {
            let before = sum;
            sum += until - from;
            before
        });
        let before = before.collect();
        Self { open, before }
    }

    /// How long the company was at work up to an instant.
    fn up_to(&self, at: i64) -> i64 {
        let begun = self.open.partition_point(|(from, _)| *from <= at);
        let Some(last) = begun.checked_sub(1) else { return 0 };
        match (self.open.get(last), self.before.get(last)) {
            (Some((from, until)), Some(before)) => before + at.min(*until) - from,
            _ => 0,
        }
    }

    /// How long the company was at work between two instants.
    pub fn between(&self, from: i64, until: i64) -> i64 {
        self.up_to(until) - self.up_to(from)
    }
}
