//! Things that are measured against one another, in turns.

use std::sync::Arc;
use std::time::Duration;

use super::cpu;
use super::load;

/// One of the things: a server and what it is asked.
pub struct Side {
    /// The server's process.
    pub pid: u32,
    /// Its port.
    pub port: u16,
    /// What it is asked.
    pub requests: Arc<Vec<Vec<u8>>>,
}

impl Side {
    /// The same for a client that takes compressed answers.
    pub fn taking(&self, coding: &str) -> Self {
        let requests = self.requests.iter().map(|request| load::taking(request, coding)).collect();
        Self { requests: Arc::new(requests), ..*self }
    }
}

/// What one round of a side cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Requests a second.
    pub rate: f64,
    /// CPU of the server, milliseconds a request.
    pub server: f64,
    /// CPU of the database, milliseconds a request.
    pub database: f64,
    /// The middle latency in milliseconds.
    pub p50: f64,
}

impl Cost {
    /// CPU of both, milliseconds a request.
    pub fn cpu(&self) -> f64 {
        self.server + self.database
    }
}

/// The machine that all sides share.
#[derive(Clone, Copy)]
pub struct Bench {
    /// The process id of the postmaster.
    pub postmaster: u32,
    /// How long one round takes.
    pub time: Duration,
}

impl Bench {
    /// Measures one round.
    pub async fn round(&self, side: &Side, connections: usize) -> Cost {
        let before = (cpu::of_process(side.pid), cpu::of_cluster(self.postmaster));
        let round = load::run(side.port, &side.requests, connections, self.time).await;
        let after = (cpu::of_process(side.pid), cpu::of_cluster(self.postmaster));
        let requests = round.requests as f64;
        Cost {
            rate: requests / round.elapsed.as_secs_f64(),
            server: (after.0 - before.0) * 1000.0 / requests,
            database: (after.1 - before.1) * 1000.0 / requests,
            p50: round.p50,
        }
    }

    /// Measures the sides in turns, A B A B …, after one round each that does not count, and returns the medians. What
    /// disturbs the machine for a while disturbs all of them.
    pub async fn compare(&self, sides: &[&Side], connections: usize, rounds: usize) -> Vec<Cost> {
        let mut costs = vec![Vec::new(); sides.len()];
        for round in 0..=rounds {
            for (side, costs) in sides.iter().zip(&mut costs) {
                let cost = self.round(side, connections).await;
                if round > 0 {
                    costs.push(cost);
                }
            }
        }
        costs.iter().map(|costs| medians(costs)).collect()
    }

    /// The same where nothing can be asked twice: `fresh` makes the sides of a round.
    pub async fn compare_fresh<const N: usize>(
        &self,
        mut fresh: impl FnMut() -> [Side; N],
        connections: usize,
        rounds: usize,
    ) -> [Cost; N] {
        let mut costs = [const { Vec::new() }; N];
        for round in 0..=rounds {
            for (side, costs) in fresh().iter().zip(&mut costs) {
                let cost = self.round(side, connections).await;
                if round > 0 {
                    costs.push(cost);
                }
            }
        }
        costs.map(|costs| medians(&costs))
    }
}

fn medians(costs: &[Cost]) -> Cost {
    let median = |of: fn(&Cost) -> f64| {
        let mut values: Vec<_> = costs.iter().map(of).collect();
        values.sort_unstable_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Cost {
        rate: median(|c| c.rate),
        server: median(|c| c.server),
        database: median(|c| c.database),
        p50: median(|c| c.p50),
    }
}
